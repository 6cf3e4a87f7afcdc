//! The fields of a record's draft, one list a kind: what reads and writes them is written once, for every kind. A
//! serde implementation for each would be a thirtieth of all that a phone downloads.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value};

use super::{
    coded::{Code, Coded},
    ids::RecordId,
    iso::Iso,
    json::Malformed,
};

/// A draft as a list of named fields, and what this release does not know of it.
pub trait Fields {
    /// Shows each field under its name on the wire.
    fn each(&self, see: &mut dyn FnMut(&'static str, &dyn Field));
    /// Gives each field, to be changed.
    fn each_mut(&mut self, change: &mut dyn FnMut(&'static str, &mut dyn Field));
    /// What a newer release wrote.
    fn extra(&self) -> &Map<String, Value>;
    /// The same, to be changed.
    fn extra_mut(&mut self) -> &mut Map<String, Value>;
}

/// What stands in a field: a value or none, or several.
pub trait Field {
    /// Takes the value of the wire.
    fn read(&mut self, value: Value) -> Result<(), Malformed>;
    /// The value for the wire; none is left out.
    fn write(&self) -> Option<Value>;
}

/// Fills an empty draft from its object. A field that is not there stays as it is; what no field has a name for is kept.
pub fn read(draft: &mut dyn Fields, mut object: Map<String, Value>) -> Result<(), Malformed> {
    let mut result = Ok(());
    draft.each_mut(&mut |name, field| {
        if let (Ok(()), Some(value)) = (result, object.remove(name)) {
            result = field.read(value);
        }
    });
    *draft.extra_mut() = object;
    result
}

/// The object of a draft.
pub fn write(draft: &dyn Fields) -> Map<String, Value> {
    let mut object = draft.extra().clone();
    draft.each(&mut |name, field| {
        if let Some(value) = field.write() {
            object.insert(name.to_owned(), value);
        }
    });
    object
}

/// Declares the fields of a draft: each by its own name, or by another after `=`.
macro_rules! fields {
    ($draft:ty { $($field:ident $(= $name:literal)?),+ $(,)? }) => {
        impl $crate::domain::fields::Fields for $draft {
            fn each(&self, see: &mut dyn FnMut(&'static str, &dyn $crate::domain::fields::Field)) {
                $(see($crate::domain::fields::name!($field $($name)?), &self.$field);)+
            }

            fn each_mut(&mut self, change: &mut dyn FnMut(&'static str, &mut dyn $crate::domain::fields::Field)) {
                $(change($crate::domain::fields::name!($field $($name)?), &mut self.$field);)+
            }

            fn extra(&self) -> &serde_json::Map<String, serde_json::Value> {
                &self.extra
            }

            fn extra_mut(&mut self) -> &mut serde_json::Map<String, serde_json::Value> {
                &mut self.extra
            }
        }
    };
}
pub(crate) use fields;

macro_rules! name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}
pub(crate) use name;

/// One value of a field.
pub trait Scalar: Sized {
    /// From the wire.
    fn read(value: Value) -> Result<Self, Malformed>;
    /// For the wire.
    fn write(&self) -> Value;
}

impl<T: Scalar> Field for Option<T> {
    fn read(&mut self, value: Value) -> Result<(), Malformed> {
        *self = if value.is_null() { None } else { Some(T::read(value)?) };
        Ok(())
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().map(T::write)
    }
}

impl<T: Scalar> Field for Vec<T> {
    fn read(&mut self, value: Value) -> Result<(), Malformed> {
        let Value::Array(values) = value else { return Err(Malformed) };
        *self = values.into_iter().map(T::read).collect::<Result<_, _>>()?;
        Ok(())
    }

    fn write(&self) -> Option<Value> {
        Some(self.iter().map(T::write).collect())
    }
}

impl<T: Code> Scalar for Coded<T> {
    fn read(value: Value) -> Result<Self, Malformed> {
        value.as_str().map(Self::from).ok_or(Malformed)
    }

    fn write(&self) -> Value {
        self.code().into()
    }
}

impl Scalar for i64 {
    fn read(value: Value) -> Result<Self, Malformed> {
        value.as_i64().ok_or(Malformed)
    }

    fn write(&self) -> Value {
        (*self).into()
    }
}

impl Scalar for String {
    fn read(value: Value) -> Result<Self, Malformed> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err(Malformed),
        }
    }

    fn write(&self) -> Value {
        self.as_str().into()
    }
}

/// A value of the library's calendar, in its ISO 8601 text.
macro_rules! by_iso {
    ($($type:ty)+) => {$(
        impl Scalar for $type {
            fn read(value: Value) -> Result<Self, Malformed> {
                value.as_str().and_then(Self::from_iso).ok_or(Malformed)
            }

            fn write(&self) -> Value {
                serde_json::to_value(self).unwrap_or_default()
            }
        }
    )+};
}
by_iso!(NaiveDate NaiveTime NaiveDateTime);

impl Scalar for RecordId {
    fn read(value: Value) -> Result<Self, Malformed> {
        value.as_str().and_then(|text| text.parse().ok()).ok_or(Malformed)
    }

    fn write(&self) -> Value {
        self.to_string().into()
    }
}

/// A group of counts, an object on the wire: those that it does not name are nought, what it names besides is passed over.
macro_rules! counts {
    ($type:ty { $($field:ident $(= $name:literal)?),+ $(,)? }) => {
        impl $crate::domain::fields::Scalar for $type {
            fn read(value: serde_json::Value) -> Result<Self, $crate::domain::json::Malformed> {
                let mut group = Self::default();
                let counts = &mut [$(($crate::domain::fields::name!($field $($name)?), &mut group.$field)),+];
                $crate::domain::fields::read_counts(value, counts)?;
                Ok(group)
            }

            fn write(&self) -> serde_json::Value {
                let counts = [$(($crate::domain::fields::name!($field $($name)?), self.$field)),+];
                counts.into_iter().map(|(name, count)| (name, serde_json::Value::from(count))).collect()
            }
        }
    };
}
pub(crate) use counts;

/// Fills counts from an object.
pub fn read_counts(value: Value, counts: &mut [(&'static str, &mut i64)]) -> Result<(), Malformed> {
    let Value::Object(object) = value else { return Err(Malformed) };
    for (name, count) in counts {
        if let Some(value) = object.get(*name) {
            **count = value.as_i64().ok_or(Malformed)?;
        }
    }
    Ok(())
}
