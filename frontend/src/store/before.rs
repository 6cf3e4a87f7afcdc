//! A copy of the outbox before its stores change (`offline.md` 2.10): whatever an upgrade does, what was not sent yet is
//! there a second time. A database of its own for each version left behind, kept for thirty days.

use app::sync::engine::Surroundings;
use chrono::{DateTime, TimeDelta, Utc};
use idb::{DatabaseEvent, Factory, ObjectStoreParams};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbDatabase;

use super::{StoreFault, durable::Durable, schema::OUTBOX};
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
    let databases = databases().await.unwrap_or_default();
    // Of version nought is what some browsers list of a database that was never made.
    let is_older = |found: u32| (1..version).contains(&found);
    let Some((_, older)) = databases.iter().find(|(other, found)| other == name && is_older(*found)) else {
        return Ok(());
    };
    let database: IdbDatabase = Factory::new()?.open(name, Some(*older))?.await?.into();
    // Closed once what has begun ends, however that is: nobody's upgrade waits for it.
    let reading = Durable::begin(&database, &[OUTBOX]);
    database.close();
    let rows = reading?.get_all(OUTBOX)?.told().await?;
    if Array::from(&rows).length() == 0 {
        return Ok(());
    }
    let copy = open_copy(&format!("{name}-before-{version}")).await?;
    let writing = Durable::begin(&copy, &[OUTBOX]);
    copy.close();
    let writing = writing?;
    writing.put(OUTBOX, &ROWS.into(), &rows)?;
    writing.put(OUTBOX, &MADE_AT.into(), &Browser.now().to_utc().to_rfc3339().into())?;
    writing.finish().await
}

async fn open_copy(name: &str) -> Result<IdbDatabase, StoreFault> {
    let mut request = Factory::new()?.open(name, Some(1))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            let _ = database.create_object_store(OUTBOX, ObjectStoreParams::new());
        }
    });
    Ok(request.await?.into())
}

/// Forgets every copy of a database.
pub(super) async fn forget_copies(name: &str) -> Result<(), StoreFault> {
    let copies = format!("{name}-before-");
    for (copy, _) in databases().await.unwrap_or_default() {
        if copy.starts_with(&copies) {
            Factory::new()?.delete(&copy)?.await?;
        }
    }
    Ok(())
}

/// Forgets the copies of a database that are old. Best effort: a copy too many harms nobody.
pub(super) async fn forget_old_copies(name: &str) {
    let copies = format!("{name}-before-");
    for (copy, _) in databases().await.unwrap_or_default() {
        if copy.starts_with(&copies) {
            let _ = forget_if_old(&copy).await;
        }
    }
}

async fn forget_if_old(name: &str) -> Result<(), StoreFault> {
    let copy = open_copy(name).await?;
    let reading = Durable::begin(&copy, &[OUTBOX]);
    copy.close();
    let made = reading?.get(OUTBOX, MADE_AT)?.told().await?;
    let made = made.as_string().and_then(|text| <DateTime<Utc> as app::domain::iso::Iso>::from_iso(&text));
    if made.is_some_and(|made| Browser.now().to_utc() - made > TimeDelta::days(KEPT_DAYS)) {
        Factory::new()?.delete(name)?.await?;
    }
    Ok(())
}
