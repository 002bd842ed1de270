//! The day's m² from the lanes that were worked, and the lanes on the map.

use serde::{Deserialize, Serialize};

use crate::fine::Fine;
use crate::local::{LocalFrame, Planar};
use crate::overlay::Area;
use crate::position::Position;
use crate::repair::settle_inward;
use crate::shape::{MultiPolygon, Polygon, Ring};

/// One lane as taped: how far it was worked and how wide it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lane {
    /// Worked length, millimetres.
    pub length_mm: u32,
    /// Width across the lane, millimetres.
    pub width_mm: u32,
}

/// Where lanes begin and which way they run; bearings in degrees from true
/// north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BaseLine {
    /// The near corner of the first lane.
    pub start: Position,
    /// From lane to lane along the base line.
    pub along: f64,
    /// The way that the lanes are worked.
    pub lanes: f64,
}

/// The area of lanes in whole square decimetres, exact from the millimetres and
/// rounded once at the end (a half up).
pub fn area_dm2(lanes: &[Lane]) -> u64 {
    let mm2: u128 = lanes
        .iter()
        .map(|lane| u128::from(lane.length_mm) * u128::from(lane.width_mm))
        .sum();
    u64::try_from((mm2 + 5_000) / 10_000).unwrap_or(u64::MAX)
}

/// Uncertainty (one sigma) of [`area_dm2`] in whole square decimetres, when
/// each length and each width has the given standard deviation.
pub fn uncertainty_dm2(lanes: &[Lane], length_sigma_mm: u32, width_sigma_mm: u32) -> u64 {
    let (sl, sw) = (f64::from(length_sigma_mm), f64::from(width_sigma_mm));
    let mm4: f64 = lanes
        .iter()
        .map(|lane| {
            let (l, w) = (f64::from(lane.length_mm), f64::from(lane.width_mm));
            (w * sl).powi(2) + (l * sw).powi(2)
        })
        .sum();
    (mm4.sqrt() / 10_000.0).round() as u64
}

/// The lanes side by side from a base line: one polygon for each run of lanes
/// that were worked. Its area is that of the lanes but for rounding; empty when
/// nothing was worked or the lanes run along the base line.
pub fn strip(base: BaseLine, lanes: &[Lane]) -> MultiPolygon {
    let turn = (base.lanes - base.along).to_radians().sin();
    // Lanes at less than 6 degrees to their base line are a mistyped bearing.
    if turn.abs() < 0.1 {
        return MultiPolygon::default();
    }
    let frame = LocalFrame::around(base.start);
    let mut near = Planar::default();
    let mut polygons = Vec::new();
    let mut run = Run::default();
    for lane in lanes {
        let next = near.moved(base.along, f64::from(lane.width_mm) / 1000.0 / turn.abs());
        let length = f64::from(lane.length_mm) / 1000.0;
        if lane.length_mm == 0 {
            polygons.extend(std::mem::take(&mut run).close(frame));
        } else if lane.width_mm > 0 {
            run.near.extend([near, next]);
            let far = [near, next].map(|p| p.moved(base.lanes, length));
            run.far.extend(far);
        }
        near = next;
    }
    polygons.extend(run.close(frame));
    MultiPolygon(polygons).oriented()
}

/// The part of worked ground that lies in a hazard; progress is drawn inside
/// its hazard and never beyond.
pub fn inside(worked: &MultiPolygon, hazard: &MultiPolygon) -> MultiPolygon {
    let common = Area::straight(worked).intersection(&Area::straight(hazard));
    settle_inward(&common).unwrap_or_default()
}

#[derive(Default)]
struct Run {
    near: Vec<Planar>,
    far: Vec<Planar>,
}

impl Run {
    fn close(self, frame: LocalFrame) -> Option<Polygon> {
        let ends = [*self.near.first()?, *self.near.last()?];
        let outline = self.far.into_iter().rev().chain(ends);
        let mut positions: Vec<_> = outline.map(|p| frame.to_position(p)).collect();
        positions.dedup();
        drop_flat(&mut positions);
        (positions.len() > 2).then(|| Polygon::new(Ring::new(positions)))
    }
}

/// Leaves out the corners between lanes of one length.
fn drop_flat(positions: &mut Vec<Position>) {
    let mut i = 1;
    while i + 1 < positions.len() {
        let line = [positions[i - 1], positions[i], positions[i + 1]].map(Fine::from);
        // Within half a step of rounding of the straight line.
        if crate::rounding::off_line(line) < 0.75 {
            positions.remove(i);
        } else {
            i += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;
    use crate::validity;

    fn lanes(metres: &[(u32, u32)]) -> Vec<Lane> {
        let lane = |&(l, w): &(u32, u32)| Lane {
            length_mm: l,
            width_mm: w,
        };
        metres.iter().map(lane).collect()
    }

    fn base(along: f64, lanes: f64) -> BaseLine {
        let start = Position::from_degrees(103.2, 13.1).unwrap();
        BaseLine {
            start,
            along,
            lanes,
        }
    }

    #[test]
    fn m2_of_lanes_are_exact_and_rounded_once() {
        assert_eq!(area_dm2(&lanes(&[(25_000, 1_000); 4])), 10_000);
        // 0.6 dm² three times is 2 dm², not three times 1.
        assert_eq!(area_dm2(&lanes(&[(100, 60); 3])), 2);
        assert_eq!(area_dm2(&[]), 0);
        assert_eq!(
            area_dm2(&lanes(&[(u32::MAX, u32::MAX); 2])),
            3_689_348_813_023_923
        );
    }

    #[test]
    fn uncertainties_add_as_independent_errors_do() {
        // One lane 50 m × 1 m, 50 mm on either: √(0.05² + 2.5²) m².
        assert_eq!(uncertainty_dm2(&lanes(&[(50_000, 1_000)]), 50, 50), 250);
        assert_eq!(uncertainty_dm2(&lanes(&[(50_000, 1_000); 4]), 50, 50), 500);
    }

    #[test]
    fn a_strip_has_the_area_of_its_lanes() {
        let lanes = lanes(&[
            (25_000, 1_000),
            (25_000, 1_000),
            (18_500, 1_000),
            (30_000, 1_500),
        ]);
        for (along, across) in [(90.0, 0.0), (200.0, 110.0), (45.0, 120.0)] {
            let shape = strip(base(along, across), &lanes);
            assert!(validity::is_valid(&shape));
            let (drawn, worked) = (measure::area(&shape).get(), area_dm2(&lanes) as f64 / 100.0);
            assert!(
                (drawn - worked).abs() < worked * 0.02,
                "{drawn} for {worked}"
            );
        }
    }

    #[test]
    fn a_lane_not_worked_parts_the_strip() {
        let lanes = lanes(&[(25_000, 1_000), (0, 1_000), (25_000, 1_000)]);
        let shape = strip(base(90.0, 0.0), &lanes);
        assert_eq!(shape.polygons().len(), 2);
        assert!(validity::is_valid(&shape));
        assert!(strip(base(90.0, 0.0), &lanes[1..2]).is_empty());
        assert!(strip(base(90.0, 91.0), &lanes).is_empty());
    }

    #[test]
    fn progress_is_drawn_inside_its_hazard() {
        let hazard = strip(base(90.0, 0.0), &lanes(&[(20_000, 20_000)]));
        let worked = strip(base(90.0, 0.0), &lanes(&[(25_000, 5_000)]));
        let drawn = measure::area(&inside(&worked, &hazard)).get();
        assert!((drawn - 100.0).abs() < 1.0, "{drawn}");
    }
}
