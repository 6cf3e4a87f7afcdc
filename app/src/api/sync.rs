//! The two messages of sync. The phone calls these paths with its own `fetch` (status, time-out and redirects matter
//! to it), and the service worker may too.

use leptos::{prelude::*, server_fn::codec::Json};

use super::error::AppError;
use crate::sync::messages::{PullAnswer, PullRequest, PushAnswer, PushRequest};

/// Takes operations into the ledger; each has its own result.
#[server(prefix = "/api", endpoint = "v1/sync_push", input = Json, output = Json)]
pub async fn sync_push(
    /// The message.
    req: PushRequest,
) -> Result<PushAnswer, AppError> {
    use crate::domain::person::Role;
    let office = super::office::Office::of_request()?;
    let answer = match office.caller(Role::Promeneur).await {
        Ok(me) => office.sync.push(&me, req).await,
        Err(error) => Err(error),
    };
    office.settle(answer)
}

/// Tells what changed since the cursor.
#[server(prefix = "/api", endpoint = "v1/sync_pull", input = Json, output = Json)]
pub async fn sync_pull(
    /// The message.
    req: PullRequest,
) -> Result<PullAnswer, AppError> {
    use crate::domain::person::Role;
    let office = super::office::Office::of_request()?;
    let answer = match office.caller(Role::Promeneur).await {
        Ok(me) => office.sync.pull(&me, req).await,
        Err(error) => Err(error),
    };
    office.settle(answer)
}
