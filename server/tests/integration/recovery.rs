//! The other drill: the machine is gone between two copies, and what its log told until then is brought back, also what no
//! phone has. The commands are those of `docs/running.md`, word for word.

use std::{
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use axum::http::StatusCode;
use server::{admin, clock::fresh_id, cluster, config::Admin, db};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::process::Command;

use crate::{
    harness::Office,
    messages::{fresh_record, meeting},
    phone::Phone,
    recount::check_rebuild,
};

const RUNNING: &str = include_str!("../../../docs/running.md");

/// The only block of commands that has these words in it.
fn told(words: &str) -> &'static str {
    let blocks = RUNNING.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let found: Vec<&str> = blocks.filter(|block| block.contains(words)).collect();
    assert_eq!(found.len(), 1, "one block tells of {words}");
    found[0]
}

/// The one command that begins so.
fn line(block: &'static str, start: &str) -> &'static str {
    let found: Vec<&str> = block.lines().filter(|line| line.starts_with(start)).collect();
    assert_eq!(found.len(), 1, "{start} in {block}");
    found[0]
}

/// A shell of the user who may run `PostgreSQL`.
fn shell() -> std::process::Command {
    let as_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut shell = std::process::Command::new(if as_root { "runuser" } else { "bash" });
    if as_root {
        shell.args(["-u", "postgres", "--", "bash"]);
    }
    shell
}

/// Two machines: one that serves, one that keeps copies. `PostgreSQL` does not run as root.
struct Machines {
    folder: PathBuf,
    programs: PathBuf,
    /// The folder of the copies.
    copies: &'static str,
}

impl Machines {
    async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("lanterne-drill-{}", fresh_id().simple()));
        let machines = Self { folder, programs: cluster::find_programs(None).expect("PostgreSQL"), copies: "copies" };
        std::fs::create_dir_all(&machines.folder).expect("a folder");
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(&machines.folder, open).expect("open to PostgreSQL's user");
        machines.keeping("copies").await
    }

    /// The same, with copies in another folder, which is empty.
    async fn keeping(mut self, copies: &'static str) -> Self {
        self.copies = copies;
        self.done("mkdir -m 700 \"$COPIES\" \"$COPIES/wal\"").await;
        self
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What an operator types, where PostgreSQL's user does.
    fn typed(&self, command: &str) -> Command {
        let mut typed = shell();
        let path = format!("{}:{}", self.programs.display(), std::env::var("PATH").expect("a path"));
        typed
            .args(["-euc", command])
            .current_dir("/")
            .envs([("PATH", path.as_str()), ("PGUSER", "postgres"), ("PGDATABASE", "postgres")])
            .env("PGHOST", &self.folder)
            .env("COPIES", self.folder.join(self.copies))
            .env("DATA", self.data())
            .stdin(Stdio::null());
        let mut typed = Command::from(typed);
        typed.kill_on_drop(true);
        typed
    }

    async fn done(&self, command: &str) {
        let output = self.typed(command).stdout(Stdio::null()).output().await.expect("bash");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn starting(&self) -> String {
        let options = format!("-k {} -c listen_addresses=''", self.folder.display());
        format!("pg_ctl start -s -w -D \"$DATA\" -l \"$COPIES/log\" -o \"{options}\" >/dev/null 2>&1")
    }

    /// Starts the database that lies in [`Machines::data`].
    async fn start(&self) -> PgConnectOptions {
        self.done(&self.starting()).await;
        PgConnectOptions::new_without_pgpass().socket(&self.folder).port(5432).username("postgres").database("lanterne")
    }

    /// The machine that served is no more.
    async fn lose(&self) {
        // Without a word to anybody: what is under way is not ended, and nothing more is written.
        self.done("pg_ctl stop -s -m immediate -D \"$DATA\"").await;
        self.done("rm -rf \"$DATA\"").await;
    }
}

/// What goes on for ever on the machine that keeps copies, until that is switched off. A group of processes: whoever changes the
/// user stands before it.
struct Service(u32);

impl Service {
    fn run(mut typed: Command) -> Self {
        typed.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).kill_on_drop(false);
        Self(typed.spawn().expect("it runs").id().expect("it runs"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{}", self.0)]).status();
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        let stop = format!("{}/pg_ctl stop -s -m immediate -D {}", self.programs.display(), self.data().display());
        let _ = shell().args(["-c", &stop]).current_dir("/").output();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Asks until it is so; for a minute, and no longer.
async fn until(options: &PgConnectOptions, is_so: &str, given: &str) {
    let asking = async {
        let mut owner = PgConnection::connect_with(options).await.expect("the database");
        while !sqlx::query_scalar::<_, bool>(sqlx::AssertSqlSafe(is_so.to_owned()))
            .bind(given)
            .fetch_one(&mut owner)
            .await
            .expect("an answer")
        {
            tokio::task::yield_now().await;
        }
        owner.close().await.expect("closed");
    };
    tokio::time::timeout(Duration::from_mins(1), asking).await.unwrap_or_else(|_| panic!("never: {is_so}"));
}

/// Until all that is written by now has reached the machine that keeps copies.
async fn arrived(options: &PgConnectOptions) {
    let mut owner = PgConnection::connect_with(options).await.expect("the database");
    let written: String =
        sqlx::query_scalar("select pg_current_wal_flush_lsn()::text").fetch_one(&mut owner).await.expect("a place");
    owner.close().await.expect("closed");
    until(options, "select exists (select from pg_stat_replication where flush_lsn >= $1::text::pg_lsn)", &written)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_until_the_machine_was_lost_comes_back_from_its_log() {
    let machines = Machines::new().await;
    machines.done("initdb --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 -D \"$DATA\"").await;
    let options = machines.start().await;
    machines.done("createdb lanterne").await;
    Box::pin(db::migrate(&options)).await.expect("migrated");
    let copying = told("pg_receivewal");
    machines.done(line(copying, "pg_receivewal --create-slot")).await;
    let receive = line(copying, "pg_receivewal --slot");
    let receiver = Service::run(machines.typed(&format!("exec {receive}")));
    let office = Office::over(options.clone(), false).await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    phone.save(fresh_record(), meeting(2));
    assert_eq!(phone.round().await.fault, None);
    arrived(&options).await;
    machines.done(line(copying, "pg_basebackup")).await;
    machines.done(line(copying, "pg_verifybackup")).await;

    // After the copy: an evening, and what only the office knows.
    for young in 3..6 {
        phone.save(fresh_record(), meeting(young));
    }
    assert_eq!(phone.round().await.fault, None);
    // A file of the log is full, and the next one is begun.
    office.owner().await.execute("select pg_switch_wal()").await.expect("switched");
    office.promeneur("Bruno").await;
    let before = office.dashboard(&coordinator, "2026", "reseau").await;
    let counts = "select (select count(*) from operation) * 100 + (select count(*) from account)";
    let written = office.number(counts).await;
    arrived(&options).await;
    machines.lose().await;
    drop(receiver);

    machines.done(told("recovery.signal")).await;
    // A part of the log that cannot be read is not its end: nothing starts as if it were.
    machines.done("chmod 000 $(ls \"$COPIES\"/wal/* | grep -v partial)").await;
    let starting = machines.typed(&machines.starting()).output().await.expect("bash");
    assert!(!starting.status.success(), "it has not read the log");
    machines.done("chmod 600 \"$COPIES\"/wal/*").await;
    let options = machines.start().await;
    until(&options, "select not pg_is_in_recovery() and $1 = ''", "").await;
    let mut owner = PgConnection::connect_with(&options).await.expect("the database");
    let back = office.again_over(options).await;
    assert_eq!(back.number(counts).await, written, "all that had arrived");
    let said = admin::run(&back.db, &mut owner, Admin::NewEpoch).await.expect("a new life");
    assert!(said.contains("begun for 1 networks"), "{said}");
    let phone = phone.moved_to(&back);
    for _ in 0..4 {
        assert_eq!(phone.round().await.fault, None);
    }
    let after = back.dashboard(&coordinator, "2026", "reseau").await;
    assert_eq!(after.sums, before.sums, "nothing is missing, nothing counts twice");
    phone.save(fresh_record(), meeting(7));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!(back.number("select count(*) from record").await, 5, "and it goes on");
    assert_eq!(back.get("/coordination/equipe", &coordinator.cookie).await.status, StatusCode::OK);
    check_rebuild(&back).await;

    // The copies begin anew, with the same lines and in another folder.
    let machines = machines.keeping("later").await;
    machines.done(line(copying, "pg_receivewal --create-slot")).await;
    let receiver = Service::run(machines.typed(&format!("exec {receive}")));
    arrived(&back.options).await;
    machines.done(line(copying, "pg_basebackup")).await;
    machines.done(line(copying, "pg_verifybackup")).await;
    drop(receiver);
}
