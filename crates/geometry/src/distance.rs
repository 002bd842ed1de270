//! How near a place is to a shape, and which way it lies.

use serde::Serialize;

use crate::local::{LocalFrame, Planar, Scale};
use crate::measure;
use crate::position::Position;
use crate::shape::{MultiPolygon, Ring, Shape};
use crate::units::Metres;
use crate::validity::side_of;

/// Beyond this distance the plane about the place is replaced by geodesics to
/// points on the edges, metres.
const PLANE_M: f64 = 50_000.0;
/// The rough measure is right to 1 % within [`PLANE_M`], and a centimetre.
const ROUGH: f64 = 1.01;
const ROUGH_M: f64 = 0.01;

/// The nearest place of a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// How far it is; 0 inside an area.
    pub distance: Metres,
    /// The place itself, rounded to 1e-7 degree.
    pub at: Position,
}

/// One of 16 directions, as said aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the sixteen names say it")]
pub enum Compass {
    North,
    NorthNorthEast,
    NorthEast,
    EastNorthEast,
    East,
    EastSouthEast,
    SouthEast,
    SouthSouthEast,
    South,
    SouthSouthWest,
    SouthWest,
    WestSouthWest,
    West,
    WestNorthWest,
    NorthWest,
    NorthNorthWest,
}

impl Compass {
    /// All of them with the clock, from north.
    pub const ALL: [Self; 16] = [
        Self::North,
        Self::NorthNorthEast,
        Self::NorthEast,
        Self::EastNorthEast,
        Self::East,
        Self::EastSouthEast,
        Self::SouthEast,
        Self::SouthSouthEast,
        Self::South,
        Self::SouthSouthWest,
        Self::SouthWest,
        Self::WestSouthWest,
        Self::West,
        Self::WestNorthWest,
        Self::NorthWest,
        Self::NorthNorthWest,
    ];

    /// The direction of a bearing in degrees from north.
    pub fn of(bearing: f64) -> Self {
        let index = (bearing.rem_euclid(360.0) / 22.5).round() as usize;
        Self::ALL[index % 16]
    }

    /// The direction from one place to another.
    pub fn between(from: Position, to: Position) -> Self {
        Self::of(measure::inverse(from, to).bearing)
    }

