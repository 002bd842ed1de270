//! Where lines cross or touch, found in one sweep from west to east.
//!
//! The order of a sweep line is kept by exact integer predicates (Shamos and
//! Hoey, 1976), so that 50,000 vertices take well under a second however they
//! lie. The sweep tells whether anything crosses; only when something does are
//! the crossings listed, by a plain scan that stops at a number of tests.

use crate::position::Position;

/// One edge of a ring, its ends in order of longitude, then latitude.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    /// The ring that it belongs to.
    pub ring: u32,
    /// The vertex at which it begins, by the ring's own order.
    pub vertex: u32,
    low: Position,
    high: Position,
    /// Whether the ring runs from `low` to `high`.
    forward: bool,
}

/// What the sweep saw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Contact {
    /// Two edges cross in their insides or run along each other.
    Cross { edges: [u32; 2] },
    /// A vertex of one edge lies inside another edge of the same ring.
    OnOwnLine { edges: [u32; 2], at: Position },
    /// Two rings share a place without crossing in the insides of edges.
    Touch { edges: [u32; 2], at: Position },
}

impl Contact {
    fn edges(&self) -> [u32; 2] {
        match self {
            Self::Cross { edges } | Self::OnOwnLine { edges, .. } | Self::Touch { edges, .. } => {
                *edges
            }
        }
    }
}

impl Edge {
    /// None when both ends are one place.
    pub fn new(ring: u32, vertex: u32, from: Position, to: Position) -> Option<Self> {
        let forward = from < to;
        let (low, high) = if forward { (from, to) } else { (to, from) };
        (from != to).then_some(Self {
            ring,
            vertex,
            low,
            high,
            forward,
        })
    }

    /// Its ends in the ring's order.
    pub fn ends(&self) -> (Position, Position) {
        if self.forward {
            (self.low, self.high)
        } else {
            (self.high, self.low)
        }
    }
}

/// Twice the signed area of a triangle: positive when `c` is left of `a` → `b`.
pub(crate) fn orient(a: Position, b: Position, c: Position) -> i128 {
    let delta = |p: Position| {
        (
            i128::from(p.lon_e7()) - i128::from(a.lon_e7()),
            i128::from(p.lat_e7()) - i128::from(a.lat_e7()),
        )
    };
    let ((bx, by), (cx, cy)) = (delta(b), delta(c));
    bx * cy - by * cx
}

/// Whether two edges share more than an end of one of them.
fn cross(a: &Edge, b: &Edge) -> bool {
    let sides = [
        orient(a.low, a.high, b.low).signum(),
        orient(a.low, a.high, b.high).signum(),
        orient(b.low, b.high, a.low).signum(),
        orient(b.low, b.high, a.high).signum(),
    ];
    if sides == [0; 4] {
        // On one line: they run along each other when the overlap has a length.
        return a.low.max(b.low) < a.high.min(b.high);
    }
    sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0
}

/// Where two crossing edges meet; the start of the shared piece when they run
/// along each other.
pub(crate) fn crossing_point(a: &Edge, b: &Edge) -> Position {
    let (d1, d2) = (orient(b.low, b.high, a.low), orient(b.low, b.high, a.high));
    if d1 == d2 {
        return a.low.max(b.low);
    }
    let share = d1 as f64 / (d1 - d2) as f64;
    let along = |low: f64, high: f64| low + share * (high - low);
    Position::nearest(
        along(a.low.lon_degrees(), a.high.lon_degrees()),
        along(a.low.lat_degrees(), a.high.lat_degrees()),
    )
}

/// Every touch, and the first crossing if there is one; a crossing ends the
/// sweep, for then its order no longer holds.
pub(crate) fn sweep(edges: &[Edge]) -> Vec<Contact> {
    let mut starts: Vec<u32> = (0..edges.len() as u32).collect();
    starts.sort_by_key(|&i| edges[i as usize].low);
    let mut places: Vec<Position> = edges.iter().flat_map(|e| [e.low, e.high]).collect();
    places.sort_unstable();
    places.dedup();

    let mut line = SweepLine {
        edges,
        status: Vec::new(),
        contacts: Vec::new(),
    };
    let mut starts = starts.as_slice();
    for place in places {
        let count = starts.partition_point(|&i| edges[i as usize].low == place);
        let (here, rest) = starts.split_at(count);
        starts = rest;
        if let Some(pair) = line.pass(place, here) {
            line.contacts.push(Contact::Cross { edges: pair });
            break;
        }
    }
    line.contacts
}

struct SweepLine<'a> {
    edges: &'a [Edge],
    /// Edges that meet the sweep line, from south to north.
    status: Vec<u32>,
    contacts: Vec<Contact>,
}

