//! « Bilans »: writing one, publishing it, and its files.

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::Reports,
        report::choice_of,
        statements::Said,
    },
    coordination::{
        address::{BILANS, bilan_address},
        annual::{
            Chapter, Document, TEXT_LENGTH, csv,
            draft::{Draft, Typed},
            pages::{Bilans, Done, Refusal},
            write::{document, figures_only, published},
        },
    },
    domain::{
        access::{self, Act, Reach},
        coded::Code,
        ids::BilanId,
        period::Period,
        person::Me,
        scope::Scope,
        small_numbers::{THRESHOLDS, Years, may_be_parted},
    },
    shells,
};
use axum::{
    Form,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{AppState, Caller, Export, answer, attachment, html, leaves, malformed, unknown_filter};
use crate::{
    db::{bilans, failed, network_life, reports, statements},
    paper::{pdf::pdf, xlsx::xlsx},
    waiting::Days,
};

/// Papers made at once: each takes a core.
static PRESSES: Semaphore = Semaphore::const_new(2);

/// What an address or a form says of a bilan.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    periode: Option<String>,
    perimetre: Option<String>,
    #[serde(default)]
    fait: String,
    #[serde(default)]
    partie: String,
}

/// What the list and a version are told by their address.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JustDone {
    #[serde(default)]
    fait: String,
}

/// A text that was typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct TypedText {
    periode: Option<String>,
    perimetre: Option<String>,
    #[serde(default)]
    partie: String,
    #[serde(default)]
    depuis: String,
    #[serde(default)]
    texte: String,
}

/// A version to publish.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ToPublish {
    periode: Option<String>,
    perimetre: Option<String>,
    #[serde(default)]
    numero: String,
    /// The seal of what the page showed.
    #[serde(default)]
    vu: String,
}

/// How small numbers are to be masked, as it was typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct TypedMasking {
    #[serde(default)]
    seuil: String,
    #[serde(default)]
    annees: String,
}

/// A bilan to write: its period, which must be said, and its scope.
fn which(periode: Option<String>, perimetre: Option<String>) -> Result<(Period, Scope), AppError> {
    let (period, scope) = choice_of(periode, perimetre)?;
    Ok((period.ok_or_else(|| AppError::at(ErrorCode::PeriodMalformed, "periode"))?, scope.unwrap_or_default()))
}

/// The one scope of which somebody reads bilans; none where they read all.
fn readable(me: &Me) -> Result<Option<Scope>, AppError> {
    access::bound(me, Act::Bilans).ok_or_else(|| ErrorCode::Forbidden.into())
}

async fn list(state: &AppState, me: &Me, done: Option<Done>, refused: Option<Refusal>) -> Result<Response, AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let today = Days::of(&mut tx).await.map_err(failed)?.today;
    let versions = bilans::versions(&mut tx, (None, readable(me)?)).await.map_err(failed)?;
    let masking = bilans::masking(&mut tx).await.map_err(failed)?;
    let choices = reports::choices(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Bilans { today, role: me.role.clone(), versions, choices, masking, done, refused };
    Ok((status, html(shells::desk::bilans(state.desk_of(me), page))).into_response())
}

/// `GET /coordination/bilans`.
pub(super) async fn all(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<JustDone>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        list(&state, &me, Done::from_code(&asked.fait), None).await
    })
    .await
}

