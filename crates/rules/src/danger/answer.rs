//! The answer to "what is near me?": typed, so that no screen can say more than is known (S1, S8,
//! S12). Its words are "no recorded hazard within N m, as of DATE", and that absence of a record
//! is not absence of danger.

use safelane_geometry::{Bbox, MultiPolygon, Position, Shape, measure};
use safelane_ledger::{ReceivedAt, RecordId};
use safelane_model::Statistic;

use super::{Feature, Layer, Mark, features};
use crate::ground::{distance_to, distance_within, radius95, widened};
use crate::world::World;

/// A fix older than this is no position (S8), seconds.
const OLDEST_FIX_S: i64 = 10;
/// Rounding of stored positions and of the overlay's result, metres.
const ROUNDING_M: f64 = 0.02;

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    /// The position.
    pub at: Position,
    /// Its accuracy in mm; without one it is no position.
    pub accuracy_mm: Option<i64>,
    /// Which statistic that is.
    pub statistic: Statistic,
    /// How old it is, seconds.
    pub age_s: i64,
}

/// Why a fix is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPosition {
    /// Older than 10 s, or from the future.
    Old,
    /// Without an accuracy.
    NoAccuracy,
}

/// What is recorded near a position.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The fix is no position.
    NoPosition(NoPosition),
    /// Outside what is loaded on this device, or what this reader may see (S12).
    NotOnThisDevice {
        /// When the last complete pull was.
        as_of: Option<ReceivedAt>,
    },
    /// Inside recorded hazard, or so near that the accuracies allow it.
    InHazard {
        /// The records, nearest first.
        records: Vec<RecordId>,
        /// What must be said beside them.
        marks: Vec<Mark>,
        /// When the last complete pull was.
        as_of: Option<ReceivedAt>,
    },
    /// Recorded hazard lies this far, at least.
    Hazard {
        /// Whole metres, rounded down.
        metres: u32,
        /// The nearest.
        record: RecordId,
        /// What it is.
        layer: Layer,
        /// What must be said beside it.
        marks: Vec<Mark>,
        /// When the last complete pull was.
        as_of: Option<ReceivedAt>,
    },
    /// No recorded hazard within so many metres.
    NoRecordedHazard {
        /// Whole metres, rounded down.
        metres: u32,
        /// Whether the edge of what is known here sets the figure, not the search.
        edge: bool,
        /// When the last complete pull was.
        as_of: Option<ReceivedAt>,
    },
}

/// What is recorded within `search` metres of a fix. `known` is the outline of what is loaded here
/// or may be seen (S12); none when that is everything. `as_of` is when the last complete pull was.
pub fn answer(
    fix: Fix,
    search: f64,
    known: Option<&MultiPolygon>,
    as_of: Option<ReceivedAt>,
    world: &dyn World,
) -> Answer {
    if !(0..=OLDEST_FIX_S).contains(&fix.age_s) {
        return Answer::NoPosition(NoPosition::Old);
    }
    let Some(accuracy) = fix.accuracy_mm.filter(|mm| *mm >= 0) else {
        return Answer::NoPosition(NoPosition::NoAccuracy);
    };
    let own = radius95(accuracy, fix.statistic) + ROUNDING_M;
    let edge = match known {
        None => None,
        Some(known) => match distance_within(known, fix.at) {
            Some(edge) if edge > own => Some(edge - own),
            _ => return Answer::NotOnThisDevice { as_of },
        },
    };
    let near = nearest(fix.at, search, own, world);
    if let Some((distance, _)) = near.first()
        && *distance <= 0.0
    {
        let inside = near.iter().take_while(|(distance, _)| *distance <= 0.0);
        let features: Vec<&Feature> = inside.map(|(_, feature)| feature).collect();
        let mut marks: Vec<Mark> = features
            .iter()
            .flat_map(|f| f.marks.iter().copied())
            .collect();
        marks.sort();
        marks.dedup();
        let mut records: Vec<RecordId> = Vec::new();
        for feature in features {
            if !records.contains(&feature.record) {
                records.push(feature.record);
            }
        }
        return Answer::InHazard {
            records,
            marks,
            as_of,
        };
    }
    let reach = search - own;
    let limit = edge.map_or(reach, |edge| edge.min(reach)).max(0.0);
    match near.into_iter().next() {
        // Beyond the edge of what is known something nearer may lie.
        Some((distance, feature)) if distance <= limit => Answer::Hazard {
            metres: distance.floor() as u32,
            record: feature.record,
            layer: feature.layer,
            marks: feature.marks.into_iter().collect(),
            as_of,
        },
        _ => Answer::NoRecordedHazard {
            metres: limit.floor() as u32,
            edge: edge.is_some_and(|edge| edge < reach),
            as_of,
        },
    }
}

/// Danger near a position, by distance reduced by both accuracies and the reach of the danger.
fn nearest(at: Position, search: f64, own: f64, world: &dyn World) -> Vec<(f64, Feature)> {
    let Some(bbox) = Bbox::around([at]) else {
        return Vec::new();
    };
    let settings = world.settings();
    let reach = settings
        .danger_distance_mm
        .max(settings.uncertainty_radius_mm) as f64
        / 1_000.0;
    // What lies further than the search may still reach into it.
    let wide = widened(bbox, search + reach + 1_000.0);
    let mut found: Vec<(f64, Feature)> = (world.near(wide).iter())
        .flat_map(|record| features(record, world))
        .filter(|feature| feature.danger)
        .filter_map(|feature| {
            let distance = distance_of(&feature, at)? - own - feature.reach - feature.uncertainty;
            (distance <= search).then_some((distance, feature))
        })
        .collect();
    found.sort_by(|(a, one), (b, other)| a.total_cmp(b).then(one.record.cmp(&other.record)));
    found
}

fn distance_of(feature: &Feature, at: Position) -> Option<f64> {
    match (&feature.remaining, &feature.shape) {
        (Some(remaining), _) => distance_to(remaining, at),
        (None, Shape::Polygons { polygons }) => distance_to(polygons, at),
        (None, Shape::Point { at: place }) => Some(measure::distance(*place, at).get()),
        (None, Shape::Line { points }) => points
            .iter()
            .map(|point| measure::distance(*point, at).get())
            .reduce(f64::min),
    }
}
