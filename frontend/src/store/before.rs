//! A copy of the outbox before its stores change (`offline.md` 2.10): whatever an upgrade does, what was not sent yet is
//! there a second time. A database of its own for each version left behind, kept for thirty days.

use app::sync::engine::Surroundings;
use chrono::{DateTime, TimeDelta, Utc};
use idb::{DatabaseEvent, Factory, ObjectStoreParams, TransactionMode};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use super::{StoreFault, schema::OUTBOX};
use crate::clock::Browser;

const KEPT_DAYS: i64 = 30;
const MADE_AT: &str = "made-at";
const ROWS: &str = "rows";

#[wasm_bindgen]
extern "C" {
    type Databases;

    #[wasm_bindgen(method, catch)]
    fn databases(this: &Databases) -> Result<Promise, JsValue>;
}

/// The databases of this origin and their versions; none where the browser does not tell.
async fn databases() -> Option<Vec<(String, u32)>> {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).ok()?;
    let listed = factory.unchecked_into::<Databases>().databases().ok()?;
    let listed: Array = JsFuture::from(listed).await.ok()?.dyn_into().ok()?;
    let read = |entry: JsValue| {
        let name = Reflect::get(&entry, &"name".into()).ok()?.as_string()?;
        let version = Reflect::get(&entry, &"version".into()).ok()?.as_f64()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "versions are whole and small")]
        Some((name, version as u32))
    };
    Some(listed.iter().filter_map(read).collect())
}

/// Copies the outbox of a database that is older than `version`. A copy that fails stops the upgrade.
pub(super) async fn copy_outbox(name: &str, version: u32) -> Result<(), StoreFault> {
    let Some(databases) = databases().await else { return Ok(()) };
    forget_old_copies(name, &databases).await;
    let Some((_, older)) = databases.iter().find(|(other, found)| other == name && *found < version) else {
        return Ok(());
    };
    let database = Factory::new()?.open(name, Some(*older))?.await?;
    let rows = database.transaction(&[OUTBOX], TransactionMode::ReadOnly)?.object_store(OUTBOX)?;
    let rows = rows.get_all(None, None)?.await?;
    database.close();
    if rows.is_empty() {
        return Ok(());
    }
    let copy = open_copy(&format!("{name}-before-{version}")).await?;
    let transaction = copy.transaction(&[OUTBOX], TransactionMode::ReadWrite)?;
    let store = transaction.object_store(OUTBOX)?;
    store.put(&rows.iter().collect::<Array>(), Some(&ROWS.into()))?;
    store.put(&Browser.now().to_utc().to_rfc3339().into(), Some(&MADE_AT.into()))?;
    let done = transaction.await?;
    copy.close();
    if done.is_committed() { Ok(()) } else { Err(StoreFault::Other("copy".to_owned())) }
}

async fn open_copy(name: &str) -> Result<idb::Database, idb::Error> {
    let mut request = Factory::new()?.open(name, Some(1))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            let _ = database.create_object_store(OUTBOX, ObjectStoreParams::new());
        }
    });
    request.await
}

/// Best effort: a copy too many harms nobody.
async fn forget_old_copies(name: &str, databases: &[(String, u32)]) {
    let copies = format!("{name}-before-");
    for (copy, _) in databases.iter().filter(|(other, _)| other.starts_with(&copies)) {
        let _ = forget_if_old(copy).await;
    }
}

async fn forget_if_old(name: &str) -> Result<(), idb::Error> {
    let copy = open_copy(name).await?;
    let made = copy.transaction(&[OUTBOX], TransactionMode::ReadOnly)?.object_store(OUTBOX)?;
    let made = made.get(JsValue::from_str(MADE_AT))?.await?.and_then(|text| text.as_string());
    copy.close();
    let made = made.and_then(|text| <DateTime<Utc> as app::domain::iso::Iso>::from_iso(&text));
    if made.is_some_and(|made| Browser.now().to_utc() - made > TimeDelta::days(KEPT_DAYS)) {
        Factory::new()?.delete(name)?.await?;
    }
    Ok(())
}
