//! S2 by property: no zoom hides or shrinks a hazard, none grows released land.

use safelane_ledger::RecordId;
use uuid::Uuid;

use super::super::features::{HAZARDS, RELEASED};
use super::super::index::{Geometry, Shape};
use super::*;

/// A stream of numbers from a seed: the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as i64).rem_euclid(below)
    }
}

/// A star of some corners around a place: dents and bulges, never crossing itself.
fn star(dice: &mut Dice, at: P, size: i64) -> Area {
    let corners = 5 + dice.roll(40);
    let outer = (0..corners)
        .map(|i| {
            let angle = i as f64 / corners as f64 * std::f64::consts::TAU;
            let radius = (size / 3 + dice.roll(size)) as f64;
            P {
                x: at.x + (angle.cos() * radius) as i64,
                y: at.y + (angle.sin() * radius) as i64,
            }
        })
        .collect();
    Area {
        outer,
        holes: Vec::new(),
    }
}

fn shape(layer: &'static str, area: Area, meaning: Meaning) -> Shape {
    Shape {
        layer,
        record: RecordId::new(Uuid::from_bytes([1; 16])),
        properties: Vec::new(),
        geometry: Geometry::Areas(vec![area], meaning),
        danger: 1,
    }
}

/// Whether a place lies in some rings of a tile by the non-zero rule.
fn covered(rings: &[Vec<(i32, i32)>], x: f64, y: f64) -> bool {
    let winding: i32 = rings
        .iter()
        .flat_map(|ring| (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])))
        .map(|((ax, ay), (bx, by))| {
            let ((ax, ay), (bx, by)) = (
                (f64::from(ax), f64::from(ay)),
                (f64::from(bx), f64::from(by)),
            );
            let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
            match (ay <= y, by <= y) {
                (true, false) if side > 0.0 => 1,
                (false, true) if side < 0.0 => -1,
                _ => 0,
            }
        })
        .sum();
    winding != 0
}

/// Places inside an area: its corners pulled towards its middle a little, and the middle itself.
fn inner_places(area: &Area, middle: P) -> Vec<(f64, f64)> {
    area.outer
        .iter()
        .flat_map(|p| {
            [0.999, 0.7, 0.3].map(|part| {
                (
                    middle.x as f64 + (p.x - middle.x) as f64 * part,
                    middle.y as f64 + (p.y - middle.y) as f64 * part,
                )
            })
        })
        .collect()
}

fn middle() -> P {
    // The middle of the tile 0/0 at every zoom would lie on a corner of the next; this does not.
    P {
        x: (EXTENT << MAX_ZOOM) / 3,
        y: (EXTENT << MAX_ZOOM) / 5,
    }
}

fn tile_at(p: P, z: u8) -> (u32, u32) {
    let side = EXTENT << (MAX_ZOOM - z);
    ((p.x / side) as u32, (p.y / side) as u32)
}

#[test]
fn s2_no_zoom_hides_or_shrinks_a_hazard() {
    let mut dice = Dice(7);
    for round in 0..60 {
        let at = middle();
        let size = 200 << (round % 12);
        let area = star(&mut dice, at, size);
        let prepared = {
            let mut map = MapIndex::default();
            map.set(
                RecordId::new(Uuid::from_bytes([1; 16])),
                vec![shape(HAZARDS, area.clone(), Meaning::Danger)],
                1,
            );
            map
        };
        for z in 4..=MAX_ZOOM {
            let scale = 1i64 << (MAX_ZOOM - z);
            let all = prepared.within(HAZARDS, Square::of_tile(0, 0, 0, 0));
            let one = &all[0];
            let (x, y) = tile_at(one.square.middle(), z);
            let key = Key {
                layer: HAZARDS.to_owned(),
                z,
                x,
                y,
                exact: true,
            };
            if one.square.size() < SYMBOL * scale {
                let tile = render(&prepared, &key, false);
                assert!(!tile.is_empty(), "a symbol at zoom {z}");
                continue;
            }
            let tile = Square::of_tile(z, x, y, 0);
            let drawn = rings(&one.areas(z), tile.min, scale, Meaning::Danger);
            for (px, py) in inner_places(&area, at) {
                let (tx, ty) = (
                    (px - tile.min.x as f64) / scale as f64,
                    (py - tile.min.y as f64) / scale as f64,
                );
                let inside =
                    (0.0..EXTENT as f64).contains(&tx) && (0.0..EXTENT as f64).contains(&ty);
                assert!(
                    !inside || covered(&drawn, tx, ty),
                    "round {round}, zoom {z}: {tx} {ty}"
                );
            }
        }
    }
}

