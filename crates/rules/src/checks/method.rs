//! Check 12: cleared ground that does not say how, and a whole hazardous area cleared without an
//! item: it may have been one to cancel.

use std::collections::BTreeMap;

use safelane_geometry::{Bbox, MultiPolygon};
use safelane_ledger::RecordId;

use super::{Finding, Look, Severity, says};
use crate::accounts::{Account, Cut, What};
use crate::content::{Completion, Content, Item, Way};
use crate::ground::{Dm2, distance_to, uncertainty, widened};

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let Content::Completion(done) = &look.version.content else {
        return Vec::new();
    };
    if done.claimed || look.version.imported {
        return Vec::new();
    }
    let mut found = Vec::new();
    let silent = (done.parts.iter())
        .filter(|part| part.way == Way::Cleared && (!part.has_method || part.depth.is_none()));
    if let Some(part) = silent.into_iter().next() {
        let at = part.outline.shape.bbox().map(Bbox::center);
        found.push(Finding::new("cleared-without-method", Severity::Warn, look.record.id).at(at));
    }
    let mut hazards = done.hazards.clone();
    hazards.sort();
    hazards.dedup();
    let cuts = BTreeMap::from([(look.record.id, Cut::proposed(look.record.id, look.version))]);
    for hazard in hazards {
        let Some(account) = look.world.books().account_with(hazard, &cuts) else {
            continue;
        };
        let cleared = cleared(&account);
        if account.remaining > 0 || cleared == 0 || has_item(look, done, hazard, &account) {
            continue;
        }
        let at = account.outline.to_shape().bbox().map(Bbox::center);
        found.push(
            Finding::new("cleared-without-item", Severity::Warn, look.record.id)
                .about(hazard)
                .at(at)
                .with("area", cleared)
                .explained_if(done.reason.is_some()),
        );
    }
    found
}

fn cleared(account: &Account) -> Dm2 {
    (account.movements.iter())
        .filter(|movement| movement.what == What::Cleared)
        .map(|movement| -movement.area)
        .sum()
}

/// Whether any item lay in the hazardous area, or was found by the task.
fn has_item(look: &Look<'_>, done: &Completion, hazard: RecordId, account: &Account) -> bool {
    let counts = |item: &Item| item.category != "fragments";
    let by_task = done.task.is_some_and(|task| {
        (look.world.naming(task).iter())
            .any(|record| matches!(says(record), Some(Content::Item(item)) if counts(item)))
    });
    if by_task {
        return true;
    }
    // What is closed has no outline any more; the ground that was released stays.
    let outline = account.outline.to_shape();
    let parts = done.parts.iter().map(|part| part.outline.shape.as_ref());
    let grounds: Vec<&MultiPolygon> = parts.chain([&outline]).collect();
    let boxes = grounds.iter().filter_map(|ground| ground.bbox());
    let Some(bbox) = boxes.reduce(Bbox::join) else {
        return false;
    };
    let lies_in = |item: &Item| {
        item.place.as_ref().is_some_and(|place| {
            (grounds.iter())
                .filter_map(|ground| distance_to(ground, place.at))
                .any(|metres| metres <= uncertainty(place))
        })
    };
    (look.world.near(widened(bbox, 1.0)).iter())
        .filter(|record| record.id != hazard)
        .any(|record| {
            matches!(says(record), Some(Content::Item(item)) if counts(item) && lies_in(item))
        })
}
