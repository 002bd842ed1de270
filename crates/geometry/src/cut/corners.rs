//! The stored corners that an edge gets where it is cut.
//!
//! A corner beside the edge by `off` makes a sliver of half of `off` times the
//! distance to the next corner. Among the stored positions along a few metres
//! one lies a hundredth of a millimetre beside the edge; among those along a few
//! centimetres none may. So the cut itself gets the best of a few centimetres,
//! and where that is not good enough the best of a few metres stands beside it.

use super::Plane;
use crate::fine::{STEPS, densify};
use crate::local::Planar;
use crate::position::Position;

/// How far along the edge the line's own corner may be moved, metres.
const OWN_M: f64 = 0.1;
/// How far from it a second corner is looked for, metres.
const HELP_M: std::ops::Range<f64> = 0.3..12.0;
/// A sliver of less needs no second corner, m².
const SLIVER_M2: f64 = 1e-3;

/// An edge as overlays take it, with the ground on its left.
pub(super) struct Side {
    points: Vec<Planar>,
    plane: Plane,
    /// Longitude runs faster than latitude along it.
    by_lon: bool,
    length: f64,
}

impl Side {
    pub(super) fn new(from: Position, to: Position, plane: Plane) -> Self {
        let mut points = Vec::new();
        densify(from, to, &mut points);
        points.push(to.into());
        let per = STEPS as f64;
        let points: Vec<Planar> = (points.iter())
            .map(|p| plane.of_e7(p.lon as f64 / per, p.lat as f64 / per))
            .collect();
        let (lon, lat) = (
            (to.lon_e7() - from.lon_e7()).unsigned_abs(),
            (to.lat_e7() - from.lat_e7()).unsigned_abs(),
        );
        Self {
            length: points.windows(2).map(|two| two[0].distance(two[1])).sum(),
            points,
            plane,
            by_lon: lon >= lat,
        }
    }

    /// The corners that take the place of a stop: up to one before it, itself,
    /// and up to one after it. `room` is how far the neighbours before and after
    /// it are along the edge.
    pub(super) fn corners(&self, along: f64, room: (f64, f64)) -> Vec<Position> {
        let (before, after) = (along - room.0, room.1 - along);
        let reach = OWN_M.min(before / 4.0).min(after / 4.0);
        let least = |(_, off): &(Position, f64)| *off;
        let Some((own, off)) = self.best(along - reach, along + reach, least) else {
            let (lon, lat) = self.plane.to_e7(self.at(along));
            return vec![Position::nearest(lon / 1e7, lat / 1e7)];
        };
        let helper = |room: f64, sign: f64| {
            let far = HELP_M.end.min(room / 3.0);
            let needed = off * room / 2.0 > SLIVER_M2 && far > HELP_M.start;
            let (a, b) = (along + sign * HELP_M.start, along + sign * far);
            // The two slivers that it leaves: to the line's corner, and to the edge's.
            let here = self.plane.of(own);
            let slivers = |(at, beside): &(Position, f64)| {
                off * self.plane.of(*at).distance(here) + beside * room
            };
            let best = needed.then(|| self.best(a.min(b), a.max(b), slivers));
            best.flatten()
                .filter(|best| slivers(best) < off * room)
                .map(|(help, _)| help)
        };
        let mut corners: Vec<Position> = helper(before, -1.0).into_iter().collect();
        corners.push(own);
        corners.extend(helper(after, 1.0));
        corners
    }

    /// The best of the stored positions just outside a stretch of the edge, and how far outside.
    fn best(
        &self,
        from: f64,
        to: f64,
        cost: impl Fn(&(Position, f64)) -> f64,
    ) -> Option<(Position, f64)> {
        let ends = [from, to].map(|along| {
            let (lon, lat) = self.plane.to_e7(self.at(along.clamp(0.0, self.length)));
            if self.by_lon { lon } else { lat }
        });
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let steps = (low.ceil() as i64)..=(high.floor() as i64);
        steps
            .filter_map(|major| self.outside(major as f64))
            .min_by(|a, b| cost(a).total_cmp(&cost(b)))
    }

    /// The stored position just outside the edge at this longitude or latitude.
    fn outside(&self, major: f64) -> Option<(Position, f64)> {
        let e7 = |at: Planar| {
            let (lon, lat) = self.plane.to_e7(at);
            if self.by_lon { (lon, lat) } else { (lat, lon) }
        };
        let (a, b) = (self.points.windows(2))
            .map(|two| (e7(two[0]), e7(two[1])))
            .find(|(a, b)| (a.0.min(b.0)..=a.0.max(b.0)).contains(&major))?;
        let minor = a.1 + (b.1 - a.1) * (major - a.0) / (b.0 - a.0);
        // The ground lies left: outside is right of the way.
        let up = if self.by_lon { b.0 < a.0 } else { b.0 > a.0 };
        // One step of the fine grid is on the edge.
        let on = 1.0 / STEPS as f64;
        let nearest = if (minor - minor.round()).abs() <= on {
            minor.round()
        } else if up {
            minor.ceil()
        } else {
            minor.floor()
        };
        let (lon, lat) = if self.by_lon {
            (major, nearest)
        } else {
            (nearest, major)
        };
        let at = Position::try_new_e7(lon as i64, lat as i64).ok()?;
        let (p, q) = if self.by_lon {
            (self.plane.of_e7(a.0, a.1), self.plane.of_e7(b.0, b.1))
        } else {
            (self.plane.of_e7(a.1, a.0), self.plane.of_e7(b.1, b.0))
        };
        let off = super::cross(q - p, self.plane.of(at) - p).abs() / p.distance(q);
        Some((at, off))
    }

    fn at(&self, along: f64) -> Planar {
        let mut left = along;
        for two in self.points.windows(2) {
            let length = two[0].distance(two[1]);
            if left <= length && length > 0.0 {
                return two[0] + (two[1] - two[0]) * (left / length);
            }
            left -= length;
        }
        self.points.last().copied().unwrap_or_default()
    }

    pub(super) fn length(&self) -> f64 {
        self.length
    }
}
