//! A made-up network with a whole school year, so that whoever starts Lanterne for the first time sees it alive.
//! Nobody in it exists. Only ever in the private cluster, where no real data are.

pub mod life;
pub mod year;

use anyhow::{Context, bail};
use app::{
    api::office::SyncDesk,
    domain::{
        coded::Code,
        helpline::Helpline,
        ids::{DeviceId, OpId, SchemeId},
        person::Me,
        record::SCHEMA,
        taxonomy::StructureType,
    },
    sync::{
        hash::BodyHash,
        messages::{Heartbeat, MOST_OPS, Op, OpKind, PROTO, PushRequest, Verdict},
    },
};
use serde_json::value::RawValue;
use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::{
    auth::password,
    clock::{self, fresh_id},
    db::{
        Db, Tx, accounts, helplines, holidays,
        people::{self, Place},
        reports,
    },
    desk::Desk,
};
use year::{Promeneur, SchoolYear};

/// The passphrase of every demonstration account.
pub const PASSPHRASE: &str = "lanterne-demo";
/// The coordinator's sign-in name.
pub const COORDINATOR: &str = "coordination@demo";
/// That of whoever directs the first structure.
pub const MANAGER: &str = "direction@demo";
/// That of the Caf.
pub const CAF: &str = "caf@demo";
/// That of the committee.
pub const COMMITTEE: &str = "comite@demo";
const NAME: &str = "Réseau de démonstration";

/// The sign-in name of a demonstration promeneur, `p1` to `p10` in the data.
pub fn login_of(id: &str) -> String {
    format!("{id}@demo")
}

