//! Non-technical survey report (`domain.md` 1.2; IMAS 08.10).

use crate::check::{Context, Problem};
use crate::codes::{SURVEY_METHOD, SURVEY_TYPE};
use crate::macros::record_kind;

/// One piece of evidence.
pub mod evidence {
    use crate::codes::{DIRECT_EVIDENCE, EVIDENCE, INDIRECT_EVIDENCE};
    use crate::macros::fields_view;

    fields_view! {
        /// One piece of evidence; describes no person.
        pub struct Evidence;
        section evidence {
            /// Direct, indirect or none.
            directness: Choice(EVIDENCE) [required];
            /// Which direct evidence.
            direct_evidence: Choice(DIRECT_EVIDENCE) [required] if directness in ["direct"];
            /// Which indirect evidence.
            indirect_evidence: Choice(INDIRECT_EVIDENCE) [required] if directness in ["indirect"];
            /// Where.
            place: Place;
            /// When it was so.
            on: Date;
            /// In words, naming nobody.
            note: Text(1_000);
        }
    }
}

/// One outline with its outcome.
pub mod outline {
    use crate::codes::{CANCELLATION, CONTAMINATION, SURVEY_OUTCOME};
    use crate::macros::fields_view;

    fields_view! {
        /// One outline of the survey.
        pub struct Outline;
        section outlines {
            /// Outcome.
            outcome: Choice(SURVEY_OUTCOME) [required];
            /// The hazardous area that it is about.
            hazard: Reference("hazardous-area") [required] if outcome in ["cancelled", "no-change"];
            /// Outline.
            ground: Ground [required] if outcome in ["new-sha", "new-cha", "cancelled"];
            /// Criteria for cancellation.
            criteria: Choices(CANCELLATION) [required] if outcome in ["cancelled"];
            /// Contamination.
            contamination: Choices(CONTAMINATION) [required] if outcome in ["new-sha", "new-cha"];
            /// The record made in the same submission.
            makes: Reference("hazardous-area") if outcome in ["new-sha", "new-cha"];
        }
    }
}

record_kind! {
    /// What a survey without intrusive search found, outline by outline.
    pub struct NonTechnicalSurvey: "non-technical-survey" / 1, Activity, stops, paper;
    section what {
        /// Type of survey.
        survey_type: Choice(SURVEY_TYPE) [required];
        /// Day of the survey: the effective date of what it cancels.
        day: Date [required];
        /// The task.
        task: Reference("task");
        /// The team.
        team: Reference("team");
        /// Methods.
        methods: Choices(SURVEY_METHOD) [required];
        /// Number of independent informants; who they are is not asked.
        informants: CountOrUnknown(0, 1_000);
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
    }
    section evidence {
        /// Evidence.
        evidence: Group(evidence::FIELDS);
    }
    section outlines {
        /// Outlines with their outcome.
        outlines: Group(outline::FIELDS) [required];
    }
    section close {
        /// Recommendation.
        recommendation: LongText(4_000);
        /// Why a date lies in the future.
        date_reason: Text(500);
        /// Photos.
        photos: Photos;
    }
}

impl NonTechnicalSurvey<'_> {
    /// New areas need their sort of evidence; the boundary of what is cancelled is no sketch.
    fn check(&self, _context: &Context) -> Vec<Problem> {
        let mut found = Vec::new();
        let evidence = self.evidence();
        let has = |directness| {
            evidence
                .iter()
                .any(|entry| evidence::Evidence::of(entry).directness() == Some(directness))
        };
        for (index, entry) in self.outlines().into_iter().enumerate() {
            let outline = outline::Outline::of(entry);
            match outline.outcome() {
                Some("new-cha") if !has("direct") => {
                    found.push(Problem::stops(
                        format!("outlines.{index}.outcome"),
                        "direct-evidence-needed",
                    ));
                }
                Some("new-sha") if !has("indirect") && !has("direct") => {
                    found.push(Problem::stops(
                        format!("outlines.{index}.outcome"),
                        "indirect-evidence-needed",
                    ));
                }
                Some("cancelled")
                    if outline
                        .ground()
                        .is_some_and(|ground| ground.how.is_sketch()) =>
                {
                    found.push(Problem::stops(
                        format!("outlines.{index}.ground"),
                        "sketch-for-release",
                    ));
                }
                _ => {}
            }
        }
        found
    }
}
