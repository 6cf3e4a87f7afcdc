//! What a coordinator may correct of somebody's record: its day, its numbers, and what is at fault. Never its texts,
//! which they do not read, and never the hour.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::{Map, Value};

use super::{
    coded::Code,
    fault::{Fault, FaultCode},
    intervention::InterventionDraft,
    json,
    presence::PresenceDraft,
    record::Draft,
    taxonomy::{
        Audience, ChannelKind, Initiator, InterventionType, Network, ProjectKind, ProjectOrigin, ProjectStage, Setting,
        Theme,
    },
};

/// Code and label of each choice.
pub type Choices = Vec<(&'static str, &'static str)>;

/// How a field is typed.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// A day.
    Day,
    /// The day of a moment, whose hour stays as it is.
    DayOf,
    /// A number.
    Count,
    /// The length of a presence in minutes, from which its end follows.
    Minutes,
    /// One of a list.
    One(fn() -> Choices),
    /// One of a list, where the record holds several.
    OneOfMany(fn() -> Choices),
    /// Something that can only be taken away.
    Remove,
}

/// A field of the form. Its name is the one on the wire, which faults name too.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name on the wire.
    pub name: &'static str,
    /// What the coordinator reads.
    pub label: &'static str,
    /// How it is typed.
    pub input: Input,
}

fn choices<T: Code>() -> Choices {
    T::ALL.iter().map(|value| (value.code(), value.label())).collect()
}

const fn field(name: &'static str, label: &'static str, input: Input) -> Field {
    Field { name, label, input }
}

const YOUNG: Field = field("young_count", "Jeunes", Input::Count);
const MET: Field = field(
    "met_after_online_count",
    "Rencontrés pour la première fois cette année, après un contact en ligne",
    Input::Count,
);
const NETWORK_OTHER: Field = field("network_other", "Enlever la précision du réseau", Input::Remove);
const THEME_OTHER: Field = field("theme_other", "Enlever la précision de la thématique", Input::Remove);
const NOTE: Field = field("note", "Enlever la note", Input::Remove);
const THEMES: Field = field("themes", "Thématiques", Input::OneOfMany(choices::<Theme>));
const NETWORK: Field = field("network", "Réseau", Input::One(choices::<Network>));
const SETTING: Field = field("setting", "Cadre", Input::One(choices::<Setting>));

const PRESENCE: &[Field] = &[
    field("started_at", "Soirée du", Input::DayOf),
    field("ended_at", "Durée, en minutes", Input::Minutes),
    field("networks", "Réseaux", Input::OneOfMany(choices::<Network>)),
    NETWORK_OTHER,
    NOTE,
];
const INTERVENTION: &[Field] = &[
    field("occurred_on", "Soirée du", Input::Day),
    field("duration_min", "Durée, en minutes", Input::Count),
    field("type", "Type", Input::One(choices::<InterventionType>)),
    field("channel", "Forme", Input::One(choices::<ChannelKind>)),
    NETWORK,
    SETTING,
    field("initiator", "À l’initiative de", Input::One(choices::<Initiator>)),
    field("audience", "Avec qui", Input::One(choices::<Audience>)),
    YOUNG,
    field("first_this_year_count", "Dont vus pour la première fois cette année", Input::Count),
    MET,
    field("reach_count", "Vues ou réactions", Input::Count),
    THEMES,
    field("age_bands", "Enlever la répartition par âge", Input::Remove),
    field("gender", "Enlever la répartition par genre", Input::Remove),
    field("detail", "Enlever la précision du type", Input::Remove),
    field("reach", "Enlever la portée", Input::Remove),
    field("known_from", "Enlever « connu·e »", Input::Remove),
    field("outcomes", "Enlever les suites", Input::Remove),
    field("referral_kinds", "Enlever les relais", Input::Remove),
    NETWORK_OTHER,
    THEME_OTHER,
    NOTE,
];
const MEETING: &[Field] = &[
    field("occurred_on", "Jour de la rencontre", Input::Day),
    field("young_count", "Jeunes rencontrés", Input::Count),
    field("met_after_online_count", "Dont pour la première fois cette année, après un contact en ligne", Input::Count),
    THEMES,
    THEME_OTHER,
    NOTE,
];
const PROJECT: &[Field] = &[
    field("initiated_on", "Commencé le", Input::Day),
    field("ended_on", "Terminé le", Input::Day),
    field("project_kind", "Nature", Input::One(choices::<ProjectKind>)),
    field("origin", "Origine", Input::One(choices::<ProjectOrigin>)),
    field("stage", "Où il en est", Input::One(choices::<ProjectStage>)),
    field("theme", "Thématique", Input::One(choices::<Theme>)),
    THEME_OTHER,
    SETTING,
    YOUNG,
    field("title", "Enlever le titre", Input::Remove),
    NOTE,
];
const SNAPSHOT: &[Field] = &[
    field("as_of", "Relevé le", Input::Day),
    field("followers", "Abonnés ou «\u{202f}amis\u{202f}»", Input::Count),
    field("network", "Compte professionnel", Input::One(choices::<Network>)),
    NETWORK_OTHER,
];

