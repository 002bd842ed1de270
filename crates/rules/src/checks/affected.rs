//! Which records' results may come out otherwise after some records changed: those that are
//! computed again. Never everything: what lies near, what is named, and what names it.
//!
//! A check that looks further than this must be told here; the property test below compares
//! results kept up step by step with results from nothing.

use std::collections::BTreeSet;

use safelane_geometry::Bbox;
use safelane_ledger::{RecordId, Status};
use safelane_model::Date;

use crate::content::Content;
use crate::ground::widened;
use crate::record::Record;
use crate::world::{World, folded};

/// Records to check again after these changed, themselves included. By all statements that they
/// ever made: where a record was counts as much as where it is.
pub fn affected(
    changed: impl IntoIterator<Item = RecordId>,
    world: &dyn World,
) -> BTreeSet<RecordId> {
    let mut found = BTreeSet::new();
    for id in changed {
        found.insert(id);
        let Some(record) = world.record(id) else {
            continue;
        };
        for version in &record.versions {
            let content = &version.content;
            for near in reach(content, world)
                .into_iter()
                .flat_map(|bbox| world.near(bbox))
            {
                found.insert(near.id);
                // An item anywhere in an area is an item of every release of that area.
                if matches!(content, Content::Item(_)) && near.kind == "hazardous-area" {
                    found.extend(naming(near.id, world, is_no_days_work));
                }
            }
            for number in content.numbers() {
                found.extend(world.numbered(&folded(number)).iter().map(|one| one.id));
            }
            named(content, world, &mut found);
        }
        found.extend(world.naming(id).iter().map(|one| one.id));
        through(&record, world, &mut found);
    }
    found
}

/// How far around itself a content changes what others are told.
fn reach(content: &Content, world: &dyn World) -> Option<Bbox> {
    let settings = world.settings();
    let metres = |mm: i64| mm as f64 / 1_000.0;
    // A find may lie a fade-out from one release, and what was searched as far on its other side.
    let fade_out = 2.0 * metres(settings.fade_out_distance_mm);
    let further = match content {
        Content::Hazard(_) => fade_out.max(metres(settings.uncertainty_radius_mm)),
        Content::Completion(_) | Content::Survey(_) | Content::Item(_) => fade_out,
        Content::Settlement(_) => metres(settings.settlement_distance_mm),
        Content::Progress(_) | Content::Accident(_) | Content::Zone(_) => 0.0,
        _ => return None,
    };
    content.bbox().map(|bbox| widened(bbox, further + 1.0))
}

/// What a statement names, and what else names the same where that is looked at together.
fn named(content: &Content, world: &dyn World, found: &mut BTreeSet<RecordId>) {
    found.extend(content.names());
    match content {
        // Releases of one hazardous area leave strips and remainders between them.
        Content::Completion(done) => {
            for hazard in &done.hazards {
                found.extend(naming(*hazard, world, is_no_days_work));
            }
            // A later completion takes back what an earlier one said of days after it.
            found.extend((done.task.into_iter()).flat_map(|task| naming(task, world, |_| true)));
        }
        Content::Survey(survey) => {
            for hazard in &survey.hazards {
                found.extend(naming(*hazard, world, is_no_days_work));
            }
        }
        // Sums and medians of a task: of the days from this one on.
        Content::Progress(progress) => {
            found.extend(progress.task.into_iter().flat_map(|task| {
                naming(task, world, move |record| {
                    is_work_since(record, progress.day)
                })
            }));
        }
        Content::Item(item) => {
            found.extend(
                (item.task.into_iter()).flat_map(|task| naming(task, world, is_no_days_work)),
            );
        }
        Content::Hazard(hazard) => {
            if let Some(other) = hazard.opened_from {
                found.extend(naming(other, world, is_no_days_work));
            }
        }
        Content::Accreditation(one) => {
            if let Some(team) = one.team {
                found.extend(naming(team, world, |_| true));
            }
            if let Some(organisation) = one.organisation {
                for team in naming(organisation, world, |record| record.kind == "team") {
                    found.extend(naming(team, world, |_| true));
                }
            }
        }
        _ => {}
    }
}

/// Through the task: a hazardous area's ground counts for every day of the tasks on it.
fn through(record: &Record, world: &dyn World, found: &mut BTreeSet<RecordId>) {
    if record.kind != "hazardous-area" {
        return;
    }
    for task in naming(record.id, world, |record| record.kind == "task") {
        found.extend(naming(task, world, |_| true));
    }
    // One that was confirmed out of this, and its releases.
    for child in naming(record.id, world, |record| record.kind == "hazardous-area") {
        found.extend(naming(child, world, is_no_days_work));
    }
}

fn naming(id: RecordId, world: &dyn World, wanted: impl Fn(&Record) -> bool) -> BTreeSet<RecordId> {
    (world.naming(id).iter())
        .filter(|record| wanted(record))
        .map(|record| record.id)
        .collect()
}

fn is_no_days_work(record: &Record) -> bool {
    let works = |version: &crate::record::Version| matches!(version.content, Content::Progress(_));
    !record.versions.iter().any(works)
}

/// Work from a day on, or that waits: newer days make it late.
fn is_work_since(record: &Record, since: Option<Date>) -> bool {
    record.versions.iter().any(|version| {
        let Content::Progress(progress) = &version.content else {
            return false;
        };
        version.status == Status::Open || progress.day >= since || since.is_none()
    })
}
