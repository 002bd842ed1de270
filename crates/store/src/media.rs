//! Photos, by their SHA-256, beside the ledger; a body names them.

use async_trait::async_trait;
use safelane_ledger::{Digest, RecordId};

use crate::error::StoreResult;

/// How much of a file is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upload {
    /// All of it, and the hash holds.
    Complete {
        /// Bytes.
        bytes: u64,
    },
    /// The first bytes; more are wanted from there.
    Partial {
        /// Bytes.
        offset: u64,
    },
    /// Nothing.
    Absent,
}

/// A photo that a record's body names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRef {
    /// Its name.
    pub sha256: Digest,
    /// Bytes, as the body says.
    pub bytes: u64,
    /// Media type, as the body says.
    pub media_type: String,
    /// The record.
    pub record: RecordId,
    /// Whether it is here.
    pub held: bool,
}

/// Photos and other files.
#[async_trait]
pub trait Media: Send + Sync {
    /// How much of a file is here.
    async fn media_state(&self, sha256: Digest) -> StoreResult<Upload>;

    /// Appends a piece that starts at `offset`, durably; `total` is the length of the whole file.
    ///
    /// The last piece is checked: [`crate::StoreError::WrongHash`] drops the file, to be sent again.
    /// A piece that starts elsewhere: [`crate::StoreError::WrongOffset`]. Sending a file that is
    /// complete changes nothing.
    async fn put_media(
        &self,
        sha256: Digest,
        offset: u64,
        total: u64,
        piece: &[u8],
    ) -> StoreResult<Upload>;

    /// The bytes of a complete file.
    async fn media(&self, sha256: Digest) -> StoreResult<Option<Vec<u8>>>;

    /// Photos that a record's current statements name.
    async fn media_of(&self, record: RecordId) -> StoreResult<Vec<MediaRef>>;

    /// The records whose current statements name a photo: who may read one of them may see it.
    async fn media_records(&self, sha256: Digest) -> StoreResult<Vec<MediaRef>>;
}
