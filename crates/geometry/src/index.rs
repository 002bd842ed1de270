//! Many boxes, asked which of them meet a box or lie nearest to a place.
//!
//! A packed R-tree: built once by sorting (Leutenegger's sort-tile-recursive),
//! never changed, a few dozen bytes for each entry.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::local::Scale;
use crate::position::Position;
use crate::shape::Bbox;
use crate::units::Metres;

const FAN: usize = 16;

/// An index over boxes; entries are known by their place in the list given.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The boxes of the leaves, then of each level above, the root last.
    boxes: Vec<Bbox>,
    /// The entry of each leaf.
    entries: Vec<u32>,
    /// Where each level begins in `boxes`, and where the last one ends.
    levels: Vec<usize>,
}

impl Index {
    /// An index over the boxes.
    pub fn new(boxes: &[Bbox]) -> Self {
        let mut entries: Vec<u32> = (0..boxes.len() as u32).collect();
        tile(&mut entries, boxes);
        let mut all: Vec<Bbox> = entries.iter().map(|&e| boxes[e as usize]).collect();
        let mut levels = vec![0];
        let mut begin = 0;
        while all.len() - begin > 1 {
            let end = all.len();
            levels.push(end);
            for at in (begin..end).step_by(FAN) {
                let node = all[at..(at + FAN).min(end)].iter().copied();
                all.extend(node.reduce(Bbox::join));
            }
            begin = end;
        }
        levels.push(all.len());
        Self {
            boxes: all,
            entries,
            levels,
        }
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries whose boxes meet a box, in no stated order.
    pub fn meeting(&self, bbox: Bbox) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = self.root().into_iter().collect::<Vec<_>>();
        while let Some((level, node)) = open.pop() {
            if !self.boxes[node].intersects(bbox) {
            } else if level == 0 {
                found.push(self.entries[node] as usize);
            } else {
                open.extend(self.below(level, node));
            }
        }
        found
    }

    /// The entry nearest to a place and its distance, by a measure that the
    /// caller takes of single entries (none where it has no distance). The
    /// measure is told the least distance so far, metres: an entry that is
    /// surely further away need not be measured.
    ///
    /// Exact: boxes only decide what need not be measured. Ties go to the
    /// earlier entry.
    pub fn nearest(
        &self,
        from: Position,
        mut measure: impl FnMut(usize, f64) -> Option<Metres>,
    ) -> Option<(usize, Metres)> {
        let near = Near::new(from);
        let mut open = BinaryHeap::new();
        let mut best: Option<(usize, Metres)> = None;
        let candidate = |(level, node): (usize, usize)| Candidate {
            at_least: near.at_least(self.boxes[node]),
            level,
            node,
        };
        open.extend(self.root().map(candidate));
        while let Some(next) = open.pop() {
            if best.is_some_and(|(_, d)| next.at_least > d.get()) {
                break;
            }
            if next.level > 0 {
                open.extend(self.below(next.level, next.node).map(candidate));
                continue;
            }
            let entry = self.entries[next.node] as usize;
            let least = best.map_or(f64::INFINITY, |(_, d)| d.get());
            let Some(distance) = measure(entry, least) else {
                continue;
            };
            let nearer = best.is_none_or(|(e, d)| (distance.get(), entry) < (d.get(), e));
            if nearer {
                best = Some((entry, distance));
            }
        }
        best
    }

    fn root(&self) -> Option<(usize, usize)> {
        let last = self.boxes.len().checked_sub(1)?;
        Some((self.levels.len() - 2, last))
    }

    fn below(&self, level: usize, node: usize) -> impl Iterator<Item = (usize, usize)> {
        let place = node - self.levels[level];
        let begin = self.levels[level - 1] + place * FAN;
        let end = (begin + FAN).min(self.levels[level]);
        (begin..end).map(move |child| (level - 1, child))
    }
}

/// Orders entries so that each run of [`FAN`] lies close together.
fn tile(entries: &mut [u32], boxes: &[Bbox]) {
    let middle = |e: u32| {
        let b = boxes[e as usize];
        (
            i64::from(b.west) + i64::from(b.east),
            i64::from(b.south) + i64::from(b.north),
        )
    };
    entries.sort_unstable_by_key(|&e| (middle(e).0, e));
    let leaves = entries.len().div_ceil(FAN);
    let slices = (leaves as f64).sqrt().ceil() as usize;
    for slice in entries.chunks_mut((slices * FAN).max(1)) {
        slice.sort_unstable_by_key(|&e| (middle(e).1, e));
    }
}

struct Candidate {
    at_least: f64,
    level: usize,
    node: usize,
}

