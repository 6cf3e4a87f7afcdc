//! An office for one test: a database of its own, a server on a port of its own, and people.

use std::{net::SocketAddr, path::PathBuf, pin::Pin, str::FromStr, task, time::Duration};

use app::{
    api::report::Dashboard,
    domain::{
        ids::{DeviceId, OpId, SchemeId},
        person::Me,
    },
    shells::{Bundle, Inline, SiteAssets},
    sync::messages::{Limits, Op, OpResult, PROTO, PullRequest, PushAnswer, PushRequest, Verdict},
};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use chrono::{NaiveDate, TimeDelta};
use http_body_util::BodyExt;
use hyper::body::Frame;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::value::RawValue;
use server::{
    auth::token::Token,
    clock::{self, fresh_id},
    db::{self, Db, accounts, people},
    http::{self, AppState, assets::Assets},
    mail::Mailer,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::{net::TcpListener, sync::OnceCell};

use crate::messages::{Person, message, raw};

/// With which token `/metrics` answers.
pub const METRICS_TOKEN: &str = "un jeton";

/// What is sent as a passphrase where one is needed.
pub const PASSPHRASE: &str = "une lanterne allumée";

fn cluster() -> PgConnectOptions {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL: run the tests through tools/with-postgres.sh");
    PgConnectOptions::from_str(&url).expect("an address of a database")
}

/// The migrated database that the others are copied from: the role that migrations create belongs to the whole
/// cluster, so they run once.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("template_{}", fresh_id().simple());
            create(&name, "template0").await;
            Box::pin(db::migrate(&cluster().database(&name))).await.expect("migrations");
            name
        })
        .await
}

async fn create(name: &str, template: &str) {
    let mut owner = Box::pin(PgConnection::connect_with(&cluster())).await.expect("the cluster");
    let statement = format!("create database {name} template {template}");
    owner.execute(AssertSqlSafe(statement)).await.expect("a database");
    owner.close().await.expect("closed");
}

/// An empty database, without a table.
pub async fn blank() -> PgConnectOptions {
    let name = format!("blank_{}", fresh_id().simple());
    create(&name, "template0").await;
    cluster().database(&name)
}

