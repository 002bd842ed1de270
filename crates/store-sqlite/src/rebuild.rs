//! Growing all derived rows anew from the ledger, and listing them to compare.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::RecordId;
use safelane_rules::Table;
use safelane_store::derive::{self, Derived};
use safelane_store::{Entry, StoreResult};
use sqlx::SqliteConnection;
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use crate::error::failed;
use crate::log::{self, entry, entry_sql};
use crate::rows::{insert, uuid, values};
use crate::writer::{insert_derived, insert_people};

/// Records derived at a time.
const CHUNK: i64 = 500;

/// Drops everything derived, also by followers, and derives anew what the push transaction derives.
pub async fn all(conn: &mut SqliteConnection) -> StoreResult<()> {
    for sql in [
        "delete from device",
        "delete from grant_of",
        "delete from author",
        "delete from finding",
        "delete from feature",
        "delete from feature_box",
        "delete from search",
        "delete from search_text",
        "delete from value",
        "update follower set reached = 0",
    ] {
        run(conn, sql).await?;
    }
    // The programme's settings decide the permission table, and their own kind needs none of it.
    let table = derive::table(settings(conn).await?.as_ref());
    records(conn, &table).await
}

/// Derives every record anew under a permission table.
pub async fn records(conn: &mut SqliteConnection, table: &Table) -> StoreResult<()> {
    for sql in [
        "delete from record",
        "delete from record_box",
        "delete from statement",
        "delete from name",
        "delete from media",
    ] {
        run(conn, sql).await?;
    }
    let mut after = 0_i64;
    while let Some(chunk) = read_chunk(conn, after, table).await? {
        after = chunk.last;
        write_chunk(conn, chunk).await?;
    }
    Ok(())
}

/// Some records with all their entries and what they give.
struct Chunk {
    records: Vec<(Derived, Vec<Entry>)>,
    /// The first log number of the last of them.
    last: i64,
}

/// Derives the records that begin after a log number; none when there are no more.
async fn read_chunk(
    conn: &mut SqliteConnection,
    after: i64,
    table: &Table,
) -> StoreResult<Option<Chunk>> {
    let ids = chunk(conn, after).await?;
    let Some((_, last)) = ids.last() else {
        return Ok(None);
    };
    let wanted: BTreeSet<RecordId> = ids.iter().map(|(id, _)| *id).collect();
    let mut histories: BTreeMap<RecordId, Vec<Entry>> = BTreeMap::new();
    for entry in log::histories(conn, &wanted).await? {
        let history = histories.entry(entry.revision.record()).or_default();
        history.push(entry);
    }
    let mut records = Vec::with_capacity(ids.len());
    for (id, _) in &ids {
        let history = histories.remove(id).unwrap_or_default();
        if let Some(derived) = derive::record(&history, table)? {
            records.push((derived, history));
        }
    }
    Ok(Some(Chunk {
        records,
        last: *last,
    }))
}

async fn write_chunk(conn: &mut SqliteConnection, chunk: Chunk) -> StoreResult<()> {
    let mut derived = Vec::with_capacity(chunk.records.len());
    for (one, history) in chunk.records {
        insert_people(conn, &one, &history).await?;
        insert_authors(conn, &history).await?;
        derived.push(one);
    }
    insert_derived(conn, derived).await
}

/// The rows that the ledger gives, grown in another, empty database.
pub async fn grow_into(
    target: &mut SqliteConnection,
    ledger: &mut SqliteConnection,
) -> StoreResult<()> {
    let table = derive::table(settings(ledger).await?.as_ref());
    let mut after = 0_i64;
    while let Some(chunk) = read_chunk(ledger, after, &table).await? {
        after = chunk.last;
        write_chunk(target, chunk).await?;
    }
    Ok(())
}

/// The next records in the order of their first revision, with its number.
async fn chunk(conn: &mut SqliteConnection, after: i64) -> StoreResult<Vec<(RecordId, i64)>> {
    let rows = sqlx::query(
        "select l.record, l.n from leaf l
         where l.n > ?1
           and not exists (select 1 from leaf e where e.record = l.record and e.n < l.n)
         order by l.n limit ?2",
    )
    .bind(after)
    .bind(CHUNK)
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("reading the log"))?;
    rows.iter()
        .map(|row| {
            let n = crate::rows::number(row, "leaf", "n")?;
            Ok((uuid(row, "leaf", "record")?, n as i64))
        })
        .collect()
}

