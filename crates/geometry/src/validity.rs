//! What is wrong with a shape, and where: every problem at once.
//!
//! Valid means: each ring has at least three distinct positions and encloses
//! ground, no position comes twice in a ring, no line crosses or runs along
//! another, holes lie inside their outline and apart from each other, parts lie
//! apart. Rings may touch at single places. Coordinates are in range by type.
//! Lines are straight in longitude and latitude, as stored.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::measure;
use crate::position::Position;
use crate::shape::{Bbox, MultiPolygon, Ring};
use crate::sweep::{self, Contact, Edge, orient};

/// More vertices than this are refused before anything is looked at.
pub const MOST_VERTICES: usize = 50_000;
/// An edge longer than this is questioned, metres.
pub const LONG_LEG_M: f64 = 5_000.0;
/// So many crossings of one shape are listed.
const MOST_CROSSINGS: usize = 100;

/// Which ring of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RingPlace {
    /// Which polygon, from 0.
    pub polygon: usize,
    /// Which hole of it, from 0; none for its outer line.
    pub hole: Option<usize>,
}

/// Which vertex, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Its ring.
    pub ring: RingPlace,
    /// Its number in the ring, from 0.
    pub vertex: usize,
    /// Where it lies.
    pub at: Position,
}

/// One thing that is wrong with a shape.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// No position at all.
    Empty,
    /// Too large to be looked at; nothing else was checked.
    TooManyVertices {
        /// How many it has.
        count: usize,
        /// How many are allowed.
        most: usize,
    },
    /// A ring of fewer than three distinct positions.
    TooFewPositions {
        /// The ring.
        ring: RingPlace,
        /// How many distinct ones it has.
        distinct: usize,
        /// Its first position, if it has one.
        at: Option<Position>,
    },
    /// A position that the same ring has already visited.
    RepeatedVertex {
        /// The later visit.
        place: Place,
        /// The vertex of the earlier visit.
        first: usize,
    },
    /// The line goes out and comes back on itself.
    Spike {
        /// The tip.
        place: Place,
    },
    /// The ring encloses nothing.
    ZeroArea {
        /// The ring.
        ring: RingPlace,
        /// Its first position.
        at: Position,
    },
    /// A ring crosses itself, touches itself or runs along itself.
    SelfCrossing {
        /// Where its edges begin that do.
        edges: [Place; 2],
        /// Where they meet.
        at: Position,
    },
    /// Two rings cross or run along each other.
    RingsCross {
        /// Where the edges begin that do.
        edges: [Place; 2],
        /// Where they meet.
        at: Position,
    },
    /// A hole lies outside its outline.
    HoleOutside {
        /// The hole.
        ring: RingPlace,
        /// A place of it that is outside.
        at: Position,
    },
    /// A hole lies inside another.
    HolesOverlap {
        /// The inner one.
        ring: RingPlace,
        /// The other.
        other: RingPlace,
        /// A place in both.
        at: Position,
    },
    /// A part lies inside another part.
    PartsOverlap {
        /// The inner one.
        ring: RingPlace,
        /// The other.
        other: RingPlace,
        /// A place in both.
        at: Position,
    },
    /// An edge so long that a corner may be missing or wrong.
    LongLeg {
        /// Where it begins.
        place: Place,
        /// How long it is, metres.
        metres: f64,
    },
}

impl Problem {
    /// The stable code (`trust.md`, 3.1).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "geom.empty",
            Self::TooManyVertices { .. } => "geom.too_many_vertices",
            Self::TooFewPositions { .. } => "geom.too_few_points",
            Self::RepeatedVertex { .. } => "geom.repeated_vertex",
            Self::Spike { .. } => "geom.spike",
            Self::ZeroArea { .. } => "geom.zero_area",
            Self::SelfCrossing { .. } => "geom.self_intersection",
            Self::RingsCross { .. } => "geom.rings_cross",
            Self::HoleOutside { .. } => "geom.hole_outside",
            Self::HolesOverlap { .. } => "geom.holes_overlap",
            Self::PartsOverlap { .. } => "geom.parts_overlap",
            Self::LongLeg { .. } => "geom.long_leg",
        }
    }

    /// Whether the shape can be taken all the same, once a person has looked.
    pub fn is_warning(&self) -> bool {
        matches!(self, Self::LongLeg { .. })
    }

    /// Where it is, to be shown on the map.
    pub fn at(&self) -> Option<Position> {
        match self {
            Self::Empty | Self::TooManyVertices { .. } => None,
            Self::TooFewPositions { at, .. } => *at,
            Self::RepeatedVertex { place, .. }
            | Self::Spike { place }
            | Self::LongLeg { place, .. } => Some(place.at),
            Self::ZeroArea { at, .. }
            | Self::SelfCrossing { at, .. }
            | Self::RingsCross { at, .. }
            | Self::HoleOutside { at, .. }
            | Self::HolesOverlap { at, .. }
            | Self::PartsOverlap { at, .. } => Some(*at),
        }
    }
}