const STATEMENT: &[Field] = &[
    field("month", "Premier jour du mois", Input::Day),
    field("highlight", "Enlever le fait marquant", Input::Remove),
    field("difficulties", "Enlever les difficultés", Input::Remove),
    field("training_wishes", "Enlever les souhaits de formation", Input::Remove),
];

fn all(draft: &Draft) -> &'static [Field] {
    match draft {
        Draft::Presence(_) => PRESENCE,
        Draft::Intervention(_) => INTERVENTION,
        Draft::Meeting(_) => MEETING,
        Draft::Project(_) => PROJECT,
        Draft::AccountSnapshot(_) => SNAPSHOT,
        Draft::Statement(_) => STATEMENT,
    }
}

/// What to call a field that is at fault.
pub fn label_of(draft: &Draft, name: &str) -> Option<&'static str> {
    all(draft).iter().find(|field| field.name == name).map(|field| field.label)
}

/// Whether a number is noted on an intervention, or would be.
fn arises(it: &InterventionDraft, name: &str) -> bool {
    match name {
        "young_count" | "first_this_year_count" => it.counts_young(),
        "met_after_online_count" => it.met(),
        "reach_count" => it.channel.as_ref().is_some_and(|channel| channel.is(ChannelKind::Publication)),
        _ => true,
    }
}

/// The fields of the form for a record: its day, its numbers, and what is at fault.
pub fn fields(draft: &Draft, faults: &[Fault]) -> Vec<Field> {
    let at_fault = |name: &str| faults.iter().any(|fault| fault.field == name);
    let object = draft.to_object();
    let shown = |field: &&Field| match field.input {
        Input::Day | Input::DayOf | Input::Minutes => true,
        Input::Count => {
            let noted = object.get(field.name).is_some_and(|value| !value.is_null());
            let arises = !matches!(draft, Draft::Intervention(it) if !arises(it, field.name));
            noted || arises || at_fault(field.name)
        }
        Input::One(_) | Input::OneOfMany(_) | Input::Remove => at_fault(field.name),
    };
    all(draft).iter().filter(shown).copied().collect()
}

/// What a field holds, as the form shows it.
pub fn value_of(draft: &Draft, field: &Field) -> String {
    let object = draft.to_object();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    match (field.input, draft) {
        (Input::DayOf, _) => draft.day().map(|day| day.to_string()).unwrap_or_default(),
        (Input::Minutes, Draft::Presence(it)) => minutes(it).map(|minutes| minutes.to_string()).unwrap_or_default(),
        (Input::OneOfMany(_), _) => object.get(field.name).and_then(|list| list.get(0)).map(text).unwrap_or_default(),
        (Input::Remove, _) => String::new(),
        _ => object.get(field.name).map(text).unwrap_or_default(),
    }
}

fn minutes(it: &PresenceDraft) -> Option<i64> {
    it.started_at.zip(it.ended_at).map(|(start, end)| end.signed_duration_since(start).num_minutes())
}

