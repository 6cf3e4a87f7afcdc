//! A server of its own: a private cluster as `lanterne` makes it (fsync on, nothing tuned), the real routes on a real
//! port, and people who are signed in.

use std::{net::SocketAddr, path::PathBuf, time::Instant};

use app::{
    domain::{
        ids::{DeviceId, SchemeId},
        person::Me,
    },
    shells::{Bundle, Inline, SiteAssets},
};
use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode},
    middleware::{self, Next},
    response::Response,
};
use chrono::NaiveDate;
use http_body_util::BodyExt;
use server::{
    auth::token::Token,
    clock::{self, fresh_id},
    cluster::Cluster,
    db::{self, Db, accounts, people},
    http::{self, AppState, assets::Assets},
};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::net::TcpListener;

/// The header that says it.
pub const SERVED: &str = "x-served-ms";

/// As many connections as `lanterne` opens by default.
const CONNECTIONS: u32 = 16;

pub struct Office {
    cluster: Cluster,
    folder: PathBuf,
    pub options: PgConnectOptions,
    pub db: Db,
    pub address: SocketAddr,
    pub scheme: SchemeId,
}

/// Somebody who is signed in, on one phone.
#[derive(Clone)]
pub struct Person {
    pub me: Me,
    pub cookie: String,
    pub device: DeviceId,
}

impl Office {
    /// Makes the cluster and serves on threads of its own, so that the clients do not answer themselves.
    pub async fn open() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("lanterne-bench-{}", fresh_id().simple()));
        std::fs::create_dir_all(&folder)?;
        // Postgres does not run as root: its user must get through to the data.
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o711))?;
        let cluster = Cluster::start(&folder.join("data")).await?;
        let options = cluster.options();
        Box::pin(db::migrate(&options)).await?;
        let db = Db::open(options.clone(), 4).await?;
        let scheme = clock::fresh_scheme();
        people::create_scheme(&db, scheme, "Réseau de mesure", "Haute-Loire", false).await?;
        let address = serve(options.clone()).await?;
        Ok(Self { cluster, folder, options, db, address, scheme })
    }

    pub async fn close(self) -> anyhow::Result<()> {
        self.db.close().await;
        self.cluster.stop().await?;
        std::fs::remove_dir_all(&self.folder)?;
        Ok(())
    }

    /// A connection that no policy holds.
    pub async fn owner(&self) -> Result<PgConnection, sqlx::Error> {
        Box::pin(PgConnection::connect_with(&self.options)).await
    }

    /// A promeneur with an open session.
    pub async fn promeneur(&self, name: &str) -> anyhow::Result<Person> {
        let day = NaiveDate::from_ymd_opt(2024, 9, 1).unwrap_or_default();
        let mut tx = self.db.of(self.scheme).await?;
        let structure = people::create_structure(&mut tx, self.scheme, name, "mjc", "Brioude").await?;
        let new = people::NewPromeneur {
            name,
            structure,
            labelled_on: day,
            left_on: None,
            leave: None,
            weekly_minutes: None,
        };
        let promeneur = people::create_promeneur(&mut tx, self.scheme, &new).await?;
        let login = format!("{}@mesure", fresh_id().simple());
        let new = people::NewAccount {
            login: &login,
            name,
            password_hash: "none",
            place: people::Place::Promeneur(promeneur),
        };
        let account = people::create_account(&mut tx, self.scheme, &new).await?;
        let me = accounts::person(&mut tx, account).await?.ok_or_else(|| anyhow::anyhow!("nobody"))?;
        tx.commit().await?;
        let token = Token::fresh()?;
        // As fresh as after a sign-in: a session that is prolonged writes, once in some days.
        let until = clock::now() + accounts::session_length(&me.role);
        accounts::open_session(&self.db, self.scheme, me.account, &token.hash(), until, "").await?;
        Ok(Person { me, cookie: format!("lanterne={}", token.text()), device: DeviceId(fresh_id()) })
    }
}

async fn serve(options: PgConnectOptions) -> anyhow::Result<SocketAddr> {
    let (told, heard) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || -> anyhow::Result<()> {
        let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        threads.block_on(async move {
            let db = Db::open(options, CONNECTIONS).await?;
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let _ = told.send(listener.local_addr()?);
            let routes = http::router(AppState::new(db, assets(), false)).layer(middleware::from_fn(served));
            axum::serve(listener, routes).await?;
            Ok(())
        })
    });
    Ok(heard.await?)
}

/// Says of a page how many milliseconds the server took to make the whole of it, apart from the way to whoever asked.
async fn served(request: Request, next: Next) -> Result<Response, StatusCode> {
    if request.method() != Method::GET {
        return Ok(next.run(request).await);
    }
    let begun = Instant::now();
    let (mut head, body) = next.run(request).await.into_parts();
    let body = body.collect().await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.to_bytes();
    let took = format!("{:.4}", begun.elapsed().as_secs_f64() * 1_000.0);
    head.headers.insert(SERVED, HeaderValue::from_str(&took).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?);
    Ok(Response::from_parts(head, body.into()))
}

/// A site without files: only the routes of sync are asked.
fn assets() -> Assets {
    let bundle = || Bundle { css: String::new(), js: String::new(), wasm: String::new() };
    let site = SiteAssets {
        font: String::new(),
        phone: bundle(),
        office: bundle(),
        passkeys: String::new(),
        ahead: Inline::default(),
    };
    let shell = app::shells::phone(&site, "bench");
    Assets { folder: PathBuf::from("/nowhere"), site, shell, build: "bench".to_owned(), worker: String::new() }
}
