//! Metres per lane, by a keypad.

use leptos::prelude::*;
use safelane_model::body::{self, Map};
use safelane_model::kinds::clearance::{Clearance, key};
use serde_json::{Value, json};

use super::{Live, follow};
use crate::components::stepper::parse_decimal;
use crate::components::{Keypad, QuietButton};
use crate::field::begin;
use crate::field::form::widget::widget;
use crate::field::form::{Form, number, slot};
use crate::field::words;
use crate::i18n::format;

/// The lane whose keypad is open at the start: the first, on an empty day.
pub fn first_lane(form: Form) -> Option<i64> {
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

/// Metres per lane.
#[component]
pub fn ByLanes(form: Form, lane: RwSignal<Option<i64>>) -> impl IntoView {
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
pub fn LaneKeys(form: Form, live: Memo<Live>, lane: RwSignal<Option<i64>>) -> impl IntoView {
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
