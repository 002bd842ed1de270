//! Coordinates as people type them, and as people read them.
//!
//! [`parse`] takes degrees (decimal, with minutes, with minutes and seconds),
//! UTM and MGRS; [`format`] writes them back; [`question`] asks about a
//! position that cannot well be meant (S10). The datum is WGS 84: what another
//! datum needs is said in `domain.md`, 2.5.

mod angle;
mod grid;
mod question;
mod write;

use serde::{Deserialize, Serialize};

use crate::position::{Position, PositionProblem};
use crate::units::Metres;
use crate::utm::UtmProblem;

pub use question::{Question, question};
pub use write::format;

/// How a position was typed or is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Decimal degrees: `43.856000, 18.413000`.
    Degrees,
    /// Degrees and decimal minutes: `43°51.3600′ N 18°24.7800′ E`.
    Minutes,
    /// Degrees, minutes and seconds: `43°51′21.60″ N 18°24′46.80″ E`.
    Seconds,
    /// UTM zone, band, easting, northing: `34T 292077 4859166`.
    Utm,
    /// MGRS square: `34TBP9207759166`.
    Mgrs,
}

/// The datum that a typed position refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Datum {
    /// WGS 84.
    Wgs84,
}

/// In which language the letters for north, south, east and west are.
///
/// `S` is south in English and *sjever*, north, in Bosnian: nobody may guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letters {
    /// N, S, E, W.
    International,
    /// S sjever (north), J jug, I istok, Z zapad, Latin or Cyrillic; N, E and W
    /// too, as nothing else begins so.
    Bosnian,
    /// ជើង, ត្បូង, កើត, លិច, and the international letters.
    Khmer,
}

/// A position as typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// The position.
    pub position: Position,
    /// The text, as typed.
    pub text: String,
    /// How it was written.
    pub format: Format,
    /// What it refers to.
    pub datum: Datum,
    /// What the last digit stands for on the ground.
    pub resolution: Metres,
}

/// Why a text is no position.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TypedProblem {
    /// Nothing was typed.
    #[error("no coordinates were typed")]
    Empty,
    /// A character that belongs to no format.
    #[error("{found} at character {at} belongs to no coordinate")]
    Character {
        /// The character.
        found: char,
        /// Its place, from 1.
        at: usize,
    },
    /// Not two coordinates.
    #[error("two coordinates are needed, latitude and longitude")]
    NotTwo,
    /// Minutes or seconds of 60 and more, or a fraction before the last number.
    #[error("minutes and seconds run from 0 to 59, and only the last number has decimals")]
    Sixtieths,
    /// Letters that do not name one latitude and one longitude.
    #[error("the letters must name one latitude and one longitude")]
    Hemispheres,
    /// A minus sign and a letter for the same coordinate.
    #[error("use a minus sign or a letter, not both")]
    SignAndLetter,
    /// `S` beside letters of another language, or as a UTM letter that can be
    /// a band as well as the south.
    #[error("S can be south, sjever (north) or a band: write it another way")]
    AmbiguousS,
    /// Digits of an MGRS square that do not pair.
    #[error("an MGRS square has as many digits for the easting as for the northing")]
    OddDigits,
    /// A square larger than one kilometre is no position.
    #[error("this square is larger than a kilometre; give more digits")]
    TooCoarse,
    /// No such place in UTM or MGRS.
    #[error(transparent)]
    Utm(#[from] UtmProblem),
    /// Out of range.
    #[error(transparent)]
    Position(#[from] PositionProblem),
}

/// Reads a position in any of the formats.
///
/// Without letters latitude comes first. A comma between digits is a decimal
/// comma unless the text has a decimal point. Digits may be Khmer.
pub fn parse(text: &str, letters: Letters) -> Result<Typed, TypedProblem> {
    let plain: String = text.trim().chars().map(western).collect();
    if plain.is_empty() {
        return Err(TypedProblem::Empty);
    }
    let (position, format, resolution) = match grid::parse(&plain) {
        Some(read) => read?,
        None => angle::parse(&plain, letters)?,
    };
    Ok(Typed {
        position,
        text: text.to_owned(),
        format,
        datum: Datum::Wgs84,
        resolution: Metres::new(resolution),
    })
}

/// Khmer digits as Western ones.
fn western(c: char) -> char {
    match c {
        '០'..='៩' => char::from(b'0' + (c as u32 - '០' as u32) as u8),
        '−' | '–' => '-',
        _ => c,
    }
}

/// What one reading yields: position, format, metres of the last digit.
type Read = (Position, Format, f64);

#[cfg(test)]
mod tests;
