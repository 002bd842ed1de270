//! `cargo xtask test`: every check, one after the other, and a closing line with the sums.
//!
//! A failed check does not stop the others, so that one run shows all that is wrong. The app is
//! built beside the native checks: its last step keeps one core busy for minutes. So is the real
//! binary tortured beside the tests.

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

use crate::command::{cargo, command, run, run_and_read, say};
use crate::setup::wasm::Way;
use crate::web::Mode;
use crate::{places, setup, simulate, torture, walls, web};

const BUILD_LIMIT: Duration = Duration::from_mins(50);
const TEST_LIMIT: Duration = Duration::from_mins(50);
const BROWSER_LIMIT: Duration = Duration::from_mins(25);

/// What was counted; a check that is no test runner counts as one test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// A runner of tests: its own sums, and one failure more where it failed without a failed test.
    fn runner(&mut self, name: &str, runner: impl FnOnce() -> (Self, Result<()>)) {
        say(name);
        let start = Instant::now();
        let (mut tally, outcome) = runner();
        if let Err(error) = outcome {
            eprintln!("xtask: {name}: {error:#}");
            tally.failed = tally.failed.max(1);
        }
        self.add(tally);
        say(&format!("{name}: {} s", start.elapsed().as_secs()));
    }

    /// One check that ran; what went wrong is printed here.
    fn check(&mut self, name: &str, check: impl FnOnce() -> Result<()>) {
        say(name);
        let start = Instant::now();
        match check() {
            Ok(()) => self.passed += 1,
            Err(error) => {
                eprintln!("xtask: {name}: {error:#}");
                self.failed += 1;
            }
        }
        say(&format!("{name}: {} s", start.elapsed().as_secs()));
    }
}

/// The parts of a run, by the names that `--only` takes.
const STEPS: [&str; 8] = [
    "fmt", "walls", "clippy", "rust", "simulate", "torture", "web", "journeys",
];

/// Runs all steps, or the one named.
pub fn steps(only: Option<&str>) -> Result<ExitCode> {
    if let Some(name) = only.filter(|name| !STEPS.contains(name)) {
        bail!(
            "there is no step `{name}`; the steps are {}",
            STEPS.join(", ")
        );
    }
    let wanted = |step: &str| only.is_none_or(|name| name == step);
    setup::everything(Way::Ordinary)?;
    let mut tally = Tally::default();
    if wanted("fmt") {
        tally.check("rustfmt", || {
            run(cargo(&["fmt", "--all", "--check"]), Duration::from_mins(2))
        });
    }
    if wanted("walls") {
        tally.check("walls between crates", walls::check);
    }
    let app = wanted("web").then(|| thread::spawn(|| web::build(Mode::Release)));
    if wanted("clippy") {
        tally.check("clippy", clippy);
    }
    if wanted("rust") {
        // Before anything runs the server: nothing may replace it then.
        tally.check("compiling the tests", || {
            let compile = ["test", "--quiet", "--workspace", "--no-run"];
            run(cargo(&compile), BUILD_LIMIT)
        });
    }
    if wanted("torture") || wanted("journeys") {
        tally.check("the server", || {
            let mut build = cargo(&["build", "--quiet", "--package", "safelane"]);
            build.args(["--package", "safelane-torture"]);
            run(build, BUILD_LIMIT)
        });
    }
    // Torture waits for servers to start more than it computes.
    let torture = wanted("torture").then(|| thread::spawn(torture_tests));
    if wanted("rust") {
        tally.runner("cargo test", rust_tests);
    }
    if let Some(torture) = torture {
        tally.runner("torture of the real binary", || {
            let panicked = |_| (Tally::default(), Err(anyhow!("torture panicked")));
            torture.join().unwrap_or_else(panicked)
        });
    }
    if wanted("simulate") {
        tally.check("simulation, 300 seeds", simulate::turn);
    }
    if let Some(app) = app {
        tally.check("the app", || {
            app.join().unwrap_or_else(|_| bail!("the build panicked"))
        });
    }
    if wanted("journeys") {
        tally.runner("journeys in the browser", browser_tests);
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(if tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn clippy() -> Result<()> {
    let arguments = [
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    run(cargo(&arguments), BUILD_LIMIT)
}

fn rust_tests() -> (Tally, Result<()>) {
    let mut test = cargo(&["test", "--workspace", "--no-fail-fast"]);
    // A changed snapshot is a decision of a person, never of a test run.
    test.env("INSTA_UPDATE", "no");
    let mut tally = Tally::default();
    let outcome = run_and_read(test, TEST_LIMIT, |line| tally.add(rust_result(line)));
    let outcome = outcome.and_then(|()| match tally.passed {
        0 => bail!("no test ran"),
        _ => Ok(()),
    });
    (tally, outcome)
}

/// Counts a line such as `test result: ok. 12 passed; 0 failed; 0 ignored; …`.
fn rust_result(line: &str) -> Tally {
    let Some(rest) = line.strip_prefix("test result: ") else {
        return Tally::default();
    };
    let count = |what: &str| {
        let number = rest
            .split(what)
            .next()
            .and_then(|before| before.split_whitespace().last());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    };
    Tally {
        passed: count(" passed"),
        failed: count(" failed"),
    }
}

fn torture_tests() -> (Tally, Result<()>) {
    let ((passed, failed), outcome) = torture::shortly();
    (Tally { passed, failed }, outcome)
}

fn browser_tests() -> (Tally, Result<()>) {
    let report = places::root().join("test-results/report.json");
    // A report of an earlier run must not be counted as this one's.
    let _ = std::fs::remove_file(&report);
    let mut playwright = command(
        "node",
        &["node_modules/@playwright/test/cli.js", "test"],
        &places::root().join("tests"),
    );
    playwright.env("SAFELANE_BINARY", places::target().join("debug/safelane"));
    playwright.env(
        "SAFELANE_TORTURE",
        places::target().join("debug/safelane-torture"),
    );
    let outcome = run(playwright, BROWSER_LIMIT);
    let tally = std::fs::read(&report)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .map_or_else(Tally::default, |report| browser_result(&report));
    let outcome = outcome.and_then(|()| match tally.passed {
        0 => bail!("no journey ran"),
        _ => Ok(()),
    });
    (tally, outcome)
}

fn browser_result(report: &Value) -> Tally {
    let count = |what: &str| report["stats"][what].as_u64().unwrap_or(0);
    Tally {
        passed: count("expected"),
        failed: count("unexpected") + count("flaky"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_from_the_runners_own_words() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        assert_eq!(
            rust_result(line),
            Tally {
                passed: 12,
                failed: 3
            }
        );
        assert_eq!(rust_result("test a_result ... ok"), Tally::default());
        let report = serde_json::json!({ "stats": { "expected": 5, "unexpected": 1, "flaky": 1, "skipped": 2 } });
        assert_eq!(
            browser_result(&report),
            Tally {
                passed: 5,
                failed: 2
            }
        );
    }

    #[test]
    fn a_check_that_fails_is_counted() {
        let mut tally = Tally::default();
        tally.check("one", || Ok(()));
        tally.check("two", || bail!("no"));
        assert_eq!(
            tally,
            Tally {
                passed: 1,
                failed: 1
            }
        );
    }
}
