//! The report of an import: its totals add up to the features read.

use safelane_ledger::RecordId;
use serde::{Deserialize, Serialize};

use super::Converted;

/// What became of a feature.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Taken as it was.
    Taken,
    /// Taken with a repaired outline.
    Repaired,
    /// Taken as a circle around its positions.
    Buffered,
    /// The record was there already, or the feature stands twice in the file.
    AlreadyThere,
    /// Not taken; the reason says why.
    NotTaken,
}

/// How many features had which outcome.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize)]
pub struct Totals {
    /// Taken as they were.
    pub taken: u64,
    /// Taken with a repaired outline.
    pub repaired: u64,
    /// Taken as a circle.
    pub buffered: u64,
    /// There already.
    pub already_there: u64,
    /// Not taken.
    pub not_taken: u64,
}

/// One feature's line.
#[derive(Clone, Debug, Serialize)]
pub struct FeatureReport {
    /// Position in the file, from 1.
    pub position: u64,
    /// Outcome.
    pub outcome: Outcome,
    /// Why, where it needs saying.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// Area of the outline as written, m².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_before_m2: Option<f64>,
    /// Area as taken, m².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_after_m2: Option<f64>,
}

/// The whole report.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Sums.
    pub totals: Totals,
    /// Line by line, in the order of the file.
    pub features: Vec<FeatureReport>,
    /// Why reading stopped before the end of the file, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
}

impl Report {
    /// Adds a feature that became a record, or was one already.
    pub fn add(&mut self, converted: &Converted, already_there: bool, reason: Option<String>) {
        let outcome = if already_there {
            Outcome::AlreadyThere
        } else {
            converted.outcome
        };
        self.push(FeatureReport {
            position: 0,
            outcome,
            reason: reason.or_else(|| converted.reason.clone()),
            record: Some(converted.record),
            area_before_m2: converted.area_before_m2,
            area_after_m2: converted.area_after_m2,
        });
    }

    /// Adds a feature that was not taken.
    pub fn not_taken(&mut self, reason: String) {
        self.push(FeatureReport {
            position: 0,
            outcome: Outcome::NotTaken,
            reason: Some(reason),
            record: None,
            area_before_m2: None,
            area_after_m2: None,
        });
    }

    fn push(&mut self, line: FeatureReport) {
        let total = match line.outcome {
            Outcome::Taken => &mut self.totals.taken,
            Outcome::Repaired => &mut self.totals.repaired,
            Outcome::Buffered => &mut self.totals.buffered,
            Outcome::AlreadyThere => &mut self.totals.already_there,
            Outcome::NotTaken => &mut self.totals.not_taken,
        };
        *total += 1;
        self.features.push(FeatureReport {
            position: self.features.len() as u64 + 1,
            ..line
        });
    }
}
