//! The grid on which overlays are computed: 1,024 steps to 1e-7 degree, about
//! 0.01 mm. Stored positions lie on it exactly; points on geodesics and
//! crossings are rounded to it.

use geographiclib_rs::{DirectGeodesic, InverseGeodesic};

use crate::measure::{A, E2, WGS84};
use crate::position::{E7, Position};

/// Steps of the fine grid in 1e-7 degree.
pub(crate) const STEPS: i64 = 1024;
const PER_DEGREE: f64 = E7 * STEPS as f64;

/// Edges longer than this get points on their geodesic before an overlay
/// (`design.md`, 5), metres.
const DENSE_M: f64 = 50.0;
/// Up to this length points on the geodesic come from a series.
const SERIES_M: f64 = 500.0;

/// A point of the fine grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fine {
    pub lon: i64,
    pub lat: i64,
}

impl From<Position> for Fine {
    fn from(p: Position) -> Self {
        Self {
            lon: i64::from(p.lon_e7()) * STEPS,
            lat: i64::from(p.lat_e7()) * STEPS,
        }
    }
}

impl Fine {
    pub(crate) fn from_degrees(lon: f64, lat: f64) -> Self {
        Self {
            lon: (lon * PER_DEGREE).round() as i64,
            lat: (lat * PER_DEGREE).round() as i64,
        }
    }

    /// Longitude and latitude in degrees.
    pub(crate) fn degrees(self) -> (f64, f64) {
        (self.lon as f64 / PER_DEGREE, self.lat as f64 / PER_DEGREE)
    }

    /// The stored positions at the corners of the cell in which it lies.
    pub(crate) fn cell(self) -> [Position; 4] {
        let (west, south) = (self.lon.div_euclid(STEPS), self.lat.div_euclid(STEPS));
        let (east, north) = (
            -(-self.lon).div_euclid(STEPS),
            -(-self.lat).div_euclid(STEPS),
        );
        [(west, south), (east, south), (east, north), (west, north)]
            .map(|(lon, lat)| Position::nearest(lon as f64 / E7, lat as f64 / E7))
    }

    /// The nearest stored position.
    pub(crate) fn position(self) -> Position {
        let (lon, lat) = self.degrees();
        Position::nearest(lon, lat)
    }
}

/// Appends `from` and the points on the geodesic between it and `to`, no two
/// further apart than 50 m; without `to`.
///
/// An edge gives the same points in both directions, so that shapes that share
/// an edge still share it.
pub(crate) fn densify(from: Position, to: Position, out: &mut Vec<Fine>) {
    out.push(from.into());
    let begin = out.len();
    let (low, high) = if from <= to { (from, to) } else { (to, from) };
    points_between(low, high, out);
    if from > to {
        out[begin..].reverse();
    }
}

fn points_between(low: Position, high: Position, out: &mut Vec<Fine>) {
    let edge = Edge::new(low, high);
    if edge.length <= DENSE_M {
        return;
    }
    if edge.length <= SERIES_M {
        let pieces = (edge.length / DENSE_M).ceil();
        out.extend((1..pieces as u32).map(|i| edge.at(f64::from(i) / pieces)));
        return;
    }
    let (lat, lon) = (low.lat_degrees(), low.lon_degrees());
    let (length, bearing, _, _): (f64, f64, f64, f64) =
        WGS84.inverse(lat, lon, high.lat_degrees(), high.lon_degrees());
    let pieces = (length / DENSE_M).ceil();
    let mut previous = lon;
    for i in 1..pieces as u32 {
        let (lat, lon): (f64, f64) =
            WGS84.direct(lat, lon, bearing, length * f64::from(i) / pieces);
        // Stay on the side of the antimeridian on which the edge began.
        let lon = lon + ((previous - lon) / 360.0).round() * 360.0;
        previous = lon;
        out.push(Fine::from_degrees(lon, lat));
    }
}

/// A short edge with the second derivatives of its geodesic.
struct Edge {
    lon: f64,
    lat: f64,
    dlon: f64,
    dlat: f64,
    bend_lon: f64,
    bend_lat: f64,
    length: f64,
}

impl Edge {
    /// From the geodesic equations in longitude λ and latitude φ, with the
    /// radii R of the parallel and M of the meridian: φ'' = −(M'/M)·φ'² −
    /// (R·sin φ/M)·λ'² and λ'' = 2·(M·sin φ/R)·φ'·λ'.
    fn new(low: Position, high: Position) -> Self {
        let dlon = (high.lon_degrees() - low.lon_degrees()).to_radians();
        let dlat = (high.lat_degrees() - low.lat_degrees()).to_radians();
        let (sin, cos) = f64::midpoint(low.lat_degrees(), high.lat_degrees())
            .to_radians()
            .sin_cos();
        let w2 = 1.0 - E2 * sin * sin;
        let parallel = A * cos / w2.sqrt();
        let meridian = A * (1.0 - E2) / (w2 * w2.sqrt());
        let change = 3.0 * E2 * sin * cos / w2;
        Self {
            lon: low.lon_degrees(),
            lat: low.lat_degrees(),
            dlon: dlon.to_degrees(),
            dlat: dlat.to_degrees(),
            bend_lon: (2.0 * meridian * sin / parallel * dlat * dlon).to_degrees(),
            bend_lat: (-change * dlat * dlat - parallel * sin / meridian * dlon * dlon)
                .to_degrees(),
            length: (parallel * dlon).hypot(meridian * dlat),
        }
    }

    /// The point at a share of the way.
    fn at(&self, t: f64) -> Fine {
        let bend = t * (t - 1.0) / 2.0;
        Fine::from_degrees(
            self.lon + t * self.dlon + bend * self.bend_lon,
            self.lat + t * self.dlat + bend * self.bend_lat,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;
    use crate::units::Metres;

    fn off_line(from: Position, to: Position) -> (usize, f64) {
        let mut points = Vec::new();
        densify(from, to, &mut points);
        let way = measure::inverse(from, to);
        let worst = points[1..].iter().map(|p| {
            let (lon, lat) = p.degrees();
            let (d, bearing, _, _): (f64, f64, f64, f64) =
                WGS84.inverse(from.lat_degrees(), from.lon_degrees(), lat, lon);
            let turn = (bearing.rem_euclid(360.0) - way.bearing).to_radians();
            (d * turn.sin()).abs()
        });
        (points.len(), worst.fold(0.0, f64::max))
    }

    #[test]
    fn points_lie_on_the_geodesic_within_a_tenth_of_a_millimetre() {
        for (lon, lat) in [(18.41, 43.86), (102.6, 12.85), (25.0, 68.0), (30.0, -33.0)] {
            let from = Position::from_degrees(lon, lat).unwrap();
            for (bearing, length) in [(77.0, 499.0), (200.0, 290.0), (95.0, 3_990.0)] {
                let to = measure::direct(from, bearing, Metres::new(length));
                let (count, worst) = off_line(from, to);
                assert_eq!(count, (length / 50.0_f64).ceil() as usize);
                assert!(worst < 1e-4, "{worst} at {lat}, {bearing}, {length}");
            }
        }
    }

    #[test]
    fn an_edge_has_the_same_points_in_both_directions() {
        let a = Position::from_degrees(18.41, 43.86).unwrap();
        let b = Position::from_degrees(18.43, 43.85).unwrap();
        let (mut there, mut back) = (Vec::new(), Vec::new());
        densify(a, b, &mut there);
        densify(b, a, &mut back);
        back[1..].reverse();
        assert_eq!(there[1..], back[1..]);
    }
}
