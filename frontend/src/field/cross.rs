//! The map under a fixed cross: glove-proof, nothing hidden by a finger. One point, or an outline corner by corner.

use leptos::prelude::*;
use safelane_geometry::{Bbox, Metres, Position, measure};
use safelane_ledger::RecordId;
use safelane_model::body;

use super::chart::{Chart, Plane, View};
use super::draft::drafts;
use super::engine::engine;
use super::form::{place, shape};
use super::{layers, task};
use crate::components::stepper::parse_decimal;
use crate::components::{ButtonRow, GhostButton, NumberField, PrimaryButton, Sign};
use crate::i18n::format;
use crate::platform::{dom, position};

/// What the cross is for.
#[derive(Clone, Copy)]
pub enum Purpose {
    /// One position.
    Place,
    /// An outline with these corners so far.
    Outline(Signal<Vec<Position>>),
}

/// The map over the whole screen, with the cross.
#[component]
pub fn Cross(
    /// The record being written.
    record: RecordId,
    /// Where to begin, if that is known.
    near: Option<Position>,
    /// What the cross is for.
    purpose: Purpose,
    /// Called with the position at the cross.
    #[prop(into)]
    on_place: Callback<Position>,
    /// Takes the phone's own fix as a corner, with its accuracy.
    #[prop(optional, into)]
    on_fix: Option<Callback<()>>,
    /// Takes the last corner back.
    #[prop(optional, into)]
    on_undo: Option<Callback<()>>,
    /// Closes the map.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let engine = engine();
    let shown = Memo::new(move |_| {
        engine.world.with(|world| {
            engine
                .status
                .with(|status| layers::of(world, status.scope.as_ref(), Some(record)))
                .over(&engine.base.get())
        })
    });
    let task = drafts()
        .editor(record)
        .with_untracked(|fields| body::uuid(fields, "task"))
        .map(RecordId::from);
    let of_task = || {
        engine
            .world
            .with_untracked(|world| layers::task_extent(world, task?))
            .map(Bbox::center)
    };
    let start = near.or_else(of_task).or_else(|| {
        shown
            .with_untracked(super::chart::Layers::extent)
            .map(Bbox::center)
    });
    let gps = position::watch();
    let start = start.or_else(|| {
        gps.with_untracked(place::fresh)
            .as_ref()
            .and_then(place::of_fix)
            .map(|place| place.at)
    });
    let start =
        start.unwrap_or_else(|| Position::try_new_e7(0, 0).expect("the origin is a position"));
    let plane = Plane::around(start);
    let view = RwSignal::new(View {
        center: (0.0, 0.0),
        scale: 0.5,
    });
    let me = Memo::new(move |_| {
        gps.with(|now| {
            place::fresh(now).and_then(|fix| Some((place::of_fix(&fix)?.at, fix.accuracy_95_mm)))
        })
    });
    let sketch = Signal::derive(move || match purpose {
        Purpose::Place => Vec::new(),
        Purpose::Outline(corners) => corners.get(),
    });
    let add = move |()| {
        if let Some(at) = plane.position(view.get_untracked().center) {
            on_place.run(at);
        }
    };
    let to_me = move |()| {
        if let Some((at, _)) = me.get_untracked() {
            view.update(|view| view.center = plane.point(at));
            if let Some(on_fix) = on_fix {
                on_fix.run(());
            }
        }
    };
    let bearing = RwSignal::new(false);
    let is_outline = matches!(purpose, Purpose::Outline(_));
    let is_work = is_outline && drafts().editor(record).kind() == "clearance";
    let age = super::frame::map_age(engine);
    let dialog = NodeRef::new();
    dom::hold_focus(dialog);
    dom::on_key(move |key| {
        if key == "Escape" {
            on_close.run(());
        }
    });
    view! {
        <div node_ref=dialog class="cross-map" role="dialog" aria-modal="true" aria-label=t!("field.place.map")>
            <Chart layers=shown plane view sketch me cross=true />
            <div class="cross-top">
                <span class="pill on-map">{move || gps.with(place::gps_words)}</span>
                <span class="pill on-map">{age}</span>
            </div>
            <div class="cross-panel">
                {is_work.then(|| view! { <Figures record task sketch /> })}
                {move || bearing.get().then(|| view! { <ByBearing from=sketch on_place on_done=move |()| bearing.set(false) /> })}
                <PrimaryButton label=if is_outline { t!("cross.add") } else { t!("field.place.here") } on_press=add />
                <ButtonRow>
                    <GhostButton label=t!("cross.use_gps") sign=Sign::Locate disabled=Signal::derive(move || me.with(Option::is_none)) on_press=to_me />
                    {is_outline.then(|| view! { <GhostButton label=t!("cross.bearing") on_press=move |()| bearing.update(|open| *open = !*open) /> })}
                    {on_undo.map(|undo| view! { <GhostButton label=t!("cross.undo") disabled=Signal::derive(move || sketch.with(Vec::is_empty)) on_press=undo /> })}
                    <GhostButton label=t!("action.done") on_press=on_close />
                </ButtonRow>
            </div>
        </div>
    }
}

