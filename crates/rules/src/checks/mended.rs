//! Check 6: a geometry that an import had to repair or draw itself. It holds until somebody states
//! the true one.

use safelane_geometry::Bbox;

use super::{Finding, Look, Severity};
use crate::content::Content;

pub(super) fn check(look: &Look<'_>) -> Option<Finding> {
    let repair = match &look.version.content {
        Content::Hazard(hazard) => hazard.repair.as_deref(),
        Content::Completion(done) => done.repair.as_deref(),
        Content::Accident(accident) => accident.repair.as_deref(),
        _ => None,
    }?;
    let at = look.version.content.bbox().map(Bbox::center);
    Some(
        Finding::new("geometry-mended", Severity::Warn, look.record.id)
            .at(at)
            .with("repair", repair),
    )
}
