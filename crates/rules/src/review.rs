//! What a reviewer needs to judge one statement: what changes, the ground before and after, the
//! checks, and what approval it takes. The phone uses the same for a draft.

use std::collections::BTreeMap;

use safelane_geometry::{Area, MultiPolygon};
use safelane_ledger::resolve::CountedApproval;
use safelane_ledger::{Demand, Received, RecordId, RevisionId};
use safelane_model::Date;
use safelane_model::body::Map;
use serde_json::Value;

use crate::accounts::{Account, Cut, Report, Timeline, What};
use crate::checks::{self, Finding};
use crate::content::{Content, Progress, Way, to_map};
use crate::effect::{Effect, effect};
use crate::ground::{Dm2, size};
use crate::record::{Record, Version};
use crate::world::World;

/// A field whose value changes.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Path of the field, for example `lanes.3.length`.
    pub field: String,
    /// Value before.
    pub old: Option<Value>,
    /// Value now.
    pub new: Option<Value>,
}

/// An area before and after approval, dm².
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AreaChange {
    /// Which.
    pub what: AreaOf,
    /// The record that it is about: a task, a hazardous area.
    pub record: RecordId,
    /// Before.
    pub before: Dm2,
    /// After.
    pub after: Dm2,
}

/// The areas that a reviewer compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaOf {
    /// Worked, not released.
    Worked,
    /// Left to work.
    LeftToWork,
    /// The hazardous area's outline.
    Hazard,
    /// What another report has stated already.
    Overlap,
    /// Cleared outside recorded hazard.
    Outside,
    /// Cancelled.
    Cancelled,
    /// Reduced.
    Reduced,
    /// Cleared.
    Cleared,
    /// What remains of the hazardous area.
    Remaining,
    /// What another hazardous area takes over.
    HandedOver,
}

impl AreaOf {
    /// Stable code; translation key `area.<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Worked => "worked",
            Self::LeftToWork => "left-to-work",
            Self::Hazard => "hazard",
            Self::Overlap => "overlap",
            Self::Outside => "outside",
            Self::Cancelled => "cancelled",
            Self::Reduced => "reduced",
            Self::Cleared => "cleared",
            Self::Remaining => "remaining",
            Self::HandedOver => "handed-over",
        }
    }
}

/// Everything to judge one statement by.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// Fields that change against the official statement, else against what it replaces.
    pub changes: Vec<FieldChange>,
    /// Fields that change against the statement that it replaces: what was mended after a return.
    pub since: Vec<FieldChange>,
    /// Areas before and after.
    pub areas: Vec<AreaChange>,
    /// What it does to the ground that is shown as hazardous, and why.
    pub effect: Effect,
    /// In a word: `worked`, `cancelled`, `cleared`, `reduced`, `less-hazard`, `more-hazard`, `report`.
    pub takes: &'static str,
    /// What it needs; none while a statement that it replaces is not here.
    pub demand: Option<Demand>,
    /// Who has approved it so far.
    pub approvals: Vec<CountedApproval>,
    /// Checks.
    pub findings: Vec<Finding>,
    /// Codes of checks that forbid approval.
    pub blocked_by: Vec<&'static str>,
}

/// Everything to judge a statement by. `received` is all that was received about its record;
/// `world` knows the record as it stands.
pub fn review(
    received: &[Received],
    revision: RevisionId,
    world: &dyn World,
    today: Date,
) -> Option<Review> {
    let statement = received.iter().find(|one| one.id() == revision)?;
    let record = world.record(statement.revision.record())?;
    let version = record.version(revision)?;
    let entry = record.state.statements.get(&revision)?;
    let replaced = replaced(received, &record, statement);
    let effect = effect(statement, &replaced);
    let findings = checks::run_on(&record, version, world, today);
    let official: Vec<&Received> = (received.iter())
        .filter(|one| one.id() != revision && record.state.officials.contains(&one.id()))
        .collect();
    let parents: Vec<&Received> = (received.iter())
        .filter(|one| statement.revision.parents().contains(&one.id()))
        .collect();
    let since = changes_since(statement, parents.first().copied());
    let changes = match official.first() {
        Some(official) => changes_since(statement, Some(official)),
        None => since.clone(),
    };
    Some(Review {
        changes,
        since,
        areas: areas(&record, version, world),
        takes: takes(&record.kind, &version.content, &effect),
        effect,
        demand: entry.demand,
        approvals: entry.approvals.clone(),
        blocked_by: checks::blocks_approval(&findings),
        findings,
    })
}

