//! Reading the ledger.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use safelane_ledger::{
    Answer, DeviceId, Digest, Head, HeldReason, Leaf, LogPoint, PersonId, ReceivedAt, RecordId,
    Revision, RevisionId, Role, Signature, SignedRevision, SubmissionId, Tier,
};
use safelane_store::{
    Answered, Appended, Batch, DeviceHead, Entry, HeldRevision, LedgerLog, Limit, Page, StoreError,
    StoreResult, Stored,
};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::SqliteStore;
use crate::error::{corrupt, failed};
use crate::rows::{at_most_one, get, hash, hex_list, moment, number, number_list, record_list};

/// The columns of an entry, and what stands behind them.
macro_rules! entry_sql {
    ($rest:literal) => {
        concat!(
            "select l.n, l.bytes as leaf, r.k, r.id, r.bytes, r.signature, \
             b1.bytes as t1, b2.bytes as t2, b3.bytes as t3 \
             from leaf l join revision r on r.k = l.k \
             left join body b1 on b1.key = r.k * 4 + 1 \
             left join body b2 on b2.key = r.k * 4 + 2 \
             left join body b3 on b3.key = r.k * 4 + 3 ",
            $rest
        )
    };
}
pub(crate) use entry_sql;

/// The columns of a held revision that nobody has admitted, and what stands behind them.
macro_rules! held_sql {
    ($rest:literal) => {
        concat!(
            "select h.reason, h.at, h.roles, r.k, r.id, r.bytes, r.signature, \
             b1.bytes as t1, b2.bytes as t2, b3.bytes as t3 \
             from held h join revision r on r.k = h.k \
             left join leaf l on l.k = h.k \
             left join body b1 on b1.key = r.k * 4 + 1 \
             left join body b2 on b2.key = r.k * 4 + 2 \
             left join body b3 on b3.key = r.k * 4 + 3 \
             where l.n is null ",
            $rest
        )
    };
}

/// The key of a body.
pub const fn body_key(k: u64, tier: Tier) -> u64 {
    k * 4
        + match tier {
            Tier::T1 => 1,
            Tier::T2 => 2,
            Tier::T3 => 3,
        }
}

/// The word for a reason.
pub fn reason_word(reason: HeldReason) -> StoreResult<String> {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(corrupt("held", "reason", "?", format!("{other:?}"))),
    }
}

fn read_reason(row: &SqliteRow) -> StoreResult<HeldReason> {
    let word: String = get(row, "held", "reason")?;
    serde_json::from_value(word.as_str().into())
        .map_err(|error| corrupt("held", "reason", word, error))
}

/// Bytes, signature and bodies of a row that has the columns of [`entry_sql`].
pub fn signed(row: &SqliteRow) -> StoreResult<SignedRevision> {
    let signature: &[u8] = get(row, "revision", "signature")?;
    let signature = signature
        .try_into()
        .map_err(|error| corrupt("revision", "signature", "?", error))?;
    let mut bodies = BTreeMap::new();
    for (tier, column) in [(Tier::T1, "t1"), (Tier::T2, "t2"), (Tier::T3, "t3")] {
        if let Some(bytes) = get::<Option<Vec<u8>>>(row, "body", column)? {
            bodies.insert(tier, bytes);
        }
    }
    Ok(SignedRevision {
        bytes: get(row, "revision", "bytes")?,
        signature: Signature::from_bytes(signature),
        bodies,
    })
}

/// Reads a revision and holds it against the id that it is stored under.
fn read(row: &SqliteRow, signed: &SignedRevision) -> StoreResult<Revision> {
    let id = RevisionId::from_bytes(hash(row, "revision", "id")?);
    let wrong = |reason: String| corrupt("revision", "bytes", id, reason);
    let revision = match signed.read() {
        Ok(read) => read.claim().clone(),
        Err(error) => return Err(wrong(error.to_string())),
    };
    if revision.id() == id {
        Ok(revision)
    } else {
        Err(wrong(format!("their SHA-256 is {}", revision.id())))
    }
}

/// An entry of a row that has the columns of [`entry_sql`].
pub fn entry(row: &SqliteRow) -> StoreResult<Entry> {
    let n = number(row, "leaf", "n")?;
    let leaf_bytes: Vec<u8> = get(row, "leaf", "leaf")?;
    let leaf = Leaf::from_bytes(&leaf_bytes).map_err(|error| corrupt("leaf", "bytes", n, error))?;
    let signed = signed(row)?;
    let revision = read(row, &signed)?;
    if (leaf.n, leaf.id) != (n, revision.id()) {
        return Err(corrupt("leaf", "bytes", n, "they are another leaf's"));
    }
    Ok(Entry {
        leaf,
        leaf_bytes,
        revision,
        signed,
    })
}

