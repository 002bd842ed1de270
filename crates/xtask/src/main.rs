//! `cargo xtask COMMAND`: everything that is done to this source tree by machine.
//!
//! Kept small on purpose, so that it compiles in seconds; what needs heavy libraries (wasm-bindgen)
//! lives in `xtask-web`, which this program calls.

mod audit;
mod bench;
mod command;
mod figures;
mod fuzz;
mod pictures;
mod places;
mod run;
mod setup;
mod simulate;
mod test;
mod torture;
mod walls;
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
  test           set up and run every check; ends with `N passed, N failed`
                 --only STEP: fmt, walls, clippy, rust, simulate, torture, web or journeys
  ci             the same
  torture        kill -9, full disks, failing syncs, flipped bytes, on the real binary
                 [--release] [--minutes N] [--kills N] [--flips N] [--seed S] [PART …]
  pictures       every page in every theme and language into tests/screenshots, README's into docs/pictures
  simulate       devices and a hub from seeds: --seeds N, --seed S, --faults (docs/proof.md)
  audit          licences, advisories, unused dependencies (cargo-deny, cargo-machete)
  bench          pushes, accounts, distances, import, tiles, collections, start, alarm and payload, measured on this machine
                 --size S, M or L: generated countries of 1,000, 20,000 and 200,000 areas, up to this one
                 --peers: the scripts of ../shared/bench in the same call, on the same data
  figures        lines by crate, and what a phone must fetch
  fuzz           bytes that nobody would write, five minutes a target (docs/proof.md)
                 --minutes N; --keep merges what was found into fuzz/corpus; names of targets
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
        "test" | "ci" => {
            let only = rest
                .iter()
                .skip_while(|argument| *argument != "--only")
                .nth(1);
            test::steps(only.map(String::as_str))
        }
        "torture" => torture::as_asked(rest).map(|()| ExitCode::SUCCESS),
        "simulate" => simulate::with(rest).map(|()| ExitCode::SUCCESS),
        "pictures" => pictures::everything().map(|()| ExitCode::SUCCESS),
        "audit" => audit::everything().map(|()| ExitCode::SUCCESS),
        "bench" => bench::everything(rest).map(|()| ExitCode::SUCCESS),
        "fuzz" => fuzz::everything(rest).map(|()| ExitCode::SUCCESS),
        "figures" => figures::print().map(|()| ExitCode::SUCCESS),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command `{other}`; `cargo xtask help` lists them"),
    }
}
