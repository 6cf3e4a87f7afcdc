//! The trail of what was done in a network's administration. Lines are written by the database itself, in the transaction of
//! the act (`…_add_audit.sql`); here they are read, and their chain is checked without asking the database for a hash.

use std::fmt::Write;

use app::{
    coordination::audit::Line,
    domain::{coded::Coded, ids::SchemeId, person::Role},
};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Tx, people};
use crate::{auth::token::hex, clock};

/// What leaves the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// A dashboard as a file.
    Dashboard,
    /// A bilan, published or not, as a file.
    Bilan,
    /// The figures that the programs of others read.
    Figures,
    /// What is held about somebody, taken away by themselves.
    OwnData,
}

impl Export {
    fn subject(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::Bilan => "bilan",
            Self::Figures => "figures",
            Self::OwnData => "own_data",
        }
    }
}

/// Notes that something left the office: which file, of what period and scope.
pub async fn export(tx: &mut Tx, what: Export, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("select audit_note('export', $1, $2)", what.subject(), key).fetch_one(&mut **tx).await?;
    Ok(())
}

/// The same once a day: programs that read figures may ask every minute.
pub async fn export_once(tx: &mut Tx, what: Export, key: &str) -> Result<(), sqlx::Error> {
    let is_noted = sqlx::query_scalar!(
        r#"select exists (
               select from audit_event
               where seq > (select max(seq) - 1000 from audit_event) and subject = $1 and subject_key = $2
                   and actor_id::text = current_setting('lanterne.account', true) and at > date_trunc('day', now())) as "is!""#,
        what.subject(),
        key
    )
    .fetch_one(&mut **tx)
    .await?;
    if is_noted { Ok(()) } else { export(tx, what, key).await }
}

/// Notes that a rescue file was brought in: whose, and of which phone.
pub async fn brought(tx: &mut Tx, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("select audit_note('insert', 'rescue_file', $1)", key).fetch_one(&mut **tx).await?;
    Ok(())
}

/// The lines before one, the newest first.
pub async fn lines(tx: &mut Tx, before: Option<i64>, most: i64) -> Result<Vec<Line>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let rows = sqlx::query!(
        r#"select seq, at as "at: DateTime<Utc>", act, subject, subject_key, fields,
                  coalesce(account.name, access_key.name) as actor, account.role as "role?", actor_id,
                  (select name from promeneur where id = subject_id
                   union all select name from structure where id = subject_id
                   union all select name from account where id = subject_id
                   union all select name from territory where id = subject_id limit 1) as about
           from audit_event
           left join account on account.network_id = audit_event.network_id and account.id = actor_id
           left join access_key on access_key.network_id = audit_event.network_id and access_key.id = actor_id
           where $1::bigint is null or seq < $1
           order by seq desc limit $2"#,
        before,
        most
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            seq: row.seq,
            at: clock::local_in(&zone, row.at),
            // When somebody in the field was at it is nobody's business; the day is enough.
            is_by_day: row.role.as_deref().is_some_and(|role| Coded::<Role>::from(role).is(Role::Promeneur)),
            is_operator: row.actor_id.is_none(),
            actor: row.actor,
            doing: Coded::from(row.act.as_str()),
            subject: Coded::from(row.subject.as_str()),
            key: row.subject_key,
            about: row.about,
            fields: row.fields,
        })
        .collect())
}

/// How a network's chain was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Every line holds: so many, and the hash of the last, to be compared with one noted elsewhere. Lines taken off the end
    /// leave a chain that holds, and another last hash.
    Whole {
        /// How many lines.
        lines: i64,
        /// The hash of the last.
        head: String,
    },
    /// The first line that does not hold: it was changed, or is missing.
    Broken {
        /// Its number.
        at: i64,
    },
}

/// Checks the chain of a network, line by line, each hash computed here; all of it, or so many lines at its end. What is held in
/// memory does not grow with the lines.
pub async fn verify(connection: &mut PgConnection, scheme: SchemeId, last: Option<i64>) -> Result<Chain, sqlx::Error> {
    let first = sqlx::query!(
        "select seq, hash from audit_event
         where network_id = $1 and seq <= (select max(seq) - $2 from audit_event where network_id = $1)
         order by seq desc limit 1",
        scheme.0,
        last
    )
    .fetch_optional(&mut *connection)
    .await?;
    let (mut lines, mut before) = first.map_or((0, Vec::new()), |row| (row.seq, row.hash));
    loop {
        let rows = sqlx::query!(
            r#"select seq, (extract(epoch from at) * 1000000)::bigint as "micros!", actor_id, act, subject, subject_key,
                      subject_id, fields, hash
               from audit_event where network_id = $1 and seq > $2 order by seq limit 10000"#,
            scheme.0,
            lines
        )
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.seq != lines + 1 {
                return Ok(Chain::Broken { at: lines + 1 });
            }
            let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
            let parts = [
                &scheme.0.to_string(),
                &row.seq.to_string(),
                &row.micros.to_string(),
                &id(row.actor_id),
                &row.act,
                &row.subject,
                &row.subject_key,
                &id(row.subject_id),
                &row.fields.join(","),
            ];
            let mut text = String::new();
            for part in parts {
                // Writing to a String cannot fail.
                let _ = write!(text, "{}:{part}", part.len());
            }
            let hash = Sha256::new().chain_update(&before).chain_update(text).finalize();
            if hash.as_slice() != row.hash {
                return Ok(Chain::Broken { at: row.seq });
            }
            (lines, before) = (row.seq, row.hash);
        }
    }
    Ok(Chain::Whole { lines, head: hex(&before) })
}
