//! The store on SQLite: one file, WAL, `synchronous=FULL`, one writer, many readers.
//!
//! ```text
//! DATA/safelane.db     the ledger, what is derived from it, and the accounts beside it
//! DATA/media/ab/cdef…  photos by their SHA-256
//! DATA/checksums       the seal of a folder that nobody writes to ([`seal`])
//! DATA/lock            held by the one process that writes
//! ```
//!
//! | to do | use |
//! |---|---|
//! | open for serving | [`SqliteStore::open`] |
//! | open beside a running server, to read | [`SqliteStore::open_reading`] |
//! | whose data lie in a folder | [`identity`] |
//! | bring a backup back | [`restore`] |
//! | a store for one test | [`temporary`] |
//!
//! All writing goes through one task ([`writer`]) that drains its queue and commits several callers'
//! batches together. SQL is static text, or static text repeated for the rows of one insert
//! ([`rows`]); it is prepared at run time, since checking it while compiling needs a database there.
//!
//! To add a table: a migration in `migrations/sqlite`, its statements in the file of its family, a
//! line in [`rebuild`] if it is derived, a check in [`verify`].

mod accounts;
mod backup;
mod disk;
mod error;
mod keeping;
mod log;
mod media;
mod open;
mod people;
mod projections;
mod rebuild;
mod records;
mod rows;
mod seal;
mod tables;
mod testing;
mod verify;
mod wal;
mod writer;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use safelane_ledger::{HubId, LedgerId, PublicKey, SigningKey};
use sqlx::SqlitePool;
use tokio::sync::watch;

pub use backup::restore;
pub use open::{identity, lock};
pub use tables::tables;
pub use testing::{Temporary, temporary};

/// Whose store it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The programme.
    pub ledger: LedgerId,
    /// This hub.
    pub hub: HubId,
    /// Its public key.
    pub key: PublicKey,
}

/// A hub with its key: it signs its own revisions in the writer.
#[derive(Clone, Debug)]
pub struct Hub {
    /// The programme.
    pub ledger: LedgerId,
    /// This hub.
    pub hub: HubId,
    /// Its key.
    pub key: Arc<SigningKey>,
}

impl Hub {
    /// Without the private key.
    pub fn identity(&self) -> Identity {
        Identity {
            ledger: self.ledger,
            hub: self.hub,
            key: self.key.public(),
        }
    }
}

/// A store on SQLite. Cheap to share: clones are the same store.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    data: PathBuf,
    /// Left by the restore that the data came from.
    mark: Option<String>,
    identity: Identity,
    readers: SqlitePool,
    /// None when opened to read.
    writer: Option<writer::Handle>,
    /// The size of the log, after each commit.
    size: watch::Receiver<u64>,
    /// What each follower has reached.
    reached: watch::Sender<BTreeMap<String, u64>>,
    media: media::Locks,
    disk: disk::Disk,
    /// Held until the store is closed or the last clone goes; the system frees it when the process
    /// ends.
    lock: Mutex<Option<File>>,
}
