//! Daily progress: ground, people, check. Lanes by keypad first; a day of 0 m² in four taps.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use safelane_geometry::measure;
use safelane_ledger::RecordId;
use safelane_model::body::{self, Map};
use safelane_model::codes;
use safelane_model::kinds::clearance::{Clearance, key};
use serde_json::{Value, json};

use crate::components::stepper::parse_decimal;
use crate::components::{
    ButtonRow, ChipChoice, Choice, Fact, Facts, GhostButton, Keypad, PrimaryButton, ProblemNote,
    QuietButton, StepLine, Stepper, TopBar,
};
use crate::field::begin::ZERO_DAY;
use crate::field::draft::drafts;
use crate::field::form::page::{AllComments, Discard, Problems, SavedBadge, SendButton};
use crate::field::form::widget::widget;
use crate::field::form::{Form, ground, number, shape, slot};
use crate::field::task::{self, RateQuestion};
use crate::field::{begin, submit, words};
use crate::i18n::format;
use crate::platform::clock;

/// m² per deminer and day above which a reason is asked where the programme says nothing, dm² (`domain.md` 1.7).
const RATE_LIMIT: i64 = 15_000;
/// How a time of work is written.
const HOURS: fn(i64) -> String = format::hours;
/// Methods offered first; the others of the list follow behind "more".
const METHODS: [&str; 5] = [
    "manual-detector",
    "manual-excavation",
    "dogs",
    "flail",
    "raking",
];

/// Writes what follows from the ground: the area by lanes, the outline's area.
pub fn follow(fields: &mut Map) {
    match Clearance::of(fields).ground_by() {
        Some("lanes") => {
            let area = Clearance::of(fields).lanes_area().unwrap_or(0);
            fields.insert(key::worked_area.to_owned(), area.into());
            fields.remove(key::ground);
        }
        Some("outline") => {
            let area = ground::read(fields.get(key::ground))
                .and_then(|ground| {
                    ground
                        .polygons()
                        .map(|shape| measure::area_dm2(shape) as i64)
                })
                .unwrap_or(0);
            fields.insert(key::worked_area.to_owned(), area.into());
            fields.remove(key::lanes);
        }
        _ => {
            fields.remove(key::ground);
            fields.remove(key::lanes);
        }
    }
    if Clearance::of(fields).worked_area().unwrap_or(0) > 0 && fields.get(ZERO_DAY).is_some() {
        fields.remove(ZERO_DAY);
    }
}

/// Figures that count up while a day is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Live {
    area: i64,
    uncertainty: Option<i64>,
    overlap: i64,
    left: Option<i64>,
    people: i64,
    question: Option<RateQuestion>,
}

fn live(form: Form) -> Memo<Live> {
    let engine = form.engine;
    let record = form.editor.record;
    let limit = engine
        .programme(|programme| programme.rate_limit())
        .unwrap_or(RATE_LIMIT);
    let (task, team) = form.editor.with_untracked(|fields| {
        (
            body::uuid(fields, key::task),
            body::uuid(fields, key::team).map(RecordId::from),
        )
    });
    // What does not change while typing is computed once.
    let before = StoredValue::new(form.world(|world| {
        task.map(|task| task::worked_shapes(world, task.into(), Some(record)))
            .unwrap_or_default()
    }));
    let left_before = form
        .world(|world| Some(task::summary(world, world.get(task?.into())?, Some(record))?.left()));
    let usual = form.world(|world| task::usual_rate(world, team, Some(record)));
    Memo::new(move |_| {
        form.editor.with(|fields| {
            let report = Clearance::of(fields);
            let area = report.worked_area().unwrap_or(0);
            let outline = ground::read(fields.get(key::ground));
            let uncertainty = match report.ground_by() {
                Some("lanes") => Some(task::lanes_uncertainty(
                    report.lanes().len(),
                    report.lane_width().unwrap_or(1_000),
                )),
                Some("outline") => outline.as_ref().and_then(shape::uncertainty),
                _ => None,
            };
            let overlap = outline
                .as_ref()
                .and_then(|ground| ground.polygons())
                .map_or(0, |shape| {
                    before.with_value(|before| task::overlap(shape, before))
                });
            let people = report.people();
            Live {
                area,
                uncertainty,
                overlap,
                left: left_before.map(|left| (left - area + overlap).max(0)),
                people,
                question: task::rate_question(area, people, usual, limit),
            }
        })
    })
}

