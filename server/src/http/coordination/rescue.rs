//! « Importer un fichier de secours ».

use app::{
    api::to_check::{Imported, RescueFault},
    domain::person::Me,
    shells,
};
use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{AppState, Caller, answer, html};
use crate::rescue::{self, LARGEST, Refused};

/// Largest form: the file and what a browser writes around it. A little more than the largest file, so that one that is
/// too large is told so, not cut off.
pub(super) const LARGEST_FORM: usize = LARGEST + 64 * 1024;

fn shown(state: &AppState, me: &Me, done: Option<Result<Imported, RescueFault>>) -> Response {
    let status = match done {
        Some(Err(fault)) => StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::BAD_REQUEST),
        _ => StatusCode::OK,
    };
    (status, html(shells::desk::rescue(state.desk_of(me), done))).into_response()
}

/// `GET /coordination/fichier-de-secours`.
pub(super) async fn page(State(state): State<AppState>, Caller(me): Caller) -> Response {
    answer(&state, async { Ok(shown(&state, &me, None)) }).await
}

/// `POST /coordination/fichier-de-secours`.
pub(super) async fn import(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    answer(&state, async {
        let bytes = match file_of(form).await {
            Ok(bytes) => bytes,
            Err(fault) => return Ok(shown(&state, &me, Some(Err(fault)))),
        };
        match Box::pin(rescue::import(&state.desk, &me, &bytes)).await {
            Ok(imported) => Ok(shown(&state, &me, Some(Ok(imported)))),
            Err(Refused::File(fault)) => Ok(shown(&state, &me, Some(Err(fault)))),
            Err(Refused::Server(error)) => Err(error),
        }
    })
    .await
}

async fn file_of(form: Result<Multipart, MultipartRejection>) -> Result<Vec<u8>, RescueFault> {
    let mut form = form.map_err(|_| RescueFault::Missing)?;
    loop {
        let field = form.next_field().await.map_err(|error| fault(error.status()))?.ok_or(RescueFault::Missing)?;
        if field.name() == Some("fichier") {
            return field.bytes().await.map(|bytes| bytes.to_vec()).map_err(|error| fault(error.status()));
        }
    }
}

fn fault(status: StatusCode) -> RescueFault {
    if status == StatusCode::PAYLOAD_TOO_LARGE { RescueFault::TooLarge } else { RescueFault::Unreadable }
}
