//! What each record adds to the figures. Every additive figure of the dashboards is a sum of these contributions, on
//! the phone and on the server alike, so that neither can count otherwise than the other.

use chrono::NaiveDate;

use super::{
    coded::{Code, Coded, codes},
    intervention::{Intervention, Public},
    presence::Presence,
    project::Project,
    record::Record,
    taxonomy::{ChannelKind, Outcome, ProjectKind, ProjectOrigin, ThemeGroup},
    time::{TimeSlot, minutes_by_slot},
};

/// The number of these rules, and of the shape in which their sums are kept. A server that finds projections of another
/// number builds them anew from the ledger.
pub const RULES: i32 = 11;

codes! {
    /// What is summed. The comment gives the unit and the key, where there is one.
    Measure {
        Interventions = "interventions", "Interventions, par type";
        Networks = "networks", "Interventions, par réseau";
        Channels = "channels", "Interventions, par espace";
        Settings = "settings", "Interventions, par cadre";
        Initiators = "initiators", "Interventions, par initiative";
        Themes = "themes", "Interventions, par thématique";
        ThemeGroups = "theme_groups", "Interventions, par groupe de thématiques";
        Audiences = "audiences", "Interventions, par public";
        Outcomes = "outcomes", "Interventions, par suite";
        Referrals = "referrals", "Interventions avec orientation";
        ReferralKinds = "referral_kinds", "Orientations externes, par destinataire";
        ReferralThemes = "referral_themes", "Interventions avec orientation, par thématique";
        Contacts = "contacts", "Contacts-jeunes";
        Distinct = "distinct", "Jeunes vus pour la première fois cette année";
        Met = "met", "Jeunes rencontrés après un contact en ligne";
        WithYoung = "with_young", "Échanges avec des jeunes";
        WithAges = "with_ages", "Échanges dont les âges sont notés";
        Ages = "ages", "Jeunes, par tranche d’âge";
        WithGenders = "with_genders", "Échanges dont le genre est noté";
        Genders = "genders", "Jeunes, par genre";
        ReachCount = "reach", "Vues et réactions";
        OutsideMinutes = "outside_minutes", "Minutes d’intervention hors présence";
        Presences = "presences", "Présences";
        Meetings = "meetings", "Rencontres";
        ProjectsInitiated = "projects_initiated", "Projets initiés, par thématique";
        ProjectYoung = "project_young", "Jeunes des projets initiés, par thématique";
    }
}

/// What one record adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contribution {
    /// `value` to the sum of `measure` under `key` on `day`.
    Sum {
        /// The day of the record.
        day: NaiveDate,
        /// What is summed.
        measure: Measure,
        /// The code it is broken down by; empty where there is none.
        key: String,
        /// How much.
        value: i64,
    },
    /// Minutes of presence.
    Presence {
        /// The day on which the presence starts, to which it belongs.
        day: NaiveDate,
        /// The day on which these minutes fall.
        on_day: NaiveDate,
        /// The slot in which they fall.
        slot: TimeSlot,
        /// Wall-clock minutes.
        minutes: i64,
    },
}

/// What the record adds to the figures.
pub fn contributions(record: &Record) -> Vec<Contribution> {
    match record {
        Record::Presence(presence) => of_presence(presence),
        Record::Intervention(intervention) => of_intervention(intervention),
        Record::Meeting(meeting) => {
            let mut sums = Sums::on(meeting.occurred_on);
            sums.add(Measure::Meetings, "", 1);
            sums.add(Measure::Met, "", i64::from(meeting.young.met_after_online));
            sums.0
        }
        Record::Project(project) => of_project(project),
        // The one is a stock (I1a); the other repeats what was counted already.
        Record::AccountSnapshot(_) | Record::Statement(_) => Vec::new(),
    }
}

fn of_presence(presence: &Presence) -> Vec<Contribution> {
    let day = presence.day();
    let mut sums = Sums::on(day);
    sums.add(Measure::Presences, "", 1);
    let Some(end) = presence.ended_at else {
        return sums.0;
    };
    let minutes = minutes_by_slot(presence.started_at, end)
        .into_iter()
        .map(|(on_day, slot, minutes)| Contribution::Presence { day, on_day, slot, minutes });
    sums.0.into_iter().chain(minutes).collect()
}

