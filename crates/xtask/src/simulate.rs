//! `cargo xtask simulate`: devices and a hub from seeds.

use std::time::Duration;

use anyhow::Result;

use crate::command::{cargo, run};

/// Seeds in a turn of CI.
const SEEDS: &str = "300";
/// Thousands of seeds, and every planted fault, fit into it.
const LIMIT: Duration = Duration::from_hours(12);

/// Runs the simulator with these arguments; `docs/proof.md` says what it does.
pub fn with(arguments: &[String]) -> Result<()> {
    let mut command = cargo(&["run", "--quiet", "--package", "safelane-simulate", "--"]);
    command.args(arguments);
    run(command, LIMIT)
}

/// The turn of CI.
pub fn turn() -> Result<()> {
    with(&["--seeds".to_owned(), SEEDS.to_owned()])
}
