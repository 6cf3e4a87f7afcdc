//! Whose notebook this phone opens without network: a database of its own, beside those of the people.

use app::domain::{ids::AccountId, person::Me, tally::Standing};
use idb::{DatabaseEvent, Factory, ObjectStoreParams};
use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

use super::{
    Boxed, StoreFault,
    durable::Durable,
    row::{read, text_row},
};

const NAME: &str = "lanterne";
const STORE: &str = "who";
const CURRENT: &str = "current";
const LEFT: &str = "signed-out";
const LAST: &str = "last-sign-in";

async fn open() -> Result<IdbDatabase, StoreFault> {
    let mut request = Factory::new()?.open(NAME, Some(1))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            let _ = database.create_object_store(STORE, ObjectStoreParams::new());
        }
    });
    Ok(request.await?.into())
}

/// What stands under a key; `undefined` where nothing does.
fn get(key: String) -> Boxed<'static, JsValue> {
    Box::pin(async move {
        let database = open().await?;
        // Closed once what has begun ends.
        let reading = Durable::begin(&database, &[STORE]);
        database.close();
        reading?.get(STORE, &key)?.told().await
    })
}

/// The person who signed in last and did not sign out.
pub(crate) async fn remembered() -> Result<Option<Me>, StoreFault> {
    Ok(read(&get(CURRENT.to_owned()).await?))
}

/// Whether a sign-in of this number is one that this phone has not seen yet.
pub(crate) async fn is_new_sign_in(number: &str) -> Result<bool, StoreFault> {
    Ok(get(LAST.to_owned()).await?.as_string().is_none_or(|last| number > last.as_str()))
}

/// Remembers who signed in, and by which sign-in; whoever signed out before no longer matters.
pub(crate) async fn remember_current(me: &Me, number: Option<String>) -> Result<(), StoreFault> {
    let row = text_row(me)?;
    let number = number.map(JsValue::from);
    change(Box::new(move |transaction| {
        transaction.put(STORE, &CURRENT.into(), &row)?;
        if let Some(number) = number {
            transaction.put(STORE, &LAST.into(), &number)?;
        }
        transaction.delete(STORE, &LEFT.into())
    }))
    .await
}

/// What an account's figures need beside its records, as the server last told it.
pub(crate) async fn standing(account: AccountId) -> Option<Standing> {
    read(&get(standing_of(account)).await.ok()?)
}

/// Keeps it for evenings without network.
pub(crate) async fn keep_standing(account: AccountId, standing: &Standing) -> Result<(), StoreFault> {
    let row = text_row(standing)?;
    change(Box::new(move |transaction| transaction.put(STORE, &standing_of(account).into(), &row))).await
}

fn standing_of(account: AccountId) -> String {
    format!("standing {account}")
}

/// Forgets who was signed in, and notes that the server has yet to hear of it; their notebook stays.
pub(crate) async fn sign_out_here() -> Result<(), StoreFault> {
    change(Box::new(|transaction| {
        transaction.delete(STORE, &CURRENT.into())?;
        transaction.put(STORE, &LEFT.into(), &JsValue::TRUE)
    }))
    .await
}

/// Whether somebody signed out here and the server has yet to hear of it.
pub(crate) async fn sign_out_waits() -> Result<bool, StoreFault> {
    Ok(get(LEFT.to_owned()).await?.is_truthy())
}

/// The server has heard of it.
pub(crate) async fn sign_out_is_known() -> Result<(), StoreFault> {
    change(Box::new(|transaction| transaction.delete(STORE, &LEFT.into()))).await
}

type Write = Box<dyn FnOnce(&Durable) -> Result<(), StoreFault>>;

async fn change(write: Write) -> Result<(), StoreFault> {
    let database = open().await?;
    let writing = Durable::begin(&database, &[STORE]);
    database.close();
    let writing = writing?;
    write(&writing)?;
    writing.finish().await
}
