//! An outline: taken over, typed, by bearing and distance, or corner by corner at the cross or at the phone's position.
//!
//! The last two are sketches: never offered where the outline becomes the boundary of a release.

use leptos::prelude::*;
use safelane_geometry::{Position as At, measure};
use safelane_ledger::RecordId;
use safelane_model::body::{self, Map};
use safelane_model::{Ground, How, Place};
use serde_json::Value;

use super::slot::Slot;
use super::{place, shape, typed};
use crate::components::stepper::parse_decimal;
use crate::components::{ChipChoice, Choice, GhostButton, NumberField, Sign, TextArea, TextField};
use crate::field::cross::{Cross, Purpose};
use crate::field::words;
use crate::i18n::format;
use crate::platform::position;

/// Whether the outline of this field becomes the boundary of a release: then no sketch is offered.
fn is_for_release(slot: &Slot) -> bool {
    let path = slot.path.as_str();
    match slot.form.kind.name {
        "clearance" => path.starts_with("parts."),
        "non-technical-survey" => {
            let outcome = path.rsplit_once('.').map(|(entry, _)| entry.to_owned());
            outcome.is_some_and(|entry| {
                slot.form.editor.with_untracked(|body| {
                    at_path(body, &format!("{entry}.outcome")).and_then(Value::as_str)
                        == Some("cancelled")
                })
            })
        }
        _ => false,
    }
}

