//! A boundary by bearing and distance, as a team with compass and tape
//! measures it.
//!
//! The raw legs stay as they were read. The adjusted outline stands beside the
//! raw one and never in its place (`domain.md`, 2.4).

use geographiclib_rs::DirectGeodesic;
use serde::{Deserialize, Serialize};

use crate::local::{LocalFrame, Planar};
use crate::measure::WGS84;
use crate::position::Position;
use crate::units::Metres;

/// What a full circle is divided into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AngleUnit {
    /// 360 degrees.
    Degrees,
    /// 6,400 mils (NATO).
    Mils6400,
    /// 6,000 mils (Soviet pattern).
    Mils6000,
}

/// What a bearing is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "north")]
pub enum North {
    /// The pole.
    True,
    /// The north of a map grid.
    Grid {
        /// Convergence in degrees: true bearing less grid bearing.
        convergence: f64,
    },
    /// The compass needle.
    Magnetic {
        /// Declination in degrees, east positive, for the date of the
        /// measurement: true bearing less magnetic bearing.
        declination: f64,
    },
}

/// A bearing as read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bearing {
    /// The reading.
    pub value: f64,
    /// Its unit.
    pub unit: AngleUnit,
    /// What it is counted from.
    pub north: North,
}

/// One leg as read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// From the point that is known to the next.
    pub bearing: Bearing,
    /// Along the tape, millimetres.
    pub distance_mm: u32,
    /// Slope of the tape against the horizontal in degrees; none when it was
    /// held level.
    pub slope: Option<f64>,
}

/// How well a traverse closes (`domain.md`, 2.4, compass and tape).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Closure {
    /// Within 3 m or 2 % of its length, whichever is more.
    Good,
    /// Worse: measure again or say why not.
    Poor,
    /// More than 5 % off: not to be approved.
    Bad,
}

/// A traverse computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Traverse {
    /// The points as the legs give them, the start first; the end of the last
    /// leg is the last one, which in a closed traverse is the start again but
    /// for the misclosure.
    pub raw: Vec<Position>,
    /// The same points with the misclosure spread over the legs in proportion
    /// to their length (Bowditch); the last one is the point closed on.
    pub adjusted: Vec<Position>,
    /// From the point closed on to where the last leg ended.
    pub misclosure: Metres,
    /// Its east and north components.
    pub error: Planar,
    /// Length of all legs, level.
    pub length: Metres,
    /// How well it closes.
    pub closure: Closure,
}

impl Bearing {
    /// A bearing in degrees from true north.
    pub fn true_degrees(value: f64) -> Self {
        Self {
            value,
            unit: AngleUnit::Degrees,
            north: North::True,
        }
    }

    /// The bearing in degrees from true north, 0 to 360.
    pub fn to_true(self) -> f64 {
        let degrees = match self.unit {
            AngleUnit::Degrees => self.value,
            AngleUnit::Mils6400 => self.value * 360.0 / 6400.0,
            AngleUnit::Mils6000 => self.value * 360.0 / 6000.0,
        };
        let correction = match self.north {
            North::True => 0.0,
            North::Grid { convergence } => convergence,
            North::Magnetic { declination } => declination,
        };
        (degrees + correction).rem_euclid(360.0)
    }
}

impl Leg {
    /// Its length on the level.
    pub fn level(self) -> Metres {
        let slope = self.slope.unwrap_or(0.0).to_radians();
        Metres::new(f64::from(self.distance_mm) / 1000.0 * slope.cos())
    }
}

impl Traverse {
    /// A traverse that comes back to its start.
    pub fn closed(start: Position, legs: &[Leg]) -> Self {
        Self::between(start, start, legs)
    }

    /// A traverse from one known point to another.
    pub fn between(start: Position, end: Position, legs: &[Leg]) -> Self {
        let frame = LocalFrame::around(start);
        // Unrounded from leg to leg: bearings hold at each point's own north.
        let mut at = (start.lat_degrees(), start.lon_degrees());
        let mut raw = vec![start];
        let mut gone = vec![0.0];
        for leg in legs {
            let length = leg.level().get();
            at = WGS84.direct(at.0, at.1, leg.bearing.to_true(), length);
            raw.push(Position::nearest(at.1, at.0));
            gone.push(gone[gone.len() - 1] + length);
        }
        let length = gone[gone.len() - 1];
        let planar: Vec<_> = raw.iter().map(|&p| frame.to_planar(p)).collect();
        let error = planar[planar.len() - 1] - frame.to_planar(end);
        let misclosure = error.distance(Planar::default());
        let adjusted = planar.iter().zip(&gone).map(|(&point, &gone)| {
            let share = if length > 0.0 { gone / length } else { 0.0 };
            frame.to_position(point - error * share)
        });
        Self {
            adjusted: adjusted.collect(),
            misclosure: Metres::new(misclosure),
            error,
            length: Metres::new(length),
            closure: Closure::of(misclosure, length),
            raw,
        }
    }

