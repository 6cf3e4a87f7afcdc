//! The HTTP stack: routes, their limits, and what every answer carries.

pub mod assets;
pub mod client;
pub mod context;
pub mod coordination;
pub mod figures;
pub mod health;
pub mod invitation;
pub mod limits;
pub mod metrics;
pub mod own;
pub mod pace;
pub mod pages;
pub mod passkeys;
pub mod serve;
pub mod sign_in;
pub mod worker;

use std::{sync::Arc, time::Duration};

use app::{api::sync::SyncNews, domain::person::Me, shells};
use axum::{
    Router,
    extract::MatchedPath,
    http::{HeaderName, HeaderValue, Request, StatusCode, header},
    middleware,
    routing::{get, post},
};
use leptos::server_fn::ServerFn;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate, SizeAbove},
    },
    decompression::RequestDecompressionLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

use crate::{auth::cookie::SessionCookie, db::Db, desk::Desk, mail::Mailer};
use assets::Assets;

/// What every request may reach.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// Sync and figures.
    pub desk: Desk,
    /// The built site.
    pub assets: Arc<Assets>,
    /// The session's cookie.
    pub cookie: SessionCookie,
    /// How the service fares.
    pub metrics: metrics::Metrics,
    /// The address people use, where the operator said it.
    pub public_url: Option<String>,
    /// Whether a proxy of ours stands before us, which says from where a request comes.
    pub behind_proxy: bool,
    /// The way to a mail server, where there is one.
    pub mailer: Option<Mailer>,
    /// How much one may ask for.
    pub pace: pace::Pace,
    /// For whom passkeys are made; none where the address that people use can have none.
    pub passkeys: Option<Arc<passkeys::Site>>,
}

impl AppState {
    /// What every page of the office needs for whoever looks at it.
    pub fn desk_of<'a>(&'a self, me: &'a Me) -> shells::desk::Desk<'a> {
        shells::desk::Desk { site: &self.assets.site, role: &me.role }
    }

    /// The name that passkeys are bound to, where there can be any.
    pub fn passkey_site(&self) -> Option<&str> {
        self.passkeys.as_deref().map(|site| site.name.as_str())
    }

    /// The state over a database and a built site, for whoever asks without end.
    pub fn new(db: Db, assets: Assets, https: bool) -> Self {
        Self {
            desk: Desk::new(db.clone()),
            db,
            assets: Arc::new(assets),
            cookie: SessionCookie { https },
            metrics: metrics::Metrics::new(None),
            public_url: None,
            behind_proxy: false,
            mailer: None,
            pace: pace::Pace::without_limits(),
            passkeys: passkeys::Site::at(None),
        }
    }
}

/// Longest time an answer may take.
const LONGEST_ANSWER: Duration = Duration::from_secs(30);

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// From how many bytes on packing an answer saves more than its headers cost.
const WORTH_PACKING: u64 = 512;

/// The whole application. Built without side effects, so that tests call it.
pub fn router(state: AppState) -> Router {
    // Leptos learns of its executor only where it lists the routes, which we name ourselves. Once is enough: a second
    // router of the same process is told that there is one already.
    let _ = any_spawner::Executor::init_tokio();
    let api = Router::new()
        .route("/api/{*path}", get(context::server_function).post(context::server_function))
        // By a name of its own in the metrics: its answers wait on purpose.
        .route(SyncNews::PATH, post(context::server_function))
        .merge(figures::routes())
        .layer(middleware::from_fn(limits::limit_body))
        .layer(RequestDecompressionLayer::new())
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/app", get(pages::phone))
        .route("/app/{*path}", get(pages::phone))
        .route("/connexion", get(pages::sign_in).post(sign_in::sign_in))
        .route("/invitation/{token}", get(invitation::page).post(invitation::accept))
        .route("/deconnexion", post(sign_in::sign_out))
        .route("/hors-reseau", get(pages::offline))
        .route("/accessibilite", get(pages::accessibility))
        .route("/donnees", get(pages::data))
        .route("/plan", get(pages::plan))
        .merge(passkeys::at_the_door())
        .merge(pages::guarded(&state, own::PAGES))
        .merge(pages::guarded(&state, passkeys::PAGES))
        .merge(pages::guarded(&state, coordination::PAGES))
        .fallback(pages::not_found)
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    let site = assets::routes(&state.assets).route("/sw.js", get(worker::script));
    let health = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::page));
    let router = api.merge(pages).merge(site).merge(health);
    apply_middleware(router, &state).with_state(state)
}

fn apply_middleware(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let trace = TraceLayer::new_for_http().make_span_with(|request: &Request<_>| {
        let id = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or("");
        let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        // The route and not the address: an address may hold an id, and a query what somebody typed.
        tracing::info_span!("request", id, method = %request.method(), route)
    });
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let router = router
        .layer(middleware::from_fn(limits::same_site_only))
        .layer(middleware::from_fn_with_state(state.clone(), pace::keep))
        .layer(CatchPanicLayer::custom(limits::panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LONGEST_ANSWER))
        .layer(middleware::from_fn_with_state(state.metrics.clone(), metrics::count))
        .layer(middleware::from_fn_with_state(state.clone(), limits::speak))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(SizeAbove::new(WORTH_PACKING))))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, limits::CONTENT_SECURITY_POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(fixed(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"));
    let router = router.layer(middleware::from_fn(limits::spare_programs));
    let router = if state.cookie.https {
        router.layer(fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"))
    } else {
        router
    };
    router
        .layer(PropagateRequestIdLayer::new(REQUEST_ID.clone()))
        .layer(trace)
        .layer(SetRequestIdLayer::new(REQUEST_ID.clone(), MakeRequestUuid))
        // One that somebody else made could pass for ours in the log.
        .layer(middleware::map_request(|mut request: axum::extract::Request| async {
            request.headers_mut().remove(&REQUEST_ID);
            request
        }))
}