/// The value at a path like `outlines.2.outcome`.
pub fn at_path<'a>(body: &'a Map, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let mut value = body.get(parts.next()?)?;
    for part in parts {
        value = match value {
            Value::Object(map) => map.get(part)?,
            Value::Array(list) => list.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// Draws an outline on the map: given by context where there is a map to draw on, which is the desk.
#[derive(Clone, Copy)]
pub struct DrawOnMap(pub fn(Slot) -> AnyView);

/// The ground in a stored value.
pub fn read(value: Option<&Value>) -> Option<Ground> {
    let map: Map = [("ground".to_owned(), value?.clone())]
        .into_iter()
        .collect();
    body::ground(&map, "ground")
}

/// Records whose outline can be taken over: the task and hazardous areas first named by this record, then all others.
fn sources(slot: &Slot) -> Vec<(Choice, Ground)> {
    let named = slot.form.editor.with_untracked(|body| {
        let mut ids = body::uuids(body, "hazards");
        ids.extend(body::uuid(body, "task"));
        if let Some((entry, _)) = slot.path.rsplit_once('.') {
            ids.extend(
                at_path(body, &format!("{entry}.hazard"))
                    .and_then(Value::as_str)
                    .and_then(|id| uuid::Uuid::try_parse(id).ok()),
            );
        }
        ids
    });
    slot.form.world(|world| {
        let candidates = world.of_kind("task").chain(world.of_kind("hazardous-area"));
        let mut found: Vec<(bool, Choice, Ground)> = candidates
            .filter_map(|record| {
                let ground =
                    body::ground(record.official_body().or_else(|| record.body())?, "ground")?;
                ground.polygons()?;
                Some((
                    !named.contains(&record.id.uuid()),
                    Choice::new(record.id.to_string(), words::name(record)),
                    ground,
                ))
            })
            .collect();
        found.sort_by(|a, b| (a.0, &a.1.label).cmp(&(b.0, &b.1.label)));
        let any_named = found.iter().any(|one| !one.0);
        found
            .into_iter()
            .filter(|one| !any_named || !one.0)
            .map(|(_, choice, ground)| (choice, ground))
            .collect()
    })
}

/// The widget.
pub fn view(slot: Slot) -> AnyView {
    let (stored, set, problem) = (slot.value, slot.set, slot.problem());
    let ground = Memo::new(move |_| stored.with(|value| read(value.as_ref())));
    let release = is_for_release(&slot);
    let (mode, set_mode) = slot.scratch("mode");
    let sources = sources(&slot);
    let mut modes = Vec::new();
    if !sources.is_empty() {
        modes.push(Choice::new("taken", t!("field.ground.taken")));
    }
    let draw = use_context::<DrawOnMap>();
    match draw {
        _ if release => {}
        Some(_) => modes.push(Choice::new("draw", t!("field.ground.draw"))),
        None => modes.push(Choice::new("cross", t!("field.ground.cross"))),
    }
    modes.push(Choice::new("legs", t!("field.ground.legs")));
    modes.push(Choice::new("typed", t!("field.ground.typed")));
    let chosen = Memo::new(move |_| Some(mode.get()).filter(|mode| !mode.is_empty()));
    let summary = move || match ground.get() {
        Some(ground) => {
            let area = ground
                .polygons()
                .map_or(0, |shape| measure::area_dm2(shape) as i64);
            let corners = ground.shape.positions().len();
            format!(
                "{} · {} · {}",
                format::area_dm2(area),
                t!("cross.points", count = corners),
                words::how(ground.how)
            )
        }
        None => t!("field.ground.none").to_owned(),
    };
    let entry = {
        let slot = slot.clone();
        move || match mode.get().as_str() {
            "taken" => taken_view(&sources, set),
            "typed" => typed_view(&slot),
            "legs" => legs_view(&slot),
            "cross" => cross_view(&slot),
            "draw" => draw.map_or_else(|| ().into_any(), |draw| draw.0(slot.clone())),
            _ => ().into_any(),
        }
    };
    view! {
        <div class="field ground-field" id=slot.id() tabindex="-1" class:has-problem=move || problem.with(Option::is_some)>
            <div class="field-label">{slot.label()}</div>
            <p class="place num"><b>{summary}</b></p>
            {release.then(|| view! { <p class="muted">{t!("field.ground.no_sketch")}</p> })}
            <ChipChoice label=t!("field.ground.how") choices=modes chosen on_choose={move |mode: Option<String>| set_mode.run(mode.unwrap_or_default())} hide_label=true />
            {entry}
            {move || problem.get().map(|text| view! { <p class="field-problem" role="alert">{text}</p> })}
        </div>
    }
    .into_any()
}

fn store(set: Callback<Option<Value>>, ground: Option<Ground>) {
    set.run(ground.and_then(|ground| serde_json::to_value(ground).ok()));
}

fn taken_view(sources: &[(Choice, Ground)], set: Callback<Option<Value>>) -> AnyView {
    let choices: Vec<Choice> = sources.iter().map(|(choice, _)| choice.clone()).collect();
    let sources: Vec<(String, Ground)> = sources
        .iter()
        .map(|(choice, ground)| (choice.value.clone(), ground.clone()))
        .collect();
    let chosen = RwSignal::new(None::<String>);
    let choose = move |id: Option<String>| {
        if let Some((_, ground)) = sources.iter().find(|(own, _)| Some(own) == id.as_ref()) {
            store(set, Some(shape::taken(ground)));
        }
        chosen.set(id);
    };
    view! { <ChipChoice label=t!("field.ground.taken_from") choices chosen on_choose=choose /> }
        .into_any()
}

fn bad_lines(bad: &[usize]) -> Option<String> {
    let lines: Vec<String> = bad.iter().map(usize::to_string).collect();
    (!bad.is_empty()).then(|| t!("field.ground.bad_lines", lines = lines.join(", ")))
}

fn typed_view(slot: &Slot) -> AnyView {
    let (text, write) = slot.scratch("text");
    let set = slot.set;
    let change = move |text: String| {
        let lines = shape::positions(&text);
        if lines.bad.is_empty() {
            store(set, shape::typed_ground(&lines.read));
        }
        write.run(text);
    };
    let problem = Signal::derive(move || text.with(|text| bad_lines(&shape::positions(text).bad)));
    let id = format!("{}-text", slot.id());
    view! { <TextArea label=t!("field.ground.corners") hint=t!("field.ground.corners_hint").to_owned() value=text on_change=change id problem /> }.into_any()
}

/// Where a traverse begins: typed, else the benchmark of the task.
fn start_of(slot: &Slot, typed_text: &str) -> Option<At> {
    if !typed_text.trim().is_empty() {
        return typed::position(typed_text);
    }
    let task: RecordId = slot
        .form
        .editor
        .with_untracked(|body| body::uuid(body, "task"))?
        .into();
    slot.form.world(|world| {
        body::place(world.get(task)?.body()?, "benchmark").map(|place: Place| place.at)
    })
}

fn legs_view(slot: &Slot) -> AnyView {
    let (start, write_start) = slot.scratch("start");
    let (approach, write_approach) = slot.scratch("approach");
    let (legs, write_legs) = slot.scratch("legs");
    let (declination, write_declination) = slot.scratch("declination");
    let set = slot.set;
    let own = slot.clone();
    let compute = Callback::new(move |()| {
        let (to_first, lines) = (
            shape::legs(&approach.get_untracked()),
            shape::legs(&legs.get_untracked()),
        );
        let degrees = parse_decimal(&declination.get_untracked(), 2).unwrap_or(0) as f64 / 100.0;
        let ground = start_of(&own, &start.get_untracked())
            .filter(|_| to_first.bad.is_empty() && lines.bad.is_empty())
            .and_then(|start| shape::legs_ground(start, &to_first.read, &lines.read, degrees));
        store(set, ground);
    });
    let then_compute = move |write: Callback<String>| {
        move |text: String| {
            write.run(text);
            compute.run(());
        }
    };
    let (on_start, on_approach) = (then_compute(write_start), then_compute(write_approach));
    let (on_legs, on_declination) = (then_compute(write_legs), then_compute(write_declination));
    let benchmark =
        start_of(slot, "").map(|at| format::position(at.lon_e7().into(), at.lat_e7().into()));
    let start_hint = benchmark.map_or_else(
        || t!("field.place.coordinates_hint").to_owned(),
        |at| t!("field.ground.benchmark", place = at),
    );
    let value = slot.value;
    let misclosure = move || {
        let mm = value.with(|value| read(value.as_ref())?.raw?.get("misclosure_mm")?.as_i64())?;
        Some(t!(
            "field.ground.misclosure",
            length = format::length_mm(mm)
        ))
    };
    let id = slot.id();
    view! {
        <TextField label=t!("field.ground.start") hint=start_hint value=start on_change=on_start id=format!("{id}-start") optional=true
            problem=Signal::derive(move || start.with(|text| (!text.trim().is_empty() && typed::position(text).is_none()).then(|| t!("field.place.unread").to_owned()))) />
        <TextArea label=t!("field.ground.approach") hint=t!("field.ground.approach_hint").to_owned() value=approach on_change=on_approach id=format!("{id}-approach") optional=true
            problem=Signal::derive(move || approach.with(|text| bad_lines(&shape::legs(text).bad))) />
        <NumberField label=t!("field.ground.declination") hint=t!("field.ground.declination_hint").to_owned() value=declination on_change=on_declination id=format!("{id}-declination") optional=true />
        <TextArea label=t!("field.ground.legs_label") hint=t!("field.ground.legs_hint").to_owned() value=legs on_change=on_legs id=format!("{id}-legs")
            problem=Signal::derive(move || legs.with(|text| bad_lines(&shape::legs(text).bad))) />
        {move || misclosure().map(|text| view! { <p class="muted num">{text}</p> })}
    }
    .into_any()
}

/// Corners kept in the draft while an outline is sketched.
pub fn points(text: &str) -> Vec<At> {
    serde_json::from_str(text).unwrap_or_default()
}

fn cross_view(slot: &Slot) -> AnyView {
    let (text, write) = slot.scratch("points");
    let (worst, write_worst) = slot.scratch("accuracy");
    let set = slot.set;
    let gps = position::watch();
    let corners = Memo::new(move |_| text.with(|text| points(text)));
    let save = Callback::new(move |corners: Vec<At>| {
        let accuracy = worst.get_untracked().parse().ok();
        let how = if accuracy.is_some() {
            How::Fix
        } else {
            How::Drawn
        };
        store(set, shape::sketch(&corners, how, accuracy));
        write.run(if corners.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&corners).unwrap_or_default()
        });
    });
    let add = move |at: At| {
        let mut all = corners.get_untracked();
        all.push(at);
        save.run(all);
    };
    let add_fix = move |()| {
        let Some(fix) = gps.with_untracked(place::fresh) else {
            return;
        };
        let Some(here) = place::of_fix(&fix) else {
            return;
        };
        // The outline is as accurate as its least accurate corner.
        let least = worst
            .get_untracked()
            .parse::<i64>()
            .unwrap_or(0)
            .max(fix.accuracy_95_mm);
        write_worst.run(least.to_string());
        add(here.at);
    };
    let undo = move |()| {
        let mut all = corners.get_untracked();
        all.pop();
        save.run(all);
    };
    let mapping = RwSignal::new(false);
    let record = slot.form.editor.record;
    let near = move || {
        corners
            .with_untracked(|all| all.last().copied())
            .or_else(|| {
                gps.with_untracked(place::fresh)
                    .and_then(|fix| place::of_fix(&fix))
                    .map(|place| place.at)
            })
    };
    view! {
        <p class="muted num">{move || gps.with(place::gps_words)}</p>
        <p class="num">{move || t!("cross.points", count = corners.with(Vec::len))}</p>
        <div class="button-row">
            <GhostButton label=t!("field.place.map") sign=Sign::Map on_press=move |()| mapping.set(true) />
            <GhostButton label=t!("cross.use_gps") sign=Sign::Locate disabled=Signal::derive(move || gps.with(|now| place::fresh(now).is_none())) on_press=add_fix />
            <GhostButton label=t!("cross.undo") sign=Sign::Undo disabled=Signal::derive(move || corners.with(Vec::is_empty)) on_press=undo />
        </div>
        {move || mapping.get().then(|| view! {
            <Cross record near=near() purpose=Purpose::Outline(corners.into()) on_place=add on_fix=Callback::new(add_fix) on_undo=Callback::new(undo) on_close=move |()| mapping.set(false) />
        })}
    }
    .into_any()
}