/// The page.
#[component]
pub fn ProgressPage(
    /// The draft.
    record: RecordId,
) -> impl IntoView {
    let Some(form) = Form::of(record) else {
        return view! { <ProblemNote text=t!("field.form.unknown_kind") /> }.into_any();
    };
    let live = live(form);
    let step = Memo::new(move |_| form.editor.step().min(2));
    let lane = RwSignal::new(first_lane(form));
    let title = Signal::derive(move || {
        let day = form
            .editor
            .with(|fields| body::text(fields, key::day).map(format::day_month))
            .unwrap_or_default();
        t!("field.progress.title", day = day)
    });
    let zero = Memo::new(move |_| form.editor.with(|fields| fields.contains_key(ZERO_DAY)));
    let body = move || {
        form.tried.set(false);
        if zero.get() {
            return view! { <ZeroDay form /> }.into_any();
        }
        match step.get() {
            0 => view! { <StepLine current=1 total=3 name=words::section("ground") /><Ground form live lane /> }.into_any(),
            1 => view! { <StepLine current=2 total=3 name=words::section("people") /><People form /> }.into_any(),
            _ => view! { <StepLine current=3 total=3 name=t!("field.form.check") /><Check form live /> }.into_any(),
        }
    };
    let by_lanes = Memo::new(move |_| {
        form.editor
            .with(|fields| Clearance::of(fields).ground_by() == Some("lanes"))
    });
    let foot = move || {
        if zero.get() {
            return view! { <ZeroFoot form /> }.into_any();
        }
        match step.get() {
            0 if by_lanes.get() && lane.get().is_some() => view! { <LaneKeys form live lane /> }.into_any(),
            0 => view! {
                <PrimaryButton label=t!("action.next_named", step = words::section("people")) on_press=move |()| form.editor.go(1) />
            }
            .into_any(),
            1 => view! {
                <ButtonRow wide_last=true>
                    <GhostButton label=t!("action.back") on_press=move |()| form.editor.go(0) />
                    <PrimaryButton label=t!("action.next_named", step = t!("field.form.check")) on_press=move |()| form.editor.go(2) />
                </ButtonRow>
            }
            .into_any(),
            _ => view! { <ButtonRow wide_last=true><GhostButton label=t!("action.back") on_press=move |()| form.editor.go(1) /><SendButton form /></ButtonRow> }.into_any(),
        }
    };
    view! {
        <div class="page">
            <TopBar title back="/field/today".to_owned() state=move || view! { <SavedBadge form /> }.into_any() />
            <main class="page-body"><AllComments form />{body}</main>
            <div class="page-foot">{foot}</div>
        </div>
    }
    .into_any()
}

/// The lane whose keypad is open at the start: the first, on an empty day.
fn first_lane(form: Form) -> Option<i64> {
    form.editor.with_untracked(|fields| {
        let empty = Clearance::of(fields).lanes().is_empty()
            && Clearance::of(fields).worked_area().unwrap_or(0) == 0;
        (empty && Clearance::of(fields).ground_by() == Some("lanes")).then_some(1)
    })
}

fn lane_length(fields: &Map, lane: i64) -> Option<i64> {
    body::entries(fields, key::lanes)
        .into_iter()
        .find(|entry| body::integer(entry, "lane") == Some(lane))
        .and_then(|entry| body::integer(entry, "length"))
}

fn set_lane(form: Form, lane: i64, length: Option<i64>) {
    form.editor.change(|fields| {
        let mut lanes: Vec<Value> = fields
            .get(key::lanes)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        lanes.retain(|entry| entry.get("lane").and_then(Value::as_i64) != Some(lane));
        if let Some(length) = length {
            lanes.push(json!({"lane": lane, "length": length}));
        }
        lanes.sort_by_key(|entry| entry.get("lane").and_then(Value::as_i64));
        if lanes.is_empty() {
            fields.remove(key::lanes);
        } else {
            fields.insert(key::lanes.to_owned(), lanes.into());
        }
        follow(fields);
    });
}

