//! `lanterne`: serve the application, or act as its operator.

use std::{io::ErrorKind, net::SocketAddr, process::ExitCode, str::FromStr, time::Duration};

use anyhow::{Context, bail};
use clap::Parser;
use server::{
    admin,
    backup::{self, Source},
    cluster::{self, Cluster},
    config::{Cli, Command, Copy, Data, Operator, Serve},
    db::{self, Db, projections},
    demo,
    http::{self, AppState, assets::Assets},
    mail::Mailer,
    retention,
};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => Box::pin(serve(cli.data, Serve::default())).await,
        Some(Command::Serve(serve_options)) => Box::pin(serve(cli.data, serve_options)).await,
        Some(Command::Admin(operator)) => Box::pin(administer(cli.data, operator)).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("lanterne: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// What the operator reads on the terminal; the log is for machines.
#[expect(clippy::print_stderr, reason = "the operator's terminal")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// The database of this run: the one named, or a private cluster.
struct Database {
    options: PgConnectOptions,
    cluster: Option<Cluster>,
}

impl Database {
    async fn open(data: &Data) -> anyhow::Result<Self> {
        if let Some(url) = data.database_url.as_deref().filter(|_| !data.is_private()) {
            let options = PgConnectOptions::from_str(url).map_err(|_| {
                anyhow::anyhow!(
                    "DATABASE_URL is no address of a PostgreSQL database, such as postgres://user:secret@host/lanterne"
                )
            })?;
            return Ok(Self { options: guarded(options, url), cluster: None });
        }
        let cluster = Cluster::start(&data.data_dir).await?;
        Ok(Self { options: cluster.options(), cluster: Some(cluster) })
    }

    async fn close(self) -> anyhow::Result<()> {
        match self.cluster {
            Some(cluster) => cluster.stop().await.context("stopping the private cluster"),
            None => Ok(()),
        }
    }
}

/// On the way to another machine nobody may listen or answer in the database's stead, unless the operator says so in the address.
fn guarded(options: PgConnectOptions, url: &str) -> PgConnectOptions {
    let is_here = options.get_socket().is_some()
        || options.get_host().starts_with('/')
        || matches!(options.get_host(), "localhost" | "127.0.0.1" | "::1");
    let is_said = url.contains("sslmode=") || url.contains("ssl-mode=") || std::env::var_os("PGSSLMODE").is_some();
    if is_here || is_said { options } else { options.ssl_mode(PgSslMode::VerifyFull) }
}

fn start_log(json: bool) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("LANTERNE_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json {
        log.json().init();
    } else {
        log.with_target(false).init();
    }
}

async fn serve(data: Data, options: Serve) -> anyhow::Result<()> {
    start_log(options.log_json);
    let assets = Assets::read(&options.site)?;
    // Before the database: a port that is taken must not cost a migration.
    let listener = listen(options.addr).await?;
    let _turn = if data.is_private() { Some(cluster::take_turn(&data.data_dir)?) } else { None };
    let database = Database::open(&data).await?;
    let served = Box::pin(run(&database, listener, assets, &data, &options)).await;
    let closed = database.close().await;
    served.and(closed)
}

async fn run(
    database: &Database,
    listener: TcpListener,
    assets: Assets,
    data: &Data,
    options: &Serve,
) -> anyhow::Result<()> {
    db::migrate(&database.options).await?;
    let db = Db::open(database.options.clone(), data.db_connections).await?;
    refresh_projections(database, &db).await?;
    let demo = match &database.cluster {
        Some(_) => demo::fill_once(&db, database.options.clone()).await.context("filling the demonstration network")?,
        None => None,
    };
    let address = listener.local_addr()?;
    // Heard from here on: whoever reads the welcome may already ask to stop.
    let mut stop = Stop::listen()?;
    say(&welcome(address, options, demo.as_deref()));
    let public_url = options.public_url.clone();
    let behind_proxy = options.behind_proxy;
    let metrics = http::metrics::Metrics::new(options.metrics_token.as_ref().map(|token| token.0.as_str()));
    let passkeys = http::passkeys::Site::at(public_url.as_deref().filter(|url| !url.is_empty()));
    if passkeys.is_none() {
        tracing::warn!("LANTERNE_PUBLIC_URL is no https address with a name: nobody can use passkeys");
    }
    let mailer = match (&options.smtp_url, &options.mail_from) {
        (Some(url), Some(from)) if !url.0.is_empty() => Some(Mailer::new(url, from)?),
        _ => None,
    };
    let state = AppState {
        public_url,
        behind_proxy,
        metrics,
        pace: http::pace::Pace::usual(),
        passkeys,
        mailer: mailer.clone(),
        ..AppState::new(db.clone(), assets, options.is_https())
    };
    let (asked, mut wait) = tokio::sync::watch::channel(false);
    // Ends with the process; what it had not noted it does again.
    tokio::spawn(retention::keep_running(db.clone(), database.options.clone()));
    if let Some(mailer) = mailer {
        tokio::spawn(mailer.keep_running(db.clone()));
    }
    let news = state.desk.news.clone();
    let serving = http::serve::serve(listener, http::router(state), async move {
        let _ = wait.wait_for(|asked| *asked).await;
        news.close();
    });
    let stopping = async {
        stop.asked().await;
        tracing::info!("stopping: answering what is under way");
        let _ = asked.send(true);
        // A connection that never comes to an end must not hold the server; a second word ends it at once.
        let _ = tokio::time::timeout(LONGEST_STOP, stop.asked()).await;
    };
    tokio::select! {
        () = serving => {}
        () = stopping => tracing::warn!("stopping all the same: somebody is still being answered"),
    }
    // A transaction that is cut rolls back.
    let _ = tokio::time::timeout(LONGEST_STOP, db.close()).await;
    Ok(())
}

