//! Session tokens: 256 random bits, of which the server keeps only the hash.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The secret in a browser's cookie. It has no `Debug` on purpose.
#[derive(Clone, Copy)]
pub struct Token([u8; 32]);

impl Token {
    /// A fresh token.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The token of a cookie's text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The cookie's text.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// What the server stores.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_cookie() {
        let token = Token::fresh().expect("random bytes");
        let back = Token::parse(&token.text()).expect("its own text");
        assert_eq!(back.hash(), token.hash());
        assert!(Token::parse("zz").is_none());
        assert!(Token::parse(&"é".repeat(32)).is_none());
    }
}