/// Step 1.
#[component]
fn Ground(form: Form, live: Memo<Live>, lane: RwSignal<Option<i64>>) -> impl IntoView {
    let editor = form.editor;
    let by = editor.text(key::ground_by);
    let choose = move |code: Option<String>| {
        if let Some(code) = code {
            editor.change(|fields| {
                fields.insert(key::ground_by.to_owned(), code.into());
                fields.remove(key::worked_area);
                follow(fields);
            });
            lane.set(first_lane(form));
        }
    };
    let entry = move || match by.get().as_deref() {
        Some("number") => view! { <ByNumber form /> }.into_any(),
        Some("outline") => view! { <ByOutline form /> }.into_any(),
        _ => view! { <ByLanes form lane /> }.into_any(),
    };
    view! {
        <DayLine form />
        <ChipChoice label=words::field("clearance", key::ground_by) choices=words::choices(&codes::GROUND_BY) chosen=by on_choose=choose hide_label=true />
        {entry}
        <Method form />
        <Figures live />
        <QuietButton label=t!("field.progress.zero") on_press=move |()| editor.set(ZERO_DAY, Some(true.into())) />
    }
}

/// The work day, and a way to another one: that day's report opens when it is there.
#[component]
fn DayLine(form: Form) -> impl IntoView {
    let editor = form.editor;
    let go = StoredValue::new_local(use_navigate());
    let drafts = drafts();
    let day = move |days: i32, name: &'static str| {
        let value = clock::local_day(days);
        let own = value.clone();
        let on = move || editor.with(|fields| body::text(fields, key::day) == Some(own.as_str()));
        let press = move |_| {
            let Ok(day) = value.parse() else { return };
            let moved = begin::move_day(form.engine, drafts, editor.record, day);
            if moved != editor.record {
                go.with_value(|go| {
                    go(
                        &format!("/field/draft/{moved}"),
                        leptos_router::NavigateOptions {
                            replace: true,
                            ..Default::default()
                        },
                    );
                });
            }
        };
        view! { <button type="button" class="chip" class:on=on on:click=press>{name}</button> }
    };
    let corrects = !editor.parents().is_empty();
    let task = form.world(|world| {
        editor
            .with_untracked(|fields| body::uuid(fields, key::task))
            .and_then(|task| world.get(task.into()).map(words::name))
    });
    view! {
        <p class="muted">{task}</p>
        {corrects.then(|| view! { <p class="muted">{t!("field.progress.corrects")}</p> })}
        {(!corrects).then(|| view! { <div class="chips day-chips">{day(0, t!("field.form.today"))}{day(-1, t!("field.form.yesterday"))}{day(-2, t!("field.form.day_before"))}</div> })}
    }
}

/// Metres per lane.
#[component]
fn ByLanes(form: Form, lane: RwSignal<Option<i64>>) -> impl IntoView {
    let editor = form.editor;
    let more = RwSignal::new(0_i64);
    let count = Memo::new(move |_| {
        editor.with(|fields| form.world(|world| begin::lane_count(world, fields))) + more.get()
    });
    let about = move || {
        editor.with(|fields| {
            let report = Clearance::of(fields);
            let width = format::length_mm(report.lane_width().unwrap_or(1_000));
            match report.depth() {
                Some(depth) => t!(
                    "field.progress.lanes_about",
                    width = width,
                    depth = format::depth_mm(depth)
                ),
                None => t!("field.progress.lanes_width", width = width),
            }
        })
    };
    let tile = move |number: i64| {
        let length = Memo::new(move |_| editor.with(|fields| lane_length(fields, number)));
        let shown = move || {
            length.get().map_or_else(
                || "–".to_owned(),
                |mm| {
                    number::scale("length", safelane_model::Unit::Millimetres)
                        .text(mm, t!("format.decimal"))
                },
            )
        };
        let entry = format!("lanes.{}", number - 1);
        let mut said = form.comments(&entry);
        said.extend(form.comments(&format!("{entry}.length")));
        view! {
            <button
                type="button"
                class="lane"
                class:on=move || lane.get() == Some(number)
                id=slot::element_id(&format!("lanes.{}.length", number - 1))
                on:click=move |_| lane.set(Some(number))
            >
                <span class="muted">{t!("field.item.in_lane", lane = number)}</span>
                <b class="num">{shown}</b>
                {said.into_iter().map(|text| view! { <span class="returned-comment">{text}</span> }).collect_view()}
            </button>
        }
    };
    let width = form
        .kind
        .field(key::lane_width)
        .map(|field| form.slot(field));
    let open = RwSignal::new(false);
    view! {
        <section class="card">
            <div class="card-head"><h2>{t!("field.progress.metres_today")}</h2><button type="button" class="link num" on:click=move |_| open.update(|open| *open = !*open)>{about}</button></div>
            {move || open.get().then(|| width.clone().map(widget))}
            <div class="lanes">{move || (1..=count.get()).map(tile).collect_view()}</div>
            <QuietButton label=t!("field.progress.add_lane") on_press=move |()| more.update(|more| *more += 1) />
        </section>
    }
}

