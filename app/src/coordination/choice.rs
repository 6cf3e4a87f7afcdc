//! The chooser of period and scope: plain words that open into links and two forms, which need no JavaScript.

use chrono::{Days, Months, NaiveDate};
use leptos::prelude::*;

use super::address::{HOME, address};
use crate::{
    api::report::{Choice, Choices, Dashboard},
    domain::{
        access::{self, Act, Reach},
        fr,
        period::Period,
        scope::Scope,
    },
    ui::icon::Chevron,
};

/// The year that ends today.
pub fn last_twelve_months(today: NaiveDate) -> Period {
    let first = today.checked_sub_months(Months::new(12)).and_then(|day| day.checked_add_days(Days::new(1)));
    Period::Days(first.unwrap_or(today), today)
}

fn quarter_of(today: NaiveDate) -> Period {
    use chrono::Datelike;
    Period::Quarter(today.year(), today.quarter())
}

/// What one asks for most often, one tap away.
pub fn quick(today: NaiveDate) -> Vec<Period> {
    let (month, school) = (Period::month_of(today), Period::school_year_of(today));
    vec![month, month.before(), quarter_of(today), Period::civil_year_of(today), school, school.before()]
}

/// The periods of the list, in named groups.
fn groups(today: NaiveDate) -> Vec<(&'static str, Vec<Period>)> {
    let back =
        |from: Period, count: usize| std::iter::successors(Some(from), |period| Some(period.before())).take(count);
    vec![
        ("Mois", back(Period::month_of(today), 12).collect()),
        ("Trimestres", back(quarter_of(today), 5).collect()),
        ("Années civiles", back(Period::civil_year_of(today), 3).collect()),
        ("Années scolaires", back(Period::school_year_of(today), 3).collect()),
    ]
}

/// The chooser, closed: it says what is shown.
#[component]
pub fn Chooser(
    /// What is shown.
    dashboard: Dashboard,
) -> impl IntoView {
    let Dashboard { today, period, scope, scope_name, choices, role, .. } = dashboard;
    let may_choose = access::reach(&role, Act::Figures) == Some(Reach::Network);
    let who = may_choose.then(|| scope_field(scope, choices));
    let links = quick(today)
        .into_iter()
        .map(|choice| {
            let current = (choice == period).then_some("true");
            view! {
                <li>
                    <a href=address(choice, scope) aria-current=current>{fr::capital(&choice.label())}</a>
                </li>
            }
        })
        .collect_view();
    let (first, last) = match period {
        Period::Days(first, last) => (first.to_string(), last.to_string()),
        _ => (String::new(), String::new()),
    };
    view! {
        <details class="scope">
            <summary>
                <b>{fr::capital(&period.label())}</b>
                " · "
                <b>{scope_name}</b>
                <Chevron />
            </summary>
            <div class="choices">
                <nav class="quick" aria-label="Périodes">
                    <ul>{links}</ul>
                </nav>
                <form method="get" action=HOME aria-label="Période et périmètre">
                    {period_field(period, today)}
                    {who}
                    <button class="btn">"Afficher"</button>
                </form>
                <form method="get" action=HOME aria-label="Dates au choix">
                    <input type="hidden" name="perimetre" value=scope.to_string() />
                    <div class="field">
                        <label class="field-label" for="du">"Ou bien, premier jour"</label>
                        <input class="input" type="date" id="du" name="du" required value=first />
                    </div>
                    <div class="field">
                        <label class="field-label" for="au">"dernier jour"</label>
                        <input class="input" type="date" id="au" name="au" required value=last />
                    </div>
                    <button class="btn">
                        "Afficher"
                        <span class="sr-only">" ces dates"</span>
                    </button>
                </form>
            </div>
        </details>
    }
    .into_any()
}

/// The field of a period.
pub(super) fn period_field(period: Period, today: NaiveDate) -> AnyView {
    view! {
        <div class="field">
            <label class="field-label" for="periode">"Période"</label>
            <select class="input" id="periode" name="periode">{periods(period, today)}</select>
        </div>
    }
    .into_any()
}

