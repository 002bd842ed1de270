//! How each sort of record begins: with everything that the task, the last report and the device already know.

use leptos::prelude::*;
use safelane_ledger::RecordId;
use safelane_model::body::{self, Map};
use safelane_model::kinds::clearance::{self, Clearance};
use safelane_model::kinds::explosive_ordnance as item;
use safelane_model::kinds::hazardous_area;
use safelane_model::kinds::task::Task;
use safelane_model::{Date, kinds, paper};
use serde_json::{Value, json};

use super::draft::{Draft, Drafts};
use super::engine::{self, Engine};
use super::form::shape;
use super::local::{Record, World};
use super::task;

/// Minutes of a usual day, where no earlier report says more.
const USUAL_DAY: i64 = 360;

/// A day without work gave nobody an hour: the next work begins with a usual day.
pub fn with_hours(effort: &mut Value) {
    for entry in effort
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        if body::integer(entry, "time") == Some(0) {
            entry.insert("time".to_owned(), USUAL_DAY.into());
        }
    }
}
/// Lanes shown where neither the task nor an earlier report says how many.
const USUAL_LANES: i64 = 6;

fn team_of(engine: Engine) -> Option<RecordId> {
    engine
        .identity
        .with_untracked(|identity| identity.as_ref().and_then(|identity| identity.info.team))
}

/// Opens the day's report of a task: the one that is there, or a new one with everything filled in.
pub fn progress(engine: Engine, drafts: Drafts, task: RecordId, day: Date) -> RecordId {
    let team = team_of(engine);
    let world = engine.world.get_untracked();
    if let Some(record) = task::report_of_day(&world, task, team, day) {
        return correct(drafts, record);
    }
    let ledger = engine.identity.with_untracked(|identity| {
        identity
            .as_ref()
            .map(|identity| identity.info.ledger.uuid())
            .unwrap_or_default()
    });
    let record = task::day_record(ledger, task, team, day);
    drafts.begin(Draft::new(
        record,
        "clearance",
        progress_body(&world, task, team, day),
    ))
}

/// The fields with which a day's report begins.
pub fn progress_body(world: &World, task: RecordId, team: Option<RecordId>, day: Date) -> Map {
    use clearance::key;
    let empty = Map::new();
    let ordered = Task::of(world.get(task).and_then(Record::body).unwrap_or(&empty));
    let last = task::latest_report(world, team, day).map(Clearance::of);
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    set(key::report, "progress".into());
    set(key::task, task.to_string().into());
    set(key::day, day.to_string().into());
    if let Some(team) = team {
        set(key::team, team.to_string().into());
    }
    let hazards: Vec<String> = ordered
        .hazards()
        .iter()
        .map(uuid::Uuid::to_string)
        .collect();
    if !hazards.is_empty() {
        set(key::hazards, hazards.into());
    }
    // Lanes first wherever the task is worked in lanes; else as the team did it last.
    let by = if ordered.lane_width().is_some() {
        "lanes"
    } else {
        last.and_then(|last| last.ground_by()).unwrap_or("lanes")
    };
    set(key::ground_by, by.into());
    set(
        key::lane_width,
        ordered
            .lane_width()
            .or_else(|| last.and_then(|last| last.lane_width()))
            .unwrap_or(1_000)
            .into(),
    );
    if let Some(depth) = ordered.required_depth() {
        set(key::depth, depth.into());
    }
    let method = last
        .and_then(|last| last.methods().first().copied())
        .or_else(|| ordered.methods().first().copied())
        .unwrap_or("manual-detector");
    set(key::methods, json!([method]));
    // Yesterday's people; whoever was absent today is one tap away.
    let mut effort = match last
        .map(|last| last.effort())
        .filter(|effort| !effort.is_empty())
    {
        Some(effort) => effort.into_iter().cloned().map(Value::Object).collect(),
        None => json!([
            {"method": method, "people": ordered.people().unwrap_or(0), "time": USUAL_DAY},
        ]),
    };
    with_hours(&mut effort);
    set(key::effort, effort);
    fields
}

