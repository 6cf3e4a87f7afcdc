//! The figures for the programs of others: read-only, at stable addresses, with a key that the coordination gives and takes
//! back. They leave the coordination, hence small numbers of people are masked (`domain.md` C3).

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::Reports,
        report::Dashboard,
    },
    bilan::{figures::project_themes, people::age_counts},
    domain::{
        coded::{Code, Coded},
        ids::AccountId,
        measure::Measure,
        period::Period,
        person::Me,
        scope::Scope,
        small_numbers::{is_small, mask, may_be_parted, tells},
        taxonomy::{
            Audience, ChannelKind, Initiator, InterventionType, Network, Outcome, ProjectStage, ReferralKind, Setting,
            Theme, ThemeGroup, label_of,
        },
    },
};
use axum::{
    Json, Router,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, Modify, OpenApi, ToSchema,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{AppState, limits::refuse};
use crate::{
    auth::token::Token,
    db::{audit, bilans, failed, keys},
};

/// Their routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/figures/v1/bilan", get(figures))
        .route("/api/figures/v1/openapi.json", get(async || Json(Description::openapi())))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lanterne, chiffres d’un réseau de Promeneurs du Net",
        description = "Les chiffres agrégés d’un réseau, en lecture seule. Aucun jeune, aucun·e promeneur·euse, aucune structure n’y figure ; les petits nombres de jeunes sont masqués.",
        license(name = "AGPL-3.0-or-later")
    ),
    paths(figures),
    modifiers(&Key)
)]
struct Description;

struct Key;

impl Modify for Key {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("Une clé donnée par la coordination, qui peut la retirer."))
            .build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("cle", SecurityScheme::Http(scheme));
    }
}

/// What is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// L’année : `2026`, civile, ou `2025-2026`, scolaire. Sans elle, l’année civile en cours.
    #[param(pattern = "^[0-9]{4}(-[0-9]{4})?$", example = "2025-2026")]
    periode: Option<String>,
}

/// Les chiffres d’un réseau sur une période.
#[derive(Debug, Serialize, ToSchema)]
struct Figures {
    /// Le nom du réseau.
    network: String,
    /// Si ses données sont inventées.
    demo: bool,
    /// La période.
    period: Days,
    /// Le jour où ces chiffres ont été lus.
    as_of: String,
    /// Ce qui manque peut-être.
    completeness: Statements,
    /// Sous quel nombre les jeunes d’une ventilation sont masqués.
    masked_under: i64,
    /// Les quatre chiffres et leurs compagnons, par code d’indicateur.
    indicators: Vec<Indicator>,
    /// Les ventilations.
    breakdowns: Vec<Breakdown>,
}

/// Une période.
#[derive(Debug, Serialize, ToSchema)]
struct Days {
    /// Son adresse : `2026`, `2025-2026`…
    code: String,
    /// Premier jour.
    first: String,
    /// Dernier jour.
    last: String,
}

/// Les relevés reçus, et ce que des téléphones gardent encore.
#[derive(Debug, Serialize, ToSchema)]
struct Statements {
    /// Relevés attendus pour les mois terminés.
    expected: i64,
    /// Relevés reçus.
    received: i64,
    /// Téléphones qui gardent des saisies.
    phones_with_entries: i64,
    /// Combien.
    entries_on_phones: i64,
    /// Saisies qui attendent une décision de la coordination, et ne comptent pas encore.
    entries_to_check: i64,
}

/// Un indicateur.
#[derive(Debug, Serialize, ToSchema)]
struct Indicator {
    /// Son code : `I1b`, `I2`…
    code: String,
    /// Son nom.
    label: String,
    /// Sa valeur ; nulle si elle est masquée, ou si un taux n’a pas de base.
    value: Option<f64>,
    /// Son unité : `count`, `minutes`, `hours_per_week` ou `share`.
    unit: &'static str,
    /// Comment il est compté.
    definition: String,
    /// Ce qu’il faut savoir avant de le citer.
    caveat: String,
}

