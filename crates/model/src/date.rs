//! A calendar day without a time zone, as people write it in a report.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar, years 1900 to 2199.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

/// Why a text is no [`Date`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a date is written YYYY-MM-DD, between 1900 and 2199")]
pub struct NoDate;

impl Date {
    /// The last day of the calendar.
    pub const LAST: Self = Self {
        year: 2199,
        month: 12,
        day: 31,
    };

    /// The day, if the calendar has it.
    pub fn try_new(year: i16, month: u8, day: u8) -> Result<Self, NoDate> {
        let ok = (1900..2200).contains(&year)
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in_month(year, month);
        if ok {
            Ok(Self { year, month, day })
        } else {
            Err(NoDate)
        }
    }

    /// Year, for example 2026.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Days since 1970-01-01 (negative before), after Howard Hinnant's `days_from_civil`.
    pub fn days_since_1970(self) -> i64 {
        let (y, m) = (i64::from(self.year), i64::from(self.month));
        let y = if m <= 2 { y - 1 } else { y };
        let era = y.div_euclid(400);
        let yoe = y - era * 400;
        let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + i64::from(self.day) - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        era * 146_097 + doe - 719_468
    }

    /// The day that lies `days` after 1970-01-01.
    pub fn from_days_since_1970(days: i64) -> Result<Self, NoDate> {
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z - era * 146_097;
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        Self::try_new(
            i16::try_from(year).map_err(|_| NoDate)?,
            u8::try_from(month).map_err(|_| NoDate)?,
            u8::try_from(day).map_err(|_| NoDate)?,
        )
    }

    /// The same day so many months later, or the last day of that month where it has no such day.
    pub fn plus_months(self, months: i64) -> Result<Self, NoDate> {
        let all = i64::from(self.year) * 12 + i64::from(self.month) - 1 + months;
        let year = i16::try_from(all.div_euclid(12)).map_err(|_| NoDate)?;
        let month = all.rem_euclid(12) as u8 + 1;
        Self::try_new(year, month, self.day.min(days_in_month(year, month)))
    }

    /// The day that lies `days` later (earlier when negative).
    pub fn plus_days(self, days: i64) -> Result<Self, NoDate> {
        Self::from_days_since_1970(self.days_since_1970() + days)
    }
}

fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(NoDate);
        }
        let number = |range: std::ops::Range<usize>| -> Result<i16, NoDate> {
            let part = text.get(range).ok_or(NoDate)?;
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(NoDate);
            }
            part.parse().map_err(|_| NoDate)
        };
        Self::try_new(number(0..4)?, number(5..7)? as u8, number(8..10)? as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree_over_three_centuries() {
        let first: Date = "1900-01-01".parse().unwrap();
        let mut day = first;
        for n in 0..(300 * 365) {
            assert_eq!(day.days_since_1970(), first.days_since_1970() + n);
            assert_eq!(day.to_string().parse::<Date>(), Ok(day));
            let Ok(next) = day.plus_days(1) else { break };
            assert!(next > day);
            day = next;
        }
        assert_eq!("1970-01-01".parse::<Date>().unwrap().days_since_1970(), 0);
        assert_eq!(
            "2024-02-29".parse::<Date>().unwrap().days_since_1970(),
            19_782
        );
    }

    #[test]
    fn months_later_is_the_same_day_or_the_last_of_the_month() {
        let later = |day: &str, months| {
            let day: Date = day.parse().unwrap();
            day.plus_months(months).map(|day| day.to_string())
        };
        assert_eq!(later("2024-01-31", 1), Ok("2024-02-29".to_owned()));
        assert_eq!(later("2023-12-31", 2), Ok("2024-02-29".to_owned()));
        assert_eq!(later("2024-03-15", -3), Ok("2023-12-15".to_owned()));
        assert_eq!(later("2024-02-29", 36), Ok("2027-02-28".to_owned()));
        assert_eq!(later("2199-12-01", 1), Err(NoDate));
        assert!(Date::LAST.plus_days(1).is_err());
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "2023-02-29",
            "2023-13-01",
            "2023-00-10",
            "1899-12-31",
            "23-1-1",
            "2023-1-01",
            "2023-01-0x",
            "+123-01-01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NoDate), "{text}");
        }
    }
}
