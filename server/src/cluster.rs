//! A private PostgreSQL cluster, for those who have none to point at: made, started and stopped with the server, over
//! a Unix socket only. It recovers by itself after a kill, as PostgreSQL does.

use std::{
    ffi::OsStr,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use tokio::process::Command;

use crate::auth::token::hex;

/// Longest path of a socket's folder: a Unix socket's whole path has 107 bytes.
const LONGEST_SOCKET_DIR: usize = 85;

/// How often, and how far apart, a start is tried while the processes of one that crashed are still going.
const MOST_TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(250);

/// Why the cluster cannot be used: one sentence and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ClusterFault {
    /// No installed `PostgreSQL`.
    #[error(
        "no PostgreSQL 15 or newer was found: install it (Debian: `apt-get install postgresql`), or set DATABASE_URL."
    )]
    NotInstalled,
    /// Root without the user it needs.
    #[error(
        "PostgreSQL does not run as root and there is no user `postgres`: install Debian's `postgresql`, start as an \
         ordinary user, or set DATABASE_URL."
    )]
    NoPostgresUser,
    /// The data folder cannot be made.
    #[error("the data folder {0} cannot be used ({1}): make it writable, or choose another with LANTERNE_DATA.")]
    Folder(PathBuf, std::io::Error),
    /// Another server works on the same data.
    #[error("another Lanterne uses the data folder {0}: stop it, or choose another folder with LANTERNE_DATA.")]
    InUse(PathBuf),
    /// The data are of another major version.
    #[error(
        "the data in {data} were made by PostgreSQL {made}, and {found} is installed: install PostgreSQL {made}, or dump and restore."
    )]
    OtherVersion {
        /// The cluster's folder.
        data: PathBuf,
        /// Major version of the data.
        made: String,
        /// Major version installed.
        found: String,
    },
    /// A program of `PostgreSQL` failed.
    #[error("{program} failed: {text}")]
    Program {
        /// Which one.
        program: &'static str,
        /// What it said.
        text: String,
    },
}

/// Takes the data folder for as long as the answer lives: two servers on one would stop each other's database.
pub fn take_turn(data_dir: &Path) -> Result<std::fs::File, ClusterFault> {
    let fault = |error| ClusterFault::Folder(data_dir.to_owned(), error);
    std::fs::create_dir_all(data_dir).map_err(fault)?;
    let file = std::fs::File::create(data_dir.join("lock")).map_err(fault)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(ClusterFault::InUse(data_dir.to_owned())),
        Err(std::fs::TryLockError::Error(error)) => Err(fault(error)),
    }
}

/// A private cluster that runs.
#[derive(Debug)]
pub struct Cluster {
    place: Place,
}

/// Where a cluster lives and who runs it.
#[derive(Debug)]
struct Place {
    programs: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    as_postgres: bool,
}

impl Cluster {
    /// Starts the cluster of a data folder, making it if there is none.
    pub async fn start(data_dir: &Path) -> Result<Self, ClusterFault> {
        let place = Place::find(data_dir).await?;
        if place.data.join("PG_VERSION").exists() {
            place.check_version().await?;
        } else {
            tracing::info!(data = %place.data.display(), "making a private PostgreSQL cluster");
            place.make().await?;
        }
        place.start().await?;
        place.create_database().await?;
        Ok(Self { place })
    }

    /// How to connect to it.
    pub fn options(&self) -> PgConnectOptions {
        self.place.options().database("lanterne")
    }

    /// Stops it, disconnecting whoever is left.
    pub async fn stop(self) -> Result<(), ClusterFault> {
        let data = self.place.data.as_os_str();
        let stop = ["stop", "-w", "-m", "fast", "-D"].map(OsStr::new);
        self.place.run("pg_ctl", stop.into_iter().chain([data])).await?;
        Ok(())
    }
}

impl Place {
    async fn find(data_dir: &Path) -> Result<Self, ClusterFault> {
        std::fs::create_dir_all(data_dir).map_err(|error| ClusterFault::Folder(data_dir.to_owned(), error))?;
        let data_dir = data_dir.canonicalize().map_err(|error| ClusterFault::Folder(data_dir.to_owned(), error))?;
        let as_postgres = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        let home = if as_postgres { home_for_postgres(&data_dir).await? } else { data_dir.join("postgres") };
        let made = std::fs::read_to_string(home.join("data/PG_VERSION")).ok();
        let programs = find_programs(made.as_deref().map(str::trim)).ok_or(ClusterFault::NotInstalled)?;
        let socket = socket_dir(&home)?;
        let place = Self { programs, data: home.join("data"), socket, as_postgres };
        place.own(&home).await?;
        place.own(&place.socket).await?;
        Ok(place)
    }

