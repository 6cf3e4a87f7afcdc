//! From where a request comes, as far as signing in needs to know.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{Extensions, HeaderMap, header, request::Parts},
};

use super::AppState;
use crate::{auth::token::Token, db::accounts::Origin};

/// Who asks, before anybody is known. No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Client {
    /// The network address; empty where it is not known.
    pub address: String,
    /// The browser and the system, in a few words.
    pub agent: String,
    /// The session that it has already.
    pub session: Option<Token>,
    /// What a browser was given when somebody signed in with it before.
    pub browser: Option<Token>,
}

impl FromRequestParts<AppState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self {
            address: address(&parts.headers, peer(&parts.extensions), state.behind_proxy),
            agent: agent(&parts.headers),
            session: state.cookie.read(&parts.headers),
            browser: state.cookie.read_browser(&parts.headers),
        })
    }
}

impl Client {
    /// As what its attempts are counted.
    pub fn origin<'a>(&'a self, known: Option<&'a str>) -> Origin<'a> {
        Origin { address: &self.address, known }
    }
}

/// The network address of a request; empty where it is not known.
pub fn address_of(request: &Request, state: &AppState) -> String {
    address(request.headers(), peer(request.extensions()), state.behind_proxy)
}

fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer)
}

/// The address of whoever asks: that of the connection, or, behind a proxy of ours, the one that it names last. What stands
/// before was said by whoever asks.
fn address(headers: &HeaderMap, peer: Option<SocketAddr>, behind_proxy: bool) -> String {
    let named = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let named = named.and_then(|text| text.rsplit(',').next()?.trim().parse().ok()).filter(|_| behind_proxy);
    let address = named.or_else(|| peer.map(|peer| peer.ip()));
    match address.map(|address| address.to_canonical()) {
        None => String::new(),
        Some(std::net::IpAddr::V4(address)) => address.to_string(),
        // Whoever has one address of a network has all of it.
        Some(std::net::IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Words for a browser and a system, from what it says of itself: no more than a person needs to know it again.
fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
    // Many call themselves by the names of others: those that do so stand first.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    [browser, system].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        [(HeaderName::from_static(name), HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn only_a_proxy_of_ours_says_from_where_somebody_comes() {
        let peer = Some(SocketAddr::from(([10, 0, 0, 1], 4000)));
        let said = headers("x-forwarded-for", "1.1.1.1, 2.2.2.2");
        assert_eq!(address(&said, peer, false), "10.0.0.1");
        assert_eq!(address(&said, peer, true), "2.2.2.2");
        assert_eq!(address(&headers("x-forwarded-for", "nonsense"), peer, true), "10.0.0.1");
        assert_eq!(address(&HeaderMap::new(), None, true), "");
        let six = headers("x-forwarded-for", "2001:db8:1:2:3:4:5:6");
        assert_eq!(address(&six, peer, true), "2001:db8:1:2::/64");
        let mapped = headers("x-forwarded-for", "::ffff:9.9.9.9");
        assert_eq!(address(&mapped, peer, true), "9.9.9.9");
    }

    #[test]
    fn a_browser_is_told_in_two_words() {
        for (text, words) in [
            ("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Firefox, Android"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36 Edg/129.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            ("curl/8", ""),
        ] {
            assert_eq!(agent(&headers("user-agent", text)), words, "{text}");
        }
    }
}
