//! How a figure is counted and what to know before quoting it, one tap away from it.

use leptos::prelude::*;

use crate::domain::{
    coded::Code,
    fr::{self, NNBSP},
    indicators::Indicator,
};

/// The definition and the caveat of one indicator, or of several that are shown together.
#[component]
pub fn Definition(
    /// The figure's name, for those who do not see beside what it stands.
    #[prop(into)]
    subject: String,
    /// What is defined.
    indicators: Vec<Indicator>,
) -> impl IntoView {
    let several = indicators.len() > 1;
    let texts = indicators
        .into_iter()
        .map(|indicator| {
            let name = several.then(|| view! { <b>{format!("{}{NNBSP}: ", fr::spaced(indicator.label()))}</b> });
            let definition = fr::spaced(indicator.definition());
            let definition = if several { fr::small(&definition) } else { definition };
            view! {
                <p>{name} {definition}</p>
                <p>{fr::spaced(indicator.caveat())}</p>
            }
        })
        .collect_view();
    view! {
        <details class="definition">
            <summary>
                "Comment c’est compté"
                <span class="sr-only">"\u{202f}: " {subject}</span>
            </summary>
            <div>{texts}</div>
        </details>
    }
    .into_any()
}
