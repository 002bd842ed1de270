//! Maps at the desk: the ground of one report, and the whole programme.
//!
//! What is recorded comes as the hub's tiles at a log number, so that an approval is seen at once; the report that is
//! read lies on top as a dashed outline without fill: nothing weakens the hazard beneath it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use safelane_geometry::Bbox;
use safelane_ledger::RecordId;
use safelane_model::body;
use safelane_wire::desk::{BASEMAP, RecordDetail};
use serde_json::{Value, json};

use super::answer::answered;
use super::live::use_live;
use super::shell::here;
use super::time::{self, Then, TimeBar};
use super::{api, records, shell, words};
use crate::components::{DemoPill, DeskShell, Legend, Panel, Pill, QueueEntry, Symbol};
use crate::field::engine::engine;
use crate::field::local::World;
use crate::field::words as field_words;
use crate::map::{Bounds, Layer, MapEvent, MapView, Role, Tapped};
use crate::platform::{dom, http};

/// One degree in the map's units.
const DEGREE: f64 = 1e7;
/// A report alone is shown with at least so much ground around it: about 60 m.
const AROUND: i64 = 5_400;

/// The programme's own pale map, read once a page.
fn basemap() -> LocalResource<http::Answer<String>> {
    LocalResource::new(|| http::get_text(BASEMAP))
}

fn basemap_layer(text: Option<http::Answer<String>>) -> Option<Layer> {
    Some(Layer {
        role: Role::Basemap,
        geojson: text?.ok()?,
    })
}

/// Districts from the records on this device, named.
fn admin_layer(world: &World) -> Layer {
    let feature = |record: &crate::field::local::Record| {
        let fields = record.body()?;
        let rings = body::ground(fields, "ground")?;
        let polygons: Vec<Vec<Vec<[f64; 2]>>> = rings
            .polygons()?
            .polygons()
            .iter()
            .map(|polygon| {
                polygon
                    .rings()
                    .map(|ring| {
                        let mut line: Vec<[f64; 2]> = ring
                            .positions()
                            .iter()
                            .map(|at| [at.lon_degrees(), at.lat_degrees()])
                            .collect();
                        line.extend(line.first().copied());
                        line
                    })
                    .collect()
            })
            .collect();
        Some(json!({
            "type": "Feature",
            "properties": { "name": field_words::name(record) },
            "geometry": { "type": "MultiPolygon", "coordinates": polygons },
        }))
    };
    let features: Vec<Value> = world.of_kind("admin-area").filter_map(feature).collect();
    Layer {
        role: Role::Admin,
        geojson: json!({ "type": "FeatureCollection", "features": features }).to_string(),
    }
}

/// What lies under everything on a desk map: the programme's own map and its districts.
pub fn ground_layers() -> Memo<Vec<Layer>> {
    let (engine, basemap) = (engine(), basemap());
    let admin = Memo::new(move |_| engine.world.with(|world| admin_layer(world)));
    Memo::new(move |_| {
        basemap_layer(basemap.get())
            .into_iter()
            .chain([admin.get()])
            .collect()
    })
}

/// A box with some ground around it.
pub fn around(bbox: Bbox) -> Bounds {
    widened([bbox.west, bbox.south, bbox.east, bbox.north].map(i64::from))
}

/// What lies on every desk map: its date, DEMO, the legend.
fn over(symbols: Vec<Symbol>, of_when: Signal<String>) -> impl IntoView {
    let demo = move || {
        here()
            .0
            .with(|info| info.as_ref().is_some_and(|info| info.programme.demo))
    };
    view! {
        <div class="map-over map-top"><span></span><Pill text=of_when on_map=true /></div>
        <div class="map-over map-bottom">
            <Legend symbols open=!dom::is_narrow() />
            {move || demo().then(|| view! { <DemoPill /> })}
        </div>
    }
}

