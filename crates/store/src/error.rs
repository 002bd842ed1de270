//! How a store fails. Each sentence says what happened, what is kept, and what to do next.

use std::path::PathBuf;

/// What every method of a store answers.
pub type StoreResult<T> = Result<T, StoreError>;

/// A store that failed, lied, or is not ours to use.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the data folder.
    #[error(
        "another Safelane uses the data folder {}: nothing was changed; stop that one first, or give this one another folder", path.display()
    )]
    InUse {
        /// The data folder.
        path: PathBuf,
    },
    /// The data folder cannot be written.
    #[error("the data folder {} cannot be written ({source}): nothing was changed; check its owner and permissions, and that the disk is not full", path.display())]
    NotWritable {
        /// The data folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// No database where one must be.
    #[error("there is no Safelane database in {}: give the folder that `serve` uses with --data", path.display())]
    NoDatabase {
        /// The data folder.
        path: PathBuf,
    },
    /// The file was made by a later program.
    #[error(
        "the database was made by a newer Safelane (its version {found}, this program knows {known}): nothing was changed; use the newer program"
    )]
    Newer {
        /// Version in the file.
        found: i64,
        /// Version that this program writes.
        known: i64,
    },
    /// The database library lacks a fix that durability needs.
    #[error(
        "the SQLite in this program is {found}, and {needed} or later is needed: nothing was opened; use an official build"
    )]
    OldEngine {
        /// Version linked in.
        found: String,
        /// Least version.
        needed: &'static str,
    },
    /// The file belongs to another programme or hub.
    #[error("the database belongs to {found}, not to {wanted}: nothing was changed; check --data")]
    Foreign {
        /// Whose it is.
        found: String,
        /// Whose it should be.
        wanted: String,
    },
    /// A setting that durability needs did not hold.
    #[error(
        "the database does not keep {setting} = {wanted} (it says {found}): nothing was written"
    )]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// What was stored is not what it must be.
    #[error(
        "stored data are damaged in {table}.{column}, row {row}: {reason}; run `safelane verify`, then restore the latest backup"
    )]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Which row, by its key.
        row: String,
        /// What is wrong.
        reason: String,
    },
    /// The disk is full.
    #[error(
        "the disk is full: nothing of this was stored, all that was stored before is kept; free some space and send again"
    )]
    Full,
    /// The disk failed. Whether it has what was last written to it nobody can say any more, so that
    /// nothing is written until the store is opened anew.
    #[error(
        "the disk failed while {doing} ({reason}): nothing of this was stored, all that was confirmed before is kept; check the disk, then start the server again"
    )]
    Disk {
        /// What was tried.
        doing: &'static str,
        /// What the system says.
        reason: String,
    },
    /// The database's file is damaged.
    #[error(
        "the database is damaged, as {doing} showed ({reason}): nothing was changed; stop the server, keep this folder as it is, and restore the latest backup"
    )]
    Damaged {
        /// What was tried.
        doing: &'static str,
        /// What the engine says.
        reason: String,
    },
    /// Something else of that name is there.
    #[error("{what} is taken already: nothing was changed")]
    Taken {
        /// What was to be stored.
        what: &'static str,
    },
    /// What was to be changed is not there.
    #[error("there is no such {what}: nothing was changed")]
    Absent {
        /// What was to be changed.
        what: &'static str,
    },
    /// A projection was computed from another log number than the store has for it.
    #[error(
        "the follower {follower} has reached {reached}, not {expected}: nothing was changed; read its progress and go on from there"
    )]
    Stale {
        /// The follower.
        follower: String,
        /// What the caller thought.
        expected: u64,
        /// What the store has.
        reached: u64,
    },
    /// Bytes that were said to have a hash and have another.
    #[error(
        "the file's bytes have the SHA-256 {found}, not {wanted}: it was not kept; send it again from its start"
    )]
    WrongHash {
        /// Promised.
        wanted: safelane_ledger::Digest,
        /// Computed.
        found: safelane_ledger::Digest,
    },
    /// A piece of a file that does not start where the last ended.
    #[error("the file is here up to byte {offset}: go on from there")]
    WrongOffset {
        /// Bytes that are here.
        offset: u64,
    },
    /// The hub's own revision could not be made.
    #[error("the hub's own revision has no sound form: {0}")]
    HubDraft(#[from] safelane_ledger::StructureError),
    /// A file could not be read or written.
    #[error("{doing} {} failed: {source}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the database failed while {doing}: {source}")]
    Database {
        /// What was tried.
        doing: &'static str,
        /// What the engine says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store is shutting down.
    #[error("the store is closing: nothing of this was stored; send again")]
    Closed,
}
