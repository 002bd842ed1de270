//! Where records stand.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use safelane_geometry::Bbox;
use safelane_ledger::{PersonId, RecordId, Revision, RevisionId};
use safelane_store::{
    BodyOf, Limit, Order, Page, RecordFilter, RecordSummary, RecordView, RecordViews, Standing,
    StatementRow, StatementStatus, StatusFilter, StoreResult, derive, fold,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};

use crate::SqliteStore;
use crate::error::{corrupt, failed};
use crate::log::signed;
use crate::rows::{
    at_most_one, get, hash, hex_list, ids, moment, number, parsed, record_list, uuid, uuids,
};
use crate::writer::flag;

/// Every column of a record.
macro_rules! record_sql {
    ($rest:literal) => {
        concat!(
            "select r.first, r.id, r.last, r.kind, r.reference, r.standing, r.flags, r.officials, \
             r.open, r.returned, r.disputed, r.missing, r.received, r.aliases, \
             r.west, r.south, r.east, r.north from record r ",
            $rest
        )
    };
}

/// A record of a row that has the columns of [`record_sql`].
pub fn summary(row: &SqliteRow) -> StoreResult<RecordSummary> {
    let first = number(row, "record", "first")?;
    let reference: Option<String> = get(row, "record", "reference")?;
    let standing: &str = get(row, "record", "standing")?;
    let aliases: &str = get(row, "record", "aliases")?;
    let flags: i64 = get(row, "record", "flags")?;
    let side = |column| get::<Option<i32>>(row, "record", column);
    let bbox = match (side("west")?, side("south")?, side("east")?, side("north")?) {
        (Some(west), Some(south), Some(east), Some(north)) => Some(Bbox {
            west,
            south,
            east,
            north,
        }),
        _ => None,
    };
    Ok(RecordSummary {
        record: uuid(row, "record", "id")?,
        kind: get(row, "record", "kind")?,
        reference: reference
            .map(|text| {
                text.parse()
                    .map_err(|error| corrupt("record", "reference", first, error))
            })
            .transpose()?,
        standing: parsed(standing, "record", "standing", Standing::parse)?,
        officials: ids(row, "record", "officials")?,
        open: ids(row, "record", "open")?,
        returned: ids(row, "record", "returned")?,
        disputed: ids(row, "record", "disputed")?,
        two_versions: flags & flag::TWO_VERSIONS != 0,
        ended: flags & flag::ENDED != 0,
        waiting_for: ids(row, "record", "missing")?,
        bbox,
        first,
        last: number(row, "record", "last")?,
        received: moment(row, "record", "received")?,
        aliases: aliases.lines().map(str::to_owned).collect(),
    })
}

/// The columns of a statement, and what stands behind them.
macro_rules! statement_sql {
    ($rest:literal) => {
        concat!(
            "select s.n, s.status, s.needs, s.release, s.approved_by, r.id, r.bytes, r.signature, \
             null as t1, null as t2, null as t3, l.received \
             from statement s join leaf l on l.n = s.n join revision r on r.k = l.k ",
            $rest
        )
    };
}

/// A statement of a row that has the columns of [`statement_sql`].
pub fn statement(row: &SqliteRow) -> StoreResult<StatementRow> {
    let n = number(row, "statement", "n")?;
    let signed = signed(row)?;
    let read = signed.read();
    let read = read.map_err(|error| corrupt("revision", "bytes", n, error))?;
    let revision: &Revision = read.claim();
    let status: &str = get(row, "statement", "status")?;
    let needs: Option<i64> = get(row, "statement", "needs")?;
    let people: Vec<PersonId> = uuids(row, "statement", "approved_by")?;
    Ok(StatementRow {
        revision: revision.id(),
        record: revision.record(),
        kind: revision.kind().name().to_owned(),
        act: revision.act(),
        status: parsed(status, "statement", "status", StatementStatus::parse)?,
        n,
        author: revision.author(),
        device: revision.device(),
        submission: revision.submission(),
        received: moment(row, "leaf", "received")?,
        needs: needs
            .map(|needs| u8::try_from(needs).map_err(|e| corrupt("statement", "needs", n, e)))
            .transpose()?,
        needs_release_right: get(row, "statement", "release")?,
        approved_by: people,
    })
}