/// `POST /coordination/bilans/seuil`.
pub(super) async fn set_masking(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Form<TypedMasking>, FormRejection>,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let threshold: Option<i16> = typed.seuil.trim().parse().ok();
        let Some(threshold) = threshold.filter(|threshold| THRESHOLDS.contains(&i64::from(*threshold))) else {
            return list(&state, &me, None, Some(Refusal::Threshold)).await;
        };
        // A choice of a list, where no person types another word.
        let years = Years::from_code(&typed.annees).ok_or_else(|| AppError::at(ErrorCode::Malformed, "annees"))?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        // What was published in parts of one kind of years would tell what the other one masks.
        let now = bilans::masking(&mut tx).await.map_err(failed)?.years;
        let published = bilans::versions(&mut tx, (None, Some(Scope::Network))).await.map_err(failed)?;
        if years != now && published.iter().any(|it| it.period.parse().is_ok_and(|period| now.has(period))) {
            tx.rollback().await.map_err(failed)?;
            return list(&state, &me, None, Some(Refusal::Years)).await;
        }
        // So would what could be read of a closed year without being published.
        if years != now {
            let today = Days::of(&mut tx).await.map_err(failed)?.today;
            let first = bilans::first_read(&mut tx).await.map_err(failed)?;
            if first.is_some_and(|first| may_be_parted(now.of(first), now, today, true)) {
                tx.rollback().await.map_err(failed)?;
                return list(&state, &me, None, Some(Refusal::YearsRead)).await;
            }
        }
        bilans::set_masking(&mut tx, threshold, years).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, threshold, years = years.code(), "masking of small numbers set");
        Ok(Redirect::to(&format!("{BILANS}?fait={}", Done::Threshold.code())).into_response())
    })
    .await
}

/// The document as it would be published now, and what the statements say, to draw from.
/// Figures alone hold no word of anybody's: neither texts nor the journal, which are read once they are published.
async fn drawn_up(
    state: &AppState,
    me: &Me,
    period: Period,
    scope: Scope,
    is_figures: bool,
) -> Result<(Document, Vec<Said>), AppError> {
    let dashboard = state.desk.dashboard(me, Some(period), scope).await?;
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let texts = bilans::texts(&mut tx, period, scope).await.map_err(failed)?;
    let said = statements::said(&mut tx, period, scope).await.map_err(failed)?;
    let events = if scope == Scope::Network && !is_figures {
        network_life::events(&mut tx, period).await.map_err(failed)?
    } else {
        Vec::new()
    };
    let masking = bilans::masking(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let may_read = !is_figures || access::reach(&me.role, Act::Statements).is_some();
    let document = document(&dashboard, &texts, if may_read { &said } else { &[] }, &events, masking, is_figures);
    Ok((if is_figures { figures_only(document) } else { document }, said))
}

#[derive(Default)]
struct Told {
    done: Option<(Done, Option<Chapter>)>,
    typed: Option<Typed>,
    refused: Option<Refusal>,
}

async fn draft(state: &AppState, me: &Me, period: Period, scope: Scope, told: Told) -> Result<Response, AppError> {
    let (document, said) = drawn_up(state, me, period, scope, false).await?;
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let versions = bilans::versions(&mut tx, (Some(period), Some(scope))).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let Told { done, typed, refused } = told;
    let is_refused = refused.or(typed.as_ref().map(|typed| typed.refusal)).is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let draft = Draft { period, scope, document, versions, said, done, typed, refused };
    Ok((status, html(shells::desk::bilan_draft(state.desk_of(me), draft))).into_response())
}

/// `GET /coordination/bilans/ecrire`.
pub(super) async fn write(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        let (period, scope) = which(asked.periode, asked.perimetre)?;
        let done = Done::from_code(&asked.fait).map(|done| (done, Chapter::from_code(&asked.partie)));
        draft(&state, &me, period, scope, Told { done, ..Told::default() }).await
    })
    .await
}

