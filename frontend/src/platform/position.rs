//! The phone's own position. It is an estimate whose statistic is stated: a radius that holds 95 of 100 times.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Geolocation, PositionError, PositionOptions};

use super::{PlatformError, clock, online};

/// A fix older than this is no position (S8).
pub const STALE_MS: i64 = 10_000;

/// One fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fix {
    /// WGS 84 longitude in 1e-7 degree.
    pub longitude_e7: i64,
    /// WGS 84 latitude in 1e-7 degree.
    pub latitude_e7: i64,
    /// Radius in mm that holds the true place in 95 of 100 cases, by the phone's own estimate.
    pub accuracy_95_mm: i64,
    /// When it was taken, by the device's clock.
    pub at_ms: i64,
}

impl Fix {
    /// How old it is now.
    pub fn age_ms(&self) -> i64 {
        clock::now_ms() - self.at_ms
    }

    /// Whether it may still be used as a position.
    pub fn is_fresh(&self) -> bool {
        self.age_ms() <= STALE_MS
    }
}

/// What is known about where the phone is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Position {
    /// Asked, nothing yet.
    #[default]
    Waiting,
    /// The newest fix; look at [`Fix::is_fresh`].
    At(Fix),
    /// None to be had: refused, no secure page, no receiver.
    Unavailable(PlatformError),
}

/// Watches the position for as long as the calling component lives.
pub fn watch() -> ReadSignal<Position> {
    let (read, write) = signal(Position::default());
    match start(write) {
        Ok(watch) => {
            let watch = StoredValue::new_local(watch);
            on_cleanup(move || watch.with_value(Watch::stop));
            // A phone stops the watch while the page is hidden and may not take it up again.
            online::on_return(move || {
                let _ = watch.try_update_value(|watch| {
                    if let Ok(again) = start(write) {
                        watch.stop();
                        *watch = again;
                    }
                });
            });
        }
        Err(error) => write.set(Position::Unavailable(error)),
    }
    read
}

struct Watch {
    source: Geolocation,
    id: i32,
}

impl Watch {
    fn stop(&self) {
        self.source.clear_watch(self.id);
    }
}

fn start(write: WriteSignal<Position>) -> super::Result<Watch> {
    let source = web_sys::window()
        .and_then(|window| window.navigator().geolocation().ok())
        .ok_or(PlatformError::Refused)?;
    let options = PositionOptions::new();
    options.set_enable_high_accuracy(true);
    options.set_maximum_age(0);
    let found = Closure::<dyn Fn(web_sys::Position)>::new(move |position: web_sys::Position| {
        drop(write.try_set(Position::At(fix(&position))));
    });
    let failed = Closure::<dyn Fn(PositionError)>::new(move |error: PositionError| {
        let reason = if error.code() == PositionError::TIMEOUT {
            PlatformError::TimedOut
        } else {
            PlatformError::Refused
        };
        drop(write.try_set(Position::Unavailable(reason)));
    });
    let (found, failed) = (found.into_js_value(), failed.into_js_value());
    let id = source.watch_position_with_error_callback_and_options(
        found.unchecked_ref(),
        Some(failed.unchecked_ref()),
        &options,
    )?;
    Ok(Watch { source, id })
}

fn fix(position: &web_sys::Position) -> Fix {
    let coordinates = position.coords();
    let e7 = |degrees: f64| (degrees * 1e7).round() as i64;
    Fix {
        longitude_e7: e7(coordinates.longitude()),
        latitude_e7: e7(coordinates.latitude()),
        accuracy_95_mm: (coordinates.accuracy() * 1000.0).ceil() as i64,
        at_ms: position.timestamp() as i64,
    }
}
