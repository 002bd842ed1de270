//! Latitude and longitude in degrees, minutes and seconds, as typed.

use super::{Format, Letters, Read, TypedProblem};
use crate::decimal;
use crate::position::Position;

/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_195.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hemisphere {
    North,
    South,
    East,
    West,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number {
        text: String,
        minus: bool,
    },
    /// A mark of degrees (0), minutes (1) or seconds (2).
    Mark(usize),
    Letter(Hemisphere),
    Separator,
}

pub(super) fn parse(text: &str, letters: Letters) -> Result<Read, TypedProblem> {
    let tokens = tokens(text, letters)?;
    let [first, second] = halves(&tokens)?;
    let (a, b) = (Angle::read(first)?, Angle::read(second)?);
    let vertical = |angle: &Angle| {
        let hemisphere = angle.hemisphere?;
        Some(matches!(hemisphere, Hemisphere::North | Hemisphere::South))
    };
    let (lat, lon) = match (vertical(&a), vertical(&b)) {
        (None, None) | (Some(true), Some(false)) => (&a, &b),
        (Some(false), Some(true)) => (&b, &a),
        _ => return Err(TypedProblem::Hemispheres),
    };
    let position = Position::from_degrees(lon.degrees, lat.degrees)?;
    let format = [Format::Degrees, Format::Minutes, Format::Seconds][a.parts.max(b.parts) - 1];
    Ok((position, format, a.resolution.max(b.resolution) * DEGREE_M))
}

/// The tokens of the two coordinates.
fn halves(tokens: &[Token]) -> Result<[&[Token]; 2], TypedProblem> {
    let letters: Vec<usize> = (0..tokens.len())
        .filter(|&i| matches!(tokens[i], Token::Letter(_)))
        .collect();
    match letters.as_slice() {
        [] => halves_without_letters(tokens),
        [0, second] => Ok([&tokens[..*second], &tokens[*second..]]),
        [first, second] if *second == tokens.len() - 1 => {
            Ok([&tokens[..=*first], &tokens[first + 1..]])
        }
        _ => Err(TypedProblem::Hemispheres),
    }
}

fn halves_without_letters(tokens: &[Token]) -> Result<[&[Token]; 2], TypedProblem> {
    let number = |token: &Token| matches!(token, Token::Number { .. });
    let numbers = |tokens: &[Token]| tokens.iter().filter(|t| number(t)).count();
    let count = numbers(tokens);
    if !matches!(count, 2 | 4 | 6) {
        return Err(TypedProblem::NotTwo);
    }
    let starts = tokens.iter().enumerate().filter(|(_, t)| number(t));
    let middle = starts.map(|(i, _)| i).nth(count / 2).unwrap_or_default();
    Ok([&tokens[..middle], &tokens[middle..]])
}

struct Angle {
    degrees: f64,
    hemisphere: Option<Hemisphere>,
    /// How many numbers it has, 1 to 3.
    parts: usize,
    /// Degrees of its last digit.
    resolution: f64,
}

impl Angle {
    fn read(tokens: &[Token]) -> Result<Self, TypedProblem> {
        let mut numbers: Vec<(&str, bool)> = Vec::new();
        let mut hemisphere = None;
        for token in tokens {
            match token {
                Token::Number { text, minus } => numbers.push((text, *minus)),
                Token::Mark(rank) if *rank + 1 != numbers.len() => {
                    return Err(TypedProblem::Sixtieths);
                }
                Token::Letter(letter) => hemisphere = Some(*letter),
                Token::Mark(_) | Token::Separator => {}
            }
        }
        if numbers.is_empty() || numbers.len() > 3 {
            return Err(TypedProblem::NotTwo);
        }
        let minus = numbers[0].1;
        if numbers[1..].iter().any(|n| n.1) {
            return Err(TypedProblem::NotTwo);
        }
        if minus && hemisphere.is_some() {
            return Err(TypedProblem::SignAndLetter);
        }
        let (size, resolution) = size_of(&numbers)?;
        let negative = minus || matches!(hemisphere, Some(Hemisphere::South | Hemisphere::West));
        Ok(Self {
            degrees: if negative { -size } else { size },
            hemisphere,
            parts: numbers.len(),
            resolution,
        })
    }
}

/// Degrees, and what the last digit stands for.
fn size_of(numbers: &[(&str, bool)]) -> Result<(f64, f64), TypedProblem> {
    let last = numbers.len() - 1;
    let (mut size, mut unit) = (0.0, 1.0);
    let mut resolution = 1.0;
    for (i, (text, _)) in numbers.iter().enumerate() {
        let value = decimal(text).ok_or(TypedProblem::NotTwo)?;
        let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
        if (i < last && decimals > 0) || (i > 0 && value >= 60.0) {
            return Err(TypedProblem::Sixtieths);
        }
        size += value * unit;
        resolution = unit / 10_f64.powi(decimals as i32);
        unit /= 60.0;
    }
    Ok((size, resolution))
}

