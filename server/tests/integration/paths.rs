//! The paths that installed phones call: a change here breaks those of last month.

use std::collections::BTreeSet;

#[test]
fn the_paths_of_server_functions_are_those_on_the_list() {
    let registered: BTreeSet<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    let listed: BTreeSet<String> = include_str!("paths.txt").lines().map(str::to_owned).collect();
    assert_eq!(registered, listed, "a path is for ever: add, and remove only what no phone calls any more");
}
