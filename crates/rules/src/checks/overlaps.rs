//! Check 7: the same ground stated twice.

use std::cell::LazyCell;
use std::sync::Arc;

use safelane_geometry::{Area, Bbox, MultiPolygon};

use super::{Finding, Look, Severity};
use crate::content::{Content, Hazard, Standing};
use crate::ground::{Dm2, size};
use crate::record::{Record, Version};

/// Less common ground than this is drawing: 1 m².
const SLIGHT: Dm2 = 100;

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let shapes = look.version.content.shapes();
    let Some(bbox) = look.version.content.bbox().filter(|_| !shapes.is_empty()) else {
        return Vec::new();
    };
    // Most have no neighbour that matters.
    let ground = LazyCell::new(|| joined(&shapes));
    look.world
        .near(bbox)
        .iter()
        .filter(|other| other.id != look.record.id && !other.is_ended())
        .filter_map(|other| {
            let version = other.subject()?;
            let (code, severity) = sort(look, other, version)?;
            let common = joined(&version.content.shapes()).intersection(&ground);
            let overlap = size(&common);
            let at = common.to_shape().bbox().map(Bbox::center);
            (overlap > SLIGHT).then(|| {
                Finding::new(code, severity, look.record.id)
                    .about(other.id)
                    .at(at)
                    .with("overlap", overlap)
            })
        })
        .collect()
}

fn joined(shapes: &[&Arc<MultiPolygon>]) -> Area {
    let areas: Vec<Area> = shapes.iter().map(|shape| Area::of(shape)).collect();
    Area::union(&areas)
}

/// Which overlap it would be, if it matters at all.
fn sort(look: &Look<'_>, other: &Record, version: &Version) -> Option<(&'static str, Severity)> {
    match (&look.version.content, &version.content) {
        (Content::Hazard(a), Content::Hazard(b)) => {
            let open = |hazard: &Hazard| hazard.standing != Standing::Closed;
            let kin = a.opened_from == Some(other.id) || b.opened_from == Some(look.record.id);
            (open(a) && open(b) && !kin).then_some(("hazards-overlap", Severity::High))
        }
        (Content::Progress(a), Content::Progress(b)) => {
            let same_task = a.task.is_some() && a.task == b.task;
            (same_task && a.team != b.team).then_some(("work-overlaps", Severity::High))
        }
        (Content::Completion(a), Content::Completion(b)) => {
            // What imported sources claim overlaps by the thousand; a person's report is checked.
            let matters = !a.claimed && a.team != b.team;
            matters.then_some(("releases-overlap", Severity::High))
        }
        _ => None,
    }
}
