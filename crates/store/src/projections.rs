//! What followers derive after the push: checks, features of the map, search text, any values.
//!
//! A follower reads [`Projections::changes`] after the number that it has reached, computes, and
//! writes its rows together with its new number in one transaction ([`Projections::project`]).
//! Every row belongs to the follower that wrote it; dropping a follower drops its rows.

use async_trait::async_trait;
use safelane_geometry::{Bbox, Position};
use safelane_ledger::{ReceivedAt, RecordId};
use safelane_model::Date;

use crate::error::StoreResult;
use crate::page::Limit;

/// A record that was touched, once for each call however often it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// The log number of its newest revision.
    pub n: u64,
}

/// How far a follower is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The follower.
    pub follower: String,
    /// The version that wrote its rows; another one starts from nothing.
    pub version: u32,
    /// The log number that its rows reflect.
    pub reached: u64,
}

/// The life of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckLife {
    /// Stands.
    Open,
    /// Stands, and somebody has said why.
    Explained,
    /// Gone by a later change.
    Resolved,
}

impl CheckLife {
    /// The word in APIs and databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Explained => "explained",
            Self::Resolved => "resolved",
        }
    }

    /// The life of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Explained, Self::Resolved]
            .into_iter()
            .find(|one| one.as_str() == word)
    }
}

/// A result of a standing check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// The record that was checked.
    pub checked: RecordId,
    /// Stable code of the catalogue.
    pub code: String,
    /// Number in the catalogue.
    pub number: u8,
    /// `alarm`, `block`, `high`, `warn`.
    pub severity: String,
    /// Where it is in its life.
    pub life: CheckLife,
    /// Records that it is about.
    pub records: Vec<RecordId>,
    /// Where.
    pub at: Option<Position>,
    /// Arguments of its sentence, as JSON.
    pub args: String,
    /// Whether it forbids approving the record that was checked.
    pub blocks: bool,
    /// First day on which it holds.
    pub from: Option<Date>,
    /// Last day on which it holds.
    pub until: Option<Date>,
    /// Who has answered it, as JSON.
    pub answers: String,
    /// Log number of the newest revision of the record that was checked.
    pub since: u64,
}

/// Which checks a list wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckFilter {
    /// In this part of their life.
    pub life: Option<CheckLife>,
    /// Of this severity.
    pub severity: Option<String>,
    /// Of this number in the catalogue.
    pub number: Option<u8>,
    /// About this record.
    pub record: Option<RecordId>,
    /// That hold on this day.
    pub on: Option<Date>,
    /// What is found from both of two records once, as the one sees it from which it stands open
    /// and weighs most.
    pub once: bool,
}

/// One shape of the map or of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The layer or collection.
    pub layer: String,
    /// The record.
    pub record: RecordId,
    /// Which of the record's features in this layer, from 0.
    pub part: u32,
    /// Kind of the record.
    pub kind: String,
    /// Its standing, as the map words it.
    pub status: String,
    /// Its class, such as `sha`.
    pub class: String,
    /// The shape in the follower's own encoding.
    pub geometry: Vec<u8>,
    /// Box around the shape.
    pub bbox: Bbox,
    /// Vertices.
    pub vertices: u32,
    /// Properties, as a JSON object.
    pub properties: String,
    /// A number to filter or sort by, such as an area in dm².
    pub rank: i64,
    /// When the hub received what it shows.
    pub received: ReceivedAt,
}

/// Which features a reader wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeatureFilter {
    /// Of this layer.
    pub layer: String,
    /// Their box shares a place with this one.
    pub bbox: Option<Bbox>,
    /// Of this status.
    pub status: Option<String>,
    /// Of this class.
    pub class: Option<String>,
    /// Received at or after.
    pub since: Option<ReceivedAt>,
    /// Received at or before.
    pub until: Option<ReceivedAt>,
}

/// One change of a follower's rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// All results of checking a record, in place of those before.
    PutChecks {
        /// The record that was checked.
        checked: RecordId,
        /// What it has from now on; empty for nothing.
        checks: Vec<CheckRow>,
    },
    /// All features of a record in a layer, in place of those before.
    PutFeatures {
        /// The layer.
        layer: String,
        /// The record.
        record: RecordId,
        /// What it has from now on; empty for nothing.
        features: Vec<Feature>,
    },
    /// The text by which a record is found, folded by the store; empty for none.
    PutSearch {
        /// The record.
        record: RecordId,
        /// The text.
        text: String,
    },
    /// Any value under a key of the follower's own.
    PutValue {
        /// The key.
        key: String,
        /// The value.
        value: Vec<u8>,
    },
    /// A value goes.
    RemoveValue(String),
}

/// What one step of a follower writes, all or nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// The follower.
    pub follower: String,
    /// Its version.
    pub version: u32,
    /// The number from which it went: [`crate::StoreError::Stale`] if the store has another.
    pub from: u64,
    /// The number that it has now reached.
    pub upto: u64,
    /// Its changes, in order.
    pub writes: Vec<Write>,
}

/// The rows of followers.
#[async_trait]
pub trait Projections: Send + Sync {
    /// Starts a follower: its progress, or 0 with all its rows dropped if the version differs.
    async fn follow(&self, follower: &str, version: u32) -> StoreResult<Progress>;

    /// How far each follower is.
    async fn progress(&self) -> StoreResult<Vec<Progress>>;

    /// Waits until a follower has reached `n`. The caller sets a time limit.
    async fn reached(&self, follower: &str, n: u64) -> StoreResult<()>;

    /// The records touched after `after`, once each, in the order of their newest revision, and the
    /// number that they bring a follower to.
    async fn changes(&self, after: u64, limit: Limit) -> StoreResult<(Vec<Change>, u64)>;

    /// Writes a follower's step.
    async fn project(&self, projection: Projection) -> StoreResult<()>;

    /// Drops a follower's rows and sets it to 0.
    async fn restart(&self, follower: &str) -> StoreResult<()>;

    /// Checks, the gravest first, the newest first among equal ones.
    async fn checks(&self, filter: &CheckFilter, limit: Limit) -> StoreResult<Vec<CheckRow>>;

    /// How many open checks each record has, of those asked.
    async fn open_checks(&self, records: &[RecordId]) -> StoreResult<Vec<(RecordId, u32)>>;

    /// A page of features in a stable order, and the cursor of the next page.
    async fn features(
        &self,
        filter: &FeatureFilter,
        after: Option<u64>,
        limit: Limit,
    ) -> StoreResult<(Vec<Feature>, Option<u64>)>;

    /// How many features the filter takes.
    async fn count_features(&self, filter: &FeatureFilter) -> StoreResult<u64>;

    /// The features of a record in a layer.
    async fn features_of(&self, layer: &str, record: RecordId) -> StoreResult<Vec<Feature>>;

    /// Records whose search text holds every word of the query, folded; best first.
    async fn search(&self, query: &str, limit: Limit) -> StoreResult<Vec<RecordId>>;

    /// A follower's value.
    async fn value(&self, follower: &str, key: &str) -> StoreResult<Option<Vec<u8>>>;

    /// A follower's values whose key begins so, in the order of the keys.
    async fn values(
        &self,
        follower: &str,
        prefix: &str,
        limit: Limit,
    ) -> StoreResult<Vec<(String, Vec<u8>)>>;
}
