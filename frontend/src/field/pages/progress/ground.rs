//! Step 1: the day, and its ground by lanes, as a number or as an outline.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_model::body;
use safelane_model::codes;
use safelane_model::kinds::clearance::{Clearance, key};
use serde_json::{Value, json};

use super::figures::Figures;
use super::lanes::{ByLanes, first_lane};
use super::{Live, METHODS, follow};
use crate::components::stepper::parse_decimal;
use crate::components::{ChipChoice, Choice, Keypad, QuietButton};
use crate::field::begin::ZERO_DAY;
use crate::field::draft::drafts;
use crate::field::form::widget::widget;
use crate::field::form::{Form, number, slot};
use crate::field::{begin, words};
use crate::platform::clock;

/// Step 1.
#[component]
pub fn Ground(form: Form, live: Memo<Live>, lane: RwSignal<Option<i64>>) -> impl IntoView {
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
pub fn DayLine(form: Form) -> impl IntoView {
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
