//! Where records stand, as lists and one by one.

use std::collections::BTreeSet;

use async_trait::async_trait;
use safelane_geometry::Bbox;
use safelane_ledger::{
    Act, DeviceId, PersonId, ReceivedAt, RecordId, Reference, RevisionId, Submission,
};
use safelane_model::body::Map;

use crate::error::StoreResult;
use crate::page::{Limit, Page};

/// How a record stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Official, nothing open.
    Official,
    /// Official by import alone, not reviewed.
    Imported,
    /// Submitted, nothing official yet.
    Reported,
    /// Official, and a newer statement waits for review.
    Changing,
    /// An open statement has an approval and needs another.
    WaitsForApprover,
    /// Returned and not answered; nothing else is open or official.
    Returned,
    /// Somebody must choose or combine.
    TwoVersions,
    /// Ended by a removal.
    Removed,
    /// Ended by setting it aside.
    SetAside,
    /// Nothing but judgements or unknown parents so far.
    Waiting,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 10] = [
        Self::Official,
        Self::Imported,
        Self::Reported,
        Self::Changing,
        Self::WaitsForApprover,
        Self::Returned,
        Self::TwoVersions,
        Self::Removed,
        Self::SetAside,
        Self::Waiting,
    ];

    /// The word in APIs and databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Imported => "imported",
            Self::Reported => "reported",
            Self::Changing => "changing",
            Self::WaitsForApprover => "waits-for-approver",
            Self::Returned => "returned",
            Self::TwoVersions => "two-versions",
            Self::Removed => "removed",
            Self::SetAside => "set-aside",
            Self::Waiting => "waiting",
        }
    }

    /// The standing of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// Where one statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementStatus {
    /// Approved, and no descendant is.
    Official,
    /// Waits for judgement.
    Open,
    /// Not judged; a later statement waits in its place.
    Amended,
    /// Sent back, nobody has answered.
    Returned,
    /// Sent back, and a later statement answers.
    Answered,
    /// Approved and returned.
    Disputed,
    /// A descendant is approved.
    Superseded,
}

impl StatementStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Official,
        Self::Open,
        Self::Amended,
        Self::Returned,
        Self::Answered,
        Self::Disputed,
        Self::Superseded,
    ];

    /// The word in APIs and databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Open => "open",
            Self::Amended => "amended",
            Self::Returned => "returned",
            Self::Answered => "answered",
            Self::Disputed => "disputed",
            Self::Superseded => "superseded",
        }
    }

    /// The status of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// A record in short: derived in the transaction of every push that touches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordSummary {
    /// The record.
    pub record: RecordId,
    /// Kind, for example `hazardous-area`: that of its newest statement.
    pub kind: String,
    /// The number that people say.
    pub reference: Option<Reference>,
    /// How it stands.
    pub standing: Standing,
    /// Approved statements without an approved descendant.
    pub officials: Vec<RevisionId>,
    /// Statements that wait for judgement.
    pub open: Vec<RevisionId>,
    /// Returned statements that nobody has answered.
    pub returned: Vec<RevisionId>,
    /// Statements both approved and returned.
    pub disputed: Vec<RevisionId>,
    /// Somebody must choose or combine.
    pub two_versions: bool,
    /// Every official statement ends it: it was removed or set aside.
    pub ended: bool,
    /// Parents that are named and not here.
    pub waiting_for: Vec<RevisionId>,
    /// Box around every shape of every statement that counts for danger, official and reported.
    pub bbox: Option<Bbox>,
    /// Log number of its first revision.
    pub first: u64,
    /// Log number of its newest revision, judgements included: what a cursor of changes uses.
    pub last: u64,
    /// When the hub received its newest statement.
    pub received: ReceivedAt,
    /// Temporary numbers from devices, such as `T07-12`.
    pub aliases: Vec<String>,
}

impl RecordSummary {
    /// The statements whose bodies say what is so or may be so: officials, disputed, open, returned.
    pub fn current(&self) -> impl Iterator<Item = RevisionId> {
        let lists = [&self.officials, &self.disputed, &self.open, &self.returned];
        let all: BTreeSet<RevisionId> = lists.into_iter().flatten().copied().collect();
        all.into_iter()
    }
}

