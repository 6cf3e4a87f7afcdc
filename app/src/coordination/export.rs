//! The dashboard as a file for a spreadsheet.

use super::completeness;
use crate::{
    api::report::Dashboard,
    bilan::csv,
    domain::{coded::Code, fr, indicators::Indicator, measure::Measure, scope::Scope},
};

/// The name of the file.
pub fn name(dashboard: &Dashboard) -> String {
    // A scope other than the network is named inside: a file's name travels, and may be read over a shoulder.
    let scope = if dashboard.scope == Scope::Network { "reseau" } else { "extrait" };
    format!("lanterne-{scope}-{}.csv", dashboard.period)
}

/// The file: whose figures, of when, how complete; then every figure, and the months.
pub fn file(dashboard: &Dashboard) -> String {
    let line = |name: &str, value: String| [name.to_owned(), value, String::new()];
    let about = vec![
        line("Réseau", dashboard.scheme_name.clone()),
        line("Périmètre", dashboard.scope_name.clone()),
        line("Période", dashboard.period.label()),
        line("Au", fr::date(dashboard.today)),
        line(
            Indicator::I15.label(),
            completeness::sentence(&dashboard.completeness, dashboard.period, dashboard.today),
        ),
    ];
    let mut rows = csv::rows(about, &dashboard.sums);
    let months = dashboard.months.iter().flat_map(|it| {
        let month = format!("{}-01", it.month.format("%Y-%m"));
        [("Interventions, par mois", it.interventions), ("Minutes, par mois", it.minutes)]
            .map(|(name, value)| [name.to_owned(), month.clone(), value.to_string()])
    });
    rows.extend(months);
    for measure in [Measure::Settings, Measure::Ages] {
        let keys = dashboard.sums.keys(measure).into_iter();
        rows.extend(keys.map(|(key, value)| [measure.label().to_owned(), label(measure, key), value.to_string()]));
    }
    csv::file(&rows)
}

/// What a key of these measures is called.
fn label(measure: Measure, key: &str) -> String {
    use crate::domain::{
        people::AgeBands,
        taxonomy::{Setting, label_of},
    };
    match measure {
        Measure::Settings => label_of::<Setting>(key),
        _ if key == "unknown" => "Âge inconnu".to_owned(),
        _ => {
            let bands = AgeBands::default().each();
            bands.iter().find(|(code, ..)| *code == key).map_or(key, |(_, label, _)| label).to_owned()
        }
    }
}
