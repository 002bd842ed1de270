use proptest::prelude::*;

use super::*;
use crate::validity::side_of;

fn ring(points: &[(i32, i32)]) -> Ring {
    let corner =
        |&(x, y): &(i32, i32)| Position::try_new_e7(184_100_000 + x, 438_600_000 + y).unwrap();
    Ring::new(points.iter().map(corner).collect())
}

fn square(x: i32, y: i32, side: i32) -> Ring {
    ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
}

fn shape(exterior: Ring, holes: Vec<Ring>) -> MultiPolygon {
    MultiPolygon(vec![Polygon { exterior, holes }])
}

fn hazard(raw: &MultiPolygon) -> Repaired {
    let mended = repair_hazard(raw, Metres::new(100.0)).unwrap();
    assert_eq!(validity::faults(&mended.shape), [], "{raw:?}");
    mended
}

fn covers(shape: &MultiPolygon, p: Position) -> bool {
    shape.polygons().iter().any(|polygon| {
        side_of(&polygon.exterior, p) != Some(false)
            && polygon.holes.iter().all(|h| side_of(h, p) != Some(true))
    })
}

#[test]
fn what_is_valid_stays_as_it_is() {
    let raw = shape(square(0, 0, 9000), vec![square(1000, 1000, 500)]).oriented();
    let mended = hazard(&raw);
    assert_eq!((&mended.shape, mended.is_changed()), (&raw, false));
    assert_eq!(repair_release(&raw).unwrap().shape, raw);
    assert_eq!(mended.area_before, mended.area_after);
}

#[test]
fn a_bow_tie_keeps_both_halves() {
    let raw = shape(ring(&[(0, 0), (9000, 9001), (9000, 0), (0, 9000)]), vec![]);
    let mended = hazard(&raw);
    assert!(mended.changes.contains(&Change::Redrawn));
    let half = measure::area(&shape(square(0, 0, 9000), vec![])).get() / 2.0;
    assert!((mended.area_after.get() - half).abs() < 2.0);
    let release = repair_release(&raw).unwrap();
    assert!((release.area_after.get() - half).abs() < 2.0);
}

#[test]
fn a_tip_as_thin_as_the_rounding_keeps_its_corner() {
    let corners = [(2, 3), (3, 5), (3, 1), (1, 8), (4, 4), (0, 8)];
    let raw = shape(ring(&corners), vec![]);
    let mended = hazard(&raw);
    for corner in ring(&corners).positions() {
        assert!(covers(&mended.shape, *corner), "{corner:?} lost");
    }
}

#[test]
fn a_tangle_that_the_overlay_breaks_off_at_is_mended_all_the_same() {
    let corners = [
        (6, 1),
        (5, 2),
        (8, 0),
        (0, 6),
        (0, 3),
        (8, 5),
        (6, 0),
        (3, 8),
        (5, 7),
    ];
    let raw = shape(ring(&corners), vec![]);
    for corner in ring(&corners).positions() {
        assert!(covers(&hazard(&raw).shape, *corner), "{corner:?} lost");
    }
    let release = repair_release(&raw).map(|mended| mended.shape);
    assert!(release.is_none_or(|shape| validity::is_valid(&shape)));
}

#[test]
fn ground_enclosed_twice_is_hazard_and_not_released() {
    // A line that runs around the inner square twice.
    let raw = shape(
        ring(&[
            (0, 0),
            (9000, 0),
            (9000, 9000),
            (3000, 9000),
            (3000, 3000),
            (6000, 3000),
            (6000, 12_000),
            (0, 12_000),
        ]),
        vec![],
    );
    let inner = Position::try_new_e7(184_104_500, 438_606_000).unwrap();
    assert!(covers(&hazard(&raw).shape, inner));
    let release = repair_release(&raw).unwrap();
    assert!(!covers(&release.shape, inner));
}

#[test]
fn fewer_than_three_places_or_a_flat_line_become_ground_around_them() {
    let circle = std::f64::consts::PI * 10_000.0;
    let place = shape(ring(&[(0, 0)]), vec![]);
    let twice = shape(ring(&[(0, 0), (5, 5), (0, 0), (5, 5)]), vec![]);
    for raw in [place, twice] {
        let mended = hazard(&raw);
        assert!(mended.needs_review());
        let after = mended.area_after.get();
        assert!(after > circle && after < circle * 1.003, "{after}");
        assert!(repair_release(&raw).is_none());
    }
    let flat = shape(ring(&[(0, 0), (20_000, 20_000), (40_000, 40_000)]), vec![]);
    let mended = hazard(&flat);
    assert!(flat.positions().all(|p| covers(&mended.shape, p)));
    assert!(mended.needs_review() && repair_release(&flat).is_none());
}

#[test]
fn a_hole_that_is_none_belongs_to_the_hazard() {
    let outside = shape(
        square(0, 0, 9000),
        vec![square(20_000, 0, 100), square(100, 100, 900)],
    );
    let mended = hazard(&outside);
    assert!(mended.changes.contains(&Change::HolesFilled { count: 1 }));
    assert_eq!(mended.shape.0[0].holes.len(), 1);
    let across = shape(square(0, 0, 9000), vec![square(8000, 0, 3000)]);
    assert_eq!(
        hazard(&across).changes,
        [Change::Redrawn, Change::HolesFilled { count: 1 }]
    );
    let release = repair_release(&across).unwrap();
    assert!(release.area_after.get() < hazard(&across).area_after.get() - 50.0);
}

