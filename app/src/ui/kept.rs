//! Lists that change. An item keeps its elements as long as its key stays, and with them the focus and what is unfolded;
//! one body for all lists, since the library's is three kilobytes for each kind of item.

use leptos::prelude::*;

/// An item of a list.
pub struct Item {
    /// Everything that its elements depend on: a new key is a new item.
    key: String,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

impl Item {
    /// An item that `view` draws, once for each key.
    pub fn new(key: String, view: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self { key, view: Box::new(view) }
    }
}

/// The items of a list, which `each` names anew whenever what it reads changes.
pub fn kept(each: impl Fn() -> Vec<Item> + Send + 'static) -> AnyView {
    boxed(Box::new(each))
}

fn boxed(each: Box<dyn Fn() -> Vec<Item> + Send>) -> AnyView {
    view! { <For each=each key=|item| item.key.clone() children=|item| untrack(item.view) /> }.into_any()
}
