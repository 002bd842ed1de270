//! `cargo xtask bench`: the figures of the budgets, measured on this machine with release builds.

use std::time::Duration;

use anyhow::Result;

use crate::command::{cargo, command, run, say};
use crate::places;

const BUILD_LIMIT: Duration = Duration::from_hours(1);
const BENCH_LIMIT: Duration = Duration::from_mins(20);

/// Durable pushes, then the real binary on the Bosnia layers.
pub fn everything() -> Result<()> {
    say("building the release");
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
    let mut bench = command("node", &["tests/bench.mjs"], &places::root());
    bench.env("SAFELANE_BINARY", places::target().join("release/safelane"));
    run(bench, BENCH_LIMIT)
}
