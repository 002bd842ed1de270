//! Mending broken shapes so that nothing dangerous is lost (S4).
//!
//! A hazard is repaired outward: everything that its line encloses belongs to
//! it. A release is repaired inward: only what is beyond doubt enclosed belongs
//! to it. After rounding to 1e-7 degree the result is checked again, and mended
//! again where rounding broke it.

use i_overlay::core::fill_rule::FillRule;
use serde::Serialize;

use crate::buffer;
use crate::index::Index;
use crate::measure;
use crate::overlay::Area;
use crate::position::Position;
use crate::rounding::{Direction, round};
use crate::shape::{Bbox, MultiPolygon, Polygon, Ring};
use crate::units::{Metres, SquareMetres};
use crate::validity::{self, Problem, is_crossed, on_segment, turns_back};

/// Half the width of the strip laid along a line that goes out and comes back
/// on itself: it encloses nothing, and still somebody drew it. Metres.
pub const STRIP_HALF_WIDTH_M: f64 = 1.0;
/// Half the width of the strip along lines that rounding alone cannot settle,
/// metres: some steps of 1e-7 degree.
const WIDENED_M: f64 = 0.1;
/// Rounds of mending and rounding before the surest way is taken.
const MOST_ROUNDS: usize = 8;
/// What rounding to the fine grid may leave over, m².
const NOTHING_M2: f64 = 1e-3;

/// A mended shape and what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// The valid shape, outer lines against the clock.
    pub shape: MultiPolygon,
    /// What was wrong before.
    pub problems: Vec<Problem>,
    /// What was done.
    pub changes: Vec<Change>,
    /// Area as drawn: outlines less holes, whatever they cross.
    pub area_before: SquareMetres,
    /// Area as mended.
    pub area_after: SquareMetres,
}

/// One thing that a repair did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Positions given twice in a row were left out.
    RepeatsDropped {
        /// How many.
        count: usize,
    },
    /// Lines that cross, touch or overlap were drawn anew around all (hazard)
    /// or only (release) that they enclose.
    Redrawn,
    /// A hole that is no valid hole became part of the hazard.
    HolesFilled {
        /// How many.
        count: usize,
    },
    /// A line that goes out and comes back on itself got a strip of ground.
    StripsAdded {
        /// How many.
        count: usize,
        /// Half the width of the strip, metres.
        half_width_m: f64,
    },
    /// An outline that encloses nothing became the ground around its
    /// positions, to be looked at by a person.
    Buffered {
        /// How many outlines.
        count: usize,
        /// The radius around them, metres.
        radius_m: f64,
    },
    /// Slivers and gaps as narrow as the rounding were closed by a strip along
    /// every line.
    Widened {
        /// Half the width of the strip.
        metres: f64,
    },
    /// Parts of a release that enclose nothing were left out.
    PartsDropped {
        /// How many.
        count: usize,
    },
    /// Too intricate to be mended: the convex line around everything.
    Hull,
}

impl Repaired {
    /// Whether the shape is another than the one given, beside the direction
    /// of its lines.
    pub fn is_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Whether a person must look at it: its outline is a guess.
    pub fn needs_review(&self) -> bool {
        self.changes
            .iter()
            .any(|c| matches!(c, Change::Buffered { .. } | Change::Hull))
    }
}

/// Mends a hazard outward; none when it has no position at all.
///
/// An outline of fewer than three distinct positions, or a flat one, becomes
/// all ground within `uncertainty` of it: for a single place a circle.
pub fn repair_hazard(raw: &MultiPolygon, uncertainty: Metres) -> Option<Repaired> {
    if raw.is_empty() {
        return None;
    }
    let (cleaned, mut changes) = clean(raw);
    let problems = validity::faults(raw);
    let shape = if validity::is_valid(&cleaned) {
        cleaned.oriented()
    } else {
        grow(&cleaned, uncertainty, &mut changes)
    };
    Some(repaired(raw, shape, problems, changes))
}

