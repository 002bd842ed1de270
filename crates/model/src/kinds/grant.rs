//! The roles of a person, by id.

use crate::check::{Context, Problem};
use crate::macros::record_kind;

record_kind! {
    /// The roles of a person, by id.
    pub struct Grant: "grant" / 1, System, stops;
    section what {
        /// The person's id; no name.
        person: Text(36) [required];
        /// Roles, codes separated by commas; empty takes all away.
        roles: Text(200) [required];
        /// Organisation.
        organisation: Reference("organisation");
        /// Team.
        team: Reference("team");
    }
}

impl Grant<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
