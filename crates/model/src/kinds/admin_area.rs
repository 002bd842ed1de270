//! Administrative area.

use crate::check::{Context, Problem};
use crate::macros::record_kind;

record_kind! {
    /// Administrative area.
    pub struct AdminArea: "admin-area" / 1, Reference, stops;
    section what {
        /// Name in the programme's main language.
        name: Text(200) [required];
        /// Name in Khmer.
        name_km: Text(200);
        /// Name in Bosnian.
        name_bs: Text(200);
        /// Code, for example a P-code.
        code: Text(60);
        /// Level: 1 is the highest below the country.
        level: Count(0, 6) [required];
        /// The area that it is part of.
        part_of: Reference("admin-area");
        /// Outline.
        ground: Ground [required];
    }
    section source {
        /// Name of the file that it was imported from.
        source_file: Text(300);
        /// Id in that file.
        source_id: Text(300);
        /// Date of information of the import.
        as_of: Date;
    }
}

impl AdminArea<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
