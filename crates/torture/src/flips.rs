//! One byte changed anywhere in a copy of the data: `verify` finds it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use safelane_store::Keeping as _;
use safelane_store_sqlite::{SqliteStore, tables};

use crate::chance::Chance;
use crate::hub::{Binary, Folder, copy_folder, text};
use crate::kill::{copies_while_writing, worked_for};
use crate::proof;

/// Tables whose rows nothing signs and no rebuild of the store gives: what followers derive, which a
/// rebuild and a start grow anew, and what lies beside the ledger and may be changed. Only the seal
/// of a folder at rest speaks for them.
const UNSIGNED: [&str; 13] = [
    "account",
    "feature",
    "feature_box",
    "finding",
    "finding_record",
    "follower",
    "invite",
    "layer",
    "search",
    "search_text",
    "session",
    "token",
    "value",
];

/// A backup, with its seal, and the same without: as a killed server leaves its folder.
pub fn torture(binary: &Binary, flips: u64, mut chance: Chance) -> Result<String> {
    let folder = Folder::new("flips")?;
    let data = folder.join("data");
    let server = worked_for(binary, &data, 12, chance.part())?;
    let sealed = folder.join("sealed");
    binary.succeeds(&["backup", "--data", text(&data), "--to", text(&sealed)])?;
    let unsealed = folder.join("unsealed");
    // The folder of the server itself, with free room in its pages and a log beside the database.
    server.kill()?;
    copy_folder(&data, &unsealed)?;
    proof::verifies(binary, &sealed)?;
    proof::verifies(binary, &unsealed)?;

    let by_command = flip_by_command(binary, &sealed, &mut chance)?;
    let halves = (flips / 2, flips - flips / 2);
    let (one, other) = (chance.part(), chance.part());
    let (at_rest, in_use) = std::thread::scope(|scope| {
        let at_rest = scope.spawn(|| flip(&sealed, halves.0, one, true));
        let in_use = scope.spawn(|| flip(&unsealed, halves.1, other, false));
        (at_rest.join(), in_use.join())
    });
    let panicked = |_| anyhow::anyhow!("verify panicked");
    let (at_rest, in_use) = (at_rest.map_err(panicked)??, in_use.map_err(panicked)??);
    Ok(format!(
        "{} of {} found in a sealed folder ({by_command} of them by the command line); in one without a seal {}",
        at_rest.found + by_command,
        halves.0 + by_command,
        in_use.text(halves.1)
    ))
}

/// What became of the flips.
#[derive(Debug, Default)]
struct Tally {
    found: u64,
    /// No row of any table, no photo and no key is another.
    without_meaning: u64,
    /// In the last transaction of the log of a killed server, which then ends before it: only a
    /// receipt tells.
    at_the_end: u64,
    /// By the table that changed.
    unsigned: BTreeMap<String, u64>,
}

impl Tally {
    fn text(&self, of: u64) -> String {
        let mut text = format!(
            "{} of {of} found, {} in bytes without meaning (every row the same), {} in the last transaction of its log",
            self.found, self.without_meaning, self.at_the_end
        );
        for (table, count) in &self.unsigned {
            let _ = write!(text, ", {count} in {table}");
        }
        text
    }
}

/// Kept by no one: the lock, and what readers of the database share while they read.
const PASSING: [&str; 2] = ["lock", "safelane.db-shm"];

/// Files with bytes in them.
fn files(folder: &Path) -> Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files.extend(self::files(&entry.path())?);
        } else if kind.is_file()
            && entry.metadata()?.len() > 0
            && !PASSING.contains(&&*entry.file_name().to_string_lossy())
        {
            files.push((entry.path(), entry.metadata()?.len()));
        }
    }
    files.sort();
    Ok(files)
}

/// Any byte of any file; the database is chosen half the time, since photos are most of the bytes.
fn choose(files: &[(PathBuf, u64)], chance: &mut Chance) -> Result<(PathBuf, u64)> {
    let database = files.iter().find(|(path, _)| path.ends_with("safelane.db"));
    if let Some((path, length)) = database.filter(|_| chance.percent(50)) {
        return Ok((path.clone(), chance.between(0, *length)));
    }
    let all = files.iter().map(|(_, length)| length).sum();
    let mut at = chance.between(0, all);
    for (path, length) in files {
        if at < *length {
            return Ok((path.clone(), at));
        }
        at -= length;
    }
    bail!("no file has bytes")
}

