//! Copies of everything, and coming back from one. The copying itself is PostgreSQL's own `pg_dump` and `pg_restore`; what is
//! ours is that a copy says what it holds, that a spoilt one is refused before anything is touched, and that a database which came
//! back begins a new life, so that phones give it what it lacks (`offline.md` I14).

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::process::Command;

use crate::{
    admin,
    auth::token::hex,
    clock, cluster,
    db::{
        self,
        audit::{self, Chain},
        lives,
    },
};

/// What a copy says of itself, in a file beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The release that made it.
    pub release: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Rows of each table.
    pub tables: BTreeMap<String, i64>,
    /// Of each network the last line of the trail: its number and its hash.
    pub trails: BTreeMap<String, (i64, String)>,
}

impl Manifest {
    /// All rows together.
    pub fn rows(&self) -> i64 {
        self.tables.values().sum()
    }
}

/// Which database, and how PostgreSQL's programs are let in.
#[derive(Clone)]
pub struct Source {
    /// How to connect.
    pub options: PgConnectOptions,
    /// The address as the operator gave it; none for the private cluster.
    pub url: Option<String>,
}

/// Copies everything into a file of mode 600, which appears once it is whole.
pub async fn make(source: &Source, copy: &Path) -> anyhow::Result<Manifest> {
    let mut owner = db::connect(&source.options).await?;
    passes(&mut owner, source).await?;
    let part = with_suffix(copy, ".part");
    // Made here with its mode; pg_dump writes into it.
    private(&part)
        .with_context(|| format!("writing {}: is there room, and may this user write there?", part.display()))?;
    // The counts and the copy are of one moment.
    let mut moment = owner.begin_with("begin isolation level repeatable read, read only").await?;
    let snapshot: String = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut *moment).await?;
    let (tables, trails) = (counts(&mut moment).await?, trails(&mut moment).await?);
    let arguments: Vec<OsString> = vec![
        "--format=custom".into(),
        "--no-owner".into(),
        format!("--snapshot={snapshot}").into(),
        "-f".into(),
        part.clone().into(),
    ];
    run("pg_dump", source, arguments).await?;
    moment.commit().await?;
    let file = File::open(&part)?;
    file.sync_all()?;
    let (bytes, sha256) = digest(file)?;
    let at = clock::now();
    let manifest = Manifest { at, release: env!("CARGO_PKG_VERSION").to_owned(), bytes, sha256, tables, trails };
    let mut told = private(&beside(copy))?;
    told.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
    told.sync_all()?;
    std::fs::rename(&part, copy)?;
    sqlx::query!(
        "insert into backup_run (at, bytes, rows) values ($1, $2, $3)",
        at,
        i64::try_from(bytes).unwrap_or(i64::MAX),
        manifest.rows()
    )
    .execute(&mut owner)
    .await?;
    owner.close().await?;
    Ok(manifest)
}

