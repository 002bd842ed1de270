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
            turn: 0.0,
        }
    }

    /// The same, turned by less than half a degree so that its stored outlines come closest to their
    /// m²: stored positions are whole 1e-7 degrees, about a centimetre, which moves an outline of
    /// many hectares by some square metres.
    pub fn plot_of(&self, corner_km: [f64; 2], outlines: &[Outline<'_>]) -> Plot {
        let mut plot = self.plot(corner_km);
        let mut best = (f64::INFINITY, plot.turn);
        for step in 0..TURNS {
            plot.turn = f64::from(step) * TURN;
            let off = |(ring, m2): &Outline<'_>| {
                (measure::area(&plot.scaled(ring, *m2)).get() - m2).abs()
            };
            let worst = outlines.iter().map(off).fold(0.0, f64::max);
            if worst < best.0 {
                best = (worst, plot.turn);
            }
            if worst < GOOD_M2 {
                break;
            }
        }
        plot.turn = best.1;
        plot
    }
}

/// Metres from a corner, and the m² that they are to enclose.
pub type Outline<'a> = (&'a [[f64; 2]], f64);

/// Turns that are tried, radians of each, and what is good enough.
const TURNS: i32 = 3_000;
const TURN: f64 = 2.7e-6;
const GOOD_M2: f64 = 0.04;

/// The m² that metres enclose on a plane.
pub fn planar_m2(ring: &[[f64; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let twice: f64 = ring
        .iter()
        .zip(next)
        .map(|([x0, y0], [x1, y1])| x0 * y1 - x1 * y0)
        .sum();
    twice.abs() / 2.0
}

/// Metres around the south-west corner of one hazardous area.
pub struct Plot {
    frame: LocalFrame,
    /// Radians against the clock.
    turn: f64,
}

impl Plot {
    pub fn at(&self, [east, north]: [f64; 2]) -> Position {
        let (sin, cos) = self.turn.sin_cos();
        self.frame.to_position(Planar {
            east: east * cos - north * sin,
            north: east * sin + north * cos,
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
