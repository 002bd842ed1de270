//! Values in and out of rows, and inserts of many rows at once.

use std::fmt::Write as _;

use safelane_ledger::{ReceivedAt, RecordId, RevisionId};
use safelane_store::{Limit, StoreError, StoreResult};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use uuid::Uuid;

use crate::error::{corrupt, failed};

/// A value to insert.
#[derive(Clone, Debug, PartialEq)]
pub enum Bind {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<i64> for Bind {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Bind {
    fn from(value: u64) -> Self {
        // Numbers of rows and revisions: below 2^53 by the format.
        Self::Int(value as i64)
    }
}

impl From<i32> for Bind {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<bool> for Bind {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl From<String> for Bind {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Bind {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Vec<u8>> for Bind {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&[u8]> for Bind {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl From<Uuid> for Bind {
    fn from(value: Uuid) -> Self {
        Self::Blob(value.as_bytes().to_vec())
    }
}

impl From<RevisionId> for Bind {
    fn from(value: RevisionId) -> Self {
        Self::Blob(value.as_bytes().to_vec())
    }
}

impl<T: Into<Bind>> From<Option<T>> for Bind {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row to insert.
pub type Values = Vec<Bind>;

/// A row of values of different types.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::rows::Bind::from($value)),*] };
}
pub(crate) use values;

/// Rows that one statement inserts, largest first: few texts, so that each stays prepared.
const CHUNKS: [usize; 4] = [256, 32, 4, 1];

/// SQLite's limit on parameters of one statement.
const MAX_PARAMETERS: usize = 32_766;

/// Inserts rows by as few statements as there can be. `insert` is `insert into t (a, b)`, and each
/// row has as many values as it names columns.
pub async fn insert(
    conn: &mut SqliteConnection,
    insert: &'static str,
    rows: Vec<Values>,
) -> StoreResult<()> {
    let Some(columns) = rows.first().map(Vec::len) else {
        return Ok(());
    };
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let fits = |chunk: &usize| *chunk <= rows.len() && chunk * columns <= MAX_PARAMETERS;
        let chunk = CHUNKS.into_iter().find(fits).unwrap_or(1);
        let mut query = sqlx::query(AssertSqlSafe(statement(insert, columns, chunk)));
        for value in rows.by_ref().take(chunk).flatten() {
            query = match value {
                Bind::Null => query.bind(None::<i64>),
                Bind::Int(value) => query.bind(value),
                Bind::Text(value) => query.bind(value),
                Bind::Blob(value) => query.bind(value),
            };
        }
        query
            .execute(&mut *conn)
            .await
            .map_err(failed("inserting rows"))?;
    }
    Ok(())
}

fn statement(insert: &str, columns: usize, rows: usize) -> String {
    let row = format!("({}?)", "?,".repeat(columns - 1));
    let mut sql = String::with_capacity(insert.len() + 8 + rows * (row.len() + 1));
    // Writing to a string cannot fail.
    let _ = write!(sql, "{insert} values {row}");
    for _ in 1..rows {
        sql.push(',');
        sql.push_str(&row);
    }
    sql
}

/// The ids of at most [`Limit::MAX`] records as a [`hex_list`].
pub fn record_list(records: &[RecordId]) -> String {
    let asked = &records[..records.len().min(Limit::MAX.get() as usize)];
    let uuids: Vec<_> = asked.iter().map(|record| record.uuid()).collect();
    hex_list(uuids.iter().map(|uuid| uuid.as_bytes().as_slice()))
}

/// A JSON array of hex texts, for `… in (select unhex(value) from json_each(?1))`.
pub fn hex_list<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut json = String::from("[");
    for value in values {
        if json.len() > 1 {
            json.push(',');
        }
        let _ = write!(json, "\"{}\"", hex::encode(value));
    }
    json.push(']');
    json
}

/// A JSON array of whole numbers, for `… in (select value from json_each(?1))`.
pub fn number_list(values: &[u64]) -> String {
    let texts: Vec<String> = values.iter().map(u64::to_string).collect();
    format!("[{}]", texts.join(","))
}

/// A column of a row, or an error that names it.
pub fn get<'r, T>(row: &'r SqliteRow, table: &'static str, column: &'static str) -> StoreResult<T>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column)
        .map_err(|error| corrupt(table, column, "?", error))
}

/// A log number, count or key.
pub fn number(row: &SqliteRow, table: &'static str, column: &'static str) -> StoreResult<u64> {
    let value: i64 = get(row, table, column)?;
    u64::try_from(value).map_err(|error| corrupt(table, column, value, error))
}

/// A UUID of any name.
pub fn uuid<T: From<Uuid>>(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> StoreResult<T> {
    let bytes: &[u8] = get(row, table, column)?;
    read_uuid(bytes).ok_or_else(|| corrupt(table, column, hex::encode(bytes), "not 16 bytes"))
}

/// A UUID, if there is one.
pub fn maybe_uuid<T: From<Uuid>>(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> StoreResult<Option<T>> {
    let bytes: Option<&[u8]> = get(row, table, column)?;
    bytes
        .map(|bytes| {
            read_uuid(bytes)
                .ok_or_else(|| corrupt(table, column, hex::encode(bytes), "not 16 bytes"))
        })
        .transpose()
}

fn read_uuid<T: From<Uuid>>(bytes: &[u8]) -> Option<T> {
    Uuid::from_slice(bytes).ok().map(T::from)
}

/// Several UUIDs, 16 bytes each.
pub fn uuids<T: From<Uuid>>(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> StoreResult<Vec<T>> {
    let bytes: &[u8] = get(row, table, column)?;
    let wrong = || corrupt(table, column, hex::encode(bytes), "not a list of UUIDs");
    if !bytes.len().is_multiple_of(16) {
        return Err(wrong());
    }
    bytes
        .chunks(16)
        .map(|one| read_uuid(one).ok_or_else(wrong))
        .collect()
}

/// UUIDs as one blob.
pub fn join_uuids(ids: impl IntoIterator<Item = Uuid>) -> Vec<u8> {
    ids.into_iter().flat_map(Uuid::into_bytes).collect()
}

/// A hash of 32 bytes.
pub fn hash(row: &SqliteRow, table: &'static str, column: &'static str) -> StoreResult<[u8; 32]> {
    let bytes: &[u8] = get(row, table, column)?;
    <[u8; 32]>::try_from(bytes)
        .map_err(|_| corrupt(table, column, hex::encode(bytes), "not 32 bytes"))
}

/// Several revision ids, 32 bytes each.
pub fn ids(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> StoreResult<Vec<RevisionId>> {
    let bytes: &[u8] = get(row, table, column)?;
    let (ids, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(ids.iter().copied().map(RevisionId::from_bytes).collect())
    } else {
        Err(corrupt(
            table,
            column,
            hex::encode(bytes),
            "not a list of ids",
        ))
    }
}

/// Revision ids as one blob.
pub fn join_ids(ids: &[RevisionId]) -> Vec<u8> {
    ids.iter().flat_map(|id| *id.as_bytes()).collect()
}

/// A moment of the hub's clock.
pub fn moment(
    row: &SqliteRow,
    table: &'static str,
    column: &'static str,
) -> StoreResult<ReceivedAt> {
    let seconds: i64 = get(row, table, column)?;
    ReceivedAt::from_unix(seconds).map_err(|error| corrupt(table, column, seconds, error))
}

/// A text that one of our types reads.
pub fn parsed<T>(
    text: &str,
    table: &'static str,
    column: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> StoreResult<T> {
    read(text).ok_or_else(|| corrupt(table, column, text, "an unknown word"))
}

/// `None` for a row that is not there.
pub fn at_most_one<T>(
    row: Option<SqliteRow>,
    read: impl FnOnce(&SqliteRow) -> Result<T, StoreError>,
) -> StoreResult<Option<T>> {
    row.as_ref().map(read).transpose()
}
