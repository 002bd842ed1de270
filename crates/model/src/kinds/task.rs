//! Task order (`domain.md` 1.18), with the emergency card.

use crate::check::{Context, Problem};
use crate::codes::{CONTAMINATION, METHOD, TASK_ACTIVITY, TASK_STATUS};
use crate::macros::record_kind;

record_kind! {
    /// What a team is ordered to do, where, and to which depth.
    pub struct Task: "task" / 1, Activity, stops;
    section what {
        /// What people call it.
        name: Text(200) [required];
        /// Activity.
        activity: Choice(TASK_ACTIVITY) [required];
        /// Where it stands.
        status: Choice(TASK_STATUS) [required];
        /// Hazardous areas.
        hazards: References("hazardous-area");
        /// Teams (sections) that work on it.
        teams: References("team") [required];
        /// First day.
        starts_on: Date;
        /// Last day.
        ends_on: Date;
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
    }
    section place {
        /// Boundary.
        ground: Ground;
        /// Where the work begins: the benchmark.
        benchmark: Place;
        /// District.
        admin_area: Reference("admin-area");
        /// Nearest settlement.
        settlement: Reference("settlement");
    }
    section work {
        /// Depth to reach, in mm.
        required_depth: Millimetres(0, 10_000) [required] if activity in ["clearance", "battle-area-clearance", "technical-survey"];
        /// Width of a lane, in mm.
        lane_width: Millimetres(100, 20_000);
        /// Number of lanes usually worked side by side.
        lanes: Count(1, 60);
        /// Items to look for.
        targets: Choices(CONTAMINATION);
        /// Methods ordered.
        methods: Choices(METHOD);
        /// Deminers usually at work.
        people: Count(0, 500);
    }
    section emergency {
        /// Radio frequency or call sign.
        emergency_radio: Text(200);
        /// Telephone of the emergency service.
        emergency_phone: Text(60);
        /// Hospital.
        emergency_hospital: Text(200);
        /// Minutes to the hospital.
        emergency_minutes: Minutes(0, 10_000);
        /// Meeting point for the ambulance.
        emergency_place: Place;
        /// Route.
        emergency_route: LongText(2_000);
    }
    section close {
        /// Anything else.
        note: LongText(4_000);
    }
}

impl Task<'_> {
    fn check(&self, _context: &Context) -> Vec<Problem> {
        crate::check::not_before(self.0, key::starts_on, key::ends_on)
            .into_iter()
            .collect()
    }
}
