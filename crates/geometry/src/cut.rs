//! Cutting ground in two along a line, without gaining or losing any of it.
//!
//! Corners stay where they are. Where the line leaves the ground between two
//! corners a new one is needed, and hardly ever is a stored position exactly on
//! the edge: the nearest one may be 5 mm beside it, and along a hundred metres
//! of edge that is a sliver of a quarter of a square metre. So the new corner
//! lies a hair outside the edge, never inside, and where the sliver would count
//! a second corner close to the first lies almost exactly on it. Both sides get
//! the same corners.
//!
//! | file | what |
//! |---|---|
//! | `cut/contacts.rs` | where the line meets the outline, and what of it runs inside |
//! | `cut/corners.rs` | the stored corners of an edge that is cut |
//! | `cut/trace.rs` | the two sides, traced along outline and line |

mod contacts;
mod corners;
mod trace;

use crate::local::{Planar, Scale};
use crate::measure;
use crate::position::Position;
use crate::shape::{MultiPolygon, Polygon};
use crate::sweep::orient;
use crate::validity;

use contacts::{Found, contacts};

/// A side that is narrower on the average (twice its area through its outline)
/// is no ground that anybody can search: no lane fits in.
pub const NARROWEST_M: f64 = 1.0;
/// Within this distance of a corner the line goes through the corner, metres.
const AT_CORNER_M: f64 = 0.25;
/// What is nearer than this is the same place: what points on a geodesic are
/// off by, metres.
const SAME_M: f64 = 2e-4;

/// Why a line does not cut ground in two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CutProblem {
    /// Fewer than two different positions.
    TooShort,
    /// The line crosses itself.
    CrossesItself,
    /// The line does not meet the ground.
    Misses,
    /// The line touches a corner or an edge, and does not go through.
    Touches,
    /// The line begins or ends inside.
    EndsInside {
        /// Where.
        at: Position,
    },
    /// The line goes through more than once.
    CrossesAgain {
        /// Where it comes in again.
        at: Position,
    },
    /// One side is narrower than [`NARROWEST_M`].
    TooNarrow {
        /// How wide it is on the average, mm.
        width_mm: u32,
    },
}

impl CutProblem {
    /// Stable code; translation key `desk.split.problem.<code>`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort => "line-too-short",
            Self::CrossesItself => "line-crosses-itself",
            Self::Misses => "line-misses",
            Self::Touches => "line-touches",
            Self::EndsInside { .. } => "line-ends-inside",
            Self::CrossesAgain { .. } => "line-crosses-again",
            Self::TooNarrow { .. } => "strip-too-narrow",
        }
    }

    /// Where to look, when it is one place.
    pub const fn at(&self) -> Option<Position> {
        match self {
            Self::EndsInside { at } | Self::CrossesAgain { at } => Some(*at),
            _ => None,
        }
    }
}

/// The two sides of valid ground along a line: what is left of it, then what
/// is right of it, as one looks along the line.
///
/// Of ground in several parts the line cuts one; the others go with its larger
/// side. Holes stay with the side that they lie in, and the line may pass
/// through one.
pub fn cut(ground: &MultiPolygon, line: &[Position]) -> Result<[MultiPolygon; 2], CutProblem> {
    let mut line = line.to_vec();
    line.dedup();
    if line.len() < 2 {
        return Err(CutProblem::TooShort);
    }
    if crosses_itself(&line) {
        return Err(CutProblem::CrossesItself);
    }
    let ground = ground.clone().oriented();
    let plane = Plane::about(line[0]);
    let mut cut = None;
    let mut touched = false;
    for (n, polygon) in ground.polygons().iter().enumerate() {
        match contacts(polygon, &line, plane)? {
            Found::Nothing => {}
            Found::Touch => touched = true,
            Found::Chords(chords) => {
                if cut.is_some() {
                    let at = chords[0].at();
                    return Err(CutProblem::CrossesAgain { at });
                }
                cut = Some((n, trace::sides(polygon, &chords, plane)?));
            }
        }
    }
    let Some((n, sides)) = cut else {
        return Err(if touched {
            CutProblem::Touches
        } else {
            CutProblem::Misses
        });
    };
    let mut sides = sides.map(|polygon| MultiPolygon(vec![polygon]));
    for side in &sides {
        wide_enough(side)?;
    }
    let larger = usize::from(measure::area(&sides[1]) > measure::area(&sides[0]));
    let others = (ground.polygons().iter().enumerate()).filter(|(other, _)| *other != n);
    sides[larger].0.extend(others.map(|(_, one)| one.clone()));
    // Two corners of the line within millimetres of an edge may meet it by rounding.
    if sides.iter().any(|side| !validity::is_valid(side)) {
        return Err(CutProblem::TooNarrow { width_mm: 0 });
    }
    Ok(sides)
}

