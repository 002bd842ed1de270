//! A data folder: whose it is, its key, and the store in it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use safelane_ledger::{HubId, LedgerId, SigningKey};
use safelane_store_sqlite::{Hub, SqliteStore};

use crate::office::{new_uuid, random};
use crate::people::hex;

/// The file with the hub's private key, 64 hex digits, readable by its owner alone.
fn key_file(data: &Path) -> PathBuf {
    data.join("hub.key")
}

/// The hub of a data folder; a new one, with a new key, where there is no database yet.
pub async fn hub(data: &Path, demo: bool) -> Result<Hub> {
    let known = safelane_store_sqlite::identity(data).await?;
    let path = key_file(data);
    let Some(identity) = known else {
        let seed = if path.exists() {
            read_key(&path)?
        } else {
            make_key(data, &path)?
        };
        let key = Arc::new(SigningKey::from_seed(&seed));
        // A demo's id says so, and no real programme takes anything that begins with it.
        let ledger = if demo {
            LedgerId::demo(random())
        } else {
            LedgerId::new(new_uuid())
        };
        return Ok(Hub {
            ledger,
            hub: HubId::new(new_uuid()),
            key,
        });
    };
    if !path.exists() {
        bail!(
            "{} is missing: without the office server's key nothing can be signed. Put the file back from a backup; the records are whole",
            path.display()
        );
    }
    let key = Arc::new(SigningKey::from_seed(&read_key(&path)?));
    if key.public() != identity.key {
        bail!(
            "{} is not the key of this database. Put the right file back; nothing was changed",
            path.display()
        );
    }
    Ok(Hub {
        ledger: identity.ledger,
        hub: identity.hub,
        key,
    })
}

/// Opens the store for writing, and makes what is missing.
pub async fn open(data: &Path) -> Result<(SqliteStore, Hub)> {
    open_or_found(data, false).await
}

/// The same; a folder without a programme gets a demo's.
pub async fn open_or_found(data: &Path, demo: bool) -> Result<(SqliteStore, Hub)> {
    std::fs::create_dir_all(data).with_context(|| {
        format!(
            "the data folder {} cannot be made; nothing was changed",
            data.display()
        )
    })?;
    let hub = hub(data, demo).await?;
    let store = SqliteStore::open(data, hub.clone()).await?;
    Ok((store, hub))
}

fn make_key(data: &Path, path: &Path) -> Result<[u8; 32]> {
    let seed = random();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("the data folder {} cannot be written; nothing was changed. Check its owner and permissions", data.display()))?;
    writeln!(file, "{}", hex(&seed))?;
    file.sync_all()?;
    Ok(seed)
}

fn read_key(path: &Path) -> Result<[u8; 32]> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let text = text.trim();
    let digits = (0..32).map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok());
    let seed: Option<Vec<u8>> = digits.collect();
    match seed.and_then(|seed| <[u8; 32]>::try_from(seed).ok()) {
        Some(seed) if text.len() == 64 => Ok(seed),
        _ => bail!(
            "{} is damaged: it must hold 64 hex digits. Put it back from a backup",
            path.display()
        ),
    }
}
