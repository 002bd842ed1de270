//! Clearance: the daily progress report and the completion report (`domain.md` 1.4, 1.7, 1.8).

use crate::check::{Context, Problem};
use crate::codes::{CLEARANCE_REPORT, GROUND_BY, METHOD, NONE_OR_SOME, REPAIR, STAND_DOWN, YES_NO};
use crate::macros::record_kind;

/// Metres done in one lane.
pub mod lane {
    use crate::macros::fields_view;

    fields_view! {
        /// One lane of a day.
        pub struct Lane;
        section work {
            /// Number of the lane.
            lane: Count(1, 999) [required];
            /// Length worked, in mm.
            length: Millimetres(0, 1_000_000) [required];
        }
    }
}

/// People and hours by method.
pub mod effort {
    use crate::codes::METHOD;
    use crate::macros::fields_view;

    fields_view! {
        /// People and time of one method.
        pub struct Effort;
        section people {
            /// Method.
            method: Choice(METHOD) [required];
            /// People (dogs, machines) at work.
            people: Count(0, 500) [required];
            /// Time of each, in minutes.
            time: Minutes(0, 1_440) [required];
        }
    }
}

/// A part of a completion: one way of release with its own boundary and depth.
pub mod part {
    use crate::codes::{CONTAMINATION, METHOD, RELEASE};
    use crate::macros::fields_view;

    fields_view! {
        /// One part of a completion.
        pub struct Part;
        section parts {
            /// Cleared, or reduced by technical survey.
            release: Choice(RELEASE) [required];
            /// Boundary.
            ground: Ground [required];
            /// Depth reached, in mm.
            depth: Millimetres(0, 10_000);
            /// What it is released from; left out, what the hazardous area was recorded for.
            targets: Choices(CONTAMINATION);
            /// Methods.
            methods: Choices(METHOD);
        }
    }
}

record_kind! {
    /// A report of ground worked on a day, or of a task or part of it completed.
    pub struct Clearance: "clearance" / 1, Activity, stops, paper;
    section what {
        /// Progress or completion.
        report: Choice(CLEARANCE_REPORT) [required];
        /// The task.
        task: Reference("task") [required] if report in ["progress"];
        /// The team.
        team: Reference("team") [required] if report in ["progress"];
        /// The work day.
        day: Date [required] if report in ["progress"];
        /// The hazardous areas that it works on or releases: it cuts these alone.
        hazards: References("hazardous-area");
        /// First day of the work.
        started_on: Date if report in ["completion"];
        /// Day of completion: the effective date of the release.
        completed_on: Date if report in ["completion"];
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
    }
    section ground {
        /// How the ground is stated.
        ground_by: Choice(GROUND_BY) [required] if report in ["progress"];
        /// Metres per lane.
        lanes: Group(lane::FIELDS) [required] if ground_by in ["lanes"];
        /// Width of a lane, in mm.
        lane_width: Millimetres(100, 20_000) [required] if ground_by in ["lanes"];
        /// Area worked, in dm².
        worked_area: SquareDecimetres(0, 100_000_000_000) [required] if report in ["progress"];
        /// Outline of the ground worked.
        ground: Ground;
        /// Parts released.
        parts: Group(part::FIELDS) if report in ["completion"];
        /// Depth reached, in mm.
        depth: Millimetres(0, 10_000);
        /// Methods.
        methods: Choices(METHOD);
        /// Area that paper states, in dm².
        stated_area: SquareDecimetres(0, 1_000_000_000_000);
    }
    section people {
        /// People and hours by method.
        effort: Group(effort::FIELDS) [required] if report in ["progress"];
        /// Why no or less work was done.
        stand_down: Choice(STAND_DOWN);
        /// Accidents today.
        accidents: Choice(NONE_OR_SOME) [required] if report in ["progress"];
        /// Visitors today.
        visitors: Choice(NONE_OR_SOME) [required] if report in ["progress"];
    }
    section close {
        /// Whether all items found are dealt with.
        items_dealt_with: Choice(YES_NO) [required] if report in ["completion"];
        /// Statement of residual risk.
        residual_risk: LongText(4_000) if report in ["completion"];
        /// Why the figures differ from the usual.
        reason: Text(500);
        /// Why a date lies in the future.
        date_reason: Text(500);
        /// Anything else.
        note: LongText(4_000);
        /// Photos.
        photos: Photos;
    }
    section source {
        /// Claimed by an imported source: names no hazardous area and cuts nothing.
        claimed: Choice(YES_NO);
        /// Where day, depth and hazardous areas of an imported release are known from.
        basis: Text(500);
        /// Name of the file that it was imported from.
        source_file: Text(300);
        /// Id in that file.
        source_id: Text(300);
        /// Date of information of the import.
        as_of: Date;
        /// What was done to its outline at import.
        repair: Choice(REPAIR);
    }
}

