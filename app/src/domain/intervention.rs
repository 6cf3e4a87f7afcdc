//! One act of the promeneur, of one primary type (`domain.md` B1 to B9): the core of the notebook.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value};

use super::{
    coded::Coded,
    fault::{Fault, FaultCode, Faults},
    fields::fields,
    ids::RecordId,
    other::{OTHER_LENGTH, Other},
    people::{AgeBands, Genders, MOST_REACH, YoungCounts, YoungPeople},
    record::NOTE_LENGTH,
    taxonomy::{
        Audience, ChannelKind, Initiator, InterventionDetail, InterventionType, KnownFrom, Network, Outcome, Reach,
        ReferralKind, Setting, Theme,
    },
    time::{check_day, moment_of},
};

/// Most themes on one intervention (`domain.md` B6).
pub const MOST_THEMES: usize = 3;
/// Longest intervention, in minutes: one day.
pub const MOST_MINUTES: u32 = 24 * 60;

/// An intervention as a form or the wire gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InterventionDraft {
    /// The presence in which it took place, if any.
    pub presence: Option<RecordId>,
    /// The day it belongs to.
    pub occurred_on: Option<NaiveDate>,
    /// Its time of day.
    pub started_at: Option<NaiveTime>,
    /// Minutes it took.
    pub duration_min: Option<i64>,
    /// Its primary type.
    pub kind: Option<Coded<InterventionType>>,
    /// The seed's sub-kind.
    pub detail: Option<Coded<InterventionDetail>>,
    /// How far an information goes.
    pub reach: Option<Coded<Reach>>,
    /// On which network; none only face to face.
    pub network: Option<Coded<Network>>,
    /// Which one, when the network is « Autre ».
    pub network_other: Option<String>,
    /// In what form.
    pub channel: Option<Coded<ChannelKind>>,
    /// One to one, or several.
    pub setting: Option<Coded<Setting>>,
    /// Who began.
    pub initiator: Option<Coded<Initiator>>,
    /// One to three themes.
    pub themes: Vec<Coded<Theme>>,
    /// Which one, when a theme is « Autre ».
    pub theme_other: Option<String>,
    /// With whom.
    pub audience: Option<Coded<Audience>>,
    /// How many young people.
    pub young_count: Option<i64>,
    /// How many of them for the first time this year.
    pub first_this_year_count: Option<i64>,
    /// Where they were known from.
    pub known_from: Option<Coded<KnownFrom>>,
    /// Their ages.
    pub age_bands: Option<AgeBands>,
    /// Their genders.
    pub gender: Option<Genders>,
    /// Views or reactions of a publication.
    pub reach_count: Option<i64>,
    /// What came of it.
    pub outcomes: Vec<Coded<Outcome>>,
    /// How many were met face to face for the first time this year, after an online contact.
    pub met_after_online_count: Option<i64>,
    /// To whom one referred.
    pub referral_kinds: Vec<Coded<ReferralKind>>,
    /// A short note, about the activity and never about a person.
    pub note: Option<String>,
    /// What a newer release wrote and this one does not know.
    pub extra: Map<String, Value>,
}

fields!(InterventionDraft { presence, occurred_on, started_at, duration_min, kind = "type", detail, reach, network, network_other, channel, setting, initiator, themes, theme_other, audience, young_count, first_this_year_count, known_from, age_bands, gender, reach_count, outcomes, met_after_online_count, referral_kinds, note });

/// With whom an intervention took place, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Public {
    /// An exchange with young people.
    Young(YoungPeople),
    /// A publication, whose reach is never mixed with people.
    Publication {
        /// For whom it was meant.
        audience: Coded<Audience>,
        /// Views or reactions, as declared.
        reach_count: Option<u32>,
    },
    /// An exchange with parents or professionals, who are not counted.
    Others(Coded<Audience>),
}

/// An intervention that keeps its invariants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intervention {
    /// The presence in which it took place, if any.
    pub presence: Option<RecordId>,
    /// The day it belongs to.
    pub occurred_on: NaiveDate,
    /// Its time of day.
    pub started_at: Option<NaiveTime>,
    /// Minutes it took.
    pub duration_min: Option<u32>,
    /// Its primary type.
    pub kind: Coded<InterventionType>,
    /// On which network; none only face to face.
    pub network: Option<Coded<Network>>,
    /// In what form.
    pub channel: Coded<ChannelKind>,
    /// One to one, or several.
    pub setting: Coded<Setting>,
    /// Who began.
    pub initiator: Coded<Initiator>,
    /// One to three themes, each once.
    pub themes: Vec<Coded<Theme>>,
    /// With whom.
    pub public: Public,
    /// What came of it, each once.
    pub outcomes: Vec<Coded<Outcome>>,
    /// To whom one referred, each once; empty without a referral among the outcomes.
    pub referral_kinds: Vec<Coded<ReferralKind>>,
    /// A short note.
    pub note: Option<String>,
}