/// `POST /coordination/bilans/texte`.
pub(super) async fn keep_text(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Form<TypedText>, FormRejection>,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let (period, scope) = which(typed.periode, typed.perimetre)?;
        let chapter = Chapter::from_code(&typed.partie).filter(|chapter| Chapter::of(scope).any(|of| of == *chapter));
        let chapter = chapter.ok_or_else(|| AppError::at(ErrorCode::Malformed, "partie"))?;
        // A form sends its lines as the web does; what steers a terminal is no text.
        let lines = typed.texte.replace("\r\n", "\n").replace('\t', " ");
        let text: String = lines.chars().filter(|letter| !letter.is_control() || *letter == '\n').collect();
        let text = text.trim().to_owned();
        let refusing =
            |refusal| Told { typed: Some(Typed { chapter, text: text.clone(), refusal }), ..Told::default() };
        if text.chars().count() > TEXT_LENGTH {
            return draft(&state, &me, period, scope, refusing(Refusal::TooLong)).await;
        }
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        if !reports::exists(&mut tx, scope).await.map_err(failed)? {
            return Err(AppError::at(ErrorCode::ScopeMalformed, "perimetre"));
        }
        bilans::hold(&mut tx, period, scope).await.map_err(failed)?;
        let texts = bilans::texts(&mut tx, period, scope).await.map_err(failed)?;
        let before = texts.iter().find(|(of, _)| *of == chapter).map(|(_, written)| written);
        let is_same = before.map_or("", |written| written.text.as_str()) == text;
        if !is_same && before.map_or(String::new(), |written| written.at.to_rfc3339()) != typed.depuis {
            tx.rollback().await.map_err(failed)?;
            return draft(&state, &me, period, scope, refusing(Refusal::Changed)).await;
        }
        if !is_same {
            bilans::write(&mut tx, &me, period, scope, chapter, &text).await.map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        let code = chapter.code();
        let to = format!("{}&fait={}&partie={code}#t-{code}", bilan_address("", period, scope), Done::Kept.code());
        Ok(Redirect::to(&to).into_response())
    })
    .await
}

/// `POST /coordination/bilans/publier`. The number is the one that the page offered: twice the same is published once.
pub(super) async fn publish(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Form<ToPublish>, FormRejection>,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let (period, scope) = which(typed.periode, typed.perimetre)?;
        let number: i32 = typed.numero.parse().map_err(|_| AppError::at(ErrorCode::Malformed, "numero"))?;
        let (document, _) = drawn_up(&state, &me, period, scope, false).await?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        // From here on nobody writes a text of it.
        bilans::hold(&mut tx, period, scope).await.map_err(failed)?;
        let texts = bilans::texts(&mut tx, period, scope).await.map_err(failed)?;
        let is_seen = document.seal(period) == typed.vu && document.has_texts(&texts);
        let refusal =
            if document.on < period.first() { Some(Refusal::NotBegun) } else { (!is_seen).then_some(Refusal::Moved) };
        let versions = bilans::versions(&mut tx, (Some(period), Some(scope))).await.map_err(failed)?;
        let next = versions.first().map_or(1, |version| version.number + 1);
        if let Some(refused) = refusal.filter(|_| number == next) {
            tx.rollback().await.map_err(failed)?;
            return draft(&state, &me, period, scope, Told { refused: Some(refused), ..Told::default() }).await;
        }
        let id = if number == next {
            let document = published(document, number, &me.name);
            bilans::publish(&mut tx, &me, period, scope, number, &document).await.map_err(failed)?
        } else {
            // Published already, by a second tap or by somebody else: that version is shown.
            let version = versions.iter().find(|version| version.number == number);
            version.ok_or_else(|| AppError::at(ErrorCode::Malformed, "numero"))?.id
        };
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, bilan = %id, "bilan published");
        Ok(Redirect::to(&format!("{BILANS}/{id}?fait={}", Done::Published.code())).into_response())
    })
    .await
}

/// `GET /coordination/bilans/{id}`.
pub(super) async fn version(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<BilanId>,
    asked: Result<Query<JustDone>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let done = asked.map_err(unknown_filter).map(|Query(asked)| Done::from_code(&asked.fait))?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let found = bilans::version(&mut tx, id, readable(&me)?).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        let (version, document) = found.ok_or_else(|| AppError::new(ErrorCode::NotFound))?;
        Ok(html(shells::desk::bilan_version(state.desk_of(&me), version, document, done)))
    })
    .await
}