/// How many lanes a day's report shows.
pub fn lane_count(world: &World, fields: &Map) -> i64 {
    let report = Clearance::of(fields);
    let ordered = report
        .task()
        .and_then(|task| world.get(task.into()))
        .and_then(|task| Task::of(task.body()?).lanes());
    let written = report
        .lanes()
        .iter()
        .filter_map(|entry| body::integer(entry, "lane"))
        .max()
        .unwrap_or(0);
    ordered.unwrap_or(USUAL_LANES).max(written)
}

/// Moves a report to another day: opens that day's report when it is there.
pub fn move_day(engine: Engine, drafts: Drafts, record: RecordId, day: Date) -> RecordId {
    let Some(draft) = drafts.get(record) else {
        return record;
    };
    let Some(task) = body::uuid(&draft.body, clearance::key::task) else {
        return record;
    };
    let world = engine.world.get_untracked();
    let team = team_of(engine);
    if let Some(there) = task::report_of_day(&world, task.into(), team, day) {
        return correct(drafts, there);
    }
    let ledger = engine.identity.with_untracked(|identity| {
        identity
            .as_ref()
            .map(|identity| identity.info.ledger.uuid())
            .unwrap_or_default()
    });
    let moved = task::day_record(ledger, task.into(), team, day);
    let mut fields = draft.body;
    // On another day it is another record, and this person's own: the sheet was of the first.
    for field in paper::FIELDS {
        fields.remove(field.key);
    }
    fields.insert(clearance::key::day.to_owned(), day.to_string().into());
    let opened = drafts.begin(Draft {
        step: draft.step,
        ..Draft::new(moved, "clearance", fields)
    });
    // A correction of another day's report stays a draft of its own: nothing of it is lost.
    if draft.parents.is_empty() && opened != record {
        drafts.discard(record);
    }
    opened
}

/// The draft's own mark that the short way for a day without work is open; taken out before signing.
pub const ZERO_DAY: &str = "~zero";

/// Whether the short way for a day without work says all that a report says.
fn is_zero_day(fields: &Map) -> bool {
    let report = Clearance::of(fields);
    let none = |answer: Option<&str>| answer == Some("none");
    report.report() == Some("progress")
        && report.worked_area() == Some(0)
        && report.stand_down().is_some()
        && none(report.accidents())
        && none(report.visitors())
}

/// Opens a correction of a record: its newest fields, replacing what is there.
pub fn correct(drafts: Drafts, record: &Record) -> RecordId {
    let mut fields = record.body().cloned().unwrap_or_default();
    if record.kind == "clearance" && is_zero_day(&fields) {
        fields.insert(ZERO_DAY.to_owned(), true.into());
    }
    // Why the version before was made is no reason for this one.
    fields.remove(hazardous_area::key::change_reason);
    drafts.begin(Draft {
        parents: record.parents_of_a_correction(),
        ..Draft::new(record.id, &record.kind, fields)
    })
}

/// An item found now, on the section's task.
pub fn item(engine: Engine, drafts: Drafts, minutes_now: i64) -> RecordId {
    use item::key;
    let team = team_of(engine);
    let world = engine.world.get_untracked();
    let today = engine.today();
    let task = task::open_tasks(&world, team).first().map(|task| task.id);
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    set(key::quantity, 1.into());
    set(key::found_on, today.to_string().into());
    set(key::found_at, minutes_now.into());
    if let Some(team) = team {
        set(key::team, team.to_string().into());
    }
    if let Some(task) = task {
        set(key::task, task.to_string().into());
        if let Some(report) = task::report_of_day(&world, task, team, today) {
            set(key::clearance, report.id.to_string().into());
        }
    }
    drafts.begin(Draft::new(
        engine::new_record(),
        "explosive-ordnance",
        fields,
    ))
}

/// A completion of a task, starting from what was worked.
pub fn completion(engine: Engine, drafts: Drafts, task: RecordId) -> RecordId {
    let world = engine.world.get_untracked();
    let fields = completion_body(&world, task, team_of(engine), engine.today());
    drafts.begin(Draft::new(engine::new_record(), "clearance", fields))
}

