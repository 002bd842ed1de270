//! The map with my position, drawn from the records on this device; a list beside it for those who cannot see it.

use leptos::prelude::*;
use safelane_geometry::Bbox;

use crate::components::{EmptyState, Legend, Symbol};
use crate::field::chart::{Chart, Plane, View};
use crate::field::engine::engine;
use crate::field::form::place;
use crate::field::frame::{Tabbed, map_age, map_is_old};
use crate::field::layers;
use crate::platform::position;

/// The page.
#[component]
pub fn Map() -> impl IntoView {
    let engine = engine();
    let shown = Memo::new(move |_| {
        engine.world.with(|world| {
            engine
                .status
                .with(|status| layers::of(world, status.scope.as_ref(), None))
                .over(&engine.base.get())
        })
    });
    let gps = position::watch();
    let me = Memo::new(move |_| {
        gps.with(|now| {
            place::fresh(now).and_then(|fix| Some((place::of_fix(&fix)?.at, fix.accuracy_95_mm)))
        })
    });
    // The plane is fixed at the first place that is known.
    let start = Memo::new(move |before: Option<&Option<Bbox>>| {
        let team = engine
            .identity
            .with(|identity| identity.as_ref().and_then(|identity| identity.info.team));
        let known = || {
            engine
                .world
                .with(|world| shown.with(|layers| layers::first_look(world, team, layers)))
        };
        let loaded = engine.status.with(|status| status.loaded);
        before
            .copied()
            .flatten()
            .or_else(known)
            .or_else(|| Bbox::around([me.get().filter(|_| loaded)?.0]))
    });
    let age = map_age(engine);
    let old = map_is_old(engine);
    let symbols = vec![
        Symbol::Confirmed,
        Symbol::Suspected,
        Symbol::Worked,
        Symbol::Released,
        Symbol::Submitted,
        Symbol::Item,
        Symbol::Accident,
        Symbol::RiskZone,
        Symbol::NotHere,
    ];
    view! {
        <Tabbed title=t!("field.nav.map")>
            {move || match start.get() {
                Some(start) => {
                    let plane = Plane::around(start.center());
                    let view = RwSignal::new(View::of_extent(start));
                    let to_me = move |_| if let Some((at, _)) = me.get_untracked() { view.update(|view| view.center = plane.point(at)) };
                    view! {
                        <div class="field-map">
                            <Chart layers=shown plane view me />
                            <div class="cross-top">
                                <span class="pill on-map">{move || gps.with(place::gps_words)}</span>
                                <span class="pill on-map" class:asks=old>{age}</span>
                            </div>
                            <button type="button" class="button button-ghost to-me" disabled=move || me.with(Option::is_none) on:click=to_me>{t!("map.my_position")}</button>
                        </div>
                    }
                    .into_any()
                }
                None => view! { <EmptyState title=t!("field.map.empty") how=t!("field.map.empty_how").to_owned() /> }.into_any(),
            }}
            <Legend symbols />
        </Tabbed>
    }
}
