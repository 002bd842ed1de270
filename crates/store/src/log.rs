//! The ledger of a hub: what was received, in the order of its log, and what is held outside it.

use async_trait::async_trait;
use safelane_ledger::{
    DeviceId, HeldReason, Leaf, LogPoint, PersonId, Received, ReceivedAt, RecordId, Revision,
    RevisionId, SignedRevision, SubmissionId, Tier, Value,
};

use crate::append::{Answered, Appended, Batch};
use crate::error::{StoreError, StoreResult};
use crate::page::{Limit, Page};

/// A revision of the ledger with its leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log, the verdict, the record's number.
    pub leaf: Leaf,
    /// The leaf's exact bytes, which the head covers.
    pub leaf_bytes: Vec<u8>,
    /// The revision, read.
    pub revision: Revision,
    /// Its bytes, signature and those bodies that are held here.
    pub signed: SignedRevision,
}

impl Entry {
    /// As `resolve` wants it.
    pub fn received(&self) -> StoreResult<Received> {
        Ok(Received {
            revision: self.revision.clone(),
            verdict: self.leaf.verdict.clone(),
            body: self.body()?,
        })
    }

    /// The `t1` body, read; none when it is not held here.
    pub fn body(&self) -> StoreResult<Option<Value>> {
        let Some(bytes) = self.signed.bodies.get(&Tier::T1) else {
            return Ok(None);
        };
        let read = safelane_ledger::canonical::parse(bytes);
        read.map(Some).map_err(|flaw| StoreError::Corrupt {
            table: "body",
            column: "bytes",
            row: self.leaf.id.to_string(),
            reason: flaw.to_string(),
        })
    }
}

/// A revision kept outside the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRevision {
    /// Why.
    pub reason: HeldReason,
    /// Since when.
    pub at: ReceivedAt,
    /// Who admitted it, once somebody has; it then has a leaf too.
    pub admitted_by: Option<PersonId>,
    /// The revision, read.
    pub revision: Revision,
    /// Its bytes, signature and bodies.
    pub signed: SignedRevision,
}

/// A revision that is here, inside the ledger or outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// In the ledger.
    Entry(Box<Entry>),
    /// Held, not admitted.
    Held(Box<HeldRevision>),
}

/// The newest revision of a device that is here: the next one names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceHead {
    /// Its number.
    pub seq: u64,
    /// Its id.
    pub id: RevisionId,
}

/// The ledger: written by one writer, several batches to a commit, read by many.
#[async_trait]
pub trait LedgerLog: Send + Sync {
    /// Stores a batch durably, or nothing of it, and answers after the commit.
    ///
    /// Concurrent callers share commits. Once called it finishes, also when the caller goes away.
    async fn append(&self, batch: Batch) -> StoreResult<Appended>;

    /// Lets a held revision into the ledger, by somebody with the right (the caller has checked it).
    /// Admitting twice gives the same leaf. [`StoreError::Absent`] if it is not held.
    async fn admit(&self, id: RevisionId, by: PersonId, at: ReceivedAt) -> StoreResult<Answered>;

    /// How much log there is.
    async fn point(&self) -> StoreResult<LogPoint>;

    /// The head when the log had `size` leaves; none if it has never had so many.
    async fn point_at(&self, size: u64) -> StoreResult<Option<LogPoint>>;

    /// How much log there was at an instant: the number of the last leaf that was received at or
    /// before it; 0 before the first. What a hub knew then is everything up to that leaf.
    async fn size_at(&self, at: ReceivedAt) -> StoreResult<u64>;

    /// Waits until the log has more than `after` leaves and gives its size.
    async fn wait(&self, after: u64) -> u64;

    /// A revision, wherever it is.
    async fn revision(&self, id: RevisionId) -> StoreResult<Option<Stored>>;

    /// Entries with `n > after`, in order of the log.
    async fn entries(&self, after: u64, limit: Limit) -> StoreResult<Vec<Entry>>;

    /// Entries of those numbers that exist, in order of the log; at most 1,000.
    async fn entries_of(&self, numbers: &[u64]) -> StoreResult<Vec<Entry>>;

    /// All entries of a record, in order of the log.
    async fn history(&self, record: RecordId) -> StoreResult<Vec<Entry>>;

    /// All entries of at most 1,000 records, in order of the log.
    async fn histories(&self, records: &[RecordId]) -> StoreResult<Vec<Entry>>;

    /// All entries of a submission, in order of the log.
    async fn submission(&self, id: SubmissionId) -> StoreResult<Vec<Entry>>;

    /// The newest revision of a device, held ones included.
    async fn device_head(&self, device: DeviceId) -> StoreResult<Option<DeviceHead>>;

    /// Revisions held and not admitted, newest first.
    async fn held(&self, after: Option<u64>, limit: Limit) -> StoreResult<Page<HeldRevision>>;

    /// Log numbers `> after` of what one person wrote or what judges it, in order.
    async fn numbers_about(
        &self,
        author: PersonId,
        after: u64,
        limit: Limit,
    ) -> StoreResult<Vec<u64>>;
}