/// All that approval would replace: parents, and through unapproved ones their parents.
fn replaced<'a>(
    received: &'a [Received],
    record: &Record,
    statement: &Received,
) -> Vec<&'a Received> {
    let by_id: BTreeMap<RevisionId, &Received> =
        received.iter().map(|one| (one.id(), one)).collect();
    let mut found = BTreeMap::new();
    let mut next: Vec<RevisionId> = statement.revision.parents().to_vec();
    while let Some(id) = next.pop() {
        let Some(one) = by_id.get(&id) else { continue };
        let approved = record.version(id).is_some_and(|version| version.approved);
        if found.insert(id, *one).is_none() && !approved {
            next.extend(one.revision.parents());
        }
    }
    found.into_values().collect()
}

/// What a statement would take, in a word.
pub fn takes(kind: &str, content: &Content, effect: &Effect) -> &'static str {
    match content {
        Content::Progress(_) => "worked",
        Content::Survey(survey) if survey.cancels => "cancelled",
        Content::Completion(done) if !done.claimed => {
            let cleared =
                done.parts.is_empty() || done.parts.iter().any(|part| part.way == Way::Cleared);
            if cleared { "cleared" } else { "reduced" }
        }
        _ if effect.is_less() => "less-hazard",
        Content::Hazard(_) => "more-hazard",
        Content::Ends(_) if kind == "clearance" || kind == "non-technical-survey" => "more-hazard",
        _ => "report",
    }
}

/// Areas before and after, for a statement of a record.
pub fn areas(record: &Record, version: &Version, world: &dyn World) -> Vec<AreaChange> {
    match &version.content {
        Content::Progress(progress) => {
            let before = Report::approved(record);
            let after = Report::of(record.id, version.id, progress);
            areas_of_work(progress, before.as_ref(), &after, world)
        }
        Content::Completion(_) | Content::Survey(_) => {
            let cuts = Cut::proposed(record.id, version);
            areas_of_release(record.id, cuts, world)
        }
        Content::Ends(_) if record.kind != "hazardous-area" => {
            areas_of_release(record.id, Vec::new(), world)
        }
        Content::Hazard(_) | Content::Ends(_) => areas_of_hazard(record, version, world),
        _ => Vec::new(),
    }
}

/// The same for a draft of a progress or completion report, or a survey, that has no revision yet.
pub fn areas_of_draft(record: RecordId, draft: &Content, world: &dyn World) -> Vec<AreaChange> {
    let no_revision = RevisionId::from_bytes([0; 32]);
    match draft {
        Content::Progress(progress) => {
            let before = world
                .record(record)
                .and_then(|record| Report::approved(&record));
            let after = Report::of(record, no_revision, progress);
            areas_of_work(progress, before.as_ref(), &after, world)
        }
        _ => areas_of_release(record, Cut::of_content(record, no_revision, draft), world),
    }
}