/// A body of a record's current statement.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyOf {
    /// The statement.
    pub revision: RevisionId,
    /// Where it stands.
    pub status: StatementStatus,
    /// What it does.
    pub act: Act,
    /// Its `t1` body without the salt; none when it is not held here or erased.
    pub body: Option<Map>,
}

/// A record with the bodies of its current statements ([`RecordSummary::current`]), officials first.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordView {
    /// The record in short.
    pub summary: RecordSummary,
    /// Bodies.
    pub bodies: Vec<BodyOf>,
}

impl RecordView {
    /// The body to show for the record: the first official's, else the newest that waits.
    pub fn body(&self) -> Option<&Map> {
        self.bodies.iter().find_map(|one| one.body.as_ref())
    }
}

/// One statement of the ledger with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    /// The statement.
    pub revision: RevisionId,
    /// The record.
    pub record: RecordId,
    /// Kind.
    pub kind: String,
    /// What it does.
    pub act: Act,
    /// Where it stands.
    pub status: StatementStatus,
    /// Log number.
    pub n: u64,
    /// Who.
    pub author: PersonId,
    /// Whose key.
    pub device: DeviceId,
    /// The press.
    pub submission: Option<Submission>,
    /// Received by the first hub.
    pub received: ReceivedAt,
    /// Approvals that it needs in all; none while a parent is missing.
    pub needs: Option<u8>,
    /// Whether one of them must hold the release right.
    pub needs_release_right: bool,
    /// People whose approval counts.
    pub approved_by: Vec<PersonId>,
}

/// Which standings a list wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// With an official statement that does not end it.
    Official,
    /// With a statement that waits for judgement.
    Open,
    /// With a returned statement that nobody has answered.
    Returned,
    /// With two versions.
    TwoVersions,
    /// Exactly this standing.
    Exactly(Standing),
}

/// In which order a list runs; each cursor is a log number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Oldest records first, by their first log number.
    Oldest,
    /// Newest records first, by their first log number.
    #[default]
    Newest,
    /// Last changed first.
    Changed,
}

/// Which records a list wants; all conditions hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordFilter {
    /// One of these kinds; empty for every kind.
    pub kinds: Vec<String>,
    /// How they stand.
    pub status: Option<StatusFilter>,
    /// Their box shares a place with this one.
    pub bbox: Option<Bbox>,
    /// Part of a reference, a temporary number, a number in another system or a name, folded
    /// ([`crate::fold`]).
    pub text: Option<String>,
    /// Leave out what was removed or set aside.
    pub without_ended: bool,
    /// Order.
    pub order: Order,
}

/// Where records stand. Every answer reflects at least all that was committed before the call.
#[async_trait]
pub trait RecordViews: Send + Sync {
    /// A record in short.
    async fn record(&self, record: RecordId) -> StoreResult<Option<RecordSummary>>;

    /// At most 1,000 records in short, in no stated order; unknown ones are left out.
    async fn summaries(&self, records: &[RecordId]) -> StoreResult<Vec<RecordSummary>>;

    /// Records with the bodies of their current statements, in the order asked; unknown ones are
    /// left out. At most 1,000.
    async fn views(&self, records: &[RecordId]) -> StoreResult<Vec<RecordView>>;

    /// A page of records.
    async fn records(
        &self,
        filter: &RecordFilter,
        after: Option<u64>,
        limit: Limit,
    ) -> StoreResult<Page<RecordSummary>>;

    /// How many records the filter takes.
    async fn count(&self, filter: &RecordFilter) -> StoreResult<u64>;

    /// Records whose reference, temporary number or number in another system is this text, trimmed
    /// and folded; references first.
    async fn find(&self, text: &str) -> StoreResult<Vec<RecordSummary>>;

    /// Statements that stand so, oldest first; `after` is the log number of the last one seen.
    async fn statements(
        &self,
        status: StatementStatus,
        after: Option<u64>,
        limit: Limit,
    ) -> StoreResult<Page<StatementRow>>;

    /// Every statement of a record, oldest first.
    async fn statements_of(&self, record: RecordId) -> StoreResult<Vec<StatementRow>>;

    /// Parents that are named and not here, each with the record that waits for it.
    async fn waiting(&self, limit: Limit) -> StoreResult<Vec<(RevisionId, RecordId)>>;
}
