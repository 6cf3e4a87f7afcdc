//! JSON of records, read through one generic value: a phone then holds one reader for everything, instead of one for
//! every type and every way of nesting it.

use serde::{
    Deserializer, Serialize,
    de::{DeserializeOwned, Visitor, value::Error},
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

/// A value from its text.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text).and_then(|value: Value| T::deserialize(value))
}

/// A value from an object, and the fields of the object that the type does not know.
pub fn read_known<T: DeserializeOwned>(
    mut object: Map<String, Value>,
) -> Result<(T, Map<String, Value>), serde_json::Error> {
    let mut names = FieldNames(&[]);
    // It only asks for the names, and always fails.
    let _ = T::deserialize(&mut names);
    let unknown: Vec<String> = object.keys().filter(|key| !names.0.contains(&key.as_str())).cloned().collect();
    let mut extra = Map::new();
    for key in unknown {
        if let Some((key, value)) = object.remove_entry(&key) {
            extra.insert(key, value);
        }
    }
    T::deserialize(Value::Object(object)).map(|value| (value, extra))
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
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(serde::de::Error::custom("only a struct has field names"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.0 = fields;
        Err(serde::de::Error::custom("the names are known"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
