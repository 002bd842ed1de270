use super::*;
use crate::shape::Polygon;

fn ring(points: &[(i32, i32)]) -> Ring {
    points
        .iter()
        .map(|&(x, y)| Position::try_new_e7(184_100_000 + x, 438_600_000 + y).unwrap())
        .collect()
}

fn square(x: i32, y: i32, side: i32) -> Ring {
    ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
}

fn with_holes(exterior: Ring, holes: Vec<Ring>) -> MultiPolygon {
    MultiPolygon(vec![Polygon { exterior, holes }])
}

fn parts(rings: Vec<Ring>) -> MultiPolygon {
    MultiPolygon(rings.into_iter().map(Polygon::new).collect())
}

fn codes(shape: &MultiPolygon) -> Vec<&'static str> {
    problems(shape).iter().map(Problem::code).collect()
}

fn of(points: &[(i32, i32)]) -> Vec<&'static str> {
    codes(&MultiPolygon::from_ring(ring(points)))
}

#[test]
fn g01_a_bow_tie_is_named_with_its_crossing_point() {
    let shape = MultiPolygon::from_ring(ring(&[(0, 0), (1000, 1000), (1000, 0), (0, 1000)]));
    let found = problems(&shape);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code(), "geom.self_intersection");
    let at = found[0].at().unwrap();
    assert_eq!((at.lon_e7(), at.lat_e7()), (184_100_500, 438_600_500));
}

#[test]
fn g02_a_ring_that_touches_itself_is_no_ring() {
    let at_a_vertex = [
        (0, 0),
        (500, 500),
        (1000, 0),
        (1000, 1000),
        (500, 500),
        (0, 1000),
    ];
    assert_eq!(of(&at_a_vertex), ["geom.repeated_vertex"]);
    let on_its_line = [(0, 0), (1000, 0), (1000, 1000), (500, 0), (0, 1000)];
    assert_eq!(of(&on_its_line), ["geom.self_intersection"]);
}

#[test]
fn g04_to_g07_what_encloses_nothing_is_named() {
    assert_eq!(of(&[(0, 0), (9, 9)]), ["geom.too_few_points"]);
    assert_eq!(
        of(&[(0, 0), (9, 9), (0, 0), (9, 9)]),
        ["geom.too_few_points"]
    );
    assert_eq!(of(&[(0, 0), (9, 9), (18, 18)]), ["geom.zero_area"]);
    assert_eq!(
        of(&[(0, 0), (900, 0), (900, 0), (900, 900)]),
        ["geom.repeated_vertex"]
    );
    let spike = [
        (0, 0),
        (900, 0),
        (900, 900),
        (900, 2000),
        (900, 900),
        (0, 900),
    ];
    let found = of(&spike);
    assert!(found.contains(&"geom.spike"), "{found:?}");
    assert_eq!(codes(&MultiPolygon::default()), ["geom.empty"]);
}

#[test]
fn g09_to_g11_holes_lie_inside_and_apart() {
    let outer = || square(0, 0, 1000);
    let case = |holes| codes(&with_holes(outer(), holes));
    assert!(case(vec![square(100, 100, 100), square(300, 300, 100)]).is_empty());
    assert_eq!(case(vec![square(2000, 0, 100)]), ["geom.hole_outside"]);
    assert_eq!(
        case(vec![square(100, 100, 500), square(200, 200, 100)]),
        ["geom.holes_overlap"]
    );
    assert!(case(vec![square(100, 100, 200), square(200, 200, 200)]).contains(&"geom.rings_cross"));
    assert!(
        case(vec![outer()]).contains(&"geom.rings_cross"),
        "a hole equal to its outline"
    );
    assert!(case(vec![square(900, 500, 200)]).contains(&"geom.rings_cross"));
}

#[test]
fn g10_a_hole_may_touch_its_outline_at_one_point() {
    let hole = || ring(&[(500, 0), (700, 300), (300, 300)]);
    assert!(codes(&with_holes(square(0, 0, 1000), vec![hole()])).is_empty());
    let at_vertices = ring(&[(0, 0), (500, 0), (1000, 0), (1000, 1000), (0, 1000)]);
    assert!(codes(&with_holes(at_vertices, vec![hole()])).is_empty());
}

