//! The accounts of a whole network by their last numbers: a row for each month of each account is read for it, so that it is
//! kept until one of them changes.

use std::{collections::BTreeMap, sync::Arc};

use app::domain::ids::SchemeId;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Frame, kept::Kept};
use crate::db::page::Page;

/// The accounts of a network as known on a day.
#[derive(Debug)]
pub(super) struct Accounts {
    /// The last numbers, summed.
    pub followers: i64,
    /// Whose they are, and of which day the last number of each is; by social network.
    pub by_network: BTreeMap<String, Vec<(Uuid, NaiveDate)>>,
}

/// Those of networks on the last days of periods, each with the state of the numbers (`projection_rules.followers_state`).
pub(super) type KeptAccounts = Kept<(SchemeId, NaiveDate), Option<Uuid>, Accounts, 256>;

/// Those of the page's network on a day.
pub(super) async fn accounts_on(page: &mut Page, frame: &Frame, day: NaiveDate) -> Result<Arc<Accounts>, sqlx::Error> {
    let key = (page.scheme, day);
    if let Some(kept) = page.kept.accounts.get(&key, &frame.stand.followers_state) {
        return Ok(kept);
    }
    // In the order of the index.
    let row = sqlx::query!(
        r#"select coalesce(sum(followers), 0)::bigint as "followers!", coalesce(array_agg(promeneur_id), '{}') as "ids!",
                  coalesce(array_agg(social_network), '{}') as "networks!", coalesce(array_agg(as_of), '{}') as "days!"
           from (
               select distinct on (promeneur_id, social_network) promeneur_id, social_network, as_of, followers
               from account_followers
               where as_of <= $1
               order by promeneur_id, social_network, as_of desc, record_id desc
           ) as latest"#,
        day
    )
    .fetch_one(&mut ***page)
    .await?;
    let mut by_network: BTreeMap<String, Vec<(Uuid, NaiveDate)>> = BTreeMap::new();
    for ((id, network), as_of) in row.ids.into_iter().zip(row.networks).zip(row.days) {
        by_network.entry(network).or_default().push((id, as_of));
    }
    let accounts = Accounts { followers: row.followers, by_network };
    Ok(page.kept.accounts.put(key, frame.stand.followers_state, accounts))
}
