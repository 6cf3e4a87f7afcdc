//! The wire to the server, with the browser's own `fetch`: status, time-out and redirects all mean something here
//! (`offline.md` 2.6).

use app::{
    api::{
        error::{AppError, ErrorCode},
        identity::FetchMe,
        sync::{SyncPull, SyncPush},
    },
    domain::{json, person::Me},
    sync::{
        engine::{Wire, WireFault},
        messages::{PullAnswer, PullRequest, PushAnswer, PushRequest},
    },
};
use leptos::server_fn::ServerFn;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

/// The server, as the phone reaches it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Http;

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
}

impl Http {
    /// Who is signed in.
    pub(crate) async fn me(self) -> Result<Me, WireFault> {
        send(FetchMe::PATH, "", "application/x-www-form-urlencoded").await
    }

    /// Ends the session.
    pub(crate) async fn sign_out(self) -> Result<(), WireFault> {
        send::<()>(app::api::identity::SignOut::PATH, "", "application/x-www-form-urlencoded").await
    }
}

async fn call<Q: Serialize, A: DeserializeOwned>(path: &str, question: &Q) -> Result<A, WireFault> {
    let body = serde_json::to_string(question).map_err(|_| WireFault::TooLarge)?;
    send(path, &body, "application/json").await
}

async fn send<A: DeserializeOwned>(path: &str, body: &str, content_type: &str) -> Result<A, WireFault> {
    let answer = fetch(path, body, content_type).await.map_err(|_| WireFault::Unreachable)?;
    let status = answer.status();
    let retry_after = answer.headers().get("retry-after").ok().flatten().and_then(|text| text.parse().ok());
    // A redirect to a login page, or a page in the place of an answer: not our server (I1: 200 is no acknowledgement).
    if answer.type_() == web_sys::ResponseType::Opaqueredirect {
        return Err(WireFault::Portal);
    }
    let text = match answer.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()),
        Err(_) => None,
    };
    let text = text.ok_or(WireFault::Unreachable)?;
    if status == 200 {
        return json::read(&text).map_err(|_| WireFault::Portal);
    }
    let code = json::read::<AppError>(&text).ok().and_then(|error| error.code.known());
    Err(fault(status, code, retry_after))
}

/// What a refusal of the whole message means.
fn fault(status: u16, code: Option<ErrorCode>, retry_after: Option<u32>) -> WireFault {
    match (status, code) {
        (_, Some(ErrorCode::DeviceRevoked)) => WireFault::Revoked,
        (_, Some(ErrorCode::WrongAccount | ErrorCode::SignedOut | ErrorCode::Forbidden)) | (401, _) => {
            WireFault::SignedOut
        }
        (413, _) | (400, Some(_)) => WireFault::TooLarge,
        (404 | 405 | 410 | 426, Some(_)) => WireFault::Skew,
        (429, _) => WireFault::Busy(retry_after.unwrap_or(60)),
        (511, _) => WireFault::Portal,
        // Without our envelope it was not our server that refused.
        _ => retry_after.map_or(WireFault::Unreachable, WireFault::Busy),
    }
}

async fn fetch(path: &str, body: &str, content_type: &str) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let abort = AbortController::new()?;
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
    init.set_signal(Some(&abort.signal()));
    let weight = i32::try_from(body.len() / 10_240).unwrap_or(i32::MAX / WAIT_PER_10_KIB_MS);
    let patience = LEAST_WAIT_MS.saturating_add(weight.saturating_mul(WAIT_PER_10_KIB_MS));
    let timeout = gloo_timers::callback::Timeout::new(patience.unsigned_abs(), move || abort.abort());
    let answer = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await;
    drop(timeout);
    answer?.dyn_into()
}