fn wide_enough(side: &MultiPolygon) -> Result<(), CutProblem> {
    let length = measure::perimeter(side).get();
    let width = if length > 0.0 {
        2.0 * measure::area(side).get() / length
    } else {
        0.0
    };
    if width < NARROWEST_M {
        return Err(CutProblem::TooNarrow {
            width_mm: (width * 1_000.0) as u32,
        });
    }
    Ok(())
}

/// Whether two pieces of the line meet other than where one follows the other.
fn crosses_itself(line: &[Position]) -> bool {
    let pieces: Vec<[Position; 2]> = line.windows(2).map(|two| [two[0], two[1]]).collect();
    (pieces.iter().enumerate()).any(|(n, one)| {
        let turns_back = (pieces.get(n + 1)).is_some_and(|next| comes_back(*one, *next));
        turns_back || (pieces.iter().skip(n + 2)).any(|other| meet(*one, *other))
    })
}

fn meet([a, b]: [Position; 2], [c, d]: [Position; 2]) -> bool {
    let between = |p, q, r, s| orient(p, q, r).signum() * orient(p, q, s).signum() <= 0;
    between(a, b, c, d) && between(c, d, a, b) && a.min(b) <= c.max(d) && c.min(d) <= a.max(b)
}

/// Whether the second piece runs back along the first.
fn comes_back([a, b]: [Position; 2], [_, c]: [Position; 2]) -> bool {
    let same_way = (a < b) == (b < c);
    orient(a, b, c) == 0 && !same_way
}

/// Metres about a place, linear in longitude and latitude: straight lines of
/// the fine grid are straight here. To choose and to compare by, not to measure.
#[derive(Clone, Copy, Debug)]
struct Plane {
    center: Position,
    scale: Scale,
}

impl Plane {
    fn about(center: Position) -> Self {
        Self {
            center,
            scale: Scale::at(center),
        }
    }

    fn of(self, at: Position) -> Planar {
        self.of_e7(f64::from(at.lon_e7()), f64::from(at.lat_e7()))
    }

    fn of_e7(self, lon: f64, lat: f64) -> Planar {
        Planar {
            east: (lon - f64::from(self.center.lon_e7())) * self.scale.east(),
            north: (lat - f64::from(self.center.lat_e7())) * self.scale.north(),
        }
    }

    /// In 1e-7 degree.
    fn to_e7(self, at: Planar) -> (f64, f64) {
        (
            at.east / self.scale.east() + f64::from(self.center.lon_e7()),
            at.north / self.scale.north() + f64::from(self.center.lat_e7()),
        )
    }
}

fn cross(a: Planar, b: Planar) -> f64 {
    a.east * b.north - a.north * b.east
}

/// A point of an outline with its place in it: which ring, which edge, and how
/// far along that, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stop {
    ring: usize,
    edge: usize,
    along: f64,
    /// The corner itself, when the line goes through one.
    corner: bool,
    at: Planar,
}

/// A stretch of the line inside a polygon, from edge to edge.
#[derive(Clone, Debug)]
struct Chord {
    from: Stop,
    to: Stop,
    between: Vec<Position>,
    plane: Plane,
}

impl Chord {
    fn at(&self) -> Position {
        let (lon, lat) = self.plane.to_e7(self.from.at);
        Position::nearest(lon / 1e7, lat / 1e7)
    }
}

/// The rings of a polygon in the order in which stops name them.
fn rings(polygon: &Polygon) -> Vec<&crate::shape::Ring> {
    polygon.rings().collect()
}

#[cfg(test)]
mod tests;
