//! A question of a record, answered with chips.

use leptos::prelude::*;

use super::sheet::FormDesk;
use crate::{
    domain::coded::{Code, Coded},
    ui::{chip_row::Choice, chips::Chips},
};

/// Chips over one field of the draft. Function pointers and not closures: a phone then holds this body once for each kind
/// of draft.
#[component]
pub fn Question<T: Send + Sync + 'static>(
    /// The record.
    draft: RwSignal<T>,
    /// The form.
    desk: FormDesk,
    /// The field's name.
    field: &'static str,
    /// The question.
    legend: &'static str,
    /// A few quiet words beside it.
    #[prop(optional)]
    hint: &'static str,
    /// Offered at once.
    first: Vec<Choice>,
    /// Offered after « + Voir tout ».
    #[prop(optional)]
    rest: Vec<Choice>,
    /// Whether several may be chosen.
    #[prop(optional)]
    many: bool,
    /// Whether the one that was chosen may be taken back; « tap » is then given no value.
    #[prop(optional)]
    optional: bool,
    /// Whether the chips hold numbers only.
    #[prop(optional)]
    tight: bool,
    /// What is chosen.
    read: fn(&T) -> Vec<String>,
    /// A tap on a value.
    tap: fn(&mut T, &str),
) -> impl IntoView {
    view! {
        <Chips
            field=field
            legend=legend
            hint=hint
            first=first
            rest=rest
            many=many
            optional=optional
            tight=tight
            chosen=Signal::derive(move || draft.with(read))
            toggle=move |value: String| draft.update(|draft| tap(draft, &value))
            faults=desk.faults.into()
        />
    }
}

/// The codes of a field, whether it holds one value or several.
pub fn codes<'a, T: Code>(values: impl IntoIterator<Item = &'a Coded<T>>) -> Vec<String> {
    values.into_iter().map(|value| value.code().to_owned()).collect()
}

/// A few words under a question.
pub fn hint(text: &'static str) -> AnyView {
    view! { <p class="hint">{text}</p> }.into_any()
}

/// What is asked only while something is so. Boxed, so that a phone holds the asking once and not once for each question.
pub fn only_if(is_so: Memo<bool>, what: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    only_if_boxed(is_so, Box::new(what))
}

fn only_if_boxed(is_so: Memo<bool>, what: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    (move || is_so.get().then(&what)).into_any()
}

/// The value of a tap, none where it took the answer back.
pub fn chosen<T: Code>(code: &str) -> Option<Coded<T>> {
    (!code.is_empty()).then(|| Coded::from(code))
}

/// Adds a value, or takes it away.
pub fn toggle<T: Code>(values: &mut Vec<Coded<T>>, code: &str) {
    match values.iter().position(|value| value.code() == code) {
        Some(at) => {
            values.remove(at);
        }
        None => values.push(Coded::from(code)),
    }
}

/// Values as choices.
pub fn choices<T: Code>(values: &[T]) -> Vec<Choice> {
    values.iter().map(|value| (value.code().to_owned(), value.label().to_owned())).collect()
}

/// All values but these, as choices.
pub fn others<T: Code>(but: &[T]) -> Vec<Choice> {
    let rest: Vec<T> = T::ALL.iter().copied().filter(|value| !but.contains(value)).collect();
    choices(&rest)
}
