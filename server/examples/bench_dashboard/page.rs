//! A coordinator's browser: one connection that is kept.

use std::{net::SocketAddr, time::Instant};

use anyhow::{Context, ensure};
use app::api::report::Dashboard;
use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::office::SERVED;

/// A page, and how many milliseconds it took.
pub struct Page {
    /// Until the reader had it all.
    pub took: f64,
    /// Until the server had made it all.
    pub served: f64,
    pub bytes: Bytes,
}

pub struct Reader {
    address: SocketAddr,
    http: Client<HttpConnector, Body>,
}

impl Reader {
    pub fn of(address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self { address, http: Client::builder(TokioExecutor::new()).build(connector) }
    }

    pub async fn page(&self, cookie: &str, path: &str, is_packed: bool) -> anyhow::Result<Page> {
        let mut request = Request::get(format!("http://{}{path}", self.address)).header(header::COOKIE, cookie);
        if is_packed {
            request = request.header(header::ACCEPT_ENCODING, "br");
        }
        let request = request.body(Body::empty())?;
        let begun = Instant::now();
        let answer = self.http.request(request).await?;
        let status = answer.status();
        let served = answer.headers().get(SERVED).and_then(|value| value.to_str().ok()).context("when it was made")?;
        let served = served.parse()?;
        let bytes = answer.into_body().collect().await?.to_bytes();
        let took = begun.elapsed().as_secs_f64() * 1_000.0;
        ensure!(status == StatusCode::OK, "{path}: {status}");
        Ok(Page { took, served, bytes })
    }

    /// The figures of the page.
    pub async fn figures(&self, cookie: &str, period: &str) -> anyhow::Result<Dashboard> {
        let path = format!("/api/v1/dashboard?periode={period}&perimetre=reseau");
        Ok(serde_json::from_slice(&self.page(cookie, &path, false).await?.bytes)?)
    }
}
