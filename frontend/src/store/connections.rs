//! The connections of a store. Writes, and reads of whole stores, go through one of our own, which can ask for strict
//! durability; what asks for a part of an index goes through rexie, opened when it is first asked, since a start must not
//! wait for it.

use rexie::{Rexie, TransactionMode};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::IdbDatabase;

use super::{
    Boxed, Leave, Store, StoreFault, before,
    durable::{Begin, Durable},
    schema,
};

/// Both connections of a store.
pub(super) struct Connections {
    writer: IdbDatabase,
    reader: Option<Rexie>,
}

impl Connections {
    /// Opens the one that writes, making or migrating the database first.
    pub(super) fn open(name: &str, blocked: fn(), leave: Leave) -> Boxed<'_, Self> {
        Box::pin(async move {
            before::copy_outbox(name, schema::VERSION).await?;
            Ok(Self::over(schema::migrate(name, blocked).await?.into(), leave))
        })
    }

    /// Over one that writes and is open already.
    pub(super) fn over(writer: IdbDatabase, leave: Leave) -> Self {
        // Another tab with a newer build wants to upgrade: let it, once what is being typed here is on its way to disk.
        let closing = writer.clone();
        let on_version_change = Closure::once_into_js(move || {
            if let Some(leave) = &*leave.borrow() {
                leave();
            }
            // What the screens have just begun stands before this in the queue; closing waits for its transactions.
            wasm_bindgen_futures::spawn_local(async move { closing.close() });
        });
        writer.set_onversionchange(Some(on_version_change.unchecked_ref()));
        Self { writer, reader: None }
    }

    /// The one that writes.
    pub(super) fn writer(&self) -> IdbDatabase {
        self.writer.clone()
    }

    /// Lets go of the database, once what has begun ends.
    pub(super) fn close(&mut self) {
        self.writer.close();
        if let Some(reader) = self.reader.take() {
            reader.close();
        }
    }

    fn read(&self, store: &str) -> Option<rexie::Transaction> {
        self.reader.as_ref()?.transaction(&[store], TransactionMode::ReadOnly).ok()
    }
}

impl Store {
    /// A read-write transaction whose completion means that the data are on disk.
    pub(super) fn durable<'a>(&'a self, stores: &'a [&'a str]) -> Boxed<'a, Durable> {
        Box::pin(self.begin(Durable::begin, stores))
    }

    /// A transaction that reads several stores as they were at one moment.
    pub(super) fn looking<'a>(&'a self, stores: &'a [&'a str]) -> Boxed<'a, Durable> {
        Box::pin(self.begin(Durable::look, stores))
    }

    async fn begin(&self, begin: Begin, stores: &[&str]) -> Result<Durable, StoreFault> {
        let first = begin(&self.connections.borrow().writer, stores);
        if let Ok(transaction) = first {
            return Ok(transaction);
        }
        self.reopen().await?;
        Ok(begin(&self.connections.borrow().writer, stores)?)
    }

    /// A transaction that reads.
    pub(super) fn reading<'a>(&'a self, store: &'a str) -> Boxed<'a, rexie::Transaction> {
        Box::pin(self.reading_now(store))
    }

    async fn reading_now(&self, store: &str) -> Result<rexie::Transaction, StoreFault> {
        let first = self.connections.borrow().read(store);
        if let Some(transaction) = first {
            return Ok(transaction);
        }
        // There is none yet, or the browser has closed it.
        let fresh = schema::open(&self.name).await?;
        let transaction = fresh.transaction(&[store], TransactionMode::ReadOnly)?;
        let stale = self.connections.borrow_mut().reader.replace(fresh);
        // Another may have opened one in the meantime: none is left open that nobody uses.
        if let Some(stale) = stale {
            stale.close();
        }
        Ok(transaction)
    }

    /// The browser closes connections behind our back (iOS in the background): they are opened again, once for whoever
    /// met a closed one.
    pub(crate) async fn reopen(&self) -> Result<(), StoreFault> {
        let fresh = Connections::open(&self.name, || {}, self.leave.clone()).await?;
        self.connections.replace(fresh).close();
        Ok(())
    }
}
