//! Where a record stands, in words with an icon: never by colour alone.

use leptos::prelude::*;

use super::{
    html::{Html, html},
    icon::{self, Icon},
};

/// Where a record stands, as the person sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateKind {
    /// Typed, not saved.
    Draft,
    /// Saved on this phone only.
    Phone,
    /// With the server.
    Sent,
    /// To be corrected.
    Fix,
    /// Changed elsewhere too.
    Both,
}

impl StateKind {
    /// The value of `data-state`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Phone => "phone",
            Self::Sent => "sent",
            Self::Fix => "fix",
            Self::Both => "both",
        }
    }

    /// Its icon.
    pub fn icon(self) -> &'static str {
        self.code()
    }
}

/// The label.
#[component]
pub fn StateLabel(
    /// Where it stands.
    kind: StateKind,
    /// In words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <span class="state" data-state=kind.code()>
            <Icon name=kind.icon() />
            {text}
        </span>
    }
}

/// Writes the label into markup.
pub fn write(out: &mut Html, kind: StateKind, text: &str) {
    html!(out; "<span class=\"state\" data-state=\"" (kind.code()) "\">");
    icon::write(out, kind.icon(), "");
    html!(out; (text) "</span>");
}
