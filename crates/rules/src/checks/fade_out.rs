//! Check 5: a submunition near the edge of released ground, and the ground around it was neither
//! cleared nor is it hazardous still. Where one lies others lie around it: the search goes on to
//! the fade-out distance. Ground that was only cancelled or reduced there counts as not searched.

use std::collections::BTreeMap;

use safelane_geometry::{Area, Bbox, Metres, Position, buffer};

use super::{Finding, Look, Severity, releases, says, works};
use crate::accounts::Cut;
use crate::content::{Content, ReleasePart, Way};
use crate::ground::{Dm2, distance_to, distance_within, size, widened};
use crate::record::{Record, Version};
use crate::world::World;

/// Less than this is drawing: 1 m².
const SLIGHT: Dm2 = 100;
/// A release drawn to the distance itself is drawn with straight sides, a little within it.
const DRAWN_M: f64 = 1.0;

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let reach = look.world.settings().fade_out_distance_mm as f64 / 1_000.0;
    let mut found = Vec::new();
    if let Some(at) = submunition(&look.version.content) {
        let near = Bbox::around([at]).map(|bbox| look.world.near(widened(bbox, reach)));
        for release in near.iter().flatten() {
            let version = release_of(release);
            let gap = version.and_then(|version| gap(at, reach, release, version, look.world));
            found.extend(gap.map(|gap| gap.finding(look, at).about(release.id)));
        }
    } else if is_release(look.version) {
        let Some(bbox) = look.version.content.bbox() else {
            return found;
        };
        for item in look.world.near(widened(bbox, reach)) {
            let Some(at) = says(&item).and_then(submunition) else {
                continue;
            };
            let gap = gap(at, reach, look.record, look.version, look.world);
            found.extend(gap.map(|gap| gap.finding(look, at).about(item.id)));
        }
    }
    found
}

struct Gap {
    /// From the find to the edge of the release, mm.
    distance: i64,
    /// Ground around the find that was not searched, dm².
    area: Dm2,
}

impl Gap {
    fn finding(&self, look: &Look<'_>, at: Position) -> Finding {
        Finding::new("fade-out-not-extended", Severity::High, look.record.id)
            .at(Some(at))
            .with("distance", self.distance)
            .with("area", self.area)
    }
}

fn submunition(content: &Content) -> Option<Position> {
    match content {
        Content::Item(item) if item.category == "submunition" => {
            item.place.as_ref().map(|place| place.at)
        }
        _ => None,
    }
}

fn is_release(version: &Version) -> bool {
    !version.imported && releases(&version.content)
}

/// The statement by which a record releases ground: what waits before what stands.
fn release_of(record: &Record) -> Option<&Version> {
    works(record).filter(|version| is_release(version))
}

fn gap(
    at: Position,
    reach: f64,
    release: &Record,
    version: &Version,
    world: &dyn World,
) -> Option<Gap> {
    let parts = version.content.releases();
    let metres = |part: &ReleasePart| {
        let shape = &part.outline.shape;
        distance_within(shape, at).or_else(|| distance_to(shape, at))
    };
    let nearest = (parts.iter())
        .filter_map(metres)
        .reduce(f64::min)
        .filter(|metres| *metres < reach)?;
    let circle = Area::of(&buffer::around_point(at, Metres::new(reach - DRAWN_M)));
    let searched = searched(Bbox::around([at])?, reach, release, version, world);
    let area = size(&circle.difference(&searched));
    (area > SLIGHT).then_some(Gap {
        distance: (nearest * 1_000.0).floor() as i64,
        area,
    })
}

/// Ground near a find that was cleared, or that stays hazardous once the release stands.
fn searched(
    around: Bbox,
    reach: f64,
    release: &Record,
    version: &Version,
    world: &dyn World,
) -> Vec<Area> {
    let cuts = BTreeMap::from([(release.id, Cut::proposed(release.id, version))]);
    let cleared = |parts: &[ReleasePart]| {
        (parts.iter())
            .filter(|part| part.way == Way::Cleared)
            .map(|part| Area::of(&part.outline.shape))
            .collect::<Vec<_>>()
    };
    let mut searched = cleared(version.content.releases());
    for record in world.near(widened(around, reach)) {
        match says(&record) {
            Some(Content::Hazard(hazard)) => {
                let remains = world
                    .books()
                    .account_with(record.id, &cuts)
                    .map(|account| account.ground);
                let stated = || hazard.outline.as_ref().map(|one| Area::of(&one.shape));
                searched.extend(remains.or_else(stated));
            }
            _ if record.id == release.id => {}
            _ => {
                let officials = record.officials().filter(|version| is_release(version));
                searched.extend(officials.flat_map(|one| cleared(one.content.releases())));
            }
        }
    }
    searched
}
