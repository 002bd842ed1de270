//! Check 2: an accident or item outside every recorded hazard: a lead, and an area to propose.

use safelane_geometry::Bbox;
use safelane_model::Place;

use super::{Finding, Look, Severity};
use crate::content::Content;
use crate::ground::{apart_mm, distance_to, uncertainty, widened};

/// Kinds of items that are seldom alone: where one lies, others may.
const SELDOM_ALONE: [&str; 5] = [
    "ap-mine",
    "av-mine",
    "improvised-mine",
    "submunition",
    "booby-trap",
];

pub(super) fn check(look: &Look<'_>) -> Option<Finding> {
    let (place, dealt_with) = match &look.version.content {
        Content::Item(item) => {
            let alone = !SELDOM_ALONE.contains(&item.category.as_str());
            (item.place.as_ref()?, alone && item.disposed)
        }
        Content::Accident(accident) => (accident.place.as_ref()?, false),
        _ => return None,
    };
    if is_recorded(look, place) {
        return None;
    }
    let severity = if look.version.imported {
        Severity::Warn
    } else {
        Severity::High
    };
    let radius = look.world.settings().uncertainty_radius_mm;
    Some(
        Finding::new("outside-recorded-hazard", severity, look.record.id)
            .at(Some(place.at))
            .with("radius", radius)
            .resolved_if(dealt_with),
    )
}

/// Whether any hazardous area that stands or is reported holds the place, a closed one too: that
/// one is opened again. Within the accuracy of the place it may.
fn is_recorded(look: &Look<'_>, place: &Place) -> bool {
    let Some(bbox) = Bbox::around([place.at]) else {
        return true;
    };
    let reach = uncertainty(place);
    let radius = look.world.settings().uncertainty_radius_mm;
    let wide = widened(bbox, reach + radius as f64 / 1_000.0 + 1.0);
    look.world.near(wide).iter().any(|record| {
        record.current().any(|version| {
            let Content::Hazard(hazard) = &version.content else {
                return false;
            };
            match (&hazard.outline, &hazard.place) {
                (Some(outline), _) => {
                    distance_to(&outline.shape, place.at).is_some_and(|metres| metres <= reach)
                }
                (None, Some(point)) => apart_mm(point.at, place.at) <= radius,
                (None, None) => false,
            }
        })
    })
}
