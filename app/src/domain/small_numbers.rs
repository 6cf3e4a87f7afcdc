//! Small numbers of people, masked in whatever leaves the coordination (`domain.md` C3, « Small numbers »): with ten
//! promeneurs in small communes one cell can point at a teenager.

use chrono::{Days, NaiveDate};

use super::{coded::codes, period::Period};

codes! {
    /// Years of one kind do not overlap.
    Years {
        Civil = "civil", "Années civiles";
        School = "school", "Années scolaires";
    }
}

impl Years {
    /// Whether a period is a year of this kind.
    pub fn has(self, period: Period) -> bool {
        match self {
            Self::Civil => matches!(period, Period::CivilYear(_)),
            Self::School => matches!(period, Period::SchoolYear(_)),
        }
    }

    /// The year of this kind that holds a day.
    pub fn of(self, day: NaiveDate) -> Period {
        match self {
            Self::Civil => Period::civil_year_of(day),
            Self::School => Period::school_year_of(day),
        }
    }
}

/// What a network tells of small numbers of people outside the coordination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Masking {
    /// Under which numbers of people are masked.
    pub threshold: i64,
    /// Of which years people are told in parts.
    pub years: Years,
}

/// Cells under this are masked, unless the network sets another number.
pub const THRESHOLD: i64 = 5;
/// The numbers that a network may set: fewer hide nothing, and more hide what anybody may know.
pub const THRESHOLDS: std::ops::RangeInclusive<i64> = 3..=20;

/// A breakdown of people as it may be shown: nothing stands where a number is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The parts, in the order given.
    pub parts: Vec<Option<i64>>,
    /// Their sum.
    pub total: Option<i64>,
}

impl Shown {
    /// Whether something is masked.
    pub fn is_masked(&self) -> bool {
        self.total.is_none() || self.parts.contains(&None)
    }
}

/// Whether people may be told in parts of a period, as far as they are many: of a year that is over only, and of one kind of
/// years. What is masked in a month could be computed from the others and the year, what is in a civil year from the school
/// years that overlap it, and what a day adds from the same year read on two days. What can be read every day (`is_live`) waits
/// for the last entries too, which come in when a year is over.
pub fn may_be_parted(period: Period, years: Years, today: NaiveDate, is_live: bool) -> bool {
    years.has(period) && if is_live { is_settled(period, today) } else { period.last() < today }
}

/// Whether nothing more is to come of a period. Before, somebody who reads it on two days sees apart what the days between have
/// added: one act, perhaps, with its theme and where a young person was referred to.
pub fn is_settled(period: Period, today: NaiveDate) -> bool {
    period.last().checked_add_days(SETTLED).is_some_and(|settled| settled < today)
}

/// How long after a year its last entries come in.
const SETTLED: Days = Days::new(60);

/// Whether a number could point at somebody: nobody points at nobody.
pub fn is_small(count: i64, threshold: i64) -> bool {
    (1..threshold).contains(&count)
}

/// Whether a sum that holds these parts, and others of which nothing is told, would tell them: it is small itself, or they are
/// masked with their own sum and the others are too few to hide behind.
pub fn tells(sum: i64, parts: &[i64], threshold: i64) -> bool {
    is_small(sum, threshold) || (mask(parts, threshold).total.is_none() && sum - parts.iter().sum::<i64>() < threshold)
}

/// Masks the parts of one to `threshold` less one, and as many others as it takes so that none can be computed from the sum
/// and the parts shown, not even by somebody who knows these rules. Nobody is a fact that points at nobody: zeros are shown
/// as long as the sum can be.
pub fn mask(parts: &[i64], threshold: i64) -> Shown {
    let mut masked: Vec<bool> = parts.iter().map(|part| is_small(*part, threshold)).collect();
    if masked.contains(&true) && !widen(parts, &mut masked, threshold) {
        // Nothing to hide them behind: the sum would tell.
        return Shown { parts: vec![None; parts.len()], total: None };
    }
    let shown = parts.iter().zip(masked).map(|(part, is_masked)| (!is_masked).then_some(*part));
    Shown { parts: shown.collect(), total: Some(parts.iter().sum()) }
}