/// The ground of a report over what is known there.
#[component]
pub fn GroundMap(
    /// The review's GeoJSON; property `role` says what a feature is.
    ground: Memo<Option<Value>>,
    /// Which line is which, where several versions are shown; else one line says that there is another.
    #[prop(optional, into)]
    names: Option<ViewFn>,
) -> impl IntoView {
    let live = use_live();
    let (engine, basemap) = (engine(), basemap());
    let admin = Memo::new(move |_| engine.world.with(|world| admin_layer(world)));
    let layers = Memo::new(move |_| {
        let mut layers: Vec<Layer> = basemap_layer(basemap.get()).into_iter().collect();
        layers.push(admin.get());
        ground.with(|ground| {
            if let Some(ground) = ground {
                layers.push(Layer {
                    role: Role::ThisReport,
                    geojson: of_role(ground, &["this"]),
                });
                layers.push(Layer {
                    role: Role::Result,
                    geojson: of_role(ground, &["result"]),
                });
                // The version beside it: an ink outline.
                layers.push(Layer {
                    role: Role::Task,
                    geojson: of_role(ground, &["before"]),
                });
            }
        });
        layers
    });
    let extent = move || {
        here()
            .0
            .with(|info| info.as_ref().and_then(|info| info.programme.extent))
    };
    let fit = Memo::new(move |_| {
        ground
            .with(|ground| ground.as_ref().and_then(bounds))
            .or_else(extent)
    });
    let tiles = Memo::new(move |_| Some(live.number()));
    let both = Memo::new(move |_| {
        ground.with(|ground| {
            ground
                .as_ref()
                .is_some_and(|ground| features(ground, &["before"]).next().is_some())
        })
    });
    let symbols = vec![
        Symbol::Confirmed,
        Symbol::Suspected,
        Symbol::Worked,
        Symbol::Released,
        Symbol::ThisReport,
        Symbol::Item,
        Symbol::Accident,
    ];
    view! {
        <MapView layers fit tiles>
            {over(symbols, Signal::derive(|| time::words(None)))}
            {move || match &names {
                Some(names) => names.run(),
                None => both.get().then(|| view! { <div class="map-over map-beside"><span class="pill on-map"><i class="symbol symbol-task" aria-hidden="true"></i>{t!("desk.map.other_version")}</span></div> }).into_any(),
            }}
        </MapView>
    }
}

fn features<'a>(ground: &'a Value, roles: &'a [&'a str]) -> impl Iterator<Item = &'a Value> {
    let all = ground
        .get("features")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    all.iter().filter(move |feature| {
        feature["properties"]["role"]
            .as_str()
            .is_some_and(|role| roles.contains(&role))
    })
}

fn of_role(ground: &Value, roles: &[&str]) -> String {
    json!({ "type": "FeatureCollection", "features": features(ground, roles).collect::<Vec<_>>() })
        .to_string()
}

/// The report and the hazards that it touches; without a shape of its own, all that is there.
fn bounds(ground: &Value) -> Option<Bounds> {
    let extent = |roles: &[&str]| {
        features(ground, roles)
            .filter_map(|feature| extent_of(&feature["geometry"]["coordinates"]))
            .reduce(join)
    };
    let Some(own) = extent(&["this", "before"]) else {
        return extent(&["hazard", "worked", "released", "item", "other"]).map(widened);
    };
    let touched = features(ground, &["hazard"])
        .filter_map(|feature| extent_of(&feature["geometry"]["coordinates"]))
        .filter(|hazard| meets(own, *hazard));
    Some(widened(touched.fold(own, join)))
}

fn extent_of(coordinates: &Value) -> Option<Bounds> {
    let list = coordinates.as_array()?;
    if let [x, y, ..] = list.as_slice()
        && let (Some(x), Some(y)) = (x.as_f64(), y.as_f64())
    {
        let (x, y) = ((x * DEGREE).round() as i64, (y * DEGREE).round() as i64);
        return Some([x, y, x, y]);
    }
    list.iter().filter_map(extent_of).reduce(join)
}

