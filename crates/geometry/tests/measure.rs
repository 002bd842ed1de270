//! Measure against GeographicLib's Planimeter and GeodSolve.

mod common;

use common::{number, rows};
use safelane_geometry::{MultiPolygon, Position, Ring, measure};

fn position(lat: f64, lon: f64) -> Position {
    Position::from_degrees(lon, lat).unwrap()
}

#[test]
fn areas_and_perimeters_agree_with_planimeter() {
    for row in rows("polygon_area.csv") {
        let (n, perimeter, area) = (number(&row, 0), number(&row, 1), number(&row, 2));
        let numbers: Vec<f64> = row[3].split(' ').map(|c| c.parse().unwrap()).collect();
        let ring: Ring = numbers.chunks(2).map(|c| position(c[0], c[1])).collect();
        assert_eq!(ring.len(), n as usize);
        let ours = measure::ring_area(&ring);
        // Planimeter's own figure is good to about 1e-4 m² for small shapes.
        let tolerance = 1e-3 + area.abs() * 1e-11;
        assert!(
            (ours - area).abs() < tolerance,
            "{n} corners: {ours} for {area}"
        );
        let ours = measure::perimeter(&MultiPolygon::from_ring(ring)).get();
        assert!((ours - perimeter).abs() < 1e-5, "{ours} for {perimeter}");
    }
}

#[test]
fn distances_and_bearings_agree_with_geodsolve() {
    for row in rows("geodesic_inverse.csv") {
        let from = position(number(&row, 0), number(&row, 1));
        let to = position(number(&row, 2), number(&row, 3));
        let way = measure::inverse(from, to);
        let distance = number(&row, 6);
        assert!((way.distance.get() - distance).abs() < 2e-6, "{row:?}");
        let turn = |ours: f64, theirs: f64| (ours - theirs + 540.0).rem_euclid(360.0) - 180.0;
        assert!(turn(way.bearing, number(&row, 4)).abs() < 1e-8, "{row:?}");
        assert!(turn(way.arrival, number(&row, 5)).abs() < 1e-8, "{row:?}");
    }
}