/// `GET /coordination/bilans/{id}/{file}`.
pub(super) async fn version_file(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path((id, file)): Path<(BilanId, String)>,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let found = bilans::version(&mut tx, id, readable(&me)?).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        let (version, document) = found.ok_or_else(|| AppError::new(ErrorCode::NotFound))?;
        let made = made(document, &file, &format!("{}-v{}", version.period, version.number)).await?;
        leaves(
            &state,
            &me,
            Export::Bilan,
            &format!("{}, {}, version {}, {file}", version.title, version.scope, version.number),
        )
        .await?;
        Ok(made)
    })
    .await
}

/// `GET /coordination/bilans/ecrire/{file}`.
pub(super) async fn draft_file(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(file): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        let (period, scope) = which(asked.periode, asked.perimetre)?;
        let (document, _) = drawn_up(&state, &me, period, scope, false).await?;
        let made = made(document, &file, &format!("{period}-projet")).await?;
        leaves(&state, &me, Export::Bilan, &format!("{period} {scope}, projet, {file}")).await?;
        Ok(made)
    })
    .await
}

/// The figures of a period as a document, for whoever may read them: what is not published has no texts yet.
async fn figures_of(state: &AppState, me: &Me, asked: Asked) -> Result<(Document, Period, Scope), AppError> {
    let (period, scope) = choice_of(asked.periode, asked.perimetre)?;
    let period = period.ok_or_else(|| AppError::at(ErrorCode::PeriodMalformed, "periode"))?;
    let scope = access::scope_of(me, Act::Bilans, scope).ok_or(ErrorCode::Forbidden)?;
    // Of periods that overlap, what is masked in one could be computed from the others.
    if access::reach(&me.role, Act::Bilans) == Some(Reach::Shared) && !period.is_year() {
        return Err(AppError::at(ErrorCode::OnlyYears, "periode"));
    }
    let (document, _) = drawn_up(state, me, period, scope, true).await?;
    Ok((document, period, scope))
}

/// `GET /coordination/bilans/chiffres`.
pub(super) async fn figures(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        let (document, period, scope) = figures_of(&state, &me, asked).await?;
        Ok(html(shells::desk::figures(state.desk_of(&me), document, period, scope)))
    })
    .await
}

/// `GET /coordination/bilans/chiffres/{file}`.
pub(super) async fn figures_file(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(file): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        let (document, period, scope) = figures_of(&state, &me, asked).await?;
        let made = made(document, &file, &format!("{period}-chiffres")).await?;
        leaves(&state, &me, Export::Bilan, &format!("{period} {scope}, chiffres, {file}")).await?;
        Ok(made)
    })
    .await
}

/// A file of a document, by its name.
async fn made(document: Document, file: &str, mark: &str) -> Result<Response, AppError> {
    let table = file.strip_prefix("tableau-").and_then(|rest| rest.strip_suffix(".csv"));
    let (kind, bytes) = match file {
        "bilan.pdf" => ("application/pdf", pressed(move || pdf(&document).map_err(|fault| fault.to_string())).await?),
        "bilan.xlsx" => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            pressed(move || xlsx(&document).map_err(|fault| fault.to_string())).await?,
        ),
        _ => {
            let number = table.and_then(|number| number.parse::<usize>().ok()).and_then(|number| number.checked_sub(1));
            let grid = number.and_then(|number| document.grids().nth(number));
            let grid = grid.ok_or_else(|| AppError::new(ErrorCode::NotFound))?;
            ("text/csv; charset=utf-8", csv::file(grid).into_bytes())
        }
    };
    // A scope is named inside: a file's name travels, and may be read over a shoulder.
    let (name, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    attachment(kind, &format!("lanterne-{name}-{mark}.{ending}"), bytes)
}

/// Makes a paper away from the threads that answer others, few at once.
async fn pressed(make: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static) -> Result<Vec<u8>, AppError> {
    let _press = PRESSES.acquire().await.map_err(|_| AppError::new(ErrorCode::Unavailable))?;
    let paper = spawn_blocking(make).await.map_err(|fault| fault.to_string()).and_then(|paper| paper);
    paper.map_err(|fault| {
        tracing::error!(fault, "a paper could not be made");
        AppError::new(ErrorCode::Internal)
    })
}