/// Changes one bit of a byte.
fn change(path: &Path, at: u64, bit: u64) -> Result<()> {
    let mut bytes = std::fs::read(path)?;
    let byte = bytes.get_mut(at as usize).context("a byte")?;
    *byte ^= 1 << bit;
    Ok(std::fs::write(path, bytes)?)
}

/// The first few by the command itself.
fn flip_by_command(binary: &Binary, folder: &Path, chance: &mut Chance) -> Result<u64> {
    let files = files(folder)?;
    for _ in 0..5 {
        let (path, at) = choose(&files, chance)?;
        let bit = chance.between(0, 8);
        change(&path, at, bit)?;
        binary
            .fails(&["verify", "--data", text(folder)])
            .with_context(|| format!("byte {at} of {}", path.display()))?;
        change(&path, at, bit)?;
    }
    proof::verifies(binary, folder)?;
    Ok(5)
}

fn flip(folder: &Path, flips: u64, mut chance: Chance, sealed: bool) -> Result<Tally> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let files = files(folder)?;
    let before = runtime.block_on(tables(folder))?;
    let mut tally = Tally::default();
    for _ in 0..flips {
        let (path, at) = choose(&files, &mut chance)?;
        let bit = chance.between(0, 8);
        let place = format!("bit {bit} of byte {at} of {}", path.display());
        change(&path, at, bit)?;
        if !runtime.block_on(is_sound(folder)) {
            tally.found += 1;
        } else if sealed {
            bail!("{place} of a sealed folder is not found");
        } else if path.ends_with("safelane.db-wal") {
            let after = runtime.block_on(tables(folder))?;
            let (log, left) = (&before["leaf"], &after["leaf"]);
            ensure!(
                log.starts_with(left),
                "{place} changed the log, and it is not found"
            );
            if before == after {
                tally.without_meaning += 1;
            } else {
                tally.at_the_end += 1;
            }
        } else if path.ends_with("safelane.db") {
            let after = runtime.block_on(tables(folder))?;
            let changed: Vec<&String> = before
                .keys()
                .filter(|name| before.get(*name) != after.get(*name))
                .collect();
            ensure!(
                before.len() == after.len(),
                "{place}: a table is gone, and it is not found"
            );
            for name in &changed {
                ensure!(
                    UNSIGNED.contains(&name.as_str()),
                    "{place} changed {name}, and it is not found"
                );
                *tally.unsigned.entry((*name).clone()).or_default() += 1;
            }
            tally.without_meaning += u64::from(changed.is_empty());
        } else {
            bail!("{place} is not found");
        }
        change(&path, at, bit)?;
    }
    ensure!(
        runtime.block_on(is_sound(folder)),
        "the folder is as it was"
    );
    Ok(tally)
}

/// What `safelane verify` does.
async fn is_sound(folder: &Path) -> bool {
    let Ok(store) = SqliteStore::open_reading(folder).await else {
        return false;
    };
    let report = store.verify().await;
    store.close().await;
    report.is_ok_and(|report| report.is_sound())
}

/// A backup that is taken while people write comes back as a programme that verifies, with every row.
pub fn backups(binary: &Binary, chance: Chance) -> Result<String> {
    let folder = Folder::new("backups")?;
    let data = folder.join("data");
    let copies = copies_while_writing(binary, &data, chance)?;
    for copy in &copies {
        let back = copy.with_extension("back");
        binary.succeeds(&["restore", "--from", text(copy), "--data", text(&back)])?;
        proof::verifies(binary, &back)?;
        let runtime = tokio::runtime::Runtime::new()?;
        let (one, other) = runtime.block_on(async { (tables(copy).await, tables(&back).await) });
        ensure!(
            one? == other?,
            "{} comes back with other rows",
            copy.display()
        );
        let photos = |folder: &Path| -> Result<Vec<(String, u64)>> {
            let media = folder.join("media");
            let within =
                |path: PathBuf| path.strip_prefix(&media).map(|path| text(path).to_owned());
            files(&media)?
                .into_iter()
                .map(|(path, length)| Ok((within(path)?, length)))
                .collect()
        };
        ensure!(
            photos(copy)? == photos(&back)?,
            "photos of {}",
            copy.display()
        );
    }
    Ok(format!(
        "{} taken while four devices wrote, restored, verified, every row and photo the same",
        copies.len()
    ))
}
