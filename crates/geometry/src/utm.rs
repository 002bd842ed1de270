//! Universal Transverse Mercator on WGS 84, and the military grid (MGRS) that
//! names its squares.
//!
//! Krüger's series in the third flattening n to the sixth order: right to well
//! below a millimetre in every zone (Karney, Transverse Mercator with an
//! accuracy of a few nanometers, 2011). From 80 south up to 84 north, with the
//! wider zones of Norway and Svalbard; the poles' own grid is not spoken here.

use crate::measure::{A, E2};
use crate::position::Position;

/// Scale on the central meridian.
const K0: f64 = 0.9996;
const FALSE_EASTING: f64 = 500_000.0;
const FALSE_NORTHING: f64 = 10_000_000.0;
/// Third flattening of WGS 84.
const N: f64 = 0.001_679_220_386_383_705;
const BANDS: &[u8] = b"CDEFGHJKLMNPQRSTUVWX";
const ROWS: &[u8] = b"ABCDEFGHJKLMNPQRSTUV";
const COLUMNS: [&[u8]; 3] = [b"ABCDEFGH", b"JKLMNPQR", b"STUVWXYZ"];
const SQUARE: f64 = 100_000.0;

/// A place in a zone of UTM, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Utm {
    /// 1 to 60.
    pub zone: u8,
    /// Whether northings count from the equator (else from 10,000 km south).
    pub north: bool,
    /// East of a line 500 km west of the central meridian.
    pub easting: f64,
    /// North of the equator or of the southern zero.
    pub northing: f64,
}

/// Why there is no such place in UTM or MGRS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UtmProblem {
    /// Beyond 80 south or 84 north.
    #[error("UTM ends at 80 degrees south and 84 degrees north")]
    Polar,
    /// A zone that is not between 1 and 60.
    #[error("there is no UTM zone {0}; zones are 1 to 60")]
    Zone(u32),
    /// No band has this letter.
    #[error("{0} is no letter of a band (C to X without I and O)")]
    Band(char),
    /// The square's letters do not belong to this zone.
    #[error("there is no square {0} in this zone")]
    Square(char),
    /// The square does not lie in the band.
    #[error("this square is not in band {0}")]
    NotInBand(char),
    /// An easting or northing that no zone has.
    #[error("easting or northing is outside the zone")]
    Range,
}

impl Utm {
    /// The place of a position in its own zone.
    pub fn of(position: Position) -> Result<Self, UtmProblem> {
        Self::from_degrees(position.lat_degrees(), position.lon_degrees())
    }

    /// The place of latitude and longitude in degrees.
    pub fn from_degrees(lat: f64, lon: f64) -> Result<Self, UtmProblem> {
        let zone = zone_of(lat, lon).ok_or(UtmProblem::Polar)?;
        Ok(Self::in_zone(lat, lon, zone, lat >= 0.0))
    }

    /// The place in a stated zone, which may be a neighbour's.
    pub fn in_zone(lat: f64, lon: f64, zone: u8, north: bool) -> Self {
        let dlon = (lon - meridian(zone) + 540.0).rem_euclid(360.0) - 180.0;
        let (x, y) = forward(lat.to_radians(), dlon.to_radians());
        let zero = if north { 0.0 } else { FALSE_NORTHING };
        Self {
            zone,
            north,
            easting: FALSE_EASTING + x,
            northing: zero + y,
        }
    }

    /// Latitude and longitude in degrees.
    pub fn to_degrees(self) -> Result<(f64, f64), UtmProblem> {
        if !(1..=60).contains(&self.zone) {
            return Err(UtmProblem::Zone(u32::from(self.zone)));
        }
        // What GeographicLib allows: 100 to 900 km, some overlap of the bands.
        let reach = (100_000.0..=900_000.0).contains(&self.easting)
            && (0.0..=FALSE_NORTHING).contains(&self.northing);
        if !reach {
            return Err(UtmProblem::Range);
        }
        let zero = if self.north { 0.0 } else { FALSE_NORTHING };
        let (lat, dlon) = backward(self.easting - FALSE_EASTING, self.northing - zero);
        let lon = meridian(self.zone) + dlon.to_degrees();
        Ok((lat.to_degrees(), (lon + 540.0).rem_euclid(360.0) - 180.0))
    }

