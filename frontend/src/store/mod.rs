//! The phone's durable store: one IndexedDB database a person, so that two people on one phone never meet (I13).
//!
//! Nobody outside this room names IndexedDB or a `JsValue`. Bodies are kept as JSON texts beside the few fields that
//! are indexed: what is hashed and sent is the text itself.

mod ahead;
mod before;
mod connections;
mod drafts;
mod durable;
mod emptied;
mod lease;
mod lock;
mod opening;
mod room;
mod row;
mod schema;
mod unreadable;
mod who;

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    pin::Pin,
    rc::Rc,
};

use app::{
    domain::ids::{AccountId, RecordId},
    promeneur::port::Trouble,
    sync::{
        outbox::{Entry, EntryState, Meta, OutboxRow},
        store::{Change, PhoneStore, Snapshot, Touch},
    },
};
use gloo_events::EventListener;
use idb::KeyRange;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::BroadcastChannel;

use crate::{lock as guard, scope::name_of};
use ahead::Notebook;
use connections::Connections;
use durable::all_rows;
use lock::{Cipher, Way, turned};
use row::{entry_row, outbox_row, read, read_all, receipt_row, text_row};

pub(crate) use lock::{Lock, Unlock, fresh_kept, made_lock};
pub(crate) use opening::Opening;
pub(crate) use who::{keep_standing, known, remember_current, sign_out_here, sign_out_is_known, standing};

const META_KEY: &str = "sync";
/// What other tabs are told when a lock is put on or taken off.
const OF_LOCK: &str = "lock";

/// A person's store.
#[derive(Clone)]
pub(crate) struct Store {
    name: Rc<str>,
    connections: Rc<RefCell<Connections>>,
    /// Told what each change wrote, once it is durable.
    watcher: Rc<RefCell<Option<Watcher>>>,
    /// Counts what was written in this tab.
    writes: Rc<Cell<u64>>,
    /// Counts what may have removed entries, here or in another tab.
    removals: Rc<Cell<u64>>,
    /// Tells the other tabs of this person that something was written.
    tabs: Option<BroadcastChannel>,
    /// Told when a newer build takes the database over.
    leave: Leave,
    /// The database did not exist before this opening.
    made_anew: Rc<Cell<bool>>,
    /// The key of the lock that was opened here; none where there is none, or it is closed.
    cipher: Rc<RefCell<Option<Cipher>>>,
    /// What was opened and read before this program was there, until somebody listens to the other tabs.
    ahead: Rc<RefCell<Option<Notebook>>>,
}

/// A future that the wasm holds once, and not once for each of those who wait for it.
type Boxed<'a, T, F = StoreFault> = Pin<Box<dyn Future<Output = Result<T, F>> + 'a>>;

type Leave = Rc<RefCell<Option<Box<dyn Fn()>>>>;

