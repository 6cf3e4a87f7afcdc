//! « Importer »: spreadsheets of past activity.

use app::{
    api::error::AppError,
    coordination::{
        address::IMPORTS,
        imports::{ImportFault, Imports, became},
    },
    domain::{fr, ids::ImportId, person::Me},
    shells,
};
use axum::{
    Form,
    extract::{
        Multipart, Path, Query, State,
        multipart::{MultipartError, MultipartRejection},
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, Caller, answer, html, malformed};
use crate::{
    db::{failed, imports},
    import::{
        self, Refused,
        sheet::{LARGEST, Unreadable},
    },
};

/// Largest form: the file and what a browser writes around it. A little more than the largest file, so that one that is
/// too large is told so, not cut off.
pub(super) const LARGEST_FORM: usize = LARGEST + 64 * 1024;

/// What the page of all files may be told by its address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    fait: String,
    #[serde(default)]
    fichier: Option<ImportId>,
}

fn status(fault: ImportFault) -> StatusCode {
    StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::BAD_REQUEST)
}

async fn shown(state: &AppState, me: &Me, asked: Asked, fault: Option<Unreadable>) -> Result<Response, AppError> {
    // What is forgotten when the page is looked at is nobody's act.
    let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
    imports::forget(&mut tx).await.map_err(failed)?;
    let files = imports::list(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let of = files.iter().find(|file| Some(file.id) == asked.fichier).and_then(|file| file.done);
    let done = match (asked.fait.as_str(), of) {
        ("importe", Some(outcome)) if !outcome.is_undone => {
            Some(format!("Le fichier est dans le carnet\u{202f}: {}.", became(&outcome)))
        }
        ("retire", Some(outcome)) if outcome.is_undone => {
            Some("Ce que ce fichier avait ajouté est retiré du carnet.".to_owned())
        }
        ("abandonne", _) => Some("Le fichier est abandonné\u{202f}: rien n’en a été gardé.".to_owned()),
        _ => None,
    };
    let status = fault.map_or(StatusCode::OK, |it| status(it.fault));
    let page = Imports { files, fault: fault.map(|it| (it.fault, it.line)), done: done.map(|text| fr::spaced(&text)) };
    Ok((status, html(shells::desk::imports(state.desk_of(me), page))).into_response())
}

/// `GET /coordination/import`.
pub(super) async fn all(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    answer(&state, shown(&state, &me, asked, None)).await
}

/// `POST /coordination/import`: a file.
pub(super) async fn bring(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    answer(&state, async {
        let brought = match file_of(form).await {
            Ok(Brought { kind, name, bytes }) => import::bring(&state.db, &me, &kind, &name, &bytes).await,
            Err(fault) => Err(fault.into()),
        };
        match brought {
            Ok(id) => Ok(Redirect::to(&format!("{IMPORTS}/{id}")).into_response()),
            Err(Refused::File(fault)) => shown(&state, &me, Asked::default(), Some(fault)).await,
            Err(Refused::Server(error)) => Err(error),
        }
    })
    .await
}

/// What a form of a file holds.
#[derive(Default)]
struct Brought {
    kind: String,
    name: String,
    bytes: Vec<u8>,
}

async fn file_of(form: Result<Multipart, MultipartRejection>) -> Result<Brought, ImportFault> {
    let mut form = form.map_err(|_| ImportFault::Missing)?;
    let fault = |error: MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { ImportFault::TooLarge } else { ImportFault::NotText }
    };
    let mut brought = Brought::default();
    while let Some(field) = form.next_field().await.map_err(fault)? {
        match field.name() {
            Some("contenu") => brought.kind = field.text().await.map_err(fault)?,
            Some("fichier") => {
                brought.name = field.file_name().unwrap_or_default().to_owned();
                brought.bytes = field.bytes().await.map_err(fault)?.to_vec();
            }
            _ => {}
        }
    }
    Ok(brought)
}