/// Everything wrong with a shape, warnings included.
pub fn problems(shape: &MultiPolygon) -> Vec<Problem> {
    let mut problems = faults(shape);
    if !matches!(problems.first(), Some(Problem::TooManyVertices { .. })) {
        problems.extend(long_legs(shape));
    }
    problems
}

/// Whether nothing is wrong with a shape; warnings do not count.
pub fn is_valid(shape: &MultiPolygon) -> bool {
    faults(shape).is_empty()
}

/// What makes a shape invalid.
pub(crate) fn faults(shape: &MultiPolygon) -> Vec<Problem> {
    let count = shape.vertex_count();
    if count > MOST_VERTICES {
        let most = MOST_VERTICES;
        return vec![Problem::TooManyVertices { count, most }];
    }
    if shape.is_empty() {
        return vec![Problem::Empty];
    }
    let rings: Vec<_> = places(shape).collect();
    let mut problems: Vec<_> = rings
        .iter()
        .flat_map(|&(place, ring)| ring_faults(place, ring))
        .collect();
    let empty = |place: RingPlace| {
        problems.iter().any(|problem| match problem {
            Problem::TooFewPositions { ring, .. } | Problem::ZeroArea { ring, .. } => {
                *ring == place
            }
            _ => false,
        })
    };
    let drawn: Vec<_> = rings.iter().copied().filter(|r| !empty(r.0)).collect();
    lines_faults(&drawn, &mut problems);
    // Who lies inside whom can be told only when nothing crosses.
    if problems.is_empty() {
        problems.extend(nesting_faults(shape));
    }
    problems
}

fn places(shape: &MultiPolygon) -> impl Iterator<Item = (RingPlace, &Ring)> {
    shape
        .polygons()
        .iter()
        .enumerate()
        .flat_map(|(polygon, p)| {
            p.rings().enumerate().map(move |(n, ring)| {
                let hole = n.checked_sub(1);
                (RingPlace { polygon, hole }, ring)
            })
        })
}

fn ring_faults(ring_place: RingPlace, ring: &Ring) -> Vec<Problem> {
    let positions = ring.positions();
    let mut seen: HashMap<Position, usize> = HashMap::with_capacity(positions.len());
    let mut problems = Vec::new();
    for (vertex, &at) in positions.iter().enumerate() {
        let first = *seen.entry(at).or_insert(vertex);
        if first != vertex {
            let place = Place {
                ring: ring_place,
                vertex,
                at,
            };
            problems.push(Problem::RepeatedVertex { place, first });
        }
    }
    if seen.len() < 3 {
        return vec![Problem::TooFewPositions {
            ring: ring_place,
            distinct: seen.len(),
            at: positions.first().copied(),
        }];
    }
    if ring.doubled_planar_area() == 0 && problems.is_empty() {
        let flat = positions.windows(3).all(|p| orient(p[0], p[1], p[2]) == 0);
        if flat {
            let (ring, at) = (ring_place, positions[0]);
            return vec![Problem::ZeroArea { ring, at }];
        }
    }
    problems.extend(spikes(ring_place, positions));
    problems
}

fn spikes(ring: RingPlace, positions: &[Position]) -> impl Iterator<Item = Problem> {
    let n = positions.len();
    (0..n).filter_map(move |vertex| {
        let (before, at, after) = (
            positions[(vertex + n - 1) % n],
            positions[vertex],
            positions[(vertex + 1) % n],
        );
        let place = Place { ring, vertex, at };
        turns_back(before, at, after).then_some(Problem::Spike { place })
    })
}

/// Whether the way to `at` is taken back to `after`.
pub(crate) fn turns_back(before: Position, at: Position, after: Position) -> bool {
    if before == at || after == at || orient(before, at, after) != 0 {
        return false;
    }
    let delta = |p: Position| {
        (
            i128::from(p.lon_e7()) - i128::from(at.lon_e7()),
            i128::from(p.lat_e7()) - i128::from(at.lat_e7()),
        )
    };
    let ((bx, by), (ax, ay)) = (delta(before), delta(after));
    bx * ax + by * ay > 0
}

