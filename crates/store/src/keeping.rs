//! Backup, verification, rebuilding.

use std::path::Path;

use async_trait::async_trait;
use safelane_ledger::{HubId, LedgerId, LogPoint, PublicKey};

use crate::error::{StoreError, StoreResult};

/// Whose store it is, and how much it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The programme.
    pub ledger: LedgerId,
    /// This hub.
    pub hub: HubId,
    /// Its key.
    pub hub_key: PublicKey,
    /// Its log.
    pub point: LogPoint,
    /// Revisions held and not admitted.
    pub held: u64,
    /// Records.
    pub records: u64,
    /// The engine and its version.
    pub engine: String,
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where: a table or file.
    pub place: String,
    /// Which row: an id, a log number, a path.
    pub row: String,
    /// What is wrong.
    pub what: String,
}

/// What verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Leaves read.
    pub leaves: u64,
    /// Revisions read, held ones included.
    pub revisions: u64,
    /// Bodies whose digest was computed.
    pub bodies: u64,
    /// Bodies erased by a recorded act.
    pub erased: u64,
    /// Bodies that are not held here.
    pub not_here: u64,
    /// Photos whose hash was computed.
    pub media: u64,
    /// Photos that bodies name and that have not come in: no flaw.
    pub media_missing: u64,
    /// Records whose state was computed anew.
    pub records: u64,
    /// Numbers that devices have not sent: no flaw.
    pub gaps: u64,
    /// What is not as it must be; empty if all is well.
    pub flaws: Vec<Flaw>,
}

impl VerifyReport {
    /// Whether all is as it must be.
    pub fn is_sound(&self) -> bool {
        self.flaws.is_empty()
    }
}

/// A backup that was made and then verified as a store of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// The log in it.
    pub point: LogPoint,
    /// Photos in it.
    pub media: u64,
    /// Bytes of the database.
    pub bytes: u64,
    /// Its verification.
    pub verified: VerifyReport,
}

/// Looking after a store.
#[async_trait]
pub trait Keeping: Send + Sync {
    /// Whose it is, and how much it holds.
    async fn info(&self) -> StoreResult<Info>;

    /// Which copy of the data this is: another text after every restore, none before the first.
    fn copy(&self) -> Option<String>;

    /// Computes every id, digest, signature, leaf, head and photo hash anew, and every derived row.
    async fn verify(&self) -> StoreResult<VerifyReport>;

    /// Drops all that is derived in the push transaction and derives it anew from the log; sets
    /// every follower to 0.
    async fn rebuild(&self) -> StoreResult<()>;

    /// Every derived row as text, in a fixed order: to compare two ways of growing them.
    async fn derived(&self) -> StoreResult<Vec<String>>;

    /// Writes a consistent copy into an empty or absent folder while the store is in use, and
    /// verifies it as a store.
    async fn backup(&self, to: &Path) -> StoreResult<BackupReport>;

    /// Whether the store can write: for `/readyz`.
    async fn ready(&self) -> StoreResult<()>;

    /// Returns when the disk has failed, with what it says: the store writes nothing from then on,
    /// and the process should end. A failed sync is never tried again as if it could succeed.
    async fn disk_failed(&self) -> StoreError;

    /// Finishes what is queued and lets go of the data.
    async fn close(&self);
}
