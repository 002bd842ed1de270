//! Item found: kind, count, depth, place, photo, what was done. Made for twenty seconds and gloves.

use leptos::prelude::*;
use safelane_geometry::{Metres, measure};
use safelane_ledger::RecordId;
use safelane_model::body;
use safelane_model::codes;
use safelane_model::kinds::explosive_ordnance::key;
use safelane_model::{How, Place, Statistic};
use serde_json::{Value, json};

use crate::components::{
    ButtonRow, ChipChoice, Choice, GhostButton, PrimaryButton, ProblemNote, StepLine, Stepper,
    TopBar,
};
use crate::field::form::page::{Discard, Problems, SavedBadge, SendButton, WholeComments};
use crate::field::form::widget::widget;
use crate::field::form::{Form, place};
use crate::field::words;
use crate::i18n::format;
use crate::platform::position::{self, Position};

/// How a depth is written.
const DEPTH: fn(i64) -> String = format::depth_mm;
/// How whole metres are written.
const METRES: fn(i64) -> String = |metres| format::length_mm(metres * 1_000);
/// Depths that come up most, mm.
const DEPTHS: [i64; 7] = [0, 50, 100, 120, 150, 200, 300];
/// How far a place told by lane and distance may be off, mm; its statistic is not stated, so it counts for more (S8).
const LANE_ACCURACY: i64 = 10_000;

/// The page.
#[component]
pub fn ItemPage(
    /// The draft.
    record: RecordId,
) -> impl IntoView {
    let Some(form) = Form::of(record) else {
        return view! { <ProblemNote text=t!("field.form.unknown_kind") /> }.into_any();
    };
    // From the first step on: a receiver may need longer than a person.
    let gps = position::watch().into();
    take_fixes(form, gps);
    let step = Memo::new(move |_| form.editor.step().min(2));
    let body = move || match step.get() {
        0 => view! { <StepLine current=1 total=3 name=words::section("what") /><What form /> }
            .into_any(),
        1 => {
            view! { <StepLine current=2 total=3 name=words::section("place") /><Where form gps /> }
                .into_any()
        }
        _ => view! { <StepLine current=3 total=3 name=words::section("life") /><Done form /> }
            .into_any(),
    };
    let foot = move || {
        let at = step.get();
        let back = move |()| form.editor.go(at.saturating_sub(1));
        match at {
            0 => view! {
                <PrimaryButton
                    label=t!("action.next_named", step = words::section("place"))
                    disabled=Signal::derive(move || form.editor.with(|body| !body.contains_key(key::category)))
                    on_press=move |()| form.editor.go(1)
                />
            }
            .into_any(),
            1 => view! {
                <ButtonRow wide_last=true>
                    <GhostButton label=t!("action.back") on_press=back />
                    <PrimaryButton label=t!("action.next_named", step = words::section("life")) on_press=move |()| form.editor.go(2) />
                </ButtonRow>
            }
            .into_any(),
            _ => view! { <ButtonRow wide_last=true><GhostButton label=t!("action.back") on_press=back /><SendButton form /></ButtonRow> }.into_any(),
        }
    };
    let title = Signal::derive(move || {
        form.editor.with(|fields| {
            if fields.contains_key(key::category) {
                words::draft_title("explosive-ordnance", fields)
            } else {
                t!("field.today.item").to_owned()
            }
        })
    });
    view! {
        <div class="page">
            <TopBar title back="/field/today".to_owned() state=move || view! { <SavedBadge form /> }.into_any() />
            <main class="page-body"><WholeComments form />{body}</main>
            <div class="page-foot">{foot}</div>
        </div>
    }
    .into_any()
}

/// Kind cards and the count.
#[component]
fn What(form: Form) -> impl IntoView {
    let chosen = form.editor.text(key::category);
    let card = move |choice: Choice| {
        let (own, value) = (choice.value.clone(), choice.value);
        let on = move || chosen.with(|chosen| chosen.as_ref() == Some(&own));
        let press = move |_| {
            form.editor.change(|body| {
                body.insert(key::category.to_owned(), value.clone().into());
                // Another kind has other types.
                body.remove(key::ordnance_type);
            });
        };
        view! { <button type="button" class="kind-card" class:on=on on:click=press>{choice.label}</button> }
    };
    let types = Memo::new(move |_| {
        let list = chosen.with(|chosen| chosen.as_deref().map_or(&[][..], types_of));
        list.iter()
            .map(|code| Choice::new(*code, words::code(&codes::ORDNANCE_TYPE, code)))
            .collect::<Vec<_>>()
    });
    let editor = form.editor;
    let type_chosen = editor.text(key::ordnance_type);
    let slot = form.kind.field(key::quantity).map(|field| form.slot(field));
    view! {
        <div class="kind-cards" role="radiogroup">{words::choices(&codes::ORDNANCE).into_iter().map(card).collect_view()}</div>
        {move || (!types.with(Vec::is_empty)).then(|| view! {
            <ChipChoice
                label=words::field("explosive-ordnance", key::ordnance_type)
                choices=types
                chosen=type_chosen
                on_choose={move |code: Option<String>| editor.set(key::ordnance_type, code.map(Value::from))}
                clearable=true
            />
        })}
        {slot.map(widget)}
    }
}

