//! Counts of people: never who, only how many (`domain.md` B7 and F).

use super::{
    fault::{FaultCode, Faults},
    fields::counts,
};

/// No single act concerns more people than this; above it the number is a slip of the thumb.
pub const MOST_PEOPLE: u32 = 10_000;
/// No reach or number of followers is believed above this.
pub const MOST_REACH: u32 = 1_000_000_000;

/// How many young people of each age band (`domain.md` B7). The unknown ones are computed, never typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgeBands {
    /// Under 12.
    pub under_12: i64,
    /// 12 to 14.
    pub from_12_to_14: i64,
    /// 15 to 17.
    pub from_15_to_17: i64,
    /// 18 to 25.
    pub from_18_to_25: i64,
    /// Over 25.
    pub over_25: i64,
}

counts!(AgeBands {
    under_12,
    from_12_to_14 = "12_14",
    from_15_to_17 = "15_17",
    from_18_to_25 = "18_25",
    over_25,
});

impl AgeBands {
    /// Code, French label and count of each band, youngest first.
    pub fn each(&self) -> [(&'static str, &'static str, i64); 5] {
        [
            ("under_12", "Moins de 12 ans", self.under_12),
            ("12_14", "12–14 ans", self.from_12_to_14),
            ("15_17", "15–17 ans", self.from_15_to_17),
            ("18_25", "18–25 ans", self.from_18_to_25),
            ("over_25", "Plus de 25 ans", self.over_25),
        ]
    }

    /// The count of a band, to be changed by a form.
    pub fn band_mut(&mut self, code: &str) -> Option<&mut i64> {
        match code {
            "under_12" => Some(&mut self.under_12),
            "12_14" => Some(&mut self.from_12_to_14),
            "15_17" => Some(&mut self.from_15_to_17),
            "18_25" => Some(&mut self.from_18_to_25),
            "over_25" => Some(&mut self.over_25),
            _ => None,
        }
    }

    fn check(&self, faults: &mut Faults, young: u32) {
        check_parts(faults, "age_bands", self.each().map(|(_, _, n)| n), young, FaultCode::AgesMoreThanPresent);
    }
}

/// How many of each gender (`domain.md` B7), asked for where the network decides so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Genders {
    /// Girls and women.
    pub girl_woman: i64,
    /// Boys and men.
    pub boy_man: i64,
    /// Other or not specified.
    pub other_unspecified: i64,
}

counts!(Genders { girl_woman, boy_man, other_unspecified });

impl Genders {
    /// Code, French label and count of each that is asked for. The others are computed, never typed.
    pub fn each(&self) -> [(&'static str, &'static str, i64); 2] {
        [("girl_woman", "Filles ou femmes", self.girl_woman), ("boy_man", "Garçons ou hommes", self.boy_man)]
    }

    /// The count of one of these, to be changed by a form.
    pub fn part_mut(&mut self, code: &str) -> Option<&mut i64> {
        match code {
            "girl_woman" => Some(&mut self.girl_woman),
            "boy_man" => Some(&mut self.boy_man),
            _ => None,
        }
    }

    fn check(&self, faults: &mut Faults, young: u32) {
        let parts = [self.girl_woman, self.boy_man, self.other_unspecified];
        check_parts(faults, "gender", parts, young, FaultCode::GendersMoreThanPresent);
    }
}

fn check_parts<const N: usize>(faults: &mut Faults, field: &str, parts: [i64; N], whole: u32, more: FaultCode) {
    if parts.iter().any(|part| *part < 0) {
        faults.add(field, FaultCode::Negative);
    } else if parts.iter().fold(0_i64, |sum, part| sum.saturating_add(*part)) > i64::from(whole) {
        faults.add(field, more);
    }
}

/// The young people of one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YoungPeople {
    /// How many were there, at least 1.
    pub present: u32,
    /// How many of them for the first time this year, at most `present`.
    pub first_this_year: u32,
    /// How many of them were met face to face for the first time this year after an online contact, at most `present`.
    pub met_after_online: u32,
    /// Their ages, where they were noted.
    pub ages: Option<AgeBands>,
    /// Their genders, where the network asks for them.
    pub genders: Option<Genders>,
}

/// The counts as a form or the wire gives them.
#[derive(Clone, Copy, Debug, Default)]
pub struct YoungCounts<'a> {
    /// `young_count`.
    pub present: Option<i64>,
    /// `first_this_year_count`.
    pub first_this_year: Option<i64>,
    /// `met_after_online_count`.
    pub met_after_online: Option<i64>,
    /// `age_bands`.
    pub ages: Option<&'a AgeBands>,
    /// `gender`.
    pub genders: Option<&'a Genders>,
}

impl YoungPeople {
    /// The invariants of `domain.md` B7, in one place.
    pub fn parse(counts: YoungCounts<'_>, faults: &mut Faults) -> Option<Self> {
        let present = match counts.present {
            None | Some(0) => {
                faults.add("young_count", FaultCode::YoungCountMissing);
                None
            }
            given => faults.count("young_count", given, MOST_PEOPLE),
        };
        let first =
            part(faults, "first_this_year_count", counts.first_this_year, present, FaultCode::FirstMoreThanPresent);
        let met =
            part(faults, "met_after_online_count", counts.met_after_online, present, FaultCode::MetMoreThanPresent);
        let present = present?;
        if let Some(ages) = counts.ages {
            ages.check(faults, present);
        }
        if let Some(genders) = counts.genders {
            genders.check(faults, present);
        }
        Some(Self {
            present,
            first_this_year: first?,
            met_after_online: met?,
            ages: counts.ages.copied(),
            genders: counts.genders.copied(),
        })
    }

    /// Young people whose age was not noted.
    pub fn unknown_age(&self) -> i64 {
        let known: i64 = self.ages.map_or(0, |ages| ages.each().iter().map(|(_, _, n)| n).sum());
        i64::from(self.present) - known
    }

    /// Young people of another gender or of one that was not noted.
    pub fn other_gender(&self) -> i64 {
        let known: i64 = self.genders.map_or(0, |genders| genders.each().iter().map(|(_, _, n)| n).sum());
        i64::from(self.present) - known
    }
}

fn part(faults: &mut Faults, field: &str, value: Option<i64>, whole: Option<u32>, more: FaultCode) -> Option<u32> {
    let count = match value {
        None => 0,
        given => faults.count(field, given, MOST_PEOPLE)?,
    };
    if whole.is_some_and(|whole| count > whole) {
        faults.add(field, more);
        return None;
    }
    Some(count)
}
