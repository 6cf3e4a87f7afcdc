//! Departments with their promeneurs and records: those of the demonstration's school year, each moved by whole weeks
//! within twenty-three months, so that evenings and weekdays stay as they are; Wednesdays come twice as often.

use anyhow::Context;
use app::{
    domain::{
        ids::{PromeneurId, SchemeId},
        period::Period,
        record::{Body, Draft},
        statement::{Handed, StatementDraft},
    },
    sync::hash::BodyHash,
};
use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta, Weekday};
use server::{
    auth::token::Token,
    clock::{self, fresh_id},
    db::{accounts, people, projections},
    demo::year::{Promeneur, SchoolYear},
};
use sqlx::PgConnection;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::office::Office;

/// How many departments there are.
const DEPARTMENTS: u32 = 95;
/// Records of a promeneur in all this time.
const EACH: usize = 600;
/// Weeks from the first day on.
const WEEKS: u64 = 98;
/// The year in which they begin.
const FIRST_YEAR: i32 = 2025;
/// Months that are over, for which statements are expected.
const MONTHS: u32 = 22;
/// Records written at once.
const AT_ONCE: usize = 5_000;
/// Networks whose projections are built at a time.
const AT_A_TIME: usize = 2;

/// A network.
pub struct Department {
    pub scheme: SchemeId,
    pub records: usize,
    pub territories: Vec<Uuid>,
    /// With which its coordinator reads.
    pub cookie: String,
}

/// How many records each department has: the second half as many as the first, the third a third (Zipf).
pub fn sizes(records: usize) -> Vec<usize> {
    let weight = |rank: u32| 1.0 / f64::from(rank);
    let all: f64 = (1..=DEPARTMENTS).map(weight).sum();
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "millions"
    )]
    let size = |rank| (records as f64 * weight(rank) / all) as usize;
    (1..=DEPARTMENTS).map(size).collect()
}

/// Random numbers that are the same in every run (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.roll() % most
    }
}

/// Where records come from.
pub struct Population {
    dice: Dice,
    drafts: Vec<Draft>,
    /// Those of one person, in order.
    course: Vec<Draft>,
    /// Networks whose projections are being built, while the next is written.
    building: JoinSet<anyhow::Result<u64>>,
}

impl Population {
    pub fn new() -> anyhow::Result<Self> {
        let promeneurs = SchoolYear::read()?.promeneurs;
        let drafts_of = |promeneur: &Promeneur| -> Vec<Draft> {
            let drafts = promeneur.records.iter().map(|(_, body)| body.draft.clone());
            drafts.filter(|draft| !matches!(draft, Draft::Statement(_))).collect()
        };
        let busiest = promeneurs.iter().max_by_key(|promeneur| promeneur.records.len()).context("a promeneur")?;
        let mut course = drafts_of(busiest);
        course.sort_by_key(Draft::day);
        let mut drafts: Vec<Draft> = promeneurs.iter().flat_map(drafts_of).collect();
        let wednesday = |draft: &&Draft| draft.day().is_some_and(|day| day.weekday() == Weekday::Wed);
        let more: Vec<Draft> = drafts.iter().filter(wednesday).cloned().collect();
        drafts.extend(more);
        Ok(Self { dice: Dice(0x1a57_e44e), drafts, course, building: JoinSet::new() })
    }

    /// A network with its people and records; [`Self::built`] waits for its projections, built as at a first start.
    pub async fn department(&mut self, office: &Office, name: &str, records: usize) -> anyhow::Result<Department> {
        self.network(office, name, &[records]).await
    }

