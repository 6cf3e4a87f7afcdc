//! A screen, or the place of a list, in which there is nothing: what will be there, and the first step.

use leptos::prelude::*;

use super::{
    html::{Html, html},
    icon,
};

/// The empty state. A link that leads out of the phone's screens is told so by its address.
pub fn empty(symbol: &str, heading: &str, text: &str, href: &str, link: &str) -> AnyView {
    written([symbol, heading, text, href, link], ["<h2>", "</h2>"])
}

/// The same where it is all that the screen holds: its heading is the screen's.
pub fn empty_screen(symbol: &str, heading: &str, text: &str, href: &str, link: &str) -> AnyView {
    written([symbol, heading, text, href, link], ["<h1>", "</h1>"])
}

fn written([symbol, heading, text, href, link]: [&str; 5], [open, close]: [&'static str; 2]) -> AnyView {
    let mut out = Html::default();
    html!(out; "<div class=\"halo\">");
    icon::write(&mut out, symbol, "");
    html!(out; "</div>");
    out.markup(open);
    html!(out; (heading));
    out.markup(close);
    html!(out; "<p>" (text) "</p><a class=\"btn\" href=\"" (href) "\">" (link) "</a>");
    view! { <div class="empty" inner_html=out.finish()></div> }.into_any()
}