/// Une ventilation.
#[derive(Debug, Serialize, ToSchema)]
struct Breakdown {
    /// Son code.
    code: String,
    /// Son nom.
    label: String,
    /// Si ce sont des personnes, dont les petits nombres sont masqués.
    people: bool,
    /// Ses parts.
    parts: Vec<Counted>,
}

/// Une part.
#[derive(Debug, Serialize, ToSchema)]
struct Counted {
    /// Son code.
    code: String,
    /// Son nom.
    label: String,
    /// Combien ; nul si c’est masqué.
    count: Option<i64>,
}

/// Les chiffres du réseau sur une période.
#[utoipa::path(
    get,
    path = "/api/figures/v1/bilan",
    params(Asked),
    security(("cle" = [])),
    responses(
        (status = 200, body = Figures),
        (status = 400, description = "Ce n’est pas une année, ou l’adresse demande autre chose."),
        (status = 401, description = "Cette clé n’ouvre rien, ou n’ouvre plus rien."),
        (status = 429, description = "Trop de demandes d’un coup : `Retry-After` dit dans combien de secondes revenir.")
    )
)]
async fn figures(
    State(state): State<AppState>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    match read(&state, &headers, asked).await {
        Ok(figures) => Json(figures).into_response(),
        Err(error) => {
            let mut response = refuse(error);
            if response.status() == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            response
        }
    }
}

async fn read(
    state: &AppState,
    headers: &HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Figures, AppError> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|text| text.strip_prefix("Bearer ")).and_then(|text| Token::parse(text.trim()));
    let token = token.ok_or(ErrorCode::KeyUnknown)?;
    let holder = keys::holder(&state.db, &token.hash()).await.map_err(failed)?.ok_or(ErrorCode::KeyUnknown)?;
    let Query(asked) = asked.map_err(|_| AppError::new(ErrorCode::Malformed))?;
    // An empty one is a mistake of a program, no wish. Of periods that overlap, what is masked in one could be computed from the
    // others.
    let year = |text: String| {
        let period: Period = text.parse().map_err(|_| AppError::at(ErrorCode::PeriodMalformed, "periode"))?;
        if period.is_year() { Ok(period) } else { Err(AppError::at(ErrorCode::OnlyYears, "periode")) }
    };
    let period = asked.periode.map(year).transpose()?;
    let me = Me {
        account: AccountId(holder.id),
        name: holder.name,
        role: Coded::from("key"),
        scheme: holder.scheme,
        scheme_name: holder.scheme_name,
        demo: holder.demo,
        promeneur: None,
        structure: None,
        structure_name: None,
        may_enrol: false,
    };
    let dashboard = state.desk.dashboard(&me, period, Scope::Network).await?;
    let mut tx = state.db.by(&me).await.map_err(failed)?;
    let threshold = bilans::threshold(&mut tx).await.map_err(failed)?;
    audit::export_once(&mut tx, audit::Export::Figures, &dashboard.period.to_string()).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(told(&dashboard, threshold))
}

fn told(dashboard: &Dashboard, threshold: i64) -> Figures {
    let Dashboard { period, completeness, .. } = dashboard;
    Figures {
        network: dashboard.scheme_name.clone(),
        demo: dashboard.demo,
        period: Days { code: period.to_string(), first: period.first().to_string(), last: period.last().to_string() },
        as_of: dashboard.today.to_string(),
        completeness: Statements {
            expected: completeness.expected,
            received: completeness.received,
            phones_with_entries: completeness.phones,
            entries_on_phones: completeness.pending,
            entries_to_check: completeness.to_check,
        },
        masked_under: threshold,
        indicators: indicators(dashboard, threshold),
        breakdowns: breakdowns(dashboard, threshold),
    }
}