/// Types that belong to a category.
fn types_of(category: &str) -> &'static [&'static str] {
    match category {
        "ap-mine" => &[
            "ap-blast",
            "ap-fragmentation",
            "ap-bounding",
            "ap-directional",
            "unknown",
        ],
        "av-mine" => &[
            "av-blast",
            "av-shaped-charge",
            "av-with-anti-handling",
            "unknown",
        ],
        "improvised-mine" => &["pressure-plate", "pull-or-trip", "other", "unknown"],
        "submunition" => &[
            "unexploded-submunition",
            "unexploded-bomblet",
            "failed-cluster-munition",
            "abandoned-cluster-munition",
            "unknown",
        ],
        "unexploded-ordnance" | "abandoned-ordnance" => &[
            "projectile",
            "mortar",
            "rocket",
            "hand-grenade",
            "rifle-grenade",
            "projected-grenade",
            "aircraft-bomb",
            "fuze",
            "other",
            "unknown",
        ],
        _ => &[],
    }
}

/// How the place comes about: by the phone's position while nothing else was chosen.
fn way_of(form: Form) -> (Signal<String>, Callback<String>) {
    form.kind
        .field(key::place)
        .map(|field| form.slot(field).scratch("way"))
        .expect("an item has a place")
}

/// Takes the phone's fix by itself, whichever step is open, until the person says otherwise.
fn take_fixes(form: Form, gps: Signal<Position>) {
    let editor = form.editor;
    let (way, _) = way_of(form);
    Effect::new(move |_| {
        let fix = gps.with(place::fresh);
        let untouched = way.with(|way| way.is_empty() || way == "gps");
        let stored = editor.with_untracked(|body| body::place(body, key::place));
        // A better fix replaces only a fix of the find itself; what was typed, told by lane or stated before stays.
        let new = editor.parents_untracked().is_empty();
        let may = stored
            .as_ref()
            .is_none_or(|place| place.how == How::Fix && new);
        if let (Some(place), true, true) = (fix.as_ref().and_then(place::of_fix), untouched, may) {
            let better = stored
                .and_then(|old| old.accuracy_mm)
                .is_none_or(|old| place.accuracy_mm.is_some_and(|new| new < old));
            if better {
                editor.set(key::place, place::value(&place));
            }
        }
    });
}

/// Depth and place.
#[component]
fn Where(form: Form, gps: Signal<Position>) -> impl IntoView {
    let editor = form.editor;
    let depth = editor.integer(key::depth);
    let choices: Vec<Choice> = DEPTHS
        .iter()
        .map(|mm| {
            Choice::new(
                mm.to_string(),
                if *mm == 0 {
                    t!("field.item.surface").to_owned()
                } else {
                    format::depth_mm(*mm)
                },
            )
        })
        .collect();
    let chosen = Memo::new(move |_| depth.get().map(|mm| mm.to_string()));
    let (way, set_way) = way_of(form);
    let lane = editor.integer(key::lane);
    let distance =
        Memo::new(move |_| editor.with(|fields| fields.get("~distance").and_then(Value::as_i64)));
    let by_lane = move || way.with(|way| way == "lane");
    let set_lane = move |number: i64| {
        editor.set(key::lane, Some(number.into()));
        tell_by_lane(form);
    };
    let set_distance = move |metres: i64| {
        editor.set("~distance", Some(metres.into()));
        tell_by_lane(form);
    };
    let ways = vec![
        Choice::new("gps", t!("field.item.by_gps")),
        Choice::new("lane", t!("field.item.by_lane")),
        Choice::new("more", t!("field.item.by_more")),
    ];
    let way_chosen = Memo::new(move |_| {
        Some(way.with(|way| {
            if way.is_empty() {
                "gps".to_owned()
            } else {
                way.clone()
            }
        }))
    });
    let has_start = start_of(form).is_some();
    let place_slot = form.kind.field(key::place).map(|field| form.slot(field));
    let shown = move || {
        editor
            .with(|fields| body::place(fields, key::place))
            .map_or_else(
                || t!("field.place.none").to_owned(),
                |place| words::position(&place),
            )
    };
    view! {
        <section class="card">
            <ChipChoice label=words::field("explosive-ordnance", key::depth) choices chosen on_choose={move |code: Option<String>| editor.set(key::depth, code.and_then(|code| code.parse::<i64>().ok()).map(Value::from))} />
            <Stepper label=t!("field.item.exact_depth") value=depth on_change=move |mm: i64| editor.set(key::depth, Some(mm.into())) min=0 max=20_000 step=10 show=DEPTH first=100 />
        </section>
        <section class="card">
            <ChipChoice label=words::field("explosive-ordnance", key::place) choices=ways chosen=way_chosen on_choose={move |way: Option<String>| set_way.run(way.unwrap_or_default())} />
            {move || if by_lane() {
                view! {
                    {(!has_start).then(|| view! { <p class="field-problem">{t!("field.item.no_start")}</p> })}
                    <Stepper label=words::field("explosive-ordnance", key::lane) value=lane on_change=set_lane min=1 max=999 first=1 />
                    <Stepper label=t!("field.item.distance") value=distance on_change=set_distance min=0 max=1_000 show=METRES first=1 />
                }
                .into_any()
            } else if way.with(|way| way == "more") {
                place_slot.clone().map(widget).into_any()
            } else {
                view! { <p class="muted num">{move || gps.with(place::gps_words)}</p> }.into_any()
            }}
            <p class="place num">{shown}</p>
        </section>
    }
}

