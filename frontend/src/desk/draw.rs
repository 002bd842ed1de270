//! Drawing an outline on the map, in a form: corner by corner, with the m² beside it and an undo.
//!
//! What is drawn is a sketch: good for a task and for what is suspected, never the boundary of a release, where the
//! form does not offer it. Without a mouse there are typed coordinates.

use leptos::prelude::*;
use safelane_geometry::{Bbox, MultiPolygon, Polygon, Position, Ring, Shape, measure};
use safelane_ledger::RecordId;
use safelane_model::body;
use safelane_model::{Ground, How};
use serde_json::Value;

use super::live::use_live;
use super::map;
use super::shell::here;
use crate::components::{ButtonRow, GhostButton, Pill, ProblemNote, QuietButton, Sign};
use crate::field::form::Slot;
use crate::field::form::ground;
use crate::i18n::format;
use crate::map::{Bounds, Draw, MapEvent, MapView, OpenRing};

/// The ways to draw for one field of a form.
pub fn view(slot: Slot) -> AnyView {
    let stored = slot
        .value
        .with_untracked(|value| ground::read(value.as_ref()));
    let drawable = stored.as_ref().map(outlines_of);
    // An outline with holes cannot be drawn on: it stays as it is until somebody draws another one.
    let has_holes = drawable.as_ref().is_some_and(Option::is_none);
    let start = drawable.flatten().unwrap_or_default();
    let fit = fit(&slot, stored.as_ref());
    let count = RwSignal::new(0_u32);
    let draw = RwSignal::new(Some((0, Draw::Begin(start.clone()))));
    let say = move |what: Draw| {
        count.update(|count| *count += 1);
        draw.set(Some((count.get_untracked(), what)));
    };
    let (area, undo) = (RwSignal::new(area_of(&start)), RwSignal::new(false));
    let failed = RwSignal::new(false);
    let (set, before) = (slot.set, StoredValue::new(shape_of(&start)));
    let on_event = Callback::new(move |event: MapEvent| match event {
        MapEvent::Drawn {
            outlines,
            finished,
            undo: can_undo,
        } => {
            undo.set(can_undo);
            area.set(area_of(&outlines));
            let shape = shape_of(&outlines);
            // Looking at an outline does not make a drawing of it.
            if finished
                && before.with_value(|before| corners(before.as_ref()) != corners(shape.as_ref()))
            {
                set.run(shape.clone().map(drawn));
                before.set_value(shape);
            }
        }
        MapEvent::CannotDraw => failed.set(true),
        _ => {}
    });
    let retry = move |()| {
        failed.set(false);
        let now = before.with_value(|shape| shape.as_ref().and_then(rings_of));
        say(Draw::Begin(now.unwrap_or_default()));
    };
    let live = use_live();
    let tiles = Memo::new(move |_| Some(live.number()));
    let layers = map::ground_layers();
    let figure = move || t!("desk.draw.area", area = format::area_dm2(area.get()));
    view! {
        <div class="draw-ground">
            {has_holes.then(|| view! { <p class="muted">{t!("desk.draw.holes")}</p> })}
            <div class="draw-map">
                <MapView layers fit tiles draw on_event>
                    <div class="map-over map-top"><Pill text=Signal::derive(figure) on_map=true /></div>
                </MapView>
            </div>
            {move || failed.get().then(|| view! { <ProblemNote text=t!("desk.draw.failed") on_retry=retry /> })}
            <ButtonRow>
                <GhostButton label=t!("cross.undo") sign=Sign::Undo disabled=Signal::derive(move || !undo.get()) on_press=move |()| say(Draw::Undo) />
                <QuietButton label=t!("desk.draw.anew") on_press=move |()| say(Draw::Anew) />
            </ButtonRow>
            <p class="muted">{t!("desk.draw.how")}</p>
        </div>
    }
    .into_any()
}

/// The outlines of a ground, if they can be drawn on: polygons without holes.
fn outlines_of(ground: &Ground) -> Option<Vec<OpenRing>> {
    rings_of(ground.polygons()?)
}

fn rings_of(shape: &MultiPolygon) -> Option<Vec<OpenRing>> {
    let outline = |polygon: &Polygon| {
        let mut rings = polygon.rings();
        let (outer, hole) = (rings.next()?, rings.next());
        let corner = |at: &Position| [i64::from(at.lon_e7()), i64::from(at.lat_e7())];
        hole.is_none()
            .then(|| outer.positions().iter().map(corner).collect())
    };
    shape.polygons().iter().map(outline).collect()
}