/// A server over a database of its own.
pub struct Office {
    pub db: Db,
    pub options: PgConnectOptions,
    pub address: SocketAddr,
    pub scheme: SchemeId,
    http: Client<HttpConnector, Body>,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).expect("text")
    }

    pub fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Status and stable code of a refusal.
    pub fn refusal(&self) -> (u16, String) {
        let error: app::api::error::AppError = self.json();
        (self.status.as_u16(), error.code.code().to_owned())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

impl Office {
    /// An office with a network and nobody in it.
    pub async fn open() -> Self {
        Self::open_with(false).await
    }

    pub async fn open_with(https: bool) -> Self {
        let name = format!("test_{}", fresh_id().simple());
        create(&name, template().await).await;
        Self::over(cluster().database(&name), https).await
    }

    /// An office over a database that is migrated.
    pub async fn over(options: PgConnectOptions, https: bool) -> Self {
        let scheme = clock::fresh_scheme();
        let office = Self::serving(options, https, scheme).await;
        people::create_scheme(&office.db, scheme, "Réseau d’essai", "Haute-Loire", false).await.expect("a network");
        office
    }

    /// The same network, served by another server over another database.
    pub async fn again_over(&self, options: PgConnectOptions) -> Self {
        Self::serving(options, false, self.scheme).await
    }

    /// The same office, served by another server that has a way to a mail server.
    pub async fn mailing(&self, mailer: Mailer) -> Self {
        let with = |state| AppState { mailer: Some(mailer), ..state };
        Self::serving_with(self.options.clone(), false, self.scheme, with).await
    }

    /// The same office, served by another server that puts off whoever asks for too much, as one that people use does,
    /// but by a watch of the test's.
    pub async fn paced(&self, watch: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let with = |state| AppState { pace: http::pace::Pace::by(watch), ..state };
        Self::serving_with(self.options.clone(), false, self.scheme, with).await
    }

    async fn serving(options: PgConnectOptions, https: bool, scheme: SchemeId) -> Self {
        Self::serving_with(options, https, scheme, |state| state).await
    }

    async fn serving_with(
        options: PgConnectOptions,
        https: bool,
        scheme: SchemeId,
        with: impl FnOnce(AppState) -> AppState,
    ) -> Self {
        let db = Box::pin(Db::open(options.clone(), 8)).await.expect("a pool");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        // As behind a proxy: a test says from where somebody comes.
        let state = AppState {
            behind_proxy: true,
            metrics: http::metrics::Metrics::new(Some(METRICS_TOKEN)),
            ..AppState::new(db.clone(), assets(), https)
        };
        tokio::spawn(http::serve::serve(listener, http::router(with(state)), std::future::pending()));
        let http = Client::builder(TokioExecutor::new()).build_http();
        Self { db, options, address, scheme, http }
    }

    /// The same office, reached by another address.
    pub fn through(&self, address: SocketAddr) -> Self {
        let (db, options, http) = (self.db.clone(), self.options.clone(), self.http.clone());
        Self { db, options, address, scheme: self.scheme, http }
    }

    /// A connection that no policy holds.
    pub async fn owner(&self) -> PgConnection {
        Box::pin(PgConnection::connect_with(&self.options)).await.expect("the database")
    }

    pub async fn send(&self, request: axum::http::request::Builder, path: &str, body: Body) -> Answer {
        self.try_send(request, path, body).await.expect("an answer")
    }

    /// The answer, where one comes, and comes whole.
    pub async fn try_send(&self, request: axum::http::request::Builder, path: &str, body: Body) -> Option<Answer> {
        let uri = format!("http://{}{path}", self.address);
        let response = self.http.request(request.uri(uri).body(body).expect("a request")).await.ok()?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(Answer { status: parts.status, headers: parts.headers, body })
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get("/").header(header::COOKIE, cookie), path, Body::empty()).await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("a form");
        let request = Request::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, path, Body::from(body)).await
    }

    pub async fn post_json(&self, path: &str, cookie: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, cookie);
        self.send(request, path, body.into()).await
    }

    /// Somebody of this office's network who is signed in.
    pub async fn promeneur(&self, name: &str) -> Person {
        self.promeneur_of(self.scheme, name).await
    }

    pub async fn promeneur_of(&self, scheme: SchemeId, name: &str) -> Person {
        let day = NaiveDate::from_ymd_opt(2024, 9, 1).expect("a day");
        let mut tx = self.db.of(scheme).await.expect("a transaction");
        let structure = people::create_structure(&mut tx, scheme, name, "mjc", "Brioude").await.expect("a structure");
        let leave = Some((day + TimeDelta::days(40), day + TimeDelta::days(50)));
        let new =
            people::NewPromeneur { name, structure, labelled_on: day, left_on: None, leave, weekly_minutes: Some(180) };
        let promeneur = people::create_promeneur(&mut tx, scheme, &new).await.expect("a promeneur");
        let login = format!("{name}-{}@essai", fresh_id().simple());
        let new = people::NewAccount {
            login: &login,
            name,
            password_hash: "none",
            place: people::Place::Promeneur(promeneur),
        };
        let account = people::create_account(&mut tx, scheme, &new).await.expect("an account");
        let me = accounts::person(&mut tx, account).await.expect("a read").expect("a person");
        tx.commit().await.expect("committed");
        self.sign_in_as(me).await
    }

    pub async fn coordinator(&self) -> Person {
        self.coordinator_of(self.scheme).await
    }

    pub async fn coordinator_of(&self, scheme: SchemeId) -> Person {
        self.account_of(scheme, "Coordination", people::Place::Coordinator).await
    }

    /// Somebody of another role.
    pub async fn account_of(&self, scheme: SchemeId, name: &str, place: people::Place) -> Person {
        let mut tx = self.db.of(scheme).await.expect("a transaction");
        let login = format!("{}@essai", fresh_id().simple());
        let new = people::NewAccount { login: &login, name, password_hash: "none", place };
        let account = people::create_account(&mut tx, scheme, &new).await.expect("an account");
        let me = accounts::person(&mut tx, account).await.expect("a read").expect("a person");
        tx.commit().await.expect("committed");
        self.sign_in_as(me).await
    }

    /// Opens a session without the form, whose argon2 takes its time.
    pub async fn sign_in_as(&self, me: Me) -> Person {
        let token = Token::fresh().expect("random bytes");
        let until = clock::now() + TimeDelta::days(1);
        accounts::open_session(&self.db, me.scheme, me.account, &token.hash(), until, "").await.expect("a session");
        Person { me, cookie: format!("lanterne={}", token.text()), device: DeviceId(fresh_id()) }
    }

    /// Sends operations as they are.
    pub async fn push_raw(&self, who: &Person, ops: Vec<Box<RawValue>>) -> Answer {
        let body = message(PushRequest { heartbeat: who.heartbeat(), epoch: None, ops });
        self.post_json("/api/v1/sync_push", &who.cookie, body).await
    }

    /// Sends operations, each of which gets its line.
    pub async fn push(&self, who: &Person, ops: &[Op]) -> Vec<Verdict> {
        let answer = self.push_raw(who, ops.iter().map(raw).collect()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let answer: PushAnswer = answer.json();
        assert_eq!((answer.sync, answer.limits), (PROTO, Limits::default()));
        let ids: Vec<Option<OpId>> = answer.results.iter().map(|line| line.op).collect();
        assert_eq!(ids, ops.iter().map(|op| Some(op.op)).collect::<Vec<_>>());
        answer.results.into_iter().map(|OpResult { verdict, .. }| verdict).collect()
    }

    pub async fn pull(&self, who: &Person, cursor: Option<&str>, limit: u32) -> Answer {
        let request = PullRequest { heartbeat: who.heartbeat(), cursor: cursor.map(str::to_owned), limit };
        self.post_json("/api/v1/sync_pull", &who.cookie, message(request)).await
    }

    pub async fn dashboard(&self, who: &Person, period: &str, scope: &str) -> Dashboard {
        let query = serde_urlencoded::to_string([("periode", period), ("perimetre", scope)]).expect("a query");
        let answer = self.get(&format!("/api/v1/dashboard?{query}"), &who.cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    /// A number that a statement of the owner yields.
    pub async fn number(&self, statement: &'static str) -> i64 {
        let mut owner = self.owner().await;
        sqlx::query_scalar(statement).fetch_one(&mut owner).await.expect("a number")
    }
}

/// A site without files: the pages only need their names.
fn assets() -> Assets {
    let bundle = |name: &str| Bundle {
        css: format!("/pkg/{name}.css"),
        js: format!("/pkg/{name}.js"),
        wasm: format!("/pkg/{name}.wasm"),
    };
    let (font, passkeys) = ("/fonts/a.woff2".to_owned(), "/pkg/passkey.js".to_owned());
    let ahead = Inline { text: "ahead()".to_owned(), hash: "sha256-ahead".to_owned() };
    let site = SiteAssets { font, phone: bundle("phone"), office: bundle("office"), passkeys, ahead };
    let shell = app::shells::phone(&site, "test");
    let (build, worker) = ("test".to_owned(), "const BUILD=\"test\";".to_owned());
    Assets { folder: PathBuf::from("/nowhere"), site, shell, build, worker }
}

/// A body that does not say how long it is.
pub struct Unannounced(pub Vec<Bytes>);

impl axum::body::HttpBody for Unannounced {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut task::Context<'_>,
    ) -> task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        task::Poll::Ready(self.0.pop().map(|bytes| Ok(Frame::data(bytes))))
    }
}