    /// Length over misclosure, as in "1 in 200"; none when it closes within a
    /// millimetre.
    pub fn ratio(&self) -> Option<f64> {
        let e = self.misclosure.get();
        (e >= 0.001).then(|| self.length.get() / e)
    }
}

impl Closure {
    fn of(misclosure: f64, length: f64) -> Self {
        if misclosure <= (length * 0.02).max(3.0) {
            Self::Good
        } else if misclosure <= length * 0.05 {
            Self::Poor
        } else {
            Self::Bad
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    fn leg(bearing: f64, metres: u32) -> Leg {
        Leg {
            bearing: Bearing::true_degrees(bearing),
            distance_mm: metres * 1000,
            slope: None,
        }
    }

    fn start() -> Position {
        Position::from_degrees(18.41, 43.86).unwrap()
    }

    #[test]
    fn bearings_of_every_unit_and_north_come_to_true_degrees() {
        let of = |value, unit, north| Bearing { value, unit, north }.to_true();
        assert!((of(1600.0, AngleUnit::Mils6400, North::True) - 90.0).abs() < 1e-9);
        assert!((of(1500.0, AngleUnit::Mils6000, North::True) - 90.0).abs() < 1e-9);
        let magnetic = North::Magnetic { declination: 5.21 };
        assert!((of(357.0, AngleUnit::Degrees, magnetic) - 2.21).abs() < 1e-9);
        let grid = North::Grid { convergence: -1.8 };
        assert!((of(1.0, AngleUnit::Degrees, grid) - 359.2).abs() < 1e-9);
    }

    #[test]
    fn forgetting_the_declination_moves_the_end_of_150_m_by_13_6_m() {
        let legs = |declination| {
            let mut one = leg(30.0, 150);
            one.bearing.north = North::Magnetic { declination };
            [one]
        };
        let end = |d| Traverse::closed(start(), &legs(d)).raw[1];
        let off = measure::distance(end(5.2), end(0.0)).get();
        assert!((off - 13.6).abs() < 0.05, "{off}");
    }

    #[test]
    fn a_square_closes_and_keeps_its_corners() {
        let legs = [
            leg(0.0, 100),
            leg(90.0, 100),
            leg(180.0, 100),
            leg(270.0, 100),
        ];
        let traverse = Traverse::closed(start(), &legs);
        assert_eq!(traverse.closure, Closure::Good);
        assert!(traverse.misclosure.get() < 0.02);
        assert!((traverse.length.get() - 400.0).abs() < 1e-9);
    }

    #[test]
    fn the_misclosure_is_spread_by_length_and_the_raw_points_stay() {
        let legs = [
            leg(0.0, 100),
            leg(90.0, 200),
            leg(180.0, 110),
            leg(270.0, 200),
        ];
        let traverse = Traverse::closed(start(), &legs);
        assert!((traverse.misclosure.get() - 10.0).abs() < 0.02);
        assert!((traverse.error.north + 10.0).abs() < 0.02);
        assert!((traverse.ratio().unwrap() - 61.0).abs() < 0.5);
        assert_eq!(traverse.closure, Closure::Good, "10 m in 610 m");
        assert_eq!(traverse.adjusted[4], start());
        let shift = measure::distance(traverse.raw[1], traverse.adjusted[1]).get();
        assert!((shift - 10.0 * 100.0 / 610.0).abs() < 0.02, "{shift}");
    }

    #[test]
    fn closure_is_judged_by_length() {
        assert_eq!(Closure::of(2.9, 20.0), Closure::Good);
        assert_eq!(Closure::of(25.0, 1000.0), Closure::Poor);
        assert_eq!(Closure::of(51.0, 1000.0), Closure::Bad);
    }

    #[test]
    fn a_sloping_tape_is_brought_to_the_level() {
        let mut one = leg(0.0, 100);
        one.slope = Some(-25.0);
        assert!((one.level().get() - 90.630_778).abs() < 1e-5);
    }
}
