//! Areas as the rules count them: whole square decimetres, the unit in which sums close.

use safelane_geometry::{Area, MultiPolygon, Position, SquareMetres, measure};

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
