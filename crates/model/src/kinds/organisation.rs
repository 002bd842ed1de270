//! Organisation (`domain.md` 1.19).

use crate::check::{Context, Problem};
use crate::codes::ORGANISATION_TYPE;
use crate::macros::record_kind;

record_kind! {
    /// Organisation (`domain.md` 1.19).
    pub struct Organisation: "organisation" / 1, Reference, stops;
    section what {
        /// Name.
        name: Text(200) [required];
        /// Short name.
        short_name: Text(40);
        /// Type.
        organisation_type: Choice(ORGANISATION_TYPE) [required];
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
    }
}

impl Organisation<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