/// The ground around a hazard that has only places, or a line: a circle or a
/// strip of the radius; none without a position.
pub fn hazard_around(positions: &[Position], radius: Metres) -> Option<Repaired> {
    if positions.is_empty() {
        return None;
    }
    let shape = buffer::around_line(positions, radius);
    let radius_m = radius.get();
    Some(Repaired {
        area_before: SquareMetres::ZERO,
        area_after: measure::area(&shape),
        problems: Vec::new(),
        changes: vec![Change::Buffered { count: 1, radius_m }],
        shape,
    })
}

/// Mends a release inward; none when nothing is beyond doubt enclosed.
pub fn repair_release(raw: &MultiPolygon) -> Option<Repaired> {
    let (cleaned, mut changes) = clean(raw);
    let problems = validity::faults(raw);
    let shape = if validity::is_valid(&cleaned) {
        cleaned.oriented()
    } else {
        shrink(&cleaned, &mut changes)?
    };
    Some(repaired(raw, shape, problems, changes))
}

fn repaired(
    raw: &MultiPolygon,
    shape: MultiPolygon,
    problems: Vec<Problem>,
    changes: Vec<Change>,
) -> Repaired {
    Repaired {
        area_before: measure::area(raw).max(SquareMetres::ZERO),
        area_after: measure::area(&shape),
        shape,
        problems,
        changes,
    }
}

/// Leaves out positions given twice in a row.
fn clean(raw: &MultiPolygon) -> (MultiPolygon, Vec<Change>) {
    let ring = |ring: &Ring| {
        let mut positions = ring.positions().to_vec();
        positions.dedup();
        Ring::new(positions)
    };
    let polygons = raw.polygons().iter().map(|polygon| Polygon {
        exterior: ring(&polygon.exterior),
        holes: polygon.holes.iter().map(ring).collect(),
    });
    let cleaned = MultiPolygon(polygons.collect());
    let count = raw.vertex_count() - cleaned.vertex_count();
    let changes = (count > 0).then_some(Change::RepeatsDropped { count });
    (cleaned, changes.into_iter().collect())
}

fn grow(cleaned: &MultiPolygon, uncertainty: Metres, changes: &mut Vec<Change>) -> MultiPolygon {
    let mut areas = Vec::new();
    let (mut flat, mut filled, mut strips) = (0, 0, 0);
    for polygon in cleaned.polygons() {
        if polygon.exterior.is_empty() {
            continue;
        }
        if is_flat(&polygon.exterior) {
            flat += 1;
            let positions = polygon.exterior.positions();
            areas.extend(buffer::strips(positions, uncertainty, buffer::SIDES));
            continue;
        }
        let (area, holes_filled) = enclosed(polygon);
        filled += holes_filled;
        areas.push(area);
        for line in lines_back(&polygon.exterior) {
            strips += 1;
            let half_width = Metres::new(STRIP_HALF_WIDTH_M);
            areas.extend(buffer::strips(&line, half_width, buffer::SIDES / 4));
        }
    }
    let wanted = Area::union(&areas);
    changes.extend(grow_changes(cleaned, uncertainty, flat, filled, strips));
    // A tip as thin as the rounding is nothing in m², and still somebody drew its corner.
    let holds_corners = |shape: &MultiPolygon| {
        let outlines = cleaned.polygons().iter().map(|polygon| &polygon.exterior);
        covers_all(shape, outlines.flat_map(Ring::positions))
    };
    if let Some(shape) = settle_outward(&wanted).filter(holds_corners) {
        return shape;
    }
    let wider = settle_outward(&widened(cleaned, wanted.clone()));
    if let Some(shape) = wider.filter(holds_corners) {
        let metres = WIDENED_M;
        changes.push(Change::Widened { metres });
        return shape;
    }
    changes.push(Change::Hull);
    let all = cleaned.positions().chain(corners_around(&wanted));
    MultiPolygon(buffer::hull_polygon(all).into_iter().collect())
}

