//! Whose notebook this phone opens without network: a database of its own, beside those of the people.

use app::domain::person::Me;
use idb::{DatabaseEvent, Factory, ObjectStoreParams, TransactionMode};
use wasm_bindgen::JsValue;

use super::{
    StoreFault,
    row::{read, text_row},
};

const NAME: &str = "lanterne";
const STORE: &str = "who";
const CURRENT: &str = "current";

async fn open() -> Result<idb::Database, StoreFault> {
    let mut request = Factory::new()?.open(NAME, Some(1))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            let _ = database.create_object_store(STORE, ObjectStoreParams::new());
        }
    });
    Ok(request.await?)
}

/// The person who signed in last and did not sign out.
pub(crate) async fn remembered() -> Result<Option<Me>, StoreFault> {
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly)?;
    let row = transaction.object_store(STORE)?.get(JsValue::from_str(CURRENT))?.await?;
    database.close();
    Ok(row.as_ref().and_then(read))
}

/// Remembers who signed in.
pub(crate) async fn remember_current(me: &Me) -> Result<(), StoreFault> {
    let row = text_row(me)?;
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
    transaction.object_store(STORE)?.put(&row, Some(&JsValue::from_str(CURRENT)))?;
    let _ = transaction.await?;
    database.close();
    Ok(())
}

/// Forgets who was signed in; their notebook stays.
pub(crate) async fn forget_current() -> Result<(), StoreFault> {
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
    transaction.object_store(STORE)?.delete(JsValue::from_str(CURRENT))?;
    let _ = transaction.await?;
    database.close();
    Ok(())
}