impl SweepLine<'_> {
    fn edge(&self, i: u32) -> &Edge {
        &self.edges[i as usize]
    }

    /// Moves the line over a place where `starting` begin; a pair that crosses
    /// ends the sweep.
    fn pass(&mut self, place: Position, starting: &[u32]) -> Option<[u32; 2]> {
        let side = |&i: &u32| {
            let edge = &self.edges[i as usize];
            orient(edge.low, edge.high, place)
        };
        let from = self.status.partition_point(|i| side(i) > 0);
        let met = self.status[from..]
            .iter()
            .take_while(|i| side(i) == 0)
            .count();
        let meeting = from..from + met;

        self.note_touches(place, meeting.clone(), starting);
        if self.contacts.len() > MOST_CONTACTS {
            // No map has that many: what was not looked at is not called valid.
            let last = self.contacts.pop()?;
            return Some(last.edges());
        }

        let mut going_on: Vec<u32> = self.status[meeting.clone()]
            .iter()
            .copied()
            .filter(|&i| self.edge(i).high != place)
            .chain(starting.iter().copied())
            .collect();
        going_on.sort_by(|&a, &b| 0.cmp(&orient(place, self.edge(a).high, self.edge(b).high)));
        let along =
            |pair: &&[u32]| orient(place, self.edge(pair[0]).high, self.edge(pair[1]).high) == 0;
        if let Some(pair) = going_on.windows(2).find(along) {
            return Some([pair[0], pair[1]]);
        }

        let above = from + going_on.len();
        self.status.splice(meeting, going_on);
        let pairs = [(from, above > from || from > 0), (above, above > from)];
        pairs
            .into_iter()
            .filter(|&(at, look)| look && at > 0)
            .find_map(|(at, _)| self.neighbours_cross(at))
    }

    /// Whether the edges below and above an index of the status cross.
    fn neighbours_cross(&self, at: usize) -> Option<[u32; 2]> {
        let pair = [*self.status.get(at.checked_sub(1)?)?, *self.status.get(at)?];
        cross(self.edge(pair[0]), self.edge(pair[1])).then_some(pair)
    }

    /// Notes who meets at a place beside the two neighbours on one ring.
    fn note_touches(&mut self, place: Position, meeting: std::ops::Range<usize>, starting: &[u32]) {
        if meeting.len() + starting.len() <= 2 && self.one_ring(meeting.clone(), starting) {
            let through = |&i: &u32| {
                let edge = self.edge(i);
                edge.low != place && edge.high != place
            };
            if !self.status[meeting.clone()].iter().any(through) {
                return;
            }
        }
        let here: Vec<u32> = self.status[meeting]
            .iter()
            .chain(starting)
            .copied()
            .collect();
        for (n, &a) in here.iter().enumerate() {
            for &b in &here[n + 1..] {
                let (ea, eb) = (self.edge(a), self.edge(b));
                let inside = |e: &Edge| e.low != place && e.high != place;
                let edges = [a, b];
                if ea.ring != eb.ring {
                    self.contacts.push(Contact::Touch { edges, at: place });
                } else if inside(ea) != inside(eb) {
                    self.contacts.push(Contact::OnOwnLine { edges, at: place });
                }
                if self.contacts.len() > MOST_CONTACTS {
                    return;
                }
            }
        }
    }

    fn one_ring(&self, meeting: std::ops::Range<usize>, starting: &[u32]) -> bool {
        let mut rings = self.status[meeting]
            .iter()
            .chain(starting)
            .map(|&i| self.edge(i).ring);
        let first = rings.next();
        rings.all(|ring| Some(ring) == first)
    }
}

/// With more contacts than this the sweep ends as if lines crossed.
const MOST_CONTACTS: usize = 100_000;

/// Pairs tested before the listing of crossings stops.
const MOST_TESTS: usize = 5_000_000;

/// The crossing pairs, up to `most` of them, found by a plain scan; incomplete
/// when that many tests did not suffice.
pub(crate) fn list_crossings(edges: &[Edge], most: usize) -> Vec<[u32; 2]> {
    let mut order: Vec<u32> = (0..edges.len() as u32).collect();
    order.sort_by_key(|&i| edges[i as usize].low);
    let mut found = Vec::new();
    let mut tests = 0;
    for (n, &i) in order.iter().enumerate() {
        let a = &edges[i as usize];
        for &j in &order[n + 1..] {
            let b = &edges[j as usize];
            tests += 1;
            if b.low.lon_e7() > a.high.lon_e7() {
                break;
            }
            if tests > MOST_TESTS || found.len() >= most {
                return found;
            }
            if cross(a, b) {
                found.push([i, j]);
            }
        }
    }
    found
}
