//! The phone's durable store: one IndexedDB database a person, so that two people on one phone never meet (I13).
//!
//! Nobody outside this room names IndexedDB or a `JsValue`. Bodies are kept as JSON texts beside the few fields that
//! are indexed: what is hashed and sent is the text itself.

mod drafts;
mod row;
mod schema;
mod who;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    rc::Rc,
};

use app::{
    domain::ids::{AccountId, DeviceId},
    promeneur::port::Trouble,
    sync::{
        outbox::{Entry, Meta, OutboxRow},
        store::{Change, PhoneStore, Snapshot, Touch},
    },
};
use gloo_events::EventListener;
use idb::{KeyRange, Transaction, TransactionResult};
use rexie::{Rexie, TransactionMode};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::BroadcastChannel;

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
}

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
    /// Anything else, in the browser's words, for the console.
    Other(String),
}

impl StoreFault {
    /// What to tell the person.
    pub(crate) fn trouble(&self) -> Trouble {
        match self {
            Self::Full => Trouble::Full,
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
            Some(name) => Self::Other(name),
            None => Self::Other(format!("{error:?}")),
        }
    }
}

impl Store {
    /// Opens a person's store, making or migrating it first. `blocked` is called while a tab with an older build stands
    /// in the way.
    pub(crate) async fn open(user: AccountId, blocked: fn()) -> Result<Self, StoreFault> {
        let name: Rc<str> = format!("lanterne-{user}").into();
        let connections = Connections::open(&name, blocked).await?;
        let tabs = BroadcastChannel::new(&name).ok();
        let connections = Rc::new(RefCell::new(connections));
        let store = Self { name, connections, watcher: Rc::default(), writes: Rc::default(), tabs };
        store.enrol().await?;
        Ok(store)
    }

    /// Gives the phone its own name at the first opening.
    async fn enrol(&self) -> Result<(), StoreFault> {
        let transaction = self.durable(&[schema::META]).await?;
        let meta = transaction.store(schema::META)?;
        if meta.get(JsValue::from_str(META_KEY))?.await?.is_none() {
            let fresh = Meta::new(DeviceId(Uuid::now_v7()));
            meta.put(&text_row(&fresh)?, Some(&JsValue::from_str(META_KEY)))?;
        }
        transaction.finish().await
    }

    /// Tells `watcher` what each change writes.
    pub(crate) fn watch(&self, watcher: impl Fn(&Change) + 'static) {
        *self.watcher.borrow_mut() = Some(Box::new(watcher));
    }

    /// Calls `changed` when another tab of this person has written something.
    pub(crate) fn listen(&self, changed: impl Fn() + 'static) {
        let Some(tabs) = &self.tabs else { return };
        EventListener::new(tabs, "message", move |_| changed()).forget();
    }

    /// How much was written in this tab so far.
    pub(crate) fn written(&self) -> u64 {
        self.writes.get()
    }

    fn tell_tabs(&self) {
        self.writes.set(self.writes.get() + 1);
        if let Some(tabs) = &self.tabs {
            let _ = tabs.post_message(&JsValue::NULL);
        }
    }

    /// Every entry that the phone holds.
    pub(crate) async fn entries(&self) -> Result<Vec<Entry>, StoreFault> {
        let transaction = self.reading(&[schema::ENTRIES]).await?;
        Ok(read_all(transaction.store(schema::ENTRIES)?.get_all(None, None).await?))
    }

    /// What waits to be sent, and what the phone knows of itself.
    pub(crate) async fn standing(&self) -> Result<(Vec<OutboxRow>, Meta), StoreFault> {
        let transaction = self.reading(&[schema::OUTBOX, schema::META]).await?;
        let rows = read_all(transaction.store(schema::OUTBOX)?.get_all(None, None).await?);
        let meta = transaction.store(schema::META)?.get(META_KEY.into()).await?;
        let meta = meta.as_ref().and_then(read).ok_or_else(|| StoreFault::Other("no meta".to_owned()))?;
        Ok((rows, meta))
    }

    /// A read-write transaction whose completion means that the data are on disk.
    async fn durable(&self, stores: &[&str]) -> Result<Durable, StoreFault> {
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
        Ok(Durable { raw: transaction.clone(), transaction: Transaction::from(transaction) })
    }

    /// A transaction that reads.
    async fn reading(&self, stores: &[&str]) -> Result<rexie::Transaction, StoreFault> {
        let begin = |connections: &Connections| connections.reader.transaction(stores, TransactionMode::ReadOnly);
        let first = begin(&self.connections.borrow());
        if let Ok(transaction) = first {
            return Ok(transaction);
        }
        self.reopen().await?;
        Ok(begin(&self.connections.borrow())?)
    }

    /// The browser closes connections behind our back (iOS in the background): both are opened again, once for whoever
    /// met a closed one.
    async fn reopen(&self) -> Result<(), StoreFault> {
        let fresh = Connections::open(&self.name, || {}).await?;
        let stale = self.connections.replace(fresh);
        // Another may have met it too and opened one in the meantime: none is left open that nobody uses.
        stale.writer.close();
        stale.reader.close();
        Ok(())
    }
}

impl Connections {
    async fn open(name: &str, blocked: fn()) -> Result<Self, StoreFault> {
        let migrated = schema::migrate(name, blocked).await?;
        let writer: web_sys::IdbDatabase = migrated.into();
        // Another tab with a newer build wants to upgrade: let it.
        let closing = writer.clone();
        let on_version_change = wasm_bindgen::closure::Closure::once_into_js(move || closing.close());
        writer.set_onversionchange(Some(on_version_change.unchecked_ref()));
        let reader = schema::open(name).await?;
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
        if !change.is_empty() {
            if let Some(watcher) = &*self.watcher.borrow() {
                watcher(&change);
            }
            self.tell_tabs();
        }
        Ok(())
    }
}

/// A transaction that writes, and can say why it failed.
struct Durable {
    transaction: Transaction,
    raw: web_sys::IdbTransaction,
}

impl Durable {
    fn store(&self, name: &str) -> Result<idb::ObjectStore, idb::Error> {
        self.transaction.object_store(name)
    }

    /// Waits until it is durable; whatever ends it otherwise is a failure.
    async fn finish(self) -> Result<(), StoreFault> {
        match self.transaction.await? {
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
