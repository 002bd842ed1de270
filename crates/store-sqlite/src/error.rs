//! From what SQLite says to what the caller can act on.

use safelane_store::StoreError;

/// SQLite's code for a full disk, and for a constraint on a unique column or a primary key.
const FULL: &str = "13";
const UNIQUE: [&str; 2] = ["2067", "1555"];

/// Wraps a failure with what was being done.
pub fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| {
        if code(&source).as_deref() == Some(FULL) {
            return StoreError::Full;
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