/// Adds what crosses or touches wrongly.
fn lines_faults(rings: &[(RingPlace, &Ring)], problems: &mut Vec<Problem>) {
    let mut edges = Vec::new();
    for (n, (_, ring)) in rings.iter().enumerate() {
        let mut vertices = ring.edges().enumerate();
        edges.extend(
            vertices
                .by_ref()
                .filter_map(|(vertex, (from, to))| Edge::new(n as u32, vertex as u32, from, to)),
        );
    }
    let place = |i: u32| {
        let edge = &edges[i as usize];
        Place {
            ring: rings[edge.ring as usize].0,
            vertex: edge.vertex as usize,
            at: edge.ends().0,
        }
    };
    let pair = |[a, b]: [u32; 2], at: Position| {
        let ends = [place(a), place(b)];
        if ends[0].ring == ends[1].ring {
            Problem::SelfCrossing { edges: ends, at }
        } else {
            Problem::RingsCross { edges: ends, at }
        }
    };

    let contacts = sweep::sweep(&edges);
    let mut noted: HashSet<(u32, u32, Position)> = HashSet::new();
    for contact in contacts {
        match contact {
            Contact::Cross { edges: first } => {
                let mut crossings = sweep::list_crossings(&edges, MOST_CROSSINGS);
                if !crossings.contains(&first) && !crossings.contains(&[first[1], first[0]]) {
                    crossings.push(first);
                }
                for [a, b] in crossings {
                    // A spike is named as such, by its tip.
                    if !is_spike(&edges, rings, [a, b]) {
                        let at = sweep::crossing_point(&edges[a as usize], &edges[b as usize]);
                        problems.push(pair([a, b], at));
                    }
                }
            }
            Contact::OnOwnLine { edges: both, at } => {
                let ring = edges[both[0] as usize].ring;
                if noted.insert((ring, ring, at)) {
                    problems.push(pair(both, at));
                }
            }
            Contact::Touch { edges: both, at } => {
                let of = |i: u32| edges[i as usize].ring;
                let (a, b) = (of(both[0]).min(of(both[1])), of(both[0]).max(of(both[1])));
                if noted.insert((a, b, at))
                    && passes_through(
                        rings,
                        &edges[both[0] as usize],
                        &edges[both[1] as usize],
                        at,
                    )
                {
                    problems.push(pair(both, at));
                }
            }
        }
    }
}

fn is_spike(edges: &[Edge], rings: &[(RingPlace, &Ring)], [a, b]: [u32; 2]) -> bool {
    let (a, b) = (&edges[a as usize], &edges[b as usize]);
    if a.ring != b.ring {
        return false;
    }
    let n = rings[a.ring as usize].1.len() as u32;
    (a.vertex + 1) % n == b.vertex || (b.vertex + 1) % n == a.vertex
}

/// Whether the rings of two edges change sides at a place that both have.
fn passes_through(rings: &[(RingPlace, &Ring)], a: &Edge, b: &Edge, at: Position) -> bool {
    let around = |edge: &Edge| around(rings[edge.ring as usize].1, edge, at);
    let ((a_from, a_to), (b_from, b_to)) = (around(a), around(b));
    between(at, a_from, a_to, b_from) != between(at, a_from, a_to, b_to)
}

/// The positions before and after a place on an edge of a ring.
fn around(ring: &Ring, edge: &Edge, at: Position) -> (Position, Position) {
    let positions = ring.positions();
    let (n, (from, to)) = (positions.len(), edge.ends());
    let vertex = edge.vertex as usize;
    if at == from {
        (positions[(vertex + n - 1) % n], to)
    } else if at == to {
        (from, positions[(vertex + 2) % n])
    } else {
        (from, to)
    }
}

/// Whether a place lies on an edge.
pub(crate) fn on_segment(a: Position, b: Position, p: Position) -> bool {
    let within = |low: i32, high: i32, value: i32| (low.min(high)..=low.max(high)).contains(&value);
    within(a.lon_e7(), b.lon_e7(), p.lon_e7())
        && within(a.lat_e7(), b.lat_e7(), p.lat_e7())
        && orient(a, b, p) == 0
}

/// Whether the direction to `p` lies in the turn against the clock from the
/// direction to `from` to that to `to`.
fn between(at: Position, from: Position, to: Position, p: Position) -> bool {
    let left = |a: Position, b: Position| orient(at, a, b) > 0;
    if orient(at, from, to) > 0 || (orient(at, from, to) == 0 && same_side(at, from, to)) {
        left(from, p) && left(p, to)
    } else {
        left(from, p) || left(p, to)
    }
}

fn same_side(at: Position, a: Position, b: Position) -> bool {
    turns_back(a, at, b)
}

