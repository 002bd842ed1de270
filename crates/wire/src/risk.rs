//! Risk of civilian-risk zones, with everything that a score was made of (`domain.md` 3.4).
//!
//! Figures are whole numbers of what people read: tenths of the index, hundredths of its parts. The
//! same twice is a known value, two are an interval: what nobody knows is never a middle.

use std::collections::BTreeMap;

use safelane_ledger::RecordId;
use serde::{Deserialize, Serialize};

use crate::desk::RecordRow;

/// `GET /api/risk`: all zones, those to look at first above.
pub const RISK: &str = "/api/risk";

/// From the least to the greatest that a figure can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The least.
    pub least: i64,
    /// The greatest.
    pub greatest: i64,
}

/// From which band to which; translations `code.risk-band.<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandSpan {
    /// The least that it can be.
    pub least: String,
    /// The greatest that it can be.
    pub greatest: String,
}

/// One input of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Stable code; translation `risk.input.<code>`.
    pub code: String,
    /// Its own value, hundredths.
    pub value: Span,
    /// Whether the part's value comes from it.
    pub decides: bool,
    /// Records that it comes from.
    pub records: Vec<RecordId>,
    /// Arguments of the sentence.
    pub args: BTreeMap<String, String>,
}

/// One dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its value, hundredths.
    pub value: Span,
    /// What went in, that which decides first.
    pub inputs: Vec<Input>,
}

/// What sets the band beside the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Stable code; translation `risk.override.<code>`.
    pub code: String,
    /// The band that it asks for.
    pub band: String,
    /// Whether the band would be another one without it.
    pub changes: bool,
    /// Records that it comes from.
    pub records: Vec<RecordId>,
    /// Arguments of the sentence; of a person's: `by`, `reason`.
    pub args: BTreeMap<String, String>,
}

/// A question whose answer would narrow the interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Stable code; translation `risk.ask.<code>`.
    pub code: String,
    /// The field of the zone that the answer fills in, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Records that the answer belongs to, where it is not the zone.
    pub records: Vec<RecordId>,
    /// How far the greatest index would fall at most, tenths.
    pub narrows: i64,
}

/// When a zone is looked at again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The day is over, or there was an accident after the visit.
    pub overdue: bool,
    /// Accidents after the visit.
    pub accidents: Vec<RecordId>,
}

/// A zone's risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The policy version that made it.
    pub policy: String,
    /// The index before measures, tenths: 0 to 100.
    pub index: Span,
    /// The index with the measures that are there, tenths.
    pub current: Span,
    /// What lies there.
    pub hazard: Part,
    /// How much people meet it.
    pub exposure: Part,
    /// How hard it hits them.
    pub vulnerability: Part,
    /// What measures take off.
    pub measures: Part,
    /// The bands of the index alone.
    pub computed: BandSpan,
    /// The bands after the overrides.
    pub band: BandSpan,
    /// What set the band beside the index.
    pub overrides: Vec<Override>,
    /// What to ask next, that which narrows most first.
    pub missing: Vec<Ask>,
    /// When it is looked at again.
    pub due: Due,
    /// What the records are called that it names.
    pub names: BTreeMap<RecordId, String>,
}

/// A zone with its risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZoneRisk {
    /// The zone.
    pub row: RecordRow,
    /// Its risk.
    pub risk: Risk,
}

/// `GET /api/risk`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zones {
    /// Log number.
    pub upto: u64,
    /// The policy version that made all of them.
    pub policy: String,
    /// The zones: overdue ones first, then by the greatest that band and index can be.
    pub zones: Vec<ZoneRisk>,
}
