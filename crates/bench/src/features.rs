//! The lines of a generated country, and what every measurement asks of them.

use std::io::BufRead as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use safelane_geometry::{MultiPolygon, Polygon, Position, Ring, Shape};
use serde_json::Value;

/// The features of `name.ndjson`, one a line.
pub fn of(folder: &Path, name: &str) -> Result<Vec<Value>> {
    let path = folder.join(format!("{name}.ndjson"));
    let file = std::fs::File::open(&path).with_context(|| format!("{}", path.display()))?;
    std::io::BufReader::new(file)
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect()
}

/// The shape of a feature: a point, a line or one polygon.
pub fn shape(feature: &Value) -> Result<Shape> {
    let coordinates = &feature["geometry"]["coordinates"];
    Ok(match feature["geometry"]["type"].as_str() {
        Some("Point") => Shape::point(position(coordinates)?),
        Some("LineString") => Shape::Line {
            points: positions(coordinates)?,
        },
        _ => {
            let rings = coordinates.as_array().context("rings")?;
            let mut rings = rings
                .iter()
                .map(|ring| Ok(positions(ring)?.into_iter().collect::<Ring>()));
            let exterior = rings.next().context("an outline")??;
            let holes = rings.collect::<Result<_>>()?;
            Shape::polygons(MultiPolygon(vec![Polygon { exterior, holes }]))
        }
    })
}

fn positions(points: &Value) -> Result<Vec<Position>> {
    let points = points.as_array().context("positions")?;
    points.iter().map(position).collect()
}

fn position(point: &Value) -> Result<Position> {
    let degrees = |axis: usize| point[axis].as_f64().context("degrees");
    Ok(Position::from_degrees(degrees(0)?, degrees(1)?)?)
}

/// The median time of some runs, and what the last one gave.
pub fn timed<T>(runs: usize, mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..runs.max(1) {
        drop(last.take());
        let start = Instant::now();
        last = Some(run());
        times.push(start.elapsed());
    }
    times.sort_unstable();
    (times[times.len() / 2], last.expect("it ran once"))
}

/// The most memory that this process has held, MB.
pub fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes =
        line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