fn of_intervention(it: &Intervention) -> Vec<Contribution> {
    let mut sums = Sums::on(it.occurred_on);
    sums.one(Measure::Interventions, &it.kind);
    if let Some(network) = &it.network {
        sums.one(Measure::Networks, network);
    }
    sums.one(Measure::Channels, &it.channel);
    sums.one(Measure::Settings, &it.setting);
    sums.one(Measure::Initiators, &it.initiator);
    it.themes.iter().for_each(|theme| sums.one(Measure::Themes, theme));
    // A group counts once, however many of its themes were talked about.
    for group in ThemeGroup::ALL {
        if it.themes.iter().filter_map(Coded::known).any(|theme| theme.group() == *group) {
            sums.add(Measure::ThemeGroups, group.code(), 1);
        }
    }
    it.outcomes.iter().for_each(|outcome| sums.one(Measure::Outcomes, outcome));
    if it.outcomes.iter().any(|outcome| outcome.known().is_some_and(Outcome::is_referral)) {
        sums.add(Measure::Referrals, "", 1);
        it.themes.iter().for_each(|theme| sums.one(Measure::ReferralThemes, theme));
    }
    if it.outcomes.iter().any(|outcome| outcome.is(Outcome::ReferredExternal)) {
        it.referral_kinds.iter().for_each(|kind| sums.one(Measure::ReferralKinds, kind));
    }
    if it.presence.is_none() {
        sums.add(Measure::OutsideMinutes, "", i64::from(it.duration_min.unwrap_or(0)));
    }
    match &it.public {
        Public::Young(young) => {
            sums.one(Measure::Audiences, &super::taxonomy::Audience::Young.into());
            sums.add(Measure::WithYoung, "", 1);
            sums.add(Measure::Contacts, "", i64::from(young.present));
            sums.add(Measure::Distinct, "", i64::from(young.first_this_year));
            sums.add(Measure::Met, "", i64::from(young.met_after_online));
            if let Some(ages) = &young.ages {
                sums.add(Measure::WithAges, "", 1);
                ages.each().into_iter().for_each(|(band, _, count)| sums.add(Measure::Ages, band, count));
                sums.add(Measure::Ages, "unknown", young.unknown_age());
            }
            if let Some(genders) = &young.genders {
                sums.add(Measure::WithGenders, "", 1);
                genders.each().into_iter().for_each(|(gender, _, count)| sums.add(Measure::Genders, gender, count));
                sums.add(Measure::Genders, "other_unspecified", young.other_gender());
            }
        }
        Public::Publication { audience, reach_count } => {
            sums.one(Measure::Audiences, audience);
            sums.add(Measure::ReachCount, "", i64::from(reach_count.unwrap_or(0)));
        }
        Public::Others(audience) => sums.one(Measure::Audiences, audience),
    }
    debug_assert!(!it.channel.is(ChannelKind::Publication) || it.young().is_none());
    sums.0
}

fn of_project(project: &Project) -> Vec<Contribution> {
    let mut sums = Sums::on(project.span.from);
    if project.kind.is(ProjectKind::Project) && project.origin.is(ProjectOrigin::OnlineContact) {
        sums.add(Measure::ProjectsInitiated, project.theme.code(), 1);
        sums.add(Measure::ProjectYoung, project.theme.code(), i64::from(project.young_count));
    }
    sums.0
}

struct Sums(Vec<Contribution>, NaiveDate);

impl Sums {
    fn on(day: NaiveDate) -> Self {
        Self(Vec::new(), day)
    }

    fn add(&mut self, measure: Measure, key: &str, value: i64) {
        if value != 0 {
            self.0.push(Contribution::Sum { day: self.1, measure, key: key.to_owned(), value });
        }
    }

    fn one<T: Code>(&mut self, measure: Measure, code: &Coded<T>) {
        self.add(measure, code.code(), 1);
    }
}
