//! `xtask-bindgen bind IN.wasm OUT_FOLDER NAME (dev|release)`: the JavaScript side of a WASM program.
//!
//! `xtask-bindgen split IN.wasm NAMES FIRST.wasm LATER.wasm SCRIPT.js`: what the first pages need, and the rest;
//! the JavaScript side follows the names that are shortened on the way.
//!
//! Apart from `xtask` because its libraries take minutes to compile. Its version of wasm-bindgen
//! must be the app's; both stand in the one `Cargo.lock`, where `=` of the library's own
//! dependency on `wasm-bindgen-shared` keeps them together.

mod names;
mod reach;
mod split;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match obey(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["bind", input, folder, name, mode] => bind(input, folder, name, mode == "dev"),
        ["split", input, names, first, later, script] => {
            split(input, names, (first, later), script)
        }
        _ => bail!(
            "usage: xtask-bindgen (bind IN OUT_FOLDER NAME MODE | split IN NAMES FIRST LATER SCRIPT)"
        ),
    }
}

/// The names of functions stay for `split`; `wasm-opt` takes them out of what is not split.
fn bind(input: &str, folder: &str, name: &str, is_dev: bool) -> Result<()> {
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .out_name(name)
        .typescript(false)
        .debug(is_dev)
        .keep_debug(is_dev)
        .remove_producers_section(true)
        .generate(folder)
}

fn split(input: &str, names: &str, (first, later): (&str, &str), script: &str) -> Result<()> {
    let wasm = fs::read(input).with_context(|| format!("{input} cannot be read"))?;
    let names = fs::read_to_string(names).with_context(|| format!("{names} cannot be read"))?;
    let glue = fs::read_to_string(script).with_context(|| format!("{script} cannot be read"))?;
    let parts = split::split(&wasm, &names::Names::read(&names), split::LINK)?;
    fs::write(script, split::rename(&glue, &parts.renamed))?;
    fs::write(first, parts.first)?;
    fs::write(later, parts.later)?;
    Ok(())
}
