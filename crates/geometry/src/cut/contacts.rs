//! Where a line meets an outline, and what of it runs inside.

use super::{AT_CORNER_M, Chord, CutProblem, Plane, SAME_M, Stop, cross, rings};
use crate::fine::{STEPS, densify};
use crate::local::Planar;
use crate::position::Position;
use crate::shape::Polygon;

/// What a line does to one polygon.
pub(super) enum Found {
    Nothing,
    Touch,
    Chords(Vec<Chord>),
}

/// A straight piece of an outline, as overlays take it.
struct Wall {
    ring: usize,
    edge: usize,
    from: Planar,
    to: Planar,
    /// How far along the edge it begins.
    begins: f64,
}

/// Where a piece of the line lies.
#[derive(Clone, Copy, PartialEq)]
enum Lies {
    Inside,
    Outside,
    Along,
}

/// A place on the line: a corner of it, a contact with the outline, or both.
struct Node {
    at: Planar,
    corner: Option<Position>,
    stop: Option<Stop>,
}

pub(super) fn contacts(
    polygon: &Polygon,
    line: &[Position],
    plane: Plane,
) -> Result<Found, CutProblem> {
    let walls = walls(polygon, plane);
    let nodes = nodes(&walls, polygon, line, plane);
    let lies: Vec<Lies> = (nodes.windows(2))
        .map(|two| lies(&walls, (two[0].at + two[1].at) * 0.5))
        .collect();
    let place = |node: &Node| {
        let (lon, lat) = plane.to_e7(node.at);
        Position::nearest(lon / 1e7, lat / 1e7)
    };
    let mut chords: Vec<Chord> = Vec::new();
    let mut open: Option<(Stop, Vec<Position>)> = None;
    for (n, lies) in lies.iter().enumerate() {
        if *lies != Lies::Inside {
            continue;
        }
        let (from, to) = (&nodes[n], &nodes[n + 1]);
        let (start, mut between) = match (open.take(), from.stop) {
            (Some(begun), _) => begun,
            (None, Some(stop)) => (stop, Vec::new()),
            (None, None) => return Err(CutProblem::EndsInside { at: place(from) }),
        };
        match to.stop {
            Some(stop) => chords.push(Chord {
                from: start,
                to: stop,
                between,
                plane,
            }),
            None if n + 2 == nodes.len() => {
                return Err(CutProblem::EndsInside { at: place(to) });
            }
            None => {
                between.extend(to.corner);
                open = Some((start, between));
            }
        }
    }
    let touches = nodes.iter().any(|node| node.stop.is_some()) || lies.contains(&Lies::Along);
    Ok(match (chords.is_empty(), touches) {
        (false, _) => Found::Chords(chords),
        (true, true) => Found::Touch,
        (true, false) => Found::Nothing,
    })
}

fn walls(polygon: &Polygon, plane: Plane) -> Vec<Wall> {
    let mut walls = Vec::new();
    for (ring, line) in rings(polygon).into_iter().enumerate() {
        for (edge, (from, to)) in line.edges().enumerate() {
            let mut points = Vec::new();
            densify(from, to, &mut points);
            points.push(to.into());
            let fine = |n: usize| {
                let per = STEPS as f64;
                plane.of_e7(points[n].lon as f64 / per, points[n].lat as f64 / per)
            };
            let mut begins = 0.0;
            for n in 1..points.len() {
                let (from, to) = (fine(n - 1), fine(n));
                walls.push(Wall {
                    ring,
                    edge,
                    from,
                    to,
                    begins,
                });
                begins += from.distance(to);
            }
        }
    }
    walls
}

