//! Many shapes at once: which lies nearest to a place, and which lie within a distance of a line.
//!
//! Exact for every place: the index and the rough measure only decide what need not be measured.

use crate::distance::{self, Nearest};
use crate::index::Index;
use crate::position::Position;
use crate::shape::{Bbox, Shape};
use crate::units::Metres;

/// Shapes with an index over their boxes; each is known by its place in the list given.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    shapes: Vec<Shape>,
    /// The shape of each box: one without a position has none.
    of: Vec<u32>,
    index: Index,
}

impl Shapes {
    /// An index over the shapes.
    pub fn new(shapes: Vec<Shape>) -> Self {
        let (of, boxes): (Vec<u32>, Vec<Bbox>) = (shapes.iter().enumerate())
            .filter_map(|(n, shape)| Some((n as u32, shape.bbox()?)))
            .unzip();
        Self {
            shapes,
            of,
            index: Index::new(&boxes),
        }
    }

    /// A shape.
    pub fn get(&self, n: usize) -> Option<&Shape> {
        self.shapes.get(n)
    }

    /// The shape nearest to a place, and its nearest place; none when there is no shape. Ties go to
    /// the earlier shape.
    pub fn nearest(&self, from: Position) -> Option<(usize, Nearest)> {
        let mut best: Option<Nearest> = None;
        let found = self.index.nearest(from, |entry, at_most| {
            let shape = &self.shapes[self.of[entry] as usize];
            let nearest = distance::nearest_within(from, shape, at_most)?;
            if best.is_none_or(|best| nearest.distance < best.distance) {
                best = Some(nearest);
            }
            Some(nearest.distance)
        });
        Some((self.of[found?.0] as usize, best?))
    }

    /// The shapes that some place of a shape is at most so far away from, in their order.
    pub fn within(&self, of: &Shape, reach: Metres) -> Vec<usize> {
        let mut found = Vec::new();
        for part in parts(of) {
            let Some(bbox) = part.bbox() else { continue };
            for entry in self.index.meeting(bbox.widened(reach)) {
                let n = self.of[entry] as usize;
                if !found.contains(&n) && distance::is_within(&part, &self.shapes[n], reach) {
                    found.push(n);
                }
            }
        }
        found.sort_unstable();
        found
    }
}

/// A line by its pieces, whose boxes are small; anything else whole.
fn parts(of: &Shape) -> Vec<Shape> {
    match of {
        Shape::Line { points } if points.len() > 2 => points
            .windows(2)
            .map(|ends| Shape::Line {
                points: ends.to_vec(),
            })
            .collect(),
        whole => vec![whole.clone()],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::local::{LocalFrame, Planar};
    use crate::shape::MultiPolygon;

    fn frame() -> LocalFrame {
        LocalFrame::around(Position::from_degrees(18.4, 43.8).unwrap())
    }

    /// A triangle, line or point within some kilometres, by its corners in metres.
    fn shape() -> impl Strategy<Value = Shape> {
        let corner = |(at, by): ((f64, f64), (f64, f64))| {
            frame().to_position(Planar {
                east: at.0 + by.0,
                north: at.1 + by.1,
            })
        };
        let at = (-4_000.0..4_000.0, -4_000.0..4_000.0);
        let by = || (-300.0..300.0, -300.0..300.0);
        (at, by(), by(), by(), 0..6).prop_map(move |(at, a, b, c, kind)| {
            let [a, b, c] = [a, b, c].map(|by| corner((at, by)));
            match kind {
                0 => Shape::point(a),
                1 => Shape::Line {
                    points: vec![a, b, c],
                },
                _ => MultiPolygon::from_ring([a, b, c].into_iter().collect()).into(),
            }
        })
    }

    proptest! {
        #[test]
        fn the_nearest_shape_is_the_one_that_measuring_all_finds(
            all in proptest::collection::vec(shape(), 0..60),
            from in (-6_000.0..6_000.0, -6_000.0..6_000.0),
        ) {
            let from = frame().to_position(Planar { east: from.0, north: from.1 });
            let least = all.iter().filter_map(|one| distance::distance(from, one)).reduce(Metres::min);
            let found = Shapes::new(all).nearest(from).map(|(_, one)| one.distance);
            prop_assert_eq!(found, least);
        }

        #[test]
        fn what_lies_within_reach_of_a_line_is_what_measuring_all_finds(
            all in proptest::collection::vec(shape(), 0..60),
            line in proptest::collection::vec((-5_000.0..5_000.0, -5_000.0..5_000.0), 2..6),
            reach in 0.0..500.0,
        ) {
            let points = line.into_iter().map(|(east, north)| frame().to_position(Planar { east, north }));
            let line = Shape::Line { points: points.collect() };
            let reach = Metres::new(reach);
            let near = |one: &Shape| parts(&line).iter().any(|part| distance::between(part, one).is_some_and(|metres| metres <= reach));
            let expected: Vec<usize> = (0..all.len()).filter(|&n| near(&all[n])).collect();
            prop_assert_eq!(Shapes::new(all).within(&line, reach), expected);
        }
    }

    #[test]
    fn a_shape_without_a_position_is_never_the_nearest() {
        let place = frame().center();
        let all = Shapes::new(vec![
            Shape::Polygons {
                polygons: MultiPolygon::default(),
            },
            place.into(),
        ]);
        assert_eq!(all.nearest(place).map(|(n, _)| n), Some(1));
        assert!(Shapes::default().nearest(place).is_none());
    }
}
