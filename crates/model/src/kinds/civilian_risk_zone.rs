//! Civilian-risk zone (`domain.md` 3.3). Unknown is a value, never zero.

use crate::body::Known;
use crate::check::{Context, Problem, not_before};
use crate::codes::{
    ADVICE, ALTERNATIVES, CONTAMINATION, ENTRY_REASON, EXPOSED_GROUP, MARKING, RISK_BAND, YES_NO,
    ZONE_BASIS,
};
use crate::macros::record_kind;

record_kind! {
    /// Ground where civilians are exposed, and how.
    pub struct CivilianRiskZone: "civilian-risk-zone" / 1, Land, stops, paper;
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
        /// Accidents that belong to it although they lie outside its outline.
        accidents: References("accident");
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
        /// Whether a used road or ploughed land lies in it: there an AV mine is likelier set off.
        road_or_ploughed: Choice(YES_NO);
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
        /// Newcomers among the women and men: returned or arrived in the last 24 months.
        newcomers: CountOrUnknown(0, 10_000_000);
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
        /// Share of the exposed people whom risk education reached in the last 24 months, percent.
        reached_by_education: CountOrUnknown(0, 100);
        /// Advice given.
        advice: Choices(ADVICE) [required];
        /// Anything else, naming nobody.
        note: LongText(4_000);
        /// Why a date lies in the future.
        date_reason: Text(500);
        /// Photos.
        photos: Photos;
    }
    section priority {
        /// When it is looked at again: at most twelve months after the visit.
        next_review_on: Date;
        /// The band that a person sets in place of the computed one.
        priority_override: Choice(RISK_BAND);
        /// Why; who says so is in the ledger.
        override_reason: Text(500) [required] if priority_override in ["very-high", "high", "medium", "low", "very-low"];
    }
}

/// Days after a visit within which a zone is looked at again.
const REVIEW_DAYS: i64 = 366;

impl CivilianRiskZone<'_> {
    /// A band and its reason come together, newcomers are some of the adults, and a zone is looked
    /// at again within a year.
    fn check(&self, _context: &Context) -> Vec<Problem> {
        let mut found = Vec::new();
        let reason = self.override_reason().map_or("", str::trim);
        if self.priority_override().is_none() && !reason.is_empty() {
            found.push(Problem::stops(key::priority_override, "required"));
        }
        if let (Some(Known::Number(women)), Some(Known::Number(men)), Some(Known::Number(new))) =
            (self.women(), self.men(), self.newcomers())
            && new > women.saturating_add(men)
        {
            found.push(
                Problem::stops(key::newcomers, "out-of-bounds")
                    .with("value", new)
                    .with("min", 0)
                    .with("max", women.saturating_add(men)),
            );
        }
        found.extend(not_before(self.0, key::visited_on, key::next_review_on));
        let last = self
            .visited_on()
            .and_then(|visited| visited.plus_days(REVIEW_DAYS).ok());
        if let (Some(next), Some(last)) = (self.next_review_on(), last)
            && next > last
        {
            found.push(Problem::asks(key::next_review_on, "review-too-late").with("date", last));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Severity;
    use crate::{Body, kinds};

    fn codes(body: &Body) -> Vec<(String, &'static str, Severity)> {
        let kind = kinds::find("civilian-risk-zone").unwrap();
        let context = Context {
            today: "2026-11-23".parse().unwrap(),
            area: None,
        };
        let ours = [
            key::newcomers,
            key::next_review_on,
            key::priority_override,
            key::override_reason,
        ];
        let problems = crate::check::problems(kind, body, &context).into_iter();
        problems
            .filter(|problem| ours.contains(&problem.field.as_str()))
            .map(|problem| (problem.field, problem.code, problem.severity))
            .collect()
    }

    fn zone() -> Body {
        Body::new()
            .with("visited_on", "2026-11-20")
            .with("women", 30)
            .with("men", 25)
    }

    #[test]
    fn a_band_set_by_a_person_and_its_reason_come_together() {
        let band = zone().with("priority_override", "high");
        let missing = ("override_reason".to_owned(), "required", Severity::Stops);
        assert_eq!(codes(&band), [missing]);
        let reason = zone().with("override_reason", "Asked by the commune");
        let missing = ("priority_override".to_owned(), "required", Severity::Stops);
        assert_eq!(codes(&reason), [missing]);
        assert!(codes(&band.with("override_reason", "Asked by the commune")).is_empty());
        assert!(codes(&zone()).is_empty(), "older bodies have none of them");
    }

    #[test]
    fn newcomers_are_some_of_the_adults() {
        assert!(codes(&zone().with("newcomers", 55)).is_empty());
        assert!(codes(&zone().with("newcomers", "unknown")).is_empty());
        assert!(codes(&zone().with("newcomers", 60).with("men", "unknown")).is_empty());
        let too_many = ("newcomers".to_owned(), "out-of-bounds", Severity::Stops);
        assert_eq!(codes(&zone().with("newcomers", 56)), [too_many]);
    }

    #[test]
    fn the_next_review_may_lie_ahead_but_not_beyond_a_year() {
        assert!(codes(&zone().with("next_review_on", "2027-11-20")).is_empty());
        let late = (
            "next_review_on".to_owned(),
            "review-too-late",
            Severity::Asks,
        );
        assert_eq!(codes(&zone().with("next_review_on", "2027-12-20")), [late]);
        let before = (
            "next_review_on".to_owned(),
            "end-before-start",
            Severity::Stops,
        );
        assert_eq!(
            codes(&zone().with("next_review_on", "2026-11-01")),
            [before]
        );
    }
}
