//! A programme's own code list.

use crate::check::{Context, Problem};
use crate::macros::record_kind;

record_kind! {
    /// A programme's own code list.
    pub struct ProgrammeCodeList: "code-list" / 1, System, stops;
    section what {
        /// Key of the list.
        list: Text(60) [required];
        /// Codes, separated by commas.
        codes: Text(4_000) [required];
    }
}

impl ProgrammeCodeList<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
