//! Photos and other files, named by their SHA-256.
//!
//! `HEAD` answers [`UPLOAD_OFFSET`], the bytes that the hub has, and [`UPLOAD_COMPLETE`]; `PUT` with
//! the offset appends from there. The last piece is checked against the name. Sending the same again changes nothing.

use serde::{Deserialize, Serialize};

use safelane_ledger::Digest;

/// `HEAD|PUT|GET /api/media/{sha256}`
pub const MEDIA: &str = "/api/media/{sha256}";

/// Header: the byte from which a piece starts, or up to which the hub has the file.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// Header: the bytes of the whole file; with every `PUT`.
pub const UPLOAD_LENGTH: &str = "upload-length";

/// Header of the answer to `HEAD`: `?1` when the file is whole, checked and named. All its bytes can
/// be there before that.
pub const UPLOAD_COMPLETE: &str = "upload-complete";

/// Bytes of one file.
pub const MAX_MEDIA_BYTES: u64 = 8 * 1024 * 1024;

/// The path of one file.
pub fn path(sha256: Digest) -> String {
    MEDIA.replace("{sha256}", &sha256.to_string())
}

/// A hub's answer to a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaAnswer {
    /// The file.
    pub sha256: Digest,
    /// Bytes that the hub has durably.
    pub offset: u64,
    /// Whether that is all, and the hash holds.
    pub complete: bool,
}
