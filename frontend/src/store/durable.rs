//! A transaction that, where it writes, is durable when it is complete. idb asks for no durability and neither does
//! rexie, so this speaks with IndexedDB itself. A question is asked at once and its answer waited for later: several are
//! under way together, as each answer waits for its turn behind what the page has to draw.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction};

use super::{Boxed, StoreFault};

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase`, with the one thing that web-sys cannot ask for.
    type DurableDatabase;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &DurableDatabase,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

/// All of it or nothing: one that nobody finishes is taken back, whether a step of it failed or it only read. Nothing but
/// its own answers may be awaited before its end: it would be complete half-way.
pub(super) struct Durable {
    transaction: IdbTransaction,
    /// One of its stores.
    name: String,
    end: Option<JsFuture>,
}

impl Drop for Durable {
    fn drop(&mut self) {
        if self.end.is_some() {
            let _ = self.transaction.abort();
        }
    }
}

/// How a transaction begins: [`Durable::begin`] or [`Durable::look`].
pub(super) type Begin = fn(&IdbDatabase, &[&str]) -> Result<Durable, JsValue>;

impl Durable {
    /// Begins one over some of a database's stores.
    pub(super) fn begin(database: &IdbDatabase, stores: &[&str]) -> Result<Self, JsValue> {
        Self::of(database, stores, "readwrite")
    }

    /// Begins one that only reads, so that it waits for no other that does.
    pub(super) fn look(database: &IdbDatabase, stores: &[&str]) -> Result<Self, JsValue> {
        Self::of(database, stores, "readonly")
    }

    fn of(database: &IdbDatabase, stores: &[&str], mode: &str) -> Result<Self, JsValue> {
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let database: &DurableDatabase = database.unchecked_ref();
        let transaction = database.transaction(&names, mode, &options)?;
        let end = Promise::new(&mut |complete, abort| {
            transaction.set_oncomplete(Some(&complete));
            transaction.set_onabort(Some(&abort));
        });
        let name = stores.first().copied().unwrap_or_default().to_owned();
        Ok(Self { transaction, name, end: Some(end.into()) })
    }

    fn store(&self, name: &str) -> Result<IdbObjectStore, StoreFault> {
        Ok(self.transaction.object_store(name)?)
    }

    /// Asks for a row.
    pub(super) fn get(&self, store: &str, key: &str) -> Result<Asked, StoreFault> {
        Ok(Asked::of(self.store(store)?.get(&key.into())?))
    }

    /// Asks for every row of a store.
    pub(super) fn get_all(&self, store: &str) -> Result<Asked, StoreFault> {
        Ok(Asked::of(self.store(store)?.get_all()?))
    }

    /// Asks for the row under `key`, where there is one.
    pub(super) fn get_all_at(&self, store: &str, key: &JsValue) -> Result<Asked, StoreFault> {
        Ok(Asked::of(self.store(store)?.get_all_with_key(key)?))
    }

    /// Asks for the rows of which an index holds `key`.
    pub(super) fn get_all_of(&self, store: &str, index: &str, key: &JsValue) -> Result<Asked, StoreFault> {
        Ok(Asked::of(self.store(store)?.index(index)?.get_all_with_key(key)?))
    }

    /// Asks for every key of a store.
    pub(super) fn get_all_keys(&self, store: &str) -> Result<Asked, StoreFault> {
        Ok(Asked::of(self.store(store)?.get_all_keys()?))
    }

    /// Asks for the rows up to `key`, in the order of keys.
    pub(super) fn get_all_up_to(&self, store: &str, key: &JsValue) -> Result<Asked, StoreFault> {
        let before = IdbKeyRange::upper_bound(key)?;
        Ok(Asked::of(self.store(store)?.get_all_with_key(&before)?))
    }

    /// Asks for the keys of the rows of which an index holds less than `bound`.
    pub(super) fn get_all_keys_below(&self, store: &str, index: &str, bound: &str) -> Result<Asked, StoreFault> {
        let below = IdbKeyRange::upper_bound_with_open(&bound.into(), true)?;
        Ok(Asked::of(self.store(store)?.index(index)?.get_all_keys_with_key(&below)?))
    }

    /// Writes a row.
    pub(super) fn put(&self, store: &str, key: &JsValue, row: &JsValue) -> Result<(), StoreFault> {
        self.store(store)?.put_with_key(row, key)?;
        Ok(())
    }

    /// Removes a row.
    pub(super) fn delete(&self, store: &str, key: &JsValue) -> Result<(), StoreFault> {
        self.store(store)?.delete(key)?;
        Ok(())
    }

    /// Removes every row of a store.
    pub(super) fn clear(&self, store: &str) -> Result<(), StoreFault> {
        self.store(store)?.clear()?;
        Ok(())
    }

    /// Waits for work that is none of its own answers, and stays open: questions of no interest follow each other until
    /// the work is done. What it comes to is told within the last of their answers, so that one may go on asking.
    pub(super) fn hold<'a>(&'a self, mut work: Boxed<'a, Vec<JsValue>>) -> Boxed<'a, Vec<JsValue>> {
        Box::pin(async move {
            let mut done = None;
            loop {
                let mut beat = Asked::of(self.store(&self.name)?.get(&"".into())?).told;
                let _ = poll_fn(|context| {
                    if done.is_none()
                        && let Poll::Ready(value) = work.as_mut().poll(context)
                    {
                        done = Some(value);
                    }
                    Pin::new(&mut beat).poll(context)
                })
                .await;
                if let Some(done) = done {
                    return done;
                }
            }
        })
    }

    /// Waits until it is durable; whatever ends it otherwise is a failure.
    pub(super) async fn finish(mut self) -> Result<(), StoreFault> {
        let Some(end) = self.end.take() else { return Ok(()) };
        match end.await {
            Ok(_) => Ok(()),
            Err(_) => Err(match self.transaction.error() {
                Some(error) => JsValue::from(error).into(),
                None => StoreFault::Other("aborted".to_owned()),
            }),
        }
    }
}

/// A question that is under way.
pub(super) struct Asked {
    request: IdbRequest,
    told: JsFuture,
}

impl Asked {
    fn of(request: IdbRequest) -> Self {
        let told = Promise::new(&mut |success, error| {
            request.set_onsuccess(Some(&success));
            request.set_onerror(Some(&error));
        });
        Self { request, told: told.into() }
    }

    /// Its answer.
    pub(super) async fn told(self) -> Result<JsValue, StoreFault> {
        match self.told.await {
            Ok(_) => Ok(self.request.result()?),
            Err(_) => Err(match self.request.error()? {
                Some(error) => JsValue::from(error).into(),
                None => StoreFault::Other("request".to_owned()),
            }),
        }
    }

    /// Its answer, row by row.
    pub(super) async fn rows(self) -> Result<Vec<JsValue>, StoreFault> {
        Ok(Array::from(&self.told().await?).to_vec())
    }
}

/// The answers to several questions, row by row.
pub(super) fn all_rows(asked: Vec<Asked>) -> Boxed<'static, Vec<JsValue>> {
    Box::pin(async move {
        let mut rows = Vec::new();
        for asked in asked {
            rows.extend(asked.rows().await?);
        }
        Ok(rows)
    })
}