fn join(a: Bounds, b: Bounds) -> Bounds {
    [
        a[0].min(b[0]),
        a[1].min(b[1]),
        a[2].max(b[2]),
        a[3].max(b[3]),
    ]
}

fn meets(a: Bounds, b: Bounds) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

fn widened(a: Bounds) -> Bounds {
    [a[0] - AROUND, a[1] - AROUND, a[2] + AROUND, a[3] + AROUND]
}

/// Everything of the programme, as this hub knows it.
#[component]
pub fn MapPage() -> impl IntoView {
    let live = use_live();
    let engine = engine();
    let layers = ground_layers();
    let tiles = Memo::new(move |_| Some(live.number()));
    // A link may name the place and the record to look at.
    let (place, record) = use_query_map().with_untracked(|query| {
        let record = query
            .get("record")
            .and_then(|id| id.parse::<RecordId>().ok());
        (query.get("at").as_deref().and_then(place), record)
    });
    // Once, when everything is here: a map that moves by itself is not read.
    let fit = RwSignal::new(place.or_else(|| {
        here()
            .0
            .with_untracked(|info| info.as_ref().and_then(|info| info.programme.extent))
    }));
    let fitted = StoredValue::new(place.is_some());
    Effect::new(move || {
        let complete = engine.status.with(|status| status.complete.is_some());
        let data = engine.world.with(|world| extent(world));
        if complete && !fitted.get_value() && data.is_some() {
            fitted.set_value(true);
            fit.set(data);
        }
    });
    let then: Then = RwSignal::new(None);
    let past = Memo::new(move |_| then.with(|then| then.as_ref().map(time::query)));
    let of_when = Signal::derive(move || then.with(|then| time::words(then.as_ref())));
    let tapped = RwSignal::new(None::<Vec<Tapped>>);
    let chosen = RwSignal::new(record);
    let on_event = Callback::new(move |event: MapEvent| {
        if let MapEvent::Tap { features, .. } = event {
            chosen.set(features.iter().find_map(record_of));
            tapped.set(Some(features));
        }
    });
    view! {
        <DeskShell rail=shell::rail panel=ViewFn::from(move || view! { <MapPanel tapped chosen then /> })>
            <h1 class="sr">{t!("desk.map.title")}</h1>
            <MapView layers fit tiles past on_event>
                {time::frame(then)}
                {over(Symbol::DESK.to_vec(), of_when)}
                <TimeBar then />
            </MapView>
        </DeskShell>
    }
}

/// `longitude,latitude` in degrees, with some ground around it.
fn place(at: &str) -> Option<Bounds> {
    let (lon, lat) = at.split_once(',')?;
    let degrees = |text: &str, most: f64| {
        text.parse::<f64>()
            .ok()
            .filter(|degrees| degrees.abs() <= most)
            .map(|degrees| (degrees * DEGREE).round() as i64)
    };
    let (x, y) = (degrees(lon, 180.0)?, degrees(lat, 90.0)?);
    Some(widened(widened([x, y, x, y])))
}

fn record_of(feature: &Tapped) -> Option<RecordId> {
    feature.record.as_ref()?.parse().ok()
}

/// All hazardous areas, items and accidents on this device: danger outside recorded hazard is seen
/// at the first glance too.
fn extent(world: &World) -> Option<Bounds> {
    let areas = world
        .of_kind("hazardous-area")
        .filter_map(|record| body::ground(record.body()?, "ground")?.shape.bbox());
    let points = ["explosive-ordnance", "accident"]
        .into_iter()
        .flat_map(|kind| world.of_kind(kind))
        .filter_map(|record| Bbox::around([body::place(record.body()?, "place")?.at]));
    let bbox = areas.chain(points).reduce(Bbox::join)?;
    let [west, south, east, north] = bbox
        .degrees()
        .map(|degrees| (degrees * DEGREE).round() as i64);
    Some([west, south, east, north])
}

