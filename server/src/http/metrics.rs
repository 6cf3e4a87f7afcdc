//! `/metrics`: how the service fares, in the text of Prometheus, for whoever holds the operator's token. By route and status and
//! never by address, account or network: it tells how the server works, not who does.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use sha2::{Digest, Sha256};

use super::AppState;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Took {
    route: String,
}

/// What is counted, shared by all requests.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    answered: Family<Answered, Counter>,
    took: Family<Took, Histogram>,
    under_way: Gauge,
    connections: Gauge,
    idle: Gauge,
    /// The hash of the operator's token; without one there is no such page.
    token: Option<[u8; 32]>,
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new(token: Option<&str>) -> Self {
        let mut registry = Registry::with_prefix("lanterne");
        let (answered, under_way, connections, idle) =
            (Family::default(), Gauge::default(), Gauge::default(), Gauge::default());
        // From a millisecond to half a minute, after which every answer ends.
        let took: Family<Took, Histogram> =
            Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 16)));
        registry.register("http_requests", "Requests answered", answered.clone());
        registry.register_with_unit("http_request_duration", "Time to answer", Unit::Seconds, took.clone());
        registry.register("http_requests_under_way", "Requests being answered", under_way.clone());
        registry.register("db_connections", "Connections to the database", connections.clone());
        registry.register("db_connections_idle", "Those that rest", idle.clone());
        let token = token.filter(|token| !token.is_empty()).map(|token| Sha256::digest(token).into());
        Self { registry: Arc::new(registry), answered, took, under_way, connections, idle, token }
    }
}

/// A request that is being answered, or whose browser goes away in the midst of it.
struct UnderWay(Gauge);

impl UnderWay {
    fn begin(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts a request, by the route it is for.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    // Whoever asks names the method as they like, and a name is never forgotten.
    let method = match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    };
    let begun = Instant::now();
    let response = {
        let _under_way = UnderWay::begin(&metrics.under_way);
        next.run(request).await
    };
    metrics.took.get_or_create(&Took { route: route.clone() }).observe(begun.elapsed().as_secs_f64());
    metrics.answered.get_or_create(&Answered { route, method, status: response.status().as_u16() }).inc();
    response
}

/// `GET /metrics`. Without the token it is as if there were no such page.
pub async fn page(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|text| text.strip_prefix("Bearer ")).map(|token| Sha256::digest(token).into());
    // Hashes are compared: how long it takes tells nothing of the token.
    if state.metrics.token.is_none() || state.metrics.token != given {
        return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response();
    }
    let (connections, idle) = state.db.connections();
    state.metrics.connections.set(connections);
    state.metrics.idle.set(idle);
    let mut text = String::new();
    match encode(&mut text, &state.metrics.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
