//! Shapes of the map and of collections.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use safelane_geometry::Bbox;
use safelane_ledger::{ReceivedAt, RecordId};
use safelane_store::{Feature, FeatureFilter, Limit, StoreResult};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, SqlitePool};

use crate::error::failed;
use crate::rows::{get, insert, moment, number, number_list, uuid, values};

/// By layer and record: all that the record has there from now on.
pub type Writes = BTreeMap<(String, RecordId), Vec<Feature>>;

pub async fn write(conn: &mut SqliteConnection, follower: &str, writes: Writes) -> StoreResult<()> {
    if writes.is_empty() {
        return Ok(());
    }
    let layers = layers(
        conn,
        writes.keys().map(|(layer, _)| layer.clone()).collect(),
    )
    .await?;
    let layer_of = |layer: &str| layers.get(layer).copied().unwrap_or(0);
    let replaced: Vec<serde_json::Value> = writes
        .keys()
        .map(|(layer, record)| {
            serde_json::json!([layer_of(layer), hex::encode(record.uuid().as_bytes())])
        })
        .collect();
    drop_replaced(conn, &serde_json::Value::from(replaced).to_string()).await?;
    let next: i64 = sqlx::query_scalar("select coalesce(max(k), 0) + 1 from feature")
        .fetch_one(&mut *conn)
        .await
        .map_err(failed("numbering features"))?;
    let mut rows = Vec::new();
    let mut boxes = Vec::new();
    for (k, one) in (next..).zip(writes.into_values().flatten()) {
        let layer = layer_of(&one.layer);
        let b = one.bbox;
        boxes.push(values![k, b.west, b.east, b.south, b.north, layer, layer]);
        rows.push(values![
            k,
            follower,
            layer,
            one.record.uuid(),
            i64::from(one.part),
            one.kind,
            one.status,
            one.class,
            one.geometry,
            b.west,
            b.south,
            b.east,
            b.north,
            i64::from(one.vertices),
            one.properties,
            one.rank,
            one.received.unix(),
        ]);
    }
    insert(
        conn,
        "insert into feature (k, follower, layer, record, part, kind, status, class, geometry, \
         west, south, east, north, vertices, properties, rank, received)",
        rows,
    )
    .await?;
    insert(
        conn,
        "insert into feature_box (k, west, east, south, north, layer_from, layer_to)",
        boxes,
    )
    .await
}

/// The numbers of some layers; new ones are made.
async fn layers(
    conn: &mut SqliteConnection,
    names: BTreeSet<String>,
) -> StoreResult<HashMap<String, i64>> {
    let rows = names.into_iter().map(|name| values![name]).collect();
    insert(conn, "insert or ignore into layer (name)", rows).await?;
    let rows = sqlx::query("select k, name from layer")
        .fetch_all(&mut *conn)
        .await
        .map_err(failed("reading layers"))?;
    rows.iter()
        .map(|row| Ok((get(row, "layer", "name")?, get(row, "layer", "k")?)))
        .collect()
}

/// Drops the features of pairs of layer and record, given as JSON.
async fn drop_replaced(conn: &mut SqliteConnection, pairs: &str) -> StoreResult<()> {
    let rows = sqlx::query(
        "select f.k from json_each(?1) j
         cross join feature f on f.layer = j.value ->> 0 and f.record = unhex(j.value ->> 1)",
    )
    .bind(pairs)
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("replacing features"))?;
    if rows.is_empty() {
        return Ok(());
    }
    let keys = rows
        .iter()
        .map(|row| number(row, "feature", "k"))
        .collect::<StoreResult<Vec<_>>>()?;
    let list = number_list(&keys);
    for sql in [
        "delete from feature_box where k in (select value from json_each(?1))",
        "delete from feature where k in (select value from json_each(?1))",
    ] {
        sqlx::query(sql)
            .bind(list.as_str())
            .execute(&mut *conn)
            .await
            .map_err(failed("replacing features"))?;
    }
    Ok(())
}

