//! The risk index of a civilian-risk zone, layer 2 of `domain.md` 3.4, and the priority of a task,
//! its layer 3.
//!
//! A score is the order of a queue. It predicts nothing, and no score excuses a hazard that nobody
//! marked: a zone with score 2 can still kill. What nobody knows is an interval, never a middle:
//! the index is computed with the least and with the greatest that it can be, and the questions
//! whose answers would narrow it stand beside it.
//!
//! Powers and logarithms are those of `libm` on the hub and in the browser alike: an operating
//! system's own may differ in the last bit, and then a figure on the border of a tenth would be
//! another one on the phone.
//!
//! | to do | use |
//! |---|---|
//! | score a zone as the world stands | [`risk`] |
//! | score facts at hand | [`score`] |
//! | rank tasks | [`priority`](priority()), [`sensitivity`] |

mod bands;
mod facts;
mod interval;
mod parts;
pub mod policy;
mod priority;
mod score;

use safelane_ledger::RecordId;
use safelane_model::Date;

use crate::content::Content;
use crate::record::{Record, Version};
use crate::world::World;

pub use facts::{AccidentFact, Evidence, Facts, HazardFact, SchoolFact};
pub use interval::{Interval, rounded};
pub use policy::POLICY;
pub use priority::{Moved, Priority, Task, Weights, benefit, priority, sensitivity};
pub use score::score;

/// Codes of inputs, for the test over the translations.
pub const INPUTS: [&str; 17] = [
    "hazard",
    "no-hazard",
    "threat",
    "entries",
    "entries-unknown",
    "no-accident",
    "accidents",
    "accidents-undated",
    "newcomers",
    "newcomers-unknown",
    "exposed-unknown",
    "alternatives",
    "education",
    "education-unknown",
    "care",
    "care-unknown",
    "marking",
];
/// Codes of what sets the band beside the index.
pub const OVERRIDES: [&str; 5] = [
    "accident",
    "accident-maybe-recent",
    "school",
    "find-in-released-ground",
    "person",
];
/// Codes of questions.
pub const ASKS: [&str; 12] = [
    "hazard",
    "contamination",
    "threat",
    "road",
    "entries",
    "accident-day",
    "exposed",
    "newcomers",
    "alternatives",
    "education",
    "care",
    "marking",
];

/// Bands of the index, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Below 2.
    VeryLow,
    /// From 2.
    Low,
    /// From 4.
    Medium,
    /// From 6.
    High,
    /// From 8.
    VeryHigh,
}

impl Band {
    /// The code in bodies; translation key `code.risk-band.<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::VeryLow => "very-low",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::VeryHigh => "very-high",
        }
    }

    /// The band of a code; one that this program does not know is the gravest.
    pub fn of_code(code: &str) -> Self {
        match code {
            "very-low" => Self::VeryLow,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            _ => Self::VeryHigh,
        }
    }

    /// The band of an index as it is shown, in tenths, so that figure and word never part.
    pub const fn of_tenths(tenths: i64) -> Self {
        match tenths {
            ..20 => Self::VeryLow,
            20..40 => Self::Low,
            40..60 => Self::Medium,
            60..80 => Self::High,
            80.. => Self::VeryHigh,
        }
    }
}

/// From which band to which; the same twice where everything is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bands {
    /// The least that it can be.
    pub least: Band,
    /// The greatest that it can be.
    pub greatest: Band,
}

impl Bands {
    fn of(index: Interval) -> Self {
        Self {
            least: Band::of_tenths(rounded(index.least, 1)),
            greatest: Band::of_tenths(rounded(index.greatest, 1)),
        }
    }

    fn at_least(self, band: Band) -> Self {
        Self {
            least: self.least.max(band),
            greatest: self.greatest.max(band),
        }
    }
}

/// One of the three dimensions with all that went into it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its value, 0 to 1, before the floor of 0.05.
    pub value: Interval,
    /// What went in, that which decides first.
    pub inputs: Vec<Input>,
}

/// One input of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Stable code; translation `risk.input.<code>`.
    pub code: &'static str,
    /// Its own value.
    pub value: Interval,
    /// Whether the part's value comes from it.
    pub decides: bool,
    /// Records that it comes from.
    pub records: Vec<RecordId>,
    /// Arguments of the sentence: codes and numbers.
    pub args: Vec<(&'static str, String)>,
}

/// A question whose answer would narrow the interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Stable code; translation `risk.ask.<code>`.
    pub code: &'static str,
    /// The field of the zone that it fills in, if it is one.
    pub field: Option<&'static str>,
    /// Records that the answer belongs to, where it is not the zone.
    pub records: Vec<RecordId>,
    /// How far the greatest index would fall at most, were it answered.
    pub narrows: f64,
}

/// What sets the band beside the index. Each is shown with its rule, also where it changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Stable code; translation `risk.override.<code>`.
    pub code: &'static str,
    /// The band that it asks for.
    pub band: Band,
    /// Whether the band would be another one without it.
    pub changes: bool,
    /// Records that it comes from.
    pub records: Vec<RecordId>,
    /// Arguments of the sentence.
    pub args: Vec<(&'static str, String)>,
}

/// When a zone is looked at again: after twelve months at the latest, and after any accident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day; none without a visit.
    pub on: Option<Date>,
    /// The day is over, or there was an accident after the visit.
    pub overdue: bool,
    /// Accidents after the visit.
    pub accidents: Vec<RecordId>,
}

/// A zone's risk, with everything that it was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    /// The policy version that made it; two versions are never mixed in one ranking.
    pub policy: &'static str,
    /// What lies there.
    pub hazard: Part,
    /// How much people meet it.
    pub exposure: Part,
    /// How hard it hits them.
    pub vulnerability: Part,
    /// What measures take off the index: the marking.
    pub measures: Part,
    /// The index before measures, 0 to 10; show it by [`rounded`] to tenths.
    pub index: Interval,
    /// The index with the measures that are there.
    pub current: Interval,
    /// The bands of the index alone.
    pub computed: Bands,
    /// The bands after the overrides.
    pub band: Bands,
    /// What set the band beside the index.
    pub overrides: Vec<Override>,
    /// What to ask next, that which narrows most first.
    pub missing: Vec<Ask>,
    /// When it is looked at again.
    pub due: Due,
}

/// The risk of a zone as one of its statements describes it, with hazardous areas, accidents and
/// items as they stand now. None for a statement that describes no zone.
pub fn risk(version: &Version, world: &dyn World, today: Date) -> Option<Risk> {
    let Content::Zone(zone) = &version.content else {
        return None;
    };
    Some(score(&Facts::of(zone, world, today), today))
}

/// The statement by which a zone is ranked: the official one, else the newest that waits.
pub fn ranked(record: &Record) -> Option<&Version> {
    let zone = |version: &&Version| matches!(version.content, Content::Zone(_));
    (record.officials().filter(zone).last()).or_else(|| record.subject().filter(zone))
}

#[cfg(test)]
mod tests;
