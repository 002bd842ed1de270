//! `xtask-bindgen IN.wasm OUT_FOLDER NAME (dev|release)`: the JavaScript side of a WASM program.
//!
//! Apart from `xtask` because its libraries take minutes to compile. Its version of wasm-bindgen
//! must be the app's; both stand in the one `Cargo.lock`, where `=` of the library's own
//! dependency on `wasm-bindgen-shared` keeps them together.

use std::process::ExitCode;

use anyhow::{Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match generate(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn generate(arguments: &[String]) -> Result<()> {
    let [input, folder, name, mode] = arguments else {
        bail!("usage: xtask-bindgen IN.wasm OUT_FOLDER NAME (dev|release)");
    };
    let is_dev = mode == "dev";
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .out_name(name)
        .typescript(false)
        .debug(is_dev)
        .keep_debug(is_dev)
        .remove_name_section(!is_dev)
        .remove_producers_section(true)
        .generate(folder)
}
