//! Whose notebook this phone opens without network: a database of its own, beside those of the people.

use app::domain::{ids::AccountId, person::Me, tally::Standing};
use idb::{DatabaseEvent, Factory, ObjectStoreParams};
use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

use super::{
    Boxed, StoreFault, ahead,
    durable::{Begin, Durable},
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

/// Begins a transaction on a connection of its own.
async fn begin(way: Begin) -> Result<Durable, StoreFault> {
    let database = open().await?;
    let transaction = way(&database, &[STORE]);
    // Closed once what has begun ends.
    database.close();
    Ok(transaction?)
}

/// What the phone knows of who uses it.
#[derive(Default)]
pub(crate) struct Known {
    /// The person who signed in last and did not sign out.
    pub(crate) me: Option<Me>,
    /// Somebody signed out here and the server has yet to hear of it.
    pub(crate) left: bool,
    /// The number of the last sign-in.
    last: Option<String>,
}

impl Known {
    fn of(me: &JsValue, left: &JsValue, last: &JsValue) -> Self {
        Self { me: read(me), left: left.is_truthy(), last: last.as_string() }
    }

    /// Whether a sign-in of this number is one that this phone has not seen yet.
    pub(crate) fn is_new(&self, number: &str) -> bool {
        self.last.as_deref().is_none_or(|last| number > last)
    }
}

/// What the phone knows of who uses it.
pub(crate) fn known() -> Boxed<'static, Known> {
    Box::pin(async {
        if let Some(rows) = ahead::people().await {
            return Ok(Known::of(&rows.get(0), &rows.get(1), &rows.get(2)));
        }
        let reading = begin(Durable::look).await?;
        let (me, left, last) = (reading.get(STORE, CURRENT)?, reading.get(STORE, LEFT)?, reading.get(STORE, LAST)?);
        Ok(Known::of(&me.told().await?, &left.told().await?, &last.told().await?))
    })
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
    let reading = begin(Durable::look).await.ok()?;
    read(&reading.get(STORE, &standing_of(account)).ok()?.told().await.ok()?)
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

/// The server has heard of it.
pub(crate) async fn sign_out_is_known() -> Result<(), StoreFault> {
    change(Box::new(|transaction| transaction.delete(STORE, &LEFT.into()))).await
}

type Write = Box<dyn FnOnce(&Durable) -> Result<(), StoreFault>>;

async fn change(write: Write) -> Result<(), StoreFault> {
    let writing = begin(Durable::begin).await?;
    write(&writing)?;
    writing.finish().await
}
