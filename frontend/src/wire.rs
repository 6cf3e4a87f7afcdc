//! The wire to the server, with the browser's own `fetch`: status, time-out and redirects all mean something here
//! (`offline.md` 2.6).

use std::{cell::Cell, future::Future, pin::Pin};

use app::{
    api::{
        identity::FetchMe,
        lock::{LockForget, LockKeep, LockTell},
        standing::FetchStanding,
        sync::{SyncEscrow, SyncPull, SyncPush, fault_of},
    },
    domain::{json, person::Me, tally::Standing},
    sync::{
        engine::{Wire, WireFault},
        messages::{EscrowAnswer, PullAnswer, PullRequest, PushAnswer, PushRequest},
    },
};
use leptos::server_fn::ServerFn;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};

use crate::scope;

/// The server, as the phone reaches it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Http;

thread_local! {
    static LAST_ANSWER: Cell<f64> = const { Cell::new(0.0) };
}

/// When something answered last, by the stopwatch.
pub(crate) fn last_answer() -> f64 {
    LAST_ANSWER.get()
}

/// A request that nobody waits for any more is not left to run.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the server is asked about a lock.
pub(crate) enum LockAct {
    /// To keep this key.
    Keep(String),
    /// To tell it.
    Tell,
    /// To forget it.
    Forget,
}

/// The body of a server function's call: an object keyed by the argument's name.
#[derive(Serialize)]
struct Call<'a, T> {
    req: &'a T,
}

/// What a call waits at least, in milliseconds.
const LEAST_WAIT_MS: i32 = 20_000;
/// What it waits longer for each 10 KiB that it sends.
const WAIT_PER_10_KIB_MS: i32 = 1_000;

impl Wire for Http {
    async fn push(&self, request: &PushRequest) -> Result<PushAnswer, WireFault> {
        call(SyncPush::PATH, &Call { req: request }).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, WireFault> {
        call(SyncPull::PATH, &Call { req: request }).await
    }

    async fn escrow(&self, request: &PushRequest) -> Result<EscrowAnswer, WireFault> {
        call(SyncEscrow::PATH, &Call { req: request }).await
    }
}

impl Http {
    /// Who is signed in.
    pub(crate) async fn me(self) -> Result<Me, WireFault> {
        send(FetchMe::PATH, String::new(), "application/x-www-form-urlencoded").await
    }

    /// What the figures need beside the records.
    pub(crate) async fn standing(self) -> Result<Standing, WireFault> {
        send(FetchStanding::PATH, String::new(), "application/x-www-form-urlencoded").await
    }

    /// Gives the server the key of a lock to keep, asks for it, or says that it opens nothing any more. The key is
    /// what the answer is made of, where one is asked for: only digits, which need no reader of JSON.
    pub(crate) async fn lock(self, act: LockAct, lock: &str) -> Result<String, WireFault> {
        let tells = matches!(act, LockAct::Tell);
        let (path, key) = match act {
            LockAct::Keep(key) => (LockKeep::PATH, format!(",\"key\":\"{key}\"")),
            LockAct::Tell => (LockTell::PATH, String::new()),
            LockAct::Forget => (LockForget::PATH, String::new()),
        };
        let body = format!("{{\"req\":{{\"lock\":\"{lock}\"{key}}}}}");
        let text: Pin<Box<dyn Future<Output = _>>> = Box::pin(text_of(path, body, "application/json"));
        let text = text.await?;
        let told = text.trim_matches('"');
        // A page in the place of an answer.
        let is_ours =
            if tells { told.len() == 64 && told.bytes().all(|it| it.is_ascii_hexdigit()) } else { told == "null" };
        if is_ours { Ok(told.to_owned()) } else { Err(WireFault::Portal) }
    }

    /// Ends the session.
    pub(crate) async fn sign_out(self) -> Result<(), WireFault> {
        send::<()>(app::api::identity::SignOut::PATH, String::new(), "application/x-www-form-urlencoded").await
    }
}

async fn call<Q: Serialize, A: DeserializeOwned>(path: &'static str, question: &Q) -> Result<A, WireFault> {
    let body = serde_json::to_string(question).map_err(|_| WireFault::TooLarge)?;
    send(path, body, "application/json").await
}

async fn send<A: DeserializeOwned>(
    path: &'static str,
    body: String,
    content_type: &'static str,
) -> Result<A, WireFault> {
    let text: Pin<Box<dyn Future<Output = _>>> = Box::pin(text_of(path, body, content_type));
    // A page in the place of an answer.
    json::read(&text.await?).map_err(|_| WireFault::Portal)
}

/// The text of the answer. Without a type of its own, so that the wasm holds it once and not once for each answer.
async fn text_of(path: &'static str, body: String, content_type: &'static str) -> Result<String, WireFault> {
    let abort = AbortOnDrop(AbortController::new().map_err(|_| WireFault::Unreachable)?);
    let weight = i32::try_from(body.len() / 10_240).unwrap_or(i32::MAX / WAIT_PER_10_KIB_MS);
    let patience = LEAST_WAIT_MS.saturating_add(weight.saturating_mul(WAIT_PER_10_KIB_MS));
    let signal = abort.0.signal();
    // Until the last byte was read: an answer that stops half-way must not hold the sender for ever.
    let late = abort.0.clone();
    let _patience = gloo_timers::callback::Timeout::new(patience.unsigned_abs(), move || late.abort());
    let answer = fetch(path, &body, content_type, &signal).await.map_err(|_| WireFault::Unreachable)?;
    // A redirect to a login page is not our server (I1: 200 is no acknowledgement).
    if answer.type_() == web_sys::ResponseType::Opaqueredirect {
        return Err(WireFault::Portal);
    }
    let text = match answer.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()),
        Err(_) => None,
    };
    let text = text.ok_or(WireFault::Unreachable)?;
    LAST_ANSWER.set(scope::stopwatch());
    if answer.status() == 200 {
        return Ok(text);
    }
    let retry_after = answer.headers().get("retry-after").ok().flatten().and_then(|text| text.parse().ok());
    Err(fault_of(answer.status(), json::read(&text).ok().as_ref(), retry_after))
}

async fn fetch(path: &str, body: &str, content_type: &str, signal: &AbortSignal) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", content_type)?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    init.set_headers(&headers);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(signal));
    scope::fetch(path, &init).await
}