fn indicators(dashboard: &Dashboard, threshold: i64) -> Vec<Indicator> {
    use app::domain::indicators::{Indicator as Of, float};
    let sums = &dashboard.sums;
    let is_parted = may_be_parted(dashboard.period, dashboard.today, true);
    let alerts = Some(sums.alerts()).filter(|alerts| is_parted && !is_small(*alerts, threshold));
    // Where the young people of projects are masked, those accompanied would tell them.
    let young: Vec<i64> = project_themes(sums).into_iter().map(|(.., young)| young).collect();
    let accompanied = Some(sums.accompanied).filter(|count| is_parted && !tells(*count, &young, threshold));
    let figure = |(code, label): (&str, &str), value: Option<f64>, unit: &'static str, of: Of| Indicator {
        code: code.to_owned(),
        label: label.to_owned(),
        value,
        unit,
        definition: of.definition().to_owned(),
        caveat: of.caveat().to_owned(),
    };
    let told = [
        (Of::I1a, Some(float(sums.followers)), "count"),
        (Of::I1b, Some(float(sums.distinct())), "count"),
        (Of::I1c, Some(float(sums.contacts())), "count"),
        (Of::I1d, accompanied.map(float), "count"),
        (Of::I2, Some(float(sums.interventions())), "count"),
        (Of::I3, Some(float(sums.met())), "count"),
        (Of::I4, Some(float(sums.projects_initiated())), "count"),
        (Of::I7, Some(float(sums.minutes())), "minutes"),
        (Of::I7Available, sums.available_share(), "share"),
        (Of::I8, Some(float(sums.referrals())), "count"),
        (Of::I9, sums.young_initiated_share(), "share"),
        (Of::I10, sums.new_share(), "share"),
        (Of::I11, sums.age_fill_rate(), "share"),
        (Of::I16, Some(float(sums.publications())), "count"),
        (Of::I18, alerts.map(float), "count"),
    ]
    .map(|(of, value, unit)| figure((of.code(), of.label()), value, unit, of));
    // Ratios of what stands above, which have no definition of their own.
    let met = figure(("I3'", "Part des jeunes connectés qui ont été rencontrés"), sums.met_rate(), "share", Of::I3);
    let hours = sums.hours_per_person_week();
    let hours = figure(("I7_week", "Heures par semaine et promeneur·euse"), hours, "hours_per_week", Of::I7);
    told.into_iter().chain([met, hours]).collect()
}

fn breakdowns(dashboard: &Dashboard, threshold: i64) -> Vec<Breakdown> {
    let sums = &dashboard.sums;
    let is_parted = may_be_parted(dashboard.period, dashboard.today, true);
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
        (Measure::ReferralThemes, label_of::<Theme>),
        (Measure::Outcomes, label_of::<Outcome>),
        (Measure::ProjectsInitiated, label_of::<Theme>),
    ];
    let part = |code: &str, label: String, count: Option<i64>| Counted { code: code.to_owned(), label, count };
    let of = |measure: Measure, people: bool, parts: Vec<Counted>| Breakdown {
        code: measure.code().to_owned(),
        label: measure.label().to_owned(),
        people,
        parts,
    };
    let mut all: Vec<Breakdown> = acts
        .into_iter()
        .map(|(measure, label)| {
            // A small number of alerts is masked like people, among the outcomes too.
            let is_alert = |code: &str| measure == Measure::Outcomes && code == Outcome::AlertMade.code();
            // Of a year that goes on not even that there was one: it would be told on its day.
            let told = sums.keys(measure).into_iter().filter(|(code, _)| is_parted || !is_alert(code));
            let parts = told.map(|(code, count)| {
                let may_point = is_alert(code) || measure == Measure::ReferralThemes;
                let is_hidden = may_point && (!is_parted || is_small(count, threshold));
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
    all.push(Breakdown {
        code: "stages".to_owned(),
        label: "Projets et suivis de parcours en cours, par étape".to_owned(),
        people: false,
        parts: dashboard
            .stages
            .iter()
            .map(|(code, count)| part(code, label_of::<ProjectStage>(code), Some(*count)))
            .collect(),
    });
    all
}
