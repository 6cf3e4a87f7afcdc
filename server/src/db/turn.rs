//! What a push has to know once it is its turn, in one question.

use std::collections::HashMap;

use app::domain::ids::{AccountId, DeviceId, Epoch};
use uuid::Uuid;

use super::Tx;

/// What is so now. Asked after the network's counter was taken: nothing of it changes until the transaction ends,
/// except the phones.
#[derive(Debug)]
pub struct Turn {
    /// The rules by which the projections were computed.
    pub rules: Option<i32>,
    /// The life of the database.
    pub epoch: Epoch,
    /// The network's zone.
    pub time_zone: String,
    /// The highest version given in the network.
    pub head: i64,
    /// The highest of the lives of the database before this one.
    pub born: i64,
    /// Whether the ledger holds any of the operations asked about.
    pub has_ops: bool,
    /// Whether any of the records asked about exists.
    pub has_records: bool,
    /// The phones asked about, those that are enrolled.
    pub phones: HashMap<DeviceId, Enrolled>,
}

/// A phone that is enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Whose it is.
    pub account: AccountId,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// Asks. Each id is looked for by itself (`lateral … limit 1`): a plan made while a table is empty would else read all
/// rows of the network for ever, because then they are few.
pub async fn look(tx: &mut Tx, ops: &[Uuid], records: &[Uuid], devices: &[Uuid]) -> Result<Turn, sqlx::Error> {
    let row = sqlx::query!(
        r#"select head, born, (select rules from projection_rules) as rules,
                  (select epoch from sync_epoch order by since desc limit 1) as "epoch!",
                  (select time_zone from network) as "time_zone!",
                  exists (select from unnest($1::uuid[]) as asked (id),
                      lateral (select from operation where op_id = asked.id limit 1) as held) as "has_ops!",
                  exists (select from unnest($2::uuid[]) as asked (id),
                      lateral (select from record where record.id = asked.id limit 1) as held) as "has_records!",
                  phone.ids as "ids!", phone.accounts as "accounts!", phone.revoked as "revoked!"
           from network_counter,
                (select coalesce(array_agg(held.id), '{}') as ids, coalesce(array_agg(account_id), '{}') as accounts,
                        coalesce(array_agg(revoked_at is not null), '{}') as revoked
                 from unnest($3::uuid[]) as asked (id),
                     lateral (select id, account_id, revoked_at from device where device.id = asked.id limit 1) as held
                ) as phone"#,
        ops,
        records,
        devices,
    )
    .fetch_one(&mut **tx)
    .await?;
    let enrolled = row.accounts.into_iter().zip(row.revoked);
    let enrolled = enrolled.map(|(account, revoked)| Enrolled { account: AccountId(account), revoked });
    Ok(Turn {
        head: row.head,
        born: row.born,
        rules: row.rules,
        epoch: Epoch(row.epoch),
        time_zone: row.time_zone,
        has_ops: row.has_ops,
        has_records: row.has_records,
        phones: row.ids.into_iter().map(DeviceId).zip(enrolled).collect(),
    })
}
