//! A position: by the phone's receiver, typed, or at the map's cross. A fix older than 10 s is no position (S8).

use leptos::prelude::*;
use safelane_geometry::Position as At;
use safelane_model::body::{self, Map};
use safelane_model::{How, Place, Statistic, Typed};
use serde_json::Value;

use super::slot::Slot;
use super::typed;
use crate::components::{GhostButton, Sign, TextField};
use crate::field::cross::{self, Cross};
use crate::field::words;
use crate::platform::position::{self, Fix, Position};

/// A fix as a place, with its accuracy and the statistic that it is.
pub fn of_fix(fix: &Fix) -> Option<Place> {
    let at = At::try_new_e7(fix.longitude_e7, fix.latitude_e7).ok()?;
    Some(Place {
        accuracy_mm: Some(fix.accuracy_95_mm),
        statistic: Statistic::Radius95,
        ..Place::new(at, How::Fix)
    })
}

/// A place as it is stored.
pub fn value(place: &Place) -> Option<Value> {
    serde_json::to_value(place).ok()
}

/// The state of the receiver in words: accuracy with its statistic, or why there is no position.
pub fn gps_words(now: &Position) -> String {
    match now {
        Position::Waiting => t!("state.gps_waiting").to_owned(),
        Position::At(fix) if fix.is_fresh() => t!(
            "state.gps",
            metres = crate::i18n::format::decimal(words::round_up(fix.accuracy_95_mm) / 100, 1)
                .trim_end_matches(['0'])
                .trim_end_matches(['.', ','])
        ),
        Position::At(fix) => t!("state.gps_stale", seconds = fix.age_ms() / 1000),
        Position::Unavailable(_) => t!("state.gps_none").to_owned(),
    }
}

/// The newest fix, when it is fresh enough to be a position.
pub fn fresh(now: &Position) -> Option<Fix> {
    match now {
        Position::At(fix) if fix.is_fresh() => Some(*fix),
        _ => None,
    }
}

/// The widget.
pub fn view(slot: Slot) -> AnyView {
    let (stored, set, problem) = (slot.value, slot.set, slot.problem());
    let place = Memo::new(move |_| {
        stored.with(|value| {
            let map: Map = [("at".to_owned(), value.clone()?)].into_iter().collect();
            body::place(&map, "at")
        })
    });
    let gps = position::watch();
    let (typing, set_typing) = slot.scratch("typed");
    let open = RwSignal::new(!typing.get_untracked().is_empty());
    let unread =
        Memo::new(move |_| typing.with(|text| !text.is_empty() && typed::position(text).is_none()));
    let type_in = move |text: String| {
        if let Some(at) = typed::position(&text) {
            let typed = Typed {
                text: text.trim().to_owned(),
                datum: "WGS 84".to_owned(),
                format: "degrees".to_owned(),
            };
            set.run(value(&Place {
                typed: Some(typed),
                ..Place::new(at, How::Typed)
            }));
        }
        set_typing.run(text);
    };
    let use_gps = move |()| {
        if let Some(place) = gps.with_untracked(fresh).as_ref().and_then(of_fix) {
            set.run(value(&place));
        }
    };
    let mapping = RwSignal::new(false);
    let at_cross = move |at: At| {
        set.run(value(&Place::new(at, How::Drawn)));
        mapping.set(false);
    };
    let id = slot.id();
    let typed_id = format!("{id}-typed");
    let near = move || {
        place.get_untracked().map(|place| place.at).or_else(|| {
            gps.with_untracked(fresh)
                .and_then(|fix| of_fix(&fix))
                .map(|place| place.at)
        })
    };
    let record = slot.form.editor.record;
    view! {
        <div class="field" id=id tabindex="-1" class:has-problem=move || problem.with(Option::is_some)>
            <div class="field-label">{slot.label()}</div>
            <p class="place num">{move || place.get().map_or_else(|| t!("field.place.none").to_owned(), |place| words::position(&place))}</p>
            <p class="muted">{move || gps.with(gps_words)}</p>
            <div class="button-row">
                <GhostButton label=t!("cross.use_gps") sign=Sign::Locate disabled=Signal::derive(move || gps.with(|now| fresh(now).is_none())) on_press=use_gps />
                <GhostButton label=t!("field.place.type") on_press=move |()| open.set(true) />
                <GhostButton label=t!("field.place.map") sign=Sign::Map on_press=move |()| mapping.set(true) />
            </div>
            {move || open.get().then(|| view! {
                <TextField
                    label=t!("field.place.coordinates")
                    hint=t!("field.place.coordinates_hint").to_owned()
                    value=typing
                    on_change=type_in
                    id=typed_id.clone()
                    problem=Signal::derive(move || unread.get().then(|| t!("field.place.unread").to_owned()))
                />
            })}
            {move || problem.get().map(|text| view! { <p class="field-problem" role="alert">{text}</p> })}
            {move || mapping.get().then(|| view! {
                <Cross record near=near() purpose=cross::Purpose::Place on_place=at_cross on_close=move |()| mapping.set(false) />
            })}
        </div>
    }
    .into_any()
}
