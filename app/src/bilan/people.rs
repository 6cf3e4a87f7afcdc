//! « Avec qui ? »: who the interventions were with (I10, I11). Told by the office alone.

use super::{
    Chart, Section,
    acts::WORDING,
    fact::{main_fact, parts_of},
};
use crate::{
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::{Indicator, Sums},
        measure::Measure,
        people::AgeBands,
        scope::Scope,
        taxonomy::{Audience, Setting, label_of},
    },
    ui::{bar_chart::Bar, table::Table},
};

/// With whom, in a sentence.
fn phrase(label: &str) -> String {
    match Audience::ALL.iter().find(|audience| audience.label() == label) {
        Some(Audience::Young) => "avec des jeunes".to_owned(),
        Some(Audience::Parent) => "avec des parents ou des familles".to_owned(),
        Some(Audience::Professional) => "avec des professionnel·les".to_owned(),
        None => format!("avec «{NNBSP}{label}{NNBSP}»"),
    }
}

/// The bars of the audiences, from the most frequent.
pub fn bars(sums: &Sums) -> Vec<Bar> {
    let parts = sums.keys(Measure::Audiences).into_iter();
    Bar::ranked(parts.map(|(code, count)| (label_of::<Audience>(code), count)), None)
}

/// The main fact, in a sentence.
pub fn fact(bars: &[Bar]) -> String {
    main_fact(&parts_of(bars, phrase), &WORDING)
}

/// I10, in a sentence: of the young people at the exchanges, how many were seen for the first time; none without any.
pub fn newcomers(sums: &Sums) -> Option<String> {
    let share = fr::percent(Some(sums.new_share()?), 0);
    Some(format!("{share} des contacts-jeunes sont des jeunes vus pour la première fois cette année."))
}

/// I11, in a sentence: ages, where they were noted, and for how many exchanges they were; none without young people.
pub fn ages(sums: &Sums) -> Option<String> {
    let rate = sums.age_fill_rate()?;
    let filled = format!("âges notés pour {} des échanges avec des jeunes", fr::percent(Some(rate), 0));
    if sums.total(Measure::WithAges) == 0 {
        return Some(format!("{}.", fr::capital(&filled)));
    }
    let known: i64 = known_ages(sums).iter().map(|(_, count)| count).sum();
    let (minors, adults) = (sums.aged_12_17(), sums.aged_18_25());
    let others = match known - minors - adults {
        0 => String::new(),
        others => format!(", {} d’un autre âge", fr::integer(others)),
    };
    let (minors, adults) = (fr::integer(minors), fr::integer(adults));
    Some(format!(
        "Parmi les contacts-jeunes{NNBSP}: {minors} de 12 à 17 ans, {adults} de 18 à 25 ans{others}{NNBSP}; {filled}."
    ))
}

/// Genders, where the network asks for them and somebody noted them (`domain.md` B7), in a sentence.
pub fn genders(sums: &Sums) -> Option<String> {
    let rate = sums.gender_fill_rate().filter(|rate| *rate > 0.0)?;
    let of = |code, one, many| fr::count(sums.of(Measure::Genders, code), one, many);
    let parts = [
        of("girl_woman", "fille ou femme", "filles ou femmes"),
        of("boy_man", "garçon ou homme", "garçons ou hommes"),
        of("other_unspecified", "autre ou non précisé", "autres ou non précisés"),
    ];
    let filled = fr::percent(Some(rate), 0);
    Some(format!("Par genre{NNBSP}: {}{NNBSP}; noté pour {filled} des échanges avec des jeunes.", parts.join(", ")))
}

/// Individual or collective (I11), shares and counts, in a sentence; none without interventions.
pub fn setting(sums: &Sums) -> Option<String> {
    let counts = [Setting::Individual, Setting::Collective].map(|setting| sums.of(Measure::Settings, setting.code()));
    let shares = fr::shares(&counts);
    let [alone, together] = shares.as_slice() else { return None };
    let [one, many] = counts.map(fr::integer);
    (alone + together > 0).then(|| {
        let [alone, together] = [fr::share(*alone, counts[0]), fr::share(*together, counts[1])];
        format!("{alone} en individuel ({one}), {together} en collectif ({many}).")
    })
}

/// I16, in a sentence.
pub fn publications(sums: &Sums) -> String {
    let count = sums.publications();
    if count == 0 {
        return "Aucune publication.".to_owned();
    }
    let said = fr::count(count, "publication", "publications");
    let reach = fr::count(sums.total(Measure::ReachCount), "vue ou réaction déclarée", "vues ou réactions déclarées");
    format!("{said}, {reach}.")
}

