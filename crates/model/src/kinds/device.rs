//! A device enrolled, or revoked: one person in one browser profile, with one key.

use crate::check::{Context, Problem};
use crate::codes::DECISION;
use crate::macros::record_kind;

record_kind! {
    /// A device enrolled, or revoked: one person in one browser profile, with one key.
    pub struct Device: "device" / 1, System, stops;
    section what {
        /// The person's id; no name.
        person: Text(36) [required];
        /// Public key, hex.
        public_key: Text(64) [required];
        /// What is written on it, for example `TAB-07`.
        label: Text(60);
        /// Whether it is revoked.
        revoked: Choice(DECISION) [required];
    }
}

impl Device<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
