//! Rows as IndexedDB keeps them: the JSON text of the value, and beside it the fields that are indexed.

use app::{
    domain::{json, record::Body},
    promeneur::port::FormDraft,
    sync::{
        outbox::{Entry, EntryState, OutboxRow},
        store::Receipt,
    },
};
use js_sys::{Object, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

use super::StoreFault;

const TEXT: &str = "json";

/// A row without indexed fields.
pub(super) fn text_row<T: Serialize>(value: &T) -> Result<JsValue, StoreFault> {
    row(value, &[])
}

pub(super) fn entry_row(entry: &Entry) -> Result<JsValue, StoreFault> {
    let day = Body::from_json(&entry.body).ok().and_then(|body| body.draft.day());
    let state = match entry.state {
        EntryState::Pending => "pending",
        EntryState::Synced => "synced",
        EntryState::Conflict => "conflict",
        EntryState::Rejected => "rejected",
    };
    row(entry, &[("day", day.map(|day| day.to_string())), ("state", Some(state.to_owned()))])
}

pub(super) fn outbox_row(outbox: &OutboxRow) -> Result<JsValue, StoreFault> {
    let next = outbox.next_try_at.map(|at| at.to_rfc3339());
    row(outbox, &[("record", Some(outbox.record.to_string())), ("next_try_at", next)])
}

pub(super) fn receipt_row(receipt: &Receipt) -> Result<JsValue, StoreFault> {
    row(receipt, &[("at", Some(receipt.at.to_rfc3339()))])
}

pub(super) fn draft_row(draft: &FormDraft) -> Result<JsValue, StoreFault> {
    row(draft, &[("touched_at", Some(draft.touched_at.to_string()))])
}

fn row<T: Serialize>(value: &T, indexed: &[(&str, Option<String>)]) -> Result<JsValue, StoreFault> {
    row_of(serde_json::to_string(value).map_err(|_| StoreFault::Other("JSON".to_owned()))?, indexed)
}

fn row_of(text: String, indexed: &[(&str, Option<String>)]) -> Result<JsValue, StoreFault> {
    let object = Object::new();
    Reflect::set(&object, &TEXT.into(), &text.into())?;
    for (name, text) in indexed {
        if let Some(text) = text {
            Reflect::set(&object, &(*name).into(), &text.into())?;
        }
    }
    Ok(object.into())
}

/// Whether a row is JSON at all.
pub(super) fn is_readable(row: &JsValue) -> bool {
    text(row).is_some_and(|text| json::object(&text).is_ok())
}

fn text(row: &JsValue) -> Option<String> {
    Reflect::get(row, &TEXT.into()).ok()?.as_string()
}

/// The text of a row whatever it is, for a person or a later release to read.
pub(super) fn text_of(row: &JsValue) -> String {
    let whole = || js_sys::JSON::stringify(row).ok().and_then(|text| text.as_string()).unwrap_or_default();
    text(row).unwrap_or_else(whole)
}

/// The value of a row; none when it cannot be read, which must not hide the others.
pub(super) fn read<T: DeserializeOwned>(row: &JsValue) -> Option<T> {
    json::read(&text(row)?).ok()
}

#[inline(never)]
pub(super) fn read_all<T: DeserializeOwned>(rows: Vec<JsValue>) -> Vec<T> {
    rows.iter().filter_map(read).collect()
}
