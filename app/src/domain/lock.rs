//! The lock of a phone's notebook: the code that opens it, and how often it may be tried; and how long a phone that hears
//! nothing of the server goes on showing what was noted, locked or not (`quality.md` R5, R6).

use chrono::{DateTime, TimeDelta, Utc};

use super::coded::codes;

/// How many digits a code has.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=12;

/// How often in a row a wrong code may be tried: after that the code opens nothing any more, whoever types it. A million
/// codes and ten tries.
pub const MOST_TRIES: u32 = 10;

/// How long nobody touches the phone before it closes the notebook.
pub const IDLE: TimeDelta = TimeDelta::minutes(10);

/// How long a phone that hears nothing of the server shows what was noted before this evening. One may note for as long as
/// one likes.
pub const LEASE: TimeDelta = TimeDelta::hours(72);

/// How far a clock may go back before it is not believed, in what it is put right by.
const CLOCK_PLAY: TimeDelta = TimeDelta::minutes(10);

codes! {
    /// Why a lock was not opened, put on or taken off. The label is the sentence shown.
    LockFault {
        Short = "code_short", "Six chiffres au moins, douze au plus.";
        Easy = "code_easy", "Ce code se devine trop vite : évitez les suites et les chiffres répétés.";
        Differs = "code_differs", "Les deux codes ne sont pas les mêmes.";
        Wrong = "code_wrong", "Ce code n’ouvre pas ce carnet.";
        Spent = "code_spent", "Trop d’essais : ce code n’ouvre plus rien. Votre phrase de passe rouvre le carnet, avec du réseau. Rien n’est perdu.";
        NoNetwork = "no_network", "Il faut du réseau pour cela. Réessayez quand il est là.";
        NotShown = "passkey_not_shown", "Rien n’a été montré, ou cette clé ne sait pas ouvrir un carnet.";
        Refused = "lock_refused", "Le serveur ne peut pas rouvrir ce téléphone. Essayez votre code, ou appelez votre coordination.";
        SignedOut = "signed_out", "Le serveur ne vous reconnaît plus : reconnectez-vous, puis recommencez.";
        Full = "storage_full", "Ce téléphone n’a plus de place. Libérez-en un peu, puis réessayez.";
        Closed = "store_closed", "Le carnet ne répond pas. Fermez Lanterne, puis rouvrez-la.";
    }
}

/// A code that may be given to a notebook. No `Debug`: it is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct LockCode(String);

impl LockCode {
    /// The code that was typed, where it may be one.
    pub fn parse(typed: &str) -> Result<Self, LockFault> {
        let digits = typed.as_bytes();
        if !DIGITS.contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
            return Err(LockFault::Short);
        }
        // One step throughout: 000000, 123456, 987654, 135790.
        let step = |pair: &[u8]| (10 + pair[1] - pair[0]) % 10;
        let first = step(&digits[..2]);
        let halves = digits.len().is_multiple_of(2) && digits[..digits.len() / 2] == digits[digits.len() / 2..];
        if digits.windows(2).all(|pair| step(pair) == first) || halves {
            return Err(LockFault::Easy);
        }
        Ok(Self(typed.to_owned()))
    }

    /// Whether what was typed could be one: only then is it tried.
    pub fn may_be(typed: &str) -> bool {
        DIGITS.contains(&typed.len())
    }

    /// Its digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

/// Since when a phone has heard nothing of the server, told by two clocks: the one that somebody may set, and the one
/// that only counts how long the notebook was open. All in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// When the server was last heard of, by the phone's clock.
    heard: i64,
    /// The latest that the phone's clock ever was since then.
    latest: i64,
    /// How long the notebook was open since then, by a clock that nobody sets.
    open: i64,
}

impl Lease {
    /// The server is heard of now.
    pub fn heard(now: DateTime<Utc>) -> Self {
        let now = now.timestamp_millis();
        Self { heard: now, latest: now, open: 0 }
    }

