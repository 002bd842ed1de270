//! Claimed releases: what an imported source says was released. It names no hazardous area and so
//! cuts nothing, until two people have linked it and accepted that (design section 5, S9).
//!
//! Linking is an ordinary correction of the record: it names the hazardous areas, the day and the
//! depth, and is no claim any more. Here is what helps a person to write it: which hazardous areas
//! a claim shares ground with, and what it would take from them.

use std::collections::BTreeSet;

use safelane_geometry::Area;
use safelane_ledger::{Act, RecordId, RevisionId, Status};
use safelane_model::Date;

use crate::checks::{self, Finding};
use crate::content::{Completion, Content};
use crate::ground::{Dm2, size};
use crate::record::{Record, Version};
use crate::review::{AreaChange, areas_of_draft};
use crate::world::World;

/// Common ground below this is drawing, not a release: 1 m².
pub const DRAWING: Dm2 = 100;

/// What a claim shares with one hazardous area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The hazardous area.
    pub hazard: RecordId,
    /// The size of its outline.
    pub area: Dm2,
    /// Ground that the claim and the outline have in common.
    pub common: Dm2,
    /// The part of that which is not released yet.
    pub remaining: Dm2,
}

/// What a person states to make a release of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The hazardous areas that it releases.
    pub hazards: Vec<RecordId>,
    /// The day of its completion.
    pub completed_on: Option<Date>,
    /// The depth that was reached, mm.
    pub depth: Option<i64>,
    /// Why it leaves ground, or its figures differ.
    pub reason: Option<String>,
}

/// The official statement that makes a record a claimed release; none for any other record.
pub fn claim(record: &Record) -> Option<(&Version, &Completion)> {
    record.officials().find_map(|version| {
        let Content::Completion(done) = &version.content else {
            return None;
        };
        (done.claimed || version.imported).then_some((version, done.as_ref()))
    })
}

/// The ground that a claim says was released.
pub fn ground(done: &Completion) -> Area {
    let parts = done.parts.iter().map(|part| &part.outline);
    let shapes: Vec<Area> = parts
        .chain(&done.outline)
        .map(|outline| Area::of(&outline.shape))
        .collect();
    Area::union(&shapes)
}

/// The hazardous areas near a claim with what it has in common with each, the most first; those
/// that it does not touch come last, in the order of their ids.
pub fn overlaps(done: &Completion, world: &dyn World) -> Vec<Overlap> {
    let released = ground(done);
    let shapes = Content::Completion(Box::new(done.clone()));
    let Some(bbox) = shapes.bbox() else {
        return Vec::new();
    };
    let mut found: Vec<Overlap> = world
        .near(bbox)
        .iter()
        .filter_map(|record| {
            let account = world.books().account(record.id)?;
            // An indication, and what was closed or removed, has no m² to take from.
            if account.outline.is_empty() {
                return None;
            }
            Some(Overlap {
                hazard: record.id,
                area: size(&account.outline),
                common: size(&released.intersection(&account.outline)),
                remaining: size(&released.intersection(&account.ground)),
            })
        })
        .collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.common), one.hazard));
    found
}

/// The claim as it would stand once linked.
pub fn linked(done: &Completion, link: &Link) -> Content {
    let mut done = done.clone();
    done.claimed = false;
    done.completed_on = link.completed_on;
    done.hazards.clone_from(&link.hazards);
    done.reason.clone_from(&link.reason);
    for part in &mut done.parts {
        part.hazards.clone_from(&link.hazards);
        part.depth = link.depth.or(part.depth);
    }
    Content::Completion(Box::new(done))
}

/// Square metres before and after, were the link accepted.
pub fn areas_of_link(
    record: RecordId,
    done: &Completion,
    link: &Link,
    world: &dyn World,
) -> Vec<AreaChange> {
    areas_of_draft(record, &linked(done, link), world)
}

/// What the standing checks would say of the link once it waits for review: a strip that it leaves
/// forbids its approval, and is better seen before it is signed.
pub fn checks_of_link(
    record: &Record,
    link: &Link,
    world: &dyn World,
    today: Date,
) -> Vec<Finding> {
    let Some((version, done)) = claim(record) else {
        return Vec::new();
    };
    let link = Version {
        id: RevisionId::from_bytes([0; 32]),
        act: Act::Put,
        parents: vec![version.id],
        status: Status::Open,
        approved: false,
        imported: false,
        approvals: Vec::new(),
        content: linked(done, link),
        ..version.clone()
    };
    checks::run_on(record, &link, world, today)
}

/// The hazardous areas that a link names although the claim shares no ground with them.
pub fn without_common_ground(overlaps: &[Overlap], link: &Link) -> BTreeSet<RecordId> {
    let shared = |hazard: &RecordId| {
        overlaps
            .iter()
            .any(|one| one.hazard == *hazard && one.common >= DRAWING)
    };
    (link.hazards.iter().copied())
        .filter(|hazard| !shared(hazard))
        .collect()
}

#[cfg(test)]
mod tests {
    use safelane_ledger::testkit::record;
    use safelane_model::Body;
    use serde_json::json;

    use super::*;
    use crate::review::AreaOf;
    use crate::testkit::{area, cells, day, hazard, making, official};
    use crate::world::{Memory, Settings};

