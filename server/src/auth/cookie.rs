//! Our cookies. Over TLS they are `__Host-` and `Secure`: no subdomain and no plain page can set or read them.

use axum::http::{HeaderMap, HeaderValue, header};

use super::token::Token;

/// For how long a browser is known in which somebody signed in: as long as browsers keep a cookie.
const KNOWN_SECONDS: i64 = 400 * 24 * 60 * 60;

/// How the cookies are named and guarded here.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookie {
    /// Whether browsers reach us over TLS.
    pub https: bool,
}

impl SessionCookie {
    /// That of the session.
    fn session(self) -> &'static str {
        if self.https { "__Host-lanterne" } else { "lanterne" }
    }

    /// That by which a browser is known again.
    fn browser(self) -> &'static str {
        if self.https { "__Host-lanterne-navigateur" } else { "lanterne-navigateur" }
    }

    /// The token of a request's session.
    pub fn read(self, headers: &HeaderMap) -> Option<Token> {
        read(headers, self.session())
    }

    /// The header that gives a browser its session's token.
    pub fn give(self, token: &Token, seconds: i64) -> HeaderValue {
        self.header(self.session(), &token.text(), seconds)
    }

    /// The header that takes it away.
    pub fn take(self) -> HeaderValue {
        self.header(self.session(), "", 0)
    }

    /// The token by which a browser is known again.
    pub fn read_browser(self, headers: &HeaderMap) -> Option<Token> {
        read(headers, self.browser())
    }

    /// The header that gives it.
    pub fn give_browser(self, token: &Token) -> HeaderValue {
        self.header(self.browser(), &token.text(), KNOWN_SECONDS)
    }

    fn header(self, name: &str, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.https { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
        header.set_sensitive(true);
        header
    }
}

fn read(headers: &HeaderMap, wanted: &str) -> Option<Token> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .and_then(|(_, text)| Token::parse(text))
}
