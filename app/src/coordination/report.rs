//! The report of a period and a scope: everything under the header, from one value.

use leptos::prelude::*;

use super::{
    address::{address, composition_address, export_address, objectives_address},
    choice::{Chooser, last_twelve_months},
    completeness::CompletenessLine,
    sorting::{Sort, sort, sort_figures},
};
use crate::{
    api::report::Dashboard,
    bilan::{
        self, Section, Voice, compare, life, needs, objectives, people, places, shares, stages, team, trend, view,
    },
    domain::{
        access::{self, Act, Reach},
        coded::Code,
        fr::{self, NNBSP},
        headline::Comparison,
        indicators::Indicator,
        period::Period,
        scope::Scope,
    },
    ui::{definition::definition, html::Html, icon::Icon},
};

/// The page's title: whose activity it tells.
pub fn heading(dashboard: &Dashboard) -> String {
    match dashboard.scope {
        Scope::Network => "Ce que fait le réseau".to_owned(),
        Scope::Territory(_) | Scope::Structure(_) | Scope::Promeneur(_) => {
            format!("Activité{NNBSP}: {}", dashboard.scope_name)
        }
    }
}

/// A period that may hold records where this one does not.
fn elsewhere(dashboard: &Dashboard) -> Period {
    let year = last_twelve_months(dashboard.today);
    let within = dashboard.period.first() <= year.first() && year.last() <= dashboard.period.last();
    if within { Period::school_year_of(dashboard.today).before() } else { year }
}

/// Every section of the office's report: those that the phone has too, and what only the office tells.
fn sections(dashboard: &Dashboard, is_over: bool) -> Vec<Section> {
    let Dashboard { sums, period, today, .. } = dashboard;
    let aims = objectives::section((*period, is_over), &dashboard.objectives, sums, dashboard.comparison.as_ref());
    let mut sections: Vec<Section> = aims.into_iter().collect();
    sections.extend(bilan::sections(sums, Voice::Office { days_gone: dashboard.days_gone() }, is_over));
    sections.extend(shares::theme_groups_section(sums));
    sections.push(places::spaces_section(sums));
    sections.extend(shares::referrals_section(sums, true));
    sections.extend(shares::initiators_section(sums));
    sections.push(people::section(sums, dashboard.scope));
    sections.extend(people::ages_section(sums));
    sections.push(stages::section(&dashboard.stages));
    sections.extend(trend::section(*period, *today, &dashboard.months, &dashboard.completeness.missing));
    sections.extend(trend::hours_section(*period, *today, &dashboard.months));
    sections.extend(dashboard.team.as_ref().map(team::section));
    if let Some(life) = &dashboard.life {
        sections.push(life::events_section(life));
        sections.push(life::accounts_section(life));
    }
    sections.extend(dashboard.needs.as_deref().map(|needs| needs::section(needs, dashboard.words_are_gone)));
    sections.extend(dashboard.comparison.as_ref().and_then(|comparison| compare::section(*period, comparison)));
    sections
}

/// What there is to tell of a period without an entry: what was aimed at, what is under way, what the network lived through, what
/// statements say, and what there was before; nothing where that is nothing either.
fn beside_entries(dashboard: &Dashboard) -> Vec<Section> {
    let Dashboard { period, sums, objectives, stages, life, needs, comparison, .. } = dashboard;
    let mut sections: Vec<Section> =
        objectives::section((*period, period.last() < dashboard.today), objectives, sums, comparison.as_ref())
            .into_iter()
            .collect();
    sections.extend(Some(stages).filter(|stages| !stages.is_empty()).map(|stages| stages::section(stages)));
    let life = life.as_ref();
    sections.extend(life.filter(|life| !life.events.is_empty()).map(life::events_section));
    sections.extend(life.filter(|life| !life.accounts.is_empty()).map(life::accounts_section));
    let told = needs.as_deref().filter(|needs| !needs.is_empty());
    sections.extend(told.map(|needs| needs::section(needs, dashboard.words_are_gone)));
    // What is gone shows beside what there was.
    let is_known = |comparison: &&Comparison| comparison.others.iter().any(|other| !other.headline.is_empty());
    sections.extend(comparison.as_ref().filter(is_known).and_then(|comparison| compare::section(*period, comparison)));
    sections
}

