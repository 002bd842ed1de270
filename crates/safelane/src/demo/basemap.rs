//! The isle's own small map: coast, rivers, roads and buildings, drawn here and nowhere real.

use safelane_geometry::Position;
use serde_json::{Value, json};

use super::ground::Isle;
use super::table::Table;

/// GeoJSON with a property `class`: `land`, `water`, `road`, `building`.
pub fn basemap(table: &Table, isle: &Isle) -> Value {
    let mut features = vec![
        polygon(
            "land",
            &coast().iter().map(|km| isle.at(*km)).collect::<Vec<_>>(),
        ),
        line(
            "water",
            &along(
                isle,
                &[
                    [-5.0, 10.4],
                    [-4.2, 7.0],
                    [-5.4, 3.8],
                    [-3.2, 0.4],
                    [-5.0, -3.0],
                    [-8.2, -6.4],
                    [-8.8, -10.2],
                ],
            ),
        ),
        line(
            "water",
            &along(
                isle,
                &[
                    [5.2, 10.2],
                    [3.8, 6.2],
                    [2.4, 3.2],
                    [3.4, -0.6],
                    [4.6, -5.6],
                    [5.4, -10.4],
                ],
            ),
        ),
        line(
            "road",
            &along(
                isle,
                &[
                    [-13.0, 2.2],
                    [-11.9, 2.6],
                    [-9.4, 5.6],
                    [-6.8, 3.6],
                    [-3.0, 1.2],
                    [0.7, 5.9],
                    [2.6, -0.6],
                    [3.6, -4.8],
                ],
            ),
        ),
        line(
            "road",
            &along(
                isle,
                &[
                    [-6.8, 3.6],
                    [-6.2, 0.0],
                    [-7.6, -5.0],
                    [-5.6, -4.6],
                    [-3.6, -5.4],
                    [1.0, -2.6],
                    [2.6, -0.6],
                    [7.6, 0.4],
                    [12.1, 5.2],
                ],
            ),
        ),
        line("road", &along(isle, &[[7.6, 0.4], [11.4, -3.6]])),
        line(
            "road",
            &along(isle, &[[-4.3, 7.8], [-5.6, 5.6], [-6.8, 3.6]]),
        ),
    ];
    for (index, place) in table.place.iter().enumerate() {
        features.extend(buildings(isle, place.at, place.people, index));
    }
    json!({ "type": "FeatureCollection", "features": features })
}

/// The coast, an oval with bays, within the four districts.
fn coast() -> Vec<[f64; 2]> {
    (0..120)
        .map(|step| {
            let angle = f64::from(step) * std::f64::consts::TAU / 120.0;
            let bay = 1.0 - 0.05 * (5.0 * angle).sin().abs() - 0.025 * (11.0 * angle + 0.7).cos();
            [13.9 * angle.cos() * bay, 10.9 * angle.sin() * bay]
        })
        .collect()
}

/// Points every 250 m along a line with a gentle bend, so that roads and rivers look drawn.
fn along(isle: &Isle, corners: &[[f64; 2]]) -> Vec<Position> {
    let mut points = Vec::new();
    for pair in corners.windows(2) {
        let ([x0, y0], [x1, y1]) = (pair[0], pair[1]);
        let length = (x1 - x0).hypot(y1 - y0);
        let steps = (length * 4.0).ceil() as i32;
        for step in 0..steps {
            let part = f64::from(step) / f64::from(steps);
            let bend = (part * std::f64::consts::PI).sin() * 0.06 * length * (x0 + y1).sin();
            points.push(isle.at([
                x0 + (x1 - x0) * part - (y1 - y0) / length * bend,
                y0 + (y1 - y0) * part + (x1 - x0) / length * bend,
            ]));
        }
    }
    if let Some(last) = corners.last() {
        points.push(isle.at(*last));
    }
    points
}

/// A few rectangles around a place, more where more people live; 180 in all.
fn buildings(isle: &Isle, [x, y]: [f64; 2], people: i64, seed: usize) -> Vec<Value> {
    let count = (4 + people / 90).min(40);
    (0..count)
        .map(|number| {
            let turn = (seed as f64 * 1.7) + number as f64 * 2.399_963;
            let far = 0.045 * (number as f64 + 1.0).sqrt();
            let (east, north) = (x + far * turn.cos(), y + far * turn.sin());
            let (half_width, half_height) = (0.006 + 0.003 * (turn * 3.0).sin().abs(), 0.005);
            let ring: Vec<Position> = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
                .iter()
                .map(|[a, b]| isle.at([east + a * half_width, north + b * half_height]))
                .collect();
            polygon("building", &ring)
        })
        .collect()
}

fn degrees(at: &Position) -> [f64; 2] {
    [at.lon_degrees(), at.lat_degrees()]
}

fn polygon(class: &str, ring: &[Position]) -> Value {
    let closed: Vec<[f64; 2]> = ring.iter().chain(ring.first()).map(degrees).collect();
    json!({ "type": "Feature", "properties": { "class": class, "demo": true }, "geometry": { "type": "Polygon", "coordinates": [closed] } })
}

fn line(class: &str, points: &[Position]) -> Value {
    let points: Vec<[f64; 2]> = points.iter().map(degrees).collect();
    json!({ "type": "Feature", "properties": { "class": class, "demo": true }, "geometry": { "type": "LineString", "coordinates": points } })
}
