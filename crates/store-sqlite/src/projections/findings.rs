//! Checks.

use std::collections::BTreeMap;

use safelane_geometry::Position;
use safelane_ledger::RecordId;
use safelane_model::Date;
use safelane_store::{CheckFilter, CheckLife, CheckRow, Limit, StoreResult};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, SqliteConnection, SqlitePool};
use uuid::Uuid;

use crate::error::{corrupt, failed};
use crate::rows::{get, hex_list, insert, join_uuids, number, parsed, uuid, uuids, values};

/// By the record that was checked: all that it has from now on.
pub type Writes = BTreeMap<RecordId, Vec<CheckRow>>;

pub async fn write(conn: &mut SqliteConnection, follower: &str, writes: Writes) -> StoreResult<()> {
    if writes.is_empty() {
        return Ok(());
    }
    let checked: Vec<Uuid> = writes.keys().map(|record| record.uuid()).collect();
    sqlx::query(
        "delete from finding where follower = ?1
         and checked in (select unhex(value) from json_each(?2))",
    )
    .bind(follower)
    .bind(hex_list(checked.iter().map(|id| id.as_bytes().as_slice())))
    .execute(&mut *conn)
    .await
    .map_err(failed("replacing checks"))?;
    let next: i64 = sqlx::query_scalar("select coalesce(max(k), 0) + 1 from finding")
        .fetch_one(&mut *conn)
        .await
        .map_err(failed("numbering checks"))?;
    let mut rows = Vec::new();
    let mut about = Vec::new();
    let numbered = writes
        .into_values()
        .flat_map(|checks| (0..).zip(checks).collect::<Vec<(u32, CheckRow)>>());
    for (k, (n, row)) in (next..).zip(numbered) {
        let mut records: Vec<Uuid> = row.records.iter().map(|record| record.uuid()).collect();
        let stated = join_uuids(records.iter().copied());
        records.sort_unstable();
        records.dedup();
        rows.push(values![
            k,
            follower,
            format!("{} {n:05}", row.checked),
            row.checked.uuid(),
            same(&row.code, &records),
            row.code,
            i64::from(row.number),
            row.severity,
            row.life.as_str(),
            stated,
            row.at.map(Position::lon_e7),
            row.at.map(Position::lat_e7),
            row.args,
            row.blocks,
            row.from.map(Date::days_since_1970),
            row.until.map(Date::days_since_1970),
            row.answers,
            row.since,
        ]);
        about.extend(records.into_iter().map(|record| values![record, k]));
    }
    insert(
        conn,
        "insert into finding (k, follower, key, checked, about, code, number, severity, life, \
         records, lon, lat, args, blocks, since_day, until_day, answers, since)",
        rows,
    )
    .await?;
    insert(conn, "insert into finding_record (record, k)", about).await
}

/// What a result and its mirror have in common.
fn same(code: &str, records: &[Uuid]) -> String {
    let ids: Vec<String> = (records.iter()).map(|id| id.simple().to_string()).collect();
    format!("{code} {}", ids.join(" "))
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
    let day = |column| -> StoreResult<Option<Date>> {
        let days: Option<i64> = get(row, "finding", column)?;
        days.map(Date::from_days_since_1970)
            .transpose()
            .map_err(|error| corrupt("finding", column, &key, error))
    };
    Ok(CheckRow {
        checked: uuid(row, "finding", "checked")?,
        code: get(row, "finding", "code")?,
        number: number(row, "finding", "number")? as u8,
        severity: get(row, "finding", "severity")?,
        life: parsed(life, "finding", "life", CheckLife::parse)?,
        records: uuids(row, "finding", "records")?,
        at,
        args: get(row, "finding", "args")?,
        blocks: get(row, "finding", "blocks")?,
        from: day("since_day")?,
        until: day("until_day")?,
        answers: get(row, "finding", "answers")?,
        since: number(row, "finding", "since")?,
    })
}

/// The gravest first.
const WEIGHT: &str =
    "case severity when 'alarm' then 3 when 'block' then 2 when 'high' then 1 else 0 end";

pub async fn list(
    pool: &SqlitePool,
    filter: &CheckFilter,
    limit: Limit,
) -> StoreResult<Vec<CheckRow>> {
    let mut query = QueryBuilder::new("with weighed as (select *, ");
    query.push(WEIGHT).push(" as weight from finding where 1");
    if let Some(on) = filter.on {
        let day = on.days_since_1970();
        query.push(" and (since_day is null or since_day <= ");
        query.push_bind(day).push(")");
        query.push(" and (until_day is null or until_day >= ");
        query.push_bind(day).push(")");
    }
    // From which of its records a result counts, before anything else is left out.
    query.push(
        "), sided as (select *, first_value(checked) over (partition by about
         order by life = 'open' desc, weight desc, blocks desc, checked) as side from weighed)
         select * from sided where 1",
    );
    if filter.once {
        query.push(" and checked = side");
    }
    if let Some(life) = filter.life {
        query.push(" and life = ").push_bind(life.as_str());
    }
    if let Some(severity) = &filter.severity {
        query.push(" and severity = ").push_bind(severity.clone());
    }
    if let Some(number) = filter.number {
        query.push(" and number = ").push_bind(i64::from(number));
    }
    if let Some(record) = filter.record {
        query.push(" and k in (select k from finding_record where record = ");
        query.push_bind(record.uuid().as_bytes().to_vec()).push(")");
    }
    query.push(" order by weight desc, since desc, key limit ");
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
