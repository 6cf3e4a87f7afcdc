//! JSON of records, read through one generic value: a phone then holds one reader for everything, instead of one for
//! every type and every way of nesting it.

mod reader;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use reader::Malformed;
use reader::Reader;

/// A value from its text. Never inlined: each type then has one reader, whoever reads it.
#[inline(never)]
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Malformed> {
    T::deserialize(Reader(value(text)?))
}

#[inline(never)]
fn value(text: &str) -> Result<Value, Malformed> {
    serde_json::from_str(text).map_err(|_| Malformed)
}

/// The text of an object. By the one writer that everything else is written by: the `Display` of a value has another one, which
/// a phone would hold for nothing else.
pub fn text(object: Map<String, Value>) -> String {
    // Strings as keys, and no writer that fails: there is nothing that could not be written.
    serde_json::to_string(&Value::Object(object)).unwrap_or_default()
}

/// An object from its text.
pub fn object(text: &str) -> Result<Map<String, Value>, Malformed> {
    match value(text)? {
        Value::Object(object) => Ok(object),
        _ => Err(Malformed),
    }
}