/// Units of a tile; eight are a pixel.
const BEYOND: f64 = 2.0;

#[test]
fn s2_no_zoom_grows_released_land() {
    let mut dice = Dice(11);
    for round in 0..60 {
        let at = middle();
        let size = 200 << (round % 12);
        let area = star(&mut dice, at, size);
        let mut map = MapIndex::default();
        map.set(
            RecordId::new(Uuid::from_bytes([1; 16])),
            vec![shape(RELEASED, area.clone(), Meaning::Release)],
            1,
        );
        let all = map.within(RELEASED, Square::of_tile(0, 0, 0, 0));
        let one = &all[0];
        for z in 4..=MAX_ZOOM {
            let scale = 1i64 << (MAX_ZOOM - z);
            if one.square.size() < SYMBOL * scale {
                continue;
            }
            let (x, y) = tile_at(at, z);
            let tile = Square::of_tile(z, x, y, 0);
            let drawn = rings(&one.areas(z), tile.min, scale, Meaning::Release);
            // Places outside the true outline by more than a spike thinner than the grid can reach
            // (a quarter of a pixel) are not released on the map.
            for p in &area.outer {
                let (dx, dy) = ((p.x - at.x) as f64, (p.y - at.y) as f64);
                let away = BEYOND / dx.hypot(dy);
                let tx = (p.x - tile.min.x) as f64 / scale as f64 + dx * away;
                let ty = (p.y - tile.min.y) as f64 / scale as f64 + dy * away;
                let inside =
                    (0.0..EXTENT as f64).contains(&tx) && (0.0..EXTENT as f64).contains(&ty);
                assert!(
                    !inside || !covered(&drawn, tx, ty),
                    "round {round}, zoom {z}: {tx} {ty}"
                );
            }
        }
    }
}

#[test]
fn the_letters_of_an_area_stand_in_one_of_its_tiles() {
    let mut dice = Dice(13);
    let mut apart = 0;
    for _ in 0..60 {
        let area = star(&mut dice, middle(), 4_000);
        let square = Square::around(area.outer.iter().copied()).unwrap();
        let (west, north) = tile_at(square.min, MAX_ZOOM);
        let (east, south) = tile_at(square.max, MAX_ZOOM);
        let areas = [area];
        let mut tiles = (west..=east).flat_map(|x| (north..=south).map(move |y| (x, y)));
        let bears = |x, y| bears_letters(square, &areas, Square::of_tile(MAX_ZOOM, x, y, 0));
        let (x, y) = tiles.clone().find(|(x, y)| bears(*x, *y)).unwrap();
        assert_eq!(tiles.clone().filter(|(x, y)| bears(*x, *y)).count(), 1);
        apart += usize::from(tiles.nth(1).is_some());
        let tile = Square::of_tile(MAX_ZOOM, x, y, 0);
        let drawn = rings(&areas, tile.min, 1, Meaning::Plain);
        let place = letters_place(&areas).unwrap();
        let at = |place: i64, origin: i64| (place - origin) as f64;
        assert!(covered(
            &drawn,
            at(place.x, tile.min.x),
            at(place.y, tile.min.y)
        ));
    }
    assert!(apart > 30, "most lie in several tiles: {apart}");
}

#[test]
fn crowded_symbols_are_one_with_their_number() {
    let mut map = MapIndex::default();
    let shapes = (0..50)
        .map(|i| Shape {
            geometry: Geometry::Point(P {
                x: middle().x + i,
                y: middle().y,
            }),
            ..shape(HAZARDS, Area::default(), Meaning::Danger)
        })
        .collect();
    map.set(RecordId::new(Uuid::from_bytes([1; 16])), shapes, 1);
    let (x, y) = tile_at(middle(), 6);
    let mut layer = Layer::new(HAZARDS);
    draw_layer(
        &map,
        HAZARDS,
        &Key {
            layer: HAZARDS.to_owned(),
            z: 6,
            x,
            y,
            exact: true,
        },
        &mut layer,
    );
    assert_eq!(layer.count(), 1);
}
