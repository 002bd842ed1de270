//! Numbers between the unit that a person reads and the whole number that a body stores. Pure.

use safelane_model::Unit;

/// How a number is typed: decimals and how many stored units one typed unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Stored units in one typed unit.
    pub unit: i64,
    /// Decimals that can be typed.
    pub places: u32,
}

/// The scale of a field: depths in cm, other lengths in m, areas in m², times of people in h.
pub fn scale(key: &str, unit: Unit) -> Scale {
    match unit {
        Unit::Count => Scale { unit: 1, places: 0 },
        Unit::Millimetres if key.contains("depth") => Scale {
            unit: 10,
            places: 1,
        },
        Unit::Millimetres => Scale {
            unit: 1_000,
            places: 3,
        },
        Unit::SquareDecimetres => Scale {
            unit: 100,
            places: 2,
        },
        Unit::Minutes if key == "time" => Scale {
            unit: 60,
            places: 1,
        },
        Unit::Minutes => Scale { unit: 1, places: 0 },
    }
}

impl Scale {
    /// A typed decimal, given in parts of ten to the power of `places`, as stored.
    pub const fn stored(self, typed: i64) -> i64 {
        let parts = 10_i64.pow(self.places);
        let value = typed * self.unit;
        let half = if value < 0 { -parts / 2 } else { parts / 2 };
        (value + half) / parts
    }

    /// A stored number as text that can be typed on.
    pub fn text(self, stored: i64, point: &str) -> String {
        let (whole, rest) = (stored / self.unit, (stored % self.unit).abs());
        if rest == 0 {
            return whole.to_string();
        }
        let parts = 10_i64.pow(self.places);
        let fraction = format!(
            "{:0width$}",
            (rest * parts + self.unit / 2) / self.unit,
            width = self.places as usize
        );
        let sign = if stored < 0 && whole == 0 { "-" } else { "" };
        format!("{sign}{whole}{point}{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_stored_and_shown_again() {
        let metres = scale("length", Unit::Millimetres);
        assert_eq!(
            (metres.stored(42_000), metres.stored(12_500)),
            (42_000, 12_500)
        );
        assert_eq!(
            (metres.text(42_000, "."), metres.text(12_500, ",")),
            ("42".to_owned(), "12,5".to_owned())
        );
        let depth = scale("required_depth", Unit::Millimetres);
        assert_eq!(
            (depth.stored(205), depth.text(205, ".")),
            (205, "20.5".to_owned())
        );
        let area = scale("worked_area", Unit::SquareDecimetres);
        assert_eq!(
            (area.stored(24_600), area.text(24_650, ".")),
            (24_600, "246.5".to_owned())
        );
        let hours = scale("time", Unit::Minutes);
        assert_eq!(
            (hours.stored(55), hours.text(330, ".")),
            (330, "5.5".to_owned())
        );
    }
}