/// The keypad of the open lane, with the figures above it.
#[component]
fn LaneKeys(form: Form, live: Memo<Live>, lane: RwSignal<Option<i64>>) -> impl IntoView {
    let editor = form.editor;
    let scale = number::scale("length", safelane_model::Unit::Millimetres);
    let count = Memo::new(move |_| {
        editor.with(|fields| form.world(|world| begin::lane_count(world, fields)))
    });
    let typed = RwSignal::new(String::new());
    // Another lane is open: its figure is on the keypad, and the first key replaces it.
    let fresh = RwSignal::new(true);
    Effect::new(move |_| {
        if let Some(number) = lane.get() {
            let now = editor.with_untracked(|fields| lane_length(fields, number));
            typed.set(
                now.map(|mm| scale.text(mm, t!("format.decimal")))
                    .unwrap_or_default(),
            );
            fresh.set(true);
            // The keypad covers half of the page: bring the lane above it.
            let id = slot::element_id(&format!("lanes.{}.length", number - 1));
            set_timeout(
                move || crate::platform::dom::focus(&id),
                std::time::Duration::from_millis(30),
            );
        }
    });
    let change = move |text: String| {
        let before = typed.get_untracked();
        let text = match text.strip_prefix(before.as_str()) {
            Some(added) if fresh.get_untracked() && !before.is_empty() && !added.is_empty() => {
                added.to_owned()
            }
            _ => text,
        };
        fresh.set(false);
        let Some(number) = lane.get_untracked() else {
            return;
        };
        if text.is_empty() {
            typed.set(text);
            set_lane(form, number, None);
        } else if let Some(parts) = parse_decimal(&text, scale.places) {
            typed.set(text);
            set_lane(form, number, Some(scale.stored(parts)));
        }
    };
    let is_last = move || lane.get().is_some_and(|number| number >= count.get());
    let next = move |()| {
        let Some(number) = lane.get_untracked() else {
            return;
        };
        if number >= count.get_untracked() {
            lane.set(None);
            editor.go(1);
        } else {
            lane.set(Some(number + 1));
        }
    };
    let label = Signal::derive(move || {
        if is_last() {
            t!("action.next_named", step = words::section("people"))
        } else {
            t!(
                "field.progress.next_lane",
                lane = lane.get().unwrap_or(0) + 1
            )
        }
    });
    view! {
        <div class="lane-keys">
            <div class="lane-keys-head num">
                <b>{move || t!("field.item.in_lane", lane = lane.get().unwrap_or(1))}</b>
                <span>{move || figures_line(live.get())}</span>
                <button type="button" class="link" on:click=move |_| lane.set(None)>{t!("action.close")}</button>
            </div>
            <Keypad value=typed on_change=change on_next=next next_label=label decimals=true longest=6 />
        </div>
    }
}

fn figures_line(live: Live) -> String {
    match live.left {
        Some(left) => t!(
            "field.progress.line",
            area = format::area_dm2(live.area),
            left = format::area_dm2(left)
        ),
        None => format::area_dm2(live.area),
    }
}

/// The area as a number.
#[component]
fn ByNumber(form: Form) -> impl IntoView {
    let editor = form.editor;
    let scale = number::scale(key::worked_area, safelane_model::Unit::SquareDecimetres);
    let stored = editor.integer(key::worked_area);
    let typed = RwSignal::new(
        stored
            .get_untracked()
            .filter(|area| *area > 0)
            .map(|area| scale.text(area, t!("format.decimal")))
            .unwrap_or_default(),
    );
    let change = move |text: String| {
        let area = parse_decimal(&text, scale.places).map(|parts| scale.stored(parts));
        typed.set(text);
        editor.set(key::worked_area, area.map(Value::from));
    };
    view! {
        <section class="card">
            <div class="card-head"><h2>{words::field("clearance", key::worked_area)}</h2><b class="num big-number">{move || format!("{} {}", typed.get(), t!("field.unit.m2"))}</b></div>
            <Keypad value=typed on_change=change on_next=move |()| editor.go(1) next_label=Signal::derive(|| t!("action.next_named", step = words::section("people"))) decimals=true />
        </section>
    }
}

