//! The rows that are derived from records in the transaction that touches them.

use safelane_ledger::RecordId;
use safelane_store::derive::{self, Derived};
use safelane_store::{Entry, RecordSummary, StoreResult};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::error::failed;
use crate::rows::{Bind, Values, insert, join_ids, join_uuids, number_list, values};

/// Bits of `record.flags`.
pub mod flag {
    pub const OFFICIAL: i64 = 1;
    pub const OPEN: i64 = 2;
    pub const RETURNED: i64 = 4;
    pub const TWO_VERSIONS: i64 = 8;
    pub const ENDED: i64 = 16;
}

/// Drops the rows of records that are about to be derived anew.
pub async fn delete_derived(conn: &mut SqliteConnection, firsts: &[u64]) -> StoreResult<()> {
    if firsts.is_empty() {
        return Ok(());
    }
    let list = number_list(firsts);
    for sql in [
        "delete from record where first in (select value from json_each(?1))",
        "delete from record_box where first in (select value from json_each(?1))",
        "delete from name where first in (select value from json_each(?1))",
        "delete from media where first in (select value from json_each(?1))",
    ] {
        sqlx::query(sql)
            .bind(list.as_str())
            .execute(&mut *conn)
            .await
            .map_err(failed("replacing derived rows"))?;
    }
    Ok(())
}

/// Inserts the rows of derived records; statements replace their own rows.
pub async fn insert_derived(conn: &mut SqliteConnection, derived: Vec<Derived>) -> StoreResult<()> {
    let mut records = Vec::with_capacity(derived.len());
    let mut boxes = Vec::new();
    let mut statements = Vec::new();
    let mut names = Vec::new();
    let mut media = Vec::new();
    for one in derived {
        let first = one.summary.first;
        records.push(record_row(&one.summary));
        boxes.extend(box_row(&one.summary));
        statements.extend(one.statements.iter().map(|row| {
            let approved_by = row.approved_by.iter().map(|person| person.uuid());
            values![
                row.n,
                row.status.as_str(),
                row.needs.map(i64::from),
                row.needs_release_right,
                join_uuids(approved_by),
            ]
        }));
        names.extend(
            one.names
                .into_iter()
                .map(|name| values![name.text, i64::from(name.rank), first]),
        );
        media.extend(one.media.into_iter().map(|one| {
            values![
                one.sha256.as_bytes().as_slice(),
                first,
                one.bytes,
                one.media_type
            ]
        }));
    }
    insert(
        conn,
        "insert into record (first, id, last, kind, reference, standing, flags, officials, open, \
         returned, disputed, missing, received, aliases, west, south, east, north)",
        records,
    )
    .await?;
    insert(
        conn,
        "insert into record_box (first, west, east, south, north)",
        boxes,
    )
    .await?;
    insert(
        conn,
        "insert or replace into statement (n, status, needs, release, approved_by)",
        statements,
    )
    .await?;
    insert(conn, "insert into name (text, rank, first)", names).await?;
    insert(
        conn,
        "insert into media (sha256, first, bytes, type)",
        media,
    )
    .await
}

fn record_row(summary: &RecordSummary) -> Values {
    let side = |side: fn(safelane_geometry::Bbox) -> i32| Bind::from(summary.bbox.map(side));
    values![
        summary.first,
        summary.record.uuid(),
        summary.last,
        summary.kind.as_str(),
        summary
            .reference
            .as_ref()
            .map(safelane_ledger::Reference::as_str),
        summary.standing.as_str(),
        flags(summary),
        join_ids(&summary.officials),
        join_ids(&summary.open),
        join_ids(&summary.returned),
        join_ids(&summary.disputed),
        join_ids(&summary.waiting_for),
        summary.received.unix(),
        summary.aliases.join("\n"),
        side(|b| b.west),
        side(|b| b.south),
        side(|b| b.east),
        side(|b| b.north),
    ]
}

fn flags(summary: &RecordSummary) -> i64 {
    let ended = summary.ended;
    let bits = [
        (flag::OFFICIAL, !summary.officials.is_empty() && !ended),
        (flag::OPEN, !summary.open.is_empty()),
        (flag::RETURNED, !summary.returned.is_empty()),
        (flag::TWO_VERSIONS, summary.two_versions),
        (flag::ENDED, ended),
    ];
    bits.iter()
        .filter(|(_, set)| *set)
        .map(|(bit, _)| bit)
        .sum()
}

fn box_row(summary: &RecordSummary) -> Option<Values> {
    let b = summary.bbox?;
    Some(values![summary.first, b.west, b.east, b.south, b.north])
}

/// Writes what official statements say of a device or a grant; of other kinds nothing.
pub async fn insert_people(
    conn: &mut SqliteConnection,
    derived: &Derived,
    entries: &[Entry],
) -> StoreResult<()> {
    let summary = &derived.summary;
    let officials = derived.officials(entries);
    let record = summary.record.uuid();
    match summary.kind.as_str() {
        "device" => {
            let enrolled = entries.first().map(|one| one.leaf.received.unix());
            delete(conn, "delete from device where id = ?1", record).await?;
            let Some(facts) = derive::device(&officials)? else {
                return Ok(());
            };
            let row = values![
                record,
                facts.person.uuid(),
                facts.key.to_bytes().as_slice(),
                facts.label,
                facts.revoked,
                enrolled,
            ];
            insert(
                conn,
                "insert into device (id, person, key, label, revoked, enrolled)",
                vec![row],
            )
            .await
        }
        "grant" => {
            delete(conn, "delete from grant_of where record = ?1", record).await?;
            let Some(grant) = derive::grant(summary.record, &officials)? else {
                return Ok(());
            };
            let roles = serde_json::to_string(&grant.rights.roles)
                .map_err(|error| crate::error::corrupt("grant_of", "roles", record, error))?;
            let row = values![
                record,
                grant.person.uuid(),
                roles,
                grant.rights.organisation.map(RecordId::uuid),
                grant.rights.team.map(RecordId::uuid),
            ];
            insert(
                conn,
                "insert into grant_of (record, person, roles, organisation, team)",
                vec![row],
            )
            .await
        }
        _ => Ok(()),
    }
}

async fn delete(conn: &mut SqliteConnection, sql: &'static str, record: Uuid) -> StoreResult<()> {
    sqlx::query(sql)
        .bind(record.as_bytes().to_vec())
        .execute(&mut *conn)
        .await
        .map(|_| ())
        .map_err(failed("replacing a device or grant"))
}
