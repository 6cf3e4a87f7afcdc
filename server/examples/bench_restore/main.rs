//! `make bench-restore`: how long it takes to copy two million records, with their ledger and figures, and to come back from the copy:
//! from the file of `lanterne admin backup`, and from a copy of the whole cluster (`docs/running.md`, Until the last second).

#![expect(unreachable_pub, reason = "nothing of a program is reachable; `pub` says what its modules share")]
#[path = "../bench_sync/office.rs"]
#[expect(dead_code, reason = "the bench of sync also asks for phones")]
mod office;
#[path = "../bench_dashboard/population.rs"]
#[expect(dead_code, reason = "the bench of dashboards also looks at what it made")]
mod population;

use std::{path::Path, time::Instant};

use anyhow::{Context, bail};
use office::Office;
use population::Population;
use server::{
    backup::{self, Source},
    clock::fresh_id,
    cluster::{self, Cluster},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::process::Command;

/// Records, unless the command says otherwise.
const RECORDS: usize = 2_000_000;
/// Departments among which they are.
const DEPARTMENTS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let records = match std::env::args().nth(1) {
        Some(text) => text.parse().context("a number of records")?,
        None => RECORDS,
    };
    let office = Box::pin(Office::open()).await?;
    let measured = Box::pin(measure(&office, records)).await;
    office.close().await?;
    measured
}

async fn measure(office: &Office, records: usize) -> anyhow::Result<()> {
    let mut population = Population::new()?;
    for at in 0..DEPARTMENTS {
        population.department(office, &format!("department {at}"), records / DEPARTMENTS).await?;
    }
    let mut owner = office.owner().await?;
    owner
        .execute(
            "insert into operation (network_id, op_id, account_id, promeneur_id, device_id, seq, record_id, kind, status,
                 result_version, schema, body, body_hash, client_at, client_offset_min)
             select network_id, gen_random_uuid(), promeneur_id, promeneur_id, promeneur_id, version, id, 'upsert', 'applied',
                 version, schema, body, body_hash, client_at, client_offset_min
             from record",
        )
        .await?;
    owner.execute("vacuum (analyze)").await?;
    let size: String =
        sqlx::query_scalar("select pg_size_pretty(pg_database_size(current_database()))").fetch_one(&mut owner).await?;
    say(&format!("{records} records with their ledger: {size}"));

    let folder = std::env::temp_dir().join(format!("lanterne-restore-{}", fresh_id().simple()));
    std::fs::create_dir_all(folder.join("back/postgres"))?;
    let copy = folder.join("lanterne.dump");
    let begun = Instant::now();
    let made = backup::make(&Source { options: office.options.clone(), url: None }, &copy).await?;
    tell("lanterne admin backup", begun, &format!("{} rows, {} MB", made.rows(), made.bytes / 1_000_000));

    let name = format!("back_{}", fresh_id().simple());
    owner.execute(AssertSqlSafe(format!("create database {name}"))).await?;
    let begun = Instant::now();
    let back = Source { options: office.options.clone().database(&name), url: None };
    backup::restore(&back, &copy).await?;
    tell("lanterne admin restore", begun, "every table counted, every trail checked");
    owner.execute(AssertSqlSafe(format!("drop database {name}"))).await?;
    owner.close().await?;

    let begun = Instant::now();
    clone_cluster(office, &folder.join("back/postgres")).await?;
    tell("pg_basebackup", begun, "the whole cluster");
    let begun = Instant::now();
    let cluster = Cluster::start(&folder.join("back")).await?;
    let mut owner = PgConnection::connect_with(&cluster.options()).await?;
    let found: i64 = sqlx::query_scalar("select count(*) from record").fetch_one(&mut owner).await?;
    tell("started on it", begun, &format!("{found} records"));
    owner.close().await?;
    cluster.stop().await?;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// A copy of the cluster, as the user who may run one.
async fn clone_cluster(office: &Office, home: &Path) -> anyhow::Result<()> {
    let socket = office.options.get_socket().context("a private cluster")?.display().to_string();
    let program = cluster::find_programs(None).context("PostgreSQL")?.join("pg_basebackup");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    for folder in home.ancestors().take(3) {
        std::fs::set_permissions(folder, std::fs::Permissions::clone(&open))?;
    }
    let copy = format!("{} -h {socket} -U postgres -c fast -X fetch -D {}/data", program.display(), home.display());
    let copy = format!("if [ $(id -u) = 0 ]; then runuser -u postgres -- {copy}; else {copy}; fi");
    let done = Command::new("bash").args(["-c", &copy]).current_dir("/").status().await?;
    if done.success() { Ok(()) } else { bail!("pg_basebackup failed") }
}

#[expect(clippy::print_stdout, reason = "what was measured is what this program is for")]
fn say(text: &str) {
    println!("{text}");
}

fn tell(what: &str, begun: Instant, beside: &str) {
    say(&format!("{what}: {:.1} s ({beside})", begun.elapsed().as_secs_f64()));
}