/// The report.
#[component]
pub fn Report(
    /// What to show.
    dashboard: Dashboard,
    /// In which order a table is asked for.
    #[prop(optional_no_strip)]
    order: Option<Sort>,
) -> impl IntoView {
    let sums = dashboard.sums.clone();
    let demo = dashboard.demo.then(|| {
        view! {
            <p class="quiet">
                <Icon name="lantern" />
                <span>"Réseau de démonstration\u{202f}: toutes ces données sont inventées."</span>
            </p>
        }
    });
    let is_over = dashboard.period.last() < dashboard.today;
    let is_empty = sums.nothing_recorded();
    let mut sections = if is_empty { beside_entries(&dashboard) } else { sections(&dashboard, is_over) };
    sort(&mut sections, order.as_ref(), dashboard.period, dashboard.scope);
    // A month of one person, or of the only structure that one may read, is made up of nothing smaller.
    let has_parts = !matches!(dashboard.scope, Scope::Promeneur(_))
        && access::reach(&dashboard.role, Act::Figures) == Some(Reach::Network);
    let parts = (!is_empty && (has_parts || dashboard.period.months().len() > 1))
        .then(|| composition_address(dashboard.period, dashboard.scope));
    let mut figures = bilan::figures::figures(&sums);
    for figure in &mut figures {
        figure.parts.clone_from(&parts);
    }
    sort_figures(&mut figures, order.as_ref(), dashboard.period, dashboard.scope);
    let report = view::report(&figures, &sections);
    let nothing = is_empty.then(|| {
        let other = elsewhere(&dashboard);
        let name = if other == last_twelve_months(dashboard.today) {
            "Voir les 12 derniers mois".to_owned()
        } else {
            format!("Voir l’{}", other.label())
        };
        view! {
            <section class="nothing">
                <div class="halo"><Icon name="lantern" /></div>
                <h2>"Aucune saisie sur cette période"</h2>
                <p>"Les premières apparaîtront ici dès leur envoi."</p>
                <p><a class="lone" href=address(other, dashboard.scope)>{name}</a></p>
            </section>
        }
    });
    // A promeneur has a commitment instead.
    let may_aim = access::reach(&dashboard.role, Act::Objectives).is_some();
    let aims = (may_aim && !matches!(dashboard.scope, Scope::Promeneur(_))).then(|| {
        let words = if dashboard.objectives.is_empty() { "Fixer des objectifs" } else { "Changer les objectifs" };
        let address = objectives_address(dashboard.period, dashboard.scope);
        view! { <a class="btn btn-quiet" href=address rel="external">{words}</a> }
    });
    let file = (!is_empty || !sections.is_empty()).then(|| {
        view! {
            <a class="btn btn-quiet" href=export_address(dashboard.period, dashboard.scope) rel="external">
                <Icon name="bilan" />
                "Télécharger ces chiffres (CSV)"
            </a>
        }
    });
    let parts = parts.map(|address| {
        view! { <p><a class="lone" href=address rel="external">"Ce qui compose ces chiffres"</a></p> }
    });
    let mut complete = Html::default();
    definition(&mut complete, Indicator::I15.label(), &[Indicator::I15]);
    let complete = complete.finish();
    view! {
        <div class="report-head">
            <h1>{fr::spaced(&heading(&dashboard))}</h1>
            <Chooser dashboard=dashboard.clone() />
            <CompletenessLine completeness=dashboard.completeness.clone() period=dashboard.period today=dashboard.today />
            <div inner_html=complete></div>
            {parts}
            {demo}
        </div>
        <div class="report" inner_html=report></div>
        {nothing}
        <p class="actions">{file} {aims}</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::*;
    use crate::{
        api::report::{Choice, Choices, Completeness},
        domain::{
            ids::StructureId,
            indicators::{Sums, sums_of},
            measure::Measure,
            person::Role,
        },
    };

    fn dashboard() -> Dashboard {
        let counted = sums_of(&[
            (Measure::Interventions, "listen", 429),
            (Measure::Interventions, "maintain_link", 231),
            (Measure::Interventions, "hologram", 3),
            (Measure::Channels, "in_person", 3),
            (Measure::Networks, "instagram", 400),
            (Measure::Networks, "snapchat", 250),
            (Measure::Contacts, "", 912),
            (Measure::Distinct, "", 312),
            (Measure::Met, "", 44),
            (Measure::ProjectsInitiated, "housing", 11),
            (Measure::ProjectYoung, "housing", 23),
        ]);
        let mut sums = Sums { followers: 1228, accompanied: 17, person_days: 70, ..counted };
        sums.add_minutes(4, "evening", 2280);
        sums.add_minutes(2, "midday", 120);
        sums.available_minutes = 2400;
        Dashboard {
            scheme_name: "Réseau".to_owned(),
            demo: true,
            role: Role::Coordinator.into(),
            today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            period: Period::SchoolYear(2025),
            scope: Scope::Network,
            scope_name: "tout le réseau".to_owned(),
            sums,
            completeness: Completeness { expected: 93, received: 90, ..Completeness::default() },
            comparison: None,
            objectives: Vec::new(),
            months: Vec::new(),
            stages: Vec::new(),
            team: None,
            life: None,
            needs: None,
            words_are_gone: false,
            choices: Choices {
                structures: vec![Choice { id: StructureId(Uuid::from_u128(1)), name: "Centre <social>".to_owned() }],
                ..Choices::default()
            },
        }
    }

    fn page(dashboard: Dashboard) -> String {
        Owner::new().with(|| view! { <Report dashboard=dashboard /> }.to_html()).replace("<!>", "")
    }

    /// What stands between two marks, for every time they occur.
    fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
        text.split(from).skip(1).filter_map(|rest| rest.split(to).next()).collect()
    }

    #[test]
    fn the_four_figures_stand_on_the_page() {
        let page = page(dashboard());
        // From each one walks down to what makes it up.
        assert_eq!(between(&page, "ce qui compose ce chiffre\">", "</a></p>"), ["312", "663", "44", "11"]);
        for said in [
            "14,1\u{202f}% des jeunes connectés",
            "<b class=\"number\">1\u{202f}228</b> abonnés",
            "<b class=\"number\">912</b> contacts-jeunes",
            "<b class=\"number\">17</b> jeunes accompagnés",
            "660 en ligne, 3 en présentiel",
            "avec 23 jeunes",
            "90 relevés sur 93 reçus de septembre 2025 à août 2026",
            "toutes ces données sont inventées",
            "40 heures de présence, dont 38 heures le jeudi en soirée",
            "Centre &lt;social&gt;",
        ] {
            assert!(page.contains(said), "{said} is missing from {page}");
        }
    }

    #[test]
    fn the_tables_say_what_the_charts_say() {
        let page = page(dashboard());
        let charts = between(&page, "class=\"chart\">", "</svg>");
        let tables = between(&page, "<table class=\"table\"><caption>", "</table>");
        assert_eq!((charts.len(), tables.len()), (3, 3), "{page}");
        for (chart, table) in charts.into_iter().zip(tables) {
            let labels = between(chart, "em\">", "</text>");
            let values = between(chart, "class=\"value\">", "</text>");
            let values = values.iter().map(|value| {
                let number = value.split('<').next().unwrap();
                (number, between(value, "class=\"share\">", "</tspan>")[0])
            });
            let drawn: Vec<(&str, (&str, &str))> = labels.into_iter().zip(values).collect();
            let body = between(table, "<tbody>", "</tbody>")[0];
            let names = between(body, "<th scope=\"row\">", "</th>");
            let cells = between(body, "<td>", "</td>");
            let written: Vec<(&str, (&str, &str))> =
                names.into_iter().zip(cells.chunks(2).map(|pair| (pair[0], pair[1]))).collect();
            assert!(!drawn.is_empty());
            assert_eq!(drawn, written);
        }
        assert!(page.contains("hologram") && page.contains("Non précisé"));
    }

    #[test]
    fn nothing_in_the_period_is_said_and_leads_elsewhere() {
        let empty = Dashboard { sums: Sums { followers: 5, ..Sums::default() }, ..dashboard() };
        let page = page(empty.clone());
        assert!(page.contains("Aucune saisie sur cette période"));
        assert!(page.contains("href=\"/coordination?periode=2025-11-24..2026-11-23\""), "{page}");
        assert!(!page.contains("class=\"chart\""));
        assert_eq!(
            elsewhere(&Dashboard { period: last_twelve_months(empty.today), ..empty }),
            Period::SchoolYear(2025)
        );
    }

    #[test]
    fn a_structure_names_itself_and_links_keep_it() {
        let id = StructureId(Uuid::from_u128(1));
        let page = page(Dashboard { scope: Scope::Structure(id), scope_name: "Centre".to_owned(), ..dashboard() });
        assert!(page.contains("<h1>Activité\u{202f}: Centre</h1>"));
        let links = between(&page, "class=\"quick\">", "</nav>")[0];
        assert_eq!(links.matches("<a ").count(), links.matches(&format!("perimetre=structure:{id}")).count());
    }

    #[test]
    fn a_real_network_has_no_notice() {
        assert!(!page(Dashboard { demo: false, ..dashboard() }).contains("inventées"));
    }
}
