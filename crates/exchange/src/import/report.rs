//! The report of an import: its totals add up to the features read.

use safelane_ledger::RecordId;
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureReport {
    /// Position in the file, from 1; 0 before a [`Report`] has counted it.
    pub position: u64,
    /// Outcome.
    pub outcome: Outcome,
    /// Why, where it needs saying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// Area of the outline as written, m².
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_before_m2: Option<f64>,
    /// Area as taken, m².
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_after_m2: Option<f64>,
}

impl FeatureReport {
    /// A feature that was not taken.
    pub const fn not_taken(reason: String) -> Self {
        Self {
            position: 0,
            outcome: Outcome::NotTaken,
            reason: Some(reason),
            record: None,
            area_before_m2: None,
            area_after_m2: None,
        }
    }
}

/// What became of all features. Lines are given out as they come and not kept: a country has hundreds of
/// thousands of them.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Sums.
    pub totals: Totals,
    /// Features counted so far.
    pub read: u64,
    /// Why reading stopped before the end of the file, if it did.
    pub stopped: Option<String>,
}

impl Report {
    /// Counts the next feature of the file, and numbers its line.
    #[must_use]
    pub fn count(&mut self, line: FeatureReport) -> FeatureReport {
        let total = match line.outcome {
            Outcome::Taken => &mut self.totals.taken,
            Outcome::Repaired => &mut self.totals.repaired,
            Outcome::Buffered => &mut self.totals.buffered,
            Outcome::AlreadyThere => &mut self.totals.already_there,
            Outcome::NotTaken => &mut self.totals.not_taken,
        };
        *total += 1;
        self.read += 1;
        FeatureReport {
            position: self.read,
            ..line
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_counted_once_and_numbered_in_the_order_of_the_file() {
        let mut report = Report::default();
        let missed = report.count(FeatureReport::not_taken("no position".into()));
        let taken = report.count(FeatureReport {
            outcome: Outcome::Taken,
            ..missed.clone()
        });
        assert_eq!((missed.position, taken.position), (1, 2));
        assert_eq!((report.totals.taken, report.totals.not_taken), (1, 1));
        assert_eq!(report.read, 2);
    }
}
