//! A store in a folder of its own that goes with it: for tests and measurements.

use std::io::ErrorKind;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use safelane_ledger::{HubId, LedgerId, SigningKey};
use safelane_store::{StoreError, StoreResult};
use uuid::Uuid;

use crate::{Hub, SqliteStore};

/// A store whose folder is deleted when this goes.
#[derive(Debug)]
pub struct Temporary {
    store: SqliteStore,
    folder: PathBuf,
}

impl Temporary {
    /// The store, to share.
    pub fn store(&self) -> SqliteStore {
        self.store.clone()
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Deref for Temporary {
    type Target = SqliteStore;

    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // A folder that stays behind in the system's temporary place harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Opens an empty store in a new folder, for a hub of this programme with a key from this seed.
///
/// It runs the same code on the same files as any other store: WAL needs a real file, so there is no
/// store in memory.
pub async fn temporary(ledger: LedgerId, seed: &[u8; 32]) -> StoreResult<Temporary> {
    let folder = new_folder()?;
    let hub = Hub {
        ledger,
        hub: HubId::new(Uuid::new_v5(&Uuid::NAMESPACE_OID, seed)),
        key: Arc::new(SigningKey::from_seed(seed)),
    };
    let store = SqliteStore::open(&folder, hub).await?;
    Ok(Temporary { store, folder })
}

/// A new folder in the system's temporary place.
pub fn new_folder() -> StoreResult<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("safelane-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            // Left behind by a process that had the same number.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(source) => {
                return Err(StoreError::NotWritable {
                    path: folder,
                    source,
                });
            }
        }
    }
}
