//! `cargo xtask run`: from the source tree to a served demo programme.

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command::{cargo, inherit, run, say};
use crate::setup::wasm::Way;
use crate::web::Mode;
use crate::{places, setup, web};

const BUILD_LIMIT: Duration = Duration::from_hours(1);

/// Sets up, builds and serves; `arguments` go to `safelane demo`.
pub fn demo(arguments: &[String]) -> Result<ExitCode> {
    setup::building(Way::Ordinary)?;
    say("building the app");
    web::build(Mode::Release)?;
    say("building the server");
    run(
        cargo(&["build", "--quiet", "--release", "--package", "safelane"]),
        BUILD_LIMIT,
    )?;
    let mut serve = Command::new(places::target().join("release/safelane"));
    serve
        .current_dir(places::root())
        .arg("demo")
        .arg("--app")
        .arg(places::dist());
    if !arguments.iter().any(|argument| argument == "--listen") {
        serve.args(["--listen", "127.0.0.1:8080"]);
    }
    serve.args(arguments);
    say("serving the demo programme; Ctrl-C stops it");
    inherit(&mut serve);
    // No limit: this one is to run until somebody stops it. Ctrl-C reaches it as it reaches us.
    let status = serve.status().context("the server could not be started")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
