//! Rendered tiles, as long as nothing that is drawn has changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are kept.
const MAX_BYTES: usize = 48 * 1024 * 1024;

/// Which tile, for whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The layer, or `all`.
    pub layer: String,
    /// Zoom.
    pub z: u8,
    /// Column.
    pub x: u32,
    /// Row.
    pub y: u32,
    /// With exact places.
    pub exact: bool,
}

#[derive(Debug, Default)]
struct Kept {
    version: u64,
    bytes: usize,
    tiles: HashMap<Key, Arc<Vec<u8>>>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct TileCache(Mutex<Kept>);

impl TileCache {
    /// A tile of this version of the map.
    pub fn get(&self, key: &Key, version: u64) -> Option<Arc<Vec<u8>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.version == version).then(|| kept.tiles.get(key).cloned())?
    }

    /// Keeps a tile; those of another version, or all when there are too many, go.
    pub fn put(&self, key: Key, version: u64, tile: Arc<Vec<u8>>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.version > version {
            return;
        }
        if kept.version < version || kept.bytes + tile.len() > MAX_BYTES {
            *kept = Kept {
                version,
                ..Kept::default()
            };
        }
        kept.bytes += tile.len();
        kept.tiles.insert(key, tile);
    }
}
