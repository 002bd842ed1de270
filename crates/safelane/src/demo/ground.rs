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
            shift: [0.0, 0.0],
        }
    }

    /// The plot of a hazardous area, shifted within two centimetres so that its stored outline comes
    /// closest to `m2`: stored positions are whole 1e-7 degrees, about a centimetre, which moves a
    /// hectare by up to half a square metre.
    pub fn plot_of(&self, corner_km: [f64; 2], outline: &[[f64; 2]], m2: f64) -> Plot {
        let mut plot = self.plot(corner_km);
        let mut best = (f64::INFINITY, plot.shift);
        for step in 0..400 {
            plot.shift = [f64::from(step % 20) * 0.001, f64::from(step / 20) * 0.001];
            let off = (measure::area(&plot.scaled(outline, m2)).get() - m2).abs();
            if off < best.0 {
                best = (off, plot.shift);
            }
        }
        plot.shift = best.1;
        plot
    }
}

/// Metres around the south-west corner of one hazardous area.
pub struct Plot {
    frame: LocalFrame,
    shift: [f64; 2],
}

impl Plot {
    pub fn at(&self, [east, north]: [f64; 2]) -> Position {
        self.frame.to_position(Planar {
            east: east + self.shift[0],
            north: north + self.shift[1],
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

    /// The outline, scaled about the corner until its geodesic area is `m2`, but for rounding.
    pub fn scaled(&self, metres: &[[f64; 2]], m2: f64) -> MultiPolygon {
        let now = measure::area(&self.ring(metres)).get();
        let scale = (m2 / now).sqrt();
        // A table's outline that has its square metres already is left as it is drawn.
        let scale = if (scale - 1.0).abs() < 1e-4 {
            1.0
        } else {
            scale
        };
        self.ring(&times(metres, scale))
    }
}

fn times(points: &[[f64; 2]], scale: f64) -> Vec<[f64; 2]> {
    points
        .iter()
        .map(|[east, north]| [east * scale, north * scale])
        .collect()
}