/// Masks other parts until those masked can be many numbers for the sum that they have. Others come in their order: chosen by
/// their size, they would tell something of it. Whether that was reached.
fn widen(parts: &[i64], masked: &mut [bool], threshold: i64) -> bool {
    let room = (threshold - 2).max(2);
    let mut others = (0..parts.len()).filter(|at| parts[*at] >= threshold);
    let mut has_others = false;
    loop {
        let hidden = parts.iter().zip(masked.iter()).filter(|(_, is_masked)| **is_masked);
        let (count, sum) = hidden.fold((0, 0), |(count, sum), (part, _)| (count + 1, sum + part));
        // Each is one at least, and a small one less than the threshold at most.
        let (above, below) = (sum - count, count * (threshold - 1) - sum);
        let is_wide = if has_others { above > threshold } else { above >= room && below >= room };
        if count >= 2 && is_wide {
            return true;
        }
        let Some(other) = others.next() else { return false };
        masked[other] = true;
        has_others = true;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::domain::coded::Code;

    fn shown(parts: &[i64]) -> (Vec<Option<i64>>, Option<i64>) {
        let Shown { parts, total } = mask(parts, THRESHOLD);
        (parts, total)
    }

    #[test]
    fn people_are_told_in_parts_of_years_that_are_over() {
        let on = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a day");
        let school =
            |month, day, is_live| may_be_parted(Period::SchoolYear(2025), Years::School, on(month, day), is_live);
        assert!(school(9, 1, false));
        assert!(!school(8, 31, false), "its last day adds somebody");
        assert!(!school(10, 30, true), "a phone may still send");
        assert!(school(10, 31, true));
        for years in Years::ALL {
            assert!(!may_be_parted(Period::CivilYear(2026), *years, on(12, 1), false));
            assert!(!may_be_parted(Period::Month(2026, 2), *years, on(12, 1), false));
        }
        assert!(may_be_parted(Period::CivilYear(2025), Years::Civil, on(9, 1), false));
        assert!(
            !may_be_parted(Period::CivilYear(2025), Years::School, on(9, 1), false),
            "it overlaps two school years"
        );
        assert!(!may_be_parted(Period::SchoolYear(2025), Years::Civil, on(9, 1), false));
    }

    #[test]
    fn large_numbers_and_zeros_are_shown() {
        assert_eq!(shown(&[12, 0, 5]), (vec![Some(12), Some(0), Some(5)], Some(17)));
        assert_eq!(shown(&[]), (vec![], Some(0)));
    }

    #[test]
    fn a_small_number_takes_another_one_with_it() {
        assert_eq!(shown(&[30, 2, 0, 9]), (vec![None, None, Some(0), Some(9)], Some(41)));
        assert_eq!(shown(&[2, 3, 40]), (vec![None, None, Some(40)], Some(45)));
        assert_eq!(shown(&[4, 4, 40]), (vec![None; 3], Some(48)));
    }

    #[test]
    fn a_wider_sum_tells_what_is_masked_unless_others_hide_it() {
        assert!(tells(3, &[3], 5) && tells(3, &[], 5), "small itself");
        assert!(tells(6, &[3], 5), "three others: that would be little to guess");
        assert!(!tells(8, &[3], 5) && !tells(200, &[2, 1], 5));
        assert!(!tells(30, &[30], 5), "nothing is masked");
    }

    #[test]
    fn where_the_sum_would_tell_it_is_masked_too() {
        assert_eq!(shown(&[3]), (vec![None], None));
        assert_eq!(shown(&[1, 1, 0]), (vec![None; 3], None));
        assert_eq!(shown(&[1, 1, 1, 1, 1]), (vec![None; 5], None));
    }

    /// Every breakdown into `count` parts of at most `most` together.
    fn breakdowns(count: usize, most: i64) -> Vec<Vec<i64>> {
        let mut all: Vec<Vec<i64>> = vec![Vec::new()];
        for _ in 0..count {
            let longer = |begun: &Vec<i64>| {
                let begun = begun.clone();
                (0..=most - begun.iter().sum::<i64>()).map(move |next| [begun.clone(), vec![next]].concat())
            };
            all = all.iter().flat_map(longer).collect();
        }
        all
    }

    /// Whoever knows these rules tries every breakdown that could be behind what is shown: each masked number must be able to
    /// be several. Of all breakdowns of up to six parts, not of some.
    #[test]
    fn no_masked_number_can_be_computed_by_somebody_who_knows_the_rules() {
        let mut attacked = 0;
        for threshold in 3..=7 {
            for (count, most) in [(1, 40), (2, 40), (3, 40), (4, 26), (5, 16), (6, 12)] {
                let mut behind: HashMap<_, Vec<Vec<i64>>> = HashMap::new();
                for parts in breakdowns(count, most) {
                    let Shown { parts: seen, total } = mask(&parts, threshold);
                    let tells =
                        parts.iter().zip(&seen).find(|(part, seen)| seen.is_some() && (1..threshold).contains(*part));
                    assert_eq!(tells, None, "{parts:?} under {threshold}");
                    behind.entry((seen, total)).or_default().push(parts);
                }
                for ((seen, _), candidates) in behind {
                    for at in (0..count).filter(|at| seen[*at].is_none()) {
                        let first = candidates[0][at];
                        assert!(
                            candidates.iter().any(|other| other[at] != first),
                            "under {threshold}, part {at} of {:?} can only be {first}",
                            candidates[0]
                        );
                        attacked += 1;
                    }
                }
            }
        }
        assert!(attacked > 10_000, "{attacked}");
    }
}