fn held(row: &SqliteRow) -> StoreResult<HeldRevision> {
    let signed = signed(row)?;
    Ok(HeldRevision {
        reason: read_reason(row)?,
        at: moment(row, "held", "at")?,
        admitted_by: None,
        revision: read(row, &signed)?,
        signed,
    })
}

/// What a second push of a stored revision is answered.
pub fn answered(row: &SqliteRow) -> StoreResult<(RevisionId, Answered)> {
    let id = RevisionId::from_bytes(hash(row, "revision", "id")?);
    let answered = if let Some(bytes) = get::<Option<Vec<u8>>>(row, "leaf", "bytes")? {
        let reference: Option<String> = get(row, "record", "reference")?;
        let reference = reference
            .map(|text| {
                text.parse()
                    .map_err(|error| corrupt("record", "reference", &text, error))
            })
            .transpose()?;
        Answered {
            id,
            answer: Answer::Duplicate {
                n: number(row, "leaf", "n")?,
                reference,
            },
            leaf: Some(Digest::of(&bytes)),
            at: moment(row, "leaf", "received")?,
        }
    } else {
        Answered {
            id,
            answer: Answer::Held {
                reason: read_reason(row)?,
            },
            leaf: None,
            at: moment(row, "held", "at")?,
        }
    };
    Ok((id, answered))
}

/// All entries of some records, in order of the log.
pub async fn histories(
    conn: &mut SqliteConnection,
    records: &BTreeSet<RecordId>,
) -> StoreResult<Vec<Entry>> {
    let uuids: Vec<Uuid> = records.iter().map(|record| record.uuid()).collect();
    let rows = sqlx::query(entry_sql!(
        "where l.record in (select unhex(value) from json_each(?1)) order by l.n"
    ))
    .bind(hex_list(
        uuids.iter().map(|uuid| uuid.as_bytes().as_slice()),
    ))
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("reading records"))?;
    rows.iter().map(entry).collect()
}

/// A held revision with its key and the roles of its author at receipt.
pub async fn held_one(
    conn: &mut SqliteConnection,
    id: RevisionId,
) -> StoreResult<Option<(u64, HeldRevision, BTreeSet<Role>)>> {
    let row = sqlx::query(held_sql!("and r.id = ?1"))
        .bind(id.as_bytes().to_vec())
        .fetch_optional(&mut *conn)
        .await
        .map_err(failed("reading a held revision"))?;
    at_most_one(row, |row| {
        let roles: String = get(row, "held", "roles")?;
        let read = serde_json::from_str(&roles);
        let roles = read.map_err(|error| corrupt("held", "roles", id, error))?;
        Ok((number(row, "revision", "k")?, held(row)?, roles))
    })
}

type Query = sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

impl SqliteStore {
    async fn entry_list(&self, query: Query, doing: &'static str) -> StoreResult<Vec<Entry>> {
        let rows = query.fetch_all(&self.inner.readers).await;
        rows.map_err(failed(doing))?.iter().map(entry).collect()
    }
}

#[async_trait]
impl LedgerLog for SqliteStore {
    async fn append(&self, batch: Batch) -> StoreResult<Appended> {
        self.writer()?.append(batch).await
    }

    async fn admit(&self, id: RevisionId, by: PersonId, at: ReceivedAt) -> StoreResult<Answered> {
        self.writer()?.admit(id, by, at).await
    }

    async fn point(&self) -> StoreResult<LogPoint> {
        let size: i64 = sqlx::query_scalar("select coalesce(max(n), 0) from leaf")
            .fetch_one(&self.inner.readers)
            .await
            .map_err(failed("reading the log's size"))?;
        let point = self.point_at(size.unsigned_abs()).await?;
        point.ok_or_else(|| corrupt("leaf", "n", size, "there is no such leaf"))
    }

    async fn point_at(&self, size: u64) -> StoreResult<Option<LogPoint>> {
        if size == 0 {
            return Ok(Some(LogPoint::START));
        }
        let row = sqlx::query("select head from leaf where n = ?1")
            .bind(size as i64)
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(failed("reading the log's head"))?;
        at_most_one(row, |row| {
            let head = Digest::from_bytes(hash(row, "leaf", "head")?);
            Ok(LogPoint {
                size,
                head: Head::from_digest(head),
            })
        })
    }

    async fn size_at(&self, at: ReceivedAt) -> StoreResult<u64> {
        // From the end: what is asked for most lies there, and no index burdens the writer.
        let found: Option<i64> =
            sqlx::query_scalar("select n from leaf where received <= ?1 order by n desc limit 1")
                .bind(at.unix())
                .fetch_optional(&self.inner.readers)
                .await
                .map_err(failed("reading the log's size at an instant"))?;
        Ok(found.map_or(0, i64::unsigned_abs))
    }

