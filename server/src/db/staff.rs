//! Structures and promeneurs as the coordination keeps them.

use app::{
    api::report::Choice,
    coordination::staff::{PersonLine, StructureLine, access::Access},
    domain::{
        coded::{Code, Coded},
        ids::{AccountId, PromeneurId, SchemeId, StructureId},
        staff::{PromeneurForm, StructureForm},
        time::{FIRST_DAY, Span},
        typed::{Typed, filled},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Tx, passkeys, people};
use crate::clock::day_in;

/// The structures with who is in them on a day, and those who are in none or have left.
pub async fn list(tx: &mut Tx, today: NaiveDate) -> Result<(Vec<StructureLine>, Vec<PersonLine>), sqlx::Error> {
    let rows = sqlx::query!("select id, name, type as kind, commune from structure order by name, id")
        .fetch_all(&mut **tx)
        .await?;
    let mut structures: Vec<StructureLine> = rows
        .into_iter()
        .map(|row| StructureLine {
            id: StructureId(row.id),
            name: row.name,
            kind: row.kind,
            commune: row.commune,
            people: Vec::new(),
        })
        .collect();
    let mut others = Vec::new();
    for (structure, person) in persons(tx, today, None).await? {
        let has_left = person.left_on.is_some_and(|left| left <= today);
        match structures.iter_mut().find(|it| Some(it.id.0) == structure).filter(|_| !has_left) {
            Some(structure) => structure.people.push(person),
            None => others.push(person),
        }
    }
    Ok((structures, others))
}

async fn persons(
    tx: &mut Tx,
    today: NaiveDate,
    only: Option<PromeneurId>,
) -> Result<Vec<(Option<Uuid>, PersonLine)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, name, labelled_on, left_on, weekly_minutes,
                  (select structure_id from affiliation
                   where promeneur_id = promeneur.id and from_on <= $1 and (until_on is null or until_on >= $1)
                   order by from_on desc limit 1) as structure_id,
                  (select max(until_on) from promeneur_leave
                   where promeneur_id = promeneur.id and from_on <= $1 and until_on >= $1) as away_until,
                  exists (select from account where promeneur_id = promeneur.id and disabled_at is null) as "access!"
           from promeneur where $2::uuid is null or id = $2
           order by name, id"#,
        today,
        only.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let person = PersonLine {
                id: PromeneurId(row.id),
                name: row.name,
                labelled_on: row.labelled_on,
                left_on: row.left_on,
                away_until: row.away_until,
                weekly_minutes: row.weekly_minutes,
                has_access: row.access,
            };
            (row.structure_id, person)
        })
        .collect())
}

/// One promeneur.
pub async fn person(tx: &mut Tx, id: PromeneurId, today: NaiveDate) -> Result<Option<PersonLine>, sqlx::Error> {
    Ok(persons(tx, today, Some(id)).await?.pop().map(|(_, person)| person))
}

/// The structures a promeneur belonged to, the latest first; from the beginning where there is no first day.
pub async fn history(
    tx: &mut Tx,
    id: PromeneurId,
) -> Result<Vec<(String, Option<NaiveDate>, Option<NaiveDate>)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select structure.name, from_on, until_on
         from affiliation join structure on structure.id = structure_id
         where promeneur_id = $1 order by from_on desc",
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let from = |day: NaiveDate| (day > FIRST_DAY).then_some(day);
    Ok(rows.into_iter().map(|row| (row.name, from(row.from_on), row.until_on)).collect())
}

/// Their declared leaves, the latest first.
pub async fn leaves(tx: &mut Tx, id: PromeneurId) -> Result<Vec<Span>, sqlx::Error> {
    let rows = sqlx::query!(
        "select from_on, until_on from promeneur_leave where promeneur_id = $1 order by from_on desc",
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| Span { from: row.from_on, until: Some(row.until_on) }).collect())
}

/// How many entries the phones of a promeneur still hold, by what they last said.
pub async fn pending(tx: &mut Tx, id: PromeneurId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(pending_count), 0)::bigint as "n!" from device
           join account on account.network_id = device.network_id and account.id = device.account_id
           where account.promeneur_id = $1 and revoked_at is null"#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await
}

/// Writes who a promeneur is, and until when.
pub async fn update_promeneur(tx: &mut Tx, id: PromeneurId, form: &PromeneurForm) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update promeneur set name = $2, labelled_on = $3, left_on = $4, weekly_minutes = $5 where id = $1",
        id.0,
        form.name,
        form.labelled_on,
        form.left_on,
        form.weekly_minutes
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("update account set name = $2 where promeneur_id = $1", id.0, form.name).execute(&mut **tx).await?;
    Ok(())
}