/// The fields with which a completion begins.
pub fn completion_body(world: &World, task: RecordId, team: Option<RecordId>, today: Date) -> Map {
    use clearance::key;
    let empty = Map::new();
    let ordered = Task::of(world.get(task).and_then(Record::body).unwrap_or(&empty));
    let days = task::progress_reports(world, task)
        .filter_map(|record| Clearance::of(record.body()?).day());
    let mut methods: Vec<String> = task::progress_reports(world, task)
        .filter_map(|record| record.body())
        .flat_map(|body| {
            Clearance::of(body)
                .methods()
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    methods.sort();
    methods.dedup();
    let ground = ordered.ground().or_else(|| {
        let hazards = ordered.hazards();
        let [one] = hazards.as_slice() else {
            return None;
        };
        body::ground(world.get((*one).into())?.body()?, "ground")
    });
    let mut part = Map::new();
    part.insert("release".to_owned(), "cleared".into());
    if let Some(ground) = ground
        .map(|ground| shape::taken(&ground))
        .filter(|ground| !ground.how.is_sketch())
    {
        part.insert(
            "ground".to_owned(),
            serde_json::to_value(ground).unwrap_or_default(),
        );
    }
    if let Some(depth) = ordered.required_depth() {
        part.insert("depth".to_owned(), depth.into());
    }
    if !methods.is_empty() {
        part.insert("methods".to_owned(), methods.into());
    }
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    set(key::report, "completion".into());
    set(key::task, task.to_string().into());
    set(key::completed_on, today.to_string().into());
    if let Some(first) = days.min() {
        set(key::started_on, first.to_string().into());
    }
    if let Some(team) = team {
        set(key::team, team.to_string().into());
    }
    set(
        key::hazards,
        ordered
            .hazards()
            .iter()
            .map(uuid::Uuid::to_string)
            .collect::<Vec<_>>()
            .into(),
    );
    set(key::parts, json!([part]));
    fields
}

/// Any other record of the field.
pub fn other(engine: Engine, drafts: Drafts, kind: &str) -> Option<RecordId> {
    let kind = kinds::find(kind)?;
    let team = team_of(engine);
    let today = engine.today().to_string();
    let task = engine.world.with_untracked(|world| {
        let activity = |record: &&Record| {
            record
                .body()
                .and_then(|body| Task::of(body).activity().map(str::to_owned))
        };
        let wanted = |record: &&Record| {
            kind.name != "non-technical-survey"
                || activity(record).as_deref() == Some("non-technical-survey")
        };
        task::open_tasks(world, team)
            .into_iter()
            .find(wanted)
            .map(|task| {
                (
                    task.id,
                    task.body()
                        .map(|body| Task::of(body).hazards())
                        .unwrap_or_default(),
                )
            })
    });
    let mut fields = Map::new();
    for (key, value) in ["day", "visited_on", "on", "reported_on"].map(|key| (key, &today)) {
        if kind.field(key).is_some() {
            fields.insert(key.to_owned(), value.clone().into());
        }
    }
    if let (Some(team), true) = (team, kind.field("team").is_some()) {
        fields.insert("team".to_owned(), team.to_string().into());
    }
    // What civilians report lies anywhere: the task that answers it is named later.
    if let Some((task, hazards)) = task
        && kind.field("task").is_some()
        && kind.name != "civilian-report"
    {
        fields.insert("task".to_owned(), task.to_string().into());
        if kind.name == "non-technical-survey" {
            let outlines: Vec<Value> = hazards
                .iter()
                .map(|hazard| json!({"hazard": hazard.to_string()}))
                .collect();
            if !outlines.is_empty() {
                fields.insert("outlines".to_owned(), outlines.into());
            }
        }
    }
    Some(drafts.begin(Draft::new(engine::new_record(), kind.name, fields)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_after_a_day_without_work_begins_with_a_usual_day() {
        let mut effort = json!([{"people": 6, "time": 0}, {"people": 2, "time": 90}]);
        with_hours(&mut effort);
        assert_eq!(
            effort,
            json!([{"people": 6, "time": USUAL_DAY}, {"people": 2, "time": 90}])
        );
    }
}