/// The ground as an outline.
#[component]
fn ByOutline(form: Form) -> impl IntoView {
    let editor = form.editor;
    let field = form
        .kind
        .field(key::ground)
        .expect("a clearance has a ground");
    let slot = form.slot(field);
    let set = slot.set;
    let slot = slot::Slot {
        set: Callback::new(move |value| {
            set.run(value);
            editor.change(follow);
        }),
        ..slot
    };
    view! { <section class="card">{widget(slot)}</section> }
}

/// The method of the day.
#[component]
fn Method(form: Form) -> impl IntoView {
    let editor = form.editor;
    let all = RwSignal::new(false);
    let chosen = Memo::new(move |_| {
        editor.with(|fields| {
            Clearance::of(fields)
                .methods()
                .first()
                .map(|method| (*method).to_owned())
        })
    });
    let choices = Memo::new(move |_| {
        let own = chosen.get();
        let shown =
            |code: &&str| all.get() || METHODS.contains(code) || own.as_deref() == Some(*code);
        codes::METHOD
            .codes
            .iter()
            .copied()
            .filter(shown)
            .map(|code| Choice::new(code, words::code(&codes::METHOD, code)))
            .collect::<Vec<_>>()
    });
    let choose = move |code: Option<String>| {
        let Some(code) = code else { return };
        editor.change(|fields| {
            fields.insert(key::methods.to_owned(), json!([code]));
            // One method all day: the people worked by it.
            if let Some([Value::Object(only)]) = fields
                .get_mut(key::effort)
                .and_then(Value::as_array_mut)
                .map(Vec::as_mut_slice)
            {
                only.insert("method".to_owned(), code.into());
            }
        });
    };
    view! {
        <section class="card">
            <ChipChoice label=t!("field.progress.method") choices chosen on_choose=choose />
            {move || (!all.get()).then(|| view! { <QuietButton label=t!("field.progress.more_methods") on_press=move |()| all.set(true) /> })}
        </section>
    }
}

/// "246 m² ±1 · left to work 10,350", and what is asked about it.
#[component]
fn Figures(live: Memo<Live>) -> impl IntoView {
    let rest = move || {
        let live = live.get();
        let plus_minus = live
            .uncertainty
            .filter(|part| *part > 0 && live.area > 0)
            .map(|part| format!("±{}", format::area_dm2(part)));
        let left = live
            .left
            .map(|left| t!("field.progress.left_of", left = format::area_dm2(left)));
        let overlap = (live.overlap > 0).then(|| {
            t!(
                "field.progress.overlap_of",
                area = format::area_dm2(live.overlap)
            )
        });
        plus_minus
            .into_iter()
            .chain(left)
            .chain(overlap)
            .collect::<Vec<_>>()
            .join(" · ")
    };
    view! {
        <section class="card strong figures-card">
            <p class="num"><b class="big-number">{move || format::area_dm2(live.get().area)}</b>" "{rest}</p>
            {move || rate_words(live.get()).map(|text| view! { <p><span aria-hidden="true">"! "</span>{text}</p> })}
        </section>
    }
}

/// The question about a day's rate.
fn rate_words(live: Live) -> Option<String> {
    let rate = format::area_dm2(live.area / live.people.max(1));
    live.question.map(|question| match question {
        RateQuestion::TwiceUsual => t!("field.progress.twice", rate = rate),
        RateQuestion::AboveLimit => t!("field.progress.above", rate = rate),
    })
}

