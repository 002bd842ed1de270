//! The peers, set up and measured by their own script beside the project.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{BENCH_LIMIT, of_bench, path};
use crate::command::{command, run, say};
use crate::{places, setup};

/// What of the peers' script is run for every size.
const FOR_EACH_SIZE: [&str; 4] = ["accounts", "proximity", "tiles", "items"];

/// The peers as `../shared/bench/run.sh` sets them up.
pub struct Peers {
    script: PathBuf,
    folder: PathBuf,
    /// Results that were there before this call.
    before: usize,
    /// What could not be measured, and why.
    failed: Vec<String>,
    /// Whether their database ran before this call: then it goes on.
    ran: bool,
}

impl Peers {
    /// Finds the script and measures what has no size.
    pub fn set_up() -> Result<Self> {
        let script = places::root().join("../shared/bench/run.sh");
        if !script.exists() {
            bail!(
                "the peers' scripts are not beside the project: {} is missing; without --peers our own figures come",
                script.display()
            );
        }
        setup::peers()?;
        let folder = std::env::var_os("PEERS")
            .map_or_else(|| PathBuf::from("/var/tmp/safelane-peers"), PathBuf::from);
        let mut peers = Self {
            script,
            folder,
            before: 0,
            failed: Vec::new(),
            ran: false,
        };
        peers.before = peers.all()?.len();
        peers.ran = peers.database().is_some();
        Ok(peers)
    }

    /// The folder of their data of a size, which ours are measured on too.
    pub fn data(&self, size: &str) -> Result<PathBuf> {
        let folder = self.folder.join("data").join(size);
        if !folder.join("routes.ndjson").exists() {
            say(&format!("setting the peers up for size {size}"));
            self.run(&["setup", size])?;
        }
        if !folder.join("releases.geojson").exists() {
            run(of_bench(&["collections", path(&folder)?]), BENCH_LIMIT)?;
        }
        Ok(folder)
    }

    /// Measures them on a size; what has no size on the first. A peer that does not start takes nothing
    /// else with it.
    pub fn measure(&mut self, size: &str) {
        say(&format!("size {size}: the peers"));
        let mut wanted: Vec<Vec<&str>> =
            FOR_EACH_SIZE.iter().map(|what| vec![*what, size]).collect();
        if size == super::SIZES[0] {
            wanted.insert(0, vec!["writes"]);
        }
        for arguments in wanted {
            if let Err(error) = self.run(&arguments) {
                eprintln!("xtask: {error:#}");
                self.failed
                    .push(format!("{}: {error:#}", arguments.join(" ")));
            }
        }
    }

    /// What of them could not be measured, one line each.
    pub fn failed(&self) -> &[String] {
        &self.failed
    }

    /// The process of their database, as PostgreSQL notes it, where it runs.
    fn database(&self) -> Option<u32> {
        let noted = std::fs::read_to_string(self.folder.join("pg/postmaster.pid")).ok()?;
        let process: u32 = noted.lines().next()?.trim().parse().ok()?;
        let runs = PathBuf::from(format!("/proc/{process}")).exists();
        runs.then_some(process)
    }

    /// Ends the database that this call started.
    pub fn stop(&self) {
        if let Some(process) = self.database().filter(|_| !self.ran) {
            // PostgreSQL's word for ending at once and in order.
            let end = command("kill", &["-INT", &process.to_string()], &places::root());
            if let Err(error) = run(end, Duration::from_mins(1)) {
                eprintln!("xtask: the peers' PostgreSQL still runs as {process}: {error:#}");
            }
        }
    }

    /// What they measured in this call.
    pub fn results(&self) -> Result<Vec<Value>> {
        Ok(self.all()?.split_off(self.before))
    }

    fn all(&self) -> Result<Vec<Value>> {
        let text = std::fs::read_to_string(self.folder.join("results.ndjson")).unwrap_or_default();
        let lines = text.lines().map(serde_json::from_str);
        lines
            .collect::<Result<_, _>>()
            .context("the peers' results are lines of JSON")
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let script = path(&self.script)?;
        let mut bench = command("bash", &[&[script], arguments].concat(), &places::root());
        bench.env("PEERS", &self.folder);
        run(bench, BENCH_LIMIT)
    }
}
