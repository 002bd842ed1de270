//! `cargo xtask pictures`: every page in every theme and language, for people to look at.

use std::time::Duration;

use anyhow::Result;

use crate::command::{cargo, command, run, say};
use crate::setup::wasm::Way;
use crate::web::Mode;
use crate::{places, setup, web};

const BUILD_LIMIT: Duration = Duration::from_mins(50);
const PICTURES_LIMIT: Duration = Duration::from_hours(1);

/// Builds what is looked at, and goes through all of it with a real browser.
pub fn everything() -> Result<()> {
    setup::everything(Way::Ordinary)?;
    say("building the app and the server");
    web::build(Mode::Release)?;
    run(
        cargo(&["build", "--quiet", "--package", "safelane"]),
        BUILD_LIMIT,
    )?;
    say("pictures of every page");
    let playwright = "node_modules/@playwright/test/cli.js";
    let arguments = [
        playwright,
        "test",
        "journeys/screens.spec.ts",
        "--global-timeout=0",
    ];
    let mut pictures = command("node", &arguments, &places::root().join("tests"));
    pictures
        .env("SAFELANE_LOOKS", "all")
        .env("SAFELANE_BINARY", places::target().join("debug/safelane"));
    run(pictures, PICTURES_LIMIT)
}
