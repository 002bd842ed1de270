//! Backup, restore, verify, rebuild.

use std::path::Path;

use anyhow::{Result, bail};
use safelane_store::{Keeping as _, VerifyReport};
use safelane_store_sqlite::{SqliteStore, restore as restore_store};

use crate::output::Output;
use crate::place;

/// Copies a programme while it is in use, verifies the copy, and puts the hub's key beside it.
pub async fn backup(data: &Path, to: &Path, out: &mut dyn Output) -> Result<()> {
    let store = SqliteStore::open_reading(data).await?;
    let report = store.backup(to).await?;
    if data.join("hub.key").exists() {
        std::fs::copy(data.join("hub.key"), to.join("hub.key"))?;
    }
    out.line(&format!(
        "Backed up to {}: {} revisions, {} photos, {} bytes; the copy was opened and verified.",
        to.display(),
        report.point.size,
        report.media,
        report.bytes,
    ));
    sound(&report.verified, out)
}

/// Puts a backup into an empty data folder.
pub async fn restore(data: &Path, from: &Path, out: &mut dyn Output) -> Result<()> {
    let point = restore_store(from, data, crate::office::random()).await?;
    if from.join("hub.key").exists() {
        std::fs::copy(from.join("hub.key"), data.join("hub.key"))?;
    }
    out.line(&format!(
        "Restored into {}: {} revisions. Devices send again what this copy does not have.",
        data.display(),
        point.point.size
    ));
    Ok(())
}

/// Computes everything anew and compares.
pub async fn verify(data: &Path, out: &mut dyn Output) -> Result<()> {
    let store = SqliteStore::open_reading(data).await?;
    let report = store.verify().await?;
    out.line(&format!(
        "{} log entries, {} revisions, {} bodies, {} photos and {} records were computed anew.",
        report.leaves, report.revisions, report.bodies, report.media, report.records,
    ));
    sound(&report, out)
}

fn sound(report: &VerifyReport, out: &mut dyn Output) -> Result<()> {
    if report.is_sound() {
        out.line("Nothing is altered, nothing is missing.");
        return Ok(());
    }
    for flaw in report.flaws.iter().take(20) {
        out.line(&format!("{} {}: {}", flaw.place, flaw.row, flaw.what));
    }
    bail!(
        "{} things are not as they must be. Stop the server, keep this folder as it is, and restore the last backup",
        report.flaws.len()
    );
}

/// Derives everything anew.
pub async fn rebuild(data: &Path, out: &mut dyn Output) -> Result<()> {
    let (store, _) = place::open(data).await?;
    store.rebuild().await?;
    out.line("Everything derived was derived anew from the ledger.");
    store.close().await;
    Ok(())
}
