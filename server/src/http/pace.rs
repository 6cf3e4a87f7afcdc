//! How much one may ask for in a while: so much that nobody who uses Lanterne ever meets it, so little that one browser, one key or
//! one address cannot keep a server from the others. Each server counts for itself. What guesses a passphrase is counted elsewhere,
//! by all servers together (`db::accounts`).

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{Quota, RateLimiter, clock::Clock, middleware::NoOpMiddleware, state::keyed::HashMapStateStore};
use sha2::{Digest, Sha256};

use super::{AppState, client};

type Limiter = RateLimiter<Key, HashMapStateStore<Key>, Watch, NoOpMiddleware<Duration>>;
/// Who asks, as a hash: a secret is not kept for it.
type Key = [u8; 32];

/// How long the server has been counting.
#[derive(Clone)]
struct Watch(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock for Watch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0()
    }
}

/// So much at once, and so much in each second after.
#[derive(Clone, Copy, Debug)]
struct Rate {
    burst: u32,
    per_second: u32,
}

/// Of one network address, behind which a whole department may be.
const OF_ADDRESS: Rate = Rate { burst: 20_000, per_second: 1_000 };
/// Of one session or key: a phone that comes back after months sends some hundred messages.
const OF_SESSION: Rate = Rate { burst: 600, per_second: 10 };
/// Of what is typeset, packed or read whole, for one session.
const OF_FILES: Rate = Rate { burst: 60, per_second: 1 };

/// After how many requests those are forgotten who have not asked for a while.
const TIDY_AFTER: u32 = 4_096;

/// What was asked for, shared by all requests.
#[derive(Clone)]
pub struct Pace(Option<Arc<Counted>>);

struct Counted {
    addresses: Limiter,
    sessions: Limiter,
    files: Limiter,
    asked: AtomicU32,
}

impl Pace {
    /// As a server that people use keeps it.
    pub fn usual() -> Self {
        let start = Instant::now();
        Self::by(move || start.elapsed())
    }

    /// As usual, by a watch of one's own: a test sets it forward, whatever time the machine takes.
    pub fn by(watch: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let watch = Watch(Arc::new(watch));
        let limiter = |rate: Rate| {
            let [burst, per_second] =
                [rate.burst, rate.per_second].map(|count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN));
            let quota = Quota::per_second(per_second).allow_burst(burst);
            RateLimiter::new(quota, HashMapStateStore::default(), watch.clone())
        };
        let [addresses, sessions, files] = [OF_ADDRESS, OF_SESSION, OF_FILES].map(limiter);
        Self(Some(Arc::new(Counted { addresses, sessions, files, asked: AtomicU32::default() })))
    }

    /// Without limits, for programs that measure or try all there is.
    pub fn without_limits() -> Self {
        Self(None)
    }
}

impl Counted {
    /// In how many seconds to come again, where it is too much now.
    fn wait(&self, address: &str, holder: Option<Key>, is_file: bool) -> Option<u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY_AFTER == TIDY_AFTER - 1 {
            for limiter in [&self.addresses, &self.sessions, &self.files] {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
        let address = Sha256::digest(address).into();
        let files = holder.filter(|_| is_file).map(|holder| (&self.files, holder));
        let asked = [Some((&self.addresses, address)), holder.map(|holder| (&self.sessions, holder)), files];
        asked.into_iter().flatten().find_map(|(limiter, key)| {
            let until = limiter.check_key(&key).err()?;
            Some(until.wait_time_from(limiter.clock().now()).as_secs() + 1)
        })
    }
}

/// Whether what a route answers is made anew for each who asks: papers, workbooks, whole tables.
fn is_file(route: &str) -> bool {
    route.ends_with("/{file}") || route.ends_with("/tableau.csv") || route.ends_with("/mes-donnees.json")
}

/// The secret of whoever asks, which nobody has looked at yet.
fn holder(state: &AppState, headers: &HeaderMap) -> Option<Key> {
    let session = state.cookie.read(headers).map(|token| token.hash());
    let key = headers.get(header::AUTHORIZATION).map(|key| Sha256::digest(key.as_bytes()).into());
    session.or(key)
}

/// Puts off whoever asks for too much.
pub async fn keep(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if let Some(counted) = &state.pace.0 {
        let is_file = request.extensions().get::<MatchedPath>().is_some_and(|route| is_file(route.as_str()));
        let wait = counted.wait(&client::address_of(&request, &state), holder(&state, request.headers()), is_file);
        if let Some(seconds) = wait {
            return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds)]).into_response();
        }
    }
    next.run(request).await
}
