//! A day of 0 m² in four taps.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use safelane_model::body::Map;
use safelane_model::codes;
use safelane_model::kinds::clearance::key;
use serde_json::Value;

use super::ground::DayLine;
use crate::components::{ChipChoice, GhostButton, PrimaryButton, ProblemNote, QuietButton};
use crate::field::begin::{self, ZERO_DAY};
use crate::field::form::Form;
use crate::field::{submit, words};
use crate::i18n::format;

/// A day without work: the reason, and one button that says everything.
#[component]
pub fn ZeroDay(form: Form) -> impl IntoView {
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
pub fn ZeroFoot(form: Form) -> impl IntoView {
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