impl Ord for Candidate {
    /// The nearest first, as the heap gives the greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.at_least.total_cmp(&self.at_least)
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

/// Lower bounds of distances from one place.
struct Near {
    from: Position,
    scale: Scale,
    /// The tangent of the latitude, without its sign.
    tangent: f64,
}

impl Near {
    fn new(from: Position) -> Self {
        Self {
            from,
            scale: Scale::at(from),
            tangent: from.lat_degrees().abs().min(89.99).to_radians().tan(),
        }
    }

    /// Metres that a box is away at least.
    fn at_least(&self, b: Bbox) -> f64 {
        let gap = |low: i32, high: i32, at: i32| {
            let (low, high, at) = (i64::from(low), i64::from(high), i64::from(at));
            (low - at).max(at - high).max(0) as f64
        };
        let north = gap(b.south, b.north, self.from.lat_e7());
        let east = gap(b.west, b.east, self.from.lon_e7());
        if east > 30_000_000.0 || north > 30_000_000.0 {
            let far = self.to_meridian(b, east).max(self.scale.north() * north);
            return 0.98 * far;
        }
        // A metre of longitude shrinks towards the pole, the ellipsoid is not
        // round and a great circle cuts corners: 2 % within some degrees.
        let edge = b.south.unsigned_abs().max(b.north.unsigned_abs());
        let poleward = edge.saturating_sub(self.from.lat_e7().unsigned_abs());
        let d = (f64::from(poleward) / 1e7).to_radians();
        // cos(φ + d) / cos φ = cos d − tan φ sin d, from below.
        let shrink = 1.0 - d * d / 2.0 - self.tangent * d;
        0.98 * (self.scale.east() * east * shrink.clamp(0.0, 1.0)).hypot(self.scale.north() * north)
    }

    /// Metres to the nearer of a far box's meridians, whichever way round: sin d = sin Δλ cos φ.
    fn to_meridian(&self, b: Bbox, east: f64) -> f64 {
        const POLAR_RADIUS: f64 = 6_356_752.0;
        let at = f64::from(self.from.lon_e7());
        let span = (at - f64::from(b.west))
            .abs()
            .max((at - f64::from(b.east)).abs());
        let gap = east.min(3.6e9 - span).clamp(0.0, 9e8);
        let (gap, lat) = (
            (gap / 1e7).to_radians(),
            self.from.lat_degrees().to_radians(),
        );
        POLAR_RADIUS * (gap.sin() * lat.cos()).asin()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measure;

    fn place((lon, lat): (i32, i32)) -> Position {
        Position::try_new_e7(lon, lat).unwrap()
    }

    fn boxes(places: &[(i32, i32)]) -> Vec<Bbox> {
        places.iter().map(|&p| Bbox::of(place(p))).collect()
    }

    /// Places within some degrees of each other, or over half the earth.
    fn places() -> impl Strategy<Value = Vec<(i32, i32)>> {
        let near = (180_000_000..190_000_000_i32, 430_000_000..440_000_000_i32);
        let wide = (
            -1_700_000_000..1_700_000_000_i32,
            -800_000_000..800_000_000_i32,
        );
        prop_oneof![
            proptest::collection::vec(near, 0..400),
            proptest::collection::vec(wide, 1..100),
        ]
    }

    proptest! {
        #[test]
        fn the_nearest_is_the_one_that_testing_all_finds(
            places in places(),
            from in (170_000_000..200_000_000_i32, 420_000_000..450_000_000_i32),
        ) {
            let from = place(from);
            let away = |i: usize| measure::distance(from, place(places[i]));
            let found = Index::new(&boxes(&places)).nearest(from, |i, _| Some(away(i)));
            let best = (0..places.len()).map(|i| (away(i).get(), i)).min_by(|a, b| a.partial_cmp(b).unwrap());
            prop_assert_eq!(found.map(|(i, d)| (d.get(), i)), best);
        }

        #[test]
        fn the_boxes_that_meet_are_all_found(places in places()) {
            let boxes = boxes(&places);
            let window = Bbox { west: 182_000_000, south: 431_000_000, east: 188_000_000, north: 437_000_000 };
            let mut found = Index::new(&boxes).meeting(window);
            found.sort_unstable();
            let all: Vec<_> = (0..boxes.len()).filter(|&i| boxes[i].intersects(window)).collect();
            prop_assert_eq!(found, all);
        }
    }

    #[test]
    fn an_entry_without_a_distance_is_passed_over() {
        let index = Index::new(&boxes(&[(0, 0), (10, 10)]));
        let found = index.nearest(place((0, 0)), |i, _| (i == 1).then_some(Metres::ZERO));
        assert_eq!(found, Some((1, Metres::ZERO)));
        assert!(Index::default().is_empty());
        assert_eq!(Index::default().nearest(place((0, 0)), |_, _| None), None);
    }
}
