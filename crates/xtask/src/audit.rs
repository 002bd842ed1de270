//! `cargo xtask audit`: licences, advisories, sources, doubles, and dependencies that nobody uses.
//!
//! For people's machines and now and then: its tools take long to compile, so tests need none of them.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::command::{cargo, run, say, succeeds};

const LIMIT: Duration = Duration::from_mins(10);

/// Runs each tool that is installed; missing ones are named with the command that installs them.
pub fn everything() -> Result<()> {
    let mut faults = Vec::new();
    for (tool, arguments) in [
        ("deny", &["deny", "check"][..]),
        ("machete", &["machete"][..]),
    ] {
        if !succeeds(cargo(&[tool, "--version"]), LIMIT) {
            faults.push(format!(
                "cargo-{tool} is not installed: `cargo install --locked cargo-{tool}`"
            ));
            continue;
        }
        say(&format!("cargo {tool}"));
        if let Err(error) = run(cargo(arguments), LIMIT) {
            faults.push(format!("{error:#}"));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        bail!("audit:\n  {}", faults.join("\n  "))
    }
}
