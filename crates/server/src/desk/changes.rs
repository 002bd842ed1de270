//! What approval would change: fields, square metres, ground.

use std::collections::{BTreeMap, BTreeSet};

use safelane_geometry::measure;
use safelane_ledger::{RecordId, RevisionId, Status};
use safelane_rules::accounts::{Cut, Reports, Timeline, What};
use safelane_rules::record::Version;
use safelane_rules::{Content, World as _};
use safelane_store::StatementRow;
use safelane_wire::desk::{AreaChange, FieldChange, RecordDetail};
use serde_json::{Value, json};

use crate::board::{BoardData, Known};
use crate::geojson;

/// The fields whose value differs from the officials' (from the first, when there are several).
pub fn fields(record: &RecordDetail, revision: RevisionId) -> Vec<FieldChange> {
    let body_of = |id: RevisionId| {
        let found = record.statements.iter().find(|one| one.revision == id)?;
        found.body.as_ref()
    };
    let Some(new) = body_of(revision) else {
        return Vec::new();
    };
    let old = record
        .officials
        .iter()
        .filter(|id| **id != revision)
        .find_map(|id| body_of(*id));
    let keys: BTreeSet<&String> = new
        .keys()
        .chain(old.into_iter().flat_map(|old| old.keys()))
        .collect();
    keys.into_iter()
        .filter(|key| old.and_then(|old| old.get(*key)) != new.get(*key))
        .map(|key| FieldChange {
            field: key.clone(),
            old: old.and_then(|old| old.get(key)).cloned(),
            new: new.get(key).cloned(),
        })
        .collect()
}

/// Square metres before and after, for all statements of one press together.
pub fn areas(board: &BoardData, rows: &[StatementRow]) -> Vec<AreaChange> {
    let mut changes = Vec::new();
    let mut replaced: BTreeMap<RecordId, Vec<Cut>> = BTreeMap::new();
    let mut hazards = BTreeSet::new();
    for row in rows {
        let Some(known) = board.get(row.record) else {
            continue;
        };
        let Some(version) = known.record.version(row.revision) else {
            continue;
        };
        match &version.content {
            Content::Progress(progress) => {
                if let Some(task) = progress.task {
                    work(board, task, row.record, &mut changes);
                    hazards.extend(
                        board
                            .books()
                            .task(task)
                            .into_iter()
                            .flat_map(|task| task.hazards.iter().copied()),
                    );
                }
                hazards.extend(progress.hazards.iter().copied());
            }
            Content::Hazard(_) | Content::Ends(_) => outline(board, known, version, &mut changes),
            content if !content.releases().is_empty() => {
                let cuts = Cut::proposed(row.record, version);
                hazards.extend(cuts.iter().flat_map(|cut| cut.hazards.iter().copied()));
                let outside: i64 = cuts.iter().map(|cut| board.books().outside_of(cut)).sum();
                if outside != 0 {
                    changes.push(change("outside", Some(row.record), 0, outside));
                }
                replaced.insert(row.record, cuts);
            }
            _ => {}
        }
    }
    for hazard in hazards {
        remaining(board, hazard, &replaced, &mut changes);
    }
    changes
}

fn change(what: &str, record: Option<RecordId>, before: i64, after: i64) -> AreaChange {
    AreaChange {
        what: what.to_owned(),
        record,
        before,
        after,
    }
}

fn work(board: &BoardData, task: RecordId, report: RecordId, changes: &mut Vec<AreaChange>) {
    let before = board
        .books()
        .work_on_task(task, Reports::ReportedBut(report));
    let after = board.books().work_on_task(task, Reports::Reported);
    if let (Some(before), Some(after)) = (before, after) {
        changes.push(change("worked", Some(task), before.worked, after.worked));
        changes.push(change("left-to-work", Some(task), before.left, after.left));
    }
}