/// The conditions of a filter, as text of ours with the caller's values bound.
fn conditions(filter: &RecordFilter, after: Option<u64>, query: &mut QueryBuilder<Sqlite>) {
    query.push(" where 1");
    match filter.kinds.as_slice() {
        [] => {}
        [kind] => {
            query.push(" and r.kind = ").push_bind(kind.clone());
        }
        kinds => {
            let list = serde_json::Value::from(kinds).to_string();
            query.push(" and r.kind in (select value from json_each(");
            query.push_bind(list).push("))");
        }
    }
    match filter.status {
        None => {}
        Some(StatusFilter::Official) => has(query, flag::OFFICIAL),
        Some(StatusFilter::Open) => has(query, flag::OPEN),
        Some(StatusFilter::Returned) => has(query, flag::RETURNED),
        Some(StatusFilter::TwoVersions) => has(query, flag::TWO_VERSIONS),
        Some(StatusFilter::Exactly(standing)) => {
            query
                .push(" and r.standing = ")
                .push_bind(standing.as_str());
        }
    }
    if filter.without_ended {
        query
            .push(" and r.flags & ")
            .push_bind(flag::ENDED)
            .push(" = 0");
    }
    if let Some(b) = filter.bbox {
        query.push(" and r.first in (select first from record_box where west <= ");
        query
            .push_bind(b.east)
            .push(" and east >= ")
            .push_bind(b.west);
        query.push(" and south <= ").push_bind(b.north);
        query.push(" and north >= ").push_bind(b.south).push(")");
    }
    if let Some(text) = filter
        .text
        .as_deref()
        .map(fold)
        .filter(|text| !text.is_empty())
    {
        query.push(" and r.first in (select first from name where instr(text, ");
        query.push_bind(text).push(") > 0)");
    }
    if let Some(after) = after {
        query.push(match filter.order {
            Order::Oldest => " and r.first > ",
            Order::Newest => " and r.first < ",
            Order::Changed => " and r.last < ",
        });
        query.push_bind(after as i64);
    }
}

fn has(query: &mut QueryBuilder<Sqlite>, bit: i64) {
    query.push(" and r.flags & ").push_bind(bit).push(" <> 0");
}

#[async_trait]
impl RecordViews for SqliteStore {
    async fn record(&self, record: RecordId) -> StoreResult<Option<RecordSummary>> {
        let row = sqlx::query(record_sql!("where r.id = ?1"))
            .bind(record.uuid().as_bytes().to_vec())
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(failed("reading a record"))?;
        at_most_one(row, summary)
    }

