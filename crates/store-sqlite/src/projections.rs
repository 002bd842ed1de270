//! The rows of followers.

mod features;
mod findings;
mod search;

use async_trait::async_trait;
use safelane_ledger::RecordId;
use safelane_store::{
    Change, CheckFilter, CheckRow, Feature, FeatureFilter, Limit, Progress, Projection,
    Projections, StoreError, StoreResult, Write,
};
use sqlx::SqliteConnection;

use crate::SqliteStore;
use crate::error::failed;
use crate::rows::{get, insert, number, uuid, values};

/// A step's writes, sorted by table; the last of one key counts.
#[derive(Default)]
struct Sorted {
    findings: findings::Writes,
    features: features::Writes,
    search: search::Writes,
    values: std::collections::BTreeMap<String, Option<Vec<u8>>>,
}

impl Sorted {
    fn of(writes: Vec<Write>) -> Self {
        let mut sorted = Self::default();
        for write in writes {
            match write {
                Write::PutChecks { checked, checks } => {
                    sorted.findings.insert(checked, checks);
                }
                Write::PutFeatures {
                    layer,
                    record,
                    features,
                } => {
                    sorted.features.insert((layer, record), features);
                }
                Write::PutSearch { record, text } => {
                    sorted.search.insert(record, text);
                }
                Write::PutValue { key, value } => {
                    sorted.values.insert(key, Some(value));
                }
                Write::RemoveValue(key) => {
                    sorted.values.insert(key, None);
                }
            }
        }
        sorted
    }
}

async fn project(conn: &mut SqliteConnection, projection: Projection) -> StoreResult<()> {
    let Projection {
        follower,
        version,
        from,
        upto,
        writes,
    } = projection;
    let done = sqlx::query(
        "update follower set reached = ?4 where name = ?1 and version = ?2 and reached = ?3",
    )
    .bind(follower.as_str())
    .bind(i64::from(version))
    .bind(from as i64)
    .bind(upto as i64)
    .execute(&mut *conn)
    .await
    .map_err(failed("moving a follower on"))?;
    if done.rows_affected() == 0 {
        return Err(StoreError::Stale {
            reached: reached(conn, &follower).await?,
            expected: from,
            follower,
        });
    }
    let sorted = Sorted::of(writes);
    findings::write(conn, &follower, sorted.findings).await?;
    features::write(conn, &follower, sorted.features).await?;
    search::write(conn, &follower, sorted.search).await?;
    write_values(conn, &follower, sorted.values).await
}

async fn reached(conn: &mut SqliteConnection, follower: &str) -> StoreResult<u64> {
    let found: Option<i64> = sqlx::query_scalar("select reached from follower where name = ?1")
        .bind(follower)
        .fetch_optional(&mut *conn)
        .await
        .map_err(failed("reading a follower"))?;
    Ok(found.unwrap_or(0).unsigned_abs())
}

async fn write_values(
    conn: &mut SqliteConnection,
    follower: &str,
    writes: std::collections::BTreeMap<String, Option<Vec<u8>>>,
) -> StoreResult<()> {
    let gone: serde_json::Value = writes
        .iter()
        .filter(|(_, value)| value.is_none())
        .map(|(key, _)| key.as_str())
        .collect();
    if gone != serde_json::json!([]) {
        sqlx::query(
            "delete from value where follower = ?1 and key in (select value from json_each(?2))",
        )
        .bind(follower)
        .bind(gone.to_string())
        .execute(&mut *conn)
        .await
        .map_err(failed("dropping a follower's values"))?;
    }
    let rows = writes
        .into_iter()
        .filter_map(|(key, value)| Some(values![follower, key, value?]))
        .collect();
    insert(
        conn,
        "insert or replace into value (follower, key, value)",
        rows,
    )
    .await
}

/// Drops all rows of a follower.
async fn drop_rows(conn: &mut SqliteConnection, follower: &str) -> StoreResult<()> {
    for sql in [
        "delete from finding where follower = ?1",
        "delete from feature_box where k in (select k from feature where follower = ?1)",
        "delete from feature where follower = ?1",
        "delete from search_text where rowid in (select k from search where follower = ?1)",
        "delete from search where follower = ?1",
        "delete from value where follower = ?1",
    ] {
        sqlx::query(sql)
            .bind(follower)
            .execute(&mut *conn)
            .await
            .map_err(failed("dropping a follower's rows"))?;
    }
    Ok(())
}

async fn start(conn: &mut SqliteConnection, follower: &str, version: u32) -> StoreResult<u64> {
    let known: Option<i64> = sqlx::query_scalar("select version from follower where name = ?1")
        .bind(follower)
        .fetch_optional(&mut *conn)
        .await
        .map_err(failed("reading a follower"))?;
    if known == Some(i64::from(version)) {
        return reached(conn, follower).await;
    }
    drop_rows(conn, follower).await?;
    sqlx::query("insert or replace into follower (name, version, reached) values (?1, ?2, 0)")
        .bind(follower)
        .bind(i64::from(version))
        .execute(&mut *conn)
        .await
        .map_err(failed("starting a follower"))?;
    Ok(0)
}

