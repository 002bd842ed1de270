//! UTM and MGRS as typed.

use super::{Format, Read, TypedProblem};
use crate::decimal;
use crate::position::Position;
use crate::utm::{self, Utm};

/// Reads UTM or MGRS; none when the text looks like neither.
pub(super) fn parse(text: &str) -> Option<Result<Read, TypedProblem>> {
    let upper = text.to_uppercase();
    let digits = upper.chars().take_while(char::is_ascii_digit).count();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let zone: u8 = upper[..digits].parse().ok()?;
    let mut rest = upper[digits..].trim_start().chars();
    let band = rest.next().filter(char::is_ascii_uppercase)?;
    let rest = rest.as_str().trim();
    let square: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    if square
        .chars()
        .take(2)
        .filter(char::is_ascii_alphabetic)
        .count()
        == 2
    {
        let offset = text.chars().count() - rest.chars().count();
        return Some(mgrs(zone, band, &square, offset));
    }
    let numbers = metres(rest)?;
    Some(grid(zone, band, numbers))
}

fn mgrs(zone: u8, band: char, square: &str, offset: usize) -> Result<Read, TypedProblem> {
    let mut chars = square.chars();
    let letters = [chars.next(), chars.next()].map(Option::unwrap_or_default);
    let digits = chars.as_str();
    if let Some((n, found)) = digits.char_indices().find(|(_, c)| !c.is_ascii_digit()) {
        let at = offset + n + 3;
        return Err(TypedProblem::Character { found, at });
    }
    if digits.len() % 2 == 1 || digits.len() > 10 {
        return Err(TypedProblem::OddDigits);
    }
    let half = digits.len() / 2;
    if half < 2 {
        return Err(TypedProblem::TooCoarse);
    }
    let unit = 10_f64.powi(5 - half as i32);
    // The middle of the square: it names all ground in it alike.
    let metres = |text: &str| decimal(text).unwrap_or_default() * unit + unit / 2.0;
    let within = (metres(&digits[..half]), metres(&digits[half..]));
    let (lat, lon) = utm::from_mgrs(zone, band, letters, within)?;
    Ok((Position::nearest(lon, lat), Format::Mgrs, unit))
}

/// Easting and northing; none when the text is not two such numbers, and so
/// perhaps degrees with a letter.
fn metres(rest: &str) -> Option<(f64, f64)> {
    let plain = rest.replace("ME", " ").replace("MN", " ");
    let decimal_comma = !plain.contains('.');
    let mut numbers = plain
        .split(|c: char| c.is_whitespace() || c == ';' || (c == ',' && !decimal_comma))
        .map(|part| part.trim_matches(',').trim_end_matches(['M', 'E', 'N']))
        .filter(|part| !part.is_empty())
        .map(|part| decimal(&part.replace(',', ".")));
    let (easting, northing) = (numbers.next()??, numbers.next()??);
    (numbers.next().is_none() && easting >= 1000.0).then_some((easting, northing))
}

fn grid(zone: u8, letter: char, (easting, northing): (f64, f64)) -> Result<Read, TypedProblem> {
    let (south_edge, north_edge) = utm::band_edges(letter).ok_or(utm::UtmProblem::Band(letter))?;
    let read = |north: bool| {
        let utm = Utm {
            zone,
            north,
            easting,
            northing,
        };
        utm.to_degrees()
    };
    // A band's edge bends by up to half a degree within a zone.
    let in_band = |lat: f64| lat > south_edge - 0.5 && lat < north_edge + 0.5;
    let (lat, lon) = match letter {
        // As a band, N is from the equator to 8 degrees north: both are north.
        'N' => read(true)?,
        'S' => match (read(true), read(false)) {
            (Ok((lat, _)), Ok(_)) if in_band(lat) => return Err(TypedProblem::AmbiguousS),
            (_, south) => south?,
        },
        _ => {
            let at = read(south_edge >= 0.0)?;
            if !in_band(at.0) {
                return Err(utm::UtmProblem::NotInBand(letter).into());
            }
            at
        }
    };
    Ok((Position::nearest(lon, lat), Format::Utm, 1.0))
}
