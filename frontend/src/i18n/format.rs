//! Numbers, areas, lengths, dates and positions as people read them. Digits are Western in every language.

use super::{text, text_with};

/// Groups thousands: 9214 is written 9,214 in English and 9.214 in Bosnian.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let group = text(key!("format.group"));
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(group);
        }
        out.push(digit);
    }
    if value < 0 {
        format!("\u{2212}{out}")
    } else {
        out
    }
}

/// A number given in parts of ten to the power of `places`: `decimal(125, 1)` is 12.5.
pub fn decimal(value: i64, places: u32) -> String {
    let unit = 10_i64.pow(places);
    let whole = number(value.abs() / unit);
    let sign = if value < 0 { "\u{2212}" } else { "" };
    if places == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = value.unsigned_abs() % unit.unsigned_abs();
    let point = text(key!("format.decimal"));
    format!(
        "{sign}{whole}{point}{fraction:0width$}",
        width = places as usize
    )
}

/// An area in dm² (the ledger's unit) as whole m² with the unit; below 10 m² with one decimal.
pub fn area_dm2(dm2: i64) -> String {
    let figure = if dm2.abs() < 1_000 && dm2 % 100 != 0 {
        decimal(round_to(dm2, 10), 1)
    } else {
        number(round_to(dm2, 100))
    };
    text_with(key!("format.square_metres"), &[("value", figure.into())])
}

/// A length in mm as metres, with as many decimals (up to three) as it has.
pub fn length_mm(mm: i64) -> String {
    let figure = match (mm % 1000 == 0, mm % 100 == 0, mm % 10 == 0) {
        (true, ..) => number(mm / 1000),
        (_, true, _) => decimal(mm / 100, 1),
        (_, _, true) => decimal(mm / 10, 2),
        _ => decimal(mm, 3),
    };
    text_with(key!("format.metres"), &[("value", figure.into())])
}

/// A depth in mm as centimetres.
pub fn depth_mm(mm: i64) -> String {
    let figure = if mm % 10 == 0 {
        number(mm / 10)
    } else {
        decimal(mm, 1)
    };
    text_with(key!("format.centimetres"), &[("value", figure.into())])
}

/// A duration in minutes as hours with one decimal: 330 is 5.5 h.
pub fn hours(minutes: i64) -> String {
    let tenths = round_to(minutes * 10, 60);
    let figure = if tenths % 10 == 0 {
        number(tenths / 10)
    } else {
        decimal(tenths, 1)
    };
    text_with(key!("format.hours"), &[("value", figure.into())])
}

/// A date `2026-11-23` as "23 Nov 2026"; what is no date is shown as it stands.
pub fn date(iso: &str) -> String {
    let Some((year, month, day)) = split_date(iso) else {
        return iso.to_owned();
    };
    text_with(
        key!("format.date"),
        &[
            ("day", day.to_string().into()),
            ("month", month_name(month).into()),
            ("year", year.to_string().into()),
        ],
    )
}

/// A date without its year: "23 Nov".
pub fn day_month(iso: &str) -> String {
    let Some((_, month, day)) = split_date(iso) else {
        return iso.to_owned();
    };
    text_with(
        key!("format.day_month"),
        &[
            ("day", day.to_string().into()),
            ("month", month_name(month).into()),
        ],
    )
}

/// A WGS 84 position in 1e-7 degree with its datum and format (S10).
pub fn position(longitude_e7: i64, latitude_e7: i64) -> String {
    let degrees = |e7: i64| {
        format!(
            "{}.{:06}",
            e7.unsigned_abs() / 10_000_000,
            (e7.unsigned_abs() % 10_000_000) / 10
        )
    };
    let north = if latitude_e7 < 0 { "S" } else { "N" };
    let east = if longitude_e7 < 0 { "W" } else { "E" };
    t!(
        "format.position",
        latitude = format!("{}° {north}", degrees(latitude_e7)),
        longitude = format!("{}° {east}", degrees(longitude_e7))
    )
}

fn split_date(iso: &str) -> Option<(i32, u32, u32)> {
    let mut parts = iso.get(..10)?.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts
        .next()?
        .parse()
        .ok()
        .filter(|month| (1..=12).contains(month))?;
    Some((year, month, parts.next()?.parse().ok()?))
}

fn month_name(month: u32) -> &'static str {
    text(match month {
        1 => key!("format.month.1"),
        2 => key!("format.month.2"),
        3 => key!("format.month.3"),
        4 => key!("format.month.4"),
        5 => key!("format.month.5"),
        6 => key!("format.month.6"),
        7 => key!("format.month.7"),
        8 => key!("format.month.8"),
        9 => key!("format.month.9"),
        10 => key!("format.month.10"),
        11 => key!("format.month.11"),
        _ => key!("format.month.12"),
    })
}

/// Divides and rounds half away from zero.
fn round_to(value: i64, unit: i64) -> i64 {
    let half = if value < 0 { -unit / 2 } else { unit / 2 };
    (value + half) / unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_goes_away_from_zero_at_the_half() {
        assert_eq!(
            [round_to(150, 100), round_to(149, 100), round_to(-150, 100)],
            [2, 1, -2]
        );
    }

    #[test]
    fn a_date_is_split_or_left_alone() {
        assert_eq!(split_date("2026-11-23"), Some((2026, 11, 23)));
        assert_eq!(split_date("2026-13-01"), None);
        assert_eq!(split_date("soon"), None);
    }
}
