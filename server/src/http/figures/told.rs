//! What the figures for programs tell of a dashboard, and what they mask (`domain.md` C3).

use app::{
    api::report::Dashboard,
    bilan::{figures::project_themes, people::age_counts, stages, trend},
    domain::{
        coded::Code,
        fr,
        headline::MonthFigures,
        indicators::{Indicator as Of, float},
        measure::Measure,
        network_life::{AccountFigures, EventFigures, EventKind},
        period::Period,
        small_numbers::{Masking, is_settled, is_small, mask, may_be_parted, tells},
        taxonomy::{
            Audience, ChannelKind, Initiator, InterventionType, Network, Outcome, ProjectStage, ReferralKind, Setting,
            StructureType, Theme, ThemeGroup, label_of,
        },
        time::TimeSlot,
    },
};

use super::{Breakdown, Counted, Days, Figures, Indicator, Missing, Statements};

/// Units of what is told.
const COUNT: &str = "count";
const MINUTES: &str = "minutes";

/// The figures of a dashboard for who is no part of the network: numbers under the threshold are masked where they could point
/// at somebody.
pub(super) fn told(dashboard: &Dashboard, Masking { threshold, years }: Masking) -> Figures {
    let Dashboard { period, completeness, .. } = dashboard;
    // A pathway is one young person, and an alert one more: of a year that goes on each would be told on its day.
    let is_parted = may_be_parted(*period, years, dashboard.today, true);
    Figures {
        network: dashboard.scheme_name.clone(),
        demo: dashboard.demo,
        period: Days { code: period.to_string(), first: period.first().to_string(), last: period.last().to_string() },
        as_of: dashboard.today.to_string(),
        completeness: Statements {
            expected: completeness.expected,
            received: completeness.received,
            missing: completeness
                .missing
                .iter()
                .map(|(month, count)| Missing { month: Period::month_of(*month).to_string(), count: *count })
                .collect(),
            phones_with_entries: completeness.phones,
            entries_since: completeness.since.map(|day| day.to_string()),
            entries_on_phones: completeness.pending,
            entries_to_check: completeness.to_check,
            definition: fr::spaced(Of::I15.definition()),
            caveat: fr::spaced(Of::I15.caveat()),
        },
        masked_under: threshold,
        years_in_parts: years.code().to_owned(),
        indicators: indicators(dashboard, threshold, is_parted).into_iter().chain(network(dashboard)).collect(),
        breakdowns: breakdowns(dashboard, threshold, is_parted)
            .into_iter()
            .chain(times(dashboard))
            .chain(life(dashboard, is_parted))
            .collect(),
    }
}

fn indicators(dashboard: &Dashboard, threshold: i64, is_parted: bool) -> Vec<Indicator> {
    let sums = &dashboard.sums;
    let alerts = Some(sums.alerts()).filter(|alerts| is_parted && !is_small(*alerts, threshold));
    // Where the young people of projects are masked, those accompanied would tell them.
    let young: Vec<i64> = project_themes(sums).into_iter().map(|(.., young)| young).collect();
    let accompanied = Some(sums.accompanied).filter(|count| is_parted && !tells(*count, &young, threshold));
    let told = [
        (Of::I1a, Some(float(sums.followers)), COUNT),
        (Of::I1b, Some(float(sums.distinct())), COUNT),
        (Of::I1c, Some(float(sums.contacts())), COUNT),
        (Of::I1d, accompanied.map(float), COUNT),
        (Of::I2, Some(float(sums.interventions())), COUNT),
        (Of::I3, Some(float(sums.met())), COUNT),
        (Of::I4, Some(float(sums.projects_initiated())), COUNT),
        (Of::I7, Some(float(sums.minutes())), MINUTES),
        (Of::I7Available, sums.available_share(), "share"),
        (Of::I8, Some(float(sums.referrals())), COUNT),
        (Of::I9, sums.young_initiated_share(), "share"),
        (Of::I10, sums.new_share(), "share"),
        (Of::I16, Some(float(sums.publications())), COUNT),
        (Of::I18, alerts.map(float), COUNT),
    ]
    .map(|(of, value, unit)| Indicator {
        // Of these two a number is never unknown.
        masked: value.is_none() && matches!(of, Of::I1d | Of::I18),
        ..indicator((of.code(), of.label()), value, unit, of)
    });
    // Ratios of what stands above, which have no definition of their own.
    let met = indicator(("I3'", "Part des jeunes connectés qui ont été rencontrés"), sums.met_rate(), "share", Of::I3);
    let hours = dashboard.hours_per_person_week();
    let hours = indicator(("I7_week", "Heures par semaine et promeneur·euse"), hours, "hours_per_week", Of::I7);
    let ages = indicator(("I11", "Part des échanges dont les âges sont notés"), sums.age_fill_rate(), "share", Of::I11);
    told.into_iter().chain([met, hours, ages]).collect()
}