#[test]
fn a_line_out_and_back_gets_a_strip() {
    let raw = shape(
        ring(&[
            (0, 0),
            (9000, 0),
            (9000, 9000),
            (9000, 30_000),
            (9000, 9000),
            (0, 9000),
        ]),
        vec![],
    );
    let mended = hazard(&raw);
    let tip = Position::try_new_e7(184_109_000, 438_630_000).unwrap();
    assert!(covers(&mended.shape, tip));
    assert!(
        mended
            .changes
            .iter()
            .any(|c| matches!(c, Change::StripsAdded { count: 1, .. }))
    );
    assert!(!covers(&repair_release(&raw).unwrap().shape, tip));
}

#[test]
fn overlapping_parts_are_one_hazard_and_doubtful_release() {
    let raw = MultiPolygon(vec![
        Polygon::new(square(0, 0, 9000)),
        Polygon::new(square(4000, 4000, 9000)),
    ]);
    let mended = hazard(&raw);
    assert_eq!(mended.shape.polygons().len(), 1);
    let release = repair_release(&raw).unwrap();
    assert!(release.area_after.get() < mended.area_after.get());
}

#[test]
fn no_position_is_no_hazard() {
    assert!(repair_hazard(&MultiPolygon::default(), Metres::new(100.0)).is_none());
    assert!(repair_release(&MultiPolygon::default()).is_none());
    assert!(hazard_around(&[], Metres::new(100.0)).is_none());
}

fn points(range: i32) -> impl Strategy<Value = Vec<(i32, i32)>> {
    proptest::collection::vec((0..range, 0..range), 1..12)
}

/// Any set of rings, however tangled.
fn tangles() -> impl Strategy<Value = MultiPolygon> {
    let polygon = (points(3000), proptest::collection::vec(points(3000), 0..2));
    let polygon = polygon.prop_map(|(exterior, holes)| Polygon {
        exterior: ring(&exterior),
        holes: holes.iter().map(|h| ring(h)).collect(),
    });
    proptest::collection::vec(polygon, 1..3).prop_map(MultiPolygon)
}

/// Tiny ones, in which rounding is as large as the shape.
fn tiny() -> impl Strategy<Value = MultiPolygon> {
    points(9).prop_map(|p| MultiPolygon::from_ring(ring(&p)))
}

fn within_by_even_odd(raw: &MultiPolygon, p: Position) -> bool {
    let inside = raw.rings().map(|r| side_of(r, p));
    let known: Option<Vec<bool>> = inside.collect();
    known.is_some_and(|sides| sides.iter().filter(|&&i| i).count() % 2 == 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn s4_a_hazard_repair_never_shrinks(
        raw in prop_oneof![tangles(), tiny()],
        samples in proptest::collection::vec((0..3000_i32, 0..3000_i32), 40),
    ) {
        let mended = hazard(&raw);
        for polygon in raw.polygons() {
            for &p in polygon.exterior.positions() {
                prop_assert!(covers(&mended.shape, p), "{:?} lost", p);
            }
            let alone = MultiPolygon::from_ring(polygon.exterior.clone());
            for p in ring(&samples).positions() {
                let hole = polygon.holes.iter().any(|h| side_of(h, *p) != Some(false));
                if within_by_even_odd(&alone, *p) && !hole {
                    prop_assert!(covers(&mended.shape, *p), "{:?} lost", p);
                }
            }
        }
        // Where rounding is as large as the shape, its hull is near enough.
        let wide = raw.bbox().is_some_and(|b| b.east - b.west > 100);
        prop_assert!(!wide || !mended.changes.contains(&Change::Hull), "taken by its hull");
    }

    #[test]
    fn s4_a_release_repair_never_grows(
        raw in prop_oneof![tangles(), tiny()],
        samples in proptest::collection::vec((0..3000_i32, 0..3000_i32), 40),
    ) {
        if let Some(mended) = repair_release(&raw) {
            prop_assert_eq!(validity::faults(&mended.shape), []);
            for p in ring(&samples).positions() {
                let inside = mended.shape.polygons().iter().any(|polygon| {
                    side_of(&polygon.exterior, *p) == Some(true)
                        && polygon.holes.iter().all(|h| side_of(h, *p) == Some(false))
                });
                let outlined = raw.polygons().iter()
                    .any(|polygon| side_of(&polygon.exterior, *p) != Some(false));
                let in_a_hole = raw.polygons().iter().flat_map(|polygon| &polygon.holes)
                    .any(|h| side_of(h, *p) == Some(true));
                prop_assert!(!inside || (outlined && !in_a_hole), "{:?} gained", p);
            }
        }
    }

    #[test]
    fn a_repair_has_nothing_left_to_repair(raw in tangles()) {
        let mended = hazard(&raw).shape;
        prop_assert_eq!(hazard(&mended).shape, mended);
    }
}
