//! Report by a civilian, the police or anybody else of what they saw (`domain.md` 1.6). No field
//! describes a person.

use crate::check::{Context, Problem};
use crate::codes::{ADVICE, ORDNANCE, REPORT_ABOUT, RESPONSE, URGENCY, YES_NO};
use crate::macros::record_kind;

record_kind! {
    /// What somebody saw and told, roughly where, and what was done about it.
    pub struct CivilianReport: "civilian-report" / 1, Event, asks, paper;
    section what {
        /// What it is about.
        about: Choice(REPORT_ABOUT) [required];
        /// Category, if somebody can tell.
        category: Choice(ORDNANCE) if about in ["item", "unknown"];
        /// How many were seen.
        quantity: CountOrUnknown(1, 100_000) if about in ["item", "unknown"];
        /// When it was seen.
        seen_on: Date;
        /// When it was reported.
        reported_on: Date [required];
        /// What was seen, naming and describing nobody.
        description: LongText(2_000);
        /// Photos of the place, without people.
        photos: Photos;
    }
    section place {
        /// Where, at least roughly.
        place: Place [required];
        /// How to find it.
        landmark: Text(300);
        /// District.
        admin_area: Reference("admin-area");
        /// Nearest settlement.
        settlement: Reference("settlement");
    }
    section measures {
        /// How soon somebody must go there.
        urgency: Choice(URGENCY) [required];
        /// Whether the place is marked or fenced off for now.
        marked: Choice(YES_NO);
        /// Advice given.
        advice: Choices(ADVICE);
        /// What became of it.
        response: Choice(RESPONSE);
        /// When.
        responded_on: Date if response in ["tasked", "dealt-with", "nothing-found", "not-ordnance", "referred"];
        /// The task that answers it.
        task: Reference("task");
        /// The item that was found there.
        item: Reference("explosive-ordnance");
        /// Anything else, naming nobody.
        note: LongText(4_000);
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
    }
}

impl CivilianReport<'_> {
    fn check(&self, _context: &Context) -> Vec<Problem> {
        crate::check::not_before(self.0, key::seen_on, key::reported_on)
            .into_iter()
            .collect()
    }
}