fn breakdowns(dashboard: &Dashboard, threshold: i64, is_parted: bool) -> Vec<Breakdown> {
    let sums = &dashboard.sums;
    // Without the themes of referrals: one beside its theme may be one young person's story, and the bilan withholds it too.
    let acts = [
        (Measure::Interventions, label_of::<InterventionType> as fn(&str) -> String),
        (Measure::Networks, label_of::<Network>),
        (Measure::Channels, label_of::<ChannelKind>),
        (Measure::Settings, label_of::<Setting>),
        (Measure::Initiators, label_of::<Initiator>),
        (Measure::Themes, label_of::<Theme>),
        (Measure::ThemeGroups, label_of::<ThemeGroup>),
        (Measure::Audiences, label_of::<Audience>),
        (Measure::ReferralKinds, label_of::<ReferralKind>),
        (Measure::Outcomes, label_of::<Outcome>),
        (Measure::ProjectsInitiated, label_of::<Theme>),
    ];
    let of = |measure: Measure, people: bool, parts: Vec<Counted>| Breakdown {
        people,
        ..breakdown(measure.code(), measure.label(), COUNT, parts)
    };
    // Of a period that goes on, two readings would tell one act apart with what it was about.
    let about = [Measure::Themes, Measure::ThemeGroups, Measure::ReferralKinds, Measure::Outcomes];
    let is_told = |measure: &Measure| is_settled(dashboard.period, dashboard.today) || !about.contains(measure);
    let mut all: Vec<Breakdown> = acts
        .into_iter()
        .filter(|(measure, _)| is_told(measure))
        .map(|(measure, label)| {
            // A small number of alerts is masked like people, among the outcomes too.
            let is_alert = |code: &str| measure == Measure::Outcomes && code == Outcome::AlertMade.code();
            // Of a year that goes on not even that there was one: it would be told on its day.
            let told = sums.keys(measure).into_iter().filter(|(code, _)| is_parted || !is_alert(code));
            let parts = told.map(|(code, count)| {
                let is_hidden = is_alert(code) && is_small(count, threshold);
                part(code, label(code), Some(count).filter(|_| !is_hidden))
            });
            of(measure, false, parts.collect())
        })
        .collect();
    // In the order of the bilan: masked in another, the two together would tell more.
    let ages = age_counts(sums).into_iter().map(|(code, label, count)| (code, label.to_owned(), count)).collect();
    let themes = project_themes(sums).into_iter();
    let young: Vec<(&str, String, i64)> =
        themes.map(|(code, _, young)| (code, label_of::<Theme>(code), young)).collect();
    for (measure, parts) in [(Measure::Ages, ages), (Measure::ProjectYoung, young)] {
        let shown = mask(&parts.iter().map(|(.., count)| *count).collect::<Vec<_>>(), threshold);
        let shown = shown.parts.into_iter().map(|count| count.filter(|_| is_parted));
        let parts = parts.into_iter().zip(shown).map(|((code, label, _), count)| part(code, label, count));
        all.push(of(measure, true, parts.collect()));
    }
    all
}

/// An indicator that is told as it is.
fn indicator((code, label): (&str, &str), value: Option<f64>, unit: &'static str, of: Of) -> Indicator {
    Indicator {
        code: code.to_owned(),
        label: fr::spaced(label),
        value,
        masked: false,
        unit,
        definition: fr::spaced(of.definition()),
        caveat: fr::spaced(of.caveat()),
    }
}

/// A part of a breakdown, masked where it is not told.
fn part(code: &str, label: String, count: Option<i64>) -> Counted {
    Counted { code: code.to_owned(), label: fr::spaced(&label), count, masked: count.is_none() }
}

/// A breakdown in which no young person is counted.
fn breakdown(code: &str, label: &str, unit: &'static str, parts: Vec<Counted>) -> Breakdown {
    let of = indicator_of(code);
    Breakdown {
        code: code.to_owned(),
        label: label.to_owned(),
        people: false,
        unit,
        definition: of.map(|of| fr::spaced(of.definition())),
        caveat: of.map(|of| fr::spaced(of.caveat())),
        parts,
    }
}

/// Which indicator says how a breakdown is counted.
fn indicator_of(breakdown: &str) -> Option<Of> {
    Some(match breakdown {
        "interventions" | "months" => Of::I2,
        "networks" => Of::I5,
        "channels" => Of::I5Space,
        "themes" | "theme_groups" => Of::I6,
        "months_minutes" | "heat" => Of::I7,
        "outcomes" | "referral_kinds" => Of::I8,
        "initiators" => Of::I9,
        "settings" | "audiences" | "ages" => Of::I11,
        "projects_initiated" | "project_young" => Of::I4,
        "structures" => Of::I13,
        "events" | "events_came" | "events_active" => Of::I12,
        "accounts" | "accounts_checked" | "accounts_conforming" => Of::I14,
        _ => return None,
    })
}

