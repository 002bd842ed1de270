//! Claimed releases, and splits of areas.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use safelane_ledger::{RecordId, RevisionId};

use super::{AreaChange, CheckRow, RecordDetail, RecordRow};

/// What a claimed release shares with one hazardous area, dm².
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverlapRow {
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its name or number.
    pub name: String,
    /// Its class: `sha` or `cha`.
    pub class: String,
    /// Its outline.
    pub area: i64,
    /// Common ground.
    pub common: i64,
    /// The part of the common ground that is not released yet.
    pub remaining: i64,
}

/// One claimed release in the list: a source says so, and it cuts nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// The record's row.
    pub row: RecordRow,
    /// The statement that claims.
    pub claim: RevisionId,
    /// Ground that it says was released, dm².
    pub area: i64,
    /// Hazardous areas nearby, the most common ground first; some may have none.
    pub overlaps: Vec<OverlapRow>,
    /// A link of it that waits for review.
    pub open: Option<RevisionId>,
    /// A link of it that was sent back.
    pub returned: Option<RevisionId>,
}

/// `GET /api/claims`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// Log number.
    pub upto: u64,
    /// Those that were asked for.
    pub items: Vec<ClaimRow>,
    /// Cursor of the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// All claimed releases of the programme.
    pub count: u64,
    /// Their ground, dm².
    pub area: i64,
}

/// `GET /api/claims/{record}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimDetail {
    /// Log number.
    pub upto: u64,
    /// Its line.
    pub claim: ClaimRow,
    /// The record with its history.
    pub record: RecordDetail,
    /// GeoJSON to draw, as in [`ReviewDetail`].
    pub ground: Value,
}

/// `GET /api/claims/{record}/preview`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimPreview {
    /// Log number.
    pub upto: u64,
    /// Areas before and after.
    pub areas: Vec<AreaChange>,
    /// Hazardous areas named although there is no common ground.
    pub apart: Vec<RecordId>,
    /// What the standing checks would say.
    pub checks: Vec<CheckRow>,
    /// Checks that would forbid approval, by code.
    pub blocked_by: Vec<String>,
}

/// `GET /api/records/{record}/split`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitPreview {
    /// Log number.
    pub upto: u64,
    /// What remains of it now, dm².
    pub before: i64,
    /// Both parts; none while there is a problem.
    pub parts: Option<SplitParts>,
    /// Why it cannot be split so, by code.
    pub problem: Option<String>,
    /// Where to look: longitude and latitude in 1e-7 degree.
    pub at: Option<[i64; 2]>,
}

/// A hazardous area in two parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitParts {
    /// The one that keeps the number.
    pub kept: SplitPart,
    /// The one that becomes a hazardous area of its own.
    pub new: SplitPart,
}

/// One of the two parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitPart {
    /// Its outline, as a body states it.
    pub outline: Value,
    /// What then remains of it, dm².
    pub remaining: i64,
}
