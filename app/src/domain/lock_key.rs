//! What the server keeps of a locked notebook: a key of its own, with which somebody who has forgotten the code opens it.

use serde::{Deserialize, Serialize};

use super::ids::LockId;

/// How long it is, in bytes.
pub const LOCK_KEY_BYTES: usize = 32;

/// The key, as hexadecimal digits. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LockKey([u8; LOCK_KEY_BYTES]);

impl LockKey {
    /// The key of these bytes.
    pub fn of(bytes: [u8; LOCK_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for LockKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("LockKey(…)")
    }
}

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lock's key is {LOCK_KEY_BYTES} bytes as hexadecimal digits")]
pub struct NoLockKey;

impl TryFrom<String> for LockKey {
    type Error = NoLockKey;

    fn try_from(text: String) -> Result<Self, NoLockKey> {
        let digits = text.as_bytes();
        let mut bytes = [0; LOCK_KEY_BYTES];
        if digits.len() != 2 * LOCK_KEY_BYTES {
            return Err(NoLockKey);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let value = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let (Some(high), Some(low)) = (value(pair[0]), value(pair[1])) else { return Err(NoLockKey) };
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }
}

impl From<LockKey> for String {
    fn from(key: LockKey) -> Self {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
        key.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

/// A lock that is about to be put on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepLock {
    /// The lock.
    pub lock: LockId,
    /// Its key.
    pub key: LockKey,
}

/// A lock whose key is to be told or forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockOf {
    /// The lock.
    pub lock: LockId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_told_to_no_log() {
        let bytes: [u8; LOCK_KEY_BYTES] = std::array::from_fn(|index| u8::try_from(index * 8).unwrap_or_default());
        let key = LockKey::of(bytes);
        let text = serde_json::to_string(&key).expect("JSON");
        assert_eq!(text.len(), 2 * LOCK_KEY_BYTES + 2);
        assert_eq!(serde_json::from_str::<LockKey>(&text).expect("a key"), key);
        assert_eq!(format!("{key:?}"), "LockKey(…)");
        for wrong in [String::new(), "0".repeat(63), "0".repeat(65), "g".repeat(64), "é".repeat(32)] {
            assert_eq!(LockKey::try_from(wrong).err(), Some(NoLockKey));
        }
    }
}