impl InterventionDraft {
    /// The intervention, or what is wrong with it. `strict` refuses codes that this release does not know.
    pub fn parse(&self, today: NaiveDate, strict: bool) -> Result<Intervention, Vec<Fault>> {
        let mut faults = Faults::default();
        self.check_codes(&mut faults, strict);
        let occurred_on = faults.require("occurred_on", self.occurred_on, FaultCode::Missing);
        if let Some(day) = occurred_on {
            check_day(&mut faults, "occurred_on", day, today);
        }
        let duration_min = faults.count("duration_min", self.duration_min, MOST_MINUTES);
        let kind = faults.require("type", self.kind.clone(), FaultCode::Missing);
        let channel = faults.require("channel", self.channel.clone(), FaultCode::Missing);
        let setting = faults.require("setting", self.setting.clone(), FaultCode::Missing);
        let initiator = faults.require("initiator", self.initiator.clone(), FaultCode::Missing);
        let audience = faults.require("audience", self.audience.clone(), FaultCode::Missing);
        let in_person = channel.as_ref().is_some_and(|channel| channel.is(ChannelKind::InPerson));
        if self.network.is_none() && !in_person {
            faults.add("network", FaultCode::ChooseNetwork);
        }
        let themes = each_once(&self.themes);
        match themes.len() {
            0 => faults.add("themes", FaultCode::ChooseTheme),
            1..=MOST_THEMES => {}
            _ => faults.add("themes", FaultCode::TooManyThemes),
        }
        let public = match (&channel, audience) {
            (Some(channel), Some(audience)) => self.parse_public(channel, audience, &mut faults),
            _ => None,
        };
        let note = faults.text("note", self.note.as_deref(), NOTE_LENGTH);
        faults.text(Other::Network.field(), self.network_other.as_deref(), OTHER_LENGTH);
        faults.text(Other::Theme.field(), self.theme_other.as_deref(), OTHER_LENGTH);
        let outcomes = each_once(&self.outcomes);
        let referral_kinds = each_once(&self.referral_kinds);
        let refers = outcomes.iter().any(|outcome| outcome.known().is_none_or(super::taxonomy::Outcome::is_referral));
        if !referral_kinds.is_empty() && !refers {
            faults.add("referral_kinds", FaultCode::ReferralWithoutOutcome);
        }
        let intervention = (|| {
            Some(Intervention {
                presence: self.presence,
                occurred_on: occurred_on?,
                started_at: self.started_at,
                duration_min,
                kind: kind?,
                // Face to face is on no network, whatever was chosen before.
                network: self.network.clone().filter(|_| !in_person),
                channel: channel?,
                setting: setting?,
                initiator: initiator?,
                themes,
                public: public?,
                outcomes,
                referral_kinds,
                note,
            })
        })();
        faults.finish(intervention)
    }

    /// When it took place, where that was noted.
    pub fn moment(&self) -> Option<NaiveDateTime> {
        self.occurred_on.zip(self.started_at).map(|(evening, time)| moment_of(evening, time))
    }

    /// Whether its network is « Autre », which can be specified; face to face is on none.
    pub fn is_on_another_network(&self) -> bool {
        let in_person = self.channel.as_ref().is_some_and(|channel| channel.is(ChannelKind::InPerson));
        !in_person && self.network.as_ref().is_some_and(|network| network.is(Network::Other))
    }

    /// Whether a theme is « Autre », which can be specified.
    pub fn has_another_theme(&self) -> bool {
        self.themes.iter().any(|theme| theme.is(Theme::Other))
    }

    /// Whether young people are counted on it: an exchange with them, not a publication.
    pub fn counts_young(&self) -> bool {
        self.audience.as_ref().is_some_and(|audience| audience.is(Audience::Young))
            && !self.channel.as_ref().is_some_and(|channel| channel.is(ChannelKind::Publication))
    }