/// Who lies inside whom, when no lines cross.
fn nesting_faults(shape: &MultiPolygon) -> Vec<Problem> {
    let mut problems = Vec::new();
    let outer = |polygon| RingPlace {
        polygon,
        hole: None,
    };
    for (n, polygon) in shape.polygons().iter().enumerate() {
        let place = |hole| RingPlace {
            polygon: n,
            hole: Some(hole),
        };
        let holes: Vec<_> = polygon.holes.iter().map(Boxed::new).collect();
        let exterior = Boxed::new(&polygon.exterior);
        for (i, hole) in holes.iter().enumerate() {
            if !hole.lies_in(&exterior) {
                let (ring, at) = (place(i), hole.sample());
                problems.push(Problem::HoleOutside { ring, at });
            }
        }
        for (i, j) in nested(&holes) {
            let (ring, other, at) = (place(i), place(j), holes[i].sample());
            problems.push(Problem::HolesOverlap { ring, other, at });
        }
    }
    let exteriors: Vec<_> = shape
        .polygons()
        .iter()
        .map(|p| Boxed::new(&p.exterior))
        .collect();
    for (i, j) in nested(&exteriors) {
        let in_a_hole = shape.polygons()[j]
            .holes
            .iter()
            .any(|hole| exteriors[i].lies_in(&Boxed::new(hole)));
        if !in_a_hole {
            let (ring, other, at) = (outer(i), outer(j), exteriors[i].sample());
            problems.push(Problem::PartsOverlap { ring, other, at });
        }
    }
    problems
}

/// Pairs of rings of which the first lies in the second.
fn nested(rings: &[Boxed]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..rings.len()).collect();
    order.sort_by_key(|&i| rings[i].bbox.west);
    let mut pairs = Vec::new();
    for (n, &i) in order.iter().enumerate() {
        for &j in &order[n + 1..] {
            if rings[j].bbox.west > rings[i].bbox.east {
                break;
            }
            if rings[j].lies_in(&rings[i]) {
                pairs.push((j, i));
            } else if rings[i].lies_in(&rings[j]) {
                pairs.push((i, j));
            }
        }
    }
    pairs
}

struct Boxed<'a> {
    ring: &'a Ring,
    bbox: Bbox,
}

impl<'a> Boxed<'a> {
    fn new(ring: &'a Ring) -> Self {
        let first = Position::nearest(0.0, 0.0);
        let bbox = Bbox::around(ring.positions().iter().copied());
        Self {
            ring,
            bbox: bbox.unwrap_or_else(|| Bbox::of(first)),
        }
    }

    fn sample(&self) -> Position {
        self.ring.positions()[0]
    }

    /// Whether the ring lies inside another that it does not cross.
    fn lies_in(&self, other: &Self) -> bool {
        let (a, b) = (self.bbox, other.bbox);
        if a.west < b.west || a.east > b.east || a.south < b.south || a.north > b.north {
            return false;
        }
        // Any vertex that is not on the other line tells; when all are on it,
        // the rings are the same or one is inscribed, and areas tell.
        self.ring
            .positions()
            .iter()
            .find_map(|&p| side_of(other.ring, p))
            .unwrap_or_else(|| {
                let size = |ring: &Ring| ring.doubled_planar_area().abs();
                size(self.ring) <= size(other.ring)
            })
    }
}

/// Whether a position lies inside a ring; none when it lies on the line.
pub(crate) fn side_of(ring: &Ring, p: Position) -> Option<bool> {
    let mut inside = false;
    for (a, b) in ring.edges() {
        if on_segment(a, b, p) {
            return None;
        }
        inside ^= is_crossed(a, b, p);
    }
    Some(inside)
}

/// Whether a ray from a place to the east crosses an edge that it does not lie on.
pub(crate) fn is_crossed(a: Position, b: Position, p: Position) -> bool {
    (a.lat_e7() > p.lat_e7()) != (b.lat_e7() > p.lat_e7())
        && (orient(a, b, p) > 0) == (b.lat_e7() > a.lat_e7())
}

fn long_legs(shape: &MultiPolygon) -> Vec<Problem> {
    let legs = places(shape).flat_map(|(ring, r)| {
        r.edges()
            .enumerate()
            .filter_map(move |(vertex, (from, to))| {
                // A degree of latitude is 111 km: what is this near needs no sine.
                let near = |a: i32, b: i32| (i64::from(a) - i64::from(b)).abs() < 300_000;
                if near(from.lon_e7(), to.lon_e7()) && near(from.lat_e7(), to.lat_e7()) {
                    return None;
                }
                let metres = measure::distance(from, to).get();
                let place = Place {
                    ring,
                    vertex,
                    at: from,
                };
                (metres > LONG_LEG_M).then_some(Problem::LongLeg { place, metres })
            })
    });
    legs.collect()
}

#[cfg(test)]
mod tests;