/// Step 2.
#[component]
fn People(form: Form) -> impl IntoView {
    let editor = form.editor;
    let count = Memo::new(move |_| editor.with(|fields| body::entries(fields, key::effort).len()));
    let effort = move |index: usize| {
        let of = move |part: &'static str| {
            Memo::new(move |_| {
                editor.with(|fields| {
                    body::entries(fields, key::effort)
                        .get(index)
                        .and_then(|entry| body::integer(entry, part))
                })
            })
        };
        let set = move |part: &'static str| {
            move |number: i64| {
                editor.change(|fields| {
                    if let Some(entry) = fields
                        .get_mut(key::effort)
                        .and_then(Value::as_array_mut)
                        .and_then(|all| all.get_mut(index))
                        .and_then(Value::as_object_mut)
                    {
                        entry.insert(part.to_owned(), number.into());
                    }
                });
            }
        };
        let method = move || {
            editor.with(|fields| {
                body::entries(fields, key::effort)
                    .get(index)
                    .and_then(|entry| body::text(entry, "method"))
                    .map(|code| words::code(&codes::METHOD, code))
            })
        };
        view! {
            <section class="card">
                <h2>{method}</h2>
                <Stepper label=words::field("clearance", "effort.people") value=of("people") on_change=set("people") min=0 max=500 id=slot::element_id(&format!("effort.{index}.people")) />
                <Stepper label=words::field("clearance", "effort.time") value=of("time") on_change=set("time") min=0 max=1_440 step=30 show=HOURS id=slot::element_id(&format!("effort.{index}.time")) />
            </section>
        }
    };
    let unused = move || {
        let used: Vec<String> = editor.with(|fields| {
            body::entries(fields, key::effort)
                .into_iter()
                .filter_map(|entry| body::text(entry, "method"))
                .map(str::to_owned)
                .collect()
        });
        codes::METHOD
            .codes
            .iter()
            .filter(|code| METHODS.contains(code) && !used.iter().any(|own| own == *code))
            .map(|code| Choice::new(*code, words::code(&codes::METHOD, code)))
            .collect::<Vec<_>>()
    };
    let adding = RwSignal::new(false);
    let add = move |code: Option<String>| {
        if let Some(code) = code {
            editor.change(|fields| {
                let mut all: Vec<Value> = fields
                    .get(key::effort)
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default();
                all.push(json!({"method": code, "people": 1, "time": 360}));
                fields.insert(key::effort.to_owned(), all.into());
                let mut methods: Vec<Value> = fields
                    .get(key::methods)
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default();
                if !methods.iter().any(|method| method.as_str() == Some(&code)) {
                    methods.push(code.into());
                    fields.insert(key::methods.to_owned(), methods.into());
                }
            });
        }
        adding.set(false);
    };
    view! {
        {move || (0..count.get()).map(effort).collect_view()}
        {move || if adding.get() {
            view! { <ChipChoice label=t!("field.progress.method") choices=unused() chosen={None::<String>} on_choose=add /> }.into_any()
        } else {
            view! { <QuietButton label=t!("field.progress.add_method") on_press=move |()| adding.set(true) /> }.into_any()
        }}
        <section class="card"><NoneOrSome form field=key::accidents /><NoneOrSome form field=key::visitors /></section>
        <section class="card"><StandDown form /></section>
    }
}

/// None or some, to be answered.
#[component]
fn NoneOrSome(form: Form, field: &'static str) -> impl IntoView {
    let slot = form.kind.field(field).map(|field| form.slot(field));
    slot.map(widget)
}

#[component]
fn StandDown(form: Form) -> impl IntoView {
    let slot = form
        .kind
        .field(key::stand_down)
        .map(|field| form.slot(field));
    slot.map(widget)
}