#[async_trait]
impl Projections for SqliteStore {
    async fn follow(&self, follower: &str, version: u32) -> StoreResult<Progress> {
        let name = follower.to_owned();
        let reached = self
            .writer()?
            .run(move |conn| Box::pin(async move { start(conn, &name, version).await }))
            .await?;
        self.tell(follower, reached);
        Ok(Progress {
            follower: follower.to_owned(),
            version,
            reached,
        })
    }

    async fn progress(&self) -> StoreResult<Vec<Progress>> {
        let rows = sqlx::query("select name, version, reached from follower order by name")
            .fetch_all(&self.inner.readers)
            .await
            .map_err(failed("reading the followers"))?;
        rows.iter()
            .map(|row| {
                Ok(Progress {
                    follower: get(row, "follower", "name")?,
                    version: number(row, "follower", "version")? as u32,
                    reached: number(row, "follower", "reached")?,
                })
            })
            .collect()
    }

    async fn reached(&self, follower: &str, n: u64) -> StoreResult<()> {
        let mut progress = self.inner.reached.subscribe();
        let there = progress.wait_for(|all| all.get(follower).is_some_and(|one| *one >= n));
        there.await.map(|_| ()).map_err(|_| StoreError::Closed)
    }

    async fn changes(&self, after: u64, limit: Limit) -> StoreResult<(Vec<Change>, u64)> {
        let rows =
            sqlx::query("select id, kind, last from record where last > ?1 order by last limit ?2")
                .bind(after as i64)
                .bind(limit.get())
                .fetch_all(&self.inner.readers)
                .await
                .map_err(failed("reading what has changed"))?;
        let changes = rows
            .iter()
            .map(|row| {
                Ok(Change {
                    record: uuid::<RecordId>(row, "record", "id")?,
                    kind: get(row, "record", "kind")?,
                    n: number(row, "record", "last")?,
                })
            })
            .collect::<StoreResult<Vec<_>>>()?;
        // Every leaf belongs to a record, so the last one's number is as far as this goes.
        let upto = changes.last().map_or(after, |change| change.n);
        Ok((changes, upto))
    }

    async fn project(&self, projection: Projection) -> StoreResult<()> {
        let (follower, upto) = (projection.follower.clone(), projection.upto);
        self.writer()?
            .run(move |conn| Box::pin(project(conn, projection)))
            .await?;
        self.tell(&follower, upto);
        Ok(())
    }

    async fn restart(&self, follower: &str) -> StoreResult<()> {
        let name = follower.to_owned();
        self.writer()?
            .run(move |conn| {
                Box::pin(async move {
                    drop_rows(conn, &name).await?;
                    sqlx::query("update follower set reached = 0 where name = ?1")
                        .bind(name)
                        .execute(conn)
                        .await
                        .map(|_| ())
                        .map_err(failed("starting a follower anew"))
                })
            })
            .await?;
        self.tell(follower, 0);
        Ok(())
    }

    async fn checks(&self, filter: &CheckFilter, limit: Limit) -> StoreResult<Vec<CheckRow>> {
        findings::list(&self.inner.readers, filter, limit).await
    }

    async fn open_checks(&self, records: &[RecordId]) -> StoreResult<Vec<(RecordId, u32)>> {
        findings::open(&self.inner.readers, records).await
    }

    async fn features(
        &self,
        filter: &FeatureFilter,
        after: Option<u64>,
        limit: Limit,
    ) -> StoreResult<(Vec<Feature>, Option<u64>)> {
        features::list(&self.inner.readers, filter, after, limit).await
    }

    async fn count_features(&self, filter: &FeatureFilter) -> StoreResult<u64> {
        features::count(&self.inner.readers, filter).await
    }

    async fn features_of(&self, layer: &str, record: RecordId) -> StoreResult<Vec<Feature>> {
        features::of(&self.inner.readers, layer, record).await
    }

    async fn search(&self, query: &str, limit: Limit) -> StoreResult<Vec<RecordId>> {
        search::find(&self.inner.readers, query, limit).await
    }

    async fn value(&self, follower: &str, key: &str) -> StoreResult<Option<Vec<u8>>> {
        sqlx::query_scalar("select value from value where follower = ?1 and key = ?2")
            .bind(follower)
            .bind(key)
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(failed("reading a follower's value"))
    }

    async fn values(
        &self,
        follower: &str,
        prefix: &str,
        limit: Limit,
    ) -> StoreResult<Vec<(String, Vec<u8>)>> {
        // Keys that begin so are those up to the prefix followed by the last character there is.
        let rows = sqlx::query(
            "select key, value from value
             where follower = ?1 and key >= ?2 and key < ?2 || char(1114111) order by key limit ?3",
        )
        .bind(follower)
        .bind(prefix)
        .bind(limit.get())
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("reading a follower's values"))?;
        rows.iter()
            .map(|row| Ok((get(row, "value", "key")?, get(row, "value", "value")?)))
            .collect()
    }
}

impl SqliteStore {
    /// Tells those who wait for a follower.
    pub(crate) fn tell(&self, follower: &str, reached: u64) {
        self.inner.reached.send_modify(|all| {
            all.insert(follower.to_owned(), reached);
        });
    }
}
