//! What a line of a table cannot hold: files that are made, inputs of several steps, slow ones.

mod made;
mod people;
mod slow;
mod sync;

use crate::Outcome;
use crate::office::Office;
use crate::table::Try;

pub use made::{collection, feature, file};

/// A story by its name.
pub fn tell(office: &mut Office, name: &str, one: &Try) -> Outcome {
    match name {
        "session-fixation" => people::session_fixation(office),
        "cookie-after-sign-out" => people::cookie_after_sign_out(office),
        "wrong-name-reads-like-wrong-password" => people::wrong_name(office),
        "guessing" => people::guessing(office),
        "many-sign-ins-at-once" => people::many_at_once(office),
        "weak-key" => people::weak_key(office),
        "role-taken" => people::role_taken(office),
        "forged-host" => people::forged_host(office),
        "deep-json" => sync::large(office, vec![b'['; 100_000], one),
        "ten-megabytes" => sync::large(office, vec![b' '; 10_000_000], one),
        "long-password" => sync::sign_in(office, &"x".repeat(10_000_000), one),
        "long-header" => sync::headers(office, 1, 64 * 1024, one),
        "many-headers" => sync::headers(office, 10_000, 8, one),
        "endless-chunks" => sync::endless_chunks(office, one),
        "long-address" => sync::long_address(office, one),
        "long-text" => sync::body(
            office,
            &format!(
                r#"{{"classification":"sha","name":"{}"}}"#,
                "x".repeat(1_000_000)
            ),
            one,
        ),
        "long-list" => sync::body(
            office,
            &format!(
                r#"{{"classification":"sha","contamination":[{}]}}"#,
                vec![r#""x""#; 300_000].join(",")
            ),
            one,
        ),
        "huge-body" => sync::body(
            office,
            &format!(r#"{{"note":"{}"}}"#, "x".repeat(3_000_000)),
            one,
        ),
        "fifty-thousand-vertices" => sync::body(office, &made::drawn(50_000), one),
        "too-many-vertices" => sync::body(office, &made::drawn(60_000), one),
        "spoilt" => sync::spoilt(office, one),
        "a-thousand-times" => sync::a_thousand_times(office),
        "fork" => sync::fork(office),
        "many-heads" => sync::many_heads(office),
        "unknown-parent" => sync::unknown_parent(office),
        "cut-push" => sync::cut_push(office),
        "strange-clock" => sync::strange_clock(office),
        "another-author" => sync::another_author(office),
        "twice-in-one-push" => sync::twice_in_one_push(office),
        "truncated-files" => made::truncated(),
        "killed-import" => sync::killed_import(office),
        "imported-twice" => sync::imported_twice(office),
        "scripts-come-back" => sync::scripts_come_back(office),
        "names" => people::names(office),
        other => panic!("no story is called {other}"),
    }
}

/// What waits for a time-out, on its own thread.
pub fn waiting(address: &str, one: &Try) -> Outcome {
    match one.make.as_deref() {
        Some("slow-headers") => slow::headers(address),
        Some("slow-body") => slow::body(address),
        Some("silent-connections") => slow::silent(address),
        other => panic!("no slow story is called {other:?}"),
    }
}

/// Fails with words.
pub fn claim(holds: bool, words: impl Into<String>) -> Outcome {
    if holds { Ok(()) } else { Err(words.into()) }
}
