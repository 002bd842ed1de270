//! Overlay against Shapely and GeographicLib; see `goldens/make_overlay.py`.

use safelane_geometry::{Area, MultiPolygon, Ring, overlay, shown, validity};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    hazard: Ring,
    releases: Vec<Ring>,
    hazard_m2: f64,
    released_m2: f64,
    remaining_m2: f64,
}

fn cases() -> Vec<Case> {
    let cases: Vec<Case> = serde_json::from_str(include_str!("goldens/overlay.json")).unwrap();
    assert!(cases.len() >= 50);
    cases
}

fn agrees(ours: f64, theirs: f64, what: &str, case: usize) {
    let tolerance = 0.01;
    let off = (ours - theirs).abs();
    assert!(
        off < tolerance,
        "case {case}: {what} {ours}, expected {theirs}"
    );
}

#[test]
fn areas_of_overlays_agree_with_shapely_to_a_square_decimetre() {
    for (n, case) in cases().into_iter().enumerate() {
        let hazard = MultiPolygon::from_ring(case.hazard);
        let releases: Vec<_> = case
            .releases
            .into_iter()
            .map(MultiPolygon::from_ring)
            .collect();
        let remaining = overlay::difference(&hazard, &releases);
        agrees(Area::of(&hazard).area().get(), case.hazard_m2, "hazard", n);
        agrees(
            overlay::union(&releases).area().get(),
            case.released_m2,
            "released",
            n,
        );
        agrees(remaining.area().get(), case.remaining_m2, "remaining", n);
    }
}

#[test]
fn what_remains_is_drawn_valid_and_not_smaller() {
    for case in cases() {
        let hazard = MultiPolygon::from_ring(case.hazard);
        let releases: Vec<_> = case
            .releases
            .into_iter()
            .map(MultiPolygon::from_ring)
            .collect();
        let drawn = shown::remaining(&hazard, &releases);
        assert!(drawn.is_empty() || validity::is_valid(&drawn));
        let edge = 0.05 * safelane_geometry::measure::perimeter(&drawn).get();
        let size = safelane_geometry::measure::area(&drawn).get();
        assert!(
            (size - case.remaining_m2).abs() < edge + 0.5,
            "{size} {}",
            case.remaining_m2
        );
    }
}
