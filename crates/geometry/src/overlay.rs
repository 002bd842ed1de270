//! Union, intersection and difference of shapes, with areas right to 0.01 m².
//!
//! An [`Area`] is a working value: it lives on a grid of 0.01 mm and its edges
//! carry points on their geodesics, so that its m² can be added and compared.
//! It is never stored; what is stored is a [`MultiPolygon`].

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;

use crate::fine::{Fine, STEPS, densify};
use crate::local::Scale;
use crate::measure;
use crate::shape::{MultiPolygon, Polygon, Ring};
use crate::units::SquareMetres;

/// Half the width of the space in which the overlay works.
const REACH: i64 = 1 << 29;
/// Up to so many parts are looked at one after the other.
const FEW: usize = 64;

pub(crate) type Contour = Vec<Fine>;

/// An area as overlays make it: valid, its outer lines against the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Area {
    parts: Vec<Part>,
}

/// One polygon: its outer line, then its holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub contours: Vec<Contour>,
    frame: Frame,
}

/// The box around a part, in steps of the fine grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    west: i64,
    south: i64,
    east: i64,
    north: i64,
}

impl Area {
    /// The area of a shape; where its lines cross, inside is what an odd
    /// number of lines encloses.
    pub fn of(shape: &MultiPolygon) -> Self {
        Self::from_contours(shape.rings().map(dense), FillRule::EvenOdd)
    }

    /// The area of a shape that is known to be valid ([`crate::validity`]),
    /// without looking: four times faster than [`Area::of`]. Of a shape that
    /// crosses itself it is wrong.
    pub fn of_valid(shape: &MultiPolygon) -> Self {
        let parts = shape.polygons().iter().map(|polygon| {
            let rings = polygon.rings().enumerate();
            let contours = rings.map(|(n, ring)| {
                let mut contour = dense(ring);
                if (ring.doubled_planar_area() > 0) != (n == 0) {
                    contour.reverse();
                }
                contour
            });
            Part::new(contours.filter(|c| !c.is_empty()).collect())
        });
        Self {
            parts: parts.filter(|part| !part.contours.is_empty()).collect(),
        }
    }

    /// The same with its edges straight in longitude and latitude, as stored;
    /// for questions of inside and outside, not for m².
    pub(crate) fn straight(shape: &MultiPolygon) -> Self {
        Self::straight_rings(shape.rings(), FillRule::EvenOdd)
    }