/// Fills an empty database with the demonstration network, and returns what to tell the operator. A database that
/// holds another network is left alone.
pub async fn fill_once(db: &Db, options: PgConnectOptions) -> anyhow::Result<Option<String>> {
    let mut owner = options.connect().await?;
    let networks = sqlx::query!("select id, demo from network").fetch_all(&mut owner).await?;
    let whole = sqlx::query_scalar!(r#"select exists (select from account where login = $1) as "is!""#, COORDINATOR)
        .fetch_one(&mut owner)
        .await?;
    match networks.as_slice() {
        [only] if only.demo && !whole => {
            tracing::info!("a start that was interrupted left the demonstration half-made: making it anew");
            sqlx::query!("truncate network, record, operation, figure_day, network_month cascade")
                .execute(&mut owner)
                .await?;
            fill(db).await.map(Some)
        }
        [] => fill(db).await.map(Some),
        [only] if only.demo => Ok(Some(accounts_text())),
        _ => Ok(None),
    }
}

async fn fill(db: &Db) -> anyhow::Result<String> {
    tracing::info!("filling the demonstration network with a school year");
    let scheme = clock::fresh_scheme();
    let year = SchoolYear::read()?;
    let promeneurs = create_people(db, scheme, &year).await?;
    for (promeneur, me) in year.promeneurs.iter().zip(promeneurs) {
        push(db, &me, promeneur).await.with_context(|| format!("records of {}", promeneur.id))?;
    }
    // Last, so that its being there says that everything else is.
    let password_hash = password::hash(PASSPHRASE.to_owned()).await?;
    let mut tx = db.of(scheme).await?;
    let structure = reports::choices(&mut tx).await?.structures.into_iter().next().context("a structure")?;
    let direction = format!("Direction, {}", structure.name);
    for (login, name, place) in [
        (MANAGER, direction.as_str(), Place::StructureManager(structure.id)),
        (CAF, "Caf de démonstration", Place::Caf),
        (COMMITTEE, "Comité de démonstration", Place::Committee),
        (COORDINATOR, "Coordination de démonstration", Place::Coordinator),
    ] {
        let account = people::NewAccount { login, name, password_hash: &password_hash, place };
        let account = people::create_account(&mut tx, scheme, &account).await?;
        if login == COORDINATOR {
            let me = accounts::person(&mut tx, account).await?.context("the coordinator just created")?;
            life::fill(&mut tx, &me).await?;
        }
    }
    tx.commit().await?;
    Ok(accounts_text())
}

fn accounts_text() -> String {
    format!(
        "\n  Demonstration network (made-up data, school year 2025-2026). Passphrase of every account: {PASSPHRASE}\n  \
         coordinator  {COORDINATOR}\n  promeneurs   {} … {}\n  readers      {MANAGER} {CAF} {COMMITTEE}\n",
        login_of("p1"),
        login_of("p10")
    )
}

/// Creates the network, its structures, promeneurs with their accounts, holidays and statements; returns the promeneurs
/// signed in.
pub async fn create_people(db: &Db, scheme: SchemeId, year: &SchoolYear) -> anyhow::Result<Vec<Me>> {
    people::create_scheme(db, scheme, NAME, "Haute-Loire", true).await?;
    let password_hash = password::hash(PASSPHRASE.to_owned()).await?;
    let mut tx = db.of(scheme).await?;
    for holiday in &year.holidays {
        holidays::add(&mut tx, scheme, holiday.first, holiday.last).await?;
    }
    // One of the numbers that are kept for fiction.
    let words = "Cellule de recueil des informations préoccupantes (CRIP), en semaine de 9 h à 17 h".to_owned();
    helplines::put(&mut tx, scheme, &Helpline { number: "0465710043".to_owned(), words }).await?;
    let mut structures = Vec::new();
    for structure in &year.structures {
        if StructureType::from_code(&structure.kind).is_none() {
            bail!("no structure type named {}", structure.kind);
        }
        let id =
            people::create_structure(&mut tx, scheme, &structure.name, &structure.kind, &structure.commune).await?;
        structures.push((structure.id.as_str(), id));
    }
    let mut signed_in = Vec::new();
    for promeneur in &year.promeneurs {
        let structure =
            structures.iter().find(|(id, _)| *id == promeneur.structure).context("a promeneur's structure")?;
        signed_in.push(create_promeneur(&mut tx, scheme, promeneur, structure.1, &password_hash).await?);
    }
    tx.commit().await?;
    Ok(signed_in)
}

async fn create_promeneur(
    tx: &mut Tx,
    scheme: SchemeId,
    promeneur: &Promeneur,
    structure: app::domain::ids::StructureId,
    password_hash: &str,
) -> anyhow::Result<Me> {
    let new = people::NewPromeneur {
        name: &promeneur.name,
        structure,
        labelled_on: promeneur.labelled_on,
        left_on: promeneur.left_on,
        leave: promeneur.leave,
        weekly_minutes: Some(180),
    };
    let id = people::create_promeneur(tx, scheme, &new).await?;
    let login = login_of(&promeneur.id);
    let account =
        people::NewAccount { login: &login, name: &promeneur.name, password_hash, place: Place::Promeneur(id) };
    let account = people::create_account(tx, scheme, &account).await?;
    accounts::person(tx, account).await?.context("the account just created")
}

/// Sends a promeneur's records through the ledger, as their phone would.
async fn push(db: &Db, me: &Me, promeneur: &Promeneur) -> anyhow::Result<()> {
    let desk = Desk::new(db.clone());
    let device = DeviceId(fresh_id());
    let now = clock::now().fixed_offset();
    let mut seq = 0;
    for chunk in promeneur.records.chunks(MOST_OPS) {
        let mut ops = Vec::with_capacity(chunk.len());
        for (record, body) in chunk {
            seq += 1;
            let text = body.to_json();
            let op = Op {
                op: OpId(fresh_id()),
                seq,
                kind: OpKind::Upsert,
                record: *record,
                base: None,
                after: None,
                schema: SCHEMA,
                at: now,
                hash: BodyHash::of(&text),
                body: Some(RawValue::from_string(text)?),
                reason: None,
                refill: false,
            };
            ops.push(serde_json::value::to_raw_value(&op)?);
        }
        let heartbeat = Heartbeat {
            proto: PROTO,
            build: "demo".to_owned(),
            schema: SCHEMA,
            device,
            user: me.account,
            now,
            pending: u32::try_from(ops.len())?,
            oldest: None,
            stalls: 0,
        };
        let answer = desk.push(me, PushRequest { heartbeat, epoch: None, ops }).await?;
        if let Some(refused) = answer.results.iter().find(|result| !matches!(result.verdict, Verdict::Applied { .. })) {
            bail!("a record was not taken: {refused:?}");
        }
    }
    Ok(())
}
