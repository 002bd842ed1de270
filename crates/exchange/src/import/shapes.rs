//! Geometries of a file: whatever positions they have, and what was strange about them.

use safelane_geometry::{MultiPolygon, Polygon, Position, Ring, measure};
use safelane_model::body::Map;
use serde_json::Value;

use super::Geometry;

/// A line that ends this near to its beginning is closed, metres.
const CLOSED_M: f64 = 1.0;

/// The positions of a geometry that is more than one point.
#[derive(Default)]
pub(crate) struct Shapes {
    /// What the file calls areas.
    pub areas: Vec<Polygon>,
    /// Lines and sets of points, each as the ring through its positions.
    pub lines: Vec<Polygon>,
    /// Positions that were left out: outside the world, or no numbers.
    pub lost: usize,
    /// Rings that do not come back to their beginning, and by how many metres the worst.
    open: usize,
    gap_m: f64,
    /// Positions with more than three numbers.
    longer: usize,
    /// It is a collection of geometries.
    several: bool,
    /// Parts of a sort that is not read.
    unread: Vec<String>,
}

impl Shapes {
    /// Everything that a hazard covers: what is drawn as an area, and what lines and points enclose.
    pub fn all(&self) -> MultiPolygon {
        MultiPolygon(self.areas.iter().chain(&self.lines).cloned().collect())
    }

    /// Areas alone: all that a release can claim.
    pub fn areas(&self) -> MultiPolygon {
        MultiPolygon(self.areas.clone())
    }

    /// What was strange, in sentences for the report.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.several {
            remarks
                .push("it is made of several shapes; all of them were taken together".to_owned());
        }
        if !self.lines.is_empty() {
            remarks.push(
                "it has a line or points where an area is wanted; review its outline".to_owned(),
            );
        }
        if self.open > 0 {
            remarks.push(format!(
                "its line was open by {:.0} m and was closed straight; review its outline",
                self.gap_m
            ));
        }
        if self.longer > 0 {
            remarks.push(format!(
                "{} of its positions have more numbers than longitude, latitude and height; the first two were taken",
                self.longer
            ));
        }
        if let Some(kind) = self.unread.first() {
            remarks.push(format!("a part of type \"{kind}\" is not read"));
        }
        if self.runs_round_the_world() {
            remarks.push(
                "a side of it runs more than half round the world, as where it crosses the antimeridian; review its outline"
                    .to_owned(),
            );
        }
        remarks
    }

    fn runs_round_the_world(&self) -> bool {
        let rings = self
            .areas
            .iter()
            .chain(&self.lines)
            .flat_map(Polygon::rings);
        let far = |a: Position, b: Position| (a.lon_degrees() - b.lon_degrees()).abs() > 180.0;
        rings.flat_map(Ring::edges).any(|(a, b)| far(a, b))
    }

    fn is_empty(&self) -> bool {
        self.all().positions().next().is_none()
    }
}

/// Reads a geometry; the error says why nothing of it has a place on the earth.
pub(crate) fn read(geometry: &Map) -> Result<Geometry, String> {
    let coordinates = geometry.get("coordinates").unwrap_or(&Value::Null);
    if kind(geometry) == "Point" {
        let at = place(coordinates).ok_or("its position is empty or outside the world")?;
        return Ok(Geometry::Point(at));
    }
    let mut shapes = Shapes::default();
    add(geometry, &mut shapes);
    if !shapes.is_empty() {
        return Ok(Geometry::Shapes(shapes));
    }
    Err(match shapes.unread.first() {
        Some(kind) => format!("a geometry of type \"{kind}\" is not read"),
        None if shapes.lost == 0 => "it has no position".to_owned(),
        None => "all its positions are outside the world".to_owned(),
    })
}

fn kind(geometry: &Map) -> &str {
    geometry
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("none")
}

/// Adds one geometry, and what is in it: how deep they lie in one another the reader of JSON has bounded.
fn add(geometry: &Map, into: &mut Shapes) {
    let coordinates = geometry.get("coordinates").unwrap_or(&Value::Null);
    match kind(geometry) {
        "Point" => {
            let alone = Value::Array(vec![coordinates.clone()]);
            let ring = line(&alone, into);
            into.lines.push(Polygon::new(ring));
        }
        "MultiPoint" | "LineString" => {
            let ring = line(coordinates, into);
            into.lines.push(Polygon::new(ring));
        }
        // Each line for itself: one inside another is no hole in a hazard.
        "MultiLineString" => {
            for one in list(coordinates) {
                let ring = line(one, into);
                into.lines.push(Polygon::new(ring));
            }
        }
        "Polygon" => polygon(coordinates, into),
        "MultiPolygon" => {
            for part in list(coordinates) {
                polygon(part, into);
            }
        }
        "GeometryCollection" => {
            into.several = true;
            let parts = geometry.get("geometries").map_or(&[][..], list);
            for part in parts.iter().filter_map(Value::as_object) {
                add(part, into);
            }
        }
        other => into.unread.push(other.chars().take(60).collect()),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn polygon(value: &Value, into: &mut Shapes) {
    let rings: Vec<Ring> = list(value).iter().map(|ring| closed(ring, into)).collect();
    let mut rings = rings.into_iter();
    if let Some(exterior) = rings.next() {
        into.areas.push(Polygon {
            exterior,
            holes: rings.filter(|hole| !hole.is_empty()).collect(),
        });
    }
}

/// A ring that is to come back to its beginning.
fn closed(value: &Value, into: &mut Shapes) -> Ring {
    let positions = positions(value, into);
    if let [first, .., last] = positions.as_slice()
        && first != last
    {
        let gap_m = measure::distance(*first, *last).get();
        if gap_m > CLOSED_M {
            into.open += 1;
            into.gap_m = into.gap_m.max(gap_m);
        }
    }
    Ring::new(positions)
}

fn line(value: &Value, into: &mut Shapes) -> Ring {
    Ring::new(positions(value, into))
}

fn positions(value: &Value, into: &mut Shapes) -> Vec<Position> {
    let mut read = Vec::with_capacity(list(value).len());
    for point in list(value) {
        into.longer += usize::from(list(point).len() > 3);
        match place(point) {
            Some(at) => read.push(at),
            None => into.lost += 1,
        }
    }
    read
}

fn place(value: &Value) -> Option<Position> {
    let [lon, lat, ..] = list(value) else {
        return None;
    };
    Position::from_degrees(lon.as_f64()?, lat.as_f64()?).ok()
}
