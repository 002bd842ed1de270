//! Areas, lengths and distances on the WGS 84 ellipsoid.
//!
//! Edges are geodesics, as GeographicLib's Planimeter takes them. The area is
//! never taken from a map projection: Web Mercator nearly doubles it in
//! Bosnia (`domain.md`, 2.2).

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic, PolygonArea, Winding};

use crate::position::Position;
use crate::shape::{MultiPolygon, Ring};
use crate::units::{Metres, SquareMetres};

pub(crate) static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Semi-major axis of WGS 84, metres.
pub(crate) const A: f64 = 6_378_137.0;
/// First eccentricity squared of WGS 84.
pub(crate) const E2: f64 = 0.006_694_379_990_141_316;

/// Up to this length an edge's area follows from a series (see [`edge_area`]),
/// which is then right to 1e-4 m²; longer ones go to GeographicLib.
const SHORT_EDGE_M: f64 = 1000.0;
/// Beyond this latitude everything goes to GeographicLib.
const FAR_NORTH_DEGREES: f64 = 85.0;

/// The way from one position to another along the shortest line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inverse {
    /// How far.
    pub distance: Metres,
    /// Bearing at the start, degrees from true north, 0 to 360.
    pub bearing: f64,
    /// Bearing on arrival, degrees from true north, 0 to 360.
    pub arrival: f64,
}

/// The shortest line between two positions.
pub fn inverse(from: Position, to: Position) -> Inverse {
    let (distance, start, end, _): (f64, f64, f64, f64) = WGS84.inverse(
        from.lat_degrees(),
        from.lon_degrees(),
        to.lat_degrees(),
        to.lon_degrees(),
    );
    Inverse {
        distance: Metres::new(distance),
        bearing: start.rem_euclid(360.0),
        arrival: end.rem_euclid(360.0),
    }
}

/// How far two positions are apart.
pub fn distance(a: Position, b: Position) -> Metres {
    let distance: f64 = WGS84.inverse(
        a.lat_degrees(),
        a.lon_degrees(),
        b.lat_degrees(),
        b.lon_degrees(),
    );
    Metres::new(distance)
}

/// Where one comes going a distance at a bearing (degrees from true north).
pub fn direct(from: Position, bearing: f64, distance: Metres) -> Position {
    let (lat, lon): (f64, f64) = WGS84.direct(
        from.lat_degrees(),
        from.lon_degrees(),
        bearing,
        distance.get(),
    );
    Position::nearest(lon, lat)
}

/// Area of a valid shape, its holes taken out.
pub fn area(shape: &MultiPolygon) -> SquareMetres {
    let parts = shape.polygons().iter().map(|polygon| {
        let holes: f64 = polygon.holes.iter().map(|h| ring_area(h).abs()).sum();
        ring_area(&polygon.exterior).abs() - holes
    });
    SquareMetres::new(parts.sum())
}

/// Area of a valid shape in whole square decimetres, as stored.
pub fn area_dm2(shape: &MultiPolygon) -> u64 {
    area(shape).to_dm2()
}

/// Length of all outlines, those of holes included.
pub fn perimeter(shape: &MultiPolygon) -> Metres {
    shape
        .rings()
        .flat_map(Ring::edges)
        .map(|(a, b)| distance(a, b))
        .sum()
}

/// Length of a line.
pub fn line_length(points: &[Position]) -> Metres {
    points.windows(2).map(|p| distance(p[0], p[1])).sum()
}

/// Signed area of one ring in m², positive against the clock.
pub fn ring_area(ring: &Ring) -> f64 {
    let points: Vec<_> = ring
        .positions()
        .iter()
        .map(|p| (p.lon_degrees(), p.lat_degrees()))
        .collect();
    signed_area(&points)
}

/// Uncertainty (one sigma) of an area whose corners each have the standard
/// deviation `sigma` in either direction: (σ/2)·√Σ|p(i+1) − p(i−1)|²
/// (`domain.md`, 2.2).
pub fn area_uncertainty(shape: &MultiPolygon, sigma: Metres) -> SquareMetres {
    let diagonals = shape.rings().flat_map(|ring| {
        let p = ring.positions();
        let n = p.len();
        (0..n).map(move |i| distance(p[(i + 1) % n], p[(i + n - 1) % n]).get())
    });
    SquareMetres::new(sigma.get() / 2.0 * diagonals.map(|d| d * d).sum::<f64>().sqrt())
}

/// Signed geodesic area in m² of a closed line of (longitude, latitude) in
/// degrees, the first point not repeated.
pub(crate) fn signed_area(points: &[(f64, f64)]) -> f64 {
    if points.len() < 3 {
        return 0.0;
    }
    sum_of_short_edges(points).unwrap_or_else(|| {
        let mut polygon = PolygonArea::new(&WGS84, Winding::CounterClockwise);
        for &(lon, lat) in points {
            polygon.add_point(lat, lon);
        }
        polygon.compute(true).1
    })
}