    /// A claim as the import writes it: no day, no depth, no hazardous area.
    fn claimed(west: i32, east: i32) -> Record {
        let mut part = Body::new().with("release", "cleared");
        part.set_ground("ground", &cells(west, 0, east, 10));
        let body = Body::new()
            .with("report", "completion")
            .with("claimed", "yes")
            .with("hazards", json!([]))
            .with("parts", vec![serde_json::to_value(part).unwrap()]);
        making("clearance", "claim")
            .then(&body, Status::Official)
            .tweak(|version| {
                version.act = Act::Import;
                version.imported = true;
            })
            .done()
    }

    fn world() -> Memory {
        let known = day(0);
        Memory::of(
            [
                official(
                    "hazardous-area",
                    "west",
                    &hazard("sha", known, &cells(0, 0, 10, 10)),
                ),
                official(
                    "hazardous-area",
                    "east",
                    &hazard("cha", known, &cells(12, 0, 20, 10)),
                ),
                // Its box meets the claim's, its outline does not.
                official(
                    "hazardous-area",
                    "far",
                    &hazard("sha", known, &cells(20, 0, 30, 10)),
                ),
                official(
                    "hazardous-area",
                    "lead",
                    &hazard("indication", known, &cells(0, 0, 9, 9)),
                ),
                claimed(5, 20),
            ],
            Settings::default(),
        )
    }

    #[test]
    fn a_claim_is_told_what_it_overlaps_the_most_first_and_no_indication() {
        let world = world();
        let claim_record = world.record(record("claim")).unwrap();
        let (_, done) = claim(&claim_record).unwrap();
        let found = overlaps(done, &world);
        let named: Vec<_> = found.iter().map(|one| one.hazard).collect();
        assert_eq!(named, [record("east"), record("west"), record("far")]);
        assert!((found[0].common - area(12, 0, 20, 10)).abs() <= 2);
        assert!((found[1].common - area(5, 0, 10, 10)).abs() <= 2);
        assert_eq!(found[1].remaining, found[1].common);
        assert_eq!(found[2].common, 0);
        let link = Link {
            hazards: vec![record("east"), record("far")],
            completed_on: Some(day(9)),
            depth: Some(200),
            reason: None,
        };
        assert_eq!(without_common_ground(&found, &link), [record("far")].into());
    }

    #[test]
    fn a_claim_cuts_nothing_and_linked_it_cuts_what_it_names_alone() {
        let world = world();
        let claim_record = world.record(record("claim")).unwrap();
        let (_, done) = claim(&claim_record).unwrap();
        let before = area(0, 0, 10, 10);
        assert_eq!(
            world.books().account(record("west")).unwrap().remaining,
            before
        );
        let link = Link {
            hazards: vec![record("west")],
            completed_on: Some(day(9)),
            depth: Some(200),
            reason: None,
        };
        let changes = areas_of_link(record("claim"), done, &link, &world);
        let remaining: Vec<_> = changes
            .iter()
            .filter(|one| one.what == AreaOf::Remaining)
            .collect();
        assert_eq!(
            remaining.len(),
            1,
            "the hazardous area to the east is not named"
        );
        assert_eq!(remaining[0].before, before);
        assert!((remaining[0].after - area(0, 0, 5, 10)).abs() <= 2);
    }

    #[test]
    fn a_link_without_a_day_or_from_before_the_opening_takes_nothing() {
        let world = world();
        let claim_record = world.record(record("claim")).unwrap();
        let (_, done) = claim(&claim_record).unwrap();
        for completed_on in [None, Some(day(-400))] {
            let link = Link {
                hazards: vec![record("west")],
                completed_on,
                depth: Some(200),
                reason: None,
            };
            let changes = areas_of_link(record("claim"), done, &link, &world);
            let taken = changes
                .iter()
                .any(|one| one.what == AreaOf::Remaining && one.before != one.after);
            assert!(!taken, "{completed_on:?}");
        }
    }

    #[test]
    fn the_checks_see_a_link_before_it_is_signed() {
        // All but the last 16 m of 320 m: small enough to be asked about.
        let short = claimed(40, 78);
        let area = hazard("sha", day(0), &cells(40, 0, 80, 10));
        let known = [official("hazardous-area", "long", &area), short.clone()];
        let world = Memory::of(known, Settings::default());
        let mut link = Link {
            hazards: vec![record("long")],
            completed_on: Some(day(9)),
            depth: Some(200),
            reason: None,
        };
        let blocked =
            |link: &Link| crate::blocks_approval(&checks_of_link(&short, link, &world, day(30)));
        assert_eq!(blocked(&link), ["remainder-left"]);
        link.reason = Some("The stream was left out".to_owned());
        assert!(blocked(&link).is_empty());
        // A day to come is a mistake of whoever links.
        link.completed_on = Some(day(60));
        let found = checks_of_link(&short, &link, &world, day(30));
        assert!(
            found.iter().any(|one| one.code == "date-in-future"),
            "{found:?}"
        );
    }

    #[test]
    fn an_accepted_link_and_an_ordinary_completion_are_no_claims() {
        let claimed = claimed(5, 20);
        let body =
            crate::testkit::completion("cleared", day(9), &[record("west")], &cells(5, 0, 20, 10));
        let accepted = making("clearance", "claim")
            .then(&body, Status::Official)
            .done();
        assert!(claim(&claimed).is_some());
        assert!(claim(&accepted).is_none());
    }
}
