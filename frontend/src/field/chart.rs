//! A small map drawn from the records on this device: needs no library, no tiles and no network.
//!
//! Shapes are drawn in metres around the first centre, so that moving the map only changes one transform. A hazard
//! keeps its colour and hatching whatever lies on it; a hazard too small for the scale is a symbol (S2); beyond what
//! this device holds the ground is grey-striped (S12).

use std::fmt::Write as _;

use leptos::prelude::*;
use safelane_geometry::{Bbox, MultiPolygon, Position};

/// How a shape is drawn; the class names are those of the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Coast, rivers, roads of the programme's own map.
    Base,
    /// Boundary of a task.
    Task,
    /// Confirmed.
    Confirmed,
    /// Suspected.
    Suspected,
    /// Civilian-risk zone.
    Zone,
    /// Worked, not released: on the red.
    Worked,
    /// Cleared or reduced, approved.
    Released,
    /// Reported, not yet reviewed.
    Reported,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Base => "c-base",
            Self::Task => "c-task",
            Self::Confirmed => "c-confirmed",
            Self::Suspected => "c-suspected",
            Self::Zone => "c-zone",
            Self::Worked => "c-worked",
            Self::Released => "c-released",
            Self::Reported => "c-reported",
        }
    }

    const fn is_hazard(self) -> bool {
        matches!(self, Self::Confirmed | Self::Suspected)
    }
}

/// A point with a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Item in the ground.
    Item,
    /// Accident.
    Accident,
    /// Indication, or a hazard without an outline.
    Indication,
    /// Benchmark.
    Benchmark,
}

/// What a map shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layers {
    /// Areas, with their label.
    pub areas: Vec<(Look, MultiPolygon, String)>,
    /// Lines of the programme's own map.
    pub lines: Vec<Vec<Position>>,
    /// Points, with their label.
    pub marks: Vec<(Mark, Position, String)>,
    /// Where knowledge ends (S12); none when everything is here.
    pub scope: Option<MultiPolygon>,
}

impl Layers {
    /// Over the programme's own map.
    #[must_use]
    pub fn over(self, lines: &[Vec<Position>]) -> Self {
        Self {
            lines: lines.to_vec(),
            ..self
        }
    }

    /// The box around all areas, else the first mark.
    pub fn extent(&self) -> Option<Bbox> {
        let areas = self
            .areas
            .iter()
            .filter_map(|(_, shape, _)| shape.bbox())
            .reduce(Bbox::join);
        areas.or_else(|| Bbox::around(self.marks.iter().map(|(_, at, _)| *at).take(1)))
    }
}

/// Metres on the ground for one degree of latitude; good enough to draw by, never to measure by.
const METRES_PER_DEGREE: f64 = 111_320.0;
/// The closest and the farthest view, metres in one pixel.
const CLOSEST: f64 = 0.05;
const FARTHEST: f64 = 200.0;
/// A hazard smaller than so many pixels is drawn as a symbol.
const SYMBOL_BELOW: f64 = 14.0;

/// A drawing plane: metres east and south of its origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    origin: (f64, f64),
    east: f64,
}

impl Plane {
    /// Around a position.
    pub fn around(origin: Position) -> Self {
        let (lon, lat) = (origin.lon_degrees(), origin.lat_degrees());
        Self {
            origin: (lon, lat),
            east: METRES_PER_DEGREE * lat.to_radians().cos().max(0.01),
        }
    }

    /// A position in metres east and south.
    pub fn point(&self, at: Position) -> (f64, f64) {
        (
            (at.lon_degrees() - self.origin.0) * self.east,
            (self.origin.1 - at.lat_degrees()) * METRES_PER_DEGREE,
        )
    }

    /// The position of a point; `None` outside the world.
    pub fn position(&self, (x, y): (f64, f64)) -> Option<Position> {
        Position::from_degrees(
            self.origin.0 + x / self.east,
            self.origin.1 - y / METRES_PER_DEGREE,
        )
        .ok()
    }

    fn ring(&self, path: &mut String, ring: &[Position]) {
        for (index, at) in ring.iter().enumerate() {
            let (x, y) = self.point(*at);
            let _ = write!(path, "{}{x:.2} {y:.2}", if index == 0 { 'M' } else { 'L' });
        }
        path.push('Z');
    }

