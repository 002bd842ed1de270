//! Accident or incident (`domain.md` 1.11, 1.12). No field describes a person.

use crate::check::{Context, Problem};
use crate::codes::{CAUSE, EVENT, REPAIR, YES_NO};
use crate::macros::record_kind;

record_kind! {
    /// An event with explosive ordnance, with harm or without.
    pub struct Accident: "accident" / 1, Event, asks, paper;
    section what {
        /// Accident (harm), incident (no harm), near miss, or unknown.
        event: Choice(EVENT) [required];
        /// What caused it.
        cause: Choice(CAUSE) [required];
        /// When.
        on: Date;
        /// Local time of day, minutes after midnight.
        at: Minutes(0, 1_439);
        /// Whether it happened while demining.
        demining: Choice(YES_NO);
    }
    section place {
        /// Where, at least roughly.
        place: Place [required];
        /// Whether a person states that it was before the work or release there began.
        before_release: Choice(YES_NO);
        /// District.
        admin_area: Reference("admin-area");
        /// Nearest settlement.
        settlement: Reference("settlement");
    }
    section harm {
        /// People killed.
        killed: CountOrUnknown(0, 10_000);
        /// People injured.
        injured: CountOrUnknown(0, 10_000);
        /// People whose outcome is not known.
        outcome_unknown: CountOrUnknown(0, 10_000);
        /// Animals killed.
        animals: CountOrUnknown(0, 100_000);
    }
    section links {
        /// Hazardous area, if known.
        hazard: Reference("hazardous-area");
        /// The task.
        task: Reference("task");
        /// Anything else, naming nobody.
        note: LongText(4_000);
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
        /// Photos of the place.
        photos: Photos;
    }
    section source {
        /// Name of the file that it was imported from.
        source_file: Text(300);
        /// Id in that file.
        source_id: Text(300);
        /// Date of information of the import.
        as_of: Date;
        /// What was done to its position at import.
        repair: Choice(REPAIR);
    }
}

impl Accident<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