fn tokens(text: &str, letters: Letters) -> Result<Vec<Token>, TypedProblem> {
    let chars: Vec<char> = text.chars().collect();
    let decimal_comma = !text.contains('.');
    let mut tokens = Vec::new();
    let mut seen = Seen::default();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let rest = &chars[i..];
        if let Some((hemisphere, length)) = word(rest, letters, &tokens, &mut seen) {
            tokens.push(Token::Letter(hemisphere));
            i += length;
            continue;
        }
        let next_is_digit = rest.get(1).is_some_and(char::is_ascii_digit);
        match c {
            '0'..='9' => {
                let length = number_length(rest, decimal_comma);
                let text: String = rest[..length].iter().collect();
                let minus = i > 0 && chars[i - 1] == '-';
                let text = text.replace(',', ".");
                tokens.push(Token::Number { text, minus });
                i += length;
                continue;
            }
            '-' if next_is_digit && (i == 0 || !chars[i - 1].is_ascii_digit()) => {}
            '+' if next_is_digit => {}
            '°' | 'º' | '˚' | 'd' | 'D' => tokens.push(Token::Mark(0)),
            '\'' | '’' | '′' | '‘' | '´' => {
                let twice = rest.get(1).is_some_and(|&n| n == c);
                tokens.push(Token::Mark(if twice { 2 } else { 1 }));
                i += usize::from(twice);
            }
            'm' => tokens.push(Token::Mark(1)),
            '"' | '″' | '”' | '“' | 's' => tokens.push(Token::Mark(2)),
            ',' | ';' | '/' => tokens.push(Token::Separator),
            c if c.is_whitespace() => {}
            found => return Err(TypedProblem::Character { found, at: i + 1 }),
        }
        i += 1;
    }
    if seen.bosnian_s && seen.international {
        return Err(TypedProblem::AmbiguousS);
    }
    Ok(tokens)
}

fn number_length(chars: &[char], decimal_comma: bool) -> usize {
    let digits = |from: usize| {
        chars[from..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count()
    };
    let whole = digits(0);
    let point = match chars.get(whole) {
        Some('.') => true,
        Some(',') => decimal_comma,
        _ => false,
    };
    let fraction = if point { digits(whole + 1) } else { 0 };
    if fraction > 0 {
        whole + 1 + fraction
    } else {
        whole
    }
}

#[derive(Default)]
struct Seen {
    bosnian_s: bool,
    international: bool,
}

/// A letter or word for a hemisphere at the start of the text, and its length.
fn word(
    rest: &[char],
    letters: Letters,
    before: &[Token],
    seen: &mut Seen,
) -> Option<(Hemisphere, usize)> {
    use Hemisphere::{East, North, South, West};
    for (name, hemisphere) in KHMER {
        let length = name.chars().count();
        if rest.len() >= length && name.chars().eq(rest[..length].iter().copied()) {
            return Some((*hemisphere, length));
        }
    }
    // `s` after minutes marks seconds, unless it ends the text as a letter.
    if rest[0] == 's' && matches!(before, [.., Token::Mark(1), Token::Number { .. }]) {
        return None;
    }
    let upper = rest[0].to_uppercase().next()?;
    let bosnian = letters == Letters::Bosnian;
    let hemisphere = match upper {
        'S' | 'С' if bosnian => {
            seen.bosnian_s = true;
            North
        }
        'J' | 'Ј' if bosnian => South,
        'I' | 'И' if bosnian => East,
        'Z' | 'З' if bosnian => West,
        // Russian and Ukrainian letters too: север, юг, восток, запад.
        'N' | 'С' => North,
        'S' | 'Ю' => South,
        'E' | 'Е' | 'В' => East,
        'W' | 'З' => West,
        _ => return None,
    };
    if matches!(upper, 'N' | 'E' | 'W') {
        seen.international = true;
    }
    Some((hemisphere, 1))
}

const KHMER: &[(&str, Hemisphere)] = &[
    ("ខាងជើង", Hemisphere::North),
    ("ខាងត្បូង", Hemisphere::South),
    ("ខាងកើត", Hemisphere::East),
    ("ខាងលិច", Hemisphere::West),
    ("ជើង", Hemisphere::North),
    ("ត្បូង", Hemisphere::South),
    ("កើត", Hemisphere::East),
    ("លិច", Hemisphere::West),
];