    /// The nearest stored position.
    pub fn position(self) -> Result<Position, UtmProblem> {
        let (lat, lon) = self.to_degrees()?;
        Ok(Position::nearest(lon, lat))
    }

    /// Grid convergence in degrees at a position: true bearing less grid
    /// bearing in this zone.
    pub fn convergence(self) -> Result<f64, UtmProblem> {
        let (lat, lon) = self.to_degrees()?;
        // The direction of the meridian in the grid, from two points on it.
        let step = 1e-4;
        let at = |lat| Self::in_zone(lat, lon, self.zone, self.north);
        let (a, b) = (at(lat - step), at(lat + step));
        Ok(-(b.easting - a.easting)
            .atan2(b.northing - a.northing)
            .to_degrees())
    }
}

/// The letter of the band of 8 degrees in which a latitude lies.
pub fn band(lat: f64) -> Option<char> {
    if !(-80.0..84.0).contains(&lat) {
        return None;
    }
    let index = ((lat + 80.0) / 8.0).floor() as usize;
    Some(char::from(BANDS[index.min(19)]))
}

/// South and north edge of a band in degrees.
pub(crate) fn band_edges(letter: char) -> Option<(f64, f64)> {
    let index = BANDS.iter().position(|&b| char::from(b) == letter)?;
    let south = -80.0 + 8.0 * index as f64;
    Some((south, if letter == 'X' { 84.0 } else { south + 8.0 }))
}

/// The zone of a place, Norway's and Svalbard's exceptions included.
pub fn zone_of(lat: f64, lon: f64) -> Option<u8> {
    band(lat)?;
    let zone = ((lon + 180.0) / 6.0).floor().rem_euclid(60.0) as u8 + 1;
    Some(match (lat, lon) {
        (56.0..64.0, 3.0..12.0) => 32,
        (72.0..84.0, 0.0..9.0) => 31,
        (72.0..84.0, 9.0..21.0) => 33,
        (72.0..84.0, 21.0..33.0) => 35,
        (72.0..84.0, 33.0..42.0) => 37,
        _ => zone,
    })
}

fn meridian(zone: u8) -> f64 {
    f64::from(zone) * 6.0 - 183.0
}

/// The MGRS square of latitude and longitude, with `digits` digits for each of
/// easting and northing (5 for metres); digits are cut off, not rounded.
pub fn mgrs(lat: f64, lon: f64, digits: u32) -> Result<String, UtmProblem> {
    let utm = Utm::from_degrees(lat, lon)?;
    let letter = band(lat).ok_or(UtmProblem::Polar)?;
    let column = (utm.easting / SQUARE).floor() as usize;
    let row = (utm.northing / SQUARE).floor() as usize + first_row(utm.zone);
    let set = usize::from((utm.zone - 1) % 3);
    let column_letter = COLUMNS[set].get(column.wrapping_sub(1));
    let column_letter = char::from(*column_letter.ok_or(UtmProblem::Range)?);
    let digits = digits.min(5);
    let unit = 10_f64.powi(5 - digits as i32);
    let within = |value: f64| (value.rem_euclid(SQUARE) / unit).floor() as u32;
    let numbers = if digits == 0 {
        String::new()
    } else {
        let (e, n) = (within(utm.easting), within(utm.northing));
        let width = digits as usize;
        format!("{e:0width$}{n:0width$}")
    };
    let row_letter = char::from(ROWS[row % 20]);
    Ok(format!(
        "{:02}{letter}{column_letter}{row_letter}{numbers}",
        utm.zone
    ))
}

