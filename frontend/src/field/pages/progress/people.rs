//! Step 2: who worked, by which method, and what happened.

use leptos::prelude::*;
use safelane_model::body;
use safelane_model::codes;
use safelane_model::kinds::clearance::key;
use serde_json::{Value, json};

use super::METHODS;
use crate::components::{ChipChoice, Choice, QuietButton, Stepper};
use crate::field::form::widget::widget;
use crate::field::form::{Form, slot};
use crate::field::words;
use crate::i18n::format;

/// How a time of work is written.
const HOURS: fn(i64) -> String = format::hours;

/// Step 2.
#[component]
pub fn People(form: Form) -> impl IntoView {
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
