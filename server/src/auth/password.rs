//! Passphrases, kept as argon2id hashes (19 MiB, two passes: OWASP's minimum) and never computed on an async thread.

use std::sync::OnceLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// Shortest passphrase accepted: length counts, rules do not.
pub const SHORTEST: usize = 12;

/// A passphrase that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFault {
    /// Too short.
    #[error("La phrase de passe doit compter au moins {SHORTEST} caractères.")]
    TooShort,
    /// The hash could not be made.
    #[error("La phrase de passe n’a pas pu être enregistrée.")]
    Hash,
}

/// The hash to store.
pub async fn hash(passphrase: String) -> Result<String, PasswordFault> {
    if passphrase.chars().count() < SHORTEST {
        return Err(PasswordFault::TooShort);
    }
    tokio::task::spawn_blocking(move || hash_now(&passphrase)).await.map_err(|_| PasswordFault::Hash)?
}

/// Whether the passphrase is the one of the hash. Without an account the same work is done, so that time tells nothing.
pub async fn verify(passphrase: String, stored: Option<String>) -> bool {
    let known = stored.is_some();
    let work = tokio::task::spawn_blocking(move || {
        let stored = stored.unwrap_or_else(|| decoy().to_owned());
        let Ok(parsed) = PasswordHash::new(&stored) else { return false };
        Argon2::default().verify_password(passphrase.as_bytes(), &parsed).is_ok()
    });
    work.await.unwrap_or(false) && known
}

fn hash_now(passphrase: &str) -> Result<String, PasswordFault> {
    let hash = Argon2::default().hash_password(passphrase.as_bytes()).map_err(|_| PasswordFault::Hash)?;
    Ok(hash.to_string())
}

/// The hash of nobody's passphrase.
fn decoy() -> &'static str {
    static DECOY: OnceLock<String> = OnceLock::new();
    DECOY.get_or_init(|| hash_now("personne n’a cette phrase").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_passphrase_opens() {
        let hash = hash("une lanterne allumée".to_owned()).await.expect("long enough");
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify("une lanterne allumée".to_owned(), Some(hash.clone())).await);
        assert!(!verify("une lanterne éteinte".to_owned(), Some(hash)).await);
        assert!(!verify("personne n’a cette phrase".to_owned(), None).await);
    }

    #[tokio::test]
    async fn a_short_one_is_refused() {
        assert!(matches!(hash("onze lettre".to_owned()).await, Err(PasswordFault::TooShort)));
    }
}