/// Rows of even zones begin five letters later.
fn first_row(zone: u8) -> usize {
    if zone.is_multiple_of(2) { 5 } else { 0 }
}

/// Latitude and longitude of the middle of an MGRS square, from its parts:
/// easting and northing are metres within the 100 km square.
pub(crate) fn from_mgrs(
    zone: u8,
    band: char,
    letters: [char; 2],
    (east, north): (f64, f64),
) -> Result<(f64, f64), UtmProblem> {
    if !(1..=60).contains(&zone) {
        return Err(UtmProblem::Zone(u32::from(zone)));
    }
    let (south_edge, north_edge) = band_edges(band).ok_or(UtmProblem::Band(band))?;
    let set = usize::from((zone - 1) % 3);
    let find = |letters: &[u8], letter: char| {
        let found = letters.iter().position(|&b| char::from(b) == letter);
        found.ok_or(UtmProblem::Square(letter))
    };
    let column = find(COLUMNS[set], letters[0])? + 1;
    let row = (find(ROWS, letters[1])? + 20 - first_row(zone)) % 20;
    let at = |cycle: u32, east: f64, north: f64| Utm {
        zone,
        north: south_edge >= 0.0,
        easting: column as f64 * SQUARE + east,
        northing: (row as f64 + 20.0 * f64::from(cycle)) * SQUARE + north,
    };
    // Row letters come again every 2,000 km; only one cycle meets the band.
    for cycle in 0..5 {
        let corners = [(0.0, 0.0), (SQUARE, 0.0), (0.0, SQUARE), (SQUARE, SQUARE)];
        let lats = corners.map(|(e, n)| {
            let utm = at(cycle, e, n);
            let zero = if utm.north { 0.0 } else { FALSE_NORTHING };
            backward(utm.easting - FALSE_EASTING, utm.northing - zero).0
        });
        let low = lats.iter().copied().fold(f64::MAX, f64::min).to_degrees();
        let high = lats.iter().copied().fold(f64::MIN, f64::max).to_degrees();
        if low < north_edge && high > south_edge {
            return at(cycle, east, north).to_degrees();
        }
    }
    Err(UtmProblem::NotInBand(band))
}

/// Metres from the central meridian and the equator, scaled by K0.
fn forward(lat: f64, dlon: f64) -> (f64, f64) {
    let e = E2.sqrt();
    let sin = lat.sin();
    // Conformal latitude by its tangent.
    let tau = (sin.atanh() - e * (e * sin).atanh()).sinh();
    let xi = tau.atan2(dlon.cos());
    let eta = (dlon.sin() / tau.hypot(dlon.cos())).asinh();
    let (mut x, mut y) = (eta, xi);
    for (j, alpha) in (1..).zip(ALPHA) {
        let k = 2.0 * f64::from(j);
        y += alpha * (k * xi).sin() * (k * eta).cosh();
        x += alpha * (k * xi).cos() * (k * eta).sinh();
    }
    (K0 * RECTIFYING * x, K0 * RECTIFYING * y)
}

/// Latitude and longitude from the central meridian, in radians.
fn backward(x: f64, y: f64) -> (f64, f64) {
    let (xi, eta) = (y / (K0 * RECTIFYING), x / (K0 * RECTIFYING));
    let (mut xi0, mut eta0) = (xi, eta);
    for (j, beta) in (1..).zip(BETA) {
        let k = 2.0 * f64::from(j);
        xi0 -= beta * (k * xi).sin() * (k * eta).cosh();
        eta0 -= beta * (k * xi).cos() * (k * eta).sinh();
    }
    let dlon = eta0.sinh().atan2(xi0.cos());
    let conformal = xi0.sin() / eta0.sinh().hypot(xi0.cos());
    (geographic(conformal), dlon)
}