    /// The path of an area.
    pub fn path(&self, shape: &MultiPolygon) -> String {
        let mut path = String::new();
        for ring in shape.rings() {
            self.ring(&mut path, ring.positions());
        }
        path
    }
}

/// Where the map looks: its centre on the plane and its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Metres east and south of the plane's origin.
    pub center: (f64, f64),
    /// Metres in one pixel.
    pub scale: f64,
}

impl View {
    /// Moved by so many pixels of a finger.
    #[must_use]
    pub fn moved(self, (dx, dy): (f64, f64)) -> Self {
        Self {
            center: (
                self.center.0 - dx * self.scale,
                self.center.1 - dy * self.scale,
            ),
            ..self
        }
    }

    /// The view that shows a box about the plane's origin on a phone, with some ground around it.
    pub fn of_extent(extent: Bbox) -> Self {
        let [west, south, east, north] = extent.degrees();
        let plane = Plane::around(extent.center());
        let size = ((east - west) * plane.east).max((north - south) * METRES_PER_DEGREE);
        Self {
            center: (0.0, 0.0),
            scale: (size / 260.0).clamp(0.25, FARTHEST),
        }
    }

    /// Closer (below 1) or farther (above 1) about the centre.
    #[must_use]
    pub fn scaled(self, by: f64) -> Self {
        Self {
            scale: (self.scale * by).clamp(CLOSEST, FARTHEST),
            ..self
        }
    }
}

/// How far a line of 60 to 150 pixels is, as a round number of metres, and its pixels.
pub fn scale_bar(scale: f64) -> (i64, f64) {
    let rounds = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000,
    ];
    let metres = rounds
        .into_iter()
        .rev()
        .find(|metres| *metres as f64 / scale <= 150.0)
        .unwrap_or(1);
    (metres, metres as f64 / scale)
}

/// The map.
#[component]
pub fn Chart(
    /// What it shows.
    #[prop(into)]
    layers: Signal<Layers>,
    /// The plane that it is drawn on.
    plane: Plane,
    /// Where it looks.
    view: RwSignal<View>,
    /// Corners of an outline being sketched, on top of everything.
    #[prop(optional, into)]
    sketch: Signal<Vec<Position>>,
    /// Where the phone is, with the radius of its accuracy in mm.
    #[prop(optional, into)]
    me: Signal<Option<(Position, i64)>>,
    /// Whether a cross marks the centre.
    #[prop(optional)]
    cross: bool,
) -> impl IntoView {
    // Fingers on the map: id and last place.
    let fingers = StoredValue::new(Vec::<(i32, f64, f64)>::new());
    let down = move |event: leptos::ev::PointerEvent| {
        fingers.update_value(|all| {
            all.push((
                event.pointer_id(),
                event.client_x().into(),
                event.client_y().into(),
            ));
        });
    };
    let up = move |event: leptos::ev::PointerEvent| {
        fingers.update_value(|all| all.retain(|finger| finger.0 != event.pointer_id()));
    };
    let moving = move |event: leptos::ev::PointerEvent| {
        let (id, x, y) = (
            event.pointer_id(),
            f64::from(event.client_x()),
            f64::from(event.client_y()),
        );
        fingers.update_value(|all| {
            let count = all.len();
            let other = all.iter().find(|finger| finger.0 != id).copied();
            let Some(finger) = all.iter_mut().find(|finger| finger.0 == id) else {
                return;
            };
            let by = ((x - finger.1) / count as f64, (y - finger.2) / count as f64);
            let mut next = view.get_untracked().moved(by);
            if let Some((_, ox, oy)) = other {
                let (before, after) =
                    ((finger.1 - ox).hypot(finger.2 - oy), (x - ox).hypot(y - oy));
                if before > 1.0 && after > 1.0 {
                    next = next.scaled(before / after);
                }
            }
            (finger.1, finger.2) = (x, y);
            view.set(next);
        });
    };
    let wheel = move |event: leptos::ev::WheelEvent| {
        event.prevent_default();
        view.update(|view| {
            *view = view.scaled(if event.delta_y() > 0.0 {
                1.2
            } else {
                1.0 / 1.2
            });
        });
    };
    let transform = move || {
        let View { center, scale } = view.get();
        format!(
            "scale({:.5}) translate({:.2} {:.2})",
            1.0 / scale,
            -center.0,
            -center.1
        )
    };
    // Patterns keep their size on the screen.
    let pattern = move || format!("scale({:.5})", view.with(|view| view.scale));
    let shapes = move || layers.with(|layers| drawn(layers, plane));
    let symbols = move || symbols(layers, plane, view.get());
    let outline = move || sketch.with(|corners| sketch_view(corners, plane, view.get().scale));
    let here = move || {
        me.get()
            .map(|(at, accuracy)| me_view(plane, view.get(), at, accuracy))
    };
    let bar = move || {
        let (metres, pixels) = scale_bar(view.with(|view| view.scale));
        let words = crate::i18n::format::length_mm(metres * 1_000);
        view! { <div class="scale-bar num"><i style:width=format!("{pixels:.0}px")></i>{words}</div> }
    };
    view! {
        <div class="chart" on:wheel=wheel>
            <svg
                class="chart-map"
                role="img"
                aria-label=t!("map.list")
                on:pointerdown=down
                on:pointermove=moving
                on:pointerup=up
                on:pointercancel=up
                on:pointerleave=up
            >
                <defs>
                    <pattern id="p-confirmed" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform=pattern><path class="p-line" d="M0 0L10 10M10 0L0 10" /></pattern>
                    <pattern id="p-suspected" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform=pattern><path class="p-line" d="M0 10L10 0M-2 2L2 -2M8 12L12 8" /></pattern>
                    <pattern id="p-worked" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform=pattern><circle class="p-ink" cx="5" cy="5" r="1.8" /></pattern>
                    <pattern id="p-released" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform=pattern><circle class="p-blue" cx="5" cy="5" r="1.8" /></pattern>
                    <pattern id="p-not-here" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform=pattern><path class="p-grey" d="M0 14L14 0M-3 3L3 -3M11 17L17 11" /></pattern>
                </defs>
                <svg class="chart-middle" x="50%" y="50%" overflow="visible">
                    <g transform=transform>{shapes}</g>
                    <g transform=transform>{outline}{here}</g>
                    {symbols}
                </svg>
            </svg>
            {cross.then(|| view! { <div class="chart-cross" aria-hidden="true"><i></i></div> })}
            {bar}
            <div class="chart-buttons">
                <button type="button" aria-label=t!("map.zoom_in") on:click=move |_| view.update(|view| *view = view.scaled(0.5))>"+"</button>
                <button type="button" aria-label=t!("map.zoom_out") on:click=move |_| view.update(|view| *view = view.scaled(2.0))>"−"</button>
            </div>
        </div>
    }
}