async fn insert_authors(conn: &mut SqliteConnection, entries: &[Entry]) -> StoreResult<()> {
    let about: BTreeSet<_> = entries
        .iter()
        .filter(|entry| entry.revision.act().is_statement())
        .map(|entry| (entry.revision.author(), entry.revision.record()))
        .collect();
    let rows = about
        .into_iter()
        .map(|(person, record)| values![person.uuid(), record.uuid()])
        .collect();
    insert(conn, "insert or ignore into author (person, record)", rows).await
}

/// The programme's settings, by the ledger alone.
async fn settings(conn: &mut SqliteConnection) -> StoreResult<Option<safelane_ledger::Value>> {
    // The records of that kind have to stand first: they are few, and among the first of the log.
    let rows = sqlx::query(entry_sql!(
        "where l.record in (select l2.record from leaf l2 join revision r2 on r2.k = l2.k \
         where instr(r2.bytes, cast('\"kind\":\"programme/' as blob)) > 0) order by l.n"
    ))
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("reading the programme"))?;
    let mut entries = rows.iter().map(entry).collect::<StoreResult<Vec<_>>>()?;
    let mut found = BTreeMap::new();
    entries.sort_by_key(|entry| entry.revision.record());
    for history in entries.chunk_by(|a, b| a.revision.record() == b.revision.record()) {
        let Some(one) = derive::record(history, &Table::default())? else {
            continue;
        };
        if let Some(body) = derive::settings(&one.officials(history))?
            && one.summary.kind == "programme"
        {
            found.insert(one.summary.first, body);
        }
    }
    Ok(found.into_values().next())
}

async fn run(conn: &mut SqliteConnection, sql: &'static str) -> StoreResult<()> {
    sqlx::query(sql)
        .execute(&mut *conn)
        .await
        .map(|_| ())
        .map_err(failed("dropping derived rows"))
}

/// Tables that the push transaction derives, each in a fixed order.
pub const DERIVED: &[(&str, &str)] = &[
    ("record", "select * from record order by first"),
    (
        "record_box",
        "select first, west, east, south, north from record_box order by first",
    ),
    ("statement", "select * from statement order by n"),
    ("name", "select * from name order by first, rank, text"),
    (
        "media",
        "select * from media order by first, sha256, bytes, type",
    ),
    ("author", "select * from author order by person, record"),
    ("device", "select * from device order by id"),
    ("grant_of", "select * from grant_of order by record"),
];

/// Tables that followers derive. Keys that depend on the order of writing, such as a feature's, are
/// left out.
const OF_FOLLOWERS: &[(&str, &str)] = &[
    ("follower", "select * from follower order by name"),
    (
        "finding",
        "select follower, key, checked, about, code, number, severity, life, records, lon, lat, \
             args, blocks, since_day, until_day, answers, since \
             from finding order by follower, key",
    ),
    (
        "feature",
        "select f.follower, y.name, f.record, f.part, f.kind, f.status, f.class, f.geometry, \
             f.properties, f.rank, f.vertices, f.received, b.west, b.east, b.south, b.north \
             from feature f join layer y on y.k = f.layer join feature_box b on b.k = f.k \
             order by y.name, f.record, f.part",
    ),
    (
        "search",
        "select follower, record, text from search order by record, follower",
    ),
    ("value", "select * from value order by follower, key"),
];

/// Every derived row as text, in a fixed order.
pub async fn listed(conn: &mut SqliteConnection) -> StoreResult<Vec<String>> {
    let mut listed = Vec::new();
    for (table, sql) in DERIVED.iter().chain(OF_FOLLOWERS) {
        let rows = sqlx::query(*sql)
            .fetch_all(&mut *conn)
            .await
            .map_err(failed("listing derived rows"))?;
        listed.extend(rows.iter().map(|row| format!("{table}: {}", text(row))));
    }
    Ok(listed)
}

/// A row as text.
pub fn text(row: &sqlx::sqlite::SqliteRow) -> String {
    let column = |index: usize| {
        let value = row.try_get_raw(index).ok();
        let kind = value.map(|value| value.type_info().name().to_owned());
        let text = match kind.as_deref() {
            Some("INTEGER") => row.try_get::<i64, _>(index).map(|n| n.to_string()),
            Some("TEXT") => row.try_get::<String, _>(index).map(|t| format!("{t:?}")),
            Some("BLOB") => row.try_get::<Vec<u8>, _>(index).map(hex::encode),
            _ => Ok("null".to_owned()),
        };
        format!("{}={}", row.column(index).name(), text.unwrap_or_default())
    };
    let columns: Vec<String> = (0..row.len()).map(column).collect();
    columns.join(" ")
}
