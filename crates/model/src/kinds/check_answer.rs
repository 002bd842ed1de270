//! A person's answer to a check: it acknowledges an alarm or gives the reason for something odd.

use crate::check::{Context, Problem};
use crate::codes::CHECK_ANSWER;
use crate::kinds::ANY;
use crate::macros::record_kind;

record_kind! {
    /// What somebody answers to a check, by name. It says nothing about the world and takes nothing
    /// from any map: an alarm is settled at the item or accident itself, by two people (S9).
    pub struct CheckAnswer: "check-answer" / 1, System, stops;
    section what {
        /// Code of the check.
        code: Text(60) [required];
        /// The records that the check is about, the one checked first.
        records: References(ANY) [required];
        /// Acknowledged or explained.
        answer: Choice(CHECK_ANSWER) [required];
        /// The figures as they were read: when they change, the check is open again.
        figures: Text(2_000);
        /// The reason, naming nobody.
        reason: LongText(2_000) [required] if answer in ["explained"];
    }
}

impl CheckAnswer<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}
