//! Coordinates as people type them: decimal degrees, degrees with minutes and seconds, in either order with letters. Pure.

use safelane_geometry::{Position, decimal};

/// Reads one position. Without letters latitude comes first, as maps and radios have it.
pub fn position(text: &str) -> Option<Position> {
    let mut numbers: Vec<Vec<f64>> = vec![Vec::new()];
    let mut letters = Vec::new();
    let mut number = String::new();
    let text = text.trim().to_uppercase().replace('\u{2212}', "-");
    // A comma between digits is a decimal comma only when another mark parts the two coordinates.
    let parted = text.contains([';', '/']) || text.contains(", ") || text.contains(['N', 'S']);
    let chars: Vec<char> = text.chars().collect();
    let flush = |number: &mut String, numbers: &mut Vec<Vec<f64>>| {
        if number.is_empty() {
            return Some(());
        }
        let value = decimal(number)?;
        number.clear();
        numbers.last_mut()?.push(value);
        Some(())
    };
    for (index, &each) in chars.iter().enumerate() {
        let next_is_digit = chars.get(index + 1).is_some_and(char::is_ascii_digit);
        match each {
            '0'..='9' => number.push(each),
            '-' | '+' if number.is_empty() && next_is_digit => number.push(each),
            '.' => number.push('.'),
            ',' if parted && next_is_digit && !number.is_empty() && !number.contains('.') => {
                number.push('.');
            }
            'N' | 'S' | 'E' | 'W' => {
                flush(&mut number, &mut numbers)?;
                letters.push(each);
                if !numbers.last()?.is_empty() {
                    numbers.push(Vec::new());
                }
            }
            ',' | ';' | '/' => {
                flush(&mut number, &mut numbers)?;
                if !numbers.last()?.is_empty() {
                    numbers.push(Vec::new());
                }
            }
            '°' | 'º' | '\'' | '′' | '’' | '"' | '″' | '”' | ' ' | '\t' | '\u{a0}' | ':' =>
            {
                flush(&mut number, &mut numbers)?;
            }
            _ => return None,
        }
    }
    flush(&mut number, &mut numbers)?;
    numbers.retain(|part| !part.is_empty());
    // "43.86 18.41": two numbers in one part are two coordinates.
    if let [both] = numbers.as_slice()
        && both.len() % 2 == 0
    {
        let (first, second) = both.split_at(both.len() / 2);
        numbers = vec![first.to_vec(), second.to_vec()];
    }
    let [first, second] = numbers.as_slice() else {
        return None;
    };
    let (first, second) = (degrees(first)?, degrees(second)?);
    let (latitude, longitude) = match letters.as_slice() {
        [] => (first, second),
        ['N' | 'S', 'E' | 'W'] => (
            signed(first, letters[0] == 'S')?,
            signed(second, letters[1] == 'W')?,
        ),
        ['E' | 'W', 'N' | 'S'] => (
            signed(second, letters[1] == 'S')?,
            signed(first, letters[0] == 'W')?,
        ),
        _ => return None,
    };
    Position::from_degrees(longitude, latitude).ok()
}

/// A letter says the sign: "-38 S" says it twice and means nobody knows what.
fn signed(value: f64, negative: bool) -> Option<f64> {
    (value >= 0.0).then_some(if negative { -value } else { value })
}

fn degrees(parts: &[f64]) -> Option<f64> {
    let (&whole, rest) = parts.split_first()?;
    let small = rest.iter().all(|part| (0.0..60.0).contains(part)) && rest.len() <= 2;
    let only_last_has_fraction = parts[..parts.len() - 1]
        .iter()
        .all(|part| part.fract() == 0.0);
    if !small || !only_last_has_fraction {
        return None;
    }
    let size = whole.abs()
        + rest.first().copied().unwrap_or(0.0) / 60.0
        + rest.get(1).copied().unwrap_or(0.0) / 3600.0;
    Some(if whole.is_sign_negative() {
        -size
    } else {
        size
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e7(text: &str) -> Option<(i32, i32)> {
        position(text).map(|at| (at.lat_e7(), at.lon_e7()))
    }

    #[test]
    fn one_place_typed_in_many_ways() {
        let place = Some((438_600_000, 184_100_000));
        for text in [
            "43.86, 18.41",
            "43.86 18.41",
            "43.86,18.41",
            "43,86; 18,41",
            "43.86 N 18.41 E",
            "N43.86 E18.41",
            "18.41E 43.86N",
            "43°51'36\"N 18°24'36\"E",
            "43 51 36 18 24 36",
            "43 51.6 N, 18 24.6 E",
            "43,86 N, 18,41 E",
        ] {
            assert_eq!(e7(text), place, "{text}");
        }
        assert_eq!(
            e7("38°36′00″ S, 24°06′00″ W"),
            Some((-386_000_000, -241_000_000))
        );
        assert_eq!(e7("-38.6, -24.1"), Some((-386_000_000, -241_000_000)));
    }

    #[test]
    fn what_is_no_position_is_none() {
        for text in [
            "",
            "43.86",
            "here",
            "43.86, 18.41, 5",
            "91, 18",
            "43 61 00 N 18 0 0 E",
            "-43 S 18 E",
            "43.5 51 N 18 E",
            "N 43 N 18",
        ] {
            assert_eq!(e7(text), None, "{text}");
        }
    }
}
