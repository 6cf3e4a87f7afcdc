//! The phone's durable store: one IndexedDB database a person, so that two people on one phone never meet (I13).
//!
//! Nobody outside this room names IndexedDB or a `JsValue`. Bodies are kept as JSON texts beside the few fields that
//! are indexed: what is hashed and sent is the text itself.

mod before;
mod drafts;
mod emptied;
mod room;
mod row;
mod schema;
mod unreadable;
mod who;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    rc::Rc,
};

use app::{
    domain::ids::{AccountId, DeviceId, RecordId},
    promeneur::port::Trouble,
    sync::{
        outbox::{Entry, EntryState, Meta, OutboxRow},
        store::{Change, PhoneStore, Snapshot, Touch},
    },
};
use gloo_events::EventListener;
use idb::{KeyRange, Transaction, TransactionResult};
use rexie::{Rexie, TransactionMode};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::BroadcastChannel;

use crate::scope::name_of;
use row::{entry_row, outbox_row, read, read_all, receipt_row, text_row};

pub(crate) use who::{is_new_sign_in, remember_current, remembered, sign_out_here, sign_out_is_known, sign_out_waits};

const META_KEY: &str = "sync";

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase`, with the one thing that neither library can ask for.
    type DurableDatabase;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &DurableDatabase,
        stores: &js_sys::Array,
        mode: &str,
        options: &js_sys::Object,
    ) -> Result<web_sys::IdbTransaction, JsValue>;
}

/// A person's store.
#[derive(Clone)]
pub(crate) struct Store {
    name: Rc<str>,
    connections: Rc<RefCell<Connections>>,
    /// Told what each change wrote, once it is durable.
    watcher: Rc<RefCell<Option<Watcher>>>,
    /// Counts what was written in this tab.
    writes: Rc<Cell<u64>>,
    /// Tells the other tabs of this person that something was written.
    tabs: Option<BroadcastChannel>,
    /// Told when a newer build takes the database over.
    leave: Leave,
    /// The database did not exist before this opening.
    made_anew: Rc<Cell<bool>>,
}

/// A future that the wasm holds once, and not once for each of those who wait for it.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreFault>> + 'a>>;

type Leave = Rc<RefCell<Option<Box<dyn Fn()>>>>;

type Watcher = Box<dyn Fn(&Change)>;

/// Reads go through rexie, writes through a connection of our own that can ask for strict durability.
struct Connections {
    reader: Rexie,
    writer: web_sys::IdbDatabase,
}

/// Why the store failed.
#[derive(Clone, Debug)]
pub(crate) enum StoreFault {
    /// No room left.
    Full,
    /// A newer build has changed the stores: this one may not touch them.
    Newer,
    /// Anything else, in the browser's words, for the console.
    Other(String),
}

impl StoreFault {
    /// What to tell the person.
    pub(crate) fn trouble(&self) -> Trouble {
        match self {
            Self::Full => Trouble::Full,
            Self::Newer => Trouble::Newer,
            Self::Other(text) => {
                web_sys::console::error_1(&JsValue::from_str(&format!("lanterne store: {text}")));
                Trouble::Closed
            }
        }
    }
}

impl From<idb::Error> for StoreFault {
    fn from(error: idb::Error) -> Self {
        match error {
            idb::Error::DomException(exception) => Self::from(JsValue::from(exception)),
            // idb takes the request that failed for the transaction that it took down; the request knows why.
            idb::Error::UnexpectedJsType(_, target) => {
                let request = target.dyn_into::<web_sys::IdbRequest>().ok();
                let cause = request.and_then(|request| request.error().ok().flatten());
                cause.map_or_else(|| Self::Other("request".to_owned()), |cause| Self::from(JsValue::from(cause)))
            }
            // What the browser threw at once, rather than tell later.
            idb::Error::UpdateFailed(cause)
            | idb::Error::DeleteFailed(cause)
            | idb::Error::GetFailed(cause)
            | idb::Error::GetAllFailed(cause)
            | idb::Error::IndexedDbOpenFailed(cause)
            | idb::Error::ObjectStoreNotFound(cause) => Self::from(cause),
            // Its words are a kilobyte of wasm that no one would read.
            _ => Self::Other("idb".to_owned()),
        }
    }
}

impl From<rexie::Error> for StoreFault {
    fn from(error: rexie::Error) -> Self {
        match error {
            rexie::Error::IdbError(error) => Self::from(error),
            _ => Self::Other("rexie".to_owned()),
        }
    }
}

impl From<JsValue> for StoreFault {
    fn from(error: JsValue) -> Self {
        let name = error.dyn_ref::<web_sys::DomException>().map(web_sys::DomException::name);
        match name {
            Some(name) if name == "QuotaExceededError" => Self::Full,
            Some(name) if name == "VersionError" => Self::Newer,
            Some(name) => Self::Other(name),
            None => Self::Other(format!("{error:?}")),
        }
    }
}

impl Store {
    /// Opens a person's store, making or migrating it first. `blocked` is called while a tab with an older build stands
    /// in the way.
    pub(crate) fn open(user: AccountId, blocked: fn()) -> Boxed<'static, Self> {
        Box::pin(Self::open_now(user, blocked))
    }

    async fn open_now(user: AccountId, blocked: fn()) -> Result<Self, StoreFault> {
        let name: Rc<str> = name_of(user).into();
        let leave = Leave::default();
        let connections = Connections::open(name.clone(), blocked, leave.clone()).await?;
        let tabs = BroadcastChannel::new(&name).ok();
        let connections = Rc::new(RefCell::new(connections));
        let (watcher, writes, made_anew) = (Rc::default(), Rc::default(), Rc::default());
        let store = Self { name, connections, watcher, writes, tabs, leave, made_anew };
        store.enrol().await?;
        Ok(store)
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        // The reader's connection gives way by itself to whoever needs the database.
        self.connections.borrow().writer.close();
        if let Some(tabs) = &self.tabs {
            tabs.close();
        }
    }

    /// Whether the database did not exist before this opening.
    pub(crate) fn was_made_anew(&self) -> bool {
        self.made_anew.get()
    }

    /// Calls `leave` when a newer build takes the database over; what it begins to write is still written.
    pub(crate) fn on_leave(&self, leave: impl Fn() + 'static) {
        *self.leave.borrow_mut() = Some(Box::new(leave));
    }

    /// Gives the phone its own name at the first opening. Where its own facts cannot be read it gets a new one, and goes
    /// on after the last operation that waits: nothing that waits is lost with them.
    async fn enrol(&self) -> Result<(), StoreFault> {
        let transaction = self.durable(&[schema::META, schema::OUTBOX]).await?;
        let meta = transaction.store(schema::META)?;
        let own = meta.get(JsValue::from_str(META_KEY))?.await?;
        if own.as_ref().and_then(read::<Meta>).is_none() {
            let keys = transaction.store(schema::OUTBOX)?.get_all_keys(None, None)?.await?;
            let last = keys.iter().filter_map(JsValue::as_f64).fold(0.0, f64::max);
            match own {
                Some(own) => drop(meta.put(&own, Some(&unreadable::META_ASIDE.into()))?),
                None => self.made_anew.set(true),
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "keys are whole and positive")]
            let fresh = Meta { next_seq: last as u64 + 1, ..Meta::new(DeviceId(Uuid::now_v7())) };
            meta.put(&text_row(&fresh)?, Some(&JsValue::from_str(META_KEY)))?;
        }
        transaction.finish().await
    }

    /// Tells `watcher` what each change writes.
    pub(crate) fn watch(&self, watcher: impl Fn(&Change) + 'static) {
        *self.watcher.borrow_mut() = Some(Box::new(watcher));
    }

    /// Calls `changed` when another tab of this person, or the worker, has written something; with whether it was an
    /// answer of the server.
    pub(crate) fn listen(&self, changed: impl Fn(bool) + 'static) {
        let Some(tabs) = &self.tabs else { return };
        EventListener::new(tabs, "message", move |event| {
            let told = event.dyn_ref::<web_sys::MessageEvent>();
            changed(told.is_some_and(|told| told.data().is_truthy()));
        })
        .forget();
    }

    /// How much was written in this tab so far.
    pub(crate) fn written(&self) -> u64 {
        self.writes.get()
    }

    fn tell_tabs(&self, is_answer: bool) {
        self.writes.set(self.writes.get() + 1);
        if let Some(tabs) = &self.tabs {
            let _ = tabs.post_message(&JsValue::from_bool(is_answer));
        }
    }

    /// Tells this tab and the others of a change that is on the disk.
    fn wrote(&self, change: &Change) {
        if change.is_empty() {
            return;
        }
        if let Some(watcher) = &*self.watcher.borrow() {
            watcher(change);
        }
        let pulled = change.meta.is_some() && change.put_rows.is_empty();
        self.tell_tabs(!change.receipts.is_empty() || pulled);
    }

    /// How many records wait to be sent or ask something of the person.
    pub(crate) async fn open_matters(&self) -> Result<usize, StoreFault> {
        let rows: Vec<OutboxRow> = read_all(self.all(schema::OUTBOX).await?);
        let rows = rows.iter().map(|row| row.record);
        // Between the two in the index stands what is pending, of which the outbox tells already.
        let range = KeyRange::bound(&"conflict".into(), &"rejected".into(), None, None)?;
        let transaction = self.reading(schema::ENTRIES).await?;
        let asking = transaction.store(schema::ENTRIES)?.index("state")?.get_all(Some(range), None).await?;
        let asking: Vec<Entry> = read_all(asking);
        let asks =
            |entry: &&Entry| matches!(entry.state, EntryState::Conflict | EntryState::Rejected) && !entry.deleted;
        let mut records: Vec<RecordId> = Vec::new();
        for id in rows.chain(asking.iter().filter(asks).map(|entry| entry.id)) {
            if !records.contains(&id) {
                records.push(id);
            }
        }
        Ok(records.len())
    }

    /// Every entry that the phone holds.
    pub(crate) async fn entries(&self) -> Result<Vec<Entry>, StoreFault> {
        Ok(read_all(self.all(schema::ENTRIES).await?))
    }

    /// What waits to be sent, and what the phone knows of itself.
    pub(crate) async fn standing(&self) -> Result<(Vec<OutboxRow>, Meta), StoreFault> {
        let rows = read_all(self.all(schema::OUTBOX).await?);
        let transaction = self.reading(schema::META).await?;
        let meta = transaction.store(schema::META)?.get(META_KEY.into()).await?;
        let meta = meta.as_ref().and_then(read).ok_or_else(|| StoreFault::Other("no meta".to_owned()))?;
        Ok((rows, meta))
    }

    /// Every row of a store.
    fn all<'a>(&'a self, store: &'a str) -> Boxed<'a, Vec<JsValue>> {
        Box::pin(async move {
            let transaction = self.reading(store).await?;
            Ok(transaction.store(store)?.get_all(None, None).await?)
        })
    }

    /// A read-write transaction whose completion means that the data are on disk.
    fn durable<'a>(&'a self, stores: &'a [&'a str]) -> Boxed<'a, Durable> {
        Box::pin(self.durable_now(stores))
    }

    async fn durable_now(&self, stores: &[&str]) -> Result<Durable, StoreFault> {
        let names: js_sys::Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let options = js_sys::Object::new();
        js_sys::Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let begin = |database: &web_sys::IdbDatabase| {
            let durable: &DurableDatabase = database.unchecked_ref();
            durable.transaction(&names, "readwrite", &options)
        };
        let first = begin(&self.connections.borrow().writer);
        let transaction = match first {
            Ok(transaction) => transaction,
            Err(_) => {
                self.reopen().await?;
                begin(&self.connections.borrow().writer)?
            }
        };
        Ok(Durable { raw: transaction.clone(), transaction: Some(Transaction::from(transaction)) })
    }

    /// A transaction that reads.
    fn reading<'a>(&'a self, store: &'a str) -> Boxed<'a, rexie::Transaction> {
        Box::pin(self.reading_now(store))
    }

    async fn reading_now(&self, store: &str) -> Result<rexie::Transaction, StoreFault> {
        let begin = |connections: &Connections| connections.reader.transaction(&[store], TransactionMode::ReadOnly);
        let first = begin(&self.connections.borrow());
        if let Ok(transaction) = first {
            return Ok(transaction);
        }
        self.reopen().await?;
        Ok(begin(&self.connections.borrow())?)
    }

    /// The browser closes connections behind our back (iOS in the background): both are opened again, once for whoever
    /// met a closed one.
    pub(crate) async fn reopen(&self) -> Result<(), StoreFault> {
        let fresh = Connections::open(self.name.clone(), || {}, self.leave.clone()).await?;
        let stale = self.connections.replace(fresh);
        // Another may have met it too and opened one in the meantime: none is left open that nobody uses.
        stale.writer.close();
        stale.reader.close();
        Ok(())
    }
}

impl Connections {
    fn open(name: Rc<str>, blocked: fn(), leave: Leave) -> Boxed<'static, Self> {
        Box::pin(Self::open_now(name, blocked, leave))
    }

    async fn open_now(name: Rc<str>, blocked: fn(), leave: Leave) -> Result<Self, StoreFault> {
        before::copy_outbox(&name, schema::VERSION).await?;
        let migrated = schema::migrate(&name, blocked).await?;
        let writer: web_sys::IdbDatabase = migrated.into();
        // Another tab with a newer build wants to upgrade: let it, once what is being typed here is on its way to disk.
        let closing = writer.clone();
        let on_version_change = wasm_bindgen::closure::Closure::once_into_js(move || {
            if let Some(leave) = &*leave.borrow() {
                leave();
            }
            // What the screens have just begun stands before this in the queue; closing waits for its transactions.
            wasm_bindgen_futures::spawn_local(async move { closing.close() });
        });
        writer.set_onversionchange(Some(on_version_change.unchecked_ref()));
        let reader = schema::open(&name).await?;
        Ok(Self { reader, writer })
    }
}

impl PhoneStore for Store {
    type Fault = StoreFault;

    async fn transact<T>(&self, touch: Touch, decide: impl FnOnce(&Snapshot) -> (Change, T)) -> Result<T, StoreFault> {
        let mut result = None;
        let decide = Box::new(|state: &Snapshot| {
            let (change, value) = decide(state);
            result = Some(value);
            change
        });
        self.run(touch, decide).await?;
        result.ok_or_else(|| StoreFault::Other("undecided".to_owned()))
    }
}

impl Store {
    /// The one body of every transaction: boxed, so that the wasm holds it once and not once for each caller.
    fn run<'a>(
        &'a self,
        touch: Touch,
        decide: Box<dyn FnOnce(&Snapshot) -> Change + 'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), StoreFault>> + 'a>> {
        Box::pin(self.run_once(touch, decide))
    }

    async fn run_once(
        &self,
        touch: Touch,
        decide: Box<dyn FnOnce(&Snapshot) -> Change + '_>,
    ) -> Result<(), StoreFault> {
        use schema::{DRAFTS, ENTRIES, META, OUTBOX, RECEIPTS};
        // Only IndexedDB's own futures are awaited from here to the end: anything else would commit it half-way.
        let transaction = self.durable(&[ENTRIES, OUTBOX, META, RECEIPTS, DRAFTS]).await?;
        let (entries, outbox, meta) =
            (transaction.store(ENTRIES)?, transaction.store(OUTBOX)?, transaction.store(META)?);
        let own = meta.get(JsValue::from_str(META_KEY))?.await?;
        let own = own.as_ref().and_then(read).ok_or_else(|| StoreFault::Other("no meta".to_owned()))?;
        let mut rows: Vec<OutboxRow> = Vec::new();
        let mut known = BTreeMap::new();
        if touch.outbox {
            rows = read_all(outbox.get_all(None, None)?.await?);
        }
        if touch.entries {
            let all: Vec<Entry> = read_all(entries.get_all(None, None)?.await?);
            known.extend(all.into_iter().map(|entry| (entry.id, entry)));
        }
        for id in &touch.records {
            let key = JsValue::from_str(&id.to_string());
            if let Some(entry) = entries.get(key.clone())?.await?.as_ref().and_then(read) {
                known.insert(*id, entry);
            }
            if !touch.outbox {
                let range = KeyRange::only(&key)?;
                rows.extend(read_all::<OutboxRow>(outbox.index("record")?.get_all(Some(range.into()), None)?.await?));
            }
        }
        let change = decide(&Snapshot { meta: own, entries: known, rows });
        for id in &change.remove_entries {
            entries.delete(JsValue::from_str(&id.to_string()))?;
        }
        for seq in &change.remove_rows {
            outbox.delete(key_of(*seq))?;
        }
        for entry in &change.put_entries {
            entries.put(&entry_row(entry)?, Some(&JsValue::from_str(&entry.id.to_string())))?;
        }
        for row in &change.put_rows {
            outbox.put(&outbox_row(row)?, Some(&key_of(row.seq)))?;
        }
        if !change.receipts.is_empty() {
            let receipts = transaction.store(RECEIPTS)?;
            for receipt in &change.receipts {
                receipts.put(&receipt_row(receipt)?, Some(&JsValue::from_str(&receipt.op.to_string())))?;
            }
        }
        if !change.remove_drafts.is_empty() {
            let drafts = transaction.store(DRAFTS)?;
            for id in &change.remove_drafts {
                drafts.delete(JsValue::from_str(&id.to_string()))?;
            }
        }
        if let Some(own) = &change.meta {
            meta.put(&text_row(own)?, Some(&JsValue::from_str(META_KEY)))?;
        }
        transaction.finish().await?;
        self.wrote(&change);
        Ok(())
    }
}

/// A transaction that writes, and can say why it failed. All of it or nothing: one that is not finished is taken back,
/// whether a step of it failed or nobody waits for it any more.
struct Durable {
    transaction: Option<Transaction>,
    raw: web_sys::IdbTransaction,
}

impl Drop for Durable {
    fn drop(&mut self) {
        if self.transaction.is_some() {
            let _ = self.raw.abort();
        }
    }
}

impl Durable {
    fn store(&self, name: &str) -> Result<idb::ObjectStore, idb::Error> {
        Ok(self.raw.object_store(name).map_err(idb::Error::ObjectStoreNotFound)?.into())
    }

    /// Waits until it is durable; whatever ends it otherwise is a failure.
    async fn finish(mut self) -> Result<(), StoreFault> {
        let Some(transaction) = self.transaction.take() else { return Ok(()) };
        match transaction.await? {
            TransactionResult::Committed => Ok(()),
            TransactionResult::Aborted => Err(match self.raw.error() {
                Some(error) => StoreFault::from(JsValue::from(error)),
                None => StoreFault::Other("aborted".to_owned()),
            }),
        }
    }
}

fn key_of(seq: u64) -> JsValue {
    #[expect(clippy::cast_precision_loss, reason = "a phone's counter stays far below 2^52")]
    JsValue::from_f64(seq as f64)
}
