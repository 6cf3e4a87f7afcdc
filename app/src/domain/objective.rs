//! What a network, a territory or a structure sets out to reach in a period (`domain.md` C22).

use serde::{Deserialize, Serialize};

use super::{coded::codes, fr, headline::Headline, indicators::Sums};

codes! {
    /// Why a number cannot be aimed at.
    ObjectiveFault {
        Count = "objective_malformed", "Écrivez un nombre entier. Rien, c’est sans objectif.";
        Hours = "objective_hours_malformed", "Écrivez des heures, comme 3,5 ou 3\u{202f}h\u{202f}30. Rien, c’est sans objectif.";
    }

    /// What can be aimed at.
    Aim {
        WeeklyHours = "weekly_hours", "Heures par semaine et promeneur·euse";
        Distinct = "distinct", "Jeunes connectés";
        Contacts = "contacts", "Contacts-jeunes";
        Interventions = "interventions", "Interventions";
        Met = "met", "Jeunes rencontrés";
        Projects = "projects", "Projets initiés";
    }
}

/// An aim and how much of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objective {
    /// The code of the aim.
    pub aim: String,
    /// How much: a count; of hours, minutes.
    pub value: i64,
}

/// A number that nobody aims at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number to aim at")]
pub struct NotAnAim;

/// Most minutes of a week.
const WEEK: i64 = 7 * 24 * 60;
/// Most that is believed.
const MOST: i64 = 1_000_000;

impl Aim {
    /// What to say of what cannot be aimed at.
    pub fn fault(self) -> ObjectiveFault {
        if self == Self::WeeklyHours { ObjectiveFault::Hours } else { ObjectiveFault::Count }
    }

    /// How much, as it is typed: a whole number; of hours, with a decimal comma or point, or with their minutes. None where
    /// nothing is typed.
    pub fn parse(self, text: &str) -> Result<Option<i64>, NotAnAim> {
        let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        if text.is_empty() {
            return Ok(None);
        }
        let (value, most) = match self {
            Self::WeeklyHours => (minutes(&text).ok_or(NotAnAim)?, WEEK),
            _ => (digits(&text).ok_or(NotAnAim)?, MOST),
        };
        if (1..=most).contains(&value) { Ok(Some(value)) } else { Err(NotAnAim) }
    }

    /// How much, as one types it.
    pub fn typed(self, value: i64) -> String {
        match self {
            Self::WeeklyHours if value % 60 == 0 => (value / 60).to_string(),
            Self::WeeklyHours => {
                format!("{},{:02}", value / 60, (value % 60 * 100 + 30) / 60).trim_end_matches('0').to_owned()
            }
            _ => value.to_string(),
        }
    }

    /// How much, as it is read.
    pub fn read(self, value: i64) -> String {
        if self == Self::WeeklyHours { fr::duration(value) } else { fr::integer(value) }
    }

    /// What was reached; none where it cannot be said. `so_far` is of the days that have gone.
    pub fn reached(self, sums: &Sums, so_far: Option<&Headline>) -> Option<i64> {
        Some(match self {
            Self::WeeklyHours => {
                let headline = so_far.copied().unwrap_or_else(|| Headline::of(sums));
                (headline.person_days > 0).then(|| headline.minutes * 7 / headline.person_days)?
            }
            Self::Distinct => sums.distinct(),
            Self::Contacts => sums.contacts(),
            Self::Interventions => sums.interventions(),
            Self::Met => sums.met(),
            Self::Projects => sums.projects_initiated(),
        })
    }
}

fn digits(text: &str) -> Option<i64> {
    (text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Hours, with up to two decimals or as « 3h30 », in minutes.
fn minutes(text: &str) -> Option<i64> {
    if let Some((hours, rest)) = text.split_once(['h', 'H']) {
        let rest = if rest.is_empty() { 0 } else { digits(rest).filter(|rest| *rest < 60)? };
        return Some(digits(hours)? * 60 + rest);
    }
    let (whole, rest) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let hundredths = match rest.len() {
        1 => digits(rest)? * 10,
        2 => digits(rest)?,
        _ => return None,
    };
    Some(digits(whole)? * 60 + (hundredths * 60 + 50) / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_count_or_hours() {
        for (aim, text, value) in [
            (Aim::Projects, "12", Ok(Some(12))),
            (Aim::Contacts, "1\u{202f}200", Ok(Some(1200))),
            (Aim::Met, "", Ok(None)),
            (Aim::Met, "0", Err(NotAnAim)),
            (Aim::Met, "-3", Err(NotAnAim)),
            (Aim::Met, "3,5", Err(NotAnAim)),
            (Aim::Met, "99999999999999999999", Err(NotAnAim)),
            (Aim::WeeklyHours, "3", Ok(Some(180))),
            (Aim::WeeklyHours, "3,5", Ok(Some(210))),
            (Aim::WeeklyHours, "2\u{202f}h\u{202f}51", Ok(Some(171))),
            (Aim::WeeklyHours, "4h30", Ok(Some(270))),
            (Aim::WeeklyHours, "4h", Ok(Some(240))),
            (Aim::WeeklyHours, "4h75", Err(NotAnAim)),
            (Aim::WeeklyHours, "2.25", Ok(Some(135))),
            (Aim::WeeklyHours, "169", Err(NotAnAim)),
            (Aim::WeeklyHours, "3,", Err(NotAnAim)),
            (Aim::WeeklyHours, "trois", Err(NotAnAim)),
        ] {
            assert_eq!(aim.parse(text), value, "{text}");
        }
    }

    #[test]
    fn what_is_shown_in_the_form_is_taken_again() {
        for minutes in [60, 90, 135, 140, 210, 1] {
            let typed = Aim::WeeklyHours.typed(minutes);
            let again = Aim::WeeklyHours.parse(&typed).unwrap().unwrap();
            assert!((again - minutes).abs() <= 1, "{minutes} {typed} {again}");
        }
        assert_eq!(
            (Aim::WeeklyHours.typed(210), Aim::WeeklyHours.read(210)),
            ("3,5".into(), "3\u{202f}h\u{202f}30".into())
        );
    }
}
