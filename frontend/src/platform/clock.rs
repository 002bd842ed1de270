//! The device's clock, which decides nothing: it may be ten years off. The only place that reads it.

use std::time::Duration;

use js_sys::Date;

/// Milliseconds since 1970, as the device believes.
pub fn now_ms() -> i64 {
    Date::now() as i64
}

/// The instant as RFC 3339 in UTC with seconds: `2026-11-23T09:41:07Z`.
pub fn now_rfc3339() -> String {
    let text = String::from(Date::new_0().to_iso_string());
    format!("{}Z", text.split('.').next().unwrap_or(&text))
}

/// The date on the person's calendar: `2026-11-23`.
pub fn today_local() -> String {
    let now = Date::new_0();
    format!(
        "{:04}-{:02}-{:02}",
        now.get_full_year(),
        now.get_month() + 1,
        now.get_date()
    )
}

/// `today_local` moved by whole days.
pub fn local_day(days_from_today: i32) -> String {
    let day = Date::new_0();
    // Noon, so that a change of the clocks cannot move the date.
    day.set_hours(12);
    let day = Date::new(&(day.get_time() + f64::from(days_from_today) * 86_400_000.0).into());
    format!(
        "{:04}-{:02}-{:02}",
        day.get_full_year(),
        day.get_month() + 1,
        day.get_date()
    )
}

/// The time of day of an instant where the person is: "09:41". Text that is no instant is shown as it stands.
pub fn time_of(rfc3339: &str) -> String {
    let date = Date::new(&rfc3339.into());
    if date.get_time().is_nan() {
        return rfc3339.to_owned();
    }
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

/// The calendar date of an instant where the person is.
pub fn day_of(rfc3339: &str) -> String {
    let date = Date::new(&rfc3339.into());
    if date.get_time().is_nan() {
        return rfc3339.chars().take(10).collect();
    }
    format!(
        "{:04}-{:02}-{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date()
    )
}

/// Milliseconds since 1970 of an RFC 3339 instant.
pub fn instant_ms(rfc3339: &str) -> Option<i64> {
    let time = Date::parse(rfc3339);
    (!time.is_nan()).then_some(time as i64)
}

/// Waits.
pub async fn sleep(time: Duration) {
    super::wait::milliseconds(i32::try_from(time.as_millis()).unwrap_or(i32::MAX)).await;
}