/// Step 3.
#[component]
fn Check(form: Form, live: Memo<Live>) -> impl IntoView {
    let editor = form.editor;
    let fact = move |name: &'static str| {
        let field = form.kind.field(name)?;
        let value = editor.with(|fields| fields.get(name).cloned())?;
        let shown = form.world(|world| words::value(world, field, &value))?;
        Some(view! { <Fact name=words::field("clearance", name)>{shown}</Fact> })
    };
    let lanes = move || {
        editor.with(|fields| {
            let lanes: Vec<String> = body::entries(fields, key::lanes)
                .into_iter()
                .filter_map(|entry| {
                    Some(format!(
                        "{}: {}",
                        body::integer(entry, "lane")?,
                        format::length_mm(body::integer(entry, "length")?)
                    ))
                })
                .collect();
            (!lanes.is_empty()).then(|| lanes.join(" · "))
        })
    };
    let people = move || {
        editor.with(|fields| {
            let lines: Vec<String> = body::entries(fields, key::effort)
                .into_iter()
                .map(|entry| {
                    let method = body::text(entry, "method")
                        .map(|code| words::code(&codes::METHOD, code))
                        .unwrap_or_default();
                    t!(
                        "field.progress.effort",
                        method = method,
                        people = body::integer(entry, "people").unwrap_or(0),
                        time = format::hours(body::integer(entry, "time").unwrap_or(0))
                    )
                })
                .collect();
            lines.join(" · ")
        })
    };
    let reason = form.kind.field(key::reason).map(|field| form.slot(field));
    let more = [key::note, key::photos]
        .into_iter()
        .filter_map(|key| form.kind.field(key))
        .map(|field| widget(form.slot(field)))
        .collect_view();
    view! {
        <Problems form />
        <Figures live />
        {move || live.get().question.is_some().then(|| reason.clone().map(widget))}
        <section class="card">
            <Facts>
                {move || fact(key::day)}
                {move || lanes().map(|text| view! { <Fact name=words::field("clearance", key::lanes)>{text}</Fact> })}
                {move || fact(key::depth)}
                <Fact name=words::field("clearance", key::effort)>{people}</Fact>
                {move || fact(key::stand_down)}
                {move || fact(key::accidents)}
                {move || fact(key::visitors)}
            </Facts>
        </section>
        {more}
        <Discard form />
    }
}

/// A day without work: the reason, and one button that says everything.
#[component]
fn ZeroDay(form: Form) -> impl IntoView {
    let editor = form.editor;
    let reason = editor.text(key::stand_down);
    view! {
        <DayLine form />
        <section class="card">
            <p class="num"><b class="big-number">{format::area_dm2(0)}</b></p>
            <ChipChoice
                label=words::field("clearance", key::stand_down)
                choices=words::choices(&codes::STAND_DOWN)
                chosen=reason
                on_choose={move |code: Option<String>| editor.set(key::stand_down, code.map(Value::from))}
            />
        </section>
        <QuietButton label=t!("field.progress.zero_back") on_press=move |()| editor.change(work_again) />
    }
}

/// Ground was worked after all: no stand-down, and the usual day for whom the short way gave no hour.
fn work_again(fields: &mut Map) {
    fields.remove(ZERO_DAY);
    fields.remove(key::stand_down);
    if let Some(effort) = fields.get_mut(key::effort) {
        begin::with_hours(effort);
    }
}

/// "Send: 0 m², rain, no accident, no visitor": what it says is what it signs.
#[component]
fn ZeroFoot(form: Form) -> impl IntoView {
    let editor = form.editor;
    let reason = editor.text(key::stand_down);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let go = StoredValue::new_local(use_navigate());
    let label = Signal::derive(move || {
        let reason = reason.get().map_or_else(
            || "…".to_owned(),
            |code| words::code(&codes::STAND_DOWN, &code),
        );
        t!("field.progress.send_zero", reason = reason)
    });
    let send = move |()| {
        busy.set(true);
        editor.change(|fields| {
            for part in [key::lanes, key::ground] {
                fields.remove(part);
            }
            fields.insert(key::ground_by.to_owned(), "number".into());
            fields.insert(key::worked_area.to_owned(), 0.into());
            fields.insert(key::accidents.to_owned(), "none".into());
            fields.insert(key::visitors.to_owned(), "none".into());
            // Nobody worked: the people of the section, at no hour.
            for entry in fields
                .get_mut(key::effort)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
                .filter_map(Value::as_object_mut)
            {
                entry.insert("time".to_owned(), 0.into());
            }
        });
        spawn_local(async move {
            match submit::submit(form).await {
                Ok(()) => {
                    go.with_value(|go| go("/field/today", Default::default()));
                    form.editor.forget();
                }
                Err(error) => {
                    drop(failed.try_set(Some(error.sentence().to_owned())));
                    let _ = busy.try_set(false);
                }
            }
        });
    };
    let something = move |()| {
        editor.change(|fields| {
            fields.remove(ZERO_DAY);
            fields.insert(key::ground_by.to_owned(), "number".into());
            fields.insert(key::worked_area.to_owned(), 0.into());
        });
        editor.go(1);
    };
    view! {
        {move || failed.get().map(|text| view! { <ProblemNote text /> })}
        <PrimaryButton label disabled=Signal::derive(move || busy.get() || reason.with(Option::is_none)) on_press=send />
        <GhostButton label=t!("field.progress.something") on_press=something />
    }
}
