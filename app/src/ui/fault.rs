//! What is wrong with a field, under it.

use leptos::prelude::*;

use super::icon::Icon;
use crate::domain::{coded::Code, fault::Fault, fr};

/// The faults of a form, by field.
pub type Faults = Signal<Vec<Fault>>;

/// The sentence for a field, when it has a fault.
pub fn sentence(faults: &[Fault], field: &str) -> Option<String> {
    let fault = faults.iter().find(|fault| fault.field == field)?;
    Some(fr::spaced(fault.code.known().map_or("Cette valeur est à corriger.", Code::label)))
}

/// The fault of a field, announced when it appears.
#[component]
pub fn FaultLine(
    /// All faults of the form.
    faults: Faults,
    /// The field.
    field: &'static str,
) -> impl IntoView {
    move || faults.with(|faults| sentence(faults, field)).map(|text| fault_line(format!("f-{field}"), text))
}

/// What was refused: its stable code, and the sentence that says it.
#[cfg(any(feature = "ssr", feature = "office"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    code: &'static str,
    sentence: &'static str,
}

#[cfg(any(feature = "ssr", feature = "office"))]
impl Refused {
    /// For a fault.
    pub fn of(fault: impl Code) -> Self {
        Self { code: fault.code(), sentence: fault.label() }
    }

    /// Its line, as a field of a form names it.
    pub fn line(self, id: String) -> AnyView {
        line(id, Some(self.code), fr::spaced(self.sentence))
    }
}

/// A fault in words, announced when it appears; a field names it by `id`.
pub fn fault_line(id: String, text: String) -> AnyView {
    line(id, None, text)
}

fn line(id: String, code: Option<&'static str>, text: String) -> AnyView {
    view! {
        <p class="fault" id=id role="alert" data-code=code>
            <Icon name="fix" />
            <span>{text}</span>
        </p>
    }
    .into_any()
}

/// `aria-invalid` of a field.
pub fn invalid(faults: Faults, field: &'static str) -> impl Fn() -> Option<&'static str> + Copy {
    move || faults.with(|faults| faults.iter().any(|fault| fault.field == field)).then_some("true")
}

/// `aria-describedby` of a field.
pub fn described(faults: Faults, field: &'static str) -> impl Fn() -> Option<String> + Copy {
    move || faults.with(|faults| faults.iter().any(|fault| fault.field == field)).then(|| format!("f-{field}"))
}
