//! The isle's own small map: coast, rivers, roads and buildings, drawn here and nowhere real.

use safelane_geometry::Position;
use serde_json::{Value, json};

use super::ground::Isle;
use super::table::{Place, Table};

/// GeoJSON with a property `class`: `land`, `water`, `road`, `building`, `school`, `health-post`.
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
        features.extend(buildings(isle, place, index));
    }
    json!({ "type": "FeatureCollection", "features": features })
}

/// The coast: between an oval and the rectangle of the four districts, with bays.
fn coast() -> Vec<[f64; 2]> {
    (0..180)
        .map(|step| {
            let angle = f64::from(step) * std::f64::consts::TAU / 180.0;
            let (sin, cos) = angle.sin_cos();
            let bay = 1.0 - 0.03 * (5.0 * angle).sin().abs() - 0.02 * (11.0 * angle + 0.7).cos();
            let radius = bay / (cos.powi(4) + sin.powi(4)).powf(0.25);
            [13.5 * radius * cos, 10.6 * radius * sin]
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

/// Rectangles around a place, more where more people live: 180 in all, beside one school and one
/// health post.
fn buildings(isle: &Isle, place: &Place, seed: usize) -> Vec<Value> {
    let class = match place.settlement_type.as_str() {
        "school" => "school",
        "health-post" => "health-post",
        _ => "building",
    };
    let count = place.people.map_or(1, |people| (4 + people / 90).min(66));
    (0..count)
        .map(|number| {
            let turn = (seed as f64 * 1.7) + number as f64 * 2.399_963;
            // The school and the health post stand where their records say.
            let far = if class == "building" {
                0.045 * (number as f64 + 1.0).sqrt()
            } else {
                0.0
            };
            let [x, y] = place.at;
            let (east, north) = (x + far * turn.cos(), y + far * turn.sin());
            let (half_width, half_height) = (0.006 + 0.003 * (turn * 3.0).sin().abs(), 0.005);
            let ring: Vec<Position> = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
                .iter()
                .map(|[a, b]| isle.at([east + a * half_width, north + b * half_height]))
                .collect();
            polygon(class, &ring)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::table;

    fn of_class(class: &str) -> Vec<Value> {
        let table = table::read(table::TABLE).expect("the table is right");
        let [lon, lat] = table.programme.origin;
        let isle = Isle::new(Position::from_degrees(lon, lat).expect("a position"));
        let map = basemap(&table, &isle);
        let features = map["features"].as_array().expect("features").clone();
        let is = |feature: &Value| feature["properties"]["class"] == class;
        features.into_iter().filter(is).collect()
    }

    #[test]
    fn there_are_a_coast_two_rivers_roads_and_180_buildings() {
        let count = |class| of_class(class).len();
        assert_eq!(
            [count("land"), count("water"), count("building")],
            [1, 2, 180]
        );
        assert_eq!([count("school"), count("health-post")], [1, 1]);
        assert!(count("road") >= 4);
    }

    #[test]
    fn places_and_hazardous_areas_lie_on_land() {
        let table = table::read(table::TABLE).expect("the table is right");
        let coast = coast();
        let places = table
            .place
            .iter()
            .map(|place| (place.name.as_str(), place.at));
        let hazards = table
            .hazard
            .iter()
            .map(|hazard| (hazard.name.as_str(), hazard.at));
        for (name, at) in places.chain(hazards) {
            assert!(is_inside(&coast, at), "{name} lies in the sea");
        }
    }

    fn is_inside(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
        let next = ring.iter().cycle().skip(1);
        let crossed = ring.iter().zip(next).filter(|([x0, y0], [x1, y1])| {
            (*y0 > y) != (*y1 > y) && x < x0 + (x1 - x0) * (y - y0) / (y1 - y0)
        });
        crossed.count() % 2 == 1
    }
}
