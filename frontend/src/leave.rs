//! The end of a phone that the coordination has withdrawn: what was typed is saved so that it can be handed over, then
//! the notebook is emptied (`offline.md` 2.6).

use std::{future::Future, pin::Pin};

use app::{
    domain::{ids::AccountId, record::Body},
    sync::{
        acts::{save, save_over},
        engine::Surroundings,
        store::{PhoneStore, Touch},
    },
};

use crate::{
    clock::Browser,
    marks,
    store::{self, Store},
};

/// Saves every draft as it is, complete or not. Whether there was one.
pub(crate) fn save_drafts(store: &Store) -> Pin<Box<dyn Future<Output = bool> + '_>> {
    Box::pin(save_all_drafts(store))
}

async fn save_all_drafts(store: &Store) -> bool {
    let Ok(drafts) = store.drafts().await else { return false };
    let mut saved = false;
    for kept in drafts {
        let (id, body, stamp) = (kept.id, Body::new(kept.draft).to_json(), Browser.stamp());
        let write = store.transact(Touch::record(id), |state| {
            let mut change = match &kept.seen {
                Some(seen) => save_over(state, id, body, seen, stamp),
                None => save(state, id, body, stamp),
            };
            change.remove_drafts.push(id);
            (change, ())
        });
        saved |= write.await.is_ok();
    }
    saved
}

/// Empties the notebook that was handed over, and forgets who had it open. A row that could not be read could not be
/// handed over either: then it stays, for the rescue file. Whether it was emptied.
pub(crate) fn empty(store: &Store, account: AccountId) -> Pin<Box<dyn Future<Output = bool> + '_>> {
    Box::pin(empty_whole(store, account))
}

async fn empty_whole(store: &Store, account: AccountId) -> bool {
    let is_whole = store.unreadable().await.is_ok_and(|texts| texts.is_empty());
    if !is_whole || store.empty().await.is_err() {
        return false;
    }
    marks::forget(account).await;
    let _ = store::sign_out_here().await;
    true
}
