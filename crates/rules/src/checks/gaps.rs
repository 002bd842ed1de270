//! Check 8: ground that a completion leaves between its parts, or between them and the edge. The
//! strip that nobody cleared is where people die.

use std::collections::BTreeMap;

use safelane_geometry::{Area, Bbox, Metres, MultiPolygon, Polygon, Shape, buffer, measure};

use super::{Finding, Look, Severity};
use crate::accounts::Cut;
use crate::content::Content;
use crate::ground::{Dm2, dm2, size};

/// Ground narrower than this is a strip.
const STRIP_M: f64 = 2.0;
/// What lies this near to wider ground belongs to it: the corners that a rounding leaves.
const CORNER_M: f64 = 3.0;
/// Narrower than this is the rounding of positions, 1e-7 degree.
const ROUNDING_M: f64 = 0.02;
/// A remainder below this share of a hazardous area asks for its reason.
const SMALL_SHARE: i64 = 10;

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let Content::Completion(done) = &look.version.content else {
        return Vec::new();
    };
    if done.claimed || look.version.imported {
        return Vec::new();
    }
    let cuts = Cut::proposed(look.record.id, look.version);
    let replaced = BTreeMap::from([(look.record.id, cuts)]);
    let without = BTreeMap::from([(look.record.id, Vec::new())]);
    let mut hazards = done.hazards.clone();
    hazards.sort();
    hazards.dedup();
    let mut found = Vec::new();
    for hazard in hazards {
        let books = look.world.books();
        let (Some(before), Some(after)) = (
            books.account_with(hazard, &without),
            books.account_with(hazard, &replaced),
        ) else {
            continue;
        };
        if after.remaining == before.remaining {
            continue;
        }
        // A strip that the hazardous area had by itself is not this completion's.
        let narrow_before = strips(&before.ground);
        for piece in strips(&after.ground)
            .difference([&narrow_before])
            .to_shape()
            .0
        {
            found.extend(strip(look, piece).map(|one| one.about(hazard)));
        }
        let left = after.remaining;
        let small = left > 0 && left * 100 < size(&after.outline) * SMALL_SHARE;
        let wide = size(&after.ground.difference([&strips(&after.ground)]));
        if small && wide > 100 {
            let at = after.ground.to_shape().bbox().map(Bbox::center);
            let finding = Finding::new("remainder-left", Severity::Block, look.record.id)
                .about(hazard)
                .at(at)
                .with("area", left);
            found.push(finding.explained_if(done.reason.is_some()));
        }
    }
    found
}

fn strip(look: &Look<'_>, piece: Polygon) -> Option<Finding> {
    let shape = MultiPolygon(vec![piece]);
    let area: Dm2 = dm2(measure::area(&shape));
    let half_way_round = measure::perimeter(&shape).get() / 2.0;
    let width = area as f64 / 100.0 / half_way_round.max(f64::MIN_POSITIVE);
    if width < ROUNDING_M || area < 10 {
        return None;
    }
    Some(
        Finding::new("strip-left", Severity::Block, look.record.id)
            .at(shape.bbox().map(Bbox::center))
            .with("area", area)
            .with("length", (half_way_round * 1_000.0).round() as i64)
            .with("width", (width * 1_000.0).round() as i64),
    )
}

/// The ground that is narrower than 2 m.
pub fn strips(ground: &Area) -> Area {
    if ground.is_empty() {
        return Area::default();
    }
    let shape = ground.to_shape();
    let edges: Vec<Area> = shape
        .rings()
        .map(|ring| {
            let mut line = ring.positions().to_vec();
            line.extend(line.first().copied());
            Area::of(&buffer::around_line(&line, Metres::new(STRIP_M / 2.0)))
        })
        .collect();
    let core = ground.difference(&edges).to_shape();
    if core.is_empty() {
        return ground.clone();
    }
    let reach = Metres::new(STRIP_M / 2.0 + CORNER_M);
    let wide = buffer::around_shape(&Shape::from(core), reach);
    ground.difference([&Area::of(&wide)])
}