/// Whether the account sees everything: others would copy nothing, and count nothing when it came back.
async fn passes(owner: &mut PgConnection, source: &Source) -> anyhow::Result<()> {
    let passes: bool = sqlx::query_scalar("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        .fetch_one(&mut *owner)
        .await?;
    if !passes {
        bail!(
            "this account sees no more than the policies let it: run `alter role {} bypassrls` as a PostgreSQL administrator",
            source.options.get_username()
        );
    }
    Ok(())
}

/// Fills an empty database from a copy, checks that all of it came, and begins a new life.
pub async fn restore(source: &Source, copy: &Path) -> anyhow::Result<Manifest> {
    let told = std::fs::read(beside(copy))
        .with_context(|| format!("reading {}, which stands beside a copy", beside(copy).display()))?;
    let manifest: Manifest = serde_json::from_slice(&told).context("the file beside the copy is damaged")?;
    let (bytes, sha256) = digest(File::open(copy).with_context(|| format!("reading {}", copy.display()))?)?;
    if (bytes, &sha256) != (manifest.bytes, &manifest.sha256) {
        bail!("{} is not as it was made: its size or its hash is another one. Take an older copy.", copy.display());
    }
    let mut owner = db::connect(&source.options).await?;
    passes(&mut owner, source).await?;
    empty(&mut owner).await?;
    let arguments: Vec<OsString> =
        vec!["--exit-on-error".into(), "--single-transaction".into(), "--no-owner".into(), copy.into()];
    run("pg_restore", source, arguments).await?;
    let found = counts(&mut owner).await?;
    if found != manifest.tables {
        bail!("what came back is not what was copied: {found:?} instead of {:?}", manifest.tables);
    }
    db::migrate(&source.options).await?;
    for (network, head) in &manifest.trails {
        let chain = audit::verify(&mut owner, network.parse().context("a network of the manifest")?, None).await?;
        match chain {
            Chain::Whole { lines, head: last } if (lines, &last) == (head.0, &head.1) => {}
            other => bail!("the trail of {network} is not as it was copied: {other:?}"),
        }
    }
    let schemes = admin::schemes(&mut owner).await?;
    lives::begin(&mut owner, &schemes).await?;
    // Ours only: an account that is no superuser is told of each of the system's that it may not.
    let tables: Vec<String> = manifest.tables.keys().map(|table| format!("public.{table}")).collect();
    owner.execute(AssertSqlSafe(format!("analyze {}", tables.join(", ")))).await?;
    owner.close().await?;
    Ok(manifest)
}

/// Makes room: in a database where somebody is, nothing is overwritten.
async fn empty(owner: &mut PgConnection) -> anyhow::Result<()> {
    let is_there: bool =
        sqlx::query_scalar("select to_regclass('public.network') is not null").fetch_one(&mut *owner).await?;
    if is_there {
        let networks: i64 = sqlx::query_scalar("select count(*) from network").fetch_one(&mut *owner).await?;
        if networks > 0 {
            bail!(
                "this database holds {networks} networks, which would be lost: create an empty one with `createdb` and \
                 name it in DATABASE_URL"
            );
        }
        // The tables of a server that was started on it, without a row.
        owner.execute("drop schema public cascade; create schema public").await?;
    }
    owner
        .execute(
            "do $$ begin
                 if not exists (select from pg_roles where rolname = 'lanterne_app') then
                     create role lanterne_app nologin;
                 end if;
                 if not pg_has_role(current_user, 'lanterne_app', 'member') then
                     execute format('grant lanterne_app to %I', current_user);
                 end if;
                 if current_setting('server_version_num')::int >= 160000
                     and not pg_has_role(current_user, 'lanterne_app', 'set') then
                     execute format('grant lanterne_app to %I with set true', current_user);
                 end if;
             end $$",
        )
        .await?;
    Ok(())
}

/// Rows of each table of ours.
async fn counts(connection: &mut PgConnection) -> anyhow::Result<BTreeMap<String, i64>> {
    let tables: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
            .fetch_all(&mut *connection)
            .await?;
    let mut counts = BTreeMap::new();
    for table in tables {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from public.{table}")))
            .fetch_one(&mut *connection)
            .await?;
        counts.insert(table, count);
    }
    Ok(counts)
}

async fn trails(connection: &mut PgConnection) -> anyhow::Result<BTreeMap<String, (i64, String)>> {
    let rows: Vec<(uuid::Uuid, i64, Vec<u8>)> = sqlx::query_as(
        "select distinct on (network_id) network_id, seq, hash from audit_event order by network_id, seq desc",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(network, seq, hash)| (network.to_string(), (seq, hex(&hash)))).collect())
}

fn digest(mut file: File) -> anyhow::Result<(u64, String)> {
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex(&hash.finalize())));
        }
        hash.update(&buffer[..read]);
        bytes += u64::try_from(read)?;
    }
}

/// An empty file that nobody else reads.
fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Where what a copy says of itself stands.
fn beside(copy: &Path) -> PathBuf {
    with_suffix(copy, ".json")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Runs one of PostgreSQL's programs on the database. A password goes by the environment: arguments are seen by everybody on the
/// machine.
async fn run(program: &str, source: &Source, arguments: Vec<OsString>) -> anyhow::Result<()> {
    // Beside a server's own programs, or wherever the shell finds it.
    let found = cluster::find_programs(None).map(|programs| programs.join(program)).filter(|path| path.exists());
    let options = &source.options;
    let host = options.get_socket().map_or_else(|| options.get_host().into(), |socket| socket.clone().into_os_string());
    let mut command = Command::new(found.unwrap_or_else(|| program.into()));
    command
        .args(["--no-password", "-U", options.get_username(), "-p", &options.get_port().to_string()])
        .args(["-d", options.get_database().unwrap_or("lanterne")])
        .arg("-h")
        .arg(host)
        .args(arguments)
        .stdin(Stdio::null());
    if let Some(password) = source.url.as_deref().and_then(password_of) {
        command.env("PGPASSWORD", password);
    }
    if matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
        command.env("PGSSLMODE", "verify-full");
    }
    let output = command.output().await.with_context(|| {
        format!("running {program}: install PostgreSQL's programs (Debian: `apt-get install postgresql-client`)")
    })?;
    if !output.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// The password in an address, as it is meant: `%40` is `@`.
fn password_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    let mut bytes = Vec::with_capacity(password.len());
    let mut rest = password.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match escaped.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::password_of;

    #[test]
    fn a_password_is_read_as_it_is_meant() {
        assert_eq!(password_of("postgres://lanterne:a%40b%3Ac@db.example.org/lanterne").as_deref(), Some("a@b:c"));
        assert_eq!(password_of("postgres://lanterne:100%@db/lanterne?sslmode=disable").as_deref(), Some("100%"));
        assert_eq!(password_of("postgres://lanterne@db/lanterne"), None);
        assert_eq!(password_of("postgres:///lanterne?host=/run/postgresql"), None);
    }
}