/// Latitude from the tangent of the conformal latitude, by Newton's method.
fn geographic(tau_conformal: f64) -> f64 {
    let e = E2.sqrt();
    let mut tau = tau_conformal / (1.0 - E2);
    for _ in 0..5 {
        let sigma = (e * (e * tau / 1.0_f64.hypot(tau)).atanh()).sinh();
        let guess = tau * 1.0_f64.hypot(sigma) - sigma * 1.0_f64.hypot(tau);
        let slope =
            (1.0 - E2) * 1.0_f64.hypot(guess) * 1.0_f64.hypot(tau) / (1.0 + (1.0 - E2) * tau * tau);
        tau += (tau_conformal - guess) / slope;
    }
    tau.atan()
}

/// Radius of the circle as long as the meridian ellipse, metres.
const RECTIFYING: f64 =
    A / (1.0 + N) * (1.0 + N * N / 4.0 + N * N * N * N / 64.0 + N * N * N * N * N * N / 256.0);

const N2: f64 = N * N;
const N3: f64 = N2 * N;
const N4: f64 = N2 * N2;
const N5: f64 = N4 * N;
const N6: f64 = N3 * N3;

/// Krüger's series (Karney 2011, equation 35).
const ALPHA: [f64; 6] = [
    N / 2.0 - 2.0 * N2 / 3.0 + 5.0 * N3 / 16.0 + 41.0 * N4 / 180.0 - 127.0 * N5 / 288.0
        + 7891.0 * N6 / 37_800.0,
    13.0 * N2 / 48.0 - 3.0 * N3 / 5.0 + 557.0 * N4 / 1440.0 + 281.0 * N5 / 630.0
        - 1_983_433.0 * N6 / 1_935_360.0,
    61.0 * N3 / 240.0 - 103.0 * N4 / 140.0 + 15_061.0 * N5 / 26_880.0 + 167_603.0 * N6 / 181_440.0,
    49_561.0 * N4 / 161_280.0 - 179.0 * N5 / 168.0 + 6_601_661.0 * N6 / 7_257_600.0,
    34_729.0 * N5 / 80_640.0 - 3_418_889.0 * N6 / 1_995_840.0,
    212_378_941.0 * N6 / 319_334_400.0,
];

/// The series back (Karney 2011, equation 36).
const BETA: [f64; 6] = [
    N / 2.0 - 2.0 * N2 / 3.0 + 37.0 * N3 / 96.0 - N4 / 360.0 - 81.0 * N5 / 512.0
        + 96_199.0 * N6 / 604_800.0,
    N2 / 48.0 + N3 / 15.0 - 437.0 * N4 / 1440.0 + 46.0 * N5 / 105.0
        - 1_118_711.0 * N6 / 3_870_720.0,
    17.0 * N3 / 480.0 - 37.0 * N4 / 840.0 - 209.0 * N5 / 4480.0 + 5569.0 * N6 / 90_720.0,
    4397.0 * N4 / 161_280.0 - 11.0 * N5 / 504.0 - 830_251.0 * N6 / 7_257_600.0,
    4583.0 * N5 / 161_280.0 - 108_847.0 * N6 / 3_991_680.0,
    20_648_693.0 * N6 / 638_668_800.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn convergences_of_the_domain_paper() {
        let of = |lat, lon, zone| {
            let utm = Utm::in_zone(lat, lon, zone, true);
            utm.convergence().unwrap()
        };
        assert!((of(43.86, 18.41, 33) - 2.36).abs() < 0.01);
        assert!((of(43.86, 18.41, 34) + 1.80).abs() < 0.01);
        assert!((of(12.85, 102.6, 48) + 0.53).abs() < 0.01);
    }

    #[test]
    fn the_poles_have_no_utm() {
        assert_eq!(Utm::from_degrees(84.0, 0.0), Err(UtmProblem::Polar));
        assert!(Utm::from_degrees(-80.0, 0.0).is_ok());
        assert_eq!(mgrs(-80.1, 0.0, 5), Err(UtmProblem::Polar));
    }
}