/// The code of those whose age is not known, where others’ of the same exchange are.
pub const UNKNOWN_AGE: &str = "unknown";

/// What they are called.
pub const UNKNOWN_AGE_NAME: &str = "Âge inconnu";

/// Young people by age, where ages were noted, from the youngest: code, label, how many; those of unknown age last.
pub fn age_counts(sums: &Sums) -> Vec<(&'static str, &'static str, i64)> {
    let bands = AgeBands::default().each().map(|(code, label, _)| (code, label));
    let all = bands.into_iter().chain([(UNKNOWN_AGE, UNKNOWN_AGE_NAME)]);
    all.map(|(code, label)| (code, label, sums.of(Measure::Ages, code))).collect()
}

/// The same of those whose age is known: label, how many.
fn known_ages(sums: &Sums) -> Vec<(&'static str, i64)> {
    let known = age_counts(sums).into_iter().filter(|(code, ..)| *code != UNKNOWN_AGE);
    known.map(|(_, label, count)| (label, count)).collect()
}

/// I11: counts and shares of the ages that were noted, with how often they were; none where none were.
pub fn ages_section(sums: &Sums) -> Option<Section> {
    let known = known_ages(sums);
    let counts: Vec<i64> = known.iter().map(|(_, count)| *count).collect();
    let sum: i64 = counts.iter().sum();
    let row = |((label, count), share): (&(&str, i64), i64)| {
        vec![(*label).to_owned(), fr::integer(*count), fr::share(share, *count)]
    };
    let unknown = sums.of(Measure::Ages, UNKNOWN_AGE);
    let unknown_row = (unknown > 0).then(|| vec![UNKNOWN_AGE_NAME.to_owned(), fr::integer(unknown), "–".to_owned()]);
    (sum > 0).then(|| Section {
        id: "ages",
        heading: "Quels âges\u{202f}?",
        fact: ages(sums).unwrap_or_default(),
        quiet: Vec::new(),
        indicators: vec![Indicator::I11],
        chart: Some(Chart::Table(Table {
            caption: "Contacts-jeunes par tranche d’âge, là où les âges sont notés",
            columns: ["Âge", "Contacts-jeunes", "Part des âges connus"].map(Into::into).into(),
            rows: known.iter().zip(fr::shares(&counts)).map(row).chain(unknown_row).collect(),
            total: Some(vec!["Ensemble".to_owned(), fr::integer(sum + unknown), "–".to_owned()]),
            ..Table::default()
        })),
    })
}

/// I18, in a sentence; none of less than the whole network, of which not even that there was none is told.
pub fn alerts(sums: &Sums, scope: Scope) -> Option<String> {
    let told = match sums.alerts() {
        0 => "Aucune alerte ni aucun signalement.".to_owned(),
        count => format!("{}.", fr::count(count, "alerte ou signalement", "alertes ou signalements")),
    };
    Some(told).filter(|_| scope == Scope::Network)
}

/// The section.
pub fn section(sums: &Sums, scope: Scope) -> Section {
    // Where ages are in a table of their own their sentence stands there.
    let has_table = known_ages(sums).iter().any(|(_, count)| *count > 0);
    let mut section = section_with(sums, ages(sums).filter(|_| !has_table), alerts(sums, scope));
    section.quiet.extend(genders(sums));
    section
}