/// Moves a promeneur to another structure from a day on. What they did before stays with the one they leave. To the structure
/// where they are, or on the day on which they came, it puts the last move right. Says no where the day is not after the one
/// on which they came to the structure before.
pub async fn move_promeneur(
    tx: &mut Tx,
    scheme: SchemeId,
    id: PromeneurId,
    structure: StructureId,
    from: NaiveDate,
) -> Result<bool, sqlx::Error> {
    let rows = sqlx::query!(
        "select structure_id, from_on from affiliation where promeneur_id = $1 order by from_on desc limit 2",
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let (last, before) = (rows.first(), rows.get(1));
    let corrected = last.filter(|last| last.structure_id == structure.0 || last.from_on == from);
    let Some(last) = corrected else {
        if last.is_some_and(|last| from <= last.from_on) {
            return Ok(false);
        }
        if let Some(last) = last {
            end(tx, id, last.from_on, from).await?;
        }
        sqlx::query!(
            "insert into affiliation (network_id, promeneur_id, structure_id, from_on) values ($1, $2, $3, $4)",
            scheme.0,
            id.0,
            structure.0,
            from
        )
        .execute(&mut **tx)
        .await?;
        return Ok(true);
    };
    // The first structure has everything from the beginning: there is no move to put right.
    let Some(before) = before else { return Ok(last.structure_id == structure.0 && last.from_on == from) };
    if from <= before.from_on {
        return Ok(false);
    }
    end(tx, id, before.from_on, from).await?;
    sqlx::query!(
        "update affiliation set structure_id = $3, from_on = $4, until_on = null
         where promeneur_id = $1 and from_on = $2",
        id.0,
        last.from_on,
        structure.0,
        from
    )
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

/// Ends a stay the day before another one begins.
async fn end(tx: &mut Tx, id: PromeneurId, since: NaiveDate, next: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update affiliation set until_on = $3 where promeneur_id = $1 and from_on = $2",
        id.0,
        since,
        next.pred_opt()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets one change of the staff happen after the other: what is looked up first stays so until it is written.
pub async fn hold(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('staff ' || (select id::text from network), 0))")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Notes a leave, both days included. Says no where another one holds some of them.
pub async fn add_leave(tx: &mut Tx, scheme: SchemeId, id: PromeneurId, span: Span) -> Result<bool, sqlx::Error> {
    let until = span.until.unwrap_or(span.from);
    let written = sqlx::query!(
        "insert into promeneur_leave (network_id, promeneur_id, from_on, until_on)
         select $1, $2, $3, $4
         where not exists (
             select from promeneur_leave where promeneur_id = $2 and from_on <= $4 and until_on >= $3)",
        scheme.0,
        id.0,
        span.from,
        until
    )
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// Takes a leave away.
pub async fn remove_leave(tx: &mut Tx, id: PromeneurId, from: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from promeneur_leave where promeneur_id = $1 and from_on = $2", id.0, from)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A structure, with what a form of it holds.
pub async fn structure(tx: &mut Tx, id: StructureId) -> Result<Option<(Choice<StructureId>, Typed)>, sqlx::Error> {
    let row = sqlx::query!("select name, type as kind, commune from structure where id = $1", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| {
        let typed = filled([("nom", row.name.clone()), ("type", row.kind), ("commune", row.commune)]);
        (Choice { id, name: row.name }, typed)
    }))
}

/// Writes what a structure is.
pub async fn update_structure(tx: &mut Tx, id: StructureId, form: &StructureForm) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update structure set name = $2, type = $3, commune = $4 where id = $1",
        id.0,
        form.name,
        form.kind.code(),
        form.commune
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who may sign in, or might before their access was closed: of a promeneur, one account, or everybody but promeneurs.
pub async fn accesses(
    tx: &mut Tx,
    promeneur: Option<PromeneurId>,
    account: Option<AccountId>,
) -> Result<Vec<Access>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let rows = sqlx::query!(
        r#"select account.id, account.name, role, login, disabled_at as "disabled_at: DateTime<Utc>",
                  structure.name as "structure?"
           from account left join structure on structure.id = account.structure_id
           where case when $1::uuid is not null then promeneur_id = $1
                      when $2::uuid is not null then account.id = $2
                      else promeneur_id is null end
           order by disabled_at is not null, role, account.name, account.id"#,
        promeneur.map(|id| id.0),
        account.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Access {
            account: AccountId(row.id),
            name: row.name,
            role: Coded::from(row.role.as_str()),
            structure: row.structure,
            login: row.login,
            closed_on: row.disabled_at.map(|at| day_in(&zone, at)),
        })
        .collect())
}

/// Closes an access and ends its sessions, or opens it again. What a phone holds stays on it until it can be sent.
pub async fn set_closed(tx: &mut Tx, account: AccountId, is_closed: bool) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update account set disabled_at = case when $2 then coalesce(disabled_at, now()) end where id = $1",
        account.0,
        is_closed
    )
    .execute(&mut **tx)
    .await?;
    if is_closed {
        sqlx::query!("delete from session where account_id = $1", account.0).execute(&mut **tx).await?;
        passkeys::remove_all(tx, account).await?;
        // Neither a link to it, nor one that its holder made, opens anything any more.
        sqlx::query!(
            "update invitation set revoked_at = now()
             where used_at is null and revoked_at is null and (account_id = $1 or creator_id = $1)",
            account.0
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(done.rows_affected() > 0)
}

/// The structure a promeneur belonged to last.
pub async fn place_of(tx: &mut Tx, id: PromeneurId) -> Result<Option<StructureId>, sqlx::Error> {
    sqlx::query_scalar!(
        "select structure_id from affiliation where promeneur_id = $1 order by from_on desc limit 1",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await
    .map(|id| id.map(StructureId))
}

/// The promeneur who was added just so already, within the last minutes: a form that was sent twice.
pub async fn same(
    tx: &mut Tx,
    form: &PromeneurForm,
    structure: StructureId,
) -> Result<Option<PromeneurId>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from promeneur
         where name = $1 and labelled_on = $2 and left_on is null and created_at > now() - interval '10 minutes'
             and exists (select from affiliation where promeneur_id = promeneur.id and structure_id = $3)
         order by id desc limit 1",
        form.name,
        form.labelled_on,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await
    .map(|id| id.map(PromeneurId))
}

/// The promeneur of an account.
pub async fn promeneur_of(tx: &mut Tx, account: AccountId) -> Result<Option<PromeneurId>, sqlx::Error> {
    sqlx::query_scalar!("select promeneur_id from account where id = $1", account.0)
        .fetch_optional(&mut **tx)
        .await
        .map(|id| id.flatten().map(PromeneurId))
}