    /// Makes a folder that only the cluster's user may enter.
    async fn own(&self, folder: &Path) -> Result<(), ClusterFault> {
        let fault = |error| ClusterFault::Folder(folder.to_owned(), error);
        std::fs::create_dir_all(folder).map_err(fault)?;
        if self.as_postgres {
            let chown = Command::new("chown").arg("postgres:postgres").arg(folder).output().await.map_err(fault)?;
            checked("chown", &chown)?;
        }
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(fault)
    }

    async fn make(&self) -> Result<(), ClusterFault> {
        let options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-D"];
        self.run("initdb", options.map(OsStr::new).into_iter().chain([self.data.as_os_str()])).await?;
        Ok(())
    }

    async fn check_version(&self) -> Result<(), ClusterFault> {
        let made = self.read("PG_VERSION").await?;
        let output = self.run("postgres", [OsStr::new("--version")]).await?;
        let version = String::from_utf8_lossy(&output.stdout).into_owned();
        let found = version.split_whitespace().nth(2).and_then(|v| v.split('.').next()).unwrap_or("").to_owned();
        if made == found { Ok(()) } else { Err(ClusterFault::OtherVersion { data: self.data.clone(), made, found }) }
    }

    async fn read(&self, name: &str) -> Result<String, ClusterFault> {
        let path = self.data.join(name);
        let text = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
        match text {
            Ok(Ok(text)) => Ok(text.trim().to_owned()),
            Ok(Err(error)) => Err(ClusterFault::Folder(self.data.clone(), error)),
            Err(_) => Ok(String::new()),
        }
    }

    /// Starts the postmaster, unless it runs already: a killed server leaves it so.
    async fn start(&self) -> Result<(), ClusterFault> {
        self.forget_stale_pid();
        let status = ["status", "-D"].map(OsStr::new).into_iter().chain([self.data.as_os_str()]);
        if self.run("pg_ctl", status).await.is_ok() {
            return Ok(());
        }
        // pg_ctl hands it to a shell; PGPORT of the environment must not move the socket.
        let socket = self.socket.display().to_string().replace('\'', "'\\''");
        let options = format!("-k '{socket}' -c port=5432 -c listen_addresses='' -c unix_socket_permissions=0700");
        let log = self.data.join("server.log");
        let start = || {
            ["start", "-w", "-s", "-o"].map(OsStr::new).into_iter().chain([
                OsStr::new(&options),
                OsStr::new("-l"),
                log.as_os_str(),
                OsStr::new("-D"),
                self.data.as_os_str(),
            ])
        };
        let mut tries = 0;
        loop {
            match self.run("pg_ctl", start()).await {
                Ok(_) => return Ok(()),
                // The children of a postmaster that was killed are still going.
                Err(ClusterFault::Program { text, .. }) if text.contains("shared memory") && tries < MOST_TRIES => {
                    tries += 1;
                    tokio::time::sleep(BETWEEN_TRIES).await;
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// After a crash the number in the pid file may be another program's by now, or that of a dead process which nobody
    /// has buried, as in many containers: either would pass for the postmaster.
    fn forget_stale_pid(&self) {
        let file = self.data.join("postmaster.pid");
        let Ok(text) = std::fs::read_to_string(&file) else { return };
        let pid = text.lines().next().unwrap_or_default().trim();
        // `<pid> (<program>) <state> …`
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return };
        let lives = stat.contains("(postgres)") && !stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z"));
        if !lives {
            tracing::warn!(pid, "the pid files of the cluster were left by a crash");
            let _ = std::fs::remove_file(file);
            let _ = std::fs::remove_file(self.socket.join(".s.PGSQL.5432.lock"));
        }
    }

    async fn create_database(&self) -> Result<(), ClusterFault> {
        let fault = |error: sqlx::Error| ClusterFault::Program { program: "postgres", text: error.to_string() };
        let mut connection =
            sqlx::ConnectOptions::connect(&self.options().database("postgres")).await.map_err(fault)?;
        let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = 'lanterne')")
            .fetch_one(&mut connection)
            .await
            .map_err(fault)?;
        if !exists {
            sqlx::query("create database lanterne").execute(&mut connection).await.map_err(fault)?;
        }
        sqlx::Connection::close(connection).await.map_err(fault)
    }

    fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.socket).port(5432).username("postgres")
    }