    /// Whether it is a publication for young people, whom nobody counts one by one.
    pub fn publishes_to_young(&self) -> bool {
        self.audience.as_ref().is_some_and(|audience| audience.is(Audience::Young)) && !self.counts_young()
    }

    /// Whether young people were met face to face, which opens the number of them.
    pub fn met(&self) -> bool {
        self.counts_young() && self.outcomes.iter().any(|outcome| outcome.is(Outcome::MetInPerson))
    }

    /// Whether somebody was referred to a partner: to a colleague, nobody asks which kind.
    pub fn refers(&self) -> bool {
        self.outcomes.iter().any(|outcome| outcome.is(Outcome::ReferredExternal))
    }

    /// Without the answers to questions that no longer arise: a form hides them, and they must not count.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let publishes = self.channel.as_ref().is_some_and(|channel| channel.is(ChannelKind::Publication));
        if !publishes {
            self.reach_count = None;
        }
        if !self.counts_young() {
            self.young_count = None;
            self.first_this_year_count = None;
            self.known_from = None;
            self.age_bands = None;
            self.gender = None;
        }
        if self.channel.as_ref().is_some_and(|channel| channel.is(ChannelKind::InPerson)) {
            self.network = None;
        }
        // What specifies another type stays until it is saved: who tapped a wrong type finds it again.
        if let Some(kind) = self.kind.as_ref().and_then(Coded::known) {
            self.detail = self.detail.filter(|detail| detail.known().is_none_or(|it| kind.details().contains(&it)));
            self.reach = self.reach.filter(|_| kind == InterventionType::Inform);
        }
        if !self.met() {
            self.met_after_online_count = None;
        }
        if !self.refers() {
            self.referral_kinds.clear();
        }
        self
    }

    fn parse_public(
        &self,
        channel: &Coded<ChannelKind>,
        audience: Coded<Audience>,
        faults: &mut Faults,
    ) -> Option<Public> {
        let has_people = [self.young_count, self.first_this_year_count, self.met_after_online_count]
            .iter()
            .any(|count| count.is_some_and(|count| count != 0));
        if channel.is(ChannelKind::Publication) {
            if has_people {
                faults.add("young_count", FaultCode::PeopleInPublication);
            }
            let reach_count = faults.count("reach_count", self.reach_count, MOST_REACH);
            return Some(Public::Publication { audience, reach_count });
        }
        if self.reach_count.is_some_and(|count| count != 0) {
            faults.add("reach_count", FaultCode::ReachOutsidePublication);
        }
        if !audience.is(Audience::Young) {
            if has_people {
                faults.add("young_count", FaultCode::CountWithoutYoung);
            }
            return Some(Public::Others(audience));
        }
        let met_is_open = self.outcomes.iter().any(|outcome| outcome.is(Outcome::MetInPerson));
        if !met_is_open && self.met_after_online_count.is_some_and(|count| count != 0) {
            faults.add("met_after_online_count", FaultCode::MetWithoutOutcome);
        }
        let counts = YoungCounts {
            present: self.young_count,
            first_this_year: self.first_this_year_count,
            met_after_online: self.met_after_online_count,
            ages: self.age_bands.as_ref(),
            genders: self.gender.as_ref(),
        };
        YoungPeople::parse(counts, faults).map(Public::Young)
    }

    fn check_codes(&self, faults: &mut Faults, strict: bool) {
        faults.known("type", &self.kind, strict);
        faults.known("detail", &self.detail, strict);
        faults.known("reach", &self.reach, strict);
        faults.known("network", &self.network, strict);
        faults.known("channel", &self.channel, strict);
        faults.known("setting", &self.setting, strict);
        faults.known("initiator", &self.initiator, strict);
        faults.known("themes", &self.themes, strict);
        faults.known("audience", &self.audience, strict);
        faults.known("known_from", &self.known_from, strict);
        faults.known("outcomes", &self.outcomes, strict);
        faults.known("referral_kinds", &self.referral_kinds, strict);
    }
}

impl Intervention {
    /// The young people of an exchange; none for a publication or another public.
    pub fn young(&self) -> Option<&YoungPeople> {
        match &self.public {
            Public::Young(people) => Some(people),
            Public::Publication { .. } | Public::Others(_) => None,
        }
    }
}

fn each_once<T: Clone + PartialEq>(values: &[T]) -> Vec<T> {
    let mut once: Vec<T> = Vec::with_capacity(values.len());
    for value in values {
        if !once.contains(value) {
            once.push(value.clone());
        }
    }
    once
}