/// `GET /coordination/import/{id}`.
pub(super) async fn preview(State(state): State<AppState>, Caller(me): Caller, Path(id): Path<ImportId>) -> Response {
    answer(&state, previewed(&state, &me, id, None)).await
}

async fn previewed(state: &AppState, me: &Me, id: ImportId, fault: Option<ImportFault>) -> Result<Response, AppError> {
    match import::preview(&state.db, me, id, fault).await {
        Ok(preview) => {
            let status = fault.map_or(StatusCode::OK, status);
            Ok((status, html(shells::desk::import(state.desk_of(me), preview))).into_response())
        }
        Err(refused) => told(state, me, refused).await,
    }
}

/// A refusal of a file that has no page of its own any more stands above the list of all.
async fn told(state: &AppState, me: &Me, refused: Refused) -> Result<Response, AppError> {
    match refused {
        Refused::File(fault) => shown(state, me, Asked::default(), Some(fault)).await,
        Refused::Server(error) => Err(error),
    }
}

/// `POST /coordination/import/{id}`: what the columns and words are for.
pub(super) async fn say(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<ImportId>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    answer(&state, async {
        let Form(answers) = form.map_err(malformed)?;
        match import::say(&state.db, &me, id, &answers).await {
            Ok(()) => Ok(Redirect::to(&format!("{IMPORTS}/{id}#apercu")).into_response()),
            Err(refused) => told(&state, &me, refused).await,
        }
    })
    .await
}

/// The decision, about what was seen.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Decision {
    #[serde(default)]
    apercu: String,
}

/// `POST /coordination/import/{id}/importer`.
pub(super) async fn take(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<ImportId>,
    form: Result<Form<Decision>, FormRejection>,
) -> Response {
    answer(&state, async {
        let Form(decision) = form.map_err(malformed)?;
        match Box::pin(import::take(&state.db, &me, id, &decision.apercu)).await {
            Ok(_) => Ok(Redirect::to(&format!("{IMPORTS}?fait=importe&fichier={id}")).into_response()),
            // The second tap finds it done.
            Err(Refused::File(Unreadable { fault: ImportFault::Gone, .. })) => {
                Ok(Redirect::to(&format!("{IMPORTS}?fait=importe&fichier={id}")).into_response())
            }
            Err(Refused::File(Unreadable { fault, .. })) => previewed(&state, &me, id, Some(fault)).await,
            Err(Refused::Server(error)) => Err(error),
        }
    })
    .await
}

/// `POST /coordination/import/{id}/abandonner`.
pub(super) async fn abandon(State(state): State<AppState>, Caller(me): Caller, Path(id): Path<ImportId>) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let was_waiting = imports::abandon(&mut tx, id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        if !was_waiting {
            return shown(&state, &me, Asked::default(), Some(ImportFault::Gone.into())).await;
        }
        Ok(Redirect::to(&format!("{IMPORTS}?fait=abandonne")).into_response())
    })
    .await
}

/// `GET /coordination/import/{id}/retirer`.
pub(super) async fn confirm(State(state): State<AppState>, Caller(me): Caller, Path(id): Path<ImportId>) -> Response {
    answer(&state, async {
        match import::undoing(&state.db, &me, id).await {
            Ok((file, withdrawn, kept)) => {
                Ok(html(shells::desk::undo_import(state.desk_of(&me), file, withdrawn, kept)))
            }
            Err(refused) => told(&state, &me, refused).await,
        }
    })
    .await
}

/// `POST /coordination/import/{id}/retirer`.
pub(super) async fn undo(State(state): State<AppState>, Caller(me): Caller, Path(id): Path<ImportId>) -> Response {
    answer(&state, async {
        match Box::pin(import::undo(&state.db, &me, id)).await {
            Ok(_) => Ok(Redirect::to(&format!("{IMPORTS}?fait=retire&fichier={id}")).into_response()),
            Err(refused) => told(&state, &me, refused).await,
        }
    })
    .await
}
