//! The only MapLibre interop. [`MapView`] takes signals and gives typed events; `map/map.ts` does the drawing.
//!
//! The library is fetched when a map is first shown. Shapes are given as GeoJSON text, one [`Layer`] a [`Role`];
//! a feature's `record` and `label` properties come back with a tap and stand in it at close range. At the desk
//! `tiles` names the log number that the hub's tiles must show; on a phone it is left out, and shapes are drawn
//! from local records.

pub mod geojson;
mod handle;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

use crate::components::{ProblemNote, Skeleton};
use crate::platform::assets;
use handle::Handle;

/// How the features of a layer are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The programme's own pale map: coast, roads, rivers, buildings, names.
    Basemap,
    /// Admin areas: lines and names.
    Admin,
    /// Released: dotted blue.
    Released,
    /// Confirmed: cross-hatched red. A point is its symbol.
    Confirmed,
    /// Suspected: hatched once, amber, with a red outline. A point is its symbol.
    Suspected,
    /// Worked, not released: dots on the red.
    Worked,
    /// Reported, not yet reviewed: a dashed outline on the shape of its class, which is given too (S11).
    Submitted,
    /// Civilian-risk zone.
    RiskZone,
    /// Task: ink outline.
    Task,
    /// The report that is read: dashed blue outline without fill.
    ThisReport,
    /// What is taken of several versions: a broad pale line under theirs, without fill.
    Result,
    /// What is being drawn: dashed blue with its corners as points.
    Sketch,
    /// An indication: a symbol, in no m².
    Indication,
    /// An item in the ground.
    Item,
    /// An accident.
    Accident,
    /// Not on this device: grey stripes (S12).
    NotHere,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Basemap => "basemap",
            Self::Admin => "admin",
            Self::Released => "released",
            Self::Confirmed => "confirmed",
            Self::Suspected => "suspected",
            Self::Worked => "worked",
            Self::Submitted => "submitted",
            Self::RiskZone => "risk-zone",
            Self::Task => "task",
            Self::ThisReport => "this-report",
            Self::Result => "result",
            Self::Sketch => "sketch",
            Self::Indication => "indication",
            Self::Item => "item",
            Self::Accident => "accident",
            Self::NotHere => "not-here",
        }
    }
}

/// The shapes of one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// How they are drawn.
    pub role: Role,
    /// A GeoJSON `FeatureCollection`; [`geojson`] helps to write one.
    pub geojson: String,
}

/// A rectangle in 1e-7 degree: west, south, east, north.
pub type Bounds = [i64; 4];

/// A ring without its first position at the end: longitude and latitude in 1e-7 degree.
pub type OpenRing = Vec<[i64; 2]>;

/// What the person does to an outline on the map; corners are drawn and dragged there by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Draw {
    /// Goes on with these outlines; with none a new one is begun.
    Begin(Vec<OpenRing>),
    /// Takes back the last corner or change.
    Undo,
    /// Begins anew.
    Anew,
}

/// A feature that was tapped, with its properties.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Tapped {
    /// The role's name, as in `map/style.ts`.
    pub layer: String,
    /// The record it stands for.
    #[serde(alias = "id")]
    pub record: Option<String>,
    /// What stands on it.
    pub label: Option<String>,
}

/// What people do with the map.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum MapEvent {
    /// It is drawn.
    Ready,
    /// A tap, with what lies there, the most dangerous first.
    Tap {
        /// Longitude in 1e-7 degree.
        longitude: i64,
        /// Latitude in 1e-7 degree.
        latitude: i64,
        /// What lies there.
        features: Vec<Tapped>,
    },
    /// The view came to rest.
    Moved {
        /// What is in view.
        bounds: Bounds,
        /// Zoom level.
        zoom: f64,
    },
    /// The ground under the cross, while the map moves.
    Cross {
        /// Longitude in 1e-7 degree.
        longitude: i64,
        /// Latitude in 1e-7 degree.
        latitude: i64,
    },
    /// An outline was drawn or changed.
    Drawn {
        /// The rings, open, one for each outline.
        outlines: Vec<OpenRing>,
        /// Whether every ring is closed.
        finished: bool,
        /// Whether there is something to take back.
        undo: bool,
    },
    /// What draws could not be fetched.
    CannotDraw,
    /// A tile or a file could not be read; the rest is drawn.
    Trouble {
        /// For the log.
        text: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Loading,
    Shown,
    Failed,
}