    pub(crate) fn straight_rings<'a>(
        rings: impl IntoIterator<Item = &'a Ring>,
        fill: FillRule,
    ) -> Self {
        let contour = |ring: &Ring| ring.positions().iter().map(|&p| p.into()).collect();
        Self::from_contours(rings.into_iter().map(contour), fill)
    }

    /// The area with its holes filled.
    pub(crate) fn filled(mut self) -> Self {
        for part in &mut self.parts {
            part.contours.truncate(1);
        }
        Self::union(&[self])
    }

    /// What lies in any of the areas.
    pub fn union<'a>(areas: impl IntoIterator<Item = &'a Area>) -> Self {
        let parts: Vec<&Part> = areas.into_iter().flat_map(|area| &area.parts).collect();
        let mut union = Vec::with_capacity(parts.len());
        for group in groups(&parts) {
            match group.as_slice() {
                [alone] => union.push(parts[*alone].clone()),
                together => {
                    let subject: Vec<_> = together.iter().map(|&i| parts[i]).collect();
                    union.extend(overlay(
                        &subject,
                        &[],
                        OverlayRule::Subject,
                        FillRule::NonZero,
                    ));
                }
            }
        }
        Self { parts: union }
    }

    /// What lies in both areas.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let meets =
            |part: &&Part, others: &[Part]| others.iter().any(|o| part.frame.meets(o.frame));
        let subject: Vec<_> = self
            .parts
            .iter()
            .filter(|p| meets(p, &other.parts))
            .collect();
        let clip: Vec<_> = other
            .parts
            .iter()
            .filter(|p| meets(p, &self.parts))
            .collect();
        if subject.is_empty() {
            return Self::default();
        }
        Self {
            parts: overlay(&subject, &clip, OverlayRule::Intersect, FillRule::NonZero),
        }
    }

    /// What lies in this area and in none of the others.
    #[must_use]
    pub fn difference<'a>(&self, others: impl IntoIterator<Item = &'a Area>) -> Self {
        let others = Others::new(others.into_iter().flat_map(|area| &area.parts));
        let mut left = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let clip = others.meeting(part.frame);
            if clip.is_empty() {
                left.push(part.clone());
            } else {
                left.extend(overlay(
                    &[part],
                    &clip,
                    OverlayRule::Difference,
                    FillRule::NonZero,
                ));
            }
        }
        Self { parts: left }
    }

    /// Its size on the ellipsoid.
    pub fn area(&self) -> SquareMetres {
        let contours = self.parts.iter().flat_map(|part| &part.contours);
        let mut degrees = Vec::new();
        // Outer lines run against the clock and holes with it, so they add up.
        let sum: f64 = contours
            .map(|contour| {
                degrees.clear();
                degrees.extend(contour.iter().map(|p| p.degrees()));
                measure::signed_area(&degrees)
            })
            .sum();
        SquareMetres::new(sum.max(0.0))
    }

    /// What its outlines may enclose too much where their corners were rounded to stored positions:
    /// along each edge a triangle, one step of 1e-7 degree wide at one end.
    pub fn hair(&self) -> SquareMetres {
        let Some(frame) = self.parts.iter().map(|part| part.frame).reduce(Frame::join) else {
            return SquareMetres::ZERO;
        };
        let middle = Fine {
            lon: i64::midpoint(frame.west, frame.east),
            lat: i64::midpoint(frame.south, frame.north),
        };
        let (step, scale) = (STEPS as f64, Scale::at(middle.position()));
        let length = |a: &Fine, b: &Fine| {
            let (lon, lat) = ((b.lon - a.lon) as f64, (b.lat - a.lat) as f64);
            (lon / step * scale.east()).hypot(lat / step * scale.north())
        };
        let contours = self.parts.iter().flat_map(|part| &part.contours);
        let around: f64 = contours
            .flat_map(|contour| contour.iter().zip(contour.iter().cycle().skip(1)))
            .map(|(a, b)| length(a, b))
            .sum();
        SquareMetres::new(around * scale.north() / 2.0)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// How many separate pieces it has.
    pub fn part_count(&self) -> usize {
        self.parts.len()
    }

    /// The same area in degrees for the `geo` crate, unrounded; for drawing.
    pub fn to_geo(&self) -> geo::MultiPolygon<f64> {
        let line = |contour: &Contour| {
            let coords = contour.iter().map(|p| {
                let (x, y) = p.degrees();
                geo::Coord { x, y }
            });
            geo::LineString(coords.collect())
        };
        let polygon = |part: &Part| {
            let mut rings = part.contours.iter().map(line);
            let exterior = rings.next().unwrap_or_else(|| geo::LineString(Vec::new()));
            geo::Polygon::new(exterior, rings.collect())
        };
        geo::MultiPolygon(self.parts.iter().map(polygon).collect())
    }

    /// The area with every point rounded to 1e-7 degree; what vanishes by
    /// that is left out. To be shown, not stored: rounding may make lines touch
    /// and neither grows nor shrinks on purpose (see [`crate::shown`]).
    pub fn to_shape(&self) -> MultiPolygon {
        let ring = |contour: &Contour| {
            let mut positions: Vec<_> = contour.iter().map(|p| p.position()).collect();
            positions.dedup();
            Ring::new(positions)
        };
        let polygon = |part: &Part| {
            let mut rings = part.contours.iter().map(ring).filter(|r| r.len() > 2);
            let exterior = rings.next()?;
            Some(Polygon {
                exterior,
                holes: rings.collect(),
            })
        };
        MultiPolygon(self.parts.iter().filter_map(polygon).collect())
    }

    fn from_contours(contours: impl IntoIterator<Item = Contour>, fill: FillRule) -> Self {
        let contours: Vec<Contour> = contours.into_iter().filter(|c| !c.is_empty()).collect();
        if contours.is_empty() {
            return Self::default();
        }
        let part = Part::new(contours);
        Self {
            parts: overlay(&[&part], &[], OverlayRule::Subject, fill),
        }
    }

    pub(crate) fn points(&self) -> impl Iterator<Item = Fine> {
        let contours = self.parts.iter().flat_map(|part| &part.contours);
        contours.flatten().copied()
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// What lies in any of the shapes.
pub fn union<'a>(shapes: impl IntoIterator<Item = &'a MultiPolygon>) -> Area {
    let areas: Vec<_> = shapes.into_iter().map(Area::of).collect();
    Area::union(&areas)
}

/// What lies in every one of the shapes.
pub fn intersection<'a>(shapes: impl IntoIterator<Item = &'a MultiPolygon>) -> Area {
    let mut areas = shapes.into_iter().map(Area::of);
    let first = areas.next().unwrap_or_default();
    areas.fold(first, |common, area| common.intersection(&area))
}

