//! One round of sending, in a tab or in the service worker: the same code, under the same lock.

use app::{
    domain::{ids::AccountId, person::Role},
    sync::engine::{Round, Speaker, WireFault, round},
};
use wasm_bindgen::JsValue;

use crate::{
    clock::Browser,
    leave, lock, marks, scope,
    store::{self, Store, StoreFault},
    turn::{self, Cancel},
    wire::Http,
};

/// How a round ended.
pub(crate) enum Ended {
    /// Another tab or the worker is sending, and will tell what it has settled.
    Elsewhere,
    /// It was done.
    Done(Round),
    /// The store failed.
    Failed(StoreFault),
}

/// The lock of a person's sending.
fn lock_of(user: AccountId) -> String {
    format!("sync-{user}")
}

/// One round, when it is our turn. The lock is held for this round only.
pub(crate) async fn locked_round(store: &Store, speaker: &Speaker, steal: bool, lost: Cancel) -> Ended {
    let Some(_turn) = turn::take(&lock_of(speaker.user), steal, lost).await else { return Ended::Elsewhere };
    match round(store, &Http, &Browser, speaker).await {
        Ok(done) => {
            if done.fault.is_none() {
                lock::heard(store).await;
            }
            Ended::Done(done)
        }
        Err(fault) => Ended::Failed(fault),
    }
}

/// Sends what waits while no page is open: what the browser's Background Sync asks for. An error asks it to ask again.
pub(crate) async fn in_background(build: String) -> Result<(), JsValue> {
    let Some(me) = store::known().await.ok().and_then(|known| known.me) else { return Ok(()) };
    if !me.role.is(Role::Promeneur) {
        return Ok(());
    }
    // What cannot be opened here is for the page to explain.
    let Ok(store) = Store::open(me.account, || {}).await else { return Ok(()) };
    if store.enrol().await.is_err() {
        return Ok(());
    }
    // Nobody but its person opens what waits in a notebook that is locked: it goes once they do.
    if !matches!(store.lock().await, Ok(None)) {
        store.close();
        return Ok(());
    }
    let speaker = Speaker { user: me.account, build };
    let cancel = Cancel::default();
    let ended = cancel.guard(locked_round(&store, &speaker, false, cancel.clone())).await;
    // What was typed and not saved is handed over too, by the next round.
    if let Some(Ended::Done(Round { fault: Some(WireFault::Revoked), handed_over, .. })) = &ended
        && !leave::save_drafts(&store).await
        && *handed_over
    {
        leave::empty(&store, me.account).await;
    }
    // A lock that was put on meanwhile hides what waits: nothing is counted then.
    let is_open = matches!(store.lock().await, Ok(None));
    if is_open && let Ok(open) = store.open_matters().await {
        scope::badge(open);
    }
    let mut waits = false;
    if is_open && let Ok((rows, _)) = store.standing().await {
        marks::count_in_cache(me.account, rows.len()).await;
        waits = rows.iter().any(|row| !row.is_parked());
    }
    store.close();
    // Whoever had the turn may be a page that was closed with it in hand, so that is no reason to rest.
    let ask_again = match ended {
        Some(Ended::Done(Round { fault: Some(fault), .. })) => {
            matches!(fault, WireFault::Unreachable | WireFault::Portal | WireFault::Busy(_) | WireFault::Revoked)
        }
        _ => true,
    };
    if waits && ask_again { Err(JsValue::from_str("lanterne: not sent yet")) } else { Ok(()) }
}