/// Whether all places lie in a valid area, or on its line. By the edges that a ray to the east
/// meets, so that an outline of thousands of corners is looked at once and not once for each.
fn covers_all<'a>(area: &MultiPolygon, places: impl IntoIterator<Item = &'a Position>) -> bool {
    let edges: Vec<(Position, Position)> = area.rings().flat_map(Ring::edges).collect();
    let boxes: Vec<Bbox> = (edges.iter())
        .map(|(a, b)| Bbox::of(*a).join(Bbox::of(*b)))
        .collect();
    let index = Index::new(&boxes);
    places.into_iter().all(|&place| {
        let ray = Bbox {
            east: i32::MAX,
            ..Bbox::of(place)
        };
        let mut inside = false;
        for (a, b) in index.meeting(ray).into_iter().map(|edge| edges[edge]) {
            if on_segment(a, b, place) {
                return true;
            }
            inside ^= is_crossed(a, b, place);
        }
        inside
    })
}

/// The area with a narrow strip along every line: gaps and slivers as narrow as
/// the rounding are closed by it.
fn widened(cleaned: &MultiPolygon, wanted: Area) -> Area {
    let mut areas = vec![wanted];
    for polygon in cleaned.polygons() {
        let mut line = polygon.exterior.positions().to_vec();
        line.extend(line.first().copied());
        areas.extend(buffer::strips(&line, Metres::new(WIDENED_M), 8));
    }
    Area::union(&areas)
}

fn grow_changes(
    cleaned: &MultiPolygon,
    uncertainty: Metres,
    flat: usize,
    filled: usize,
    strips: usize,
) -> impl Iterator<Item = Change> {
    let redrawn = flat < cleaned.polygons().len();
    let radius_m = uncertainty.get();
    let half_width_m = STRIP_HALF_WIDTH_M;
    [
        redrawn.then_some(Change::Redrawn),
        (filled > 0).then_some(Change::HolesFilled { count: filled }),
        (strips > 0).then_some(Change::StripsAdded {
            count: strips,
            half_width_m,
        }),
        (flat > 0).then_some(Change::Buffered {
            count: flat,
            radius_m,
        }),
    ]
    .into_iter()
    .flatten()
}

/// Whether a ring has no two directions.
fn is_flat(ring: &Ring) -> bool {
    buffer::hull(ring.positions().iter().copied()).len() < 3
}

/// Everything that the outline encloses, less its valid holes; and how many
/// holes were filled.
fn enclosed(polygon: &Polygon) -> (Area, usize) {
    let outline = [&polygon.exterior];
    let all = Area::straight_rings(outline, FillRule::NonZero).filled();
    if polygon.holes.is_empty() {
        return (all, 0);
    }
    // A hole in ground that the outline runs around twice is in doubt.
    let sure = Area::straight_rings(outline, FillRule::EvenOdd);
    let mut kept: Vec<(&Ring, Area)> = Vec::new();
    let mut doubtful = Vec::new();
    for hole in &polygon.holes {
        let area = Area::straight_rings([hole], FillRule::EvenOdd);
        let alone = MultiPolygon::from_ring(hole.clone());
        if validity::is_valid(&alone) && area.difference([&sure]).is_empty() {
            kept.push((hole, area));
        } else {
            doubtful.push(area);
        }
    }
    let clear: Vec<_> = kept
        .iter()
        .enumerate()
        .filter(|(i, (_, area))| {
            let others = kept.iter().enumerate().filter(|(j, _)| j != i);
            let mut others = others.map(|(_, (_, other))| other).chain(&doubtful);
            others.all(|other| area.intersection(other).is_empty())
        })
        .map(|(_, (_, area))| area.clone())
        .collect();
    let filled = polygon.holes.len() - clear.len();
    (all.difference(&clear), filled)
}