/// What lies in `a` and in none of the others.
pub fn difference<'a>(
    a: &MultiPolygon,
    others: impl IntoIterator<Item = &'a MultiPolygon>,
) -> Area {
    let others: Vec<_> = others.into_iter().map(Area::of).collect();
    Area::of(a).difference(&others)
}

fn dense(ring: &Ring) -> Contour {
    let mut contour = Vec::with_capacity(ring.len() * 2);
    for (from, to) in ring.edges() {
        densify(from, to, &mut contour);
    }
    contour
}

impl Part {
    fn new(contours: Vec<Contour>) -> Self {
        let frame = Frame::around(contours.iter().flatten().copied());
        Self { contours, frame }
    }
}

impl Frame {
    fn around(points: impl IntoIterator<Item = Fine>) -> Self {
        let none = Self {
            west: i64::MAX,
            south: i64::MAX,
            east: i64::MIN,
            north: i64::MIN,
        };
        points.into_iter().fold(none, |frame, p| Self {
            west: frame.west.min(p.lon),
            south: frame.south.min(p.lat),
            east: frame.east.max(p.lon),
            north: frame.north.max(p.lat),
        })
    }

    fn meets(self, other: Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    fn join(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }
}

/// Where the fine grid lies in the overlay's space of 32-bit numbers.
///
/// A box up to 0.1 degree wide keeps every step; a larger one is taken in
/// steps of 2, 4, … which leaves stored positions exact up to 100 degrees.
struct Space {
    lon: i64,
    lat: i64,
    shift: u32,
}

impl Space {
    fn for_frame(frame: Frame) -> Self {
        let half = ((frame.east - frame.west).max(frame.north - frame.south)) / 2 + 1;
        let mut shift = 0;
        while (half >> shift) + 1 >= REACH {
            shift += 1;
        }
        // The middle on a step of the coarsest grid that keeps positions exact.
        let middle = |a: i64, b: i64| i64::midpoint(a, b) >> shift << shift;
        Self {
            lon: middle(frame.west, frame.east),
            lat: middle(frame.south, frame.north),
            shift,
        }
    }

    fn enter(&self, p: Fine) -> IntPoint {
        let half = (1_i64 << self.shift) >> 1;
        let step = |value: i64| ((value + half) >> self.shift) as i32;
        IntPoint::new(step(p.lon - self.lon), step(p.lat - self.lat))
    }

