//! The figures for the programs of others: read-only, at stable addresses, with a key that the coordination gives and takes
//! back. They leave the coordination, hence small numbers of people are masked (`domain.md` C3).

mod told;

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::Reports,
    },
    domain::{coded::Coded, ids::AccountId, period::Period, person::Me, scope::Scope},
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
    /// De quelles années les jeunes se lisent par parties, `civil` ou `school` : de deux années qui se chevauchent, l’une dirait
    /// ce que l’autre masque.
    years_in_parts: String,
    /// Les quatre chiffres, leurs compagnons et ce qu’est le réseau, par code d’indicateur.
    indicators: Vec<Indicator>,
    /// Les ventilations. Celles par thématique, par suite et par destinataire n’y sont qu’une fois la période close depuis deux
    /// mois : lues deux jours d’une année en cours, elles diraient ce qu’une seule intervention a été.
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
    /// Les mois dont des relevés manquent.
    missing: Vec<Missing>,
    /// Téléphones qui gardent des saisies.
    phones_with_entries: i64,
    /// Combien.
    entries_on_phones: i64,
    /// Le jour de la plus ancienne ; nul s’il n’y en a pas.
    entries_since: Option<String>,
    /// Saisies qui attendent une décision de la coordination, et ne comptent pas encore.
    entries_to_check: i64,
    /// Ce qui est attendu, et reçu.
    definition: String,
    /// Ce qu’il faut savoir avant de le citer.
    caveat: String,
}

/// Un mois dont des relevés manquent.
#[derive(Debug, Serialize, ToSchema)]
struct Missing {
    /// Le mois : `2026-10`.
    month: String,
    /// Combien.
    count: i64,
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
    /// Si elle est masquée.
    masked: bool,
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
    /// L’unité de ses parts : `count` ou `minutes`.
    unit: &'static str,
    /// Comment ses parts sont comptées ; nul si son nom le dit.
    definition: Option<String>,
    /// Ce qu’il faut savoir avant de les citer.
    caveat: Option<String>,
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
    /// Si c’est masqué.
    masked: bool,
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
    let Query(asked) = asked.map_err(|_| AppError::new(ErrorCode::FilterUnknown))?;
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
    let masking = bilans::masking(&mut tx).await.map_err(failed)?;
    audit::export_once(&mut tx, audit::Export::Figures, &dashboard.period.to_string()).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(told::told(&dashboard, masking))
}
