//! The built site: which file has which hashed name, and how each is served.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use app::shells::{Bundle, Inline, SiteAssets};
use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::Response,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use super::AppState;
use crate::auth::token::hex;

/// The built site.
#[derive(Clone, Debug)]
pub struct Assets {
    /// Its folder.
    pub folder: PathBuf,
    /// The names that pages need.
    pub site: SiteAssets,
    /// The phone's shell: constant, without user data.
    pub shell: String,
    /// What names this build: changes exactly when something that a phone keeps changes.
    pub build: String,
    /// The service worker, with the list of what it keeps.
    pub worker: String,
}

/// `assets.json`, as `tools/site.mjs` writes it.
#[derive(Deserialize)]
struct Manifest {
    font: String,
    bundles: BTreeMap<String, Bundle>,
    passkeys: String,
    ahead: Inline,
    precache: Vec<String>,
    /// Content hashes of the files that have none in their name.
    #[serde(default)]
    contents: BTreeMap<String, String>,
}

/// A site that was not built, or not completely.
#[derive(Debug, thiserror::Error)]
#[error("the site in {folder} is missing or incomplete ({cause}): run `make site`")]
pub struct NotBuilt {
    folder: String,
    cause: String,
}

impl Assets {
    /// Reads the built site of a folder.
    pub fn read(folder: &Path) -> Result<Self, NotBuilt> {
        let fault = |cause: String| NotBuilt { folder: folder.display().to_string(), cause };
        let text = std::fs::read_to_string(folder.join("assets.json")).map_err(|error| fault(error.to_string()))?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(|error| fault(error.to_string()))?;
        let bundle =
            |name: &str| manifest.bundles.get(name).cloned().ok_or_else(|| fault(format!("no bundle named {name}")));
        let (phone, office) = (bundle("phone")?, bundle("office")?);
        let site =
            SiteAssets { font: manifest.font, phone, office, passkeys: manifest.passkeys, ahead: manifest.ahead };
        let source = std::fs::read_to_string(folder.join("worker.js")).map_err(|error| fault(error.to_string()))?;
        // What a phone keeps, and nothing else: a change of the office alone must not make phones download anything.
        let mut digest = Sha256::new();
        let pages = [source.as_str(), &app::shells::phone(&site, ""), &app::shells::offline(&site)];
        let files = manifest.precache.iter().map(String::as_str);
        let contents = manifest.contents.iter().flat_map(|(path, hash)| [path.as_str(), hash.as_str()]);
        for text in pages.into_iter().chain(files).chain(contents) {
            digest.update(text.as_bytes());
            digest.update([0]);
        }
        let build = hex(&digest.finalize()[..6]);
        let shell = app::shells::phone(&site, &build);
        let mut kept = vec!["/app".to_owned(), "/hors-reseau".to_owned()];
        kept.extend(manifest.precache);
        let list = serde_json::to_string(&kept).unwrap_or_default();
        let worker = format!("const BUILD=\"{build}\";const KEPT={list};\n{source}");
        Ok(Self { folder: folder.to_owned(), site, shell, build, worker })
    }
}

/// Texts are UTF-8 here, and say so.
async fn in_utf8(mut response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.filter(|kind| kind.starts_with("text/") && !kind.contains("charset"));
    if let Some(kind) = kind.and_then(|kind| HeaderValue::from_str(&format!("{kind}; charset=utf-8")).ok()) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

/// The routes of the site's files: hashed names for ever, the others to be asked for again.
pub fn routes(assets: &Assets) -> Router<AppState> {
    let folder = |name: &str, caching: &'static str| {
        let files = ServeDir::new(assets.folder.join(name)).precompressed_br().precompressed_gzip();
        // What is not there today may be there tomorrow: while a release rolls out, an older server is asked for files
        // of the newer one, and a browser must not remember its no for a year.
        let caching = move |response: &Response<_>| {
            let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
            Some(HeaderValue::from_static(if found { caching } else { "no-store" }))
        };
        Router::new()
            .fallback_service(files)
            .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, caching))
            .layer(middleware::map_response(in_utf8))
    };
    Router::new()
        .nest("/pkg", folder("pkg", "public, max-age=31536000, immutable"))
        .nest("/fonts", folder("fonts", "public, max-age=604800"))
        .nest("/icons", folder("icons", "public, max-age=86400"))
        .route_service(
            "/manifest.webmanifest",
            tower_http::services::ServeFile::new_with_mime(
                assets.folder.join("manifest.webmanifest"),
                &"application/manifest+json".parse().unwrap_or(MIME_TEXT),
            )
            .precompressed_br()
            .precompressed_gzip(),
        )
}

const MIME_TEXT: mime::Mime = mime::TEXT_PLAIN;
