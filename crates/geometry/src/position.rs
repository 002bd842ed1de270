//! A place on the ground as it is stored and signed.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Units of 1e-7 degree in one degree.
pub const E7: f64 = 1e7;
const LON_LIMIT: i64 = 1_800_000_000;
const LAT_LIMIT: i64 = 900_000_000;

/// A position on WGS 84, in whole units of 1e-7 degree (about 11 mm).
///
/// Ordered by longitude, then latitude. Stored as `[lon, lat]` integers.
///
/// ```
/// use safelane_geometry::Position;
/// let sarajevo = Position::from_degrees(18.41, 43.86).unwrap();
/// assert_eq!(sarajevo.lon_e7(), 184_100_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    lon: i32,
    lat: i32,
}

/// Why two numbers are no position.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PositionProblem {
    /// The number is no number at all.
    #[error("the coordinate is not a finite number")]
    NotFinite,
    /// Beyond 180 degrees west or east.
    #[error("longitude {degrees} is outside -180 to 180 degrees")]
    Longitude {
        /// What was given, in degrees.
        degrees: f64,
    },
    /// Beyond 90 degrees south or north.
    #[error("latitude {degrees} is outside -90 to 90 degrees")]
    Latitude {
        /// What was given, in degrees.
        degrees: f64,
    },
}

impl PositionProblem {
    /// The stable code of this problem (`trust.md`, 3.1).
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFinite => "geom.non_finite",
            Self::Longitude { .. } | Self::Latitude { .. } => "geom.out_of_range",
        }
    }
}

impl Position {
    /// A position from longitude and latitude in units of 1e-7 degree.
    pub fn try_new_e7(lon: impl Into<i64>, lat: impl Into<i64>) -> Result<Self, PositionProblem> {
        let (lon, lat) = (lon.into(), lat.into());
        if !(-LON_LIMIT..=LON_LIMIT).contains(&lon) {
            return Err(PositionProblem::Longitude {
                degrees: lon as f64 / E7,
            });
        }
        if !(-LAT_LIMIT..=LAT_LIMIT).contains(&lat) {
            return Err(PositionProblem::Latitude {
                degrees: lat as f64 / E7,
            });
        }
        Ok(Self {
            lon: lon as i32,
            lat: lat as i32,
        })
    }

    /// A position from longitude and latitude in degrees, rounded to 1e-7.
    pub fn from_degrees(lon: f64, lat: f64) -> Result<Self, PositionProblem> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(PositionProblem::NotFinite);
        }
        // The cast saturates, so that 1e308 is out of range and not wrapped.
        Self::try_new_e7((lon * E7).round() as i64, (lat * E7).round() as i64).map_err(|problem| {
            match problem {
                PositionProblem::Longitude { .. } => PositionProblem::Longitude { degrees: lon },
                PositionProblem::Latitude { .. } => PositionProblem::Latitude { degrees: lat },
                PositionProblem::NotFinite => problem,
            }
        })
    }

    /// The nearest position to a computed point: longitude is taken round the
    /// earth into range, latitude is held at the poles.
    ///
    /// For results of our own arithmetic only; what comes from outside goes
    /// through [`Position::from_degrees`]. A number that is none becomes 0.
    pub(crate) fn nearest(lon: f64, lat: f64) -> Self {
        let lon = if (-180.0..=180.0).contains(&lon) {
            lon
        } else {
            (lon + 180.0).rem_euclid(360.0) - 180.0
        };
        Self {
            lon: (lon * E7).round() as i32,
            lat: (lat.clamp(-90.0, 90.0) * E7).round() as i32,
        }
    }

    /// Longitude in degrees, east positive.
    pub fn lon_degrees(self) -> f64 {
        f64::from(self.lon) / E7
    }

    /// Latitude in degrees, north positive.
    pub fn lat_degrees(self) -> f64 {
        f64::from(self.lat) / E7
    }

    /// Longitude in units of 1e-7 degree.
    pub fn lon_e7(self) -> i32 {
        self.lon
    }

    /// Latitude in units of 1e-7 degree.
    pub fn lat_e7(self) -> i32 {
        self.lat
    }

    /// The position with longitude and latitude exchanged, when that is one.
    pub fn swapped(self) -> Option<Self> {
        Self::try_new_e7(self.lat, self.lon).ok()
    }

    /// The position in degrees for the `geo` crate (x longitude, y latitude).
    pub fn to_geo(self) -> geo::Coord<f64> {
        geo::Coord {
            x: self.lon_degrees(),
            y: self.lat_degrees(),
        }
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.lon, self.lat).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (lon, lat) = <(i64, i64)>::deserialize(deserializer)?;
        Self::try_new_e7(lon, lat).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_rounded_to_1e_7_and_minus_zero_is_zero() {
        let p = Position::from_degrees(18.123_456_749, -0.000_000_01).unwrap();
        assert_eq!((p.lon_e7(), p.lat_e7()), (181_234_567, 0));
        assert_eq!(serde_json::to_string(&p).unwrap(), "[181234567,0]");
    }

    #[test]
    fn the_whole_earth_and_nothing_beyond_is_a_position() {
        assert!(Position::try_new_e7(1_800_000_000, -900_000_000).is_ok());
        let far = [(181.0, 0.0), (0.0, 91.0), (1e308, 0.0), (0.0, -1e308)];
        for (lon, lat) in far {
            let problem = Position::from_degrees(lon, lat).unwrap_err();
            assert_eq!(problem.code(), "geom.out_of_range");
        }
        let problem = Position::from_degrees(f64::NAN, 0.0).unwrap_err();
        assert_eq!(problem.code(), "geom.non_finite");
    }

    #[test]
    fn only_two_whole_numbers_in_range_are_read() {
        assert!(serde_json::from_str::<Position>("[184100000,438600000]").is_ok());
        for bad in [
            "[18.41,43.86]",
            "[1,2,3]",
            "[1]",
            "[1900000000,0]",
            "[0,900000001]",
        ] {
            assert!(serde_json::from_str::<Position>(bad).is_err(), "{bad}");
        }
    }
}