/// The field of a year.
#[cfg(feature = "ssr")]
pub(super) fn year_field(period: Period, today: NaiveDate) -> AnyView {
    let groups = groups(today).into_iter().filter(|(_, periods)| periods.iter().all(|period| period.is_year()));
    let groups: Vec<(&'static str, Vec<Period>)> = groups.collect();
    let listed = groups.iter().any(|(_, periods)| periods.contains(&period));
    let other = (!listed).then(|| option(period, period, fr::capital(&period.label())));
    let groups = groups.into_iter().map(|(name, periods)| group(name, periods, period)).collect_view();
    view! {
        <div class="field">
            <label class="field-label" for="periode">"Année"</label>
            <select class="input" id="periode" name="periode">{other} {groups}</select>
        </div>
    }
    .into_any()
}

fn group(name: &'static str, periods: Vec<Period>, shown: Period) -> AnyView {
    let options = periods.into_iter().map(|choice| option(choice, shown, fr::capital(&choice.label()))).collect_view();
    view! { <optgroup label=name>{options}</optgroup> }.into_any()
}

fn option(choice: Period, shown: Period, label: String) -> AnyView {
    view! { <option value=choice.to_string() selected=choice == shown>{label}</option> }.into_any()
}

/// The field of a scope.
pub(super) fn scope_field(scope: Scope, choices: Choices) -> AnyView {
    let Choices { territories, structures, promeneurs, is_part } = choices;
    let first = if territories.is_empty() { "la structure" } else { "le territoire, puis la structure" };
    let hint = is_part.then(|| {
        view! {
            <p class="hint" id="perimetre-aide">
                "Tout le monde ne tient pas dans cette liste\u{202f}: affichez d’abord " {first}
                ", et ses promeneurs·euses s’y ajoutent."
            </p>
        }
    });
    let described = hint.is_some().then_some("perimetre-aide");
    view! {
        <div class="field">
            <label class="field-label" for="perimetre">"Qui"</label>
            <select class="input" id="perimetre" name="perimetre" aria-describedby=described>
                <option value="reseau" selected=scope == Scope::Network>"Tout le réseau"</option>
                {scopes("Territoires", territories, scope, Scope::Territory)}
                {scopes("Structures", structures, scope, Scope::Structure)}
                {scopes("Promeneurs·euses", promeneurs, scope, Scope::Promeneur)}
            </select>
            {hint}
        </div>
    }
    .into_any()
}

/// What a form keeps to itself: of which period and scope it is.
#[cfg(feature = "ssr")]
pub(super) fn kept_choice(period: Period, scope: Scope) -> AnyView {
    view! {
        <input type="hidden" name="periode" value=period.to_string() />
        <input type="hidden" name="perimetre" value=scope.to_string() />
    }
    .into_any()
}

/// The options of periods, in groups; the one shown is among them.
fn periods(period: Period, today: NaiveDate) -> impl IntoView {
    let year = last_twelve_months(today);
    let groups = groups(today);
    let listed = year == period || groups.iter().any(|(_, periods)| periods.contains(&period));
    let other = (!listed).then(|| option(period, period, fr::capital(&period.label())));
    let groups = groups.into_iter().map(|(name, periods)| group(name, periods, period)).collect_view();
    view! {
        {other}
        {option(year, period, "Les 12 derniers mois".to_owned())}
        {groups}
    }
    .into_any()
}

/// The options of a kind of scope.
fn scopes<T: Copy + Send + 'static>(
    name: &'static str,
    choices: Vec<Choice<T>>,
    scope: Scope,
    of: fn(T) -> Scope,
) -> impl IntoView {
    (!choices.is_empty()).then(|| {
        let options = choices
            .into_iter()
            .map(|choice| {
                let value = of(choice.id);
                view! { <option value=value.to_string() selected=value == scope>{choice.name}</option> }
            })
            .collect_view();
        view! { <optgroup label=name>{options}</optgroup> }.into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn quick_links_follow_the_day() {
        let november: Vec<String> = quick(day(2026, 11, 23)).iter().map(ToString::to_string).collect();
        assert_eq!(november, ["2026-11", "2026-10", "2026-T4", "2026", "2026-2027", "2025-2026"]);
        let january: Vec<String> = quick(day(2027, 1, 1)).iter().map(ToString::to_string).collect();
        assert_eq!(january, ["2027-01", "2026-12", "2027-T1", "2027", "2026-2027", "2025-2026"]);
    }

    #[test]
    fn the_year_that_ends_today_has_a_year_of_days() {
        assert_eq!(last_twelve_months(day(2026, 11, 23)).to_string(), "2025-11-24..2026-11-23");
        assert_eq!(last_twelve_months(day(2024, 2, 29)).to_string(), "2023-03-01..2024-02-29");
    }

    #[test]
    fn a_period_that_is_not_in_the_list_is_still_the_selected_one() {
        let shown = |period: &str| {
            let period: Period = period.parse().unwrap();
            view! { <select>{periods(period, day(2026, 11, 23))}</select> }.to_html()
        };
        assert!(shown("2019").contains("<option value=\"2019\" selected>Année 2019"), "{}", shown("2019"));
        assert_eq!(shown("2019").matches(" selected").count(), 1);
        assert_eq!(shown("2026-10").matches(" selected").count(), 1);
        assert_eq!(shown("2026-10").matches("2026-10\"").count(), 1);
    }
}