/// A hazardous area's own outline.
fn outline(board: &BoardData, known: &Known, version: &Version, changes: &mut Vec<AreaChange>) {
    let area = |version: &Version| match &version.content {
        Content::Hazard(hazard) => hazard
            .outline
            .as_ref()
            .map_or(0, |outline| measure::area_dm2(&outline.shape) as i64),
        _ => 0,
    };
    let others = known.record.officials().filter(|one| one.id != version.id);
    let before = others.map(area).max().unwrap_or(0);
    let record = known.summary.record;
    changes.push(change("hazard", Some(record), before, area(version)));
    let now = board
        .books()
        .account(record)
        .map_or(0, |account| account.remaining);
    // As it would be approved: its own history with this statement in place of the officials.
    let mut proposed = safelane_rules::Record::clone(&known.record);
    for one in &mut proposed.versions {
        if one.id == version.id {
            one.status = Status::Official;
            one.approved = true;
        } else if one.status == Status::Official && version.parents.contains(&one.id) {
            one.status = Status::Superseded;
        }
    }
    let after = Timeline::of(&proposed).map_or(0, |timeline| {
        board
            .books()
            .account_of(&timeline, &BTreeMap::new())
            .remaining
    });
    changes.push(change("remaining", Some(record), now, after));
}

/// What remains of a hazardous area before and after the releases of this press.
fn remaining(
    board: &BoardData,
    hazard: RecordId,
    replaced: &BTreeMap<RecordId, Vec<Cut>>,
    changes: &mut Vec<AreaChange>,
) {
    let Some(before) = board.books().account(hazard) else {
        return;
    };
    let Some(after) = board.books().account_with(hazard, replaced) else {
        return;
    };
    for (what, word) in [
        (What::Cancelled, "cancelled"),
        (What::Reduced, "reduced"),
        (What::Cleared, "cleared"),
    ] {
        let sum = |account: &safelane_rules::Account| -> i64 {
            let moved = account.movements.iter().filter(|one| one.what == what);
            -moved.map(|one| one.area).sum::<i64>()
        };
        let (was, is) = (sum(before), sum(&after));
        if was != is {
            changes.push(change(word, Some(hazard), was, is));
        }
    }
    changes.push(change(
        "remaining",
        Some(hazard),
        before.remaining,
        after.remaining,
    ));
}

/// The statement over what is known there, as GeoJSON.
pub fn ground(board: &BoardData, known: &Known, revision: RevisionId) -> Value {
    let mut features = Vec::new();
    for version in known.record.current() {
        let role = if version.id == revision {
            "this"
        } else {
            "before"
        };
        draw(&mut features, role, &known.record.id, version);
    }
    // What a report is about stands beside it although it may lie elsewhere.
    let mut boxes: Vec<_> = known.summary.bbox.into_iter().collect();
    for links in known.row.links.values() {
        boxes.extend(links.iter().filter_map(|id| {
            let named = board.get(*id)?;
            matches!(named.summary.kind.as_str(), "hazardous-area" | "task")
                .then_some(named.summary.bbox)?
        }));
    }
    let Some(around) = boxes.into_iter().reduce(safelane_geometry::Bbox::join) else {
        return geojson::collection(features);
    };
    for record in board.world.near(around) {
        if record.id == known.record.id {
            continue;
        }
        for version in record.current() {
            let role = match (&version.content, version.status == Status::Official) {
                (Content::Hazard(_), _) => "hazard",
                (Content::Progress(_), _) => "worked",
                (Content::Completion(_) | Content::Survey(_), true) => "released",
                (Content::Item(_), _) => "item",
                _ => "other",
            };
            draw(&mut features, role, &record.id, version);
        }
    }
    geojson::collection(features)
}

fn draw(features: &mut Vec<Value>, role: &str, record: &RecordId, version: &Version) {
    let properties = json!({
        "role": role,
        "record": record,
        "revision": version.id,
        "reported": version.status != Status::Official,
    });
    for shape in version.content.shapes() {
        features.push(geojson::feature(
            geojson::polygons(shape),
            properties.clone(),
        ));
    }
    if version.content.shapes().is_empty()
        && let Some(at) = version.content.point()
    {
        features.push(geojson::feature(geojson::point(at), properties));
    }
}
