//! From what SQLite says to what the caller can act on.

use std::io::ErrorKind;
use std::path::Path;

use safelane_store::StoreError;

/// SQLite's code for a full disk, and for a constraint on a unique column or a primary key.
const FULL: &str = "13";
const UNIQUE: [&str; 2] = ["2067", "1555"];

/// SQLite could not make its index of the write-ahead log larger: in practice a full disk.
const NO_ROOM_FOR_THE_INDEX: &str = "4874";
/// Kinds of failure after which nobody can say what the disk has: reading, writing, syncing failed.
const DISK: i64 = 10;
/// The file is damaged; it is no database.
const DAMAGED: [i64; 2] = [11, 26];

/// Wraps a failure of a file in the data folder with what was being done to it.
pub fn failing(doing: &'static str, path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| match source.kind() {
        ErrorKind::StorageFull => StoreError::Full,
        _ => StoreError::File {
            doing,
            path: path.clone(),
            source,
        },
    }
}

/// Wraps a failure with what was being done.
pub fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| {
        if let Some(code) = code(&source) {
            if code == FULL || code == NO_ROOM_FOR_THE_INDEX {
                return StoreError::Full;
            }
            // The lower byte is the kind of failure, what is above tells which of its sort.
            let kind = code.parse::<i64>().map_or(0, |code| code & 0xff);
            let reason = source.to_string();
            if kind == DISK {
                return StoreError::Disk { doing, reason };
            }
            if DAMAGED.contains(&kind) {
                return StoreError::Damaged { doing, reason };
            }
        }
        match source {
            sqlx::Error::PoolClosed => StoreError::Closed,
            source => StoreError::Database {
                doing,
                source: Box::new(source),
            },
        }
    }
}

/// Whether SQLite could not open a file, or one that it needs beside it.
pub fn cannot_open(error: &sqlx::Error) -> bool {
    code(error)
        .and_then(|code| code.parse::<i64>().ok())
        .is_some_and(|code| code & 0xff == 14)
}

/// Whether a row with the same unique value is there.
pub fn is_taken(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| UNIQUE.contains(&code.as_str()))
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// A stored value that cannot be what was written.
pub fn corrupt(
    table: &'static str,
    column: &'static str,
    row: impl std::fmt::Display,
    reason: impl std::fmt::Display,
) -> StoreError {
    StoreError::Corrupt {
        table,
        column,
        row: row.to_string(),
        reason: reason.to_string(),
    }
}
