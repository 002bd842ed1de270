//! Rings made simpler without losing (or without gaining) any ground.

use super::world::{P, Ring};

/// Which way a ring may move when it is made simpler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The ring may only grow: a hazard's outline, a hole in released land.
    Grow,
    /// The ring may only shrink: released land, a hole in a hazard.
    Shrink,
}

/// Twice the area, positive when the ring runs as a tile's outer rings must (y points south).
pub fn doubled_area(ring: &[P]) -> i64 {
    pairs(ring).map(|(a, b)| a.x * b.y - b.x * a.y).sum()
}

fn pairs(ring: &[P]) -> impl Iterator<Item = (P, P)> + '_ {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
}

fn cross(a: P, b: P, c: P) -> i64 {
    (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
}

/// Without places that repeat the one before, and running in the positive direction.
pub fn tidy(mut ring: Ring) -> Ring {
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    if doubled_area(&ring) < 0 {
        ring.reverse();
    }
    ring
}

/// Fewer places; the line moves at most about `tolerance`, and to the allowed side only.
///
/// A place that is a dent (for a ring that may grow; a bulge for one that may shrink) is left out.
/// Two bulges in a row become the one place where the lines beside them meet, outside of both.
pub fn simplify(ring: Ring, tolerance: f64, side: Side) -> Ring {
    let mut ring = tidy(ring);
    loop {
        let before = ring.len();
        drop_places(&mut ring, tolerance, side);
        join_edges(&mut ring, tolerance, side);
        if ring.len() == before || ring.len() <= 4 {
            return ring;
        }
    }
}

/// Whether a corner lies on the side to which the ring may not move.
fn is_dent(cross: i64, side: Side) -> bool {
    match side {
        Side::Grow => cross <= 0,
        Side::Shrink => cross >= 0,
    }
}

fn drop_places(ring: &mut Ring, tolerance: f64, side: Side) {
    let mut i = 0;
    while i < ring.len() && ring.len() > 3 {
        let n = ring.len();
        let (a, b, c) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
        let turn = cross(a, b, c);
        let base = ((c.x - a.x) as f64).hypot((c.y - a.y) as f64);
        let height = turn.unsigned_abs() as f64 / base.max(1.0);
        // On one line, and between its neighbours: not a spike that turns back.
        let forward = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) >= 0;
        if is_dent(turn, side) && forward && height <= tolerance {
            ring.remove(i);
            // The next place has a new neighbour: it is looked at in the next round.
        }
        i += 1;
    }
}

fn join_edges(ring: &mut Ring, tolerance: f64, side: Side) {
    let mut i = 0;
    while i < ring.len() && ring.len() > 4 {
        let n = ring.len();
        let at = |k: usize| ring[(i + k) % n];
        let (a, b, c, d) = (at(0), at(1), at(2), at(3));
        let bulges = !is_dent(cross(a, b, c), side) && !is_dent(cross(b, c, d), side);
        if bulges && let Some(x) = meet(a, b, c, d, tolerance) {
            let (first, second) = ((i + 1) % n, (i + 2) % n);
            ring[first] = x;
            ring.remove(second);
        }
        i += 1;
    }
}

/// Where the line from a through b and the line from d through c meet beyond both, if it is no
/// farther than `tolerance` from the edge between them.
fn meet(a: P, b: P, c: P, d: P, tolerance: f64) -> Option<P> {
    let f = |p: P| (p.x as f64, p.y as f64);
    let ((ax, ay), (bx, by), (cx, cy), (dx, dy)) = (f(a), f(b), f(c), f(d));
    let (ux, uy) = (bx - ax, by - ay);
    let (vx, vy) = (cx - dx, cy - dy);
    let det = ux * vy - uy * vx;
    if det.abs() < 1e-9 {
        return None;
    }
    let t = ((dx - ax) * vy - (dy - ay) * vx) / det;
    let s = ((dx - ax) * uy - (dy - ay) * ux) / det;
    if t < 1.0 || s < 1.0 {
        return None;
    }
    let (x, y) = (ax + t * ux, ay + t * uy);
    let edge = (cx - bx).hypot(cy - by).max(1.0);
    let height = ((cx - bx) * (y - by) - (cy - by) * (x - bx)).abs() / edge;
    (height <= tolerance).then(|| P {
        x: x.round() as i64,
        y: y.round() as i64,
    })
}

/// The ring moved by `by` to its outside (inside when negative), corners kept sharp up to four
/// times that, beyond it cut. Places are in fractions of a tile's unit from here on.
pub fn offset(ring: &[(f64, f64)], by: f64) -> Vec<(f64, f64)> {
    let n = ring.len();
    let mut moved = Vec::with_capacity(n + 4);
    let unit = |a: (f64, f64), b: (f64, f64)| {
        let (x, y) = (b.0 - a.0, b.1 - a.1);
        let length = x.hypot(y);
        (length > 1e-9).then(|| (x / length, y / length))
    };
    for i in 0..n {
        let (a, b, c) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
        let (Some(u), Some(v)) = (unit(a, b), unit(b, c)) else {
            moved.push(b);
            continue;
        };
        // With y to the south and a positive area, the outside lies to the left of the way: (y, -x).
        let (n1, n2) = ((u.1, -u.0), (v.1, -v.0));
        let along = 1.0 + n1.0 * n2.0 + n1.1 * n2.1;
        if along > 0.125 {
            let scale = by / along;
            moved.push((b.0 + (n1.0 + n2.0) * scale, b.1 + (n1.1 + n2.1) * scale));
        } else {
            // A spike: its end is squared off beyond the tip.
            moved.push((b.0 + (n1.0 + u.0) * by, b.1 + (n1.1 + u.1) * by));
            moved.push((b.0 + (n2.0 - v.0) * by, b.1 + (n2.1 - v.1) * by));
        }
    }
    moved
}

/// The part of a ring inside a square from `low` to `high` on both axes (Sutherland and Hodgman).
///
/// Edges along the border of the square may run over each other; the border lies outside what is
/// drawn.
pub fn clip(ring: Vec<(f64, f64)>, low: f64, high: f64) -> Vec<(f64, f64)> {
    let inside = ring
        .iter()
        .all(|p| p.0 >= low && p.0 <= high && p.1 >= low && p.1 <= high);
    if inside {
        return ring;
    }
    let mut ring = ring;
    for (axis, bound, keep_above) in [
        (0, low, true),
        (0, high, false),
        (1, low, true),
        (1, high, false),
    ] {
        let value = |p: (f64, f64)| if axis == 0 { p.0 } else { p.1 };
        let within = |p: (f64, f64)| {
            if keep_above {
                value(p) >= bound
            } else {
                value(p) <= bound
            }
        };
        let mut cut = Vec::with_capacity(ring.len() + 4);
        for i in 0..ring.len() {
            let (a, b) = (ring[(i + ring.len() - 1) % ring.len()], ring[i]);
            if within(a) != within(b) {
                let t = (bound - value(a)) / (value(b) - value(a));
                cut.push((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
            }
            if within(b) {
                cut.push(b);
            }
        }
        ring = cut;
        if ring.is_empty() {
            break;
        }
    }
    ring
}
