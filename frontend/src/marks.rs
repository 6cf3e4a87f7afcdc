//! That a person's notebook was on this phone, kept in two places beside its database. Where a mark is left and the
//! database is not, the browser has emptied it, and the person is told what may be missing (`offline.md` F40).
//!
//! What the server knows of the lost device (how many records it still held at its last round) belongs beside
//! [`Loss::pending`], in [`found`], once the server tells it.

use app::{domain::ids::AccountId, promeneur::carnet::Loss};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, Response};

use crate::scope;

/// Not one of the worker's caches, whose names begin with `lanterne-`.
const CACHE: &str = "carnet";

/// The local storage of a page; a worker has none.
fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn key(kind: &str, account: AccountId) -> String {
    format!("lanterne-{kind}-{account}")
}

fn address(account: AccountId) -> String {
    format!("/carnet/{account}")
}

async fn cache() -> Option<Cache> {
    let opened = JsFuture::from(scope::caches()?.open(CACHE)).await.ok()?;
    opened.dyn_into().ok()
}

/// Notes how many operations wait, in both places.
pub(crate) async fn count(account: AccountId, pending: usize) {
    let text = pending.to_string();
    if let Some(local) = local() {
        // The second write of the same number would wake the disk for nothing.
        if local.get_item(&key("carnet", account)).ok().flatten().as_deref() == Some(&text) {
            return;
        }
        let _ = local.set_item(&key("carnet", account), &text);
    }
    count_in_cache(account, pending).await;
}

/// Notes it in the one place that the service worker reaches too.
pub(crate) async fn count_in_cache(account: AccountId, pending: usize) {
    let Some(cache) = cache().await else { return };
    if let Ok(response) = Response::new_with_opt_str(Some(&pending.to_string())) {
        let _ = JsFuture::from(cache.put_with_str(&address(account), &response)).await;
    }
}

/// How many operations waited when a mark was last left; none where there is no mark.
async fn marked(account: AccountId) -> Option<usize> {
    if let Some(cache) = cache().await
        && let Ok(found) = JsFuture::from(cache.match_with_str(&address(account))).await
        && let Ok(response) = found.dyn_into::<Response>()
        && let Ok(text) = response.text()
        && let Ok(text) = JsFuture::from(text).await
    {
        return text.as_string()?.parse().ok();
    }
    local()?.get_item(&key("carnet", account)).ok()??.parse().ok()
}

/// What was lost, when the database had to be made anew; or was lost before, and not yet read about.
pub(crate) async fn found(account: AccountId, made_anew: bool) -> Option<Loss> {
    let (local, key) = (local(), key("perte", account));
    if made_anew && let Some(pending) = marked(account).await {
        if let Some(local) = &local {
            let _ = local.set_item(&key, &pending.to_string());
        }
        return Some(Loss { pending });
    }
    let pending = local?.get_item(&key).ok()??.parse().ok()?;
    Some(Loss { pending })
}

/// The notebook was emptied knowingly.
pub(crate) async fn forget(account: AccountId) {
    if let Some(local) = local() {
        let _ = local.remove_item(&key("carnet", account));
        let _ = local.remove_item(&key("perte", account));
    }
    if let Some(cache) = cache().await {
        let _ = JsFuture::from(cache.delete_with_str(&address(account))).await;
    }
}

/// The person has read about the loss.
pub(crate) fn loss_is_known(account: AccountId) {
    if let Some(local) = local() {
        let _ = local.remove_item(&key("perte", account));
    }
}

/// Where it is noted that the person does not want to install the app now.
const INSTALL: &str = "lanterne-installer";

/// The person does not want to be asked again.
pub(crate) fn refuse_install() {
    if let Some(local) = local() {
        let _ = local.set_item(INSTALL, "plus tard");
    }
}

/// Whether they said so.
pub(crate) fn has_refused_install() -> bool {
    local().is_some_and(|local| local.get_item(INSTALL).ok().flatten().is_some())
}