    fn leave(&self, p: IntPoint) -> Fine {
        Fine {
            lon: (i64::from(p.x) << self.shift) + self.lon,
            lat: (i64::from(p.y) << self.shift) + self.lat,
        }
    }
}

fn overlay(subject: &[&Part], clip: &[&Part], rule: OverlayRule, fill: FillRule) -> Vec<Part> {
    let all = || subject.iter().chain(clip);
    let Some(frame) = all().map(|part| part.frame).reduce(Frame::join) else {
        return Vec::new();
    };
    let space = Space::for_frame(frame);
    let points = all().flat_map(|p| &p.contours).map(Vec::len).sum();
    // Over its side, a shape is swept in another order; which way round its lines run is settled below.
    let over = |p: IntPoint| IntPoint::new(p.y, p.x);
    let solve = |turned: bool| {
        let turn = |p| if turned { over(p) } else { p };
        let mut engine = Overlay::new_custom(points, IntOverlayOptions::ogc(), Solver::default());
        for (parts, side) in [(subject, ShapeType::Subject), (clip, ShapeType::Clip)] {
            for contour in parts.iter().flat_map(|part| &part.contours) {
                engine.add_path_iter(contour.iter().map(|&p| turn(space.enter(p))), side);
            }
        }
        let mut shapes = engine.overlay(rule, fill);
        for point in shapes.iter_mut().flatten().flatten() {
            *point = turn(*point);
        }
        shapes
    };
    let shapes = unless_broken(|| solve(false)).unwrap_or_else(|| solve(true));
    let leave = |(n, contour): (usize, Vec<IntPoint>)| {
        let mut contour: Contour = contour.into_iter().map(|p| space.leave(p)).collect();
        // A hole that touches its outline comes out of i_overlay 4.5 in the
        // outline's direction.
        if (doubled_area(&contour) > 0) != (n == 0) {
            contour.reverse();
        }
        contour
    };
    shapes
        .into_iter()
        .map(|shape| Part::new(shape.into_iter().enumerate().map(leave).collect()))
        .collect()
}

/// What a computation gives; none when it breaks off. i_overlay 4.5 does so for a hole whose
/// leftmost edge lies on its outline (iOverlay #77): once in some ten thousand tangles of a few
/// centimetres. Where a panic ends the program (the browser) it still does.
#[cfg(panic = "unwind")]
fn unless_broken<T>(compute: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(compute)).ok()
}

#[cfg(not(panic = "unwind"))]
fn unless_broken<T>(compute: impl FnOnce() -> T) -> Option<T> {
    Some(compute())
}

/// Twice the planar area, positive against the clock.
fn doubled_area(contour: &Contour) -> i128 {
    let next = contour.iter().cycle().skip(1);
    let products = contour.iter().zip(next).map(|(a, b)| {
        i128::from(a.lon) * i128::from(b.lat) - i128::from(b.lon) * i128::from(a.lat)
    });
    products.sum()
}

/// Sorts parts into groups whose boxes touch, directly or through others:
/// what cannot meet need not go through the overlay together.
fn groups(parts: &[&Part]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&i| (parts[i].frame.west, i));
    let mut group: Vec<usize> = (0..parts.len()).collect();
    let mut open: Vec<usize> = Vec::new();
    for &i in &order {
        let frame = parts[i].frame;
        open.retain(|&j| parts[j].frame.east >= frame.west);
        for &j in &open {
            if parts[j].frame.meets(frame) {
                let (a, b) = (root(&mut group, i), root(&mut group, j));
                group[a.max(b)] = a.min(b);
            }
        }
        open.push(i);
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); parts.len()];
    for i in 0..parts.len() {
        members[root(&mut group, i)].push(i);
    }
    members.retain(|m| !m.is_empty());
    members
}

/// Parts by the west of their frames: of a whole country's few are looked at for each other part.
struct Others<'a> {
    parts: Vec<&'a Part>,
    /// The widest of them, in steps of the fine grid.
    widest: i64,
}

impl<'a> Others<'a> {
    fn new(parts: impl Iterator<Item = &'a Part>) -> Self {
        let mut parts: Vec<&Part> = parts.collect();
        let width = |part: &&Part| part.frame.east - part.frame.west;
        let widest = parts.iter().map(width).max().unwrap_or(0);
        // Stable: parts of equal west stay in the order given, and a few are not worth sorting.
        if parts.len() > FEW {
            parts.sort_by_key(|part| part.frame.west);
        }
        Self { parts, widest }
    }

    fn meeting(&self, frame: Frame) -> Vec<&'a Part> {
        let near = if self.parts.len() > FEW {
            let from = |west: i64| self.parts.partition_point(|part| part.frame.west < west);
            &self.parts[from(frame.west - self.widest)..from(frame.east + 1)]
        } else {
            &self.parts[..]
        };
        let meets = |part: &&&Part| part.frame.meets(frame);
        near.iter().filter(meets).copied().collect()
    }
}

