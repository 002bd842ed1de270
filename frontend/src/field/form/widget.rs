//! The widget of each field type.

use leptos::prelude::*;
use safelane_ledger::RecordId;
use safelane_model::{FieldType, Unit};
use serde_json::Value;

use super::number::{Scale, scale};
use super::slot::{Slot, beside};
use super::{ground, group, photos, place};
use crate::components::stepper::parse_decimal;
use crate::components::{
    ChipChoice, ChipChoices, Choice, DateField, NumberField, SelectField, Stepper, TextArea,
    TextField,
};
use crate::field::words;
use crate::platform::{clock, dom};

/// Up to so many records are chips; more are a list.
const FEW: usize = 6;

/// The widget of a field, with what was said about it when it was returned.
pub fn widget(slot: Slot) -> AnyView {
    let comments = beside(slot.form.comments(&slot.path));
    view! { <div class="slot">{comments}{control(slot)}</div> }.into_any()
}

fn control(slot: Slot) -> AnyView {
    let (label, id, problem) = (slot.label(), slot.id(), slot.problem());
    match slot.field.ty {
        FieldType::Text { long: false, .. } => {
            view! { <TextField label value=slot.text() on_change=slot.set_text() id problem /> }
                .into_any()
        }
        FieldType::Text { long: true, .. } => {
            view! { <TextArea label value=slot.text() on_change=slot.set_text() id problem /> }
                .into_any()
        }
        FieldType::Integer {
            unit: Unit::Minutes,
            ..
        } if words::is_time_of_day(slot.field.key) => time_of_day(&slot),
        FieldType::Integer {
            unit: Unit::Count,
            min,
            max,
        } if max <= 1_000 => {
            let set = slot.set;
            let first = min.max(1);
            view! { <Stepper label value=slot.integer() on_change=move |number: i64| set.run(Some(number.into())) min max first id problem /> }.into_any()
        }
        FieldType::Integer { unit, .. } => number(&slot, scale(slot.field.key, unit), unit),
        FieldType::IntegerOrUnknown { unit, .. } => {
            number_or_unknown(&slot, scale(slot.field.key, unit), unit)
        }
        FieldType::Date => date(&slot),
        FieldType::Choice(list) => {
            let (value, set) = (slot.value, slot.set);
            let chosen = Memo::new(move |_| {
                value.with(|value| value.as_ref().and_then(Value::as_str).map(str::to_owned))
            });
            let choices = words::choices(list);
            view! { <ChipChoice label choices chosen on_choose={move |code: Option<String>| set.run(code.map(Value::from))} clearable=true id problem /> }.into_any()
        }
        FieldType::Choices(list) => several(&slot, words::choices(list)),
        FieldType::Reference(kind) => reference(&slot, kind),
        FieldType::References(kind) => several(&slot, records(&slot, kind)),
        FieldType::Person => person(&slot),
        FieldType::OtherReferences => other_references(&slot),
        FieldType::Place => place::view(slot),
        FieldType::Ground => ground::view(slot),
        FieldType::Photos => photos::view(slot),
        FieldType::Group(fields) => group::view(slot, fields),
    }
}

fn several(slot: &Slot, choices: Vec<Choice>) -> AnyView {
    let set = slot.set;
    let choose = move |codes: Vec<String>| set.run((!codes.is_empty()).then(|| codes.into()));
    view! { <ChipChoices label=slot.label() choices chosen=slot.texts() on_choose=choose id=slot.id() problem=slot.problem() /> }.into_any()
}

/// The words for the unit behind a typed number.
pub fn unit_words(key: &str, unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "",
        Unit::Millimetres if key.contains("depth") => t!("field.unit.cm"),
        Unit::Millimetres => t!("field.unit.m"),
        Unit::SquareDecimetres => t!("field.unit.m2"),
        Unit::Minutes if key == "time" => t!("field.unit.h"),
        Unit::Minutes => t!("field.unit.min"),
    }
}

/// A text for a number that is kept as typed while it is typed.
fn typed_number(
    slot: &Slot,
    scale: Scale,
) -> (RwSignal<String>, Callback<String>, Signal<Option<String>>) {
    let point = t!("format.decimal");
    let stored = slot.integer();
    let text = RwSignal::new(
        stored
            .get_untracked()
            .map(|number| scale.text(number, point))
            .unwrap_or_default(),
    );
    let unread = RwSignal::new(false);
    let set = slot.set;
    let change = Callback::new(move |typed: String| {
        let number = parse_decimal(&typed, scale.places).map(|parts| scale.stored(parts));
        unread.set(number.is_none() && !typed.trim().is_empty());
        text.set(typed);
        set.run(number.map(Value::from));
    });
    // Set from elsewhere (unknown, a return, the keypad): show that.
    Effect::new(move |_| {
        let now = stored.get();
        let shown =
            parse_decimal(&text.get_untracked(), scale.places).map(|parts| scale.stored(parts));
        if now != shown && !(now.is_none() && unread.get_untracked()) {
            text.set(
                now.map(|number| scale.text(number, point))
                    .unwrap_or_default(),
            );
        }
    });
    let of_field = slot.problem();
    let problem = Signal::derive(move || {
        if unread.get() {
            Some(t!("field.form.no_number").to_owned())
        } else {
            of_field.get()
        }
    });
    (text, change, problem)
}