fn sum_of_short_edges(points: &[(f64, f64)]) -> Option<f64> {
    let vertices = || points.iter().map(|&(lon, lat)| Vertex::new(lon, lat));
    let first = vertices().next()?;
    let mut previous = vertices().next_back()?;
    let mut sum = 0.0;
    for vertex in vertices() {
        sum += edge_area(&previous, &vertex, first.to_equator)?;
        previous = vertex;
    }
    Some(-sum)
}

/// A vertex with what the area of its edges needs.
struct Vertex {
    lon: f64,
    lat: f64,
    sin: f64,
    /// Radius of the parallel, metres.
    parallel: f64,
    /// Area between equator and latitude for each radian of longitude, m².
    to_equator: f64,
}

impl Vertex {
    fn new(lon: f64, lat: f64) -> Self {
        let phi = lat.to_radians();
        let (sin, cos) = phi.sin_cos();
        let w2 = 1.0 - E2 * sin * sin;
        let e = E2.sqrt();
        // Snyder, Map Projections (1987), 3-12, times b²/(2(1-e²)) … in m².
        let to_equator = A * A * (1.0 - E2) / 2.0 * (sin / w2 + (e * sin).atanh() / e);
        Self {
            lon: lon.to_radians(),
            lat: phi,
            sin,
            parallel: A * cos / w2.sqrt(),
            to_equator,
        }
    }
}

/// Area in m² between an edge and the parallel whose `to_equator` is `base`;
/// none when the edge is too long or too far north for the series.
///
/// With y the area between equator and latitude for each radian, the geodesic
/// has y'' = −sin φ · R² · (1 + 2 cos² α) / sin² α (R the parallel's radius, α
/// the azimuth; from Clairaut's relation). The trapezium is short of it by
/// y''·Δλ³/12 and the error left is of the fifth order: below 1e-4 m² for an
/// edge of 1 km.
fn edge_area(a: &Vertex, b: &Vertex, base: f64) -> Option<f64> {
    let dlon = b.lon - a.lon;
    let sin = f64::midpoint(a.sin, b.sin);
    let parallel = f64::midpoint(a.parallel, b.parallel);
    let east = parallel * dlon;
    // Radius of the meridian; one latitude of the two will do for a correction.
    let north = A * (1.0 - E2) / (1.0 - E2 * sin * sin).powf(1.5) * (b.lat - a.lat);
    let length2 = east * east + north * north;
    if length2 > SHORT_EDGE_M * SHORT_EDGE_M || a.lat.abs() > FAR_NORTH_DEGREES.to_radians() {
        return None;
    }
    let trapezium = dlon * (f64::midpoint(a.to_equator, b.to_equator) - base);
    Some(trapezium + sin * dlon * (length2 + 2.0 * north * north) / 12.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(lon: f64, lat: f64) -> Position {
        Position::from_degrees(lon, lat).unwrap()
    }

    /// 200 m × 100 m about a centre, its sides along true north and east.
    fn rectangle(lon: f64, lat: f64) -> MultiPolygon {
        let center = position(lon, lat);
        let west = direct(center, 270.0, Metres::new(100.0));
        let east = direct(center, 90.0, Metres::new(100.0));
        let corners = [
            direct(west, 180.0, Metres::new(50.0)),
            direct(east, 180.0, Metres::new(50.0)),
            direct(east, 0.0, Metres::new(50.0)),
            direct(west, 0.0, Metres::new(50.0)),
        ];
        MultiPolygon::from_ring(corners.into_iter().collect())
    }

    #[test]
    fn the_rectangle_of_the_domain_paper_is_20_000_m2() {
        for (lon, lat) in [(102.6, 12.85), (18.41, 43.86)] {
            let area = area(&rectangle(lon, lat)).get();
            assert!((area - 20_000.0).abs() < 2.0, "{area}");
            assert!((perimeter(&rectangle(lon, lat)).get() - 600.0).abs() < 0.1);
        }
    }

    #[test]
    fn corner_noise_of_3_m_makes_671_m2_and_of_half_a_metre_112_m2() {
        let shape = rectangle(18.41, 43.86);
        let of = |sigma| area_uncertainty(&shape, Metres::new(sigma)).get();
        assert!((of(3.0) - 671.0).abs() < 1.0, "{}", of(3.0));
        assert!((of(0.5) - 112.0).abs() < 1.0, "{}", of(0.5));
    }

    #[test]
    fn a_hole_is_taken_out() {
        let mut shape = rectangle(18.41, 43.86);
        let whole = area(&shape).get();
        let hole = rectangle(18.41, 43.86).0.remove(0).exterior;
        shape.0[0].holes.push(hole);
        assert!(whole > 19_000.0 && area(&shape).get().abs() < 1e-9);
    }

    #[test]
    fn direct_undoes_inverse() {
        let (a, b) = (position(18.41, 43.86), position(17.2, 44.8));
        let way = inverse(a, b);
        assert_eq!(direct(a, way.bearing, way.distance), b);
    }
}
