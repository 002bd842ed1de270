//! The two sides of a polygon, traced along its outline and the line.

use super::corners::Side;
use super::{Chord, CutProblem, Plane, Stop, rings};
use crate::position::Position;
use crate::shape::{Polygon, Ring};
use crate::validity::side_of;

/// Which end of which chord: chord, and whether its beginning.
type End = (usize, bool);

/// A corner of the outline with the line's end that is there.
struct Point {
    at: Position,
    end: Option<End>,
}

/// Left of the first chord, then right of it.
pub(super) fn sides(
    polygon: &Polygon,
    chords: &[Chord],
    plane: Plane,
) -> Result<[Polygon; 2], CutProblem> {
    let again = || CutProblem::CrossesAgain {
        at: chords.last().map_or(plane.center, Chord::at),
    };
    let ends: Vec<(End, Stop)> = (chords.iter().enumerate())
        .flat_map(|(n, chord)| [((n, true), chord.from), ((n, false), chord.to)])
        .collect();
    for (n, (_, one)) in ends.iter().enumerate() {
        let same = |other: &Stop| {
            (other.ring, other.edge, other.corner) == (one.ring, one.edge, one.corner)
                && (one.corner || (other.along - one.along).abs() < super::SAME_M)
        };
        if ends[..n].iter().any(|(_, other)| same(other)) {
            // One chord that comes back to its own corner only touches it.
            return Err(if chords.len() == 1 {
                CutProblem::Touches
            } else {
                again()
            });
        }
    }
    let outline: Vec<Vec<Point>> = (rings(polygon).into_iter().enumerate())
        .map(|(n, ring)| with_stops(ring, n, &ends, plane))
        .collect();
    let faces = faces(&outline, chords);
    let (mut outer, holes): (Vec<Face>, Vec<Face>) =
        (faces.into_iter()).partition(|face| face.ring.doubled_planar_area() > 0);
    match outer.len() {
        2 => {}
        // From the outer ring to the outer ring, but along an edge between corners that it goes through.
        0 | 1 if is_through(chords) => return Err(CutProblem::TooNarrow { width_mm: 0 }),
        0 | 1 => return Err(CutProblem::EndsInside { at: chords[0].at() }),
        _ => return Err(again()),
    }
    // The face that runs along the first chord in its direction lies left of it.
    if !outer[0].chords.contains(&(0, true)) && !holes_of(&outer[0], &holes, (0, true)) {
        outer.swap(0, 1);
    }
    let mut sides = outer.into_iter().map(|face| Polygon::new(face.ring));
    let (Some(mut left), Some(mut right)) = (sides.next(), sides.next()) else {
        return Err(again());
    };
    for hole in holes {
        let within = |side: &Polygon| {
            (hole.ring.positions().iter()).find_map(|at| side_of(&side.exterior, *at)) == Some(true)
        };
        if within(&left) {
            left.holes.push(hole.ring);
        } else {
            right.holes.push(hole.ring);
        }
    }
    Ok([left, right])
}

/// Whether the line comes in and goes out by the outer ring; else it begins or ends in a hole.
fn is_through(chords: &[Chord]) -> bool {
    let ends = chords.first().zip(chords.last());
    ends.is_some_and(|(first, last)| first.from.ring == 0 && last.to.ring == 0)
}

/// Whether a hole inside a face runs along a chord.
fn holes_of(face: &Face, holes: &[Face], chord: End) -> bool {
    (holes.iter())
        .filter(|hole| hole.chords.contains(&chord))
        .any(|hole| {
            let inside = |at: &Position| side_of(&face.ring, *at);
            hole.ring.positions().iter().find_map(inside) == Some(true)
        })
}

/// A ring with the line's ends in it.
fn with_stops(ring: &Ring, number: usize, ends: &[(End, Stop)], plane: Plane) -> Vec<Point> {
    let mut points = Vec::new();
    for (edge, (from, to)) in ring.edges().enumerate() {
        let mut here: Vec<&(End, Stop)> = (ends.iter())
            .filter(|(_, stop)| stop.ring == number && stop.edge == edge)
            .collect();
        here.sort_by(|a, b| a.1.along.total_cmp(&b.1.along));
        let at_corner = here.iter().find(|(_, stop)| stop.corner);
        points.push(Point {
            at: from,
            end: at_corner.map(|(end, _)| *end),
        });
        here.retain(|(_, stop)| !stop.corner);
        if here.is_empty() {
            continue;
        }
        let side = Side::new(from, to, plane);
        for n in 0..here.len() {
            let (end, stop) = here[n];
            let before = n.checked_sub(1).map_or(0.0, |n| here[n].1.along);
            let after = (here.get(n + 1)).map_or(side.length(), |(_, next)| next.along);
            let corners = side.corners(stop.along, (before, after));
            let own = own(&corners, stop.at, plane);
            points.extend(corners.into_iter().enumerate().map(|(n, at)| Point {
                at,
                end: (n == own).then_some(*end),
            }));
        }
    }
    points
}

/// Which of the corners is the line's: the nearest.
fn own(corners: &[Position], at: crate::Planar, plane: Plane) -> usize {
    let near = |n: &usize| plane.of(corners[*n]).distance(at);
    (0..corners.len())
        .min_by(|a, b| near(a).total_cmp(&near(b)))
        .unwrap_or_default()
}

/// A closed way along outlines and chords, with the ground on its left.
struct Face {
    ring: Ring,
    /// Chords that it runs along, and whether in their direction.
    chords: Vec<End>,
}

fn faces(outline: &[Vec<Point>], chords: &[Chord]) -> Vec<Face> {
    let place = |wanted: End| {
        let rings = outline.iter().enumerate();
        rings
            .flat_map(|(r, ring)| ring.iter().enumerate().map(move |(p, point)| (r, p, point)))
            .find(|(.., point)| point.end == Some(wanted))
            .map(|(r, p, _)| (r, p))
    };
    let mut left: Vec<Vec<bool>> = outline.iter().map(|ring| vec![true; ring.len()]).collect();
    let mut faces = Vec::new();
    while let Some(start) = first(&left) {
        let mut face = (Vec::new(), Vec::new());
        let (mut ring, mut at) = start;
        // Each edge of the outline is taken once: an end comes.
        while std::mem::replace(&mut left[ring][at], false) {
            face.0.push(outline[ring][at].at);
            let next = (at + 1) % outline[ring].len();
            at = next;
            if let Some((n, begins)) = outline[ring][at].end {
                face.0.push(outline[ring][at].at);
                let between = &chords[n].between;
                if begins {
                    face.0.extend(between);
                } else {
                    face.0.extend(between.iter().rev());
                }
                face.1.push((n, begins));
                let Some(other) = place((n, !begins)) else {
                    break;
                };
                (ring, at) = other;
            }
        }
        let mut positions = face.0;
        positions.dedup();
        faces.push(Face {
            ring: Ring::new(positions),
            chords: face.1,
        });
    }
    faces
}

/// An edge of the outline that no face has taken yet.
fn first(left: &[Vec<bool>]) -> Option<(usize, usize)> {
    (left.iter().enumerate())
        .find_map(|(ring, edges)| Some((ring, edges.iter().position(|free| *free)?)))
}
