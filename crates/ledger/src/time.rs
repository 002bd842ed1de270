//! Moments. The author's and the hub's are different types, so that no code mixes them up.
//!
//! Neither decides an order or a winner: a phone's clock may be ten years off.

use std::fmt;
use std::str::FromStr;

use crate::id::as_text;

/// A text that is not `YYYY-MM-DDThh:mm:ssZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a moment in UTC like 2026-03-01T08:30:00Z")]
pub struct BadTime;

macro_rules! moment {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// A moment between the years 0000 and 9999, by seconds since 1970-01-01T00:00:00Z.
            pub fn from_unix(seconds: i64) -> Result<Self, BadTime> {
                if (FIRST..=LAST).contains(&seconds) { Ok(Self(seconds)) } else { Err(BadTime) }
            }

            /// Seconds since 1970-01-01T00:00:00Z.
            pub const fn unix(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_moment(self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = BadTime;

            fn from_str(text: &str) -> Result<Self, BadTime> {
                read_moment(text).map(Self)
            }
        }

        as_text!($name);
    };
}

moment! {
    /// When the author's device says that the revision was signed: shown, never trusted.
    AuthorTime
}
moment! {
    /// When a hub received a revision, by the hub's clock.
    ReceivedAt
}

const DAY: i64 = 86_400;
/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;

/// Days from 1970-01-01 of a date in the proleptic Gregorian calendar, `month` from 1.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // The year is counted from March, so that the leap day is its last.
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

fn write_moment(seconds: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (year, month, day) = civil_from_days(seconds.div_euclid(DAY));
    let second = seconds.rem_euclid(DAY);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    write!(
        f,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z",
        second % 60
    )
}

fn read_moment(text: &str) -> Result<i64, BadTime> {
    let part = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let read = || {
        let days = days_from_civil(part(0, 4)?, part(5, 7)?, part(8, 10)?);
        Some(days * DAY + part(11, 13)? * 3600 + part(14, 16)? * 60 + part(17, 19)?)
    };
    let seconds = read().ok_or(BadTime)?;
    // Writing it back refuses 30 February, 24:00, a leap second, and any other separator.
    let moment = AuthorTime::from_unix(seconds)?;
    if moment.to_string() == text {
        Ok(seconds)
    } else {
        Err(BadTime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back_as_written() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(text.parse::<AuthorTime>().unwrap().to_string(), text);
        }
        assert_eq!(
            "2026-11-23T19:06:45Z".parse::<ReceivedAt>().unwrap().unix(),
            1_795_460_805
        );
    }

    #[test]
    fn moments_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00+00:00",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00.5Z",
            "26-01-01T00:00:00Z",
            "",
        ] {
            assert_eq!(text.parse::<AuthorTime>(), Err(BadTime), "{text}");
        }
    }
}