fn areas_of_work(
    progress: &Progress,
    before: Option<&Report>,
    after: &Report,
    world: &dyn World,
) -> Vec<AreaChange> {
    let (Some(task), books) = (progress.task, world.books()) else {
        return Vec::new();
    };
    let (Some(old), Some(new)) = (
        books.work_on_task_with(task, after.record, before),
        books.work_on_task_with(task, after.record, Some(after)),
    ) else {
        return Vec::new();
    };
    let mut areas = vec![
        change(AreaOf::Worked, task, old.worked, new.worked),
        change(AreaOf::LeftToWork, task, old.left, new.left),
        // Progress leaves the hazard whole (S3).
        change(AreaOf::Hazard, task, old.area, new.area),
    ];
    if let Some(ground) = &after.ground {
        let alone = books
            .work_on_task_with(task, after.record, None)
            .unwrap_or_default();
        let overlap = size(ground) - (new.worked - alone.worked);
        // Common ground of less than 1 m² is drawing.
        if overlap >= 100 {
            areas.push(change(AreaOf::Overlap, task, 0, overlap));
        }
    }
    areas
}

fn areas_of_release(record: RecordId, cuts: Vec<Cut>, world: &dyn World) -> Vec<AreaChange> {
    let books = world.books();
    let mut hazards: Vec<RecordId> = (cuts.iter().chain(books.cuts(record)))
        .flat_map(|cut| cut.hazards.iter().copied())
        .collect();
    hazards.sort();
    hazards.dedup();
    let outside: Dm2 = cuts.iter().map(|cut| books.outside_of(cut)).sum();
    let outside_before: Dm2 = books
        .cuts(record)
        .iter()
        .map(|cut| books.outside_of(cut))
        .sum();
    let first = hazards.first().copied();
    let replaced = BTreeMap::from([(record, cuts)]);
    let mut areas = Vec::new();
    for hazard in hazards {
        let (Some(before), Some(after)) =
            (books.account(hazard), books.account_with(hazard, &replaced))
        else {
            continue;
        };
        areas.extend(compare(before, &after));
    }
    if let Some(hazard) = first.filter(|_| outside != 0 || outside_before != 0) {
        areas.push(change(AreaOf::Outside, hazard, outside_before, outside));
    }
    areas
}

fn areas_of_hazard(record: &Record, version: &Version, world: &dyn World) -> Vec<AreaChange> {
    let books = world.books();
    let after = Timeline::of(&record.as_if_approved(version.id));
    let after = after.map(|timeline| books.account_of(&timeline, &BTreeMap::new()));
    let before = books.account(record.id);
    let handed_over: Vec<AreaChange> = match (before, &after) {
        (Some(before), Some(after)) => handed_over(record.id, before, after, world),
        _ => Vec::new(),
    };
    let nothing = |hazard| (hazard, 0, 0);
    let (_, hazard_before, remaining_before) = before.map_or_else(
        || nothing(record.id),
        |one| (record.id, size(&one.outline), one.remaining),
    );
    let (_, hazard_after, remaining_after) = after.map_or_else(
        || nothing(record.id),
        |one| (record.id, size(&one.outline), one.remaining),
    );
    let mut areas = vec![
        change(AreaOf::Hazard, record.id, hazard_before, hazard_after),
        change(
            AreaOf::Remaining,
            record.id,
            remaining_before,
            remaining_after,
        ),
    ];
    areas.extend(handed_over);
    areas
}

/// What of the ground that an area would lose lies in areas split from it or confirmed out of it,
/// also in those that wait for judgement: it stays hazard.
fn handed_over(
    hazard: RecordId,
    before: &Account,
    after: &Account,
    world: &dyn World,
) -> Vec<AreaChange> {
    let lost = before.ground.difference([&after.ground]);
    if lost.is_empty() {
        return Vec::new();
    }
    let taken = |record: &Record| {
        let outlines: Vec<Area> = (record.current())
            .filter_map(|version| match &version.content {
                Content::Hazard(one) if one.opened_from == Some(hazard) => one.outline.as_ref(),
                _ => None,
            })
            .map(|outline| Area::of(&outline.shape))
            .collect();
        size(&Area::union(&outlines).intersection(&lost))
    };
    (world.naming(hazard).iter())
        .map(|record| change(AreaOf::HandedOver, record.id, 0, taken(record)))
        .filter(|change| change.after > 0)
        .collect()
}

