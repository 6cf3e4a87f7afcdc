//! What is typed into a cell: days, times, lengths and numbers, as people in France write them.

use chrono::{NaiveDate, NaiveTime};

/// A day: `24/09/2025`, `24/09/25`, `24.09.2025`, `24-09-2025`, `2025-09-24`.
pub fn day(text: &str) -> Option<NaiveDate> {
    let numbers: Vec<&str> = text.split(['/', '.', '-']).collect();
    let &[first, month, last] = numbers.as_slice() else { return None };
    let (year, day) = match (first.len(), last.len()) {
        (4, _) => (number(first)?, number(last)?),
        (_, 4) => (number(last)?, number(first)?),
        (_, 2) => (2000 + number(last)?, number(first)?),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year.try_into().ok()?, number(month)?, day)
}

/// A time of day: `22:08`, `22:08:00`, `22h08`, `22 h`.
pub fn time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(['h', 'H', ':']).map(str::trim);
    let hour = number(parts.next()?)?;
    let minute = parts.next().filter(|part| !part.is_empty()).map_or(Some(0), number)?;
    // Seconds are written by programs, and never meant.
    let seconds = parts.next().map_or(Some(0), number)?;
    let is_time = parts.next().is_none() && seconds < 60 && text.contains(['h', 'H', ':']);
    NaiveTime::from_hms_opt(hour, minute, 0).filter(|_| is_time)
}

/// A day with or without a time: `24/09/2025 22:08`, `2025-09-24T22:08`.
pub fn moment(text: &str) -> Option<(NaiveDate, Option<NaiveTime>)> {
    match text.split_once(['T', ' ']) {
        None => Some((day(text)?, None)),
        Some((first, last)) => {
            let last = last.trim().trim_start_matches('à').trim();
            Some((day(first)?, Some(time(last)?)))
        }
    }
}

/// A length in minutes: `45`, `45 min`, `1h30`, `1 h`, `1:30`, `1,5 h`.
pub fn minutes(text: &str) -> Option<i64> {
    let text = compact(text).to_lowercase();
    if let Some((hours, minutes)) = text.split_once(['h', ':']) {
        let minutes = minutes.trim_end_matches("min").trim_end_matches("mn");
        // 1:30:00, as spreadsheets write a length.
        let minutes = minutes.strip_suffix(":00").unwrap_or(minutes);
        if minutes.is_empty() {
            let hours: f64 = hours.replace(',', ".").parse().ok().filter(|hours| (0.0..=1000.0).contains(hours))?;
            #[expect(clippy::cast_possible_truncation, reason = "at most 60,000")]
            return Some((hours * 60.0).round() as i64);
        }
        let rest = number(minutes).filter(|minutes| *minutes < 60)?;
        return Some(i64::from(number(hours).filter(|hours| *hours <= 1000)? * 60 + rest));
    }
    count(text.trim_end_matches("minutes").trim_end_matches("min").trim_end_matches("mn"))
}

/// A whole number: `12`, `1 200`, `12,0`; also one below nought, which is then told to be none. `1.000` may be one or a
/// thousand, and is neither.
pub fn count(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let groups: Vec<&str> = digits.split_whitespace().collect();
    let is_grouped = groups.len() < 2 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    let digits = groups.concat();
    let is_number = (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !is_grouped || !matches!(rest, "0" | "00") {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    Some(if whole.starts_with('-') { -number } else { number })
}

fn compact(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn number(text: &str) -> Option<u32> {
    let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_written_here() {
        for text in ["24/09/2025", "24/9/25", "24.09.2025", "24-09-2025", "2025-09-24", "2025/9/24"] {
            assert_eq!(day(text), NaiveDate::from_ymd_opt(2025, 9, 24), "{text}");
        }
        for text in ["", "24", "24/09", "09/24/2025", "29/02/2025", "+4/09/2025", "24/09/025", "45924", "24/09/2025/1"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn times_and_moments_too() {
        for text in ["22:08", "22h08", "22 h 08", "22:08:59", "22H08"] {
            assert_eq!(time(text), NaiveTime::from_hms_opt(22, 8, 0), "{text}");
        }
        assert_eq!(time("22 h"), NaiveTime::from_hms_opt(22, 0, 0));
        for text in ["", "22", "25:00", "22:60", "22:08:60", "1:2:3:4", "h", "-1:00"] {
            assert_eq!(time(text), None, "{text}");
        }
        let at = |text| moment(text).map(|(day, time)| (day.to_string(), time.map(|time| time.to_string())));
        let evening = Some(("2025-09-24".to_owned(), Some("22:08:00".to_owned())));
        for text in ["2025-09-24T22:08", "24/09/2025 22:08", "24/09/25  à 22h08"] {
            assert_eq!(at(text), evening, "{text}");
        }
        assert_eq!(at("24/09/2025"), Some(("2025-09-24".to_owned(), None)));
        assert_eq!(at("24/09/2025 soir"), None);
    }

    #[test]
    fn lengths_are_minutes() {
        for (text, wanted) in [
            ("45", 45),
            ("45 min", 45),
            ("45mn", 45),
            ("1h30", 90),
            ("1 h 30 min", 90),
            ("1 h", 60),
            ("1:30", 90),
            ("0:45:00", 45),
            ("1,5 h", 90),
            ("0,25h", 15),
        ] {
            assert_eq!(minutes(text), Some(wanted), "{text}");
        }
        for text in ["", "longtemps", "1h75", "1h30h", "h", "1,5"] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_whole() {
        for (text, wanted) in [("12", 12), ("1 200", 1200), ("1\u{202f}200", 1200), ("12,0", 12), ("0", 0), ("-3", -3)]
        {
            assert_eq!(count(text), Some(wanted), "{text}");
        }
        for text in
            ["", "=1+1", "1,5", "10-15", "+12", "douze", "1e3", "12,", "9999999999999999", "1.000", "12 15", "1.234"]
        {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
