//! Item of explosive ordnance and its life (`domain.md` 1.9).

use crate::check::{Context, Problem};
use crate::codes::{CONDITION, FOUND_BY, ORDNANCE, ORDNANCE_TYPE, YES_NO};
use crate::date::Date;
use crate::macros::record_kind;

/// One step in the life of an item.
pub mod step {
    use crate::codes::ITEM_STEP;
    use crate::macros::fields_view;

    fields_view! {
        /// One step, with its day and team.
        pub struct Step;
        section life {
            /// What was done.
            step: Choice(ITEM_STEP) [required];
            /// When.
            on: Date [required];
            /// By which team.
            team: Reference("team");
        }
    }
}

record_kind! {
    /// An item found: a hazard point until destroyed.
    pub struct ExplosiveOrdnance: "explosive-ordnance" / 1, Event, asks, paper;
    section what {
        /// Category; `unknown` is valid.
        category: Choice(ORDNANCE) [required];
        /// Type.
        ordnance_type: Choice(ORDNANCE_TYPE);
        /// How many.
        quantity: Count(1, 100_000) [required];
        /// Condition.
        condition: Choice(CONDITION);
        /// Photos.
        photos: Photos;
    }
    section place {
        /// Where it was found, not where it was destroyed.
        place: Place [required];
        /// Lane, if it was found in one.
        lane: Count(1, 999);
        /// Depth of its top, in mm; 0 is the surface.
        depth: Millimetres(0, 20_000) [required];
        /// How it was found.
        found_by: Choice(FOUND_BY);
        /// When it was found.
        found_on: Date [required];
        /// Local time of day found, minutes after midnight.
        found_at: Minutes(0, 1_439);
    }
    section life {
        /// What was done, step by step.
        life: Group(step::FIELDS);
        /// Whether a person states that it was found before the work or release there began.
        before_release: Choice(YES_NO);
    }
    section links {
        /// The task.
        task: Reference("task");
        /// The clearance report of the day.
        clearance: Reference("clearance");
        /// The team.
        team: Reference("team");
        /// Anything else, naming nobody.
        note: LongText(4_000);
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
    }
}

/// Steps after which an item is no hazard any more.
const ENDS: [&str; 3] = [
    "destroyed-in-situ",
    "moved-and-destroyed",
    "neutralised-and-destroyed",
];
/// Steps after which it is no longer at the place where it was found.
const GONE: [&str; 3] = ["moved", "handed-over", "stored"];

impl ExplosiveOrdnance<'_> {
    /// Whether it is still a hazard where it was found: neither destroyed nor taken away.
    pub fn is_in_the_ground(&self) -> bool {
        !self.is_destroyed() && !self.last_step_in(&GONE)
    }

    /// Whether it is destroyed.
    pub fn is_destroyed(&self) -> bool {
        self.life().iter().any(|entry| {
            step::Step::of(entry)
                .step()
                .is_some_and(|step| ENDS.contains(&step))
        })
    }

    /// Whether nobody has to deal with it any more: destroyed, handed over or stored.
    pub fn is_disposed(&self) -> bool {
        self.is_destroyed() || self.last_step_in(&["handed-over", "stored"])
    }

    /// Since which day it is no hazard where it was found; none while it is one, and where the step
    /// states no day.
    pub fn gone_on(&self) -> Option<Date> {
        let mut since: Option<Option<Date>> = None;
        let mut destroyed = false;
        for entry in self.life() {
            let view = step::Step::of(entry);
            let is = |codes: &[&str]| view.step().is_some_and(|step| codes.contains(&step));
            destroyed |= is(&ENDS);
            if is(&ENDS) || is(&GONE) {
                since = since.or(Some(view.on()));
            } else if !destroyed {
                // Put back, or left: a hazard again.
                since = None;
            }
        }
        since.flatten()
    }

    fn last_step_in(&self, codes: &[&str]) -> bool {
        self.life().last().is_some_and(|entry| {
            step::Step::of(entry)
                .step()
                .is_some_and(|step| codes.contains(&step))
        })
    }

    fn check(&self, _context: &Context) -> Vec<Problem> {
        let mut found = Vec::new();
        if let Some(found_on) = self.found_on() {
            for (index, entry) in self.life().into_iter().enumerate() {
                if step::Step::of(entry).on().is_some_and(|on| on < found_on) {
                    found.push(Problem::asks(
                        format!("life.{index}.on"),
                        "destroyed-before-found",
                    ));
                }
            }
        }
        let many = self.quantity().is_some_and(|quantity| quantity > 1);
        if many
            && matches!(
                self.category(),
                Some("ap-mine" | "av-mine" | "improvised-mine" | "submunition")
            )
        {
            found.push(Problem::asks(key::quantity, "only-batch-kinds"));
        }
        found
    }
}
