//! npm packages: the app's (`frontend/`) and the browser tests' (`tests/`).

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command::{command, run, say};
use crate::places;

/// Installs exactly what `folder`'s lock file names, unless that is what is there.
pub fn install(folder: &str) -> Result<()> {
    let folder = places::root().join(folder);
    if is_installed(&folder) {
        return Ok(());
    }
    say(&format!("installing npm packages of {}", folder.display()));
    let mut npm = command(
        "npm",
        &["ci", "--no-fund", "--no-audit", "--loglevel=error"],
        &folder,
    );
    // Chromium is Debian's; a second one of 150 MB is not wanted.
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run(npm, Duration::from_mins(10)).context("Node with npm is needed")?;
    fs::copy(folder.join("package-lock.json"), note(&folder))?;
    Ok(())
}

/// The lock file as it was at the last install lies in `node_modules`.
fn is_installed(folder: &Path) -> bool {
    let wanted = fs::read(folder.join("package-lock.json"));
    let have = fs::read(note(folder));
    matches!((wanted, have), (Ok(wanted), Ok(have)) if wanted == have)
}

fn note(folder: &Path) -> std::path::PathBuf {
    folder.join("node_modules/.installed-lock.json")
}
