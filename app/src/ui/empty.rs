//! A screen, or the place of a list, in which there is nothing: what will be there, and the first step.

use leptos::prelude::*;

use super::{
    html::{Html, html},
    icon,
};

/// The empty state. A link that leads out of the phone's screens is told so by its address.
pub fn empty(symbol: &str, heading: &str, text: &str, href: &str, link: &str) -> AnyView {
    let mut out = Html::default();
    html!(out; "<div class=\"halo\">");
    icon::write(&mut out, symbol, "");
    html!(out; "</div><h2>" (heading) "</h2><p>" (text) "</p><a class=\"btn\" href=\"" (href) "\">" (link) "</a>");
    view! { <div class="empty" inner_html=out.finish()></div> }.into_any()
}