#[component]
fn MapPanel(
    tapped: RwSignal<Option<Vec<Tapped>>>,
    chosen: RwSignal<Option<RecordId>>,
    then: Then,
) -> impl IntoView {
    let live = use_live();
    let detail = LocalResource::new(move || {
        let n = live.number();
        let chosen = chosen.get();
        async move {
            match chosen {
                Some(record) => api::record(record, n).await.map(Some),
                None => Ok(None),
            }
        }
    });
    let others = move || {
        let all: Vec<RecordId> =
            tapped.with(|tapped| tapped.iter().flatten().filter_map(record_of).collect());
        (all.len() > 1).then(|| all.into_iter().map(|record| {
            let name = engine().world.with_untracked(|world| world.get(record).map_or_else(|| t!("desk.not_named").to_owned(), field_words::name));
            let kind = engine().world.with_untracked(|world| world.get(record).map(|record| field_words::kind(&record.kind, record.body())).unwrap_or_default());
            view! { <QueueEntry title=name about=kind chosen=Signal::derive(move || chosen.get() == Some(record)) on_press=move |()| chosen.set(Some(record)) /> }
        }).collect_view())
    };
    let nothing = move || {
        let tapped = tapped.get();
        chosen.get().is_none().then(|| match tapped {
            None => view! { <Panel title=t!("desk.map.title")><p>{t!("desk.map.press")}</p><p class="muted">{t!("desk.map.absence")}</p></Panel> }.into_any(),
            Some(_) => {
                let of_when = then.with(|then| time::words(then.as_ref()));
                view! { <Panel title=t!("desk.map.no_record")><p>{of_when}</p><p class="muted">{t!("desk.map.absence")}</p></Panel> }.into_any()
            }
        })
    };
    view! {
        {nothing}
        {others}
        {answered(detail, move |detail| detail.map(|detail| record(detail, then)))}
    }
}

fn record(detail: RecordDetail, then: Then) -> impl IntoView {
    let above = format!(
        "{} · {}",
        crate::i18n::label(&format!("kind.{}", detail.row.kind)),
        words::standing(detail.row.standing)
    );
    let address = format!("/desk/record/{}", detail.row.record);
    view! {
        <Panel title=words::row_title(&detail.row) above=above>
            {time::beside_record(then)}
            {records::checks(&detail)}
            {records::what_stands(&detail)}
            <a class="button button-ghost" href=address>{t!("desk.map.open_record")}</a>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(role: &str, coordinates: &Value) -> Value {
        json!({"type": "Feature", "properties": {"role": role}, "geometry": {"type": "Polygon", "coordinates": coordinates}})
    }

    #[test]
    fn a_link_names_a_place_in_the_world() {
        let around = place("-24.1000000,-38.6").expect("a place");
        assert_eq!(i64::midpoint(around[0], around[2]), -241_000_000);
        assert_eq!(i64::midpoint(around[1], around[3]), -386_000_000);
        for wrong in ["", "1", "a,b", "181,0", "0,91", "NaN,0"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_map_shows_the_report_and_the_hazard_beneath_and_not_the_neighbour() {
        let ring = |x: f64, y: f64, size: f64| {
            json!([[[x, y], [x + size, y], [x + size, y + size], [x, y]]])
        };
        let ground = json!({"type": "FeatureCollection", "features": [
            feature("this", &ring(-24.1, -38.6, 0.001)), feature("hazard", &ring(-24.101, -38.601, 0.01)), feature("hazard", &ring(-24.3, -38.4, 0.01)),
        ]});
        assert_eq!(
            bounds(&ground),
            Some([
                -241_010_000 - AROUND,
                -386_010_000 - AROUND,
                -240_910_000 + AROUND,
                -385_910_000 + AROUND
            ])
        );
        let this: Value = serde_json::from_str(&of_role(&ground, &["this"])).expect("GeoJSON");
        assert_eq!(this["features"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            bounds(&json!({"type": "FeatureCollection", "features": []})),
            None
        );
    }
}
