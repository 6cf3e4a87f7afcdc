//! Enumerations that survive a newer release: a known value, or the code of one that we do not know yet.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A closed list with a stable code on the wire (English) and a label on the screen (French).
pub trait Code: Copy + Eq + Sized + 'static {
    /// Every value, in the order in which the domain file lists them.
    const ALL: &'static [Self];
    /// The code stored and sent; never changes once released.
    fn code(self) -> &'static str;
    /// What the interface calls it.
    fn label(self) -> &'static str;
    /// The value of a code.
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

/// Declares an enumeration with its codes and French labels.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $label:literal;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $code, "`: ", $label, ".")] $variant,)+
        }

        impl $crate::domain::coded::Code for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    )+};
}
pub(crate) use codes;

/// A value of `T`, or the code of one that a newer release wrote. Kept and sent back unchanged, so that an old phone
/// never loses what a new server knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coded<T> {
    /// A value of this release.
    Known(T),
    /// The code of a value that this release does not know.
    Unknown(Box<str>),
}

impl<T: Code> Coded<T> {
    /// The code on the wire.
    pub fn code(&self) -> &str {
        match self {
            Self::Known(value) => value.code(),
            Self::Unknown(code) => code,
        }
    }

    /// What to call it on a screen; an unknown one goes by its code.
    pub fn label(&self) -> &str {
        match self {
            Self::Known(value) => value.label(),
            Self::Unknown(code) => code,
        }
    }

    /// Whether it is exactly `value`.
    pub fn is(&self, value: T) -> bool {
        matches!(self, Self::Known(known) if *known == value)
    }

    /// The value, when this release knows it.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Unknown(_) => None,
        }
    }
}

impl<T: Code> From<T> for Coded<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: Code> From<&str> for Coded<T> {
    fn from(code: &str) -> Self {
        T::from_code(code).map_or_else(|| Self::Unknown(code.into()), Self::Known)
    }
}

impl<T: Code> Serialize for Coded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de, T: Code> Deserialize<'de> for Coded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Ok(Self::from(code.as_str()))
    }
}
