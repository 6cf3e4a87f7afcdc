//! `lanterne`: serve the application, or act as its operator.

use std::{future::IntoFuture, io::ErrorKind, net::SocketAddr, process::ExitCode, str::FromStr, time::Duration};

use anyhow::{Context, bail};
use clap::Parser;
use server::{
    admin,
    cluster::{self, Cluster},
    config::{Cli, Command, Data, Serve},
    db::{self, Db, projections},
    demo,
    http::{self, AppState, assets::Assets},
};
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => Box::pin(serve(cli.data, Serve::default())).await,
        Some(Command::Serve(serve_options)) => Box::pin(serve(cli.data, serve_options)).await,
        Some(Command::Admin(act)) => Box::pin(administer(cli.data, act)).await,
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
        if let Some(url) = data.database_url.as_deref().filter(|url| !url.is_empty()) {
            let options = PgConnectOptions::from_str(url).map_err(|_| {
                anyhow::anyhow!(
                    "DATABASE_URL is no address of a PostgreSQL database, such as postgres://user:secret@host/lanterne"
                )
            })?;
            return Ok(Self { options, cluster: None });
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
    let _turn = match data.database_url {
        None => Some(cluster::take_turn(&data.data_dir)?),
        Some(_) => None,
    };
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
    say(&welcome(address, options, demo.as_deref()));
    let state = AppState::new(db.clone(), assets, options.is_https());
    let (asked, wait) = tokio::sync::watch::channel(false);
    let serving = axum::serve(listener, http::router(state)).with_graceful_shutdown(async move {
        stop_asked().await;
        let _ = asked.send(true);
    });
    tokio::select! {
        served = serving.into_future() => served?,
        () = out_of_patience(wait) => tracing::warn!("stopping all the same: somebody is still being answered"),
    }
    // A transaction that is cut rolls back.
    let _ = tokio::time::timeout(LONGEST_STOP, db.close()).await;
    Ok(())
}

/// How long those who are being answered have to come to an end.
const LONGEST_STOP: Duration = Duration::from_secs(10);

/// Ends some time after it was asked to stop, or at once when it is asked again: a connection that never comes to an
/// end must not hold the server.
async fn out_of_patience(mut asked: tokio::sync::watch::Receiver<bool>) {
    let _ = asked.wait_for(|asked| *asked).await;
    let _ = tokio::time::timeout(LONGEST_STOP, stop_asked()).await;
}

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
        if projections::are_stale(db, scheme).await? {
            let records = projections::rebuild(db, scheme).await?;
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

/// Ends when the operator or the system asks to stop.
async fn stop_asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    tracing::info!("stopping: answering what is under way");
}

async fn administer(data: Data, act: server::config::Admin) -> anyhow::Result<()> {
    start_log(false);
    let database = Database::open(&data).await?;
    let done = async {
        db::migrate(&database.options).await?;
        let db = Db::open(database.options.clone(), 2).await?;
        let mut owner = db::connect(&database.options).await?;
        let said = admin::run(&db, &mut owner, act).await?;
        db.close().await;
        Ok(said)
    }
    .await;
    // A server that runs on the private cluster keeps it.
    let in_use = database.cluster.as_ref().is_some_and(|cluster| cluster.was_running);
    let closed = if in_use { Ok(()) } else { database.close().await };
    let said: anyhow::Result<String> = done;
    say(&said?);
    closed
}
