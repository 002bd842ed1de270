//! Rounding an area to stored positions in one direction: a hazard never
//! loses ground by it, a release never gains any.
//!
//! Crossings of lines fall between stored positions. Each such corner is moved
//! to a stored position on the far side of both its edges, so that the new
//! edges run outside (or inside) the old ones over their whole length.

use crate::fine::{Fine, STEPS};
use crate::overlay::{Area, Contour, Part};
use crate::position::Position;
use crate::shape::{MultiPolygon, Polygon, Ring};

/// Which way an area may change by rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// It may only grow.
    Outward,
    /// It may only shrink.
    Inward,
}

/// The area with every corner on a stored position.
pub(crate) fn round(area: &Area, direction: Direction) -> MultiPolygon {
    let polygon = |part: &Part| {
        let mut rings = part.contours.iter().map(|c| round_contour(c, direction));
        // A ring so small that rounding turned it over has vanished.
        let exterior = rings.next().filter(|r| r.doubled_planar_area() > 0)?;
        Some(Polygon {
            exterior,
            holes: rings.filter(|r| r.doubled_planar_area() < 0).collect(),
        })
    };
    MultiPolygon(area.parts().iter().filter_map(polygon).collect())
}

fn round_contour(contour: &Contour, direction: Direction) -> Ring {
    let n = contour.len();
    let mut positions = Vec::with_capacity(n);
    for i in 0..n {
        let corner = Corner {
            before: contour[(i + n - 1) % n],
            at: contour[i],
            after: contour[(i + 1) % n],
            direction,
        };
        corner.round(&mut positions);
    }
    positions.dedup();
    Ring::new(positions)
}

/// A corner with its neighbours; the area lies left of the line.
struct Corner {
    before: Fine,
    at: Fine,
    after: Fine,
    direction: Direction,
}

impl Corner {
    fn round(&self, out: &mut Vec<Position>) {
        if on_grid(self.at) {
            out.push(self.at.position());
        } else if let Some(moved) = self.one_position() {
            out.push(moved.position());
        } else if self.beyond(cross(self.before, self.at, self.after)) {
            // Leaving the corner out moves the line in the wanted direction.
        } else if let Some(pair) = self.two_positions() {
            out.extend(pair.map(Fine::position));
        } else {
            out.push(self.at.position());
        }
    }

    /// Whether a cross product lies strictly on the wanted side.
    fn beyond(&self, cross: i128) -> bool {
        match self.direction {
            Direction::Outward => cross < 0,
            Direction::Inward => cross > 0,
        }
    }

    fn past_first(&self, p: Fine) -> bool {
        self.beyond(cross(self.before, self.at, p))
    }

    fn past_second(&self, p: Fine) -> bool {
        self.beyond(cross(self.at, self.after, p))
    }

    /// The nearest stored position past both edges, sought around the corner
    /// and then further along the middle of the wedge past both.
    fn one_position(&self) -> Option<Fine> {
        let past = |p: &Fine| self.past_first(*p) && self.past_second(*p);
        nearest(self.at, block(self.at, 2).filter(past)).or_else(|| {
            let (x, y) = self.middle_of_wedge()?;
            (2..=10).find_map(|power| {
                let reach = f64::from(1 << power) * STEPS as f64;
                let far = Fine {
                    lon: self.at.lon + (x * reach) as i64,
                    lat: self.at.lat + (y * reach) as i64,
                };
                nearest(self.at, block(far, 0).filter(past))
            })
        })
    }

    /// The direction that lies equally past both edges.
    fn middle_of_wedge(&self) -> Option<(f64, f64)> {
        let unit = |from: Fine, to: Fine| {
            let (x, y) = ((to.lon - from.lon) as f64, (to.lat - from.lat) as f64);
            let length = x.hypot(y);
            (length > 0.0).then(|| (x / length, y / length))
        };
        let (first, second) = (unit(self.before, self.at)?, unit(self.at, self.after)?);
        // A step along one edge and back along the other stays between them.
        let (x, y) = (first.0 - second.0, first.1 - second.1);
        let turn = first.0 * second.1 - first.1 * second.0;
        let sign = if self.beyond(if turn > 0.0 { 1 } else { -1 }) {
            -1.0
        } else {
            1.0
        };
        let length = x.hypot(y);
        (length > 0.0).then(|| (sign * x / length, sign * y / length))
    }

    /// Two stored positions that go around the corner past both edges.
    fn two_positions(&self) -> Option<[Fine; 2]> {
        let firsts = block(self.at, 1).filter(|p| self.past_first(*p));
        firsts
            .flat_map(|a| {
                block(self.at, 1)
                    .filter(|b| self.past_second(*b))
                    .map(move |b| [a, b])
            })
            .filter(|&[a, b]| a != b && self.beyond(-cross(a, b, self.at)))
            .min_by_key(|&[a, b]| square(a, self.at) + square(b, self.at))
    }
}

fn on_grid(p: Fine) -> bool {
    p.lon % STEPS == 0 && p.lat % STEPS == 0
}

/// The stored positions around a point: the four next ones and `rings` more
/// rows on each side.
fn block(p: Fine, rings: i64) -> impl Iterator<Item = Fine> {
    let (lon, lat) = (p.lon.div_euclid(STEPS), p.lat.div_euclid(STEPS));
    (-rings..=rings + 1).flat_map(move |dx| {
        (-rings..=rings + 1).map(move |dy| Fine {
            lon: (lon + dx) * STEPS,
            lat: (lat + dy) * STEPS,
        })
    })
}

fn nearest(to: Fine, points: impl Iterator<Item = Fine>) -> Option<Fine> {
    points.min_by_key(|&p| square(p, to))
}

fn square(a: Fine, b: Fine) -> i128 {
    let (x, y) = (i128::from(a.lon - b.lon), i128::from(a.lat - b.lat));
    x * x + y * y
}

/// Twice the signed area of a triangle: positive when `c` is left of `a` → `b`.
fn cross(a: Fine, b: Fine, c: Fine) -> i128 {
    let delta = |p: Fine| (i128::from(p.lon - a.lon), i128::from(p.lat - a.lat));
    let ((bx, by), (cx, cy)) = (delta(b), delta(c));
    bx * cy - by * cx
}

/// How far the middle one of three points lies off the line between the outer
/// ones, in units of 1e-7 degree.
pub(crate) fn off_line([a, b, c]: [Fine; 3]) -> f64 {
    let length = (square(a, c) as f64).sqrt();
    (cross(a, c, b) as f64).abs() / length / STEPS as f64
}
