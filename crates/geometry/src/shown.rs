//! What the map shows while a record has two versions (S7): of a hazard all
//! that any version says, of a release only what every version says.

use crate::buffer;
use crate::overlay::Area;
use crate::repair::{settle_inward, settle_outward};
use crate::shape::MultiPolygon;

/// The hazard of several versions: the union, never less than any of them.
///
/// Expects valid shapes (see [`crate::repair`]).
pub fn hazard<'a>(versions: impl IntoIterator<Item = &'a MultiPolygon>) -> MultiPolygon {
    let versions: Vec<_> = versions.into_iter().collect();
    if let [alone] = versions.as_slice() {
        return (*alone).clone();
    }
    let areas: Vec<_> = versions.iter().map(|v| Area::straight(v)).collect();
    settle_outward(&Area::union(&areas)).unwrap_or_else(|| {
        let all = versions.iter().flat_map(|v| v.positions());
        MultiPolygon(buffer::hull_polygon(all).into_iter().collect())
    })
}

/// The release of several versions: the intersection, never more than any of
/// them; empty when they have nothing in common.
///
/// Expects valid shapes (see [`crate::repair`]).
pub fn release<'a>(versions: impl IntoIterator<Item = &'a MultiPolygon>) -> MultiPolygon {
    let versions: Vec<_> = versions.into_iter().collect();
    if let [alone] = versions.as_slice() {
        return (*alone).clone();
    }
    let common = versions
        .iter()
        .map(|v| Area::straight(v))
        .reduce(|common, area| common.intersection(&area))
        .unwrap_or_default();
    settle_inward(&common).unwrap_or_default()
}

/// What is left of a hazard after its releases, to be drawn: never less than
/// what is left. The m² are [`crate::overlay::difference`]'s.
pub fn remaining<'a>(
    hazard: &MultiPolygon,
    releases: impl IntoIterator<Item = &'a MultiPolygon>,
) -> MultiPolygon {
    let releases: Vec<_> = releases.into_iter().map(Area::straight).collect();
    let whole = Area::straight(hazard);
    let left = whole.difference(&releases);
    if left == whole {
        return hazard.clone();
    }
    settle_outward(&left).unwrap_or_else(|| hazard.clone())
}

/// Ground with what a part of a neighbour's leaves of it: never less than both. None when no valid
/// shape holds all of it.
///
/// Expects valid shapes (see [`crate::repair`]).
pub fn with_rest(
    ground: &MultiPolygon,
    neighbour: &MultiPolygon,
    part: &MultiPolygon,
) -> Option<MultiPolygon> {
    let rest = Area::straight(neighbour).difference([&Area::straight(part)]);
    if rest.is_empty() {
        return Some(ground.clone());
    }
    settle_outward(&Area::union([&Area::straight(ground), &rest]))
}

/// An area of hazard to be drawn: never less than it. None when no valid shape holds all of it.
pub fn outward(area: &Area) -> Option<MultiPolygon> {
    settle_outward(area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::Position;
    use crate::shape::Ring;
    use crate::validity;

    fn triangle(x: i32, y: i32) -> MultiPolygon {
        let corner = |dx: i32, dy: i32| {
            Position::try_new_e7(184_100_000 + x + dx, 438_600_000 + y + dy).unwrap()
        };
        MultiPolygon::from_ring(Ring::new(vec![
            corner(0, 0),
            corner(9001, 777),
            corner(333, 8003),
        ]))
    }

    fn lost(whole: &MultiPolygon, part: &MultiPolygon) -> f64 {
        Area::straight(whole)
            .difference([&Area::straight(part)])
            .area()
            .get()
    }

    #[test]
    fn s7_two_versions_show_every_hazard_and_only_the_common_release() {
        let (a, b) = (triangle(0, 0), triangle(2500, 1300));
        let hazard = hazard([&a, &b]);
        let release = release([&a, &b]);
        for version in [&a, &b] {
            assert!(lost(version, &hazard) < 1e-3);
            assert!(lost(&release, version) < 1e-3);
        }
        assert!(validity::is_valid(&hazard) && validity::is_valid(&release));
        assert!(super::release([&a, &triangle(90_000, 0)]).is_empty());
    }

    #[test]
    fn what_remains_is_never_drawn_smaller_than_it_is() {
        let (hazard, released) = (triangle(0, 0), triangle(2500, 1300));
        let left = remaining(&hazard, [&released]);
        let exact = Area::straight(&hazard).difference([&Area::straight(&released)]);
        assert!(exact.difference([&Area::straight(&left)]).area().get() < 1e-3);
        assert!(remaining(&hazard, [&hazard]).is_empty());
        assert_eq!(remaining(&hazard, [&triangle(90_000, 0)]), hazard);
    }
}
