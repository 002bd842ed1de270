//! Check 3: an item deeper than the search there went or is ordered to go. Check 22: land that is
//! to be used deeper than it was cleared.

use safelane_geometry::Bbox;
use safelane_ledger::RecordId;

use super::{Finding, Look, Severity, says, works};
use crate::accounts::CutBy;
use crate::content::{Completion, Content, Hazard, Item, Way};
use crate::ground::{distance_to, uncertainty, widened};

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    match &look.version.content {
        Content::Item(item) => below(look, item).into_iter().collect(),
        Content::Hazard(hazard) => use_of_hazard(look, hazard).into_iter().collect(),
        Content::Completion(done) => use_of_released(look, done),
        _ => Vec::new(),
    }
}

/// The least depth that counts where the item lay: whoever searched to it could not find the item.
fn below(look: &Look<'_>, item: &Item) -> Option<Finding> {
    let depth = item.depth?;
    let (limit, record) = depths_at(look, item).into_iter().min()?;
    (depth > limit).then(|| {
        Finding::new("item-below-depth", Severity::High, look.record.id)
            .about(record)
            .at(item.place.as_ref().map(|place| place.at))
            .with("depth", depth)
            .with("limit_depth", limit)
    })
}

fn depths_at(look: &Look<'_>, item: &Item) -> Vec<(i64, RecordId)> {
    let mut depths = Vec::new();
    if let Some(task) = item.task
        && let Some(depth) = look
            .world
            .books()
            .task(task)
            .and_then(|task| task.required_depth)
    {
        depths.push((depth, task));
    }
    let Some(place) = &item.place else {
        return depths;
    };
    let Some(bbox) = Bbox::around([place.at]) else {
        return depths;
    };
    let reach = uncertainty(place);
    for record in look.world.near(widened(bbox, reach + 1.0)) {
        let lies_in = |shape| distance_to(shape, place.at).is_some_and(|metres| metres <= reach);
        match says(&record) {
            Some(Content::Hazard(hazard)) => {
                let outline = hazard.outline.as_ref();
                if let Some(depth) = hazard.required_depth
                    && outline.is_some_and(|outline| lies_in(&outline.shape))
                {
                    depths.push((depth, record.id));
                }
            }
            Some(Content::Completion(done)) if !done.claimed && works(&record).is_some() => {
                let parts = (done.parts.iter())
                    .filter(|part| part.way == Way::Cleared && lies_in(&part.outline.shape));
                depths.extend(parts.filter_map(|part| Some((part.depth?, record.id))));
            }
            _ => {}
        }
    }
    depths
}

fn use_of_hazard(look: &Look<'_>, hazard: &Hazard) -> Option<Finding> {
    let intended = hazard.intended_depth?;
    let books = look.world.books();
    let naming = look.world.naming(look.record.id);
    let cleared = naming.iter().flat_map(|release| {
        (books.cuts(release.id).iter())
            .filter(|cut| cut.hazards.contains(&look.record.id))
            .filter_map(|cut| match cut.by {
                CutBy::Release {
                    way: Way::Cleared,
                    depth,
                    ..
                } => Some((depth.unwrap_or(0), release.id)),
                _ => None,
            })
    });
    let (depth, release) = cleared.min()?;
    (intended > depth).then(|| too_deep(look, release, intended, depth))
}

fn use_of_released(look: &Look<'_>, done: &Completion) -> Vec<Finding> {
    if done.claimed || look.version.imported {
        return Vec::new();
    }
    let cleared = (done.parts.iter())
        .filter(|part| part.way == Way::Cleared)
        .map(|part| part.depth.unwrap_or(0));
    let Some(depth) = cleared.min() else {
        return Vec::new();
    };
    let mut hazards = done.hazards.clone();
    hazards.sort();
    hazards.dedup();
    hazards
        .into_iter()
        .filter_map(|hazard| {
            let record = look.world.record(hazard)?;
            let Some(Content::Hazard(facts)) = says(&record) else {
                return None;
            };
            let intended = facts.intended_depth.filter(|intended| *intended > depth)?;
            Some(too_deep(look, hazard, intended, depth))
        })
        .collect()
}

fn too_deep(look: &Look<'_>, other: RecordId, intended: i64, depth: i64) -> Finding {
    Finding::new("use-deeper-than-clearance", Severity::Warn, look.record.id)
        .about(other)
        .at(look.version.content.bbox().map(Bbox::center))
        .with("intended_depth", intended)
        .with("depth", depth)
}
