//! Whose notebook this phone opens without network: a database of its own, beside those of the people.

use app::domain::person::Me;
use idb::{DatabaseEvent, Factory, ObjectStoreParams, TransactionMode};
use wasm_bindgen::JsValue;

use super::{
    Boxed, StoreFault,
    row::{read, text_row},
};

const NAME: &str = "lanterne";
const STORE: &str = "who";
const CURRENT: &str = "current";
const LEFT: &str = "signed-out";
const LAST: &str = "last-sign-in";

async fn open() -> Result<idb::Database, StoreFault> {
    let mut request = Factory::new()?.open(NAME, Some(1))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            let _ = database.create_object_store(STORE, ObjectStoreParams::new());
        }
    });
    Ok(request.await?)
}

/// What stands under a key.
fn get(key: &'static str) -> Boxed<'static, Option<JsValue>> {
    Box::pin(async move {
        let database = open().await?;
        let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly)?;
        let row = transaction.object_store(STORE)?.get(JsValue::from_str(key))?.await?;
        database.close();
        Ok(row)
    })
}

/// The person who signed in last and did not sign out.
pub(crate) async fn remembered() -> Result<Option<Me>, StoreFault> {
    Ok(get(CURRENT).await?.as_ref().and_then(read))
}

/// Whether a sign-in of this number is one that this phone has not seen yet.
pub(crate) async fn is_new_sign_in(number: &str) -> Result<bool, StoreFault> {
    Ok(get(LAST).await?.and_then(|last| last.as_string()).is_none_or(|last| number > last.as_str()))
}

/// Remembers who signed in, and by which sign-in; whoever signed out before no longer matters.
pub(crate) async fn remember_current(me: &Me, number: Option<String>) -> Result<(), StoreFault> {
    let row = text_row(me)?;
    change(move |store| {
        store.put(&row, Some(&JsValue::from_str(CURRENT)))?;
        if let Some(number) = number {
            store.put(&JsValue::from_str(&number), Some(&JsValue::from_str(LAST)))?;
        }
        store.delete(JsValue::from_str(LEFT))?;
        Ok(())
    })
    .await
}

/// Forgets who was signed in, and notes that the server has yet to hear of it; their notebook stays.
pub(crate) async fn sign_out_here() -> Result<(), StoreFault> {
    change(|store| {
        store.delete(JsValue::from_str(CURRENT))?;
        store.put(&JsValue::TRUE, Some(&JsValue::from_str(LEFT)))?;
        Ok(())
    })
    .await
}

/// Whether somebody signed out here and the server has yet to hear of it.
pub(crate) async fn sign_out_waits() -> Result<bool, StoreFault> {
    Ok(get(LEFT).await?.is_some())
}

/// The server has heard of it.
pub(crate) async fn sign_out_is_known() -> Result<(), StoreFault> {
    change(|store| {
        store.delete(JsValue::from_str(LEFT))?;
        Ok(())
    })
    .await
}

type Write = Box<dyn FnOnce(&idb::ObjectStore) -> Result<(), idb::Error>>;

fn change(write: impl FnOnce(&idb::ObjectStore) -> Result<(), idb::Error> + 'static) -> Boxed<'static, ()> {
    Box::pin(change_now(Box::new(write)))
}

async fn change_now(write: Write) -> Result<(), StoreFault> {
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
    write(&transaction.object_store(STORE)?)?;
    let _ = transaction.await?;
    database.close();
    Ok(())
}