/// A map that fills its place.
#[component]
pub fn MapView(
    /// The shapes.
    #[prop(into)]
    layers: Signal<Vec<Layer>>,
    /// The rectangle to show; a new value moves the map.
    #[prop(optional, into)]
    fit: Signal<Option<Bounds>>,
    /// The log number that the hub's tiles must show; `None` for local shapes alone.
    #[prop(optional, into)]
    tiles: Signal<Option<u64>>,
    /// The moment of the past that the tiles show, as its query (`known=321&on=2026-08-15`); none for the present.
    #[prop(optional, into)]
    past: Signal<Option<String>>,
    /// Whether the fixed cross is shown.
    #[prop(optional)]
    cross: bool,
    /// The phone's own position: longitude, latitude in 1e-7 degree, radius in mm.
    #[prop(optional, into)]
    position: Signal<Option<(i64, i64, i64)>>,
    /// A position to centre on; a new value moves the map.
    #[prop(optional, into)]
    centre: Signal<Option<(i64, i64)>>,
    /// What to do to an outline that is drawn here, with a count: each new one is done once.
    #[prop(optional, into)]
    draw: Signal<Option<(u32, Draw)>>,
    /// Called with what people do.
    #[prop(optional, into)]
    on_event: Option<Callback<MapEvent>>,
    /// What lies on the map: pills at the top, legend and buttons at the bottom (`map-over map-top`, `map-over map-bottom`).
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    let (stage, set_stage) = signal(Stage::Loading);
    let handle = StoredValue::new_local(None::<Handle>);
    let (attempt, set_attempt) = signal(0_u32);

    Effect::new(move || {
        attempt.get();
        let Some(element) = place.get() else { return };
        let (start, tiles) = (fit.get_untracked(), tiles.get_untracked());
        spawn_local(async move {
            assets::add_style("map.css");
            let send = move |event: MapEvent| {
                if let Some(on_event) = on_event {
                    on_event.run(event);
                }
            };
            match Handle::create(&element, start, tiles, send).await {
                // The page may have been left while the library was loading.
                Ok(made) if handle.try_with_value(|_| ()).is_some() => {
                    handle.set_value(Some(made));
                    set_stage.set(Stage::Shown);
                }
                Ok(made) => made.remove(),
                Err(_) => drop(set_stage.try_set(Stage::Failed)),
            }
        });
    });
    on_cleanup(move || {
        if let Some(Some(handle)) = handle.try_update_value(Option::take) {
            handle.remove();
        }
    });

    let shown = move || stage.get() == Stage::Shown;
    let with =
        move |work: &dyn Fn(&Handle)| handle.with_value(|handle| handle.iter().for_each(work));
    Effect::new(move |before: Option<Vec<Layer>>| {
        let now = layers.get();
        if !shown() {
            return Vec::new();
        }
        with(&|handle| handle.give(before.as_deref().unwrap_or_default(), &now));
        now
    });
    Effect::new(move || {
        if let (true, Some(bounds)) = (shown(), fit.get()) {
            with(&|handle| handle.fit(bounds));
        }
    });
    Effect::new(move || {
        if let (true, Some((x, y))) = (shown(), centre.get()) {
            with(&|handle| handle.centre(x, y));
        }
    });
    Effect::new(move || {
        if let (true, Some(upto), past) = (shown(), tiles.get(), past.get()) {
            with(&|handle| handle.set_tiles(upto, past.as_deref()));
        }
    });
    Effect::new(move || {
        if let (true, Some((_, draw))) = (shown(), draw.get()) {
            with(&|handle| handle.draw(&draw));
        }
    });
    Effect::new(move || {
        let position = position.get();
        if shown() {
            with(&|handle| handle.set_position(position));
        }
    });

    let retry = Callback::new(move |()| {
        set_stage.set(Stage::Loading);
        set_attempt.update(|count| *count += 1);
    });
    view! {
        <div class="map">
            <div class="map-canvas" node_ref=place></div>
            {cross.then(cross_mark)}
            {move || match stage.get() {
                Stage::Loading => view! { <div class="map-note"><Skeleton cards=1 /></div> }.into_any(),
                Stage::Failed => view! { <div class="map-note"><ProblemNote text=t!("map.failed") on_retry=retry /></div> }.into_any(),
                Stage::Shown => ().into_any(),
            }}
            {children.map(|children| children())}
        </div>
    }
}

fn cross_mark() -> impl IntoView {
    view! {
        <svg class="map-cross" viewBox="0 0 76 76" aria-hidden="true">
            <circle cx="38" cy="38" r="22" />
            <path d="M38 4v26M38 46v26M4 38h26M46 38h26" />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_map_ts_writes_them() {
        let read = |text: &str| serde_json::from_str::<MapEvent>(text).expect("an event");
        assert_eq!(
            read(r#"{"type":"cross","longitude":-241000000,"latitude":3}"#),
            MapEvent::Cross {
                longitude: -241_000_000,
                latitude: 3
            }
        );
        let MapEvent::Tap { features, .. } = read(
            r#"{"type":"tap","longitude":1,"latitude":2,"features":[{"layer":"confirmed","record":"r","label":"DEMO-0147","class":"cha"}]}"#,
        ) else {
            panic!("a tap")
        };
        assert_eq!(features[0].record.as_deref(), Some("r"));
        assert_eq!(
            read(
                r#"{"type":"drawn","outlines":[[[1,2],[3,4],[5,6]]],"finished":true,"undo":false}"#
            ),
            MapEvent::Drawn {
                outlines: vec![vec![[1, 2], [3, 4], [5, 6]]],
                finished: true,
                undo: false
            }
        );
        assert_eq!(read(r#"{"type":"cannot-draw"}"#), MapEvent::CannotDraw);
        assert_eq!(
            read(r#"{"type":"moved","bounds":[1,2,3,4],"zoom":9.5}"#),
            MapEvent::Moved {
                bounds: [1, 2, 3, 4],
                zoom: 9.5
            }
        );
    }
}
