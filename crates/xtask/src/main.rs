//! `cargo xtask COMMAND`: everything that is done to this source tree by machine.
//!
//! Kept small on purpose, so that it compiles in seconds; what needs heavy libraries (wasm-bindgen)
//! lives in `xtask-web`, which this program calls.

mod command;
mod places;
mod run;
mod setup;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::setup::wasm::Way;
use crate::web::Mode;

const HELP: &str = "\
cargo xtask COMMAND

  setup          install what is missing, and say what was done
                 --wasm-from-debian: build the WASM library from Debian's sources in any case
  web            build the app into frontend/dist
                 --dev: quick to build, larger, not compressed
  run [-- ARGS]  set up, build everything, and serve the demo programme
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match obey(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(arguments: &[String]) -> Result<ExitCode> {
    let (command, rest) = arguments
        .split_first()
        .map_or(("help", &[][..]), |(command, rest)| {
            (command.as_str(), rest)
        });
    match command {
        "setup" => {
            let debian = rest.iter().any(|argument| argument == "--wasm-from-debian");
            setup::everything(if debian { Way::Debian } else { Way::Ordinary })?;
            Ok(ExitCode::SUCCESS)
        }
        "web" => {
            let dev = rest.iter().any(|argument| argument == "--dev");
            setup::building(Way::Ordinary)?;
            web::build(if dev { Mode::Dev } else { Mode::Release })?;
            Ok(ExitCode::SUCCESS)
        }
        "run" => {
            let arguments = rest.strip_prefix(&["--".to_owned()][..]).unwrap_or(rest);
            run::demo(arguments)
        }
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command `{other}`; `cargo xtask help` lists them"),
    }
}
