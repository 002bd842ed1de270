//! Settlement or other named place.

use crate::check::{Context, Problem};
use crate::codes::SETTLEMENT_TYPE;
use crate::macros::record_kind;

record_kind! {
    /// Settlement or other named place.
    pub struct Settlement: "settlement" / 1, Reference, stops;
    section what {
        /// Name in the programme's main language.
        name: Text(200) [required];
        /// Name in Khmer.
        name_km: Text(200);
        /// Name in Bosnian.
        name_bs: Text(200);
        /// Code, for example a P-code.
        code: Text(60);
        /// Type.
        settlement_type: Choice(SETTLEMENT_TYPE);
        /// Where.
        place: Place [required];
        /// District.
        admin_area: Reference("admin-area");
        /// People who live there.
        population: CountOrUnknown(0, 100_000_000);
    }
}

impl Settlement<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
