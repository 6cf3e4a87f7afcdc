//! The key that the server keeps for a locked phone whose code may be forgotten.

use leptos::{prelude::*, server_fn::codec::Json};

use super::error::AppError;
use crate::domain::lock_key::{KeepLock, LockKey, LockOf};

/// Keeps the key of a lock that the caller is about to put on one of their phones.
#[server(prefix = "/api", endpoint = "v1/lock_keep", input = Json, output = Json)]
pub async fn lock_keep(
    /// The lock.
    req: KeepLock,
) -> Result<(), AppError> {
    use crate::domain::access::Act;
    let office = super::office::Office::of_request()?;
    office.answer(Act::Notebook, async |me| office.locks.keep(&me, req).await).await
}

/// Tells it, to a person who has just shown who they are: the phone may be in other hands, with its session. Refuses with
/// `proof_needed`, and with `not_found` where none is kept.
#[server(prefix = "/api", endpoint = "v1/lock_tell", input = Json, output = Json)]
pub async fn lock_tell(
    /// The lock.
    req: LockOf,
) -> Result<LockKey, AppError> {
    use super::error::ErrorCode;
    use crate::domain::access::Act;
    let office = super::office::Office::of_request()?;
    let tell = async |me| {
        if !office.identity.is_proven().await? {
            return Err(ErrorCode::ProofNeeded.into());
        }
        office.locks.tell(&me, req).await
    };
    office.answer(Act::Notebook, tell).await
}

/// Forgets it: the lock was taken off.
#[server(prefix = "/api", endpoint = "v1/lock_forget", input = Json, output = Json)]
pub async fn lock_forget(
    /// The lock.
    req: LockOf,
) -> Result<(), AppError> {
    use crate::domain::access::Act;
    let office = super::office::Office::of_request()?;
    office.answer(Act::Notebook, async |me| office.locks.forget(&me, req).await).await
}
