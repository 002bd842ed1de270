//! Civilian-risk zone (`domain.md` 3.3). Unknown is a value, never zero.

use crate::check::{Context, Problem};
use crate::codes::{
    ADVICE, ALTERNATIVES, CONTAMINATION, ENTRY_REASON, EXPOSED_GROUP, MARKING, ZONE_BASIS,
};
use crate::macros::record_kind;

record_kind! {
    /// Ground where civilians are exposed, and how.
    pub struct CivilianRiskZone: "civilian-risk-zone" / 1, Land, stops;
    section what {
        /// Name in the local language.
        name: Text(200) [required];
        /// On what it rests.
        basis: Choice(ZONE_BASIS) [required];
        /// Threats.
        threat: Choices(CONTAMINATION) [required];
        /// Day of the visit.
        visited_on: Date [required];
        /// Hazardous areas that it surrounds or touches.
        hazards: References("hazardous-area");
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
    }
    section place {
        /// Outline.
        ground: Ground [required];
        /// Nearest settlement.
        settlement: Reference("settlement");
        /// District.
        admin_area: Reference("admin-area");
    }
    section exposed {
        /// Groups.
        groups: Choices(EXPOSED_GROUP) [required];
        /// Women.
        women: CountOrUnknown(0, 10_000_000) [required];
        /// Men.
        men: CountOrUnknown(0, 10_000_000) [required];
        /// Girls under 18.
        girls: CountOrUnknown(0, 10_000_000) [required];
        /// Boys under 18.
        boys: CountOrUnknown(0, 10_000_000) [required];
        /// Person-entries in a month.
        entries_per_month: CountOrUnknown(0, 10_000_000) [required];
        /// Why people enter.
        reasons: Choices(ENTRY_REASON) [required];
        /// Whether they have an alternative.
        alternatives: Choice(ALTERNATIVES) [required];
    }
    section measures {
        /// Marking.
        marking: Choice(MARKING) [required];
        /// Minutes to trauma care.
        minutes_to_care: MinutesOrUnknown(0, 10_000);
        /// Advice given.
        advice: Choices(ADVICE) [required];
        /// Anything else, naming nobody.
        note: LongText(4_000);
        /// Why a date lies in the future.
        date_reason: Text(500);
        /// Photos.
        photos: Photos;
    }
}

impl CivilianRiskZone<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