    /// A network of territories, each with as many records as it is said to have.
    pub async fn network(&mut self, office: &Office, name: &str, sizes: &[usize]) -> anyhow::Result<Department> {
        let scheme = clock::fresh_scheme();
        people::create_scheme(&office.db, scheme, name, "Haute-Loire", false).await?;
        let mut owner = office.owner().await?;
        let (mut version, mut territories) = (0, Vec::new());
        for (at, records) in sizes.iter().enumerate() {
            let territory = fresh_id();
            sqlx::query("insert into territory (network_id, id, name) values ($1, $2, 'Territoire ' || $3)")
                .bind(scheme.0)
                .bind(territory)
                .bind(i32::try_from(at)?)
                .execute(&mut owner)
                .await?;
            territories.push(territory);
            let promeneurs = hire(&mut owner, scheme, territory, (records / EACH).max(2)).await?;
            let mut left = *records;
            let mut rows = self.records(&promeneurs, AT_ONCE.min(left))?;
            while !rows.is_empty() {
                left -= rows.len();
                // PostgreSQL writes these while the next are made.
                let (written, next) = tokio::join!(write(&mut owner, scheme, version, &rows), async {
                    self.records(&promeneurs, AT_ONCE.min(left))
                });
                written?;
                version += i64::try_from(rows.len())?;
                rows = next?;
            }
            for rows in self.statements(&promeneurs)?.chunks(AT_ONCE) {
                write(&mut owner, scheme, version, rows).await?;
                version += i64::try_from(rows.len())?;
            }
        }
        sqlx::query("update network_counter set head = $2 where network_id = $1")
            .bind(scheme.0)
            .bind(version)
            .execute(&mut owner)
            .await?;
        while self.building.len() >= AT_A_TIME {
            self.building.join_next().await.context("a network that is built")???;
        }
        let db = office.db.clone();
        self.building.spawn(async move { Ok(projections::rebuild(&db, scheme).await?) });
        let records = sizes.iter().sum();
        Ok(Department { scheme, records, territories, cookie: coordinator(office, scheme).await? })
    }

    /// Waits until the projections of every network are built.
    pub async fn built(&mut self) -> anyhow::Result<()> {
        while let Some(built) = self.building.join_next().await {
            built??;
        }
        Ok(())
    }

    /// The bodies of entries of one person in a row, as a phone sends them after some days without a network.
    pub fn entries(&mut self, count: usize) -> anyhow::Result<Vec<String>> {
        let from = usize::try_from(self.dice.below((self.course.len() - count) as u64))?;
        Ok(self.course[from..from + count].iter().map(|draft| Body::new(draft.clone()).to_json()).collect())
    }

    /// Five statements of six that are expected of people, a fifth of them with words; beside the records that are counted.
    fn statements(&mut self, promeneurs: &[PromeneurId]) -> anyhow::Result<Vec<(Uuid, String, &'static str)>> {
        let words = ["Une formation sur le harcèlement", "Le droit à l’image", "Manque de temps en soirée"];
        let mut statements = Vec::new();
        for promeneur in promeneurs {
            for number in 0..MONTHS {
                let (is_handed_over, text) = (self.dice.below(6) > 0, self.dice.below(5 * words.len() as u64));
                if !is_handed_over {
                    continue;
                }
                let text = words.get(usize::try_from(text)?).map(|text| (*text).to_owned());
                let month = Period::Month(FIRST_YEAR, 1).first().checked_add_months(Months::new(number));
                let draft = Draft::Statement(StatementDraft {
                    month,
                    figures: Some(Handed::default()),
                    training_wishes: text,
                    ..StatementDraft::default()
                });
                statements.push((promeneur.0, Body::new(draft).to_json(), "statement"));
            }
        }
        Ok(statements)
    }

    fn records(
        &mut self,
        promeneurs: &[PromeneurId],
        count: usize,
    ) -> anyhow::Result<Vec<(Uuid, String, &'static str)>> {
        (0..count).map(|_| self.record(promeneurs)).collect::<Option<_>>().context("a record")
    }

    fn record(&mut self, promeneurs: &[PromeneurId]) -> Option<(Uuid, String, &'static str)> {
        let draft = &self.drafts[usize::try_from(self.dice.below(self.drafts.len() as u64)).ok()?];
        let whose = promeneurs[usize::try_from(self.dice.below(promeneurs.len() as u64)).ok()?];
        let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 6)?;
        let day = draft.day()?;
        let target = first.checked_add_days(Days::new(7 * self.dice.below(WEEKS)))?;
        let monday = day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?;
        let draft = moved(draft.clone(), target - monday);
        let kind = draft.kind();
        Some((whose.0, Body::new(draft).to_json(), kind))
    }
}

