//! The messages of sync. The phone calls these paths with its own `fetch` (status, time-out and redirects matter
//! to it), and the service worker may too.

use leptos::{prelude::*, server_fn::codec::Json};

use super::error::{AppError, ErrorCode};
use crate::sync::{
    engine::WireFault,
    messages::{EscrowAnswer, PullAnswer, PullRequest, PushAnswer, PushRequest},
};

/// Takes operations into the ledger; each has its own result.
#[server(prefix = "/api", endpoint = "v1/sync_push", input = Json, output = Json)]
pub async fn sync_push(
    /// The message.
    req: PushRequest,
) -> Result<PushAnswer, AppError> {
    use crate::domain::access::Act;
    let office = super::office::Office::of_request()?;
    office.answer(Act::Notebook, async |me| office.sync.push(&me, req).await).await
}

/// Tells what changed since the cursor.
#[server(prefix = "/api", endpoint = "v1/sync_pull", input = Json, output = Json)]
pub async fn sync_pull(
    /// The message.
    req: PullRequest,
) -> Result<PullAnswer, AppError> {
    use crate::domain::access::Act;
    let office = super::office::Office::of_request()?;
    office.answer(Act::Notebook, async |me| office.sync.pull(&me, req).await).await
}

/// Takes what a phone that was withdrawn still holds; from any other phone it is refused.
#[server(prefix = "/api", endpoint = "v1/sync_escrow", input = Json, output = Json)]
pub async fn sync_escrow(
    /// The message.
    req: PushRequest,
) -> Result<EscrowAnswer, AppError> {
    use crate::domain::access::Act;
    let office = super::office::Office::of_request()?;
    office.answer(Act::Notebook, async |me| office.sync.escrow(&me, req).await).await
}

/// How many phones of the caller are withdrawn. Where that is no news the answer waits until it is, for less than half a minute: a
/// notebook that is open thus hears at once that it is to be handed over (`frontend/boot/phone.js` asks).
#[server(prefix = "/api", endpoint = "v1/sync_news", input = Json, output = Json)]
pub async fn sync_news(
    /// How many the asking page knows of.
    known: u32,
) -> Result<u32, AppError> {
    use crate::domain::access::Act;
    let office = super::office::Office::of_request()?;
    office.answer(Act::Notebook, async |me| office.sync.news(&me, known).await).await
}

/// What an answer other than 200 means for the phone (`offline.md` 2.6): its status, our error where the body is one,
/// and the seconds that it asks to wait.
pub fn fault_of(status: u16, error: Option<&AppError>, retry_after: Option<u32>) -> WireFault {
    match (status, error.map(|error| error.code.known())) {
        (_, Some(Some(ErrorCode::DeviceRevoked))) => WireFault::Revoked,
        (_, Some(Some(ErrorCode::CursorMalformed))) => WireFault::StrangeCursor,
        (401, _) | (403, Some(_)) => WireFault::SignedOut,
        (413, _) | (400, Some(_)) => WireFault::TooLarge,
        (404 | 405 | 410 | 426, Some(_)) => WireFault::Skew,
        (429, _) => WireFault::Busy(retry_after.unwrap_or(60)),
        (511, _) => WireFault::Portal,
        // Without our envelope it was not our server that refused.
        _ => retry_after.map_or(WireFault::Unreachable, WireFault::Busy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_ours_only_with_our_envelope() {
        let ours = |code: ErrorCode| fault_of(code.status(), Some(&code.into()), None);
        assert_eq!(ours(ErrorCode::SignedOut), WireFault::SignedOut);
        assert_eq!(ours(ErrorCode::WrongAccount), WireFault::SignedOut);
        assert_eq!(ours(ErrorCode::DeviceRevoked), WireFault::Revoked);
        assert_eq!(ours(ErrorCode::NotFound), WireFault::Skew);
        assert_eq!(ours(ErrorCode::TooManyOps), WireFault::TooLarge);
        assert_eq!(ours(ErrorCode::Malformed), WireFault::TooLarge);
        assert_eq!(ours(ErrorCode::CursorMalformed), WireFault::StrangeCursor);
        assert_eq!(ours(ErrorCode::Internal), WireFault::Unreachable);
        assert_eq!(ours(ErrorCode::Unavailable), WireFault::Unreachable);
        let theirs = |status| fault_of(status, None, None);
        assert_eq!(theirs(400), WireFault::Unreachable);
        assert_eq!(theirs(403), WireFault::Unreachable);
        assert_eq!(theirs(404), WireFault::Unreachable);
        assert_eq!(theirs(401), WireFault::SignedOut);
        assert_eq!(theirs(413), WireFault::TooLarge);
        assert_eq!(theirs(502), WireFault::Unreachable);
        assert_eq!(theirs(511), WireFault::Portal);
        assert_eq!(fault_of(503, None, Some(7)), WireFault::Busy(7));
        assert_eq!(theirs(429), WireFault::Busy(60));
    }
}