fn drawn(layers: &Layers, plane: Plane) -> AnyView {
    let mut areas: Vec<_> = layers.areas.iter().collect();
    areas.sort_by_key(|(look, ..)| *look);
    let area = |(look, shape, label): &(Look, MultiPolygon, String)| {
        let path = plane.path(shape);
        view! {
            <path class=format!("c-fill {}", look.class()) d=path.clone() fill-rule="evenodd"><title>{label.clone()}</title></path>
            <path class=format!("c-pattern {}", look.class()) d=path fill-rule="evenodd" />
        }
    };
    let line = |points: &Vec<Position>| {
        let mut path = String::new();
        plane.ring(&mut path, points);
        path.pop();
        view! { <path class="c-road" d=path /> }
    };
    let outside = layers.scope.as_ref().map(|scope| {
        // A sheet far beyond the view, with what is known cut out of it; only the edge itself has a line.
        let edge = plane.path(scope);
        let sheet = format!("M-90000 -90000H90000V90000H-90000Z{edge}");
        view! { <path class="c-not-here" d=sheet fill-rule="evenodd" /><path class="c-edge" d=edge /> }
    });
    view! { {layers.lines.iter().map(line).collect_view()} {areas.into_iter().map(area).collect_view()} {outside} }.into_any()
}

