//! What a network lived through, its professional accounts, its territories.

use app::{
    api::report::Choice,
    coordination::network_life::accounts::{Account, Check},
    domain::{
        coded::{Code, Coded},
        ids::{EventId, PromeneurId, StructureId},
        network_life::{EventFigures, EventKind, NetworkEvent},
        period::Period,
        person::Me,
        staff::structure_name,
        taxonomy::Network,
    },
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Tx, reports::Members};
use crate::clock::{self, fresh_id};

/// What took place in a period, or one thing of it; the newest first.
async fn read(tx: &mut Tx, period: Option<Period>, only: Option<EventId>) -> Result<Vec<NetworkEvent>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, kind, on_day, medium, minutes, organiser, subject, promeneurs, structures, partners, others, resources
         from network_event
         where withdrawn_at is null and ($1::date is null or on_day >= $1) and ($2::date is null or on_day <= $2)
             and ($3::uuid is null or id = $3)
         order by on_day desc, id desc",
        period.map(Period::first),
        period.map(Period::last),
        only.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| NetworkEvent {
            id: EventId(row.id),
            kind: Coded::from(row.kind.as_str()),
            on: row.on_day,
            medium: (!row.medium.is_empty()).then(|| Coded::from(row.medium.as_str())),
            minutes: row.minutes,
            organiser: row.organiser,
            subject: row.subject,
            promeneurs: row.promeneurs,
            structures: row.structures,
            partners: row.partners,
            others: row.others,
            resources: row.resources,
        })
        .collect())
}

/// What took place in a period, the newest first.
pub async fn events(tx: &mut Tx, period: Period) -> Result<Vec<NetworkEvent>, sqlx::Error> {
    read(tx, Some(period), None).await
}

/// One thing that took place and was not taken back.
pub async fn event(tx: &mut Tx, id: EventId) -> Result<Option<NetworkEvent>, sqlx::Error> {
    read(tx, None, Some(id)).await.map(|mut events| events.pop())
}

/// Notes something, or notes it otherwise: the same id is noted once. Says no of one that was taken back.
pub async fn put(tx: &mut Tx, me: &Me, event: &NetworkEvent) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "insert into network_event (network_id, id, kind, on_day, medium, minutes, organiser, subject, promeneurs,
                structures, partners, others, resources, author, author_id, written_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         on conflict (network_id, id) do update set
             kind = excluded.kind, on_day = excluded.on_day, medium = excluded.medium, minutes = excluded.minutes,
             organiser = excluded.organiser, subject = excluded.subject, promeneurs = excluded.promeneurs,
             structures = excluded.structures, partners = excluded.partners, others = excluded.others,
             resources = excluded.resources, author = excluded.author, author_id = excluded.author_id,
             written_at = excluded.written_at
             where network_event.withdrawn_at is null",
        me.scheme.0,
        event.id.0,
        event.kind.code(),
        event.on,
        event.medium.as_ref().map_or("", Coded::code),
        event.minutes,
        event.organiser,
        event.subject,
        event.promeneurs,
        event.structures,
        event.partners,
        event.others,
        event.resources,
        me.name,
        me.account.0,
        clock::now()
    )
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// Takes something back, or puts it back. Says whether there is such a thing.
pub async fn withdraw(tx: &mut Tx, id: EventId, is_withdrawn: bool) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update network_event set withdrawn_at = case when $2 then coalesce(withdrawn_at, now()) end where id = $1",
        id.0,
        is_withdrawn
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// What took place, by kind in the order of the domain (I12): the kind of each thing, its day, and how many promeneurs were there.
pub fn figures(events: impl Iterator<Item = (String, NaiveDate, Option<i32>)>, members: &Members) -> Vec<EventFigures> {
    let mut by_kind: Vec<EventFigures> = Vec::new();
    for (kind, on, promeneurs) in events {
        let at = by_kind.iter().position(|it| it.kind == kind).unwrap_or_else(|| {
            by_kind.push(EventFigures { kind, count: 0, present: 0, came: 0, active: 0 });
            by_kind.len() - 1
        });
        let figures = &mut by_kind[at];
        figures.count += 1;
        // Where nobody noted who was there, it is not known: that is not nobody.
        if let Some(present) = promeneurs.map(i64::from) {
            let active = members.active_on(on);
            figures.present += present;
            figures.came += present.min(active);
            figures.active += active;
        }
    }
    let place = |it: &EventFigures| EventKind::ALL.iter().position(|kind| kind.code() == it.kind);
    by_kind.sort_by_key(|it| (place(it).unwrap_or(usize::MAX), it.kind.clone()));
    by_kind
}

