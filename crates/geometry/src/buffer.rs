//! Ground within a distance: always at least that, never less.

use crate::local::{LocalFrame, Planar};
use crate::measure;
use crate::overlay::Area;
use crate::position::Position;
use crate::rounding::{Direction, round};
use crate::shape::{MultiPolygon, Polygon, Ring, Shape};
use crate::sweep::orient;
use crate::units::Metres;

/// Sides of the circles that are made here: at most 0.1 % more than the circle.
pub const SIDES: u32 = 64;
/// Added to a radius so that rounding to 1e-7 degree takes nothing away, metres.
const ROUNDING_M: f64 = 0.02;
/// Longer edges are cut before a strip is laid along them, so that the strip's
/// straight sides stay along the geodesic, metres.
const STRIP_M: f64 = 500.0;

/// A polygon of `sides` sides that contains the circle of `radius` metres
/// around `center`.
pub fn circle(center: Position, radius: Metres, sides: u32) -> Ring {
    let sides = sides.max(3);
    let step = 360.0 / f64::from(sides);
    let reach = (radius.get() + ROUNDING_M) / (step / 2.0).to_radians().cos();
    let frame = LocalFrame::around(center);
    (0..sides)
        .map(|i| frame.to_position(Planar::default().moved(-step * f64::from(i), reach)))
        .collect()
}

/// The circle of a radius around a place, as a shape.
pub fn around_point(center: Position, radius: Metres) -> MultiPolygon {
    MultiPolygon::from_ring(circle(center, radius, SIDES))
}

/// All ground within `radius` of a line.
pub fn around_line(points: &[Position], radius: Metres) -> MultiPolygon {
    round(
        &Area::union(&strips(points, radius, SIDES)),
        Direction::Outward,
    )
}

/// A shape and all ground within `radius` of it (the outer side of S5's
/// distances).
pub fn around_shape(shape: &Shape, radius: Metres) -> MultiPolygon {
    match shape {
        Shape::Point { at } => around_point(*at, radius),
        Shape::Line { points } => around_line(points, radius),
        Shape::Polygons { polygons } => {
            let mut areas = vec![Area::of(polygons)];
            for ring in polygons.rings() {
                let mut closed = ring.positions().to_vec();
                closed.extend(ring.positions().first());
                areas.extend(strips(&closed, radius, SIDES / 2));
            }
            round(&Area::union(&areas), Direction::Outward)
        }
    }
}

/// What contains all ground within `radius` of a line, piece by piece.
pub(crate) fn strips(points: &[Position], radius: Metres, sides: u32) -> Vec<Area> {
    let mut points = cut(points);
    points.dedup();
    if let [alone] = points.as_slice() {
        return vec![straight(circle(*alone, radius, sides))];
    }
    let circles: Vec<_> = points.iter().map(|&p| circle(p, radius, sides)).collect();
    circles
        .windows(2)
        .map(|pair| {
            let both = pair.iter().flat_map(|c| c.positions().iter().copied());
            straight(hull(both))
        })
        .collect()
}

fn straight(ring: Ring) -> Area {
    Area::straight(&MultiPolygon::from_ring(ring))
}

/// The line with points on long edges.
fn cut(points: &[Position]) -> Vec<Position> {
    let mut all: Vec<_> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let way = measure::inverse(pair[0], pair[1]);
        let pieces = (way.distance.get() / STRIP_M).ceil();
        for i in 1..pieces as u32 {
            let part = Metres::new(way.distance.get() * f64::from(i) / pieces);
            all.push(measure::direct(pair[0], way.bearing, part));
        }
        all.push(pair[1]);
    }
    all
}

/// The smallest convex ring around the positions, against the clock; fewer
/// than three positions when they lie on one line.
pub fn hull(positions: impl IntoIterator<Item = Position>) -> Ring {
    let mut sorted: Vec<_> = positions.into_iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut below = half_hull(sorted.iter().copied());
    let above = half_hull(sorted.iter().rev().copied());
    below.pop();
    below.extend(above);
    Ring::new(below)
}

fn half_hull(sorted: impl Iterator<Item = Position>) -> Vec<Position> {
    let mut hull: Vec<Position> = Vec::new();
    for p in sorted {
        while let [.., a, b] = hull.as_slice()
            && orient(*a, *b, p) <= 0
        {
            hull.pop();
        }
        hull.push(p);
    }
    hull
}

/// The polygon of a hull, when it is one.
pub(crate) fn hull_polygon(positions: impl IntoIterator<Item = Position>) -> Option<Polygon> {
    let ring = hull(positions);
    (ring.len() > 2).then(|| Polygon::new(ring))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validity;

    fn position(lon: f64, lat: f64) -> Position {
        Position::from_degrees(lon, lat).unwrap()
    }

    #[test]
    fn a_circle_contains_every_place_at_its_radius() {
        for lat in [0.0, 13.1, 43.86, -60.0] {
            let center = position(18.41, lat);
            let shape = around_point(center, Metres::new(100.0));
            for bearing in 0..360 {
                let place = measure::direct(center, f64::from(bearing), Metres::new(100.0));
                assert_eq!(validity::side_of(&shape.0[0].exterior, place), Some(true));
            }
            let area = measure::area(&shape).get();
            let true_area = std::f64::consts::PI * 10_000.0;
            assert!(area > true_area && area < true_area * 1.002, "{area}");
            assert!(validity::is_valid(&shape));
        }
    }

    #[test]
    fn a_strip_along_a_line_has_its_width_and_round_ends() {
        let a = position(18.41, 43.86);
        let b = measure::direct(a, 60.0, Metres::new(2_000.0));
        let strip = around_line(&[a, b], Metres::new(50.0));
        let expected = 2_000.0 * 100.0 + std::f64::consts::PI * 2_500.0;
        let area = measure::area(&strip).get();
        assert!(
            area > expected && area < expected * 1.002,
            "{area} {expected}"
        );
        assert!(validity::is_valid(&strip));
    }

    #[test]
    fn a_shape_with_a_margin_contains_the_shape() {
        let square = |side: f64| {
            let c = position(18.41, 43.86);
            let corner = |b: f64| measure::direct(c, b, Metres::new(side));
            MultiPolygon::from_ring(
                [225.0, 135.0, 45.0, 315.0]
                    .map(corner)
                    .into_iter()
                    .collect(),
            )
        };
        let inner = square(100.0);
        let outer = around_shape(&inner.clone().into(), Metres::new(20.0));
        assert!(Area::of(&inner).difference([&Area::of(&outer)]).is_empty());
        let side = 100.0 * std::f64::consts::SQRT_2;
        let expected = side * side + 4.0 * side * 20.0 + std::f64::consts::PI * 400.0;
        let area = measure::area(&outer).get();
        assert!(
            (area - expected).abs() / expected < 0.003,
            "{area} {expected}"
        );
        assert!(validity::is_valid(&outer));
    }

    #[test]
    fn a_hull_has_no_corner_inside_or_on_its_line() {
        let p = |x: i32, y: i32| Position::try_new_e7(x, y).unwrap();
        let ring = hull([
            p(0, 0),
            p(5, 0),
            p(9, 0),
            p(9, 9),
            p(4, 4),
            p(0, 9),
            p(0, 0),
        ]);
        assert_eq!(ring.len(), 4);
        assert!(ring.doubled_planar_area() > 0);
        assert!(hull([p(0, 0), p(5, 5), p(9, 9)]).len() < 3);
    }
}
