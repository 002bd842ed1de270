//! The seal of a folder at rest: `checksums`, the SHA-256 of every file in it, as `sha256sum` writes
//! and checks it.
//!
//! What the ledger signs can be proven from itself. The rest of a data folder cannot: accounts, the
//! rows of followers, the free room in the database's pages. A server that is stopped in order, a
//! backup and a restored folder are therefore sealed, and verification finds any byte that changed
//! afterwards. The seal is broken before anything is written: a folder in use, or one whose server
//! was killed, has none.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use safelane_store::StoreResult;
use sha2::{Digest as _, Sha256};

use crate::error::failing;
use crate::media;
use crate::open::sync_folder;

/// The file's name.
pub const NAME: &str = "checksums";

/// What a folder holds for the moment only.
const PASSING: [&str; 6] = [
    NAME,
    "checksums.part",
    "lock",
    ".probe",
    "safelane.db-wal",
    "safelane.db-shm",
];

/// Seals a folder that nobody writes to.
pub fn seal(data: &Path) -> StoreResult<()> {
    let mut lines = String::new();
    for (name, path) in files(data)? {
        lines.push_str(&format!("{}  {name}\n", digest(&path)?));
    }
    let on_its_way = data.join("checksums.part");
    let fail = failing("writing", &on_its_way);
    let mut file = File::create(&on_its_way).map_err(&fail)?;
    file.write_all(lines.as_bytes()).map_err(&fail)?;
    file.sync_all().map_err(&fail)?;
    let target = data.join(NAME);
    fs::rename(&on_its_way, &target).map_err(failing("naming", &target))?;
    sync_folder(data)
}

/// Breaks the seal, durably: something is about to be written.
pub fn unseal(data: &Path) -> StoreResult<()> {
    let path = data.join(NAME);
    match fs::remove_file(&path) {
        Ok(()) => sync_folder(data),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failing("removing", &path)(error)),
    }
}

/// What a sealed folder no longer holds as it was, by file; nothing for one without a seal.
pub fn broken(data: &Path) -> StoreResult<Vec<(String, &'static str)>> {
    let path = data.join(NAME);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failing("reading", &path)(error)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut found = files(data)?;
    let mut flaws = Vec::new();
    let mut lines = 0;
    for line in text.split_terminator('\n') {
        lines += 1;
        let Some((sum, name)) = line.split_once("  ") else {
            flaws.push((NAME.to_owned(), "it has a line that is none of its own"));
            continue;
        };
        match found.remove(name) {
            None => flaws.push((name.to_owned(), "it is gone since the folder was sealed")),
            Some(path) if digest(&path)? != sum => {
                flaws.push((
                    name.to_owned(),
                    "its bytes changed since the folder was sealed",
                ));
            }
            Some(_) => {}
        }
    }
    if !text.ends_with('\n') && lines > 0 {
        flaws.push((NAME.to_owned(), "its end is missing"));
    }
    // A file more is no harm, but for a log that the database would read.
    let log = data.join("safelane.db-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        flaws.push((
            "safelane.db-wal".to_owned(),
            "it came after the folder was sealed",
        ));
    }
    if found.contains_key("safelane.db") {
        flaws.push((NAME.to_owned(), "it does not name the database"));
    }
    Ok(flaws)
}

/// Every file that is kept, by its path within the folder.
fn files(data: &Path) -> StoreResult<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(data).map_err(failing("listing", data))? {
        let entry = entry.map_err(failing("listing", data))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && !PASSING.contains(&name.as_str()) {
            files.insert(name, entry.path());
        }
    }
    for (_, path) in media::files(data)? {
        let within = path.strip_prefix(data).unwrap_or(&path);
        files.insert(within.to_string_lossy().into_owned(), path);
    }
    Ok(files)
}

/// The SHA-256 of a file, however large, in hex.
fn digest(path: &Path) -> StoreResult<String> {
    let fail = failing("reading", path);
    let mut file = File::open(path).map_err(&fail)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer).map_err(&fail)? {
            0 => return Ok(hex::encode(sum.finalize())),
            read => sum.update(&buffer[..read]),
        }
    }
}
