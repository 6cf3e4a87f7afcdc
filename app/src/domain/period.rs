//! The period of a bilan, and its form in an address (`domain.md` C).

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

use super::{fr, iso::Iso, time::Span};

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// A month: `2026-11`.
    Month(i32, u32),
    /// A quarter of a civil year: `2026-T4`.
    Quarter(i32, u32),
    /// A civil year: `2026`.
    CivilYear(i32),
    /// A school year, September to August, by the year it begins in: `2025-2026`.
    SchoolYear(i32),
    /// Any days: `2026-01-01..2026-03-31`. The first is never after the last.
    Days(NaiveDate, NaiveDate),
}

/// Months of the longest period that an address can name.
const MOST_MONTHS: usize = 301 * 12;

/// An address that names no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a period")]
pub struct NotAPeriod;

impl Period {
    /// The civil year of a day, the period shown when none is asked for.
    pub fn civil_year_of(day: NaiveDate) -> Self {
        Self::CivilYear(day.year())
    }

    /// The school year of a day.
    pub fn school_year_of(day: NaiveDate) -> Self {
        Self::SchoolYear(if day.month() >= 9 { day.year() } else { day.year() - 1 })
    }

    /// The month of a day.
    pub fn month_of(day: NaiveDate) -> Self {
        Self::Month(day.year(), day.month())
    }

    /// First day.
    pub fn first(self) -> NaiveDate {
        match self {
            Self::Month(year, month) => first_of(year, month),
            Self::Quarter(year, quarter) => first_of(year, quarter * 3 - 2),
            Self::CivilYear(year) => first_of(year, 1),
            Self::SchoolYear(year) => first_of(year, 9),
            Self::Days(first, _) => first,
        }
    }

    /// Last day.
    pub fn last(self) -> NaiveDate {
        let months = match self {
            Self::Month(..) => 1,
            Self::Quarter(..) => 3,
            Self::CivilYear(_) | Self::SchoolYear(_) => 12,
            Self::Days(_, last) => return last,
        };
        self.first()
            .checked_add_months(Months::new(months))
            .and_then(|next| next.checked_sub_days(Days::new(1)))
            .unwrap_or(NaiveDate::MAX)
    }

    /// Both ends.
    pub fn span(self) -> Span {
        Span { from: self.first(), until: Some(self.last()) }
    }

    /// The period of the same kind just before.
    #[must_use]
    pub fn before(self) -> Self {
        match self {
            Self::Month(year, 1) => Self::Month(year - 1, 12),
            Self::Month(year, month) => Self::Month(year, month - 1),
            Self::Quarter(year, 1) => Self::Quarter(year - 1, 4),
            Self::Quarter(year, quarter) => Self::Quarter(year, quarter - 1),
            Self::CivilYear(year) => Self::CivilYear(year - 1),
            Self::SchoolYear(year) => Self::SchoolYear(year - 1),
            Self::Days(first, last) => {
                let days = Days::new(u64::try_from((last - first).num_days() + 1).unwrap_or(1));
                let until = first.checked_sub_days(Days::new(1)).unwrap_or(first);
                Self::Days(first.checked_sub_days(days).unwrap_or(first), until)
            }
        }
    }

    /// The same a year earlier. The last day of February is where the twenty-ninth was.
    #[must_use]
    pub fn year_before(self) -> Self {
        match self {
            Self::Month(year, month) => Self::Month(year - 1, month),
            Self::Quarter(year, quarter) => Self::Quarter(year - 1, quarter),
            Self::CivilYear(year) => Self::CivilYear(year - 1),
            Self::SchoolYear(year) => Self::SchoolYear(year - 1),
            Self::Days(first, last) => {
                let earlier = |day: NaiveDate| day.checked_sub_months(Months::new(12)).unwrap_or(day);
                Self::Days(earlier(first), earlier(last))
            }
        }
    }