fn moved(draft: Draft, by: TimeDelta) -> Draft {
    match draft {
        Draft::Presence(mut it) => {
            it.started_at = it.started_at.map(|at| at + by);
            it.ended_at = it.ended_at.map(|at| at + by);
            Draft::Presence(it)
        }
        Draft::Intervention(mut it) => {
            it.occurred_on = it.occurred_on.map(|day| day + by);
            Draft::Intervention(it)
        }
        Draft::Meeting(mut it) => {
            it.occurred_on = it.occurred_on.map(|day| day + by);
            Draft::Meeting(it)
        }
        Draft::Project(mut it) => {
            it.initiated_on = it.initiated_on.map(|day| day + by);
            it.ended_on = it.ended_on.map(|day| day + by);
            Draft::Project(it)
        }
        Draft::AccountSnapshot(mut it) => {
            it.as_of = it.as_of.map(|day| day + by);
            Draft::AccountSnapshot(it)
        }
        Draft::Statement(it) => Draft::Statement(it),
    }
}

/// Promeneurs, two of a structure.
async fn hire(
    owner: &mut PgConnection,
    scheme: SchemeId,
    territory: Uuid,
    count: usize,
) -> anyhow::Result<Vec<PromeneurId>> {
    let people: Vec<Uuid> = (0..count).map(|_| fresh_id()).collect();
    let structures: Vec<Uuid> = (0..count.div_ceil(2)).map(|_| fresh_id()).collect();
    let homes: Vec<Uuid> = (0..count).map(|at| structures[at / 2]).collect();
    sqlx::query(
        "insert into structure (network_id, id, name, type, commune, territory_id)
         select $1, id, 'Structure ' || id, 'mjc', 'Commune ' || left(id::text, 3), $3 from unnest($2::uuid[]) as id",
    )
    .bind(scheme.0)
    .bind(&structures)
    .bind(territory)
    .execute(&mut *owner)
    .await?;
    sqlx::query(
        "insert into promeneur (network_id, id, name, labelled_on)
         select $1, id, 'Personne ' || id, date '2024-09-01' from unnest($2::uuid[]) as id",
    )
    .bind(scheme.0)
    .bind(&people)
    .execute(&mut *owner)
    .await?;
    sqlx::query(
        "insert into affiliation (network_id, promeneur_id, structure_id, from_on)
         select $1, person, home, date '2011-01-01' from unnest($2::uuid[], $3::uuid[]) as line (person, home)",
    )
    .bind(scheme.0)
    .bind(&people)
    .bind(&homes)
    .execute(&mut *owner)
    .await?;
    Ok(people.into_iter().map(PromeneurId).collect())
}

async fn write(
    owner: &mut PgConnection,
    scheme: SchemeId,
    version: i64,
    rows: &[(Uuid, String, &str)],
) -> anyhow::Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|_| fresh_id()).collect();
    let whose: Vec<Uuid> = rows.iter().map(|(whose, ..)| *whose).collect();
    let bodies: Vec<&str> = rows.iter().map(|(_, body, _)| body.as_str()).collect();
    let kinds: Vec<&str> = rows.iter().map(|(.., kind)| *kind).collect();
    let hashes: Vec<Vec<u8>> = rows.iter().map(|(_, body, _)| BodyHash::of(body).0.to_vec()).collect();
    sqlx::query(
        "insert into record (network_id, id, promeneur_id, kind, body, body_hash, schema, version, client_at, client_offset_min)
         select $1, id, whose, kind, body::json, hash, 1, $2 + row_number() over (), now(), 60
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bytea[]) as line (id, whose, kind, body, hash)",
    )
    .bind(scheme.0)
    .bind(version)
    .bind(&ids)
    .bind(&whose)
    .bind(&kinds)
    .bind(&bodies)
    .bind(&hashes)
    .execute(owner)
    .await?;
    Ok(())
}

async fn coordinator(office: &Office, scheme: SchemeId) -> anyhow::Result<String> {
    let mut tx = office.db.of(scheme).await?;
    let login = format!("{}@mesure", fresh_id().simple());
    let new = people::NewAccount {
        login: &login,
        name: "Coordination",
        password_hash: "none",
        place: people::Place::Coordinator,
    };
    let account = people::create_account(&mut tx, scheme, &new).await?;
    let me = accounts::person(&mut tx, account).await?.context("nobody")?;
    tx.commit().await?;
    let token = Token::fresh()?;
    let until = clock::now() + accounts::session_length(&me.role);
    accounts::open_session(&office.db, scheme, me.account, &token.hash(), until, "").await?;
    Ok(format!("lanterne={}", token.text()))
}