/// "Today · Overlap · Left to work", counted while the outline grows.
#[component]
fn Figures(
    record: RecordId,
    task: Option<RecordId>,
    sketch: Signal<Vec<Position>>,
) -> impl IntoView {
    let engine = engine();
    let before = Memo::new(move |_| {
        task.map(|task| {
            engine
                .world
                .with(|world| task::worked_shapes(world, task, Some(record)))
        })
        .unwrap_or_default()
    });
    let left = Memo::new(move |_| {
        engine
            .world
            .with(|world| Some(task::summary(world, world.get(task?)?, Some(record))?.left()))
    });
    let figures = Memo::new(move |_| {
        let shape = sketch.with(|corners| shape::outline(corners));
        let area = shape
            .as_ref()
            .map_or(0, |shape| measure::area_dm2(shape) as i64);
        let overlap = shape.as_ref().map_or(0, |shape| {
            before.with(|before| task::overlap(shape, before))
        });
        (area, overlap)
    });
    let figure = |name: &'static str, value: Signal<String>| view! { <div><span class="muted">{name}</span><b class="num">{value}</b></div> };
    view! {
        <div class="cross-figures">
            {figure(t!("field.progress.today"), Signal::derive(move || format::area_dm2(figures.get().0)))}
            {figure(t!("field.progress.overlap"), Signal::derive(move || format::area_dm2(figures.get().1)))}
            {figure(t!("field.progress.left"), Signal::derive(move || left.get().map_or_else(|| "–".to_owned(), |left| format::area_dm2((left - figures.get().0 + figures.get().1).max(0)))))}
        </div>
    }
}

/// The next corner at a bearing and distance from the last one.
#[component]
fn ByBearing(
    from: Signal<Vec<Position>>,
    #[prop(into)] on_place: Callback<Position>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let (bearing, distance) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let read = Memo::new(move |_| {
        let degrees = parse_decimal(&bearing.get(), 2)
            .filter(|value| (0..=36_000).contains(value))? as f64
            / 100.0;
        let metres = parse_decimal(&distance.get(), 2)
            .filter(|value| (1..=1_000_000).contains(value))? as f64
            / 100.0;
        Some((degrees, metres))
    });
    let ready = Signal::derive(move || read.with(Option::is_none) || from.with(Vec::is_empty));
    let add = move |()| {
        if let (Some((degrees, metres)), Some(last)) = (
            read.get_untracked(),
            from.with_untracked(|all| all.last().copied()),
        ) {
            on_place.run(measure::direct(last, degrees, Metres::new(metres)));
            on_done.run(());
        }
    };
    view! {
        <div class="by-bearing">
            <NumberField label=t!("field.ground.bearing_true") value=bearing on_change=move |text| bearing.set(text) id="cross-bearing" unit="°".to_owned() />
            <NumberField label=t!("field.ground.distance") value=distance on_change=move |text| distance.set(text) id="cross-distance" unit=t!("field.unit.m").to_owned() />
            <GhostButton label=t!("action.add") disabled=ready on_press=add />
        </div>
    }
}
