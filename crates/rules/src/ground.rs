//! Areas as the rules count them: whole square decimetres, the unit in which sums close.

use safelane_geometry::{
    Area, Bbox, LocalFrame, Metres, MultiPolygon, Planar, Position, SquareMetres, measure,
};
use safelane_model::{Place, Statistic};

/// Square decimetres. Results of overlays are compared to 0.01 m² (design section 5).
pub type Dm2 = i64;

/// The size of an overlay's result.
pub fn size(area: &Area) -> Dm2 {
    dm2(area.area())
}

/// Whole square decimetres.
pub fn dm2(area: SquareMetres) -> Dm2 {
    area.to_dm2() as Dm2
}

/// What of the first shape the second does not cover.
pub fn lost(before: &MultiPolygon, after: &MultiPolygon) -> Dm2 {
    if before == after {
        return 0;
    }
    size(&Area::of(before).difference([&Area::of(after)]))
}

/// How far two positions are apart, in whole millimetres.
pub fn apart_mm(a: Position, b: Position) -> i64 {
    (measure::distance(a, b).get() * 1_000.0).round() as i64
}

/// Metres from a position to a shape along the ground; 0 inside it. None for an empty shape.
pub fn distance_to(shape: &MultiPolygon, at: Position) -> Option<f64> {
    let (inside, edge) = lie(shape, at)?;
    Some(if inside { 0.0 } else { edge })
}

/// Metres from a position to the edge of the shape that it lies in; none outside it.
pub fn distance_within(shape: &MultiPolygon, at: Position) -> Option<f64> {
    let (inside, edge) = lie(shape, at)?;
    inside.then_some(edge)
}

/// Whether a position lies in a shape, and how far it is from its edge, in metres.
///
/// Measured in the plane about the position, where distances from it are exact.
fn lie(shape: &MultiPolygon, at: Position) -> Option<(bool, f64)> {
    let frame = LocalFrame::around(at);
    let mut nearest: Option<f64> = None;
    let mut inside = false;
    for ring in shape.rings() {
        let points: Vec<Planar> = ring
            .positions()
            .iter()
            .map(|p| frame.to_planar(*p))
            .collect();
        let next = points.iter().cycle().skip(1);
        for (a, b) in points.iter().zip(next) {
            let distance = from_origin(*a, *b);
            nearest = Some(nearest.map_or(distance, |least| least.min(distance)));
            // An odd number of edges to the east: inside, holes included.
            if (a.north > 0.0) != (b.north > 0.0) {
                let east = a.east + (b.east - a.east) * a.north / (a.north - b.north);
                inside ^= east > 0.0;
            }
        }
    }
    nearest.map(|edge| (inside, edge))
}

fn from_origin(a: Planar, b: Planar) -> f64 {
    let along = b - a;
    let length2 = along.east * along.east + along.north * along.north;
    let share = if length2 > 0.0 {
        (-(a.east * along.east + a.north * along.north) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (a + along * share).distance(Planar::default())
}

/// The radius that holds 95 % of a figure of accuracy, in metres; one whose statistic is not
/// stated counts 1.62 times, as the radius of 68 % that it may be (S8).
pub fn radius95(accuracy_mm: i64, statistic: Statistic) -> f64 {
    let metres = accuracy_mm as f64 / 1_000.0;
    metres
        * match statistic {
            Statistic::Radius95 => 1.0,
            Statistic::Radius68 | Statistic::NotStated => 1.62,
            Statistic::Sigma => 2.45,
        }
}

/// How far a position may be off, 95 %, in metres; nothing when it states no accuracy.
pub fn uncertainty(place: &Place) -> f64 {
    place
        .accuracy_mm
        .map_or(0.0, |mm| radius95(mm, place.statistic))
}

/// The box widened by metres on every side.
pub fn widened(bbox: Bbox, metres: f64) -> Bbox {
    bbox.widened(Metres::new(metres))
}
