//! The keys of locked notebooks, kept for who forgets their code. Each account has its own; a key is written once, so that
//! no late word of a phone puts another one in its place.

use app::domain::{ids::LockId, lock_key::LockKey, person::Me};

use super::Tx;

/// How many an account has at most: those of locks whose phones never said that they were taken off are among them.
const MOST: i64 = 50;

/// Keeps the key of a lock. Says no where the account has too many, or that lock has another one.
pub async fn keep(tx: &mut Tx, me: &Me, lock: LockId, key: &LockKey) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "insert into lock_key (network_id, account_id, lock_id, key)
         select $1, $2, $3, $4 where (select count(*) from lock_key where account_id = $2) < $5
         on conflict do nothing",
        me.scheme.0,
        me.account.0,
        lock.0,
        key.bytes(),
        MOST
    )
    .execute(&mut **tx)
    .await?;
    // The same word twice is one word.
    Ok(of(tx, me, lock).await?.is_some_and(|kept| kept == *key))
}

/// The key of a lock of theirs.
pub async fn of(tx: &mut Tx, me: &Me, lock: LockId) -> Result<Option<LockKey>, sqlx::Error> {
    let key =
        sqlx::query_scalar!("select key from lock_key where account_id = $1 and lock_id = $2", me.account.0, lock.0)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(key.and_then(|bytes| bytes.try_into().ok()).map(LockKey::of))
}

/// Forgets it.
pub async fn forget(tx: &mut Tx, me: &Me, lock: LockId) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from lock_key where account_id = $1 and lock_id = $2", me.account.0, lock.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}