    /// Whether it is a civil or a school year.
    pub fn is_year(self) -> bool {
        matches!(self, Self::CivilYear(_) | Self::SchoolYear(_))
    }

    /// Whether an address can name it: periods of other centuries are refused there.
    pub fn can_be_named(self) -> bool {
        sane(self.first().year())
    }

    /// How many days it has.
    pub fn days(self) -> i64 {
        (self.last() - self.first()).num_days() + 1
    }

    /// As it stands after « pour »: « novembre 2026 », « l’année 2026 », « la période du … ».
    pub fn in_words(self) -> String {
        match self {
            Self::Month(..) => self.label(),
            Self::Quarter(..) => format!("le {}", self.label()),
            Self::CivilYear(_) | Self::SchoolYear(_) => format!("l’{}", self.label()),
            Self::Days(first, last) if first == last => format!("la journée du {}", self.label()),
            Self::Days(..) => format!("la période {}", self.label()),
        }
    }

    /// The same after « à », with it: « à novembre 2026 », « au 1er trimestre 2026 ».
    pub fn after_to(self) -> String {
        match self {
            Self::Quarter(..) => format!("au {}", self.label()),
            _ => format!("à {}", self.in_words()),
        }
    }

    /// The first days of the months that it touches.
    pub fn months(self) -> Vec<NaiveDate> {
        let mut month = self.first().with_day(1).unwrap_or(self.first());
        let mut months = Vec::new();
        while month <= self.last() && months.len() < MOST_MONTHS {
            months.push(month);
            let Some(next) = month.checked_add_months(Months::new(1)) else {
                break;
            };
            month = next;
        }
        months
    }

    /// What to call it in a sentence: « novembre 2026 », « année scolaire 2025-2026 ».
    pub fn label(self) -> String {
        match self {
            Self::Month(year, month) => format!("{} {year}", fr::month(month)),
            Self::Quarter(year, 1) => format!("1er trimestre {year}"),
            Self::Quarter(year, quarter) => format!("{quarter}e trimestre {year}"),
            Self::CivilYear(year) => format!("année {year}"),
            Self::SchoolYear(year) => format!("année scolaire {year}-{}", year + 1),
            Self::Days(first, last) if first == last => fr::date(first),
            Self::Days(first, last) => format!("du {} au {}", fr::date(first), fr::date(last)),
        }
    }
}

fn first_of(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}-T{quarter}"),
            Self::CivilYear(year) => write!(f, "{year:04}"),
            Self::SchoolYear(year) => write!(f, "{year:04}-{:04}", year + 1),
            Self::Days(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        if let Some((first, last)) = text.split_once("..") {
            let first = NaiveDate::from_iso(first).ok_or(NotAPeriod)?;
            let last = NaiveDate::from_iso(last).ok_or(NotAPeriod)?;
            return if first <= last && sane(first.year()) && sane(last.year()) {
                Ok(Self::Days(first, last))
            } else {
                Err(NotAPeriod)
            };
        }
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (year, Some(rest)),
            None => (text, None),
        };
        let year = digits(year, 4).and_then(|year| i32::try_from(year).ok()).filter(|year| sane(*year));
        let year = year.ok_or(NotAPeriod)?;
        match rest {
            None => Ok(Self::CivilYear(year)),
            Some(rest) => match rest.strip_prefix('T') {
                Some(quarter) => digits(quarter, 1)
                    .filter(|quarter| (1..=4).contains(quarter))
                    .map(|quarter| Self::Quarter(year, quarter)),
                None if rest.len() == 4 => digits(rest, 4)
                    .filter(|next| i32::try_from(*next).is_ok_and(|next| next == year + 1))
                    .map(|_| Self::SchoolYear(year)),
                None => digits(rest, 2).filter(|month| (1..=12).contains(month)).map(|month| Self::Month(year, month)),
            }
            .ok_or(NotAPeriod),
        }
    }
}

fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn sane(year: i32) -> bool {
    (1900..=2200).contains(&year)
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