impl Clearance<'_> {
    /// Whether this is a completion.
    pub fn is_completion(&self) -> bool {
        self.report() == Some("completion")
    }

    /// Whether an imported source claims this release.
    pub fn is_claimed(&self) -> bool {
        self.claimed() == Some("yes")
    }

    /// Sum of the lanes, in dm²: length times width, exact; nothing when no lane is stated.
    pub fn lanes_area(&self) -> Option<i64> {
        let width = self.lane_width()?;
        let lanes = self.lanes();
        if lanes.is_empty() {
            return None;
        }
        let square_millimetres: i64 = lanes
            .iter()
            .filter_map(|entry| lane::Lane::of(entry).length())
            .map(|mm| mm * width)
            .sum();
        Some((square_millimetres + 5_000) / 10_000)
    }

    /// People at work, over all methods.
    pub fn people(&self) -> i64 {
        self.effort()
            .iter()
            .filter_map(|entry| effort::Effort::of(entry).people())
            .sum()
    }

    fn check(&self, _context: &Context) -> Vec<Problem> {
        if self.is_completion() {
            self.check_completion()
        } else {
            self.check_progress()
        }
    }

    fn check_progress(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let area = self.worked_area().unwrap_or(0);
        if area == 0 && self.stand_down().is_none() {
            found.push(Problem::stops(key::stand_down, "zero-needs-reason"));
        }
        if area > 0 && self.people() == 0 {
            found.push(Problem::asks(key::effort, "work-without-people"));
        }
        if let Some(lanes) = self
            .lanes_area()
            .filter(|_| self.ground_by() == Some("lanes"))
            && (lanes - area).abs() > 1
        {
            found.push(
                Problem::stops(key::worked_area, "out-of-bounds")
                    .with("value", area)
                    .with("min", lanes)
                    .with("max", lanes),
            );
        }
        found
    }

    fn check_completion(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        found.extend(crate::check::not_before(
            self.0,
            key::started_on,
            key::completed_on,
        ));
        if self.is_claimed() {
            return found;
        }
        // A source's claim becomes a release on somebody's word: where they have it from is said.
        if self.source_file().is_some() && self.basis().is_none_or(|text| text.trim().is_empty()) {
            found.push(Problem::stops(key::basis, "required"));
        }
        if self.completed_on().is_none() {
            found.push(Problem::stops(key::completed_on, "required"));
        }
        if self.hazards().is_empty() {
            found.push(Problem::stops(key::hazards, "no-hazard-named"));
        }
        if self.parts().is_empty() {
            found.push(Problem::stops(key::parts, "no-part"));
        }
        for (index, entry) in self.parts().into_iter().enumerate() {
            let part = part::Part::of(entry);
            if part.ground().is_some_and(|ground| ground.how.is_sketch()) {
                found.push(Problem::stops(
                    format!("parts.{index}.ground"),
                    "sketch-for-release",
                ));
            }
            if part.release() == Some("cleared") && part.depth().is_none() {
                found.push(Problem::stops(format!("parts.{index}.depth"), "required"));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, Ground, How, kinds};
    use safelane_geometry::{MultiPolygon, Position, Ring, Shape};
    use serde_json::json;

    fn context() -> Context {
        Context {
            today: "2026-11-23".parse().unwrap(),
            area: None,
        }
    }

    /// A claimed release as the import writes it.
    fn claimed() -> Body {
        let at = |x: i32, y: i32| Position::try_new_e7(184_000_000 + x, 438_000_000 + y).unwrap();
        let ring: Ring = [at(0, 0), at(9_000, 0), at(0, 9_000)].into_iter().collect();
        let ground = Ground::new(
            Shape::polygons(MultiPolygon::from_ring(ring)),
            How::Imported,
        );
        Body::new()
            .with("report", "completion")
            .with("claimed", "yes")
            .with("items_dealt_with", "unknown")
            .with("hazards", json!([]))
            .with("source_file", "cleared.geojson")
            .with("parts", json!([{"release": "cleared", "ground": ground}]))
    }

    fn stops(body: &Body) -> Vec<(String, &'static str)> {
        let kind = kinds::find("clearance").unwrap();
        crate::check::problems(kind, body, &context())
            .into_iter()
            .map(|problem| (problem.field, problem.code))
            .collect()
    }

    #[test]
    fn a_claim_stands_as_imported_and_a_link_of_it_says_what_from_when_how_deep_and_whence() {
        assert_eq!(stops(&claimed()), []);
        let mut linked = claimed();
        linked.set("claimed", "no");
        let missing: Vec<_> = stops(&linked).into_iter().map(|(field, _)| field).collect();
        assert_eq!(
            missing,
            ["basis", "completed_on", "hazards", "parts.0.depth"]
        );
        let mut part = linked["parts"][0].clone();
        part["depth"] = 200.into();
        let hazard = "0197b3a0-0000-7000-8000-000000000001";
        let linked = linked
            .with("parts", json!([part]))
            .with("hazards", json!([hazard]))
            .with("completed_on", "2004-09-30")
            .with("basis", "Completion report 211 of the operator");
        assert_eq!(stops(&linked), []);
    }
}