/// The shape through these outlines; `None` without one of three corners.
fn shape_of(outlines: &[OpenRing]) -> Option<MultiPolygon> {
    let ring = |outline: &OpenRing| {
        let mut corners: Vec<Position> = outline
            .iter()
            .filter_map(|[lon, lat]| {
                Position::try_new_e7(i32::try_from(*lon).ok()?, i32::try_from(*lat).ok()?).ok()
            })
            .collect();
        // Two presses on one spot are one corner.
        corners.dedup();
        let ring = Ring::new(corners);
        (ring.len() >= 3).then(|| Polygon::new(ring))
    };
    let polygons: Vec<Polygon> = outlines.iter().filter_map(ring).collect();
    (!polygons.is_empty()).then(|| MultiPolygon(polygons).oriented())
}

/// All corners, wherever the line begins and whichever way it runs.
fn corners(shape: Option<&MultiPolygon>) -> Vec<Position> {
    let mut corners: Vec<Position> = shape
        .into_iter()
        .flat_map(MultiPolygon::positions)
        .collect();
    corners.sort_unstable_by_key(|at| (at.lon_e7(), at.lat_e7()));
    corners
}

fn area_of(outlines: &[OpenRing]) -> i64 {
    shape_of(outlines).map_or(0, |shape| measure::area_dm2(&shape) as i64)
}

fn drawn(shape: MultiPolygon) -> Value {
    serde_json::to_value(Ground::new(Shape::polygons(shape), How::Drawn)).unwrap_or_default()
}

/// Where to begin: the outline itself, else what the record names, else the programme.
fn fit(slot: &Slot, stored: Option<&Ground>) -> Option<Bounds> {
    let named = || {
        let ids = slot.form.editor.with_untracked(|fields| {
            let mut ids = body::uuids(fields, "hazards");
            ids.extend(body::uuid(fields, "task"));
            ids.extend(body::uuid(fields, "opened_from"));
            ids
        });
        slot.form.world(|world| {
            ids.into_iter()
                .filter_map(|id| {
                    let record = world.get(RecordId::new(id))?;
                    body::ground(record.body()?, "ground")?.shape.bbox()
                })
                .reduce(Bbox::join)
        })
    };
    let bbox = stored.and_then(|ground| ground.shape.bbox()).or_else(named);
    let programme = || {
        here()
            .0
            .with_untracked(|info| info.as_ref().and_then(|info| info.programme.extent))
    };
    bbox.map(map::around).or_else(programme)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> OpenRing {
        let (x, y) = (184_000_000, 438_000_000);
        vec![
            [x, y],
            [x + 9_000, y],
            [x + 9_000, y + 9_000],
            [x, y + 9_000],
        ]
    }

    fn problems(outline: OpenRing) -> Vec<&'static str> {
        let kind = safelane_model::kinds::find("hazardous-area").unwrap();
        let context = safelane_model::check::Context {
            today: "2026-11-23".parse().unwrap(),
            area: None,
        };
        let mut fields = body::Map::new();
        fields.insert("classification".to_owned(), "sha".into());
        fields.insert("ground".to_owned(), drawn(shape_of(&[outline]).unwrap()));
        safelane_model::check::problems(kind, &fields, &context)
            .into_iter()
            .filter(|problem| problem.field == "ground")
            .map(|problem| problem.code)
            .collect()
    }

    #[test]
    fn what_is_drawn_is_read_back_the_same_and_is_a_sketch() {
        let shape = shape_of(&[square()]).unwrap();
        assert_eq!(rings_of(&shape), Some(vec![square()]));
        assert_eq!(shape_of(&rings_of(&shape).unwrap()), Some(shape.clone()));
        // Drawn the other way round it is the same ground.
        let mut turned = square();
        turned.reverse();
        let other_way = shape_of(&[turned]);
        assert_eq!(corners(other_way.as_ref()), corners(Some(&shape)));
        assert_eq!(
            other_way.as_ref().map(measure::area_dm2),
            Some(measure::area_dm2(&shape))
        );
        let ground = ground::read(Some(&drawn(shape))).unwrap();
        assert!(ground.how.is_sketch());
    }

    #[test]
    fn an_outline_that_crosses_itself_has_the_same_problem_as_a_typed_one() {
        let mut bow_tie = square();
        bow_tie.swap(1, 2);
        assert_eq!(problems(square()), Vec::<&str>::new());
        assert_eq!(problems(bow_tie), ["outline-crosses"]);
    }

    #[test]
    fn two_corners_are_nothing_and_holes_are_left_alone() {
        assert_eq!(shape_of(&[square()[..2].to_vec()]), None);
        let [a, b, c, d] = square()[..] else {
            panic!("a square")
        };
        let twice = vec![a, a, b, b, c, d];
        assert_eq!(shape_of(&[twice]), shape_of(&[square()]));
        let mut with_hole = shape_of(&[square()]).unwrap();
        let inner = shape_of(&[vec![
            [a[0] + 1_000, a[1] + 1_000],
            [a[0] + 2_000, a[1] + 1_000],
            [a[0] + 1_000, a[1] + 2_000],
        ]])
        .unwrap();
        with_hole.0[0].holes = vec![inner.0[0].exterior.clone()];
        assert_eq!(rings_of(&with_hole), None);
    }
}