/// When: by month, and by weekday and slot (`domain.md` C2, B8).
fn times(dashboard: &Dashboard) -> [Breakdown; 3] {
    let by_month = |of: fn(&MonthFigures) -> i64| {
        let course = trend::course(dashboard.period, dashboard.today, &dashboard.months);
        let told = course.iter().map(|it| (Period::month_of(it.month), of(it)));
        told.map(|(month, count)| part(&month.to_string(), fr::capital(&month.label()), Some(count))).collect()
    };
    let heat = dashboard.sums.heat.iter().map(|(weekday, slot, minutes)| {
        let label = format!("{}, {}", fr::capital(fr::weekday(*weekday)), fr::small(&label_of::<TimeSlot>(slot)));
        part(&format!("{weekday}:{slot}"), label, Some(*minutes))
    });
    [
        breakdown("months", "Interventions, par mois", COUNT, by_month(|it| it.interventions)),
        breakdown(
            "months_minutes",
            "Temps compté, présence et interventions hors présence, par mois",
            MINUTES,
            by_month(|it| it.minutes),
        ),
        breakdown("heat", "Temps de présence, par jour de la semaine et créneau", MINUTES, heat.collect()),
    ]
}

/// Who the network is made of, and how it lives (I12 to I14).
fn network(dashboard: &Dashboard) -> Vec<Indicator> {
    let team = dashboard.team.iter().flat_map(|team| {
        [
            ("I13_labelled", "Promeneurs·euses labellisé·es", team.labelled),
            ("I13_on_leave", "Promeneurs·euses absent·es pour un temps", team.on_leave),
            ("I13_arrived", "Labellisations dans la période", team.arrived),
            ("I13_departed", "Départs dans la période", team.departed),
            ("I13_communes", "Communes couvertes", team.communes),
            ("I13_territories", "Territoires couverts", team.territories),
        ]
        .map(|(code, label, value)| indicator((code, label), Some(float(value)), COUNT, Of::I13))
    });
    let life = dashboard.life.iter().flat_map(|life| {
        [
            (("I12", "Participation aux réunions, formations et échanges"), life.attendance(), Of::I12),
            (("I14", "Part des comptes professionnels vérifiés et conformes"), life.conforming_share(), Of::I14),
        ]
        .map(|(name, share, of)| indicator(name, share, "share", of))
    });
    team.chain(life).collect()
}

/// Projects by stage; and of the network what it is made of and how it lives (I12 to I14).
fn life(dashboard: &Dashboard, is_parted: bool) -> Vec<Breakdown> {
    /// Of items that each have a code and a count.
    fn of<T>(items: &[T], code: fn(&T) -> &str, count: fn(&T) -> i64, label: fn(&str) -> String) -> Vec<Counted> {
        items.iter().map(|it| part(code(it), label(code(it)), Some(count(it)))).collect()
    }
    let stages = stages::by_stage(&dashboard.stages);
    let stages = stages.into_iter().map(|(code, count)| {
        let label = label_of::<ProjectStage>(&code);
        part(&code, label, Some(count).filter(|_| is_parted))
    });
    let stages = stages.collect();
    let stages = breakdown("stages", "Projets et suivis de parcours menés sur la période, par étape", COUNT, stages);
    let structures = dashboard.team.iter().map(|team| {
        let by_kind = of(&team.structures, |(code, _)| code, |(_, count)| *count, label_of::<StructureType>);
        breakdown("structures", "Structures, par type", COUNT, by_kind)
    });
    let life = dashboard.life.iter().flat_map(|life| {
        let events = |count: fn(&EventFigures) -> i64| of(&life.events, |it| &it.kind, count, label_of::<EventKind>);
        let accounts =
            |count: fn(&AccountFigures) -> i64| of(&life.accounts, |it| &it.network, count, label_of::<Network>);
        [
            breakdown("events", "Actions de la coordination, par nature", COUNT, events(|it| it.count)),
            breakdown(
                "events_came",
                "Promeneurs·euses en activité qui y étaient, par nature d’action",
                COUNT,
                events(|it| it.came),
            ),
            breakdown(
                "events_active",
                "Promeneurs·euses en activité ces jours-là, par nature d’action",
                COUNT,
                events(|it| it.active),
            ),
            breakdown("accounts", "Comptes professionnels, par réseau", COUNT, accounts(|it| it.count)),
            breakdown("accounts_checked", "Comptes vérifiés, par réseau", COUNT, accounts(|it| it.checked)),
            breakdown(
                "accounts_conforming",
                "Comptes vérifiés et conformes, par réseau",
                COUNT,
                accounts(|it| it.conforming),
            ),
        ]
    });
    std::iter::once(stages).chain(structures).chain(life).collect()
}