    /// As it is kept, in milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a clock are far below 2^52")]
    pub fn parts(&self) -> Vec<f64> {
        vec![self.heard as f64, self.latest as f64, self.open as f64]
    }

    /// As it was kept; none of anything else.
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, as they were kept")]
    pub fn of(parts: &[f64]) -> Option<Self> {
        let [heard, latest, open] = *parts else { return None };
        Some(Self { heard: heard as i64, latest: latest as i64, open: open as i64 })
    }

    /// The same, `open` later by the clock that nobody sets.
    #[must_use]
    pub fn after(&self, now: DateTime<Utc>, open: TimeDelta) -> Self {
        Self {
            latest: self.latest.max(now.timestamp_millis()),
            open: self.open.saturating_add(open.num_milliseconds().max(0)),
            ..*self
        }
    }

    /// Where it has ended, by either clock or since the one was set back, the moment that it is at the earliest, whatever the
    /// clock says: before the evening of it nothing is shown.
    pub fn over_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (at, lease) = (now.timestamp_millis(), LEASE.num_milliseconds());
        let is_over = at.saturating_sub(self.heard) > lease
            || self.open > lease
            || at.saturating_add(CLOCK_PLAY.num_milliseconds()) < self.latest;
        is_over.then(|| DateTime::from_timestamp_millis(at.max(self.latest)).unwrap_or(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Lease {
        fn is_over(&self, now: DateTime<Utc>) -> bool {
            self.over_at(now).is_some()
        }
    }

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hours)
    }

    #[test]
    fn a_code_is_digits_that_are_not_the_first_ones_tried() {
        for short in ["", "12345", "1234567890123", "12345a", "１２３４５６", "135 792"] {
            assert_eq!(LockCode::parse(short).err(), Some(LockFault::Short), "{short}");
        }
        for easy in ["000000", "123456", "654321", "987654", "890123", "246802", "123123", "10101010"] {
            assert_eq!(LockCode::parse(easy).err(), Some(LockFault::Easy), "{easy}");
        }
        for good in ["493027", "120984", "123457", "1212121", "000001"] {
            assert_eq!(LockCode::parse(good).ok().as_ref().map(LockCode::digits), Some(good));
        }
    }

    #[test]
    fn a_lease_ends_after_three_days() {
        let lease = Lease::heard(at(0));
        assert!(!lease.is_over(at(0)) && !lease.is_over(at(72)));
        assert!(lease.is_over(at(73)));
    }

    #[test]
    fn a_lease_ends_whatever_the_clock_says() {
        // Set back to the evening on which it was heard of, each time again.
        let mut lease = Lease::heard(at(0));
        for _ in 0..24 {
            assert!(!lease.is_over(at(1)), "three hours at a time, 24 times");
            lease = lease.after(at(1), TimeDelta::hours(3));
        }
        assert!(lease.after(at(1), TimeDelta::minutes(1)).is_over(at(1)), "it was used for more than 72 hours");
        // Set back to before what it has been.
        let lease = Lease::heard(at(0)).after(at(50), TimeDelta::hours(1));
        assert!(!lease.is_over(at(50)) && lease.is_over(at(49)) && lease.is_over(at(-1)));
        // What it shows then is of the evening that it has been, not of the one that it is set back to.
        assert_eq!(lease.over_at(at(1)), Some(at(50)));
        assert_eq!(lease.over_at(at(99)), Some(at(99)));
        // Put right by a few minutes.
        assert!(!lease.is_over(at(50) - TimeDelta::minutes(9)));
        // A night of the other time of year changes no clock that counts in UTC, and a stopwatch never runs backwards.
        assert_eq!(lease.after(at(50), TimeDelta::hours(-3)), lease);
        assert_eq!(Lease::of(&lease.parts()), Some(lease));
        assert_eq!(Lease::of(&[]), None);
    }
}
