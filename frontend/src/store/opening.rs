//! What a start reads: in one go, and at first only as much as the screens of this evening need.

use app::{
    domain::{ids::DeviceId, presence::FORGOTTEN_AFTER_H, time::evening_of},
    promeneur::{line::Line, port::FormDraft},
    sync::outbox::{Entry, Meta, OutboxRow},
};
use chrono::{DateTime, TimeDelta, Utc};
use js_sys::Array;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{
    Lock, META_KEY, Store, StoreFault,
    ahead::read_notebook,
    drafts::by_time,
    lease,
    row::{read, read_all, text_row},
    schema::{ENTRIES, META, OUTBOX},
    unreadable::META_ASIDE,
};
use crate::clock::Browser;

/// What a notebook opens with.
pub(crate) struct Opening {
    /// The newest entries, or all.
    pub(crate) entries: Vec<Entry>,
    /// The key up to which the others are; none where that is all.
    pub(crate) older: Option<JsValue>,
    /// What waits to be sent.
    pub(crate) rows: Vec<OutboxRow>,
    /// What the phone knows of itself.
    pub(crate) meta: Meta,
    /// What was typed and not saved.
    pub(crate) drafts: Vec<FormDraft>,
    /// Whether there is a row among these that cannot be read, or was one.
    pub(crate) unreadable: bool,
    /// Where the server was not heard of for too long: the moment that it is at the earliest.
    pub(crate) waits: Option<DateTime<Utc>>,
}

/// Entries that were read and not yet understood, which takes a slow phone longer.
pub(crate) struct Older(Store, std::vec::IntoIter<JsValue>);

/// How many entries a slow phone understands between two frames.
const AT_ONCE: usize = 40;

impl Older {
    /// The next few; `unreadable` is set where one of them cannot be understood.
    pub(crate) async fn next(&mut self, unreadable: &mut bool) -> Option<Vec<Entry>> {
        let rows: Vec<JsValue> = self.1.by_ref().take(AT_ONCE).collect();
        if rows.is_empty() {
            return None;
        }
        let opened = self.0.opened(rows, None).await;
        *unreadable |= opened.is_err();
        Some(read_these(opened.unwrap_or_default(), unreadable))
    }
}

impl Store {
    /// What a notebook opens with: the newest entries, or `all` of them, which a draft of an open form asks for too; or the
    /// lock that is to be opened first.
    pub(crate) async fn opening(&self, all: bool, now: DateTime<Utc>) -> Result<Result<Opening, Lock>, StoreFault> {
        loop {
            if let Some(opening) = self.look(all, now).await? {
                return Ok(opening);
            }
            self.enrol().await?;
        }
    }

    /// None where the phone has no name of its own yet.
    async fn look(&self, all: bool, now: DateTime<Utc>) -> Result<Option<Result<Opening, Lock>>, StoreFault> {
        let told = self.told().await?;
        // Before anything of it is read. Another tab may have put on another lock, or taken this one off, since it was opened.
        if let Some(lock) = self.still_closed(told.get(0)) {
            return Ok(Some(Err(lock)));
        }
        let Some(meta) = read(&told.get(2)) else { return Ok(None) };
        let waits = lease::read(&told.get(1)).and_then(|lease| lease.over_at(now));
        let mut unreadable = !told.get(3).is_undefined();
        let [rows, drafts, newest] = [4, 5, 6].map(|at| Array::from(&told.get(at)));
        let rows = read_these(self.opened(rows.to_vec(), None).await?, &mut unreadable);
        let mut drafts: Vec<FormDraft> = read_these(self.opened(drafts.to_vec(), None).await?, &mut unreadable);
        by_time(&mut drafts);
        let mut entries = read_these(self.opened(newest.to_vec(), None).await?, &mut unreadable);
        let mut older = Some(told.get(7)).filter(|key| !key.is_undefined());
        // An evening of so many entries that the presence in which they were noted may be an older one.
        let since = evening_of(Browser.local(now - TimeDelta::hours(FORGOTTEN_AFTER_H)));
        let is_full = entries.first().is_some_and(|entry: &Entry| Line::of(entry.clone()).day() >= since);
        if (all || is_full || drafts.iter().any(|draft| draft.open))
            && let Some(key) = older.take()
        {
            let mut rows = self.older(&key).await?;
            let mut first = Vec::new();
            while let Some(more) = rows.next(&mut unreadable).await {
                first.extend(more);
            }
            first.append(&mut entries);
            entries = first;
        }
        Ok(Some(Ok(Opening { entries, older, rows, meta, drafts, unreadable, waits })))
    }

    /// What `readNotebook` gives (frontend/boot/notebook.js): read ahead, the first time; or now.
    async fn told(&self) -> Result<Array, StoreFault> {
        if let Some(ahead) = self.ahead.borrow().as_ref()
            && let Some(rows) = ahead.take_rows()
        {
            return Ok(rows);
        }
        let ask = || read_notebook(&self.connections.borrow().writer());
        let first = match ask() {
            Ok(asked) => JsFuture::from(asked).await,
            Err(cause) => Err(cause),
        };
        if let Ok(told) = first {
            return Ok(told.unchecked_into());
        }
        // The browser has closed the connection.
        self.reopen().await?;
        Ok(JsFuture::from(ask()?).await?.unchecked_into())
    }

    /// The entries up to a key.
    pub(crate) async fn older(&self, key: &JsValue) -> Result<Older, StoreFault> {
        let transaction = self.looking(&[ENTRIES]).await?;
        Ok(Older(self.clone(), transaction.get_all_up_to(ENTRIES, key)?.rows().await?.into_iter()))
    }

    /// Gives the phone its own name at the first opening. Where its own facts cannot be read it gets a new one, and goes
    /// on after the last operation that waits: nothing that waits is lost with them.
    pub(crate) async fn enrol(&self) -> Result<(), StoreFault> {
        let transaction = self.durable(&[META, OUTBOX]).await?;
        let own = transaction.get(META, META_KEY)?.told().await?;
        if read::<Meta>(&own).is_none() {
            let keys = transaction.get_all_keys(OUTBOX)?.rows().await?;
            let last = keys.iter().filter_map(JsValue::as_f64).fold(0.0, f64::max);
            if own.is_undefined() {
                self.made_anew.set(true);
            } else {
                transaction.put(META, &META_ASIDE.into(), &own)?;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "keys are whole and positive")]
            let fresh = Meta { next_seq: last as u64 + 1, ..Meta::new(DeviceId(Uuid::now_v7())) };
            transaction.put(META, &META_KEY.into(), &text_row(&fresh)?)?;
        }
        transaction.finish().await
    }
}

/// The values of rows; `unreadable` is set where one of them has none.
fn read_these<T: DeserializeOwned>(rows: Vec<JsValue>, unreadable: &mut bool) -> Vec<T> {
    let count = rows.len();
    let values = read_all(rows);
    *unreadable |= values.len() < count;
    values
}