    /// Its number with the clock from north, 0 to 15, for a translation key.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// The nearest place of a shape; none when the shape has no position.
pub fn nearest(from: Position, shape: &Shape) -> Option<Nearest> {
    nearest_within(from, shape, f64::INFINITY)
}

/// The same, and none for a shape that is surely further away than this, metres.
pub(crate) fn nearest_within(from: Position, shape: &Shape, at_most: f64) -> Option<Nearest> {
    match shape {
        Shape::Point { at } => Some(Nearest {
            distance: measure::distance(from, *at),
            at: *at,
        }),
        Shape::Line { points } => {
            let edges = points.windows(2).map(|p| (p[0], p[1]));
            let alone = points.first().map(|&p| (p, p));
            nearest_edge(from, edges.chain(alone), at_most)
        }
        Shape::Polygons { polygons } if covers(polygons, from) => Some(Nearest {
            distance: Metres::ZERO,
            at: from,
        }),
        Shape::Polygons { polygons } => {
            nearest_edge(from, polygons.rings().flat_map(Ring::edges), at_most)
        }
    }
}

/// How far a place is from a shape: 0 inside an area.
///
/// Right to about 1 in 10,000,000 up to 5 km and 1 in 100,000 up to 50 km.
pub fn distance(from: Position, shape: &Shape) -> Option<Metres> {
    nearest(from, shape).map(|n| n.distance)
}

/// How far two shapes are apart; 0 when they share a place.
pub fn between(a: &Shape, b: &Shape) -> Option<Metres> {
    if meet(a, b) {
        return Some(Metres::ZERO);
    }
    // Apart, the shortest way begins or ends at a corner.
    let from_corners = |corners: &Shape, to: &Shape| {
        let ways = corners
            .positions()
            .into_iter()
            .filter_map(|p| distance(p, to));
        ways.reduce(Metres::min)
    };
    let (there, back) = (from_corners(a, b)?, from_corners(b, a)?);
    Some(there.min(back))
}

/// Whether a piece of a line comes as near as this to a shape, or nearer.
pub(crate) fn is_within(piece: &Shape, shape: &Shape, reach: Metres) -> bool {
    let about = match piece {
        Shape::Line { points } => points.first().copied(),
        Shape::Point { at } => Some(*at),
        Shape::Polygons { .. } => None,
    };
    if let Some((rough, off_by)) = about.and_then(|about| rough_between(about, piece, shape)) {
        if rough + off_by < reach.get() {
            return true;
        }
        if rough - off_by > reach.get() {
            // The corners are further away; an edge may still run across, or all of it lie inside.
            return meet(piece, shape);
        }
    }
    between(piece, shape).is_some_and(|metres| metres <= reach)
}

/// The least rough distance from a corner of one to an edge of the other, both ways, on the plane
/// about a place of one of them, and how far it may be off; none where the plane says nothing.
fn rough_between(about: Position, a: &Shape, b: &Shape) -> Option<(f64, f64)> {
    let scale = Scale::at(about);
    let on_plane = |shape: &Shape| -> Vec<[Planar; 2]> {
        let edges = match shape {
            Shape::Point { at } => vec![(*at, *at)],
            other => edges(other),
        };
        (edges.into_iter())
            .map(|(p, q)| [scale.to_planar(p), scale.to_planar(q)])
            .collect()
    };
    let (a, b) = (on_plane(a), on_plane(b));
    let corners = a.iter().chain(&b).flatten();
    let extent = corners.map(|corner| corner.distance(Planar::default()));
    let extent = extent
        .reduce(f64::max)
        .filter(|extent| *extent <= PLANE_M)?;
    let from = |corner: Planar, [p, q]: [Planar; 2]| {
        foot([p - corner, q - corner]).distance(Planar::default())
    };
    let ways = a.iter().flat_map(|edge| {
        b.iter().flat_map(move |other| {
            let there = edge.map(|corner| from(corner, *other));
            let back = other.map(|corner| from(corner, *edge));
            there.into_iter().chain(back)
        })
    });
    Some((ways.reduce(f64::min)?, extent * (ROUGH - 1.0) + ROUGH_M))
}

/// Whether a place lies in an area; its line counts.
pub fn covers(area: &MultiPolygon, place: Position) -> bool {
    area.polygons().iter().any(|polygon| {
        side_of(&polygon.exterior, place) != Some(false)
            && polygon
                .holes
                .iter()
                .all(|hole| side_of(hole, place) != Some(true))
    })
}

/// A distance reduced by the accuracy of both places (S8): what is surely
/// between them, never below 0.
///
/// `accuracy` is a radius at 95 %; see [`accuracy_95`].
pub fn reduced(distance: Metres, accuracy: [Metres; 2]) -> Metres {
    let [a, b] = accuracy;
    (distance - a - b).max(Metres::ZERO)
}

/// An accuracy figure as a radius at 95 %: one whose statistic is not stated
/// counts 1.62 times (S8).
pub fn accuracy_95(figure: Metres, statistic_stated: bool) -> Metres {
    let factor = if statistic_stated { 1.0 } else { 1.62 };
    Metres::new(figure.get() * factor)
}

fn meet(a: &Shape, b: &Shape) -> bool {
    let (Some(box_a), Some(box_b)) = (a.bbox(), b.bbox()) else {
        return false;
    };
    if !box_a.intersects(box_b) {
        return false;
    }
    let inside = |outer: &Shape, inner: &Shape| {
        let area = outer.as_polygons();
        let corners = inner.positions();
        area.is_some_and(|area| corners.iter().any(|&p| covers(area, p)))
    };
    inside(a, b) || inside(b, a) || lines_meet(a, b)
}

fn lines_meet(a: &Shape, b: &Shape) -> bool {
    use crate::sweep::orient;
    let side = |p, q, r| orient(p, q, r).signum();
    let others = edges(b);
    edges(a).iter().any(|&(p, q)| {
        others.iter().any(|&(r, s)| {
            side(p, q, r) != side(p, q, s)
                && side(r, s, p) != side(r, s, q)
                && (side(p, q, r), side(p, q, s)) != (0, 0)
        })
    })
}

fn edges(shape: &Shape) -> Vec<(Position, Position)> {
    match shape {
        Shape::Point { .. } => Vec::new(),
        Shape::Line { points } => points.windows(2).map(|p| (p[0], p[1])).collect(),
        Shape::Polygons { polygons } => polygons.rings().flat_map(Ring::edges).collect(),
    }
}

fn nearest_edge(
    from: Position,
    edges: impl Iterator<Item = (Position, Position)> + Clone,
    at_most: f64,
) -> Option<Nearest> {
    let scale = Scale::at(from);
    let best = (edges.clone())
        .map(|edge| scale.distance(edge))
        .reduce(f64::min)?;
    if best <= PLANE_M && best > at_most * ROUGH + ROUGH_M {
        return None;
    }
    let frame = LocalFrame::around(from);
    edges
        .filter(|edge| scale.distance(*edge) <= best * ROUGH + ROUGH_M)
        .map(|edge| exact(from, frame, edge, best > PLANE_M))
        .min_by(|a, b| a.distance.get().total_cmp(&b.distance.get()))
}

fn exact(from: Position, frame: LocalFrame, edge: (Position, Position), far: bool) -> Nearest {
    if far {
        return far_edge(from, edge);
    }
    let foot = foot([frame.to_planar(edge.0), frame.to_planar(edge.1)]);
    Nearest {
        distance: Metres::new(foot.distance(Planar::default())),
        at: frame.to_position(foot),
    }
}

/// The point of an edge nearest to the centre of its plane.
fn foot([a, b]: [Planar; 2]) -> Planar {
    let way = b - a;
    let length2 = way.east * way.east + way.north * way.north;
    if length2 == 0.0 {
        return a;
    }
    let share = -(a.east * way.east + a.north * way.north) / length2;
    a + way * share.clamp(0.0, 1.0)
}

/// The nearer of the best points of a far edge, sought by thirds.
fn far_edge(from: Position, (a, b): (Position, Position)) -> Nearest {
    let way = measure::inverse(a, b);
    let at = |t: f64| measure::direct(a, way.bearing, Metres::new(way.distance.get() * t));
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let thirds = [low + (high - low) / 3.0, high - (high - low) / 3.0];
        let [d1, d2] = thirds.map(|t| measure::distance(from, at(t)));
        if d1 < d2 {
            high = thirds[1];
        } else {
            low = thirds[0];
        }
    }
    let at = at(f64::midpoint(low, high));
    Nearest {
        distance: measure::distance(from, at),
        at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn center() -> Position {
        Position::from_degrees(18.41, 43.86).unwrap()
    }

    fn off(bearing: f64, metres: f64) -> Position {
        measure::direct(center(), bearing, Metres::new(metres))
    }

    fn square(half: f64) -> Shape {
        let r = half * std::f64::consts::SQRT_2;
        let corners = [225.0, 135.0, 45.0, 315.0].map(|b| off(b, r));
        MultiPolygon::from_ring(corners.into_iter().collect()).into()
    }

    fn close(a: Metres, b: f64, tolerance: f64) {
        assert!((a.get() - b).abs() < tolerance, "{a:?} for {b}");
    }

    #[test]
    fn a_place_inside_is_at_no_distance_and_outside_at_the_shortest() {
        let shape = square(100.0);
        assert_eq!(distance(center(), &shape), Some(Metres::ZERO));
        close(distance(off(90.0, 350.0), &shape).unwrap(), 250.0, 0.05);
        close(distance(off(0.0, 5_100.0), &shape).unwrap(), 5_000.0, 0.05);
        let corner = distance(off(45.0, 241.421_356), &shape).unwrap();
        close(corner, 100.0, 0.05);
        close(
            distance(off(0.0, 200_100.0), &shape).unwrap(),
            200_000.0,
            1.0,
        );
    }

    #[test]
    fn the_nearest_place_lies_on_the_shape() {
        let found = nearest(off(90.0, 350.0), &square(100.0)).unwrap();
        close(measure::distance(found.at, off(90.0, 100.0)), 0.0, 0.05);
        let line = Shape::Line {
            points: vec![off(0.0, 50.0), off(180.0, 50.0)],
        };
        close(distance(off(90.0, 30.0), &line).unwrap(), 30.0, 0.02);
        close(
            distance(off(0.0, 80.0), &Shape::point(center())).unwrap(),
            80.0,
            0.02,
        );
    }

    #[test]
    fn shapes_that_share_ground_are_at_no_distance() {
        let other = |east: f64| {
            let corners = [(east, 0.0), (east + 50.0, 0.0), (east + 50.0, 50.0)];
            let frame = LocalFrame::around(center());
            let ring = corners.map(|(east, north)| frame.to_position(Planar { east, north }));
            Shape::from(MultiPolygon::from_ring(ring.into_iter().collect()))
        };
        assert_eq!(between(&square(100.0), &other(50.0)), Some(Metres::ZERO));
        close(between(&square(100.0), &other(180.0)).unwrap(), 80.0, 0.05);
        let across = Shape::Line {
            points: vec![off(270.0, 500.0), off(90.0, 500.0)],
        };
        assert_eq!(between(&square(100.0), &across), Some(Metres::ZERO));
    }

    #[test]
    fn a_hole_is_not_covered() {
        let Shape::Polygons { polygons: mut area } = square(100.0) else {
            unreachable!("a square is an area");
        };
        let hole = square(40.0).as_polygons().unwrap().0[0].exterior.clone();
        area.0[0].holes.push(hole);
        assert!(!covers(&area, center()) && covers(&area, off(90.0, 70.0)));
        close(distance(center(), &area.into()).unwrap(), 40.0, 0.05);
    }

    #[test]
    fn s8_distances_are_reduced_by_both_accuracies() {
        let phone = accuracy_95(Metres::new(10.0), false);
        close(phone, 16.2, 1e-9);
        let survey = accuracy_95(Metres::new(3.0), true);
        close(reduced(Metres::new(100.0), [phone, survey]), 80.8, 1e-9);
        assert_eq!(reduced(Metres::new(5.0), [phone, survey]), Metres::ZERO);
    }

    #[test]
    fn sixteen_directions() {
        assert_eq!(Compass::of(359.0), Compass::North);
        assert_eq!(Compass::of(11.3), Compass::NorthNorthEast);
        assert_eq!(Compass::of(225.0), Compass::SouthWest);
        assert_eq!(Compass::between(center(), off(90.0, 10.0)), Compass::East);
        assert_eq!(Compass::ALL.map(Compass::index), std::array::from_fn(|i| i));
    }
}
