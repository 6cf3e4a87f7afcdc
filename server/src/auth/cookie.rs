//! The session's cookie. Over TLS it is `__Host-` and `Secure`: no subdomain and no plain page can set or read it.

use axum::http::{HeaderMap, HeaderValue, header};

use super::token::Token;

/// How the cookie is named and guarded here.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookie {
    /// Whether browsers reach us over TLS.
    pub https: bool,
}

impl SessionCookie {
    fn name(self) -> &'static str {
        if self.https { "__Host-lanterne" } else { "lanterne" }
    }

    /// The token of a request.
    pub fn read(self, headers: &HeaderMap) -> Option<Token> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name())
            .and_then(|(_, text)| Token::parse(text))
    }

    /// The header that gives a browser its token.
    pub fn give(self, token: &Token, seconds: i64) -> HeaderValue {
        self.header(&token.text(), seconds)
    }

    /// The header that takes it away.
    pub fn take(self) -> HeaderValue {
        self.header("", 0)
    }

    fn header(self, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.https { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", self.name());
        let mut header = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
        header.set_sensitive(true);
        header
    }
}