    async fn wait(&self, after: u64) -> u64 {
        let mut size = self.inner.size.clone();
        let grown = size.wait_for(|size| *size > after).await.map(|size| *size);
        match grown {
            Ok(size) => size,
            // The writer has gone: nothing more will come.
            Err(_) => std::future::pending().await,
        }
    }

    async fn revision(&self, id: RevisionId) -> StoreResult<Option<Stored>> {
        let row = sqlx::query(entry_sql!("where r.id = ?1"))
            .bind(id.as_bytes().to_vec())
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(failed("reading a revision"))?;
        if let Some(found) = at_most_one(row, entry)? {
            return Ok(Some(Stored::Entry(Box::new(found))));
        }
        let row = sqlx::query(held_sql!("and r.id = ?1"))
            .bind(id.as_bytes().to_vec())
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(failed("reading a held revision"))?;
        Ok(at_most_one(row, held)?.map(|held| Stored::Held(Box::new(held))))
    }

    async fn entries(&self, after: u64, limit: Limit) -> StoreResult<Vec<Entry>> {
        let query = sqlx::query(entry_sql!("where l.n > ?1 order by l.n limit ?2"));
        let query = query.bind(after as i64).bind(limit.get());
        self.entry_list(query, "reading the log").await
    }

    async fn entries_of(&self, numbers: &[u64]) -> StoreResult<Vec<Entry>> {
        let list = number_list(&numbers[..numbers.len().min(Limit::MAX.get() as usize)]);
        let query = sqlx::query(entry_sql!(
            "where l.n in (select value from json_each(?1)) order by l.n"
        ));
        self.entry_list(query.bind(list), "reading the log").await
    }

    async fn history(&self, record: RecordId) -> StoreResult<Vec<Entry>> {
        let query = sqlx::query(entry_sql!("where l.record = ?1 order by l.n"));
        let query = query.bind(record.uuid().as_bytes().to_vec());
        self.entry_list(query, "reading a record's history").await
    }

    async fn histories(&self, records: &[RecordId]) -> StoreResult<Vec<Entry>> {
        let query = sqlx::query(entry_sql!(
            "where l.record in (select unhex(value) from json_each(?1)) order by l.n"
        ));
        let query = query.bind(record_list(records));
        self.entry_list(query, "reading the histories of records")
            .await
    }

    async fn submission(&self, id: SubmissionId) -> StoreResult<Vec<Entry>> {
        let query = sqlx::query(entry_sql!("where r.submission = ?1 order by l.n"));
        let query = query.bind(id.uuid().as_bytes().to_vec());
        self.entry_list(query, "reading a submission").await
    }

    async fn device_head(&self, device: DeviceId) -> StoreResult<Option<DeviceHead>> {
        let row = sqlx::query(
            "select seq, id from revision where device = ?1 order by seq desc, k limit 1",
        )
        .bind(device.uuid().as_bytes().to_vec())
        .fetch_optional(&self.inner.readers)
        .await
        .map_err(failed("reading a device's chain"))?;
        at_most_one(row, |row| {
            Ok(DeviceHead {
                seq: number(row, "revision", "seq")?,
                id: RevisionId::from_bytes(hash(row, "revision", "id")?),
            })
        })
    }

    async fn held(&self, after: Option<u64>, limit: Limit) -> StoreResult<Page<HeldRevision>> {
        let upto = self.size();
        let rows = sqlx::query(held_sql!("and h.k < ?1 order by h.k desc limit ?2"))
            .bind(after.map_or(i64::MAX, |after| after as i64))
            .bind(limit.get())
            .fetch_all(&self.inner.readers)
            .await
            .map_err(failed("reading held revisions"))?;
        let items = rows.iter().map(held).collect::<StoreResult<Vec<_>>>()?;
        let full = items.len() == limit.get() as usize;
        let last = rows.last().filter(|_| full);
        Ok(Page {
            upto,
            items,
            next: last.map(|row| number(row, "revision", "k")).transpose()?,
        })
    }

    async fn numbers_about(
        &self,
        author: PersonId,
        after: u64,
        limit: Limit,
    ) -> StoreResult<Vec<u64>> {
        let rows = sqlx::query(
            "select l.n from author a join leaf l on l.record = a.record
             where a.person = ?1 and l.n > ?2 order by l.n limit ?3",
        )
        .bind(author.uuid().as_bytes().to_vec())
        .bind(after as i64)
        .bind(limit.get())
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("reading what a person wrote"))?;
        rows.iter().map(|row| number(row, "leaf", "n")).collect()
    }
}

impl SqliteStore {
    /// The writer, unless the store was opened to read.
    pub(crate) fn writer(&self) -> StoreResult<&crate::writer::Handle> {
        self.inner.writer.as_ref().ok_or(StoreError::Closed)
    }

    /// Leaves in the log, as the last commit left it.
    pub(crate) fn size(&self) -> u64 {
        *self.inner.size.borrow()
    }
}
