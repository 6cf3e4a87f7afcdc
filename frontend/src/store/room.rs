//! Room on a full phone: what may be forgotten goes, so that what was typed can be kept. Nothing that waits, is in
//! conflict, was refused or is a draft is ever among it.

use app::{
    domain::ids::RecordId,
    promeneur::port::FormDraft,
    sync::{
        engine::Surroundings,
        outbox::{Entry, EntryState, OutboxRow},
        store::Change,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use wasm_bindgen::JsValue;

use super::{
    Store, StoreFault,
    row::{is_readable, read_all},
    schema::{DRAFTS, ENTRIES, OUTBOX, RECEIPTS},
};
use crate::{clock::Browser, scope};

/// How long a final answer is remembered, in days.
const RECEIPT_DAYS: i64 = 30;
/// How long at least a record stays that the server has, in days: a restored server is refilled from it.
const SYNCED_DAYS: i64 = 60;

/// The records that may be forgotten: acknowledged long ago, with nothing under way.
fn forgettable(entries: &[Entry], rows: &[OutboxRow], drafts: &[FormDraft], now: DateTime<Utc>) -> Vec<RecordId> {
    let is_busy = |id: RecordId| rows.iter().any(|row| row.record == id) || drafts.iter().any(|draft| draft.id == id);
    let limit = now - TimeDelta::days(SYNCED_DAYS);
    let old = |entry: &&Entry| {
        entry.state == EntryState::Synced && entry.theirs.is_none() && entry.sent_at.is_some_and(|at| at < limit)
    };
    entries.iter().filter(old).map(|entry| entry.id).filter(|id| !is_busy(*id)).collect()
}

impl Store {
    /// Forgets what may be forgotten: the files of older builds, old receipts, old records that the server has.
    pub(crate) async fn free_room(&self, build: &str) -> Result<(), StoreFault> {
        scope::drop_older_builds(build).await;
        let now = Browser.now().to_utc();
        let before = (now - TimeDelta::days(RECEIPT_DAYS)).to_rfc3339();
        let transaction = self.durable(&[ENTRIES, OUTBOX, RECEIPTS, DRAFTS]).await?;
        for key in transaction.get_all_keys_below(RECEIPTS, "at", &before)?.rows().await? {
            transaction.delete(RECEIPTS, &key)?;
        }
        let rows = self.opened(transaction.get_all(OUTBOX)?.rows().await?, Some(&transaction)).await?;
        let drafts = self.opened(transaction.get_all(DRAFTS)?.rows().await?, Some(&transaction)).await?;
        let mut forgotten = Vec::new();
        // A row that cannot be read may be about any record.
        if rows.iter().chain(&drafts).all(is_readable) {
            let held = transaction.get_all(ENTRIES)?.rows().await?;
            let held: Vec<Entry> = read_all(self.opened(held, Some(&transaction)).await?);
            forgotten = forgettable(&held, &read_all(rows), &read_all(drafts), now);
            for id in &forgotten {
                transaction.delete(ENTRIES, &JsValue::from_str(&id.to_string()))?;
            }
        }
        transaction.finish().await?;
        self.wrote(&Change { remove_entries: forgotten, ..Change::default() });
        Ok(())
    }
}
