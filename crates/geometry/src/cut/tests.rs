use proptest::prelude::*;

use super::*;
use crate::overlay::Area;
use crate::shape::Ring;
use crate::units::Metres;

/// Metres east and north of a place in Bosnia, roughly.
fn at(x: f64, y: f64) -> Position {
    let plane = Plane::about(Position::try_new_e7(184_100_000, 438_600_000).unwrap());
    let (lon, lat) = plane.to_e7(Planar { east: x, north: y });
    Position::nearest(lon / 1e7, lat / 1e7)
}

fn line(points: &[(f64, f64)]) -> Vec<Position> {
    points.iter().map(|(x, y)| at(*x, *y)).collect()
}

fn ring(points: &[(f64, f64)]) -> Ring {
    Ring::new(line(points))
}

fn ground(points: &[(f64, f64)]) -> MultiPolygon {
    MultiPolygon::from_ring(ring(points)).oriented()
}

fn square() -> MultiPolygon {
    ground(&[(0.0, 0.0), (120.0, 7.0), (113.0, 127.0), (-7.0, 120.0)])
}

/// m² in the first that are in none of the others.
fn less(whole: &MultiPolygon, parts: &[&MultiPolygon]) -> f64 {
    let parts: Vec<Area> = parts.iter().map(|part| Area::of(part)).collect();
    Area::of(whole).difference(&parts).area().get()
}

/// Rounding is 0.01 m² (`design.md`, 5), and along edges that get points on their geodesic a
/// hundredth of a millimetre.
fn rounding(whole: &MultiPolygon) -> f64 {
    0.01 + 1e-5 * measure::perimeter(whole).get()
}

/// What holds of every cut: nothing is lost, nothing gained but a hair, nothing in both, and the
/// corners of the line are the same on both sides.
fn conserves(whole: &MultiPolygon, sides: &[MultiPolygon; 2]) {
    conserves_to(whole, sides, rounding(whole));
}

fn conserves_to(whole: &MultiPolygon, [left, right]: &[MultiPolygon; 2], hair: f64) {
    let rounding = rounding(whole);
    let size = |shape: &MultiPolygon| Area::of(shape).area().get();
    assert!(validity::is_valid(left) && validity::is_valid(right));
    assert!(
        less(whole, &[left, right]) < rounding,
        "lost {}",
        less(whole, &[left, right])
    );
    for side in [left, right] {
        assert!(
            less(side, &[whole]) < hair,
            "gained {}",
            less(side, &[whole])
        );
    }
    let both = Area::of(left).intersection(&Area::of(right)).area().get();
    assert!(both < 1e-3, "{both} twice");
    let difference = size(left) + size(right) - size(whole);
    assert!((-rounding..hair).contains(&difference), "{difference}");
    for corner in whole.positions() {
        assert!(
            left.positions()
                .chain(right.positions())
                .any(|one| one == corner)
        );
    }
    let new = |side: &MultiPolygon, other: &MultiPolygon| {
        let old: Vec<Position> = whole.positions().collect();
        let other: Vec<Position> = other.positions().collect();
        let own = side.positions().filter(|one| !old.contains(one));
        // The line's own corners are on both sides; a helper is on the one that it helps.
        own.filter(|one| !other.contains(one)).count()
    };
    assert!(new(left, right) + new(right, left) <= 4);
}

#[test]
fn a_line_across_makes_two_sides_and_left_comes_first() {
    let across = line(&[(50.0, -20.0), (60.0, 60.0), (55.0, 150.0)]);
    let sides = cut(&square(), &across).unwrap();
    conserves(&square(), &sides);
    // Going north, the west is left.
    let middle = |side: &MultiPolygon| side.bbox().unwrap().center().lon_e7();
    assert!(middle(&sides[0]) < middle(&sides[1]));
    assert!(
        sides
            .iter()
            .all(|side| side.positions().any(|one| one == across[1]))
    );
    let mut back = across;
    back.reverse();
    let [left, right] = cut(&square(), &back).unwrap();
    assert!(less(&left, &[&sides[1]]) + less(&right, &[&sides[0]]) < 1e-9);
}

#[test]
fn from_corner_to_corner_no_new_corner_is_made() {
    let [left, right] = cut(&square(), &line(&[(0.0, 0.0), (113.0, 127.0)])).unwrap();
    assert_eq!((left.vertex_count(), right.vertex_count()), (3, 3));
    conserves(&square(), &[left.clone(), right.clone()]);
    // A hand's breadth beside the corner is the corner.
    let near = cut(&square(), &line(&[(0.1, -0.1), (113.1, 126.9)])).unwrap();
    assert_eq!(near, [left, right]);
}

#[test]
fn holes_and_other_parts_stay_where_they_lie() {
    let hole = |x: f64| {
        let mut ring = ring(&[(x, 50.0), (x + 10.0, 50.0), (x + 10.0, 60.0), (x, 60.0)]);
        if ring.doubled_planar_area() > 0 {
            ring = ring.reversed();
        }
        ring
    };
    let mut whole = square();
    whole.0[0].holes = vec![hole(10.0), hole(80.0)];
    let beside = ground(&[(300.0, 0.0), (320.0, 0.0), (310.0, 30.0)]);
    whole.0.push(beside.0[0].clone());
    let sides = cut(&whole, &line(&[(40.0, -20.0), (40.0, 150.0)])).unwrap();
    conserves(&whole, &sides);
    let counts = |side: &MultiPolygon| (side.0.len(), side.0[0].holes.len());
    assert_eq!((counts(&sides[0]), counts(&sides[1])), ((1, 1), (2, 1)));
    // Through a hole the line still makes two sides.
    let sides = cut(&whole, &line(&[(15.0, -20.0), (15.0, 150.0)])).unwrap();
    conserves(&whole, &sides);
    assert_eq!((counts(&sides[0]), counts(&sides[1])), ((1, 0), (2, 1)));
}