    async fn run<'a>(
        &self,
        program: &'static str,
        arguments: impl IntoIterator<Item = &'a OsStr>,
    ) -> Result<Output, ClusterFault> {
        let path = self.programs.join(program);
        let mut command = if self.as_postgres {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // The postmaster outlives this call: a pipe that it inherits would never close.
        let quiet = program == "pg_ctl";
        command.args(arguments).current_dir("/").stdin(Stdio::null());
        if quiet {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        }
        let output =
            command.output().await.map_err(|error| ClusterFault::Program { program, text: error.to_string() })?;
        checked(program, &output).map_err(|fault| self.with_log(fault))?;
        Ok(output)
    }

    /// The last words of the postmaster, which `pg_ctl` keeps to itself.
    fn with_log(&self, fault: ClusterFault) -> ClusterFault {
        let last_words = std::fs::read_to_string(self.data.join("server.log")).unwrap_or_default();
        match (fault, last_words.lines().rev().find(|line| line.contains("FATAL") || line.contains("ERROR"))) {
            (ClusterFault::Program { program, text }, Some(line)) => {
                ClusterFault::Program { program, text: format!("{text} {line}").trim().to_owned() }
            }
            (fault, _) => fault,
        }
    }
}

fn checked(program: &'static str, output: &Output) -> Result<(), ClusterFault> {
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ClusterFault::Program { program, text: if text.is_empty() { output.status.to_string() } else { text } })
}

/// The installed `PostgreSQL` that made the data, else the newest, 15 or later: Debian's folders first, then what is on
/// the path.
pub fn find_programs(made: Option<&str>) -> Option<PathBuf> {
    let same = made.map(|version| PathBuf::from("/usr/lib/postgresql").join(version).join("bin"));
    if let Some(programs) = same.filter(|programs| programs.join("postgres").exists()) {
        return Some(programs);
    }
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(version, programs)| *version >= 15 && programs.join("postgres").exists())
        .max();
    newest.map(|(_, programs)| programs).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
    })
}

/// Where the `postgres` user can keep a cluster for a data folder: in it, or, where the folder lies under one that is
/// closed to that user (a clone in root's home), in `/var/lib`, with a link from the data folder.
async fn home_for_postgres(data_dir: &Path) -> Result<PathBuf, ClusterFault> {
    let wanted = data_dir.join("postgres");
    if let Ok(home) = std::fs::read_link(&wanted) {
        return Ok(home);
    }
    if wanted.exists() {
        return wanted.canonicalize().map_err(|error| ClusterFault::Folder(wanted, error));
    }
    let enters = Command::new("runuser").args(["-u", "postgres", "--", "test", "-x"]).arg(data_dir).output().await;
    match enters {
        Err(_) => Err(ClusterFault::NoPostgresUser),
        Ok(output) if output.status.success() => Ok(wanted),
        Ok(output) if String::from_utf8_lossy(&output.stderr).contains("does not exist") => {
            Err(ClusterFault::NoPostgresUser)
        }
        Ok(_) => {
            let home = PathBuf::from(format!("/var/lib/lanterne-{}", short_name(data_dir)));
            symlink(&home, &wanted).map_err(|error| ClusterFault::Folder(wanted, error))?;
            Ok(home)
        }
    }
}

fn socket_dir(home: &Path) -> Result<PathBuf, ClusterFault> {
    let beside = home.join("run");
    if beside.as_os_str().len() <= LONGEST_SOCKET_DIR {
        return Ok(beside);
    }
    // The folder is made for one user only; one that somebody else has made there first is not used.
    let short = std::env::temp_dir().join(format!("lanterne-{}", short_name(home)));
    if let (Ok(found), Ok(ours)) = (std::fs::metadata(&short), std::fs::metadata(home))
        && found.uid() != ours.uid()
    {
        let error = std::io::Error::other("it belongs to another user");
        return Err(ClusterFault::Folder(short, error));
    }
    Ok(short)
}

fn short_name(path: &Path) -> String {
    hex(&Sha256::digest(path.as_os_str().as_bytes())[..6])
}