/// Every total of one hazardous area that a release moves.
fn compare(before: &Account, after: &Account) -> Vec<AreaChange> {
    let sum = |account: &Account, what: What| -> Dm2 {
        (account.movements.iter())
            .filter(|one| one.what == what)
            .map(|one| -one.area)
            .sum()
    };
    let mut areas: Vec<AreaChange> = [
        (AreaOf::Cancelled, What::Cancelled),
        (AreaOf::Reduced, What::Reduced),
        (AreaOf::Cleared, What::Cleared),
    ]
    .into_iter()
    .map(|(of, what)| change(of, after.hazard, sum(before, what), sum(after, what)))
    .filter(|change| change.before != change.after)
    .collect();
    areas.push(change(
        AreaOf::Hazard,
        after.hazard,
        size(&before.outline),
        size(&after.outline),
    ));
    areas.push(change(
        AreaOf::Remaining,
        after.hazard,
        before.remaining,
        after.remaining,
    ));
    areas
}

const fn change(what: AreaOf, record: RecordId, before: Dm2, after: Dm2) -> AreaChange {
    AreaChange {
        what,
        record,
        before,
        after,
    }
}

/// How much an area by lanes may be off, dm²: every length is read to 0.1 m.
pub fn lanes_uncertainty(lanes: usize, lane_width_mm: i64) -> Dm2 {
    let square_mm = lanes as i64 * lane_width_mm * 50;
    (square_mm + 9_999) / 10_000
}

/// The common ground of a shape with others, for drawing what is stated twice.
pub fn common_ground<'a>(
    shape: &MultiPolygon,
    others: impl IntoIterator<Item = &'a MultiPolygon>,
) -> MultiPolygon {
    let others: Vec<Area> = others.into_iter().map(Area::of).collect();
    Area::of(shape)
        .intersection(&Area::union(&others))
        .to_shape()
}

fn changes_since(statement: &Received, before: Option<&Received>) -> Vec<FieldChange> {
    let map = |one: &Received| one.body.as_ref().map(to_map).unwrap_or_default();
    let old = before.map(map).unwrap_or_default();
    field_changes(&old, &map(statement))
}

/// The fields that differ between two bodies, in the order of their paths.
pub fn field_changes(old: &Map, new: &Map) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare_maps(old, new, "", &mut changes);
    changes
}

fn compare_maps(old: &Map, new: &Map, prefix: &str, changes: &mut Vec<FieldChange>) {
    let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        // The salt is drawn anew for every body and says nothing.
        if prefix.is_empty() && key == safelane_ledger::body::SALT_KEY {
            continue;
        }
        let path = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}.{key}")
        };
        compare_values(old.get(key), new.get(key), path, changes);
    }
}

fn compare_values(
    old: Option<&Value>,
    new: Option<&Value>,
    path: String,
    changes: &mut Vec<FieldChange>,
) {
    if old == new {
        return;
    }
    if is_group(old) || is_group(new) {
        let entry = |list: Option<&Value>, index: usize| -> Option<Map> {
            list?.as_array()?.get(index)?.as_object().cloned()
        };
        let len = |list: Option<&Value>| list.and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..len(old).max(len(new)) {
            let (before, after) = (entry(old, index), entry(new, index));
            compare_maps(
                &before.unwrap_or_default(),
                &after.unwrap_or_default(),
                &format!("{path}.{index}"),
                changes,
            );
        }
        return;
    }
    changes.push(FieldChange {
        field: path,
        old: old.cloned(),
        new: new.cloned(),
    });
}

/// A list of groups of fields; outlines, places and photos are values of their own.
fn is_group(value: Option<&Value>) -> bool {
    let entries = value.and_then(Value::as_array);
    entries.is_some_and(|entries| {
        let group = |entry: &Value| {
            entry
                .as_object()
                .is_some_and(|map| !map.contains_key("sha256"))
        };
        !entries.is_empty() && entries.iter().all(group)
    })
}

#[cfg(test)]
mod tests;