/// The accounts of those who are labelled on a day, by promeneur.
pub async fn accounts(tx: &mut Tx, today: NaiveDate) -> Result<Vec<Account>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select it.promeneur_id as "promeneur_id!", promeneur.name, it.social_network as "social_network!",
                  looked.first_name as "first_name?", looked.structure as "structure?", looked.photo as "photo?",
                  looked.checked_on as "checked_on?", looked.checked_by as "checked_by?",
                  exists (
                      select from account_followers as declared
                      where declared.promeneur_id = it.promeneur_id
                          and declared.social_network = it.social_network) as "declared!"
           from (
               select promeneur_id, social_network from account_followers
               union
               select promeneur_id, social_network from account_check
           ) as it
           join promeneur on promeneur.id = it.promeneur_id and (left_on is null or left_on > $1)
           left join lateral (
               select first_name, structure, photo, checked_on, checked_by from account_check as looked
               where looked.promeneur_id = it.promeneur_id and looked.social_network = it.social_network
               order by checked_on desc limit 1
           ) as looked on true
           order by promeneur.name, it.promeneur_id, it.social_network"#,
        today
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Account {
            promeneur: PromeneurId(row.promeneur_id),
            name: row.name,
            network: Coded::from(row.social_network.as_str()),
            is_declared: row.declared,
            check: match (row.first_name, row.structure, row.photo, row.checked_on, row.checked_by) {
                (Some(first_name), Some(structure), Some(photo), Some(on), Some(by)) => {
                    Some(Check { first_name, structure, photo, on, by })
                }
                _ => None,
            },
        })
        .collect())
}

/// Notes how an account was found. Says whether there is such a promeneur.
pub async fn check(
    tx: &mut Tx,
    me: &Me,
    promeneur: PromeneurId,
    network: &Coded<Network>,
    check: &Check,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "insert into account_check (network_id, promeneur_id, social_network, first_name, structure, photo, checked_on,
                checked_by)
         select $1, id, $3, $4, $5, $6, $7, $8 from promeneur where id = $2
         on conflict (network_id, promeneur_id, social_network, checked_on) do update set
             first_name = excluded.first_name, structure = excluded.structure, photo = excluded.photo,
             checked_by = excluded.checked_by",
        me.scheme.0,
        promeneur.0,
        network.code(),
        check.first_name,
        check.structure,
        check.photo,
        check.on,
        check.by
    )
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// Forgets what was found of an account: one that was never there is then no account any more.
pub async fn forget_checks(tx: &mut Tx, promeneur: PromeneurId, network: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from account_check where promeneur_id = $1 and social_network = $2", promeneur.0, network)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The structures, each with the name of its territory; empty where it is in none.
pub async fn territories(tx: &mut Tx) -> Result<Vec<(Choice<StructureId>, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select structure.id, structure.name, commune, territory.name as "territory?"
           from structure left join territory on territory.id = territory_id
           order by structure.name, structure.id"#
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let name = structure_name(&row.name, &row.commune);
            (Choice { id: StructureId(row.id), name }, row.territory.unwrap_or_default())
        })
        .collect())
}

/// A territory all of whose structures get one new name is that territory still, under another name: its objectives and its
/// bilans stay with it.
async fn rename(tx: &mut Tx, structures: &[Uuid], names: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update territory set name = renamed.name
         from (
             select structure.territory_id, min(it.name) as name
             from structure left join unnest($1::uuid[], $2::text[]) as it (id, name) on it.id = structure.id
             where structure.territory_id is not null
             group by structure.territory_id
             having count(distinct coalesce(it.name, '')) = 1 and min(coalesce(it.name, '')) <> ''
         ) as renamed
         where territory.id = renamed.territory_id and territory.name <> renamed.name
             and not exists (select from territory as other where other.name = renamed.name)
             -- Two that become one are put together, not renamed.
             and (select count(distinct territory_id) from structure
                  join unnest($1::uuid[], $2::text[]) as it (id, name) on it.id = structure.id
                  where it.name = renamed.name and territory_id is not null) = 1",
        structures,
        names
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts structures into territories by their names; out of all where that is empty. A territory keeps its id, and its
/// addresses, as long as it has a structure.
pub async fn place(tx: &mut Tx, me: &Me, placed: &[(StructureId, String)]) -> Result<(), sqlx::Error> {
    let (structures, names): (Vec<Uuid>, Vec<String>) = placed.iter().map(|(id, name)| (id.0, name.clone())).unzip();
    rename(tx, &structures, &names).await?;
    let mut distinct: Vec<String> = names.iter().filter(|name| !name.is_empty()).cloned().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let ids: Vec<Uuid> = distinct.iter().map(|_| fresh_id()).collect();
    sqlx::query!(
        "insert into territory (network_id, id, name)
         select $1, id, name from unnest($2::uuid[], $3::text[]) as it (id, name)
         on conflict (network_id, name) do nothing",
        me.scheme.0,
        &ids,
        &distinct
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update structure set territory_id = territory.id
         from unnest($1::uuid[], $2::text[]) as it (id, name) left join territory on territory.name = it.name
         where structure.id = it.id and structure.territory_id is distinct from territory.id",
        &structures,
        &names
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from territory where not exists (select from structure where territory_id = territory.id)")
        .execute(&mut **tx)
        .await?;
    Ok(())
}