type Watcher = Box<dyn Fn(&Change)>;

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
        let ahead = ahead::notebook(&name).await;
        let connections = match &ahead {
            Some(ahead) => Connections::over(ahead.database(), leave.clone()),
            None => Connections::open(&name, blocked, leave.clone()).await?,
        };
        let tabs = ahead.as_ref().map(Notebook::tabs).or_else(|| BroadcastChannel::new(&name).ok());
        let ahead = Rc::new(RefCell::new(ahead));
        let connections = Rc::new(RefCell::new(connections));
        let (watcher, writes, removals, made_anew) = (Rc::default(), Rc::default(), Rc::default(), Rc::default());
        let cipher = Rc::default();
        Ok(Self { name, connections, watcher, writes, removals, tabs, leave, made_anew, cipher, ahead })
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        self.connections.borrow_mut().close();
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

    /// Tells `watcher` what each change writes.
    pub(crate) fn watch(&self, watcher: impl Fn(&Change) + 'static) {
        *self.watcher.borrow_mut() = Some(Box::new(watcher));
    }

    /// Calls `changed` when another tab of this person, or the worker, has written something; with whether it was an
    /// answer of the server.
    pub(crate) fn listen(&self, changed: impl Fn(bool) + 'static) {
        let Some(tabs) = &self.tabs else { return };
        let store = self.clone();
        let hear = move |told: JsValue| {
            store.removals.update(|count| count + 1);
            if told.as_string().as_deref() == Some(OF_LOCK) {
                // What this tab holds is of a lock that is no more, or of none.
                guard::begin_anew(&store);
            } else {
                changed(told.is_truthy());
            }
        };
        // What was told since the last look at the disk.
        tabs.set_onmessage(None);
        for told in self.ahead.take().iter().flat_map(|ahead| ahead.words().to_vec()) {
            hear(told);
        }
        EventListener::new(tabs, "message", move |event| {
            hear(event.dyn_ref::<web_sys::MessageEvent>().map(web_sys::MessageEvent::data).unwrap_or_default());
        })
        .forget();
    }

    /// Forgets what is no longer needed; nobody waits for it.
    pub(crate) fn tidy(&self) -> Boxed<'_, ()> {
        Box::pin(async move {
            before::forget_old_copies(&self.name).await;
            Ok(())
        })
    }

    /// How much was written in this tab so far.
    pub(crate) fn written(&self) -> u64 {
        self.writes.get()
    }

    /// How often entries may have been removed so far, here or in another tab.
    pub(crate) fn forgotten(&self) -> u64 {
        self.removals.get()
    }

    fn tell_tabs(&self, is_answer: bool) {
        self.tell(&JsValue::from_bool(is_answer));
    }

    fn tell_tabs_of_lock(&self) {
        self.tell(&OF_LOCK.into());
    }

    fn tell(&self, word: &JsValue) {
        self.writes.update(|count| count + 1);
        if let Some(tabs) = &self.tabs {
            let _ = tabs.post_message(word);
        }
    }

    /// Tells this tab and the others of a change that is on the disk.
    fn wrote(&self, change: &Change) {
        if change.is_empty() {
            return;
        }
        if !change.remove_entries.is_empty() {
            self.removals.update(|count| count + 1);
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
        let asking: Vec<Entry> = read_all(self.opened(asking, None).await?);
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
    pub(crate) fn standing(&self) -> Boxed<'_, (Vec<OutboxRow>, Meta)> {
        Box::pin(self.standing_now())
    }

    async fn standing_now(&self) -> Result<(Vec<OutboxRow>, Meta), StoreFault> {
        let transaction = self.looking(&[schema::OUTBOX, schema::META]).await?;
        let (rows, own) = (transaction.get_all(schema::OUTBOX)?, transaction.get(schema::META, META_KEY)?);
        let (rows, own) = (rows.rows().await?, own.told().await?);
        let meta = read(&own).ok_or_else(|| StoreFault::Other("no meta".to_owned()))?;
        Ok((read_all(self.opened(rows, None).await?), meta))
    }

    /// How many operations wait to be sent; which is known of a notebook that is locked, too.
    pub(crate) async fn waiting(&self) -> Result<usize, StoreFault> {
        Ok(self.looking(&[schema::OUTBOX]).await?.get_all_keys(schema::OUTBOX)?.rows().await?.len())
    }

    /// Every row of a store.
    fn all<'a>(&'a self, store: &'a str) -> Boxed<'a, Vec<JsValue>> {
        Box::pin(async move {
            let rows = self.looking(&[store]).await?.get_all(store)?.rows().await?;
            self.opened(rows, None).await
        })
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
        let transaction = self.durable(&[ENTRIES, OUTBOX, META, RECEIPTS, DRAFTS]).await?;
        let (own, lock) = (transaction.get(META, META_KEY)?, Self::ask_lock(&transaction)?);
        let (mut asked_rows, mut asked_entries) = (Vec::new(), Vec::new());
        if touch.outbox {
            asked_rows.push(transaction.get_all(OUTBOX)?);
        }
        if touch.entries {
            asked_entries.push(transaction.get_all(ENTRIES)?);
        }
        for id in &touch.records {
            let key = id.to_string().into();
            if !touch.outbox {
                asked_rows.push(transaction.get_all_of(OUTBOX, "record", &key)?);
            }
            asked_entries.push(transaction.get_all_at(ENTRIES, &key)?);
        }
        let own = read(&own.told().await?).ok_or_else(|| StoreFault::Other("no meta".to_owned()))?;
        let cipher = self.cipher();
        Self::under(lock, cipher.as_ref()).await?;
        let (rows, entries) = (all_rows(asked_rows).await?, all_rows(asked_entries).await?);
        let rows = Rc::new(read_all(self.opened(rows, Some(&transaction)).await?));
        let entries: Vec<Entry> = read_all(self.opened(entries, Some(&transaction)).await?);
        let entries = entries.into_iter().collect();
        let change = decide(&Snapshot { meta: own, entries, rows });
        let key = |id: &dyn Display| JsValue::from_str(&id.to_string());
        for id in &change.remove_entries {
            transaction.delete(ENTRIES, &key(id))?;
        }
        for seq in &change.remove_rows {
            transaction.delete(OUTBOX, &key_of(*seq))?;
        }
        let (mut keys, mut rows) = (Vec::new(), Vec::new());
        for entry in &change.put_entries {
            keys.push((ENTRIES, key(&entry.id)));
            rows.push(entry_row(entry)?);
        }
        for row in &change.put_rows {
            keys.push((OUTBOX, key_of(row.seq)));
            rows.push(outbox_row(row)?);
        }
        let rows = turned(cipher.as_ref(), rows, Way::Close, Some(&transaction)).await?;
        for ((store, key), row) in keys.iter().zip(&rows) {
            transaction.put(store, key, row)?;
        }
        for receipt in &change.receipts {
            transaction.put(RECEIPTS, &key(&receipt.op), &receipt_row(receipt)?)?;
        }
        for id in &change.remove_drafts {
            transaction.delete(DRAFTS, &key(id))?;
        }
        if let Some(own) = &change.meta {
            transaction.put(META, &META_KEY.into(), &text_row(own)?)?;
        }
        transaction.finish().await?;
        self.wrote(&change);
        Ok(())
    }
}

fn key_of(seq: u64) -> JsValue {
    #[expect(clippy::cast_precision_loss, reason = "a phone's counter stays far below 2^52")]
    JsValue::from_f64(seq as f64)
}
