//! Check 9: what paper states against what the outline measures.

use safelane_geometry::{Area, Bbox, Metres, measure};
use safelane_model::Statistic;

use super::{Finding, Look, Severity};
use crate::content::{Content, Outline};
use crate::ground::{Dm2, radius95, size};

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let (stated, outlines): (Option<Dm2>, Vec<&Outline>) = match &look.version.content {
        Content::Hazard(hazard) => (hazard.stated_area, hazard.outline.iter().collect()),
        Content::Completion(done) if !done.parts.is_empty() => (
            done.stated_area,
            done.parts.iter().map(|part| &part.outline).collect(),
        ),
        Content::Completion(done) => (done.stated_area, done.outline.iter().collect()),
        _ => return Vec::new(),
    };
    let Some(stated) = stated.filter(|_| !outlines.is_empty()) else {
        return Vec::new();
    };
    let areas: Vec<Area> = outlines.iter().map(|one| Area::of(&one.shape)).collect();
    let computed = size(&Area::union(&areas));
    let difference = (stated - computed).abs();
    let sigma: f64 = outlines.iter().map(|one| sigma_dm2(one)).sum();
    let tolerance = (computed as f64 * 0.02).max(2.0 * sigma);
    if difference as f64 <= tolerance {
        return Vec::new();
    }
    let severity = if difference * 10 > computed {
        Severity::Block
    } else {
        Severity::Warn
    };
    let at = outlines[0].shape.bbox().map(Bbox::center);
    let finding = Finding::new("stated-area-differs", severity, look.record.id)
        .at(at)
        .with("stated", stated)
        .with("computed", computed);
    vec![finding]
}

/// One standard deviation of the area, from that of its corners (`domain.md` 2.2).
fn sigma_dm2(outline: &Outline) -> f64 {
    let Some(accuracy) = outline.accuracy_mm else {
        return 0.0;
    };
    // 2.45 standard deviations are the radius that holds 95 %.
    let sigma = radius95(accuracy, outline.statistic) / radius95(1_000, Statistic::Sigma);
    measure::area_uncertainty(&outline.shape, Metres::new(sigma)).get() * 100.0
}
