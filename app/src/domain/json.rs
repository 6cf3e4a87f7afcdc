//! JSON of records, read through one generic value: a phone then holds one reader for everything, instead of one for
//! every type and every way of nesting it.

mod reader;

use serde::{
    Deserializer, Serialize,
    de::{DeserializeOwned, Visitor},
    forward_to_deserialize_any,
};
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

/// An object from its text.
pub fn object(text: &str) -> Result<Map<String, Value>, Malformed> {
    match value(text)? {
        Value::Object(object) => Ok(object),
        _ => Err(Malformed),
    }
}

/// A value from an object, and the fields of the object that the type does not know.
pub fn read_known<T: DeserializeOwned>(object: Map<String, Value>) -> Result<(T, Map<String, Value>), Malformed> {
    let mut names = FieldNames(&[]);
    // It only asks for the names, and always fails.
    let _ = T::deserialize(&mut names);
    let (known, extra) = split(object, names.0);
    T::deserialize(Reader(Value::Object(known))).map(|value| (value, extra))
}

/// The fields of an object that have one of these names, and the others.
#[inline(never)]
fn split(object: Map<String, Value>, names: &[&str]) -> (Map<String, Value>, Map<String, Value>) {
    let (mut known, mut extra) = (Map::new(), Map::new());
    for (key, value) in object {
        let side = if names.contains(&key.as_str()) { &mut known } else { &mut extra };
        side.insert(key, value);
    }
    (known, extra)
}

/// An object from a value, with the fields that the type does not know.
pub fn write_known<T: Serialize>(value: &T, extra: &Map<String, Value>) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(mut object)) => {
            object.extend(extra.iter().map(|(key, value)| (key.clone(), value.clone())));
            object
        }
        _ => extra.clone(),
    }
}

/// Learns the field names of a struct from its own `Deserialize`.
struct FieldNames(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut FieldNames {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Malformed> {
        Err(Malformed)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Malformed> {
        self.0 = fields;
        Err(Malformed)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
