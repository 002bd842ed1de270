//! Metres around a stated centre, never mixed with longitude and latitude.

use geographiclib_rs::{DirectGeodesic, InverseGeodesic};

use crate::measure::{A, E2, WGS84};
use crate::position::Position;

/// A point in a [`LocalFrame`], metres east and north of its centre.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Planar {
    /// Metres towards true east.
    pub east: f64,
    /// Metres towards true north.
    pub north: f64,
}

/// An azimuthal equidistant plane about a centre.
///
/// Distance and bearing from the centre are exact. Between other points the
/// scale is off by up to (r/R)²/6 at distance r: 1e-7 at 5 km, 1e-5 at 50 km.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalFrame {
    center: Position,
}

impl Planar {
    /// The point `distance` metres away at `bearing` degrees from north.
    #[must_use]
    pub fn moved(self, bearing: f64, distance: f64) -> Self {
        let (sin, cos) = bearing.to_radians().sin_cos();
        Self {
            east: self.east + distance * sin,
            north: self.north + distance * cos,
        }
    }

    /// Metres to another point.
    pub fn distance(self, other: Self) -> f64 {
        (other.east - self.east).hypot(other.north - self.north)
    }

    /// Bearing to another point, degrees from north, 0 to 360.
    pub fn bearing(self, other: Self) -> f64 {
        (other.east - self.east)
            .atan2(other.north - self.north)
            .to_degrees()
            .rem_euclid(360.0)
    }
}

impl std::ops::Add for Planar {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            east: self.east + other.east,
            north: self.north + other.north,
        }
    }
}

impl std::ops::Sub for Planar {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            east: self.east - other.east,
            north: self.north - other.north,
        }
    }
}

impl std::ops::Mul<f64> for Planar {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        Self {
            east: self.east * by,
            north: self.north * by,
        }
    }
}

impl LocalFrame {
    /// The plane about a centre.
    pub fn around(center: Position) -> Self {
        Self { center }
    }

    /// The centre, where east and north are 0.
    pub fn center(self) -> Position {
        self.center
    }

    /// A position on the plane.
    pub fn to_planar(self, position: Position) -> Planar {
        let (distance, bearing, _, _): (f64, f64, f64, f64) = WGS84.inverse(
            self.center.lat_degrees(),
            self.center.lon_degrees(),
            position.lat_degrees(),
            position.lon_degrees(),
        );
        Planar::default().moved(bearing, distance)
    }

    /// The position of a point on the plane, rounded to 1e-7 degree.
    pub fn to_position(self, point: Planar) -> Position {
        let (lon, lat) = self.to_degrees(point);
        Position::nearest(lon, lat)
    }

    /// Longitude and latitude of a point on the plane, in degrees.
    pub(crate) fn to_degrees(self, point: Planar) -> (f64, f64) {
        let (lat, lon): (f64, f64) = WGS84.direct(
            self.center.lat_degrees(),
            self.center.lon_degrees(),
            Planar::default().bearing(point),
            Planar::default().distance(point),
        );
        (lon, lat)
    }
}

/// A fast and rough measure about a place, to choose by: metres of 1e-7
/// degree east and north.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    center: Position,
    east: f64,
    north: f64,
}

impl Scale {
    /// The scale at a place.
    pub(crate) fn at(center: Position) -> Self {
        let phi = center.lat_degrees().to_radians();
        let w2 = 1.0 - E2 * phi.sin().powi(2);
        let unit = 1e-7_f64.to_radians();
        Self {
            center,
            east: A * phi.cos() / w2.sqrt() * unit,
            north: A * (1.0 - E2) / (w2 * w2.sqrt()) * unit,
        }
    }

    pub(crate) fn east(self) -> f64 {
        self.east
    }

    pub(crate) fn north(self) -> f64 {
        self.north
    }

    /// Roughly where a position lies from the centre.
    pub(crate) fn to_planar(self, p: Position) -> Planar {
        let around = 3_600_000_000.0;
        let lon = f64::from(p.lon_e7()) - f64::from(self.center.lon_e7());
        Planar {
            east: (lon - (lon / around).round() * around) * self.east,
            north: (f64::from(p.lat_e7()) - f64::from(self.center.lat_e7())) * self.north,
        }
    }

    /// Roughly how far the centre is from an edge, metres.
    pub(crate) fn distance(self, (a, b): (Position, Position)) -> f64 {
        let [a, b] = [a, b].map(|p| self.to_planar(p));
        let way = b - a;
        let length2 = way.east * way.east + way.north * way.north;
        let share = if length2 > 0.0 {
            (-(a.east * way.east + a.north * way.north) / length2).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (a + way * share).distance(Planar::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plane_goes_there_and_back() {
        let frame = LocalFrame::around(Position::from_degrees(103.2, 13.1).unwrap());
        let there = Position::from_degrees(103.21, 13.08).unwrap();
        assert_eq!(frame.to_position(frame.to_planar(there)), there);
        assert_eq!(frame.to_position(Planar::default()), frame.center());
    }

    #[test]
    fn bearings_run_from_north_with_the_clock() {
        let east = Planar {
            east: 5.0,
            north: 0.0,
        };
        assert!((Planar::default().bearing(east) - 90.0).abs() < 1e-12);
        let back = Planar::default().moved(90.0, 5.0);
        assert!(back.distance(east) < 1e-12);
    }
}