/// Where lanes begin: the benchmark of the task, else the middle of its ground.
fn start_of(form: Form) -> Option<safelane_geometry::Position> {
    let task: RecordId = form
        .editor
        .with_untracked(|fields| body::uuid(fields, key::task))?
        .into();
    form.world(|world| {
        let fields = world.get(task)?.body()?;
        let hazards = body::uuids(fields, "hazards");
        let of_hazards = || {
            hazards.iter().find_map(|id| {
                body::ground(world.get((*id).into())?.body()?, "ground")?
                    .shape
                    .bbox()
            })
        };
        body::place(fields, "benchmark")
            .map(|place| place.at)
            .or_else(|| {
                body::ground(fields, "ground")
                    .and_then(|ground| ground.shape.bbox())
                    .or_else(of_hazards)
                    .map(safelane_geometry::Bbox::center)
            })
    })
}

/// A place told by lane and distance lies somewhere about the start: the distance widens how far it may be off.
fn tell_by_lane(form: Form) {
    let Some(start) = start_of(form) else { return };
    let metres = form
        .editor
        .with_untracked(|fields| fields.get("~distance").and_then(Value::as_i64))
        .unwrap_or(0);
    let reach = measure::distance(
        start,
        measure::direct(start, 0.0, Metres::new(metres as f64)),
    )
    .get();
    let mut place = Place {
        accuracy_mm: Some(LANE_ACCURACY + (reach * 1_000.0).round() as i64),
        statistic: Statistic::NotStated,
        ..Place::new(start, How::Taken)
    };
    place
        .more
        .insert("distance_mm".to_owned(), json!(metres * 1_000));
    form.editor.set(key::place, place::value(&place));
}

/// What was done, photo, and the rest.
#[component]
fn Done(form: Form) -> impl IntoView {
    let editor = form.editor;
    let steps = Memo::new(move |_| {
        editor.with(|fields| {
            body::entries(fields, key::life)
                .into_iter()
                .filter_map(|step| {
                    Some((
                        body::text(step, "step")?.to_owned(),
                        body::text(step, "on").unwrap_or_default().to_owned(),
                    ))
                })
                .collect::<Vec<_>>()
        })
    });
    let last = Memo::new(move |_| steps.with(|steps| steps.last().map(|(step, _)| step.clone())));
    // What an earlier version states stays: a new step is added after it.
    let kept = editor.with_untracked(|fields| {
        let record = form.world(|world| {
            world
                .get(editor.record)
                .and_then(|record| record.body())
                .map(|old| body::entries(old, key::life).len())
        });
        record
            .unwrap_or(0)
            .min(body::entries(fields, key::life).len())
    });
    let choose = move |code: Option<String>| {
        let team = editor.with_untracked(|fields| body::text(fields, key::team).map(str::to_owned));
        let today = form.engine.today().to_string();
        editor.change(|fields| {
            let mut life: Vec<Value> = fields
                .get(key::life)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            life.truncate(kept);
            if let Some(code) = code {
                let mut step = json!({"step": code, "on": today});
                if let (Some(team), Some(step)) = (team, step.as_object_mut()) {
                    step.insert("team".to_owned(), team.into());
                }
                life.push(step);
            }
            if life.is_empty() {
                fields.remove(key::life);
            } else {
                fields.insert(key::life.to_owned(), life.into());
            }
        });
    };
    let history = move || {
        steps.with(|steps| steps.iter().take(kept).map(|(step, on)| view! {
        <p class="muted num">{format!("{} · {}", words::code(&codes::ITEM_STEP, step), format::date(on))}</p>
    }).collect_view())
    };
    let more = [
        "photos",
        "found_by",
        "condition",
        "found_on",
        "found_at",
        "note",
    ];
    let slots = more
        .into_iter()
        .filter_map(|key| form.kind.field(key))
        .map(|field| widget(form.slot(field)))
        .collect_view();
    view! {
        <section class="card">
            {history}
            <ChipChoice label=words::field("explosive-ordnance", key::life) choices=words::choices(&codes::ITEM_STEP) chosen=last on_choose=choose clearable=true />
            {move || last.with(|last| last.as_deref().is_none_or(|step| step == "left-marked")).then(|| view! { <p class="muted">{t!("field.item.stays")}</p> })}
        </section>
        <Problems form />
        {slots}
        <Discard form />
    }
}
