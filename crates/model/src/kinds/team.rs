//! Team or section (`domain.md` 1.19).

use crate::check::{Context, Problem};
use crate::codes::TEAM_TYPE;
use crate::macros::record_kind;

record_kind! {
    /// Team or section (`domain.md` 1.19).
    pub struct Team: "team" / 1, Reference, stops;
    section what {
        /// Name.
        name: Text(200) [required];
        /// Organisation.
        organisation: Reference("organisation") [required];
        /// What it is for.
        team_type: Choice(TEAM_TYPE) [required];
        /// People usually at work.
        people: Count(0, 500);
        /// Last day of its accreditation.
        accredited_until: Date;
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
    }
}

impl Team<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