/// The lines on which a ring comes back on itself.
fn lines_back(ring: &Ring) -> Vec<Vec<Position>> {
    let positions = ring.positions();
    let n = positions.len();
    let mut lines = Vec::new();
    let mut edges: Vec<_> = ring.edges().map(|(a, b)| (a.min(b), a.max(b))).collect();
    edges.sort_unstable();
    for pair in edges.windows(2).filter(|pair| pair[0] == pair[1]) {
        lines.push(vec![pair[0].0, pair[0].1]);
    }
    for i in 0..n {
        let (before, at, after) = (
            positions[(i + n - 1) % n],
            positions[i],
            positions[(i + 1) % n],
        );
        if before != after && turns_back(before, at, after) {
            let near = measure::distance(at, before).get() < measure::distance(at, after).get();
            lines.push(vec![if near { before } else { after }, at]);
        }
    }
    lines.sort();
    lines.dedup();
    lines
}

/// Rounds outward until the result is valid; none when that fails or the
/// result does not contain what was wanted.
pub(crate) fn settle_outward(wanted: &Area) -> Option<MultiPolygon> {
    if wanted.is_empty() {
        return Some(MultiPolygon::default());
    }
    let mut area = wanted.clone();
    for _ in 0..MOST_ROUNDS {
        let shape = round(&area, Direction::Outward);
        if validity::is_valid(&shape) {
            let lost = wanted.difference([&Area::straight(&shape)]);
            return (lost.area().get() < NOTHING_M2).then_some(shape);
        }
        if shape.vertex_count() > validity::MOST_VERTICES {
            return None;
        }
        // Where rounding made lines cross, both sides belong to the hazard.
        let parts = shape.polygons().iter().map(|p| {
            let holes = p
                .holes
                .iter()
                .map(|h| Area::straight_rings([h], FillRule::EvenOdd));
            let holes: Vec<_> = holes.collect();
            Area::straight_rings([&p.exterior], FillRule::NonZero)
                .filled()
                .difference(&holes)
        });
        let mut parts: Vec<_> = parts.collect();
        parts.push(wanted.clone());
        area = Area::union(&parts);
    }
    None
}

/// Rounds inward until the result is valid; none when nothing is left, that
/// fails, or the result is not contained in what was wanted.
pub(crate) fn settle_inward(wanted: &Area) -> Option<MultiPolygon> {
    let mut area = wanted.clone();
    for _ in 0..MOST_ROUNDS {
        let shape = round(&area, Direction::Inward);
        if shape.polygons().is_empty() || shape.vertex_count() > validity::MOST_VERTICES {
            return None;
        }
        let drawn = Area::straight(&shape);
        if validity::is_valid(&shape) {
            let gained = drawn.difference([wanted]);
            return (gained.area().get() < NOTHING_M2).then_some(shape);
        }
        area = drawn.intersection(&area);
    }
    None
}

fn corners_around(area: &Area) -> impl Iterator<Item = Position> {
    // The corners of the cell around each point: the hull of all of them
    // contains the area whole.
    area.points().flat_map(crate::fine::Fine::cell)
}

fn shrink(cleaned: &MultiPolygon, changes: &mut Vec<Change>) -> Option<MultiPolygon> {
    let flat = |ring: &Ring| is_flat(ring);
    let dropped = cleaned
        .polygons()
        .iter()
        .filter(|p| flat(&p.exterior))
        .count();
    let outlines = cleaned.polygons().iter().map(|p| &p.exterior);
    let holes = cleaned.polygons().iter().flat_map(|p| &p.holes);
    // What two parts both claim is in doubt, as is what a hole's line encloses.
    let sure = Area::straight_rings(outlines, FillRule::EvenOdd);
    let holes: Vec<_> = holes
        .filter(|hole| !flat(hole))
        .map(|hole| Area::straight_rings([hole], FillRule::NonZero).filled())
        .collect();
    let shape = settle_inward(&sure.difference(&holes))?;
    if dropped > 0 {
        changes.push(Change::PartsDropped { count: dropped });
    }
    changes.push(Change::Redrawn);
    Some(shape)
}

#[cfg(test)]
mod tests;
