//! Shapes of the isle: kilometres and metres of the table to positions.

use safelane_geometry::{LocalFrame, MultiPolygon, Planar, Polygon, Position, Ring, measure};

/// The isle's frame: metres around its origin.
pub struct Isle {
    frame: LocalFrame,
}

impl Isle {
    pub fn new(origin: Position) -> Self {
        Self {
            frame: LocalFrame::around(origin),
        }
    }

    /// A place from kilometres east and north.
    pub fn at(&self, km: [f64; 2]) -> Position {
        self.frame.to_position(Planar {
            east: km[0] * 1_000.0,
            north: km[1] * 1_000.0,
        })
    }

    /// An outline in kilometres.
    pub fn outline(&self, km: &[[f64; 2]]) -> MultiPolygon {
        MultiPolygon(vec![Polygon::new(Ring::new(
            km.iter().map(|point| self.at(*point)).collect(),
        ))])
        .oriented()
    }

    /// The frame of one plot: metres around its corner.
    pub fn plot(&self, corner_km: [f64; 2]) -> Plot {
        Plot {
            frame: LocalFrame::around(self.at(corner_km)),
        }
    }
}

/// Metres around the south-west corner of one hazardous area.
pub struct Plot {
    frame: LocalFrame,
}

impl Plot {
    pub fn at(&self, metres: [f64; 2]) -> Position {
        self.frame.to_position(Planar {
            east: metres[0],
            north: metres[1],
        })
    }

    pub fn ring(&self, metres: &[[f64; 2]]) -> MultiPolygon {
        MultiPolygon(vec![Polygon::new(Ring::new(
            metres.iter().map(|point| self.at(*point)).collect(),
        ))])
        .oriented()
    }

    pub fn rect(&self, [east, north, width, height]: [f64; 4]) -> MultiPolygon {
        self.ring(&[
            [east, north],
            [east + width, north],
            [east + width, north + height],
            [east, north + height],
        ])
    }

    /// Lanes of 1 m side by side from a point, each of its own length, as one outline.
    pub fn lanes(&self, [east, north]: [f64; 2], metres: &[i64]) -> MultiPolygon {
        let mut ring = vec![[east, north]];
        let mut across = east;
        for length in metres {
            let end = north + *length as f64;
            ring.extend([[across, end], [across + 1.0, end]]);
            across += 1.0;
        }
        ring.push([across, north]);
        ring.dedup();
        self.ring(&ring)
    }

    /// The outline, scaled about the corner until its geodesic area is `m2`.
    ///
    /// Stored positions are whole 1e-7 degrees, about a centimetre, which moves a hectare by up to
    /// half a square metre: of many shifts within that centimetre the one that comes closest is taken.
    pub fn scaled(&self, metres: &[[f64; 2]], m2: f64) -> MultiPolygon {
        let mut scale = 1.0;
        for _ in 0..4 {
            let now = measure::area(&self.ring(&times(metres, scale))).get();
            scale *= (m2 / now).sqrt();
        }
        let off = |shape: &MultiPolygon| (measure::area(shape).get() - m2).abs();
        let mut best = self.ring(&times(metres, scale));
        for step in 0..400 {
            let (east, north) = (
                f64::from(step % 20) * 0.000_6,
                f64::from(step / 20) * 0.000_6,
            );
            let moved: Vec<[f64; 2]> = times(metres, scale)
                .iter()
                .map(|[x, y]| [x + east, y + north])
                .collect();
            let shape = self.ring(&moved);
            if off(&shape) < off(&best) {
                best = shape;
            }
        }
        best
    }
}

fn times(points: &[[f64; 2]], scale: f64) -> Vec<[f64; 2]> {
    points
        .iter()
        .map(|[east, north]| [east * scale, north * scale])
        .collect()
}
