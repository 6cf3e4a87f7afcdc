//! `bindgen <in.wasm> <out-dir> <name>`: the glue for one wasm build.
//!
//! The command-line tool of wasm-bindgen takes minutes to build and does not resolve from the registry with its own
//! lockfile; its library, taken from our lockfile, is of the right version by construction.

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(out), Some(name)) = (arguments.next(), arguments.next(), arguments.next()) else {
        bail!("usage: bindgen <in.wasm> <out-dir> <name>");
    };
    Bindgen::new()
        .input_path(&input)
        .out_name(&name)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&out)
        .with_context(|| format!("writing the glue of {input}"))
}
