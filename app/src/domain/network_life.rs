//! What a network lives through beside its evenings: meetings, training, support (`domain.md` B12), and the professional
//! accounts of its promeneurs (I14).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::typed::{Typed, day, filled, line, text};
use super::{
    coded::{Code, Coded, codes},
    ids::EventId,
    indicators::float,
};

codes! {
    /// What the coordination did (`domain.md` B12).
    EventKind {
        Onboarding = "onboarding", "Accueil d’un·e promeneur·euse";
        IndividualSupport = "individual_support", "Accompagnement individuel";
        StructureSupport = "structure_support", "Accompagnement d’une structure";
        NetworkMeeting = "network_meeting", "Réunion de réseau";
        Training = "training", "Formation";
        PracticeExchange = "practice_exchange", "Échange de pratiques";
        SteeringCommittee = "steering_committee", "Comité de pilotage";
        TechnicalCommittee = "technical_committee", "Comité technique";
        Partnership = "partnership", "Partenariat";
        CallInfo = "call_info", "Information sur l’appel à candidatures";
        Publication = "publication", "Publication";
        Reporting = "reporting", "Bilan";
    }

    /// How people came together.
    Medium {
        InPerson = "in_person", "En présentiel";
        Video = "video", "En visio";
        Telephone = "telephone", "Au téléphone";
        Email = "email", "Par courriel";
        SocialNetworks = "social_networks", "Sur les réseaux";
    }

    /// Why something is not noted as it was typed.
    EventFault {
        Kind = "kind_missing", "Choisissez ce que c’était.";
        Day = "day_unreadable", "Donnez le jour, comme 2026-11-03.";
        Future = "day_to_come", "Ce jour n’est pas encore passé : ce journal dit ce qui a eu lieu.";
        Old = "day_too_old", "Ce jour est trop loin : le journal commence en 2010.";
        Number = "number_unreadable", "Écrivez un nombre entier, ou rien.";
        Hours = "duration_unreadable", "Écrivez une durée en minutes, 14 400 au plus, ou rien.";
        Organiser = "organiser_too_long", "80 caractères au plus.";
        Subject = "subject_too_long", "200 caractères au plus.";
    }
}

impl EventKind {
    /// Whether every promeneur is awaited there, so that a rate of attendance says something.
    pub fn awaits_all(self) -> bool {
        matches!(self, Self::NetworkMeeting | Self::Training | Self::PracticeExchange)
    }
}

/// Something that took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkEvent {
    /// Its id, given by the page that offers the form: sent twice it is noted once.
    pub id: EventId,
    /// What it was.
    pub kind: Coded<EventKind>,
    /// On which day.
    pub on: NaiveDate,
    /// How, where that was noted.
    pub medium: Option<Coded<Medium>>,
    /// Minutes; nothing where they were not noted.
    pub minutes: i32,
    /// Who organised it.
    pub organiser: String,
    /// About what.
    pub subject: String,
    /// Promeneurs who were there, where that was noted.
    pub promeneurs: Option<i32>,
    /// Structures that were, where that was noted.
    pub structures: Option<i32>,
    /// Partners who were, where that was noted.
    pub partners: Option<i32>,
    /// Others who were, where that was noted.
    pub others: Option<i32>,
    /// Resources that were shared, where that was noted.
    pub resources: Option<i32>,
}

/// Names of the fields that are typed, each with the largest number or length that is taken.
pub const NUMBERS: [(&str, i32); 6] = [
    ("minutes", 14_400),
    ("promeneurs", 10_000),
    ("structures", 10_000),
    ("partenaires", 10_000),
    ("autres", 100_000),
    ("ressources", 10_000),
];
/// Longest organiser, in characters.
pub const ORGANISER_LENGTH: usize = 80;
/// Longest subject, in characters.
pub const SUBJECT_LENGTH: usize = 200;
/// The first year in which there can be something to note: the scheme came to France in 2012.
#[cfg(feature = "ssr")]
const FIRST_YEAR: i32 = 2010;

#[cfg(feature = "ssr")]
impl NetworkEvent {
    /// Reads what was typed; each field that cannot be read with why.
    pub fn parse(id: EventId, typed: &Typed, today: NaiveDate) -> Result<Self, Vec<(&'static str, EventFault)>> {
        let text = |name: &str| text(typed, name);
        let mut faults = Vec::new();
        let kind = EventKind::from_code(text("nature"));
        if kind.is_none() {
            faults.push(("nature", EventFault::Kind));
        }
        let on = day(typed, "jour");
        match on {
            None => faults.push(("jour", EventFault::Day)),
            Some(day) if day > today => faults.push(("jour", EventFault::Future)),
            Some(day) if chrono::Datelike::year(&day) < FIRST_YEAR => faults.push(("jour", EventFault::Old)),
            Some(_) => {}
        }
        let mut numbers = [None; NUMBERS.len()];
        for (at, (name, most)) in NUMBERS.into_iter().enumerate() {
            match number(text(name), most) {
                Some(value) => numbers[at] = value,
                None if name == "minutes" => faults.push((name, EventFault::Hours)),
                None => faults.push((name, EventFault::Number)),
            }
        }
        let (organiser, subject) = (line(typed, "organisateur"), line(typed, "sujet"));
        if organiser.chars().count() > ORGANISER_LENGTH {
            faults.push(("organisateur", EventFault::Organiser));
        }
        if subject.chars().count() > SUBJECT_LENGTH {
            faults.push(("sujet", EventFault::Subject));
        }
        let (Some(kind), Some(on), true) = (kind, on, faults.is_empty()) else { return Err(faults) };
        let [minutes, promeneurs, structures, partners, others, resources] = numbers;
        Ok(Self {
            id,
            kind: kind.into(),
            on,
            medium: Medium::from_code(text("support")).map(Coded::from),
            minutes: minutes.unwrap_or(0),
            organiser,
            subject,
            promeneurs,
            structures,
            partners,
            others,
            resources,
        })
    }

