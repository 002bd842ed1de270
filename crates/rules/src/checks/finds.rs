//! Check 1 (S5): an item or accident in released or worked ground. And no ground is completed over
//! an item that is still there.

use std::sync::Arc;

use safelane_geometry::{Bbox, MultiPolygon};
use safelane_ledger::RecordId;
use safelane_model::{Date, Place};

use super::{Finding, Life, Look, Severity, releases};
use crate::content::Content;
use crate::ground::{distance_to, uncertainty, widened};
use crate::record::{Record, Version};
use crate::world::World;

/// An item or accident with what decides whether it alarms.
struct Find {
    record: RecordId,
    place: Place,
    on: Option<Date>,
    task: Option<RecordId>,
    clearance: Option<RecordId>,
    in_the_ground: bool,
    settled: bool,
}

/// Ground that was held to be worked or released.
struct Ground {
    record: RecordId,
    shapes: Vec<Arc<MultiPolygon>>,
    task: Option<RecordId>,
    /// The last day of the work.
    until: Option<Date>,
    released: bool,
}

/// Whether an approved statement, not an import, says that a find was before the work or release
/// there. Such a statement takes two people (S9).
pub fn find_is_settled(record: &Record) -> bool {
    let before = |version: &Version| match &version.content {
        Content::Item(item) => item.before_release,
        Content::Accident(accident) => accident.before_release,
        _ => false,
    };
    let mut officials = record.officials().peekable();
    officials.peek().is_some() && officials.all(|version| !version.imported && before(version))
}

/// Whether a release is frozen by an alarm that nobody has settled.
pub fn is_frozen(release: &Record, world: &dyn World) -> bool {
    let grounds: Vec<Ground> = release
        .officials()
        .filter_map(|v| ground_of(release, v))
        .collect();
    grounds.iter().any(|ground| {
        finds_near(ground, world)
            .iter()
            .any(|find| !find.settled && alarms(find, ground))
    })
}

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    match &look.version.content {
        Content::Item(_) | Content::Accident(_) => check_find(look),
        Content::Progress(_) | Content::Completion(_) | Content::Survey(_) => check_ground(look),
        _ => Vec::new(),
    }
}

/// The alarms of one statement of an item or accident; none for other contents.
pub(super) fn check_find(look: &Look<'_>) -> Vec<Finding> {
    let Some(find) = find_of(look.record, look.version) else {
        return Vec::new();
    };
    let Some(bbox) = Bbox::around([find.place.at]) else {
        return Vec::new();
    };
    let near = look
        .world
        .near(widened(bbox, uncertainty(&find.place) + 1.0));
    near.iter()
        .filter(|record| record.id != look.record.id)
        .flat_map(|record| grounds_of(record))
        .filter(|ground| alarms(&find, ground))
        .map(|ground| alarm(&find, &ground, look.record.id).about(ground.record))
        .collect()
}

fn check_ground(look: &Look<'_>) -> Vec<Finding> {
    let Some(ground) = ground_of(look.record, look.version) else {
        return Vec::new();
    };
    let release = releases(&look.version.content);
    let mut found: Vec<Finding> = Vec::new();
    let mut note = |finding: Finding| {
        // Two statements of one find are one result.
        let known = |one: &Finding| one.code == finding.code && one.records == finding.records;
        if !found.iter().any(known) {
            found.push(finding);
        }
    };
    for find in finds_near(&ground, look.world) {
        if release && find.in_the_ground && lies_in(&find, &ground) {
            let finding = Finding::new("item-not-destroyed", Severity::Block, look.record.id);
            note(finding.about(find.record).at(Some(find.place.at)));
        }
        if alarms(&find, &ground) {
            let mut finding = alarm(&find, &ground, look.record.id).about(find.record);
            finding.blocks = release && !find.settled;
            note(finding);
        }
    }
    found
}

