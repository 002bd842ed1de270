//! Check 21: a flood or landslide over released or marked ground. Water and soil carry mines and
//! signs with them.

use std::sync::Arc;

use safelane_geometry::{Area, Bbox, MultiPolygon};
use safelane_model::Date;

use super::{Finding, Look, Severity, says};
use crate::content::{Content, Standing, Zone};
use crate::ground::{Dm2, size};
use crate::record::{Record, Version};

/// Less than this is drawing: 1 m².
const SLIGHT: Dm2 = 100;

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let Some(bbox) = look.version.content.bbox() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if let Some(zone) = flood(&look.version.content) {
        for record in look.world.near(bbox) {
            let Some(version) = super::checked(&record) else {
                continue;
            };
            let area = common(zone, &record, version);
            found.extend(area.map(|area| flooded(look, area).about(record.id)));
        }
    } else if ground(look.record, look.version).is_some() {
        for record in look.world.near(bbox) {
            let Some(zone) = says(&record).and_then(flood) else {
                continue;
            };
            let area = common(zone, look.record, look.version);
            found.extend(area.map(|area| flooded(look, area).about(record.id)));
        }
    }
    found
}

fn flooded(look: &Look<'_>, area: Dm2) -> Finding {
    Finding::new("flooded-ground", Severity::High, look.record.id)
        .at(look.version.content.bbox().map(Bbox::center))
        .with("area", area)
}

fn flood(content: &Content) -> Option<&Zone> {
    match content {
        Content::Zone(zone) if zone.basis == "flood-or-landslide" => Some(zone),
        _ => None,
    }
}

/// Ground that people trust, and the last day on which somebody looked at it.
type Trusted = (Vec<Arc<MultiPolygon>>, Option<Date>);

fn ground(record: &Record, version: &Version) -> Option<Trusted> {
    let shapes = || {
        (version.content.shapes().into_iter())
            .cloned()
            .collect::<Vec<_>>()
    };
    match &version.content {
        // Claimed by a source too: people walk there.
        Content::Completion(done) if version.approved => Some((shapes(), done.completed_on)),
        Content::Survey(survey) if version.approved && !survey.cancelled.is_empty() => {
            Some((shapes(), survey.day))
        }
        Content::Hazard(hazard) if hazard.marked && hazard.standing != Standing::Closed => {
            Some((shapes(), hazard.marking_inspected_on))
        }
        _ => None,
    }
    .filter(|(shapes, _)| !shapes.is_empty() && !record.is_ended())
}

/// How much of it the flood covers, unless somebody was there since.
fn common(zone: &Zone, record: &Record, version: &Version) -> Option<Dm2> {
    let (shapes, seen) = ground(record, version)?;
    let since = zone.day.is_some() && seen > zone.day;
    let flood = &zone.outline.as_ref()?.shape;
    if since {
        return None;
    }
    let areas: Vec<Area> = shapes.iter().map(|shape| Area::of(shape)).collect();
    let area = size(&Area::union(&areas).intersection(&Area::of(flood)));
    (area > SLIGHT).then_some(area)
}