#[test]
fn what_is_no_cut_says_why() {
    let why = |points: &[(f64, f64)]| cut(&square(), &line(points)).unwrap_err().code();
    assert_eq!(why(&[(0.0, 0.0)]), "line-too-short");
    assert_eq!(why(&[(200.0, 0.0), (300.0, 90.0)]), "line-misses");
    assert_eq!(why(&[(-30.0, 50.0), (30.0, 50.0)]), "line-ends-inside");
    assert_eq!(why(&[(20.0, 50.0), (30.0, 50.0)]), "line-ends-inside");
    assert_eq!(
        why(&[(-50.0, 50.0), (0.0, 0.0), (50.0, -50.0)]),
        "line-touches"
    );
    assert_eq!(why(&[(0.0, 0.0), (120.0, 7.0)]), "line-touches");
    assert_eq!(
        why(&[(-50.0, 30.0), (150.0, 30.0), (150.0, 60.0), (-50.0, 60.0)]),
        "line-crosses-again"
    );
    assert_eq!(
        why(&[(50.0, -50.0), (50.0, 150.0), (90.0, 150.0), (20.0, -50.0)]),
        "line-crosses-itself"
    );
    assert_eq!(
        why(&[(50.0, -50.0), (50.0, 150.0), (50.0, 10.0)]),
        "line-crosses-itself"
    );
    assert_eq!(why(&[(0.5, -20.0), (-6.5, 140.0)]), "strip-too-narrow");
    // So near to an edge that it goes through both of its corners.
    assert_eq!(why(&[(1.267, -20.0), (-8.067, 140.0)]), "strip-too-narrow");
    let concave = ground(&[
        (0.0, 0.0),
        (90.0, 0.0),
        (90.0, 90.0),
        (45.0, 20.0),
        (0.0, 90.0),
    ]);
    let over = cut(&concave, &line(&[(-9.0, 60.0), (99.0, 60.0)])).unwrap_err();
    assert_eq!(over.code(), "line-crosses-again");
    assert!(over.at().is_some());
}

/// The figure that people compare: of a hundred turns of one area most are cut to 0.01 m².
#[test]
fn in_most_directions_the_sides_add_up_to_a_hundredth_of_a_square_metre() {
    let gained: Vec<f64> = (0..100)
        .map(|n| {
            let (sin, cos) = (f64::from(n) * 0.0157).sin_cos();
            let turned = |(x, y): (f64, f64)| (x * cos - y * sin, x * sin + y * cos);
            let corners = [(0.0, 0.0), (140.0, 0.0), (140.0, 90.0), (0.0, 90.0)].map(turned);
            let whole = ground(&corners);
            let across = [(60.0, -20.0), (71.0, 40.0), (66.0, 120.0)].map(turned);
            let [left, right] = cut(&whole, &line(&across)).unwrap();
            less(&left, &[&whole]) + less(&right, &[&whole])
        })
        .collect();
    let exact = gained.iter().filter(|gained| **gained < 0.01).count();
    assert!(exact >= 80, "{exact}: {gained:?}");
}

/// A star about a place: every corner is seen from the middle.
fn a_star() -> impl Strategy<Value = MultiPolygon> {
    let places = prop::sample::select(vec![(18.41, 43.86), (102.6, 12.85), (36.5, 48.6)]);
    let radii = prop::collection::vec((0.35..1.0_f64, 0.05..1.0_f64), 3..14);
    (places, radii, 15.0..400.0_f64).prop_map(|((lon, lat), corners, radius)| {
        let middle = Position::from_degrees(lon, lat).unwrap();
        let whole: f64 = corners.iter().map(|(_, turn)| turn).sum();
        let mut bearing = 0.0;
        let ring: Vec<Position> = (corners.iter())
            .map(|(share, turn)| {
                bearing += 360.0 * turn / whole;
                measure::direct(middle, bearing, Metres::new(share * radius))
            })
            .collect();
        MultiPolygon::from_ring(Ring::new(ring)).oriented()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// S4: whatever is cut, no ground is lost, and what is gained is narrower than a step of the
    /// stored grid: where an edge runs almost along the grid no stored position is nearer to it.
    #[test]
    fn s4_both_sides_together_are_what_was_cut(
        whole in a_star(), bearing in 0.0..360.0_f64, bend in -40.0..40.0_f64, aside in -0.2..0.2_f64,
    ) {
        prop_assume!(validity::is_valid(&whole));
        let bbox = whole.bbox().unwrap();
        let middle = bbox.center();
        let reach = measure::distance(
            Position::try_new_e7(bbox.west, bbox.south).unwrap(),
            Position::try_new_e7(bbox.east, bbox.north).unwrap(),
        );
        let through = measure::direct(middle, bearing + 90.0, Metres::new(reach.get() * aside));
        let ends = [bearing, bearing + 180.0 + bend].map(|to| measure::direct(through, to, reach));
        match cut(&whole, &[ends[0], through, ends[1]]) {
            Ok(sides) => {
                let step = 0.0112;
                conserves_to(&whole, &sides, step * measure::perimeter(&whole).get() / 2.0);
            }
            // The middle of a box may lie outside a star.
            Err(problem) => prop_assert!(
                matches!(problem, CutProblem::CrossesAgain { .. } | CutProblem::TooNarrow { .. }
                    | CutProblem::Misses | CutProblem::Touches),
                "{problem:?}"
            ),
        }
    }
}