/// Marks and labels, whose size does not follow the scale.
fn symbols(layers: Signal<Layers>, plane: Plane, view: View) -> AnyView {
    let pixel = |at: Position| {
        let (x, y) = plane.point(at);
        (
            (x - view.center.0) / view.scale,
            (y - view.center.1) / view.scale,
        )
    };
    layers.with(|layers| {
        let small = layers.areas.iter().filter_map(|(look, shape, label)| {
            let bbox = shape.bbox()?;
            let (x, y) = pixel(bbox.center());
            let [west, south, east, north] = bbox.degrees();
            let size = ((east - west) * plane.east).max((north - south) * METRES_PER_DEGREE) / view.scale;
            let reported = *look == Look::Reported;
            if size < SYMBOL_BELOW && (look.is_hazard() || reported) {
                let class = format!("c-symbol {}", look.class());
                return Some(view! { <path class=class d=format!("M{x:.1} {:.1}l7 12h-14z", y - 8.0)><title>{label.clone()}</title></path> }.into_any());
            }
            (size > 70.0 && look.is_hazard()).then(|| view! { <text class="c-label" x=format!("{x:.1}") y=format!("{y:.1}")>{label.clone()}</text> }.into_any())
        });
        let mark = |(mark, at, label): &(Mark, Position, String)| {
            let (x, y) = pixel(*at);
            let at = format!("translate({x:.1} {y:.1})");
            let sign = match mark {
                Mark::Item => view! { <g><circle class="m-item" r="9" /><path class="m-sign" d="M0 -5V5M-5 0H5" /></g> }.into_any(),
                Mark::Accident => view! { <g><path class="m-item" d="M0 -11L10 8H-10Z" /><path class="m-sign" d="M0 -4V2M0 5V6" /></g> }.into_any(),
                Mark::Indication => view! { <g><path class="m-item" d="M0 -10L10 0L0 10L-10 0Z" /><path class="m-sign" d="M0 -4V1M0 4V5" /></g> }.into_any(),
                Mark::Benchmark => view! { <g><rect class="m-ink" x="-5" y="-5" width="10" height="10" /></g> }.into_any(),
            };
            view! { <g transform=at><title>{label.clone()}</title>{sign}</g> }
        };
        view! { {small.collect_view()} {layers.marks.iter().map(mark).collect_view()} }.into_any()
    })
}

fn sketch_view(corners: &[Position], plane: Plane, scale: f64) -> AnyView {
    let mut path = String::new();
    plane.ring(&mut path, corners);
    let radius = format!("{:.3}", 9.0 * scale);
    let corner = |at: &Position| {
        let (x, y) = plane.point(*at);
        view! { <circle class="c-corner" cx=format!("{x:.2}") cy=format!("{y:.2}") r=radius.clone() /> }
    };
    view! { {(corners.len() > 1).then(|| view! { <path class="c-sketch" d=path /> })} {corners.iter().map(corner).collect_view()} }.into_any()
}

fn me_view(plane: Plane, view: View, at: Position, accuracy_mm: i64) -> AnyView {
    let (x, y) = plane.point(at);
    let (x, y) = (format!("{x:.2}"), format!("{y:.2}"));
    view! {
        <circle class="c-accuracy" cx=x.clone() cy=y.clone() r=format!("{:.2}", accuracy_mm as f64 / 1_000.0) />
        <circle class="c-me" cx=x cy=y r=format!("{:.3}", 7.0 * view.scale) />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(lon, lat).unwrap()
    }

    #[test]
    fn the_plane_goes_there_and_back_also_south_and_west() {
        let plane = Plane::around(at(-24.1, -38.6));
        let there = at(-24.097, -38.603);
        let point = plane.point(there);
        assert!(point.0 > 0.0 && point.1 > 0.0);
        assert_eq!(plane.position(point), Some(there));
        let metres = safelane_geometry::measure::distance(at(-24.1, -38.6), there).get();
        assert!((point.0.hypot(point.1) / metres - 1.0).abs() < 0.005);
    }

    #[test]
    fn a_finger_moves_the_ground_with_it_and_the_scale_stays_in_bounds() {
        let view = View {
            center: (0.0, 0.0),
            scale: 2.0,
        };
        assert_eq!(view.moved((10.0, -5.0)).center, (-20.0, 10.0));
        assert!(
            (view.scaled(1e9).scale - FARTHEST).abs() < 1e-9
                && (view.scaled(1e-9).scale - CLOSEST).abs() < 1e-9
        );
        assert_eq!(scale_bar(1.0).0, 100);
        let extent = Bbox::around([at(-24.1, -38.6), at(-24.097, -38.603)]).unwrap();
        let seen = View::of_extent(extent);
        assert!(
            seen.scale * 260.0 > 330.0 && seen.scale * 260.0 < 340.0,
            "{}",
            seen.scale
        );
    }
}
