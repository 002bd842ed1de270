//! The peers, set up and measured by their own script beside the project.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{BENCH_LIMIT, of_bench, path};
use crate::command::{command, run, say};
use crate::places;

/// What of the peers' script is run for every size.
const FOR_EACH_SIZE: [&str; 4] = ["accounts", "proximity", "tiles", "items"];

/// The peers as `../shared/bench/run.sh` sets them up.
pub struct Peers {
    script: PathBuf,
    folder: PathBuf,
    /// Results that were there before this call.
    before: usize,
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
        let folder = std::env::var_os("PEERS")
            .map_or_else(|| PathBuf::from("/var/tmp/safelane-peers"), PathBuf::from);
        let mut peers = Self {
            script,
            folder,
            before: 0,
        };
        peers.before = peers.all()?.len();
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

    /// Measures them on a size; what has no size on the first.
    pub fn measure(&self, size: &str) -> Result<()> {
        say(&format!("size {size}: the peers"));
        if size == super::SIZES[0] {
            self.run(&["writes"])?;
        }
        FOR_EACH_SIZE
            .iter()
            .try_for_each(|what| self.run(&[what, size]))
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
