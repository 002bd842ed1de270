//! `cargo xtask torture`: the real binary under kill -9, full disks, failing syncs and flipped bytes.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::command::{cargo, command, run, run_and_read};
use crate::{places, setup};

const BUILD_LIMIT: Duration = Duration::from_mins(50);
/// A turn of ten thousand kills takes hours.
const LIMIT: Duration = Duration::from_hours(48);
/// The turn within `cargo xtask test`.
const SHORT: [&str; 4] = ["--kills", "100", "--flips", "200"];

/// Builds both programs and tortures as asked; the release binary where `--release` is said.
pub fn as_asked(arguments: &[String]) -> Result<()> {
    setup::torturing()?;
    let release = arguments.iter().any(|argument| argument == "--release");
    let asked: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| *argument != "--release")
        .collect();
    build(release)?;
    torture(release, &asked).1
}

/// A short turn on the binary that the tests use; passed and failed parts.
pub fn shortly() -> ((u64, u64), Result<()>) {
    if let Err(error) = build(false) {
        return ((0, 0), Err(error));
    }
    torture(false, &SHORT)
}

fn build(release: bool) -> Result<()> {
    let mut packages = cargo(&[
        "build",
        "--quiet",
        "-p",
        "safelane",
        "-p",
        "safelane-torture",
    ]);
    if release {
        packages.arg("--release");
    }
    run(packages, BUILD_LIMIT)
}

fn torture(release: bool, arguments: &[&str]) -> ((u64, u64), Result<()>) {
    let folder = places::target().join(if release { "release" } else { "debug" });
    let mut program = command(
        &folder.join("safelane-torture").to_string_lossy(),
        arguments,
        &places::root(),
    );
    program.arg("--binary").arg(folder.join("safelane"));
    let mut sums = None;
    let outcome = run_and_read(program, LIMIT, |line| sums = sums.or(result(line)));
    let outcome = outcome.and_then(|()| match sums {
        None | Some((0, _)) => bail!("no part of the torture ran"),
        Some(_) => Ok(()),
    });
    (sums.unwrap_or_default(), outcome)
}

/// Reads the last line, such as `torture: 4 parts passed, 0 failed`.
fn result(line: &str) -> Option<(u64, u64)> {
    let rest = line.strip_prefix("torture: ")?;
    let (passed, failed) = rest.split_once(" parts passed, ")?;
    Some((
        passed.parse().ok()?,
        failed.strip_suffix(" failed")?.parse().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::result;

    #[test]
    fn the_sums_are_read_from_the_last_line() {
        assert_eq!(result("torture: 4 parts passed, 1 failed"), Some((4, 1)));
        assert_eq!(result("torture: seed 12"), None);
    }
}
