//! The HTML around the screens: the phone's constant shell, the office's page, the static pages.

use serde::{Deserialize, Serialize};

/// The files of one wasm build.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bundle {
    /// Script that starts it.
    pub js: String,
    /// The wasm.
    pub wasm: String,
}

/// The hashed names that pages need.
#[derive(Clone, Debug)]
pub struct SiteAssets {
    /// The stylesheet.
    pub css: String,
    /// The font, preloaded.
    pub font: String,
    /// The phone's build.
    pub phone: Bundle,
    /// The office's build.
    pub office: Bundle,
}

/// What the sign-in page says.
#[derive(Clone, Debug, Default)]
pub struct SignInNotice {
    /// What went wrong last time.
    pub error: Option<String>,
    /// What was typed as a name.
    pub login: String,
    /// Where to go afterwards.
    pub back: String,
}
