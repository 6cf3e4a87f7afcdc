//! The ceiling: what the same PostgreSQL does when nobody asks who sends what, validates it, keeps a ledger or counts it.

use std::time::Instant;

use app::sync::hash::BodyHash;
use chrono::{DateTime, Utc};
use server::clock::{self, fresh_id};
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

use crate::{entries::Text, office::Office};

pub struct Bare {
    connection: PgConnection,
    scheme: Uuid,
    promeneur: Uuid,
    version: i64,
}

impl Bare {
    /// A table as `record` is, with its three indexes, without policies and foreign keys.
    pub async fn open(office: &Office) -> anyhow::Result<Self> {
        let mut connection = office.owner().await?;
        connection.execute("create schema if not exists bare").await?;
        connection
            .execute("create table if not exists bare.entry (like record including defaults including indexes)")
            .await?;
        Ok(Self { connection, scheme: office.scheme.0, promeneur: fresh_id(), version: 0 })
    }

    /// Seconds to insert all entries, a hundred a statement and a statement a commit.
    pub async fn push(&mut self, texts: &[Text]) -> anyhow::Result<f64> {
        let begun = Instant::now();
        for hundred in texts.chunks(100) {
            self.insert(hundred).await?;
        }
        Ok(begun.elapsed().as_secs_f64())
    }

    /// Milliseconds to insert and commit one row.
    pub async fn one(&mut self, text: &Text) -> anyhow::Result<f64> {
        let begun = Instant::now();
        self.insert(std::slice::from_ref(text)).await?;
        Ok(begun.elapsed().as_secs_f64() * 1_000.0)
    }

    async fn insert(&mut self, texts: &[Text]) -> anyhow::Result<()> {
        let ids: Vec<Uuid> = texts.iter().map(|_| fresh_id()).collect();
        let bodies: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        let hashes: Vec<Vec<u8>> = texts.iter().map(|text| BodyHash::of(text).0.to_vec()).collect();
        let versions: Vec<i64> = (1..).map(|more| self.version + more).take(texts.len()).collect();
        let now = clock::now();
        let ats: Vec<DateTime<Utc>> = vec![now; texts.len()];
        self.version += i64::try_from(texts.len())?;
        sqlx::query(
            "insert into bare.entry (network_id, id, promeneur_id, kind, body, body_hash, schema, version, client_at,
                    client_offset_min)
             select $1, id, $2, 'intervention', body::json, hash, 1, version, at, 60
             from unnest($3::uuid[], $4::text[], $5::bytea[], $6::bigint[], $7::timestamptz[])
                 as line (id, body, hash, version, at)
             on conflict (network_id, id) do nothing",
        )
        .bind(self.scheme)
        .bind(self.promeneur)
        .bind(ids)
        .bind(bodies)
        .bind(hashes)
        .bind(versions)
        .bind(ats)
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }
}
