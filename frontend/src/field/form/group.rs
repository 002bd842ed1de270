//! Several entries of the same fields: evidence, outlines, parts, steps of a life.

use leptos::prelude::*;
use safelane_model::Field;
use safelane_model::body::Map;
use safelane_model::check::is_shown;
use safelane_model::kinds::clearance::{self, lane};
use serde_json::Value;

use super::layout;
use super::slot::{Slot, beside};
use super::widget::widget;
use crate::components::{GhostButton, QuietButton, Sign};
use crate::i18n::format;

/// The widget.
pub fn view(slot: Slot, fields: &'static [Field]) -> AnyView {
    let (value, set, problem) = (slot.value, slot.set, slot.problem());
    let slot_key = slot.field.key;
    let count = Memo::new(move |_| {
        value.with(|value| value.as_ref().and_then(Value::as_array).map_or(0, Vec::len))
    });
    let add = move |()| {
        let mut entries = entries(value.get_untracked().as_ref());
        let entry = next_entry(slot_key, &entries);
        entries.push(Value::Object(entry));
        set.run(Some(entries.into()));
    };
    // One entry is open from the start when the group must be answered: nobody looks for a button first.
    if slot.field.required == safelane_model::field::Required::WhenShown
        && count.get_untracked() == 0
    {
        add(());
    }
    let (name, own) = (slot.label(), slot.clone());
    view! {
        <div class="group" id=slot.id() tabindex="-1">
            <h2>{slot.label()}</h2>
            {move || (0..count.get()).map(|index| entry(&own, fields, index, &name)).collect_view()}
            <GhostButton label=t!("action.add") sign=Sign::Add on_press=add />
            {move || problem.get().map(|text| view! { <p class="field-problem" role="alert">{text}</p> })}
        </div>
    }
    .into_any()
}

/// What a new entry begins with: lanes are counted on.
fn next_entry(group: &str, entries: &[Value]) -> Map {
    let mut entry = Map::new();
    if group == clearance::key::lanes {
        let lanes = entries
            .iter()
            .filter_map(|entry| entry.get(lane::key::lane)?.as_i64());
        entry.insert(
            lane::key::lane.to_owned(),
            (lanes.max().unwrap_or(0) + 1).into(),
        );
    }
    entry
}

fn entries(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

fn entry(slot: &Slot, fields: &'static [Field], index: usize, name: &str) -> AnyView {
    let (value, set, group) = (slot.value, slot.set, slot.field.key);
    let shown = move || {
        let map = value.with(|value| {
            value
                .as_ref()
                .and_then(Value::as_array)
                .and_then(|all| all.get(index))
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default()
        });
        let asked = fields
            .iter()
            .enumerate()
            .filter(|(_, field)| is_shown(field, &map) && layout::is_asked_in_group(group, field));
        asked.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let shown = Memo::new(move |_| shown());
    let own = slot.clone();
    let inner = move || {
        shown
            .get()
            .into_iter()
            .map(|at| widget(inner_slot(&own, &fields[at], index)))
            .collect_view()
    };
    let remove = move |()| {
        let mut all = entries(value.get_untracked().as_ref());
        if index < all.len() {
            all.remove(index);
        }
        set.run((!all.is_empty()).then(|| all.into()));
    };
    let comments = beside(slot.form.comments(&format!("{}.{index}", slot.path)));
    view! {
        <section class="card group-entry">
            <div class="card-head">
                <h3>{format!("{name} {}", format::number(index as i64 + 1))}</h3>
                <QuietButton label=t!("action.remove") on_press=remove />
            </div>
            {comments}
            {inner}
        </section>
    }
    .into_any()
}

fn inner_slot(slot: &Slot, field: &'static Field, index: usize) -> Slot {
    let (value, set) = (slot.value, slot.set);
    let own = Memo::new(move |_| {
        value.with(|value| {
            value
                .as_ref()?
                .as_array()?
                .get(index)?
                .get(field.key)
                .cloned()
        })
    });
    let change = Callback::new(move |new: Option<Value>| {
        let mut all = entries(value.get_untracked().as_ref());
        if let Some(entry) = all.get_mut(index).and_then(Value::as_object_mut) {
            match new {
                Some(new) => drop(entry.insert(field.key.to_owned(), new)),
                None => drop(entry.remove(field.key)),
            }
        }
        set.run(Some(all.into()));
    });
    Slot {
        form: slot.form,
        field,
        path: format!("{}.{index}.{}", slot.path, field.key),
        value: own.into(),
        set: change,
    }
}