#[test]
fn a_hole_that_leaves_its_outline_through_a_vertex_is_found() {
    let outline = ring(&[(0, 0), (500, 0), (1000, 0), (1000, 1000), (0, 1000)]);
    let hole = ring(&[(500, 0), (700, -300), (700, 300)]);
    let found = codes(&with_holes(outline, vec![hole]));
    assert!(found.contains(&"geom.rings_cross"), "{found:?}");
    let through = ring(&[(500, 0), (600, 500), (400, 500), (450, -100)]);
    let found = codes(&with_holes(square(0, 0, 1000), vec![through]));
    assert!(found.contains(&"geom.rings_cross"), "{found:?}");
}

#[test]
fn g12_parts_lie_apart() {
    assert!(codes(&parts(vec![square(0, 0, 100), square(200, 0, 100)])).is_empty());
    assert!(codes(&parts(vec![square(0, 0, 100), square(100, 100, 100)])).is_empty());
    assert_eq!(
        codes(&parts(vec![square(0, 0, 900), square(100, 100, 100)])),
        ["geom.parts_overlap"]
    );
    let found = codes(&parts(vec![square(0, 0, 100), square(50, 50, 100)]));
    assert_eq!(found, ["geom.rings_cross", "geom.rings_cross"]);
    // An island in a hole is a part of its own.
    let mut lake = with_holes(square(0, 0, 1000), vec![square(100, 100, 500)]);
    lake.0.push(Polygon::new(square(200, 200, 100)));
    assert!(codes(&lake).is_empty());
}

#[test]
fn a_leg_of_more_than_5_km_is_questioned_and_no_more() {
    let shape = MultiPolygon::from_ring(square(0, 0, 700_000));
    let found = problems(&shape);
    assert!(
        found.iter().all(Problem::is_warning) && found.len() == 4,
        "{found:?}"
    );
    assert!(is_valid(&shape));
}

#[test]
fn g24_a_million_vertices_are_refused_unseen() {
    let ring: Ring = (0..1_000_000)
        .map(|i| Position::try_new_e7(i, i % 7).unwrap())
        .collect();
    let found = problems(&MultiPolygon::from_ring(ring));
    assert!(matches!(
        found.as_slice(),
        [Problem::TooManyVertices {
            count: 1_000_000,
            ..
        }]
    ));
}

/// 50,000 vertices on spikes about a centre: every box meets most others.
fn star(n: i32) -> Ring {
    (0..n)
        .map(|i| {
            let angle = f64::from(i) / f64::from(n) * std::f64::consts::TAU;
            let radius = if i % 2 == 0 { 0.05 } else { 0.02 };
            Position::from_degrees(18.0 + radius * angle.cos(), 44.0 + radius * angle.sin())
                .unwrap()
        })
        .collect()
}

/// Long slanting teeth side by side, the worst case for boxes.
fn comb(n: i32) -> Ring {
    let mut points: Vec<_> = (0..n)
        .map(|i| (i * 40 + (i % 2) * 900_000, (i % 2) * 900_000))
        .collect();
    points.push((n * 40, -1_000_000));
    ring(&points)
}

#[test]
fn g25_50_000_vertices_take_less_than_a_second_however_they_lie() {
    for shape in [star(50_000), comb(49_000)] {
        let shape = MultiPolygon::from_ring(shape);
        let begin = std::time::Instant::now();
        assert_eq!(faults(&shape), []);
        let took = begin.elapsed();
        assert!(took.as_secs_f64() < 4.0, "{took:?} without optimisation");
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn brute_force_crosses(ring: &Ring) -> bool {
        let edges: Vec<_> = ring.edges().collect();
        let n = edges.len();
        let meets = |(a, b): (Position, Position), (c, d): (Position, Position)| {
            let s = |p, q, r| orient(p, q, r).signum();
            (s(a, b, c) != s(a, b, d) && s(c, d, a) != s(c, d, b))
                || [c, d].iter().any(|&p| on_segment(a, b, p))
                || [a, b].iter().any(|&p| on_segment(c, d, p))
        };
        (0..n).any(|i| {
            (i + 1..n).any(|j| {
                let adjacent = j == i + 1 || (i == 0 && j == n - 1);
                !adjacent && meets(edges[i], edges[j])
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn the_sweep_agrees_with_every_pair_tested(
            points in proptest::collection::vec((0..12_i32, 0..12_i32), 4..9)
        ) {
            let ring = ring(&points);
            let found = faults(&MultiPolygon::from_ring(ring.clone()));
            let spike = found.iter().any(|p| matches!(
                p,
                Problem::Spike { .. } | Problem::TooFewPositions { .. } | Problem::ZeroArea { .. }
            ));
            if !spike {
                prop_assert_eq!(!found.is_empty(), brute_force_crosses(&ring), "{:?}", found);
            }
        }
    }
}
