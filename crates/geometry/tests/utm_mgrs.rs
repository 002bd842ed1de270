//! UTM and MGRS against GeoConvert.

mod common;

use common::{number, rows};
use safelane_geometry::typed::{self, Format, Letters};
use safelane_geometry::utm::{Utm, mgrs, zone_of};

/// GeoConvert goes over to the poles' own grid there.
fn polar(lat: f64) -> bool {
    !(-80.0..84.0).contains(&lat)
}

#[test]
fn utm_agrees_with_geoconvert_to_a_millimetre() {
    for row in rows("utm_mgrs.csv") {
        let (lat, lon) = (number(&row, 0), number(&row, 1));
        if polar(lat) {
            assert!(Utm::from_degrees(lat, lon).is_err());
            continue;
        }
        let utm = Utm::from_degrees(lat, lon).unwrap();
        let hemisphere = if utm.north { 'n' } else { 's' };
        assert_eq!(format!("{:02}{hemisphere}", utm.zone), row[2], "{row:?}");
        assert!(
            (utm.easting - number(&row, 3)).abs() < 6e-4,
            "{utm:?} {row:?}"
        );
        assert!(
            (utm.northing - number(&row, 4)).abs() < 6e-4,
            "{utm:?} {row:?}"
        );
        let (back_lat, back_lon) = utm.to_degrees().unwrap();
        assert!((back_lat - lat).abs() < 1e-10);
        let turn = (back_lon - lon + 540.0).rem_euclid(360.0) - 180.0;
        assert!(turn.abs() < 1e-9, "{back_lon} {row:?}");
    }
}

#[test]
fn mgrs_agrees_with_geoconvert() {
    for row in rows("utm_mgrs.csv") {
        let (lat, lon) = (number(&row, 0), number(&row, 1));
        if !polar(lat) {
            assert_eq!(mgrs(lat, lon, 5).unwrap(), row[5], "{row:?}");
            assert!(zone_of(lat, lon).is_some());
        }
    }
}

#[test]
fn a_typed_mgrs_square_comes_to_its_middle() {
    for row in rows("mgrs_to_latlon.csv") {
        if row[0].starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let spaced = format!(" {} {}", row[0][..5].to_lowercase(), &row[0][5..]);
        let typed = typed::parse(&spaced, Letters::International).unwrap();
        assert_eq!(typed.format, Format::Mgrs);
        let (lat, lon) = (number(&row, 1), number(&row, 2));
        let (dlat, dlon) = (
            typed.position.lat_degrees() - lat,
            typed.position.lon_degrees() - lon,
        );
        let turn = (dlon + 540.0).rem_euclid(360.0) - 180.0;
        assert!(dlat.abs() < 6e-8 && turn.abs() < 6e-8, "{typed:?} {row:?}");
    }
}
