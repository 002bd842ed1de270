//! How long overlays take: 20,000 hazards, three releases each.
//!
//! `cargo run --release -p safelane-geometry --example overlay_speed`

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use safelane_geometry::index::Index;
use safelane_geometry::{
    Area, Metres, MultiPolygon, Position, Shape, buffer, distance, measure, repair, validity,
};

const HAZARDS: u32 = 20_000;

/// A ring of 24 corners, its radius going up and down by a third.
fn flower(center: Position, radius: f64, turn: u32) -> MultiPolygon {
    let corner = |i: u32| {
        let wave = 1.0 + 0.33 * f64::from((i * 7 + turn) % 5) / 5.0;
        measure::direct(center, -15.0 * f64::from(i), Metres::new(radius * wave))
    };
    MultiPolygon::from_ring((0..24).map(corner).collect())
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    let center = |i: u32| {
        let (x, y) = (f64::from(i % 200), f64::from(i / 200));
        Position::from_degrees(16.0 + x * 0.015, 42.6 + y * 0.024)
    };
    let hazards: Vec<_> = (0..HAZARDS)
        .filter_map(|i| Some((center(i).ok()?, i)))
        .map(|(at, i)| (at, flower(at, 150.0, i)))
        .collect();
    let releases: Vec<Vec<_>> = hazards
        .iter()
        .map(|(at, _)| {
            let shift = |k: u32| measure::direct(*at, f64::from(k) * 120.0, Metres::new(120.0));
            (0..3).map(|k| flower(shift(k), 70.0, k)).collect()
        })
        .collect();

    let begin = Instant::now();
    let sizes: Vec<_> = hazards.iter().map(|(_, h)| measure::area(h)).collect();
    writeln!(out, "measure {:?}", begin.elapsed())?;
    black_box(sizes);

    let begin = Instant::now();
    let valid = hazards
        .iter()
        .filter(|(_, h)| validity::is_valid(h))
        .count();
    writeln!(out, "validity of {valid} {:?}", begin.elapsed())?;

    let begin = Instant::now();
    let areas: Vec<_> = hazards.iter().map(|(_, h)| Area::of(h)).collect();
    writeln!(out, "area of hazards {:?}", begin.elapsed())?;

    let begin = Instant::now();
    let taken: Vec<Vec<_>> = releases
        .iter()
        .map(|r| r.iter().map(Area::of).collect())
        .collect();
    writeln!(out, "area of releases {:?}", begin.elapsed())?;

    let begin = Instant::now();
    let known = releases.iter().flatten().map(Area::of_valid);
    writeln!(
        out,
        "area of {} valid releases {:?}",
        known.count(),
        begin.elapsed()
    )?;

    let begin = Instant::now();
    let left: Vec<_> = areas
        .iter()
        .zip(&taken)
        .map(|(a, r)| a.difference(r))
        .collect();
    writeln!(out, "difference {:?}", begin.elapsed())?;

    let begin = Instant::now();
    let m2: f64 = left.iter().map(|a| a.area().get()).sum();
    writeln!(out, "m² of what is left, {m2:.2}: {:?}", begin.elapsed())?;

    let begin = Instant::now();
    let all = Area::union(&areas);
    writeln!(
        out,
        "national union of {} parts {:?}",
        all.part_count(),
        begin.elapsed()
    )?;

    let begin = Instant::now();
    let mended = hazards
        .iter()
        .filter_map(|(_, h)| repair::repair_hazard(h, Metres::new(100.0)));
    writeln!(out, "repair of {} {:?}", mended.count(), begin.elapsed())?;

    let begin = Instant::now();
    let around = hazards
        .iter()
        .take(1000)
        .map(|(_, h)| buffer::around_shape(&h.clone().into(), Metres::new(50.0)));
    writeln!(out, "buffers of {} {:?}", around.count(), begin.elapsed())?;

    let shapes: Vec<_> = (0..10)
        .flat_map(|_| &hazards)
        .map(|(_, h)| Shape::from(h.clone()))
        .collect();
    let boxes: Vec<_> = shapes.iter().filter_map(Shape::bbox).collect();
    let begin = Instant::now();
    let index = Index::new(&boxes);
    writeln!(out, "index of {} {:?}", index.len(), begin.elapsed())?;

    let begin = Instant::now();
    let places = (0..10_000).filter_map(|i| {
        let (x, y) = (f64::from(i % 100), f64::from(i / 100));
        Position::from_degrees(16.0071 + x * 0.03, 42.6113 + y * 0.024).ok()
    });
    let found = places.filter_map(|p| index.nearest(p, |i, _| distance::distance(p, &shapes[i])));
    writeln!(
        out,
        "nearest of {} places {:?}",
        found.count(),
        begin.elapsed()
    )?;
    Ok(())
}
