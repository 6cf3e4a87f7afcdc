//! Days, times and moments as ISO 8601 writes them, read without the format machinery of the library, which is a
//! seventieth of all that a phone downloads.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Deserializer, de::Error};

/// Something that ISO 8601 has a text for.
pub trait Iso: Sized {
    /// The value of a text.
    fn from_iso(text: &str) -> Option<Self>;
}

/// Reads a field of that kind: `#[serde(deserialize_with = "iso::read")]`.
pub fn read<'de, D: Deserializer<'de>, T: Iso>(deserializer: D) -> Result<T, D::Error> {
    T::from_iso(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("no date"))
}

/// Reads a field of that kind that may be absent; with `default`.
pub fn read_some<'de, D: Deserializer<'de>, T: Iso>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| T::from_iso(&text).ok_or_else(|| D::Error::custom("no date"))).transpose()
}

/// What is left of a text.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// A number of so many digits.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let digits = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.0.split_at_checked(digits).filter(|_| digits >= least)?;
        self.0 = rest;
        Some(number.iter().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0')))
    }

    /// Whether the next byte is one of these; it is then passed.
    fn passes(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| bytes.contains(first))?;
        self.0 = rest;
        Some(*first)
    }

    fn date(&mut self) -> Option<NaiveDate> {
        let sign = self.passes(b"+-");
        // Beyond four digits a year has a sign.
        let year = i32::try_from(self.number(4, if sign.is_some() { 6 } else { 4 })?).ok()?;
        self.passes(b"-")?;
        let month = self.number(2, 2)?;
        self.passes(b"-")?;
        NaiveDate::from_ymd_opt(if sign == Some(b'-') { -year } else { year }, month, self.number(2, 2)?)
    }

    fn time(&mut self) -> Option<NaiveTime> {
        let hour = self.number(2, 2)?;
        self.passes(b":")?;
        let minute = self.number(2, 2)?;
        let second = if self.passes(b":").is_some() { self.number(2, 2)? } else { 0 };
        let mut nanos = 0;
        if self.passes(b".").is_some() {
            let before = self.0.len();
            nanos = self.number(1, 9)?;
            nanos *= 10_u32.pow(u32::try_from(9 - (before - self.0.len())).ok()?);
            // Finer than a clock here is.
            while self.passes(b"0123456789").is_some() {}
        }
        // A leap second is the second before, and more than a second of it.
        let leaps = u32::from(second == 60);
        NaiveTime::from_hms_nano_opt(hour, minute, second - leaps, nanos + leaps * 1_000_000_000)
    }

    fn moment(&mut self) -> Option<NaiveDateTime> {
        let date = self.date()?;
        self.passes(b"Tt ")?;
        Some(date.and_time(self.time()?))
    }

    fn offset(&mut self) -> Option<FixedOffset> {
        if self.passes(b"Zz").is_some() {
            return FixedOffset::east_opt(0);
        }
        let sign = self.passes(b"+-")?;
        let hours = self.number(2, 2)?;
        self.passes(b":");
        let seconds = i32::try_from(hours * 3_600 + self.number(2, 2)? * 60).ok()?;
        FixedOffset::east_opt(if sign == b'-' { -seconds } else { seconds })
    }
}

/// What `read` makes of the whole text.
fn whole<'a, T>(text: &'a str, read: impl FnOnce(&mut Rest<'a>) -> Option<T>) -> Option<T> {
    let mut rest = Rest(text.as_bytes());
    read(&mut rest).filter(|_| rest.0.is_empty())
}

impl Iso for NaiveDate {
    fn from_iso(text: &str) -> Option<Self> {
        whole(text, Rest::date)
    }
}

impl Iso for NaiveTime {
    fn from_iso(text: &str) -> Option<Self> {
        whole(text, Rest::time)
    }
}

impl Iso for NaiveDateTime {
    fn from_iso(text: &str) -> Option<Self> {
        whole(text, Rest::moment)
    }
}

impl Iso for DateTime<FixedOffset> {
    fn from_iso(text: &str) -> Option<Self> {
        let (local, offset) = whole(text, |rest| Some((rest.moment()?, rest.offset()?)))?;
        offset.from_local_datetime(&local).single()
    }
}

impl Iso for DateTime<Utc> {
    fn from_iso(text: &str) -> Option<Self> {
        DateTime::<FixedOffset>::from_iso(text).map(|at| at.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "2026-13-01", "2026-02-30", "26-01-01", "2026-1-1", "2026-01-01 ", "hier"] {
            assert_eq!(NaiveDate::from_iso(text), None, "{text}");
        }
        for text in ["24:00", "21:60", "21", "21:0", "21:00:61", "21:00:00.", "21:00Z"] {
            assert_eq!(NaiveTime::from_iso(text), None, "{text}");
        }
        for text in ["2026-11-19T21:00:00", "2026-11-19T21:00:00+25:00", "2026-11-19Z", "2026-11-19T21:00:00+01:00x"] {
            assert_eq!(DateTime::<Utc>::from_iso(text), None, "{text}");
        }
    }

    #[test]
    fn what_forms_and_servers_write_is_read() {
        assert_eq!(NaiveTime::from_iso("21:05"), NaiveTime::from_hms_opt(21, 5, 0));
        assert_eq!(
            DateTime::<Utc>::from_iso("2026-11-19T21:00:00.123456789012Z"),
            "2026-11-19T21:00:00.123456789Z".parse().ok()
        );
        assert_eq!(DateTime::<Utc>::from_iso("2026-11-19 21:00:00+0100"), "2026-11-19T20:00:00Z".parse().ok());
    }

    proptest! {
        #[test]
        fn it_reads_back_what_the_library_writes(
            seconds in -62_000_000_000_i64..250_000_000_000, nanos in 0_u32..2_000_000_000, west in -1_439_i32..1_440,
        ) {
            let utc = DateTime::<Utc>::from_timestamp(seconds, nanos).or(DateTime::<Utc>::from_timestamp(seconds, nanos / 2));
            let utc = utc.expect("a moment");
            let offset = FixedOffset::west_opt(west * 60).expect("an offset");
            let local = utc.with_timezone(&offset);
            let text = |value: serde_json::Value| value.as_str().expect("a text").to_owned();
            prop_assert_eq!(DateTime::<Utc>::from_iso(&text(serde_json::json!(utc))), Some(utc));
            prop_assert_eq!(DateTime::<FixedOffset>::from_iso(&text(serde_json::json!(local))), Some(local));
            let naive = local.naive_local();
            prop_assert_eq!(NaiveDateTime::from_iso(&text(serde_json::json!(naive))), Some(naive));
            prop_assert_eq!(NaiveDate::from_iso(&text(serde_json::json!(naive.date()))), Some(naive.date()));
            prop_assert_eq!(NaiveTime::from_iso(&text(serde_json::json!(naive.time()))), Some(naive.time()));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = DateTime::<Utc>::from_iso(&text);
            let _ = NaiveTime::from_iso(&text);
        }
    }
}