/// The body of a record with what was typed, or what cannot be read of it. Whatever the form does not show stays.
pub fn apply(
    body: &str,
    draft: &Draft,
    fields: &[Field],
    typed: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Vec<Fault>> {
    let malformed = |field: &str| Fault { field: field.to_owned(), code: FaultCode::Missing.into() };
    let Ok(mut object) = serde_json::from_str::<Map<String, Value>>(body) else { return Err(vec![malformed("body")]) };
    let mut faults = Vec::new();
    for field in fields {
        let text = typed(field.name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let value = match field.input {
            Input::Remove if text.is_empty() => continue,
            Input::Remove => Ok(None),
            _ if text.is_empty() => Ok(None),
            Input::Day => text.parse::<NaiveDate>().map(|day| Some(day.to_string().into())).map_err(drop),
            Input::DayOf => text.parse::<NaiveDate>().map(|day| Some(moment(draft, day))).map_err(drop),
            Input::Count => text.parse::<i64>().map(|count| Some(count.into())).map_err(drop),
            // Its end follows once its day is known.
            Input::Minutes => continue,
            Input::One(choices) => known(&text, choices).map(|code| Some(code.into())).ok_or(()),
            Input::OneOfMany(choices) => known(&text, choices).map(|code| Some(vec![code].into())).ok_or(()),
        };
        match value {
            Ok(Some(value)) => drop(object.insert(field.name.to_owned(), value)),
            Ok(None) => drop(object.remove(field.name)),
            Err(()) => faults.push(malformed(field.name)),
        }
    }
    if fields.iter().any(|field| matches!(field.input, Input::Minutes)) {
        match end(&object, typed("ended_at").unwrap_or_default().trim()) {
            Ok(Some(end)) => drop(object.insert("ended_at".to_owned(), end)),
            Ok(None) => drop(object.remove("ended_at")),
            Err(()) => faults.push(malformed("ended_at")),
        }
    }
    if faults.is_empty() { Ok(json::text(object)) } else { Err(faults) }
}

fn known(text: &str, choices: fn() -> Choices) -> Option<&'static str> {
    choices().into_iter().map(|(code, _)| code).find(|code| *code == text)
}

fn written(at: NaiveDateTime) -> Value {
    at.format("%Y-%m-%dT%H:%M:%S").to_string().into()
}

fn moment(draft: &Draft, day: NaiveDate) -> Value {
    let time = match draft {
        Draft::Presence(it) => it.started_at.map(|at| at.time()),
        _ => None,
    };
    written(day.and_time(time.unwrap_or(NaiveTime::MIN)))
}

fn end(object: &Map<String, Value>, minutes: &str) -> Result<Option<Value>, ()> {
    if minutes.is_empty() {
        return Ok(None);
    }
    // More than a few days is a slip of the hand, and no moment need hold it.
    let minutes: i64 = minutes.parse().ok().filter(|minutes| (0..=100_000).contains(minutes)).ok_or(())?;
    let start = object.get("started_at").and_then(Value::as_str).and_then(|text| text.parse::<NaiveDateTime>().ok());
    let end = start.and_then(|start| start.checked_add_signed(TimeDelta::minutes(minutes)));
    end.map(|end| Some(written(end))).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::Body;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    /// Corrects a body by what is typed; the fields that are not named keep what the form showed.
    fn corrected(body: &str, typed: &[(&str, &str)]) -> Result<Draft, Vec<Fault>> {
        let read = Body::from_json(body).unwrap();
        let faults = read.parse(today()).err().unwrap_or_default();
        let shown = fields(&read.draft, &faults);
        let answer = |name: &str| match typed.iter().find(|(field, _)| *field == name) {
            Some((_, text)) => Some((*text).to_owned()),
            None => shown.iter().find(|field| field.name == name).map(|field| value_of(&read.draft, field)),
        };
        let text = apply(body, &read.draft, &shown, &answer)?;
        let body = Body::from_json(&text)?;
        body.parse(today()).map(|_| body.draft)
    }

    #[test]
    fn a_meeting_with_more_met_than_present_is_put_right() {
        let body = r#"{"kind":"meeting","schema":1,"occurred_on":"2026-11-19","young_count":2,"met_after_online_count":3,"note":"x","later":7}"#;
        let Ok(Draft::Meeting(meeting)) = corrected(body, &[("met_after_online_count", "2")]) else {
            panic!("refused")
        };
        assert_eq!((meeting.met_after_online_count, meeting.young_count), (Some(2), Some(2)));
        assert_eq!((meeting.note.as_deref(), meeting.extra.len()), (Some("x"), 1), "what the form does not show stays");
        let faults = corrected(body, &[("young_count", "deux")]).unwrap_err();
        assert_eq!(faults[0].field, "young_count");
    }

    #[test]
    fn a_presence_keeps_its_hour_and_gets_its_length() {
        let body = r#"{"kind":"presence","schema":1,"started_at":"2062-11-19T21:10:00","ended_at":"2062-11-19T20:00:00","networks":[]}"#;
        let typed = [("started_at", "2026-11-19"), ("ended_at", "90"), ("networks", "discord")];
        let Ok(Draft::Presence(presence)) = corrected(body, &typed) else { panic!("refused") };
        assert_eq!(presence.started_at.map(|at| at.to_string()).as_deref(), Some("2026-11-19 21:10:00"));
        assert_eq!((minutes(&presence), presence.networks.len()), (Some(90), 1));
        assert!(corrected(body, &[("started_at", "2026-11-19"), ("ended_at", "-5"), ("networks", "discord")]).is_err());
        assert!(corrected(body, &[("started_at", "2026-11-19"), ("ended_at", "90"), ("networks", "minitel")]).is_err());
    }

    #[test]
    fn only_what_arises_or_is_at_fault_is_asked() {
        let body = Body::from_json(
            r#"{"kind":"intervention","schema":1,"occurred_on":"2026-11-19","channel":"publication","themes":[],"outcomes":[],"referral_kinds":[]}"#,
        )
        .unwrap();
        let faults = body.parse(today()).unwrap_err();
        let names: Vec<&str> = fields(&body.draft, &faults).iter().map(|field| field.name).collect();
        assert_eq!(
            names,
            [
                "occurred_on",
                "duration_min",
                "type",
                "network",
                "setting",
                "initiator",
                "audience",
                "reach_count",
                "themes"
            ]
        );
    }
}
