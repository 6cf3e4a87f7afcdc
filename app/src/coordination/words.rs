//! What a record says, in words that a coordinator may read: its kind, its day, its numbers. Never a text that somebody
//! typed, and never the hour (`domain.md` F).

use chrono::NaiveDate;

use crate::domain::{
    coded::{Code, Coded},
    fr,
    intervention::InterventionDraft,
    record::Draft,
};

/// What a code is called; what it holds when this release does not know it may be anything, and is not shown.
fn name<T: Code>(value: &Coded<T>) -> &'static str {
    value.known().map_or("valeur inconnue", Code::label)
}

/// The kind and day: « Rencontre, jeudi 19 novembre ».
pub fn title(draft: &Draft, today: NaiveDate) -> String {
    let kind = match draft {
        Draft::Statement(it) => return it.title(),
        Draft::Presence(_) => "Présence",
        Draft::Intervention(it) => it.kind.as_ref().map_or("Intervention", name),
        Draft::Meeting(_) => "Rencontre",
        Draft::Project(it) => it.kind.as_ref().map_or("Projet", name),
        Draft::AccountSnapshot(_) => "Abonnés",
    };
    match draft.day() {
        Some(day) => format!("{kind}, {}", fr::long_date(day, today)),
        None => format!("{kind}, sans date"),
    }
}

/// The rest, in one line.
pub fn facts(draft: &Draft) -> String {
    let parts: Vec<String> = match draft {
        Draft::Presence(it) => {
            let minutes = it.started_at.zip(it.ended_at).map(|(start, end)| (end - start).num_minutes());
            let length = match minutes {
                None => "en cours".to_owned(),
                Some(minutes) if minutes < 0 => "la fin est avant le début".to_owned(),
                Some(minutes) => fr::duration(minutes),
            };
            vec![length, names(&it.networks)]
        }
        Draft::Intervention(it) => intervention(it),
        Draft::Meeting(it) => vec![young(it.young_count), met(it.met_after_online_count), names(&it.themes)],
        Draft::Project(it) => vec![
            it.stage.as_ref().map(name).unwrap_or_default().to_owned(),
            it.theme.as_ref().map(name).unwrap_or_default().to_owned(),
            young(it.young_count),
            it.ended_on.map(|day| format!("jusqu’au {}", fr::date(day))).unwrap_or_default(),
        ],
        Draft::AccountSnapshot(it) => vec![
            it.network.as_ref().map(name).unwrap_or_default().to_owned(),
            it.followers.map(|count| fr::count(count, "abonné", "abonnés")).unwrap_or_default(),
        ],
        Draft::Statement(it) => {
            let figures = it.figures.map(|figures| figures.each()).into_iter().flatten();
            figures.map(|(label, value)| format!("{label}\u{202f}: {value}")).collect()
        }
    };
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn intervention(it: &InterventionDraft) -> Vec<String> {
    let optional = |count: Option<i64>, one, many| {
        count.filter(|count| *count != 0).map(|count| fr::count(count, one, many)).unwrap_or_default()
    };
    vec![
        it.network.as_ref().map(name).unwrap_or_default().to_owned(),
        it.channel.as_ref().map(name).unwrap_or_default().to_owned(),
        it.audience.as_ref().filter(|_| !it.counts_young()).map(name).unwrap_or_default().to_owned(),
        young(it.young_count),
        optional(it.first_this_year_count, "pour la première fois cette année", "pour la première fois cette année"),
        met(it.met_after_online_count),
        optional(it.reach_count, "vue ou réaction", "vues ou réactions"),
        it.duration_min.map(fr::duration).unwrap_or_default(),
        names(&it.themes),
    ]
}

fn names<T: Code>(values: &[Coded<T>]) -> String {
    values.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn young(count: Option<i64>) -> String {
    count.map(|count| fr::count(count, "jeune", "jeunes")).unwrap_or_default()
}

fn met(count: Option<i64>) -> String {
    let some = count.filter(|count| *count != 0);
    some.map(|count| fr::count(count, "rencontré·e en présentiel", "rencontré·es en présentiel")).unwrap_or_default()
}

/// Whether the record also holds texts, which are the promeneur's.
pub fn has_texts(draft: &Draft) -> bool {
    let texts = match draft {
        Draft::Presence(it) => [&it.note, &None],
        Draft::Intervention(it) => [&it.note, &None],
        Draft::Meeting(it) => [&it.note, &None],
        Draft::Project(it) => [&it.note, &it.title],
        // The words of a statement are for the coordination.
        Draft::AccountSnapshot(_) | Draft::Statement(_) => [&None, &None],
    };
    let mut told = texts.into_iter().flatten().chain(draft.others().into_iter().flatten());
    told.any(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::Body;

    fn said(body: &str) -> (String, String, bool) {
        let draft = Body::from_json(body).unwrap().draft;
        (title(&draft, NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()), facts(&draft), has_texts(&draft))
    }

    #[test]
    fn numbers_are_said_and_texts_are_not() {
        let (title, facts, texts) = said(
            r#"{"kind":"intervention","schema":1,"occurred_on":"2026-11-19","started_at":"21:04:00","type":"listen","network":"discord","channel":"private_message","audience":"young","young_count":3,"first_this_year_count":1,"themes":["family","hologram of Léa"],"note":"Léa","outcomes":[],"referral_kinds":[]}"#,
        );
        assert_eq!(title, "Offrir une écoute, jeudi 19\u{a0}novembre");
        assert_eq!(
            facts,
            "Discord · Message privé · 3 jeunes · 1 pour la première fois cette année · Famille, parentalité, valeur inconnue"
        );
        assert!(texts);
        let (title, facts, texts) = said(
            r#"{"kind":"presence","schema":1,"started_at":"2025-11-19T21:00:00","ended_at":"2025-11-19T20:00:00","networks":["twitch"]}"#,
        );
        assert_eq!((title.as_str(), texts), ("Présence, mercredi 19\u{a0}novembre 2025", false));
        assert_eq!(facts, "la fin est avant le début · Twitch");
        assert_eq!(
            said(r#"{"kind":"project","schema":1,"title":"Léa","project_kind":"pathway"}"#).0,
            "Suivi de parcours, sans date"
        );
    }
}