fn feature(row: &SqliteRow) -> StoreResult<Feature> {
    Ok(Feature {
        layer: get(row, "layer", "name")?,
        record: uuid(row, "feature", "record")?,
        part: number(row, "feature", "part")? as u32,
        kind: get(row, "feature", "kind")?,
        status: get(row, "feature", "status")?,
        class: get(row, "feature", "class")?,
        geometry: get(row, "feature", "geometry")?,
        bbox: Bbox {
            west: get(row, "feature", "west")?,
            south: get(row, "feature", "south")?,
            east: get(row, "feature", "east")?,
            north: get(row, "feature", "north")?,
        },
        vertices: number(row, "feature", "vertices")? as u32,
        properties: get(row, "feature", "properties")?,
        rank: get(row, "feature", "rank")?,
        received: moment(row, "feature", "received")?,
    })
}

/// The number of a layer; none that nothing was ever put in.
async fn layer(pool: &SqlitePool, name: &str) -> StoreResult<Option<i64>> {
    sqlx::query_scalar("select k from layer where name = ?1")
        .bind(name)
        .fetch_optional(pool)
        .await
        .map_err(failed("reading a layer"))
}

fn conditions(filter: &FeatureFilter, layer: i64, query: &mut QueryBuilder<Sqlite>) {
    if let Some(b) = filter.bbox {
        // The tree alone decides; its boxes are exact, and the layer is one of its dimensions.
        query.push(" where f.k in (select k from feature_box where west <= ");
        query
            .push_bind(b.east)
            .push(" and east >= ")
            .push_bind(b.west);
        query.push(" and south <= ").push_bind(b.north);
        query.push(" and north >= ").push_bind(b.south);
        query.push(" and layer_from <= ").push_bind(layer);
        query.push(" and layer_to >= ").push_bind(layer).push(")");
    } else {
        query.push(" where f.layer = ").push_bind(layer);
    }
    if let Some(status) = &filter.status {
        query.push(" and f.status = ").push_bind(status.clone());
    }
    if let Some(class) = &filter.class {
        query.push(" and f.class = ").push_bind(class.clone());
    }
    if let Some(since) = filter.since.map(ReceivedAt::unix) {
        query.push(" and f.received >= ").push_bind(since);
    }
    if let Some(until) = filter.until.map(ReceivedAt::unix) {
        query.push(" and f.received <= ").push_bind(until);
    }
}

pub async fn list(
    pool: &SqlitePool,
    filter: &FeatureFilter,
    after: Option<u64>,
    limit: Limit,
) -> StoreResult<(Vec<Feature>, Option<u64>)> {
    let Some(layer) = layer(pool, &filter.layer).await? else {
        return Ok((Vec::new(), None));
    };
    let mut query =
        QueryBuilder::new("select f.*, y.name from feature f join layer y on y.k = f.layer");
    conditions(filter, layer, &mut query);
    query
        .push(" and f.k > ")
        .push_bind(after.unwrap_or(0) as i64);
    query.push(" order by f.k limit ").push_bind(limit.get());
    let rows = query
        .build()
        .fetch_all(pool)
        .await
        .map_err(failed("listing features"))?;
    let features = rows.iter().map(feature).collect::<StoreResult<Vec<_>>>()?;
    let last = rows.last().filter(|_| rows.len() == limit.get() as usize);
    let next = last.map(|row| number(row, "feature", "k")).transpose()?;
    Ok((features, next))
}

pub async fn count(pool: &SqlitePool, filter: &FeatureFilter) -> StoreResult<u64> {
    let Some(layer) = layer(pool, &filter.layer).await? else {
        return Ok(0);
    };
    let mut query = QueryBuilder::new("select count(*) from feature f");
    conditions(filter, layer, &mut query);
    let row = query
        .build()
        .fetch_one(pool)
        .await
        .map_err(failed("counting features"))?;
    let count: i64 = row.try_get(0).map_err(failed("counting features"))?;
    Ok(count.unsigned_abs())
}

pub async fn of(pool: &SqlitePool, name: &str, record: RecordId) -> StoreResult<Vec<Feature>> {
    let rows = sqlx::query(
        "select f.*, y.name from feature f join layer y on y.k = f.layer
         where y.name = ?1 and f.record = ?2 order by f.part",
    )
    .bind(name)
    .bind(record.uuid().as_bytes().to_vec())
    .fetch_all(pool)
    .await
    .map_err(failed("reading features"))?;
    rows.iter().map(feature).collect()
}