fn root(group: &mut [usize], mut i: usize) -> usize {
    while group[i] != i {
        group[i] = group[group[i]];
        i = group[i];
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::Position;

    /// A rectangle in units of 1e-5 degree (about a metre) near Sarajevo.
    fn rectangle(west: i32, south: i32, east: i32, north: i32) -> MultiPolygon {
        let corner = |x: i32, y: i32| {
            Position::try_new_e7(184_100_000 + x * 100, 438_600_000 + y * 100).unwrap()
        };
        let ring = [
            corner(west, south),
            corner(east, south),
            corner(east, north),
            corner(west, north),
        ];
        MultiPolygon::from_ring(ring.into_iter().collect())
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 0.01, "{a} and {b}");
    }

    #[test]
    fn area_of_a_shape_is_what_measure_says_within_a_square_centimetre() {
        let shape = rectangle(0, 0, 1500, 900);
        close(Area::of(&shape).area().get(), measure::area(&shape).get());
    }

    #[test]
    fn what_is_taken_and_what_is_left_make_the_whole() {
        let hazard = rectangle(0, 0, 1000, 1000);
        let releases = [
            rectangle(-50, 100, 400, 1100),
            rectangle(300, 200, 700, 600),
        ];
        let left = difference(&hazard, &releases).area().get();
        let taken = union(&releases)
            .intersection(&Area::of(&hazard))
            .area()
            .get();
        close(left + taken, measure::area(&hazard).get());
        assert!(taken > 400_000.0);
    }

    #[test]
    fn neighbours_that_share_an_edge_share_no_ground_and_leave_no_gap() {
        let (a, b) = (rectangle(0, 0, 500, 900), rectangle(500, 0, 1000, 900));
        assert!(intersection([&a, &b]).is_empty());
        let both = union([&a, &b]);
        assert_eq!(both.part_count(), 1);
        close(
            both.area().get(),
            measure::area(&a).get() + measure::area(&b).get(),
        );
    }

    #[test]
    fn what_lies_apart_stays_as_it_was() {
        let shapes = [rectangle(0, 0, 10, 10), rectangle(50, 50, 60, 60)];
        assert_eq!(union(&shapes).part_count(), 2);
        assert_eq!(difference(&shapes[0], &shapes[1..]), Area::of(&shapes[0]));
    }

    #[test]
    fn a_hole_filled_by_another_area_is_filled() {
        let mut ring = rectangle(0, 0, 100, 100);
        ring.0[0]
            .holes
            .push(rectangle(40, 40, 60, 60).0.remove(0).exterior);
        let plug = rectangle(30, 30, 70, 70);
        let whole = measure::area(&rectangle(0, 0, 100, 100)).get();
        close(union([&ring, &plug]).area().get(), whole);
    }

    #[test]
    fn a_shape_as_wide_as_a_country_keeps_its_area() {
        let shape = rectangle(0, 0, 400_000, 200_000);
        let (ours, exact) = (Area::of(&shape).area().get(), measure::area(&shape).get());
        assert!((ours - exact).abs() / exact < 1e-9, "{ours} {exact}");
    }

    #[test]
    fn of_a_valid_shape_both_ways_give_the_same_ground() {
        let mut shape = rectangle(0, 0, 300, 200);
        let hole = rectangle(40, 40, 60, 60).0.remove(0).exterior;
        shape.0[0].holes.push(hole);
        shape.0[0].exterior = shape.0[0].exterior.clone().reversed();
        let (slow, fast) = (Area::of(&shape), Area::of_valid(&shape));
        close(slow.area().get(), fast.area().get());
        assert!(slow.difference([&fast]).is_empty() && fast.difference([&slow]).is_empty());
        assert!(Area::of_valid(&MultiPolygon::default()).is_empty());
    }

    #[test]
    fn a_hair_is_half_a_step_along_the_outline() {
        let square = Area::of(&rectangle(0, 0, 90, 90));
        let around = crate::measure::perimeter(&rectangle(0, 0, 90, 90)).get();
        let hair = square.hair().get();
        assert!(
            (hair - around * 0.011_11 / 2.0).abs() < 0.02,
            "{hair} of {around}"
        );
        assert_eq!(Area::default().hair(), SquareMetres::ZERO);
    }

    #[test]
    fn nothing_is_nothing() {
        let none = MultiPolygon::default();
        assert!(Area::of(&none).is_empty() && union(std::iter::empty()).is_empty());
        assert!(difference(&none, [&rectangle(0, 0, 1, 1)]).is_empty());
        assert_eq!(Area::default().area(), SquareMetres::ZERO);
    }
}
