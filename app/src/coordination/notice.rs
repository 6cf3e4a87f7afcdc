//! What has just been done, or why it was not, above a page.

use leptos::prelude::*;

use crate::{domain::fr, ui::icon::Icon};

/// The notice.
#[component]
pub fn NoticeBox(
    /// The sentence.
    #[prop(into)]
    text: String,
    /// Whether it went well.
    done: bool,
    /// Of a refusal, its stable code.
    #[prop(optional_no_strip)]
    code: Option<&'static str>,
) -> impl IntoView {
    let (icon, kind, role) = if done { ("check", "done", "status") } else { ("fix", "fault", "alert") };
    view! {
        <div class="notice" data-kind=kind role=role data-code=code>
            <Icon name=icon />
            <p>{fr::spaced(&text)}</p>
        </div>
    }
    .into_any()
}