/// How long those who are being answered have to come to an end.
const LONGEST_STOP: Duration = Duration::from_secs(10);

async fn listen(addr: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(addr).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {} is taken by another program: stop it, or choose another port, for instance LANTERNE_ADDR=127.0.0.1:3001",
                addr.port()
            )
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            bail!(
                "this user may not listen on port {}: choose one above 1023, for instance LANTERNE_ADDR=127.0.0.1:3000",
                addr.port()
            )
        }
        Err(error) => Err(error).with_context(|| format!("listening on {addr}")),
    }
}

/// Builds projections anew where they were computed by the rules of another release.
async fn refresh_projections(database: &Database, db: &Db) -> anyhow::Result<()> {
    let mut owner = db::connect(&database.options).await?;
    for scheme in admin::schemes(&mut owner).await? {
        if let Some(records) = projections::refresh(db, scheme).await? {
            tracing::info!(network.id = %scheme, records, "projections built anew for this release");
        }
    }
    Ok(())
}

fn welcome(address: SocketAddr, options: &Serve, demo: Option<&str>) -> String {
    let url = options.public_url.clone().unwrap_or_else(|| {
        let host = if address.ip().is_loopback() { "localhost".to_owned() } else { address.ip().to_string() };
        format!("http://{host}:{}", address.port())
    });
    format!("\n  Lanterne: {url}\n{}", demo.unwrap_or(""))
}

/// The operator's or the system's word to stop.
struct Stop {
    interrupted: Signal,
    terminated: Signal,
}

impl Stop {
    /// Listens from now on.
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupted: signal(SignalKind::interrupt())?, terminated: signal(SignalKind::terminate())? })
    }

    /// The next time that it is said.
    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}

async fn administer(data: Data, operator: Operator) -> anyhow::Result<()> {
    start_log(false);
    // Held to the end: a server that starts in the meantime is told, and its database is not stopped under it.
    let turn = if data.is_private() { cluster::take_turn(&data.data_dir).ok() } else { None };
    let database = Database::open(&data).await?;
    let done = async {
        let act = match operator {
            Operator::Copy(copy) => {
                let source = Source { options: database.options.clone(), url: data.database_url.clone() };
                return copied(&source, copy).await;
            }
            Operator::Act(act) => act,
        };
        db::migrate(&database.options).await?;
        let db = Db::open(database.options.clone(), 2).await?;
        let mut owner = db::connect(&database.options).await?;
        let said = admin::run(&db, &mut owner, act).await?;
        db.close().await;
        Ok(said)
    }
    .await;
    // A server that runs on the private cluster keeps it.
    let closed = if turn.is_some() { database.close().await } else { Ok(()) };
    let said: anyhow::Result<String> = done;
    say(&said?);
    closed
}

/// Copies, or comes back from a copy, and says what was done.
async fn copied(source: &Source, copy: Copy) -> anyhow::Result<String> {
    match copy {
        Copy::Backup { file } => {
            let made = backup::make(source, &file).await?;
            Ok(format!("{} rows, {} bytes in {}", made.rows(), made.bytes, file.display()))
        }
        Copy::Restore { file } => {
            let made = backup::restore(source, &file).await?;
            Ok(format!(
                "{} rows of {} are back, and a new life has begun: phones give back what came later",
                made.rows(),
                made.at.format("%Y-%m-%d %H:%M UTC")
            ))
        }
    }
}
