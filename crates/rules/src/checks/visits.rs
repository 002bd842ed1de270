//! Check 20: marking near people that was not inspected in time, and open areas that nobody has
//! visited for years.

use safelane_geometry::Bbox;
use safelane_ledger::RecordId;
use safelane_model::Date;

use super::{Finding, Look, Severity, says, works};
use crate::content::{Content, Hazard, Standing};
use crate::ground::{distance_to, widened};

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let Content::Hazard(hazard) = &look.version.content else {
        return Vec::new();
    };
    if hazard.standing == Standing::Closed {
        return Vec::new();
    }
    let mut found = Vec::new();
    found.extend(marking(look, hazard));
    found.push(visit(look, hazard));
    found
}

fn marking(look: &Look<'_>, hazard: &Hazard) -> Option<Finding> {
    if !hazard.marked {
        return None;
    }
    let (settlement, metres) = nearest_settlement(look, hazard)?;
    // Marking that nobody is known to have inspected is overdue from the day it can have stood.
    let inspected = hazard.marking_inspected_on.or(known(hazard));
    let due = inspected.map(|day| {
        let months = look.world.settings().marking_inspection_months;
        day.plus_months(months).unwrap_or(Date::LAST)
    });
    let mut finding = Finding::new("marking-overdue", Severity::Warn, look.record.id)
        .about(settlement)
        .at(look.version.content.bbox().map(Bbox::center))
        .with("distance", (metres * 1_000.0).floor() as i64)
        .after(due, 0);
    if let Some(on) = hazard.marking_inspected_on {
        finding = finding.with("inspected", on);
    }
    Some(finding)
}

fn nearest_settlement(look: &Look<'_>, hazard: &Hazard) -> Option<(RecordId, f64)> {
    let reach = look.world.settings().settlement_distance_mm as f64 / 1_000.0;
    let outline = &hazard.outline.as_ref()?.shape;
    let bbox = outline.bbox()?;
    (look.world.near(widened(bbox, reach)).iter())
        .filter_map(|record| match says(record)? {
            Content::Settlement(one) => {
                let metres = distance_to(outline, one.place.as_ref()?.at)?;
                (metres <= reach).then_some((record.id, metres))
            }
            _ => None,
        })
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
}

fn visit(look: &Look<'_>, hazard: &Hazard) -> Finding {
    let naming = look.world.naming(look.record.id);
    // Who surveyed or worked there was there.
    let by_reports = naming
        .iter()
        .filter_map(|record| match &works(record)?.content {
            Content::Survey(survey) => survey.day,
            Content::Progress(progress) => progress.day,
            Content::Completion(done) if !done.claimed => done.completed_on,
            Content::Zone(zone) => zone.day,
            _ => None,
        });
    let visited = [
        hazard.last_visited_on,
        hazard.marking_inspected_on,
        known(hazard),
    ];
    let last = by_reports.chain(visited.into_iter().flatten()).max();
    let due = last.map(|day| {
        let months = look.world.settings().visit_years * 12;
        day.plus_months(months).unwrap_or(Date::LAST)
    });
    let mut finding = Finding::new("not-visited", Severity::Warn, look.record.id)
        .at(look.version.content.bbox().map(Bbox::center))
        .after(due, 0);
    if let Some(last) = last {
        finding = finding.with("visited", last);
    }
    finding
}

/// The last day on which somebody knew of it.
fn known(hazard: &Hazard) -> Option<Date> {
    [hazard.opened_on, hazard.changed_on, hazard.as_of]
        .into_iter()
        .flatten()
        .max()
}