    async fn summaries(&self, records: &[RecordId]) -> StoreResult<Vec<RecordSummary>> {
        let rows = sqlx::query(record_sql!(
            "where r.id in (select unhex(value) from json_each(?1))"
        ))
        .bind(record_list(records))
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("reading records"))?;
        rows.iter().map(summary).collect()
    }

    async fn views(&self, records: &[RecordId]) -> StoreResult<Vec<RecordView>> {
        let asked = &records[..records.len().min(Limit::MAX.get() as usize)];
        let mut tx = self
            .inner
            .readers
            .begin()
            .await
            .map_err(failed("reading records"))?;
        let rows = sqlx::query(record_sql!(
            "where r.id in (select unhex(value) from json_each(?1))"
        ))
        .bind(record_list(asked))
        .fetch_all(&mut *tx)
        .await
        .map_err(failed("reading records"))?;
        let summaries: HashMap<RecordId, RecordSummary> = rows
            .iter()
            .map(|row| summary(row).map(|one| (one.record, one)))
            .collect::<StoreResult<_>>()?;
        let wanted: BTreeSet<RevisionId> = summaries
            .values()
            .flat_map(RecordSummary::current)
            .collect();
        let rows = sqlx::query(
            "select r.id, r.bytes, r.signature, b.bytes as t1, null as t2, null as t3
             from revision r left join body b on b.key = r.k * 4 + 1
             where r.id in (select unhex(value) from json_each(?1))",
        )
        .bind(hex_list(wanted.iter().map(|id| id.as_bytes().as_slice())))
        .fetch_all(&mut *tx)
        .await
        .map_err(failed("reading bodies"))?;
        let bodies: BTreeMap<RevisionId, SqliteRow> = rows
            .into_iter()
            .map(|row| {
                let id = RevisionId::from_bytes(hash(&row, "revision", "id")?);
                Ok((id, row))
            })
            .collect::<StoreResult<_>>()?;
        asked
            .iter()
            .filter_map(|record| summaries.get(record))
            .map(|summary| view(summary, &bodies))
            .collect()
    }

    async fn records(
        &self,
        filter: &RecordFilter,
        after: Option<u64>,
        limit: Limit,
    ) -> StoreResult<Page<RecordSummary>> {
        let upto = self.size();
        let mut query = QueryBuilder::new(record_sql!(""));
        conditions(filter, after, &mut query);
        query.push(match filter.order {
            Order::Oldest => " order by r.first limit ",
            Order::Newest => " order by r.first desc limit ",
            Order::Changed => " order by r.last desc limit ",
        });
        query.push_bind(limit.get());
        let rows = query
            .build()
            .fetch_all(&self.inner.readers)
            .await
            .map_err(failed("listing records"))?;
        let items = rows.iter().map(summary).collect::<StoreResult<Vec<_>>>()?;
        let full = items.len() == limit.get() as usize;
        let next = items.last().filter(|_| full).map(|one| match filter.order {
            Order::Oldest | Order::Newest => one.first,
            Order::Changed => one.last,
        });
        Ok(Page { upto, items, next })
    }

    async fn count(&self, filter: &RecordFilter) -> StoreResult<u64> {
        let mut query = QueryBuilder::new("select count(*) from record r");
        conditions(filter, None, &mut query);
        let count: i64 = query
            .build_query_scalar()
            .fetch_one(&self.inner.readers)
            .await
            .map_err(failed("counting records"))?;
        Ok(count.unsigned_abs())
    }

    async fn find(&self, text: &str) -> StoreResult<Vec<RecordSummary>> {
        let rows = sqlx::query(record_sql!(
            "join (select first, min(rank) as rank from name where text = ?1 and rank <= 2 \
             group by first) n on n.first = r.first order by n.rank, r.first limit 100"
        ))
        .bind(fold(text))
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("looking for a reference"))?;
        rows.iter().map(summary).collect()
    }

    async fn statements(
        &self,
        status: StatementStatus,
        after: Option<u64>,
        limit: Limit,
    ) -> StoreResult<Page<StatementRow>> {
        let upto = self.size();
        let rows = sqlx::query(statement_sql!(
            "where s.status = ?1 and s.n > ?2 order by s.n limit ?3"
        ))
        .bind(status.as_str())
        .bind(after.unwrap_or(0) as i64)
        .bind(limit.get())
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("listing statements"))?;
        let items = rows
            .iter()
            .map(statement)
            .collect::<StoreResult<Vec<_>>>()?;
        let full = items.len() == limit.get() as usize;
        let next = items.last().filter(|_| full).map(|row| row.n);
        Ok(Page { upto, items, next })
    }

    async fn statements_of(&self, record: RecordId) -> StoreResult<Vec<StatementRow>> {
        let rows = sqlx::query(statement_sql!("where l.record = ?1 order by s.n"))
            .bind(record.uuid().as_bytes().to_vec())
            .fetch_all(&self.inner.readers)
            .await
            .map_err(failed("listing a record's statements"))?;
        rows.iter().map(statement).collect()
    }

    async fn waiting(&self, limit: Limit) -> StoreResult<Vec<(RevisionId, RecordId)>> {
        let rows = sqlx::query(
            "select id, missing from record where length(missing) > 0 order by first limit ?1",
        )
        .bind(limit.get())
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("listing what waits for a parent"))?;
        let mut waiting = Vec::new();
        for row in &rows {
            let record: RecordId = uuid(row, "record", "id")?;
            let missing = ids(row, "record", "missing")?;
            waiting.extend(missing.into_iter().map(|parent| (parent, record)));
        }
        Ok(waiting)
    }
}

/// The current statements of a record, officials first, then the newest that wait.
fn view(
    summary: &RecordSummary,
    rows: &BTreeMap<RevisionId, SqliteRow>,
) -> StoreResult<RecordView> {
    let lists = [
        (&summary.officials, StatementStatus::Official),
        (&summary.disputed, StatementStatus::Disputed),
        (&summary.open, StatementStatus::Open),
        (&summary.returned, StatementStatus::Returned),
    ];
    let mut bodies = Vec::new();
    for (list, status) in lists {
        for id in list {
            let row = rows
                .get(id)
                .ok_or_else(|| corrupt("record", "officials", id, "no such revision"))?;
            bodies.push(body_of(row, *id, status)?);
        }
    }
    Ok(RecordView {
        summary: summary.clone(),
        bodies,
    })
}

fn body_of(row: &SqliteRow, id: RevisionId, status: StatementStatus) -> StoreResult<BodyOf> {
    let mut signed = signed(row)?;
    let body = signed
        .bodies
        .values()
        .next()
        .map(|bytes| derive::read_map(bytes).map_err(|e| corrupt("body", "bytes", id, e)))
        .transpose()?;
    // Only what the revision does is wanted of it: its body has been read.
    signed.bodies.clear();
    let read = signed.read();
    let read = read.map_err(|error| corrupt("revision", "bytes", id, error))?;
    Ok(BodyOf {
        revision: id,
        status,
        act: read.claim().act(),
        body,
    })
}
