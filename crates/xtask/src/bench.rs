//! `cargo xtask bench`: the figures of the budgets, measured on this machine with release builds.

use std::time::Duration;

use anyhow::Result;

use crate::command::{cargo, command, run, say};
use crate::setup::wasm::Way;
use crate::web::Mode;
use crate::{figures, places, setup, web};

const BUILD_LIMIT: Duration = Duration::from_hours(1);
const BENCH_LIMIT: Duration = Duration::from_mins(20);

/// Measured in a browser, each by a script that says what it needs.
const IN_A_BROWSER: [(&str, &str); 3] = [
    ("cold and warm start", "tests/start.mjs"),
    (
        "from a find in released ground to the alarm",
        "tests/alarm.mjs",
    ),
    ("the stops of the tour, CPU 4x slower", "tests/tour.mjs"),
];

/// Durable pushes, the real binary on the Bosnia layers, the app in a browser, and what the app weighs.
pub fn everything() -> Result<()> {
    setup::everything(Way::Ordinary)?;
    say("building the release");
    web::build(Mode::Release)?;
    run(
        cargo(&["build", "--quiet", "--release", "--package", "safelane"]),
        BUILD_LIMIT,
    )?;
    say("durable pushes");
    run(
        cargo(&[
            "run",
            "--quiet",
            "--release",
            "--package",
            "safelane-store-sqlite",
            "--example",
            "push_rate",
        ]),
        BUILD_LIMIT,
    )?;
    say("import, tiles and collections on the real binary");
    script("tests/bench.mjs")?;
    for (what, path) in IN_A_BROWSER {
        say(what);
        script(path)?;
    }
    say("payload");
    figures::print()
}

fn script(path: &str) -> Result<()> {
    let mut bench = command("node", &[path], &places::root());
    bench.env("SAFELANE_BINARY", places::target().join("release/safelane"));
    run(bench, BENCH_LIMIT)
}