    /// The same, as it would be typed.
    pub fn typed(&self) -> Typed {
        let number = |count: Option<i32>| count.map_or_else(String::new, |count| count.to_string());
        let medium = self.medium.as_ref().map_or("", Coded::code);
        filled([
            ("nature", self.kind.code().to_owned()),
            ("jour", self.on.to_string()),
            ("support", medium.to_owned()),
            ("minutes", number(Some(self.minutes).filter(|minutes| *minutes > 0))),
            ("organisateur", self.organiser.clone()),
            ("sujet", self.subject.clone()),
            ("promeneurs", number(self.promeneurs)),
            ("structures", number(self.structures)),
            ("partenaires", number(self.partners)),
            ("autres", number(self.others)),
            ("ressources", number(self.resources)),
        ])
    }
}

/// A number that was typed; nothing inside where nothing was, which is not nobody, and nothing at all where it is none.
#[cfg(feature = "ssr")]
#[expect(clippy::option_option, reason = "nothing typed, and nothing that can be read, are two things")]
fn number(text: &str, most: i32) -> Option<Option<i32>> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.is_empty() {
        return Some(None);
    }
    let value: i32 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    (value <= most).then_some(Some(value))
}

/// What took place in a period, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFigures {
    /// The code of the kind.
    pub kind: String,
    /// How many.
    pub count: i64,
    /// Promeneurs who were there, summed over those of which that was noted.
    pub present: i64,
    /// The same, of each at most those who were active: others may have come too.
    pub came: i64,
    /// Promeneurs active on the days of those of which it was noted who was there, summed over them (I12).
    pub active: i64,
}

/// The professional accounts on a network at the end of a period (I14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFigures {
    /// The code of the network.
    pub network: String,
    /// How many.
    pub count: i64,
    /// Of them, how many the coordination has looked at.
    pub checked: i64,
    /// Of these, how many show first name, structure and photograph.
    pub conforming: i64,
}

impl EventFigures {
    /// Whether everybody is awaited to what is of this kind.
    pub fn awaits_all(&self) -> bool {
        EventKind::from_code(&self.kind).is_some_and(EventKind::awaits_all)
    }

    /// The share of those awaited who came; none where nobody was.
    pub fn attendance<'a>(figures: impl IntoIterator<Item = &'a Self>) -> Option<f64> {
        let (came, active) = figures.into_iter().fold((0, 0), |(c, a), it| (c + it.came, a + it.active));
        (active > 0).then(|| float(came) / float(active))
    }
}

/// The life of a network in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// By kind, in the order of the domain.
    pub events: Vec<EventFigures>,
    /// By network, most first.
    pub accounts: Vec<AccountFigures>,
}

impl Life {
    /// The share of those awaited who came to what everybody is awaited to (I12).
    pub fn attendance(&self) -> Option<f64> {
        EventFigures::attendance(self.events.iter().filter(|it| it.awaits_all()))
    }

    /// The share of accounts that were looked at and conform, of all of them (I14); none where none was looked at.
    pub fn conforming_share(&self) -> Option<f64> {
        let sum = |of: fn(&AccountFigures) -> i64| -> i64 { self.accounts.iter().map(of).sum() };
        let (all, conforming) = (sum(|it| it.count), sum(|it| it.conforming));
        (sum(|it| it.checked) > 0).then(|| float(conforming) / float(all))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        let whole = [("nature", "training"), ("jour", "2026-11-03"), ("promeneurs", "7")];
        let pairs = whole.iter().chain(pairs);
        pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn read(pairs: &[(&str, &str)]) -> Result<NetworkEvent, Vec<(&'static str, EventFault)>> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 29).unwrap_or_default();
        NetworkEvent::parse(EventId(Uuid::from_u128(1)), &typed(pairs), today)
    }

    #[test]
    fn what_is_typed_is_read_and_typed_again() {
        let event =
            read(&[("minutes", "1 80"), ("sujet", "  Le  harcèlement\nen ligne "), ("support", "video")]).unwrap();
        assert_eq!((event.minutes, event.promeneurs, event.partners), (180, Some(7), None));
        assert_eq!(event.subject, "Le harcèlement en ligne");
        let today = NaiveDate::from_ymd_opt(2026, 11, 29).unwrap_or_default();
        assert_eq!(NetworkEvent::parse(event.id, &event.typed(), today), Ok(event));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        for (name, value, fault) in [
            ("nature", "hologram", EventFault::Kind),
            ("jour", "hier", EventFault::Day),
            ("jour", "2026-11-30", EventFault::Future),
            ("jour", "1026-11-03", EventFault::Old),
            ("promeneurs", "-1", EventFault::Number),
            ("promeneurs", "10001", EventFault::Number),
            ("autres", "99999999999999", EventFault::Number),
            ("minutes", "14401", EventFault::Hours),
        ] {
            assert_eq!(read(&[(name, value)]), Err(vec![(name, fault)]), "{name} {value}");
        }
        assert_eq!(read(&[("sujet", &"é".repeat(201))]), Err(vec![("sujet", EventFault::Subject)]));
        assert!(read(&[("sujet", &"é".repeat(200))]).is_ok());
        assert_eq!(read(&[("nature", ""), ("jour", "")]).unwrap_err().len(), 2, "all at once");
    }
}