fn alarm(find: &Find, ground: &Ground, checked: RecordId) -> Finding {
    let code = if ground.released {
        "find-in-released-ground"
    } else {
        "find-in-worked-ground"
    };
    let mut finding = Finding::new(code, Severity::Alarm, checked).at(Some(find.place.at));
    finding.blocks = false;
    if let Some(on) = find.on {
        finding = finding.with("found", on);
    }
    if let Some(until) = ground.until {
        finding = finding.with("worked", until);
    }
    if find.settled {
        finding.life = Life::Resolved;
    }
    finding
}

/// A find lies in the ground and was not made by the work there.
fn alarms(find: &Find, ground: &Ground) -> bool {
    if find.clearance == Some(ground.record) {
        return false;
    }
    // Found by a section at work on the task: part of the work up to its last day, and beside it
    // the next lane begins, so that accuracy does not count. The day is a person's statement in
    // the body; a phone's clock plays no part.
    let by_the_work = find.task.is_some() && find.task == ground.task;
    if by_the_work {
        let during = find.on.is_some() && find.on <= ground.until;
        return !during && lies_within(find, ground, 0.0);
    }
    lies_in(find, ground)
}

/// Whether a find lies in the ground, or so near that its accuracy allows it.
fn lies_in(find: &Find, ground: &Ground) -> bool {
    lies_within(find, ground, uncertainty(&find.place))
}

fn lies_within(find: &Find, ground: &Ground, reach: f64) -> bool {
    (ground.shapes.iter())
        .filter_map(|shape| distance_to(shape, find.place.at))
        .any(|distance| distance <= reach)
}

fn finds_near(ground: &Ground, world: &dyn World) -> Vec<Find> {
    let Some(bbox) = ground
        .shapes
        .iter()
        .filter_map(|s| s.bbox())
        .reduce(Bbox::join)
    else {
        return Vec::new();
    };
    // A find lies in a box as large as its accuracy is poor.
    let near = world.near(widened(bbox, 1.0));
    // By every statement: what waits moves or removes nothing yet.
    near.iter()
        .flat_map(|record| {
            (record.current())
                .filter_map(|version| find_of(record, version))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn find_of(record: &Record, version: &Version) -> Option<Find> {
    let settled = find_is_settled(record);
    match &version.content {
        Content::Item(item) => Some(Find {
            record: record.id,
            place: item.place.clone()?,
            on: item.found_on,
            task: item.task,
            clearance: item.clearance,
            in_the_ground: is_in_the_ground(record),
            settled,
        }),
        Content::Accident(accident) => Some(Find {
            record: record.id,
            place: accident.place.clone()?,
            on: accident.on,
            task: None,
            clearance: None,
            in_the_ground: false,
            settled,
        }),
        _ => None,
    }
}

/// An item is in the ground until an approved statement says that it is gone.
fn is_in_the_ground(record: &Record) -> bool {
    let there = |version: &Version| match &version.content {
        Content::Item(item) => item.in_the_ground,
        _ => false,
    };
    !record.is_ended() && record.current().any(there)
}

/// Ground released by official statements, or worked by a report that is not returned.
fn grounds_of(record: &Record) -> Vec<Ground> {
    let works = |version: &&Version| matches!(version.content, Content::Progress(_));
    let reported = record.subject().filter(works);
    let officials = record.officials().filter(|version| !works(version));
    officials
        .chain(reported)
        .filter_map(|version| ground_of(record, version))
        .collect()
}

fn ground_of(record: &Record, version: &Version) -> Option<Ground> {
    let shapes: Vec<_> = version.content.shapes().into_iter().cloned().collect();
    let (task, until) = match &version.content {
        Content::Progress(progress) => (progress.task, progress.day),
        Content::Completion(done) if !done.claimed && !version.imported => {
            (done.task, done.completed_on)
        }
        Content::Survey(survey) if !version.imported => (survey.task, survey.day),
        _ => return None,
    };
    (!shapes.is_empty()).then_some(Ground {
        record: record.id,
        shapes,
        task,
        until,
        released: releases(&version.content),
    })
}
