//! A store in a folder of its own that goes with it: for tests and measurements.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

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
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanos = since.map_or(0, |since| since.as_nanos());
    let name = format!("safelane-{}-{nanos}-{count}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    match std::fs::create_dir(&folder) {
        Ok(()) => Ok(folder),
        Err(source) => Err(StoreError::NotWritable {
            path: folder,
            source,
        }),
    }
}