/// The corners of the line and its contacts with the outline, in its order.
fn nodes(walls: &[Wall], polygon: &Polygon, line: &[Position], plane: Plane) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for (n, two) in line.windows(2).enumerate() {
        let (from, to) = (plane.of(two[0]), plane.of(two[1]));
        let mut met: Vec<(f64, Planar, &Wall)> = (walls.iter())
            .flat_map(|wall| meetings((from, to), wall))
            .collect();
        met.sort_by(|a, b| a.0.total_cmp(&b.0));
        if n == 0 {
            nodes.push(Node {
                at: from,
                corner: Some(two[0]),
                stop: None,
            });
        }
        for (_, at, wall) in met {
            let stop = Some(stop(at, wall, polygon, plane));
            match nodes.last_mut() {
                Some(last) if last.at.distance(at) < SAME_M => last.stop = last.stop.or(stop),
                _ => nodes.push(Node {
                    at,
                    corner: None,
                    stop,
                }),
            }
        }
        match nodes.last_mut() {
            Some(last) if last.at.distance(to) < SAME_M => last.corner = Some(two[1]),
            _ => nodes.push(Node {
                at: to,
                corner: Some(two[1]),
                stop: None,
            }),
        }
    }
    nodes
}

/// Where a piece of the line meets a wall, with how far along the line: the
/// crossing, or where an end of one lies on the other.
fn meetings((from, to): (Planar, Planar), wall: &Wall) -> Vec<(f64, Planar, &Wall)> {
    let (way, side) = (to - from, wall.to - wall.from);
    let turn = cross(way, side);
    let (length, width) = (from.distance(to), wall.from.distance(wall.to));
    let mut met = Vec::new();
    if turn.abs() > f64::EPSILON * length * width {
        let apart = wall.from - from;
        let (t, u) = (cross(apart, side) / turn, cross(apart, way) / turn);
        if (0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u) {
            met.push((t * length, from + way * t, wall));
        }
    }
    if met.is_empty() {
        for end in [from, to] {
            if off((wall.from, wall.to), end).is_some_and(|off| off < SAME_M) {
                met.push((from.distance(end), end, wall));
            }
        }
        for end in [wall.from, wall.to] {
            if off((from, to), end).is_some_and(|off| off < SAME_M) {
                met.push((from.distance(end), end, wall));
            }
        }
    }
    met
}

/// How far a point is beside a piece; none when it is beyond its ends.
fn off((from, to): (Planar, Planar), at: Planar) -> Option<f64> {
    if from.distance(at) < SAME_M || to.distance(at) < SAME_M {
        return Some(0.0);
    }
    let (way, length) = (to - from, from.distance(to));
    let along = ((at - from).east * way.east + (at - from).north * way.north) / length;
    (0.0..=length)
        .contains(&along)
        .then(|| (cross(way, at - from) / length).abs())
}

fn stop(at: Planar, wall: &Wall, polygon: &Polygon, plane: Plane) -> Stop {
    let corners = rings(polygon)[wall.ring].positions();
    let next = (wall.edge + 1) % corners.len();
    let near = [wall.edge, next]
        .into_iter()
        .map(|corner| (plane.of(corners[corner]).distance(at), corner))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(distance, _)| *distance < AT_CORNER_M);
    match near {
        Some((_, corner)) => Stop {
            ring: wall.ring,
            edge: corner,
            along: 0.0,
            corner: true,
            at: plane.of(corners[corner]),
        },
        None => Stop {
            ring: wall.ring,
            edge: wall.edge,
            along: wall.begins + wall.from.distance(at),
            corner: false,
            at,
        },
    }
}

/// Whether a point lies inside: an odd number of walls to the east.
fn lies(walls: &[Wall], at: Planar) -> Lies {
    let mut inside = false;
    for wall in walls {
        if off((wall.from, wall.to), at).is_some_and(|off| off < SAME_M) {
            return Lies::Along;
        }
        let (a, b) = (wall.from - at, wall.to - at);
        if (a.north > 0.0) != (b.north > 0.0) {
            let east = a.east + (b.east - a.east) * a.north / (a.north - b.north);
            inside ^= east > 0.0;
        }
    }
    if inside { Lies::Inside } else { Lies::Outside }
}