/// The section, with what it tells of ages and alerts given: not everybody is told all of it. Of genders
/// nobody is outside the coordination.
pub fn section_with(sums: &Sums, ages: Option<String>, alerts: Option<String>) -> Section {
    let bars = bars(sums);
    Section {
        id: "qui",
        heading: "Avec qui\u{202f}?",
        fact: fact(&bars),
        quiet: [setting(sums), ages, newcomers(sums), Some(publications(sums)), alerts].into_iter().flatten().collect(),
        indicators: vec![Indicator::I11, Indicator::I10, Indicator::I16, Indicator::I18],
        chart: Chart::of_bars("Interventions par public", "Public", bars, true),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{ids::StructureId, indicators::sums_of as sums};

    #[test]
    fn audiences_are_named_in_words() {
        let sums = sums(&[(Measure::Audiences, "young", 8), (Measure::Audiences, "parent", 2)]);
        assert_eq!(
            fact(&bars(&sums)),
            "D’abord avec des jeunes\u{202f}: 80\u{202f}% des interventions\u{202f}; puis avec des parents ou des familles, 20\u{202f}%."
        );
    }

    #[test]
    fn ages_say_how_many_exchanges_they_are_of() {
        assert_eq!(ages(&sums(&[])), None);
        assert_eq!(
            ages(&sums(&[(Measure::WithYoung, "", 4)])).as_deref(),
            Some("Âges notés pour 0\u{202f}% des échanges avec des jeunes.")
        );
        let noted = [
            (Measure::WithYoung, "", 4),
            (Measure::WithAges, "", 1),
            (Measure::Ages, "under_12", 1),
            (Measure::Ages, "12_14", 2),
            (Measure::Ages, "15_17", 3),
            (Measure::Ages, "18_25", 5),
            (Measure::Ages, "unknown", 9),
        ];
        assert_eq!(
            ages(&sums(&noted)).as_deref(),
            Some(
                "Parmi les contacts-jeunes\u{202f}: 5 de 12 à 17 ans, 5 de 18 à 25 ans, 1 d’un autre âge\u{202f}; âges notés pour 25\u{202f}% des échanges avec des jeunes."
            )
        );
    }

    #[test]
    fn ages_that_were_noted_have_counts_and_shares() {
        assert_eq!(ages_section(&sums(&[(Measure::WithYoung, "", 4), (Measure::Ages, "unknown", 9)])), None);
        let noted = [
            (Measure::WithYoung, "", 4),
            (Measure::WithAges, "", 2),
            (Measure::Ages, "12_14", 1),
            (Measure::Ages, "15_17", 1),
            (Measure::Ages, "18_25", 1),
            (Measure::Ages, "unknown", 9),
        ];
        let section = ages_section(&sums(&noted)).expect("a section");
        let Some(Chart::Table(table)) = section.chart else { panic!("a table") };
        let told: Vec<(&str, &str)> = table.rows.iter().map(|row| (row[1].as_str(), row[2].as_str())).collect();
        assert_eq!(
            told,
            [
                ("0", "0\u{202f}%"),
                ("1", "34\u{202f}%"),
                ("1", "33\u{202f}%"),
                ("1", "33\u{202f}%"),
                ("0", "0\u{202f}%"),
                ("9", "–")
            ]
        );
        assert_eq!(table.total.expect("a total")[1], "12", "those whose age is not known are among them");
    }

    #[test]
    fn genders_are_told_where_they_were_noted() {
        assert_eq!(genders(&sums(&[(Measure::WithYoung, "", 4)])), None);
        let noted = sums(&[
            (Measure::WithYoung, "", 4),
            (Measure::WithGenders, "", 1),
            (Measure::Genders, "girl_woman", 3),
            (Measure::Genders, "boy_man", 1),
        ]);
        assert_eq!(
            genders(&noted).as_deref(),
            Some(
                "Par genre\u{202f}: 3 filles ou femmes, 1 garçon ou homme, 0 autre ou non précisé\u{202f}; noté pour 25\u{202f}% des échanges avec des jeunes."
            )
        );
    }

    #[test]
    fn shares_of_settings_sum_to_a_hundred() {
        assert_eq!(setting(&sums(&[])), None);
        let two = sums(&[(Measure::Settings, "individual", 2), (Measure::Settings, "collective", 1)]);
        assert_eq!(setting(&two).as_deref(), Some("67\u{202f}% en individuel (2), 33\u{202f}% en collectif (1)."));
    }

    #[test]
    fn what_was_not_done_is_said_and_of_alerts_nothing_below_the_network() {
        let (none, structure) = (sums(&[]), Scope::Structure(StructureId(Uuid::nil())));
        assert_eq!((publications(&none), newcomers(&none)), ("Aucune publication.".to_owned(), None));
        assert_eq!(alerts(&none, Scope::Network).as_deref(), Some("Aucune alerte ni aucun signalement."));
        assert_eq!(alerts(&none, structure), None);
        let some = sums(&[
            (Measure::Channels, "publication", 2),
            (Measure::ReachCount, "", 1340),
            (Measure::Outcomes, "alert_made", 1),
            (Measure::Contacts, "", 8),
            (Measure::Distinct, "", 2),
        ]);
        assert_eq!(publications(&some), "2 publications, 1\u{202f}340 vues ou réactions déclarées.");
        assert_eq!(alerts(&some, Scope::Network).as_deref(), Some("1 alerte ou signalement."));
        assert_eq!(alerts(&some, structure), None);
        assert_eq!(
            newcomers(&some).as_deref(),
            Some("25\u{202f}% des contacts-jeunes sont des jeunes vus pour la première fois cette année.")
        );
    }
}
