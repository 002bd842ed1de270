//! Checks.

use std::collections::BTreeMap;

use safelane_geometry::Position;
use safelane_ledger::RecordId;
use safelane_store::{CheckFilter, CheckLife, CheckRow, Limit, StoreResult};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, SqliteConnection, SqlitePool};
use uuid::Uuid;

use crate::error::{corrupt, failed};
use crate::rows::{get, hex_list, insert, join_uuids, number, parsed, uuid, uuids, values};

/// By key: a row, or none to drop it.
pub type Writes = BTreeMap<String, Option<CheckRow>>;

pub async fn write(conn: &mut SqliteConnection, follower: &str, writes: Writes) -> StoreResult<()> {
    if writes.is_empty() {
        return Ok(());
    }
    let keys = writes
        .keys()
        .map(String::as_str)
        .collect::<serde_json::Value>()
        .to_string();
    sqlx::query(
        "delete from finding where follower = ?1 and key in (select value from json_each(?2))",
    )
    .bind(follower)
    .bind(keys)
    .execute(&mut *conn)
    .await
    .map_err(failed("replacing checks"))?;
    let next: i64 = sqlx::query_scalar("select coalesce(max(k), 0) + 1 from finding")
        .fetch_one(&mut *conn)
        .await
        .map_err(failed("numbering checks"))?;
    let mut rows = Vec::new();
    let mut about = Vec::new();
    for (k, row) in (next..).zip(writes.into_values().flatten()) {
        let mut records: Vec<Uuid> = row.records.iter().map(|record| record.uuid()).collect();
        rows.push(values![
            k,
            follower,
            row.key,
            row.code,
            i64::from(row.number),
            row.severity,
            row.life.as_str(),
            join_uuids(records.iter().copied()),
            row.at.map(Position::lon_e7),
            row.at.map(Position::lat_e7),
            row.args,
            row.since,
        ]);
        records.sort_unstable();
        records.dedup();
        about.extend(records.into_iter().map(|record| values![record, k]));
    }
    insert(
        conn,
        "insert into finding (k, follower, key, code, number, severity, life, records, lon, lat, \
         args, since)",
        rows,
    )
    .await?;
    insert(conn, "insert into finding_record (record, k)", about).await
}

fn check(row: &SqliteRow) -> StoreResult<CheckRow> {
    let key: String = get(row, "finding", "key")?;
    let life: &str = get(row, "finding", "life")?;
    let lon: Option<i64> = get(row, "finding", "lon")?;
    let lat: Option<i64> = get(row, "finding", "lat")?;
    let at = lon
        .zip(lat)
        .map(|(lon, lat)| Position::try_new_e7(lon, lat))
        .transpose()
        .map_err(|error| corrupt("finding", "lon", &key, error))?;
    Ok(CheckRow {
        code: get(row, "finding", "code")?,
        number: number(row, "finding", "number")? as u8,
        severity: get(row, "finding", "severity")?,
        life: parsed(life, "finding", "life", CheckLife::parse)?,
        records: uuids(row, "finding", "records")?,
        at,
        args: get(row, "finding", "args")?,
        since: number(row, "finding", "since")?,
        key,
    })
}

pub async fn list(
    pool: &SqlitePool,
    filter: &CheckFilter,
    limit: Limit,
) -> StoreResult<Vec<CheckRow>> {
    let mut query = QueryBuilder::new("select f.* from finding f where 1");
    if let Some(life) = filter.life {
        query.push(" and f.life = ").push_bind(life.as_str());
    }
    if let Some(severity) = &filter.severity {
        query.push(" and f.severity = ").push_bind(severity.clone());
    }
    if let Some(record) = filter.record {
        query.push(" and f.k in (select k from finding_record where record = ");
        query.push_bind(record.uuid().as_bytes().to_vec()).push(")");
    }
    query.push(" order by f.since desc, f.key limit ");
    query.push_bind(limit.get());
    let rows = query
        .build()
        .fetch_all(pool)
        .await
        .map_err(failed("listing checks"))?;
    rows.iter().map(check).collect()
}

pub async fn open(pool: &SqlitePool, records: &[RecordId]) -> StoreResult<Vec<(RecordId, u32)>> {
    let ids: Vec<Uuid> = records.iter().map(|record| record.uuid()).collect();
    let rows = sqlx::query(
        "select r.record, count(*) as checks
         from finding_record r join finding f on f.k = r.k
         where f.life = 'open' and r.record in (select unhex(value) from json_each(?1))
         group by r.record",
    )
    .bind(hex_list(ids.iter().map(|id| id.as_bytes().as_slice())))
    .fetch_all(pool)
    .await
    .map_err(failed("counting checks"))?;
    rows.iter()
        .map(|row| {
            let checks: i64 = row.try_get("checks").map_err(failed("counting checks"))?;
            Ok((uuid(row, "finding_record", "record")?, checks as u32))
        })
        .collect()
}
