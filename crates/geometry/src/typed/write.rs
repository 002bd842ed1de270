//! Positions as people read them; digits are Western in every language.

use super::{Format, Letters};
use crate::position::Position;
use crate::utm::{self, Utm};

/// The position in a format: 6 decimals of a degree, 4 of a minute, 2 of a
/// second, whole metres. Where UTM ends, degrees stand in its place.
///
/// Not for MGRS alone but for all: show [`super::Datum`] beside it (S10).
pub fn format(position: Position, format: Format, letters: Letters) -> String {
    let (lat, lon) = (position.lat_degrees(), position.lon_degrees());
    let grid = match format {
        Format::Utm => utm_text(lat, lon),
        Format::Mgrs => utm::mgrs(lat, lon, 5).ok(),
        Format::Degrees | Format::Minutes | Format::Seconds => None,
    };
    grid.unwrap_or_else(|| {
        let words = words(letters);
        let (north, south) = (words[0], words[1]);
        let (east, west) = (words[2], words[3]);
        let [lat, lon] = [
            (position.lat_e7(), north, south),
            (position.lon_e7(), east, west),
        ]
        .map(|(e7, plus, minus)| match format {
            Format::Minutes => minutes(e7, plus, minus),
            Format::Seconds => seconds(e7, plus, minus),
            Format::Degrees | Format::Utm | Format::Mgrs => degrees(e7),
        });
        match format {
            Format::Minutes | Format::Seconds => format!("{lat} {lon}"),
            Format::Degrees | Format::Utm | Format::Mgrs => format!("{lat}, {lon}"),
        }
    })
}

fn words(letters: Letters) -> [&'static str; 4] {
    match letters {
        Letters::International => ["N", "S", "E", "W"],
        Letters::Bosnian => ["S", "J", "I", "Z"],
        Letters::Khmer => ["ជើង", "ត្បូង", "កើត", "លិច"],
    }
}

fn utm_text(lat: f64, lon: f64) -> Option<String> {
    let utm = Utm::from_degrees(lat, lon).ok()?;
    let band = utm::band(lat)?;
    let Utm {
        zone,
        easting,
        northing,
        ..
    } = utm;
    // Metres are cut off, as MGRS does: both then name the same square.
    let (easting, northing) = (easting.floor(), northing.floor());
    Some(format!("{zone:02}{band} {easting:06.0} {northing:07.0}"))
}

fn degrees(e7: i32) -> String {
    let (sign, size) = (if e7 < 0 { "-" } else { "" }, u64::from(e7.unsigned_abs()));
    let micro = (size + 5) / 10;
    format!("{sign}{}.{:06}", micro / 1_000_000, micro % 1_000_000)
}

fn minutes(e7: i32, plus: &str, minus: &str) -> String {
    // Units of 1e-4 minute.
    let size = (u64::from(e7.unsigned_abs()) * 6 + 50) / 100;
    let letter = if e7 < 0 { minus } else { plus };
    let (degrees, rest) = (size / 600_000, size % 600_000);
    format!(
        "{degrees}°{:02}.{:04}′ {letter}",
        rest / 10_000,
        rest % 10_000
    )
}

fn seconds(e7: i32, plus: &str, minus: &str) -> String {
    // Units of 0.01 second.
    let size = (u64::from(e7.unsigned_abs()) * 36 + 500) / 1000;
    let letter = if e7 < 0 { minus } else { plus };
    let (degrees, rest) = (size / 360_000, size % 360_000);
    let (minutes, rest) = (rest / 6_000, rest % 6_000);
    format!(
        "{degrees}°{minutes:02}′{:02}.{:02}″ {letter}",
        rest / 100,
        rest % 100
    )
}