fn number(slot: &Slot, scale: Scale, unit: Unit) -> AnyView {
    let (text, change, problem) = typed_number(slot, scale);
    let unit = unit_words(slot.field.key, unit);
    view! { <NumberField label=slot.label() value=text on_change=change id=slot.id() problem unit=unit.to_owned() /> }.into_any()
}

fn number_or_unknown(slot: &Slot, scale: Scale, unit: Unit) -> AnyView {
    let (text, change, problem) = typed_number(slot, scale);
    let (value, set) = (slot.value, slot.set);
    let is_unknown = Memo::new(move |_| {
        value.with(|value| value.as_ref().and_then(Value::as_str) == Some("unknown"))
    });
    let press = move |_| {
        let now = is_unknown.get_untracked();
        text.set(String::new());
        set.run((!now).then(|| "unknown".into()));
    };
    let unit = unit_words(slot.field.key, unit);
    // Several stand on one page: a screen reader must hear which of them is unknown.
    let name = format!("{}: {}", slot.label(), t!("form.unknown"));
    view! {
        <div class="with-unknown">
            <NumberField label=slot.label() value=text on_change=change id=slot.id() problem unit=unit.to_owned() />
            <button type="button" role="checkbox" class="chip" class:on=is_unknown aria-label=name aria-checked=move || is_unknown.get().to_string() on:click=press>
                {t!("form.unknown")}
            </button>
        </div>
    }
    .into_any()
}

fn date(slot: &Slot) -> AnyView {
    let set = slot.set;
    let day = move |name: &'static str, days: i32| {
        let value = clock::local_day(days);
        let own = value.clone();
        let text = slot.text();
        let is_on = move || text.with(|text| *text == own);
        view! { <button type="button" class="chip" class:on=is_on on:click=move |_| set.run(Some(value.clone().into()))>{name}</button> }
    };
    view! {
        <div class="with-days">
            <DateField label=slot.label() value=slot.text() on_change=slot.set_text() id=slot.id() problem=slot.problem() />
            <div class="chips">{day(t!("field.form.today"), 0)}{day(t!("field.form.yesterday"), -1)}</div>
        </div>
    }
    .into_any()
}

fn time_of_day(slot: &Slot) -> AnyView {
    let (stored, set, problem) = (slot.integer(), slot.set, slot.problem());
    let shown = move || {
        stored
            .get()
            .map(|minutes| format!("{:02}:{:02}", minutes / 60, minutes % 60))
            .unwrap_or_default()
    };
    let change = move |event| {
        let text = dom::value_of(&event);
        let minutes = text.split_once(':').and_then(|(hour, minute)| {
            Some(hour.parse::<i64>().ok()? * 60 + minute.get(..2)?.parse::<i64>().ok()?)
        });
        set.run(minutes.map(Value::from));
    };
    let id = slot.id();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{slot.label()}</label>
            <input class="input" type="time" id=id prop:value=shown on:change=change />
            {move || problem.get().map(|text| view! { <p class="field-problem" role="alert">{text}</p> })}
        </div>
    }
    .into_any()
}

/// Records of a kind that a field may name.
pub fn records(slot: &Slot, kind: &str) -> Vec<Choice> {
    let own = slot.form.editor.record;
    slot.form.world(|world| {
        let mut all: Vec<_> = world
            .of_kind(kind)
            .filter(|record| record.id != own)
            .map(|record| Choice::new(record.id.to_string(), words::name(record)))
            .collect();
        all.sort_by(|a, b| a.label.cmp(&b.label));
        all
    })
}

fn reference(slot: &Slot, kind: &str) -> AnyView {
    let (label, id, problem, set) = (slot.label(), slot.id(), slot.problem(), slot.set);
    let choices = records(slot, kind);
    if choices.len() <= FEW {
        let value = slot.value;
        let chosen = Memo::new(move |_| {
            value.with(|value| value.as_ref().and_then(Value::as_str).map(str::to_owned))
        });
        return view! { <ChipChoice label choices chosen on_choose={move |id: Option<String>| set.run(id.map(Value::from))} clearable=true id problem /> }.into_any();
    }
    view! { <SelectField label choices value=slot.text() on_change=slot.set_text() id problem /> }
        .into_any()
}

/// People to choose from: given by context where there is a list of them, which is the desk.
#[derive(Clone, Copy)]
pub struct PeopleHere(pub Signal<Vec<Choice>>);

fn person(slot: &Slot) -> AnyView {
    let Some(PeopleHere(choices)) = use_context() else {
        return ().into_any();
    };
    view! { <SelectField label=slot.label() choices value=slot.text() on_change=slot.set_text() id=slot.id() problem=slot.problem() /> }.into_any()
}

fn other_references(slot: &Slot) -> AnyView {
    let (set, texts) = (slot.set, slot.texts());
    let text = RwSignal::new(texts.get_untracked().join(", "));
    let change = move |typed: String| {
        let parts: Vec<Value> = typed
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(Value::from)
            .collect();
        text.set(typed);
        set.run((!parts.is_empty()).then(|| parts.into()));
    };
    view! { <TextField label=slot.label() value=text on_change=change id=slot.id() optional=true hint=t!("field.form.commas").to_owned() problem=slot.problem() /> }.into_any()
}

/// The record that an id in a field names.
pub fn record_id(text: &str) -> Option<RecordId> {
    text.parse().ok()
}
