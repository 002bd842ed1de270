//! Records to GeoJSON and CSV. In a demo programme every feature says `demo: true` and every table
//! begins with a column DEMO.

use std::io::{self, Write};

use safelane_geometry::{MultiPolygon, Position, Shape};
use safelane_model::body::{self, Map};
use safelane_model::columns::columns;
use safelane_model::{FieldType, Kind};
use serde_json::{Value, json};

/// A record as written out.
#[derive(Clone, Debug)]
pub struct Record {
    /// Record id.
    pub id: String,
    /// Number that people say.
    pub reference: Option<String>,
    /// How it stands: `official`, `imported`, `reported`, …
    pub standing: String,
    /// The body that stands, or the reported one.
    pub body: Map,
}

/// Formats of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// GeoJSON (RFC 7946), WGS 84.
    GeoJson,
    /// CSV, UTF-8; text that a spreadsheet could run as a formula is neutralised, numbers never are.
    Csv,
}

/// Writes records of one kind; returns how many.
pub fn write(
    kind: &Kind,
    format: Format,
    demo: bool,
    records: impl Iterator<Item = Record>,
    out: &mut impl Write,
) -> io::Result<u64> {
    match format {
        Format::GeoJson => geojson(kind, demo, records, out),
        Format::Csv => csv(kind, demo, records, out),
    }
}

fn geojson(
    kind: &Kind,
    demo: bool,
    records: impl Iterator<Item = Record>,
    out: &mut impl Write,
) -> io::Result<u64> {
    out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
    let mut count = 0;
    for record in records {
        out.write_all(if count == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &feature(kind, demo, &record))?;
        count += 1;
    }
    out.write_all(b"\n]}\n")?;
    Ok(count)
}

/// One record as a GeoJSON feature: the same columns everywhere that features leave the program.
pub fn feature(kind: &Kind, demo: bool, record: &Record) -> Value {
    let mut properties = Map::new();
    if demo {
        properties.insert("demo".into(), Value::Bool(true));
    }
    if let Some(reference) = &record.reference {
        properties.insert("reference".into(), reference.as_str().into());
    }
    properties.insert("standing".into(), record.standing.as_str().into());
    for column in columns(kind) {
        properties.insert(
            column.name().into_owned(),
            column.cell(&record.body).unwrap_or(Value::Null),
        );
    }
    json!({ "type": "Feature", "id": record.id, "geometry": geometry(kind, &record.body), "properties": properties })
}

/// The record's geometry in degrees: its outline, its parts, else its place; null without any.
pub fn geometry(kind: &Kind, map: &Map) -> Value {
    shapes(kind.fields, map).map_or(Value::Null, |shape| to_geojson(&shape))
}

/// Outlines of a body joined, else its first place.
pub fn shapes(fields: &[safelane_model::Field], map: &Map) -> Option<Shape> {
    let mut polygons = Vec::new();
    outlines(fields, map, &mut polygons);
    if !polygons.is_empty() {
        return Some(Shape::polygons(MultiPolygon(polygons)));
    }
    fields
        .iter()
        .filter(|field| matches!(field.ty, FieldType::Place))
        .find_map(|field| body::place(map, field.key))
        .map(|place| Shape::point(place.at))
}

fn outlines(
    fields: &[safelane_model::Field],
    map: &Map,
    into: &mut Vec<safelane_geometry::Polygon>,
) {
    for field in fields {
        match field.ty {
            FieldType::Ground => {
                if let Some(ground) = body::ground(map, field.key)
                    && let Some(polygons) = ground.polygons()
                {
                    into.extend(polygons.polygons().iter().cloned());
                }
            }
            FieldType::Group(fields) => {
                for entry in body::entries(map, field.key) {
                    outlines(fields, entry, into);
                }
            }
            _ => {}
        }
    }
}

/// A shape as a GeoJSON geometry in degrees.
pub fn to_geojson(shape: &Shape) -> Value {
    match shape {
        Shape::Point { at } => json!({ "type": "Point", "coordinates": degrees(*at) }),
        Shape::Line { points } => {
            json!({ "type": "LineString", "coordinates": points.iter().copied().map(degrees).collect::<Vec<_>>() })
        }
        Shape::Polygons { polygons } => {
            let parts: Vec<Value> = polygons
                .polygons()
                .iter()
                .map(|polygon| json!(polygon.rings().map(closed).collect::<Vec<_>>()))
                .collect();
            match <[Value; 1]>::try_from(parts) {
                Ok([only]) => json!({ "type": "Polygon", "coordinates": only }),
                Err(parts) => json!({ "type": "MultiPolygon", "coordinates": parts }),
            }
        }
    }
}

fn closed(ring: &safelane_geometry::Ring) -> Vec<[f64; 2]> {
    let positions = ring.positions();
    positions
        .iter()
        .chain(positions.first())
        .copied()
        .map(degrees)
        .collect()
}

fn degrees(at: Position) -> [f64; 2] {
    [at.lon_degrees(), at.lat_degrees()]
}

fn csv(
    kind: &Kind,
    demo: bool,
    records: impl Iterator<Item = Record>,
    out: &mut impl Write,
) -> io::Result<u64> {
    let columns = columns(kind);
    let mut head: Vec<String> = ["id", "reference", "standing", "longitude", "latitude"]
        .map(str::to_owned)
        .to_vec();
    if demo {
        head.insert(0, "DEMO".into());
    }
    head.extend(columns.iter().map(|column| column.name().into_owned()));
    line(
        out,
        head.iter().map(|name| cell(&Value::String(name.clone()))),
    )?;
    let mut count = 0;
    for record in records {
        let center = shapes(kind.fields, &record.body)
            .and_then(|shape| shape.bbox())
            .map(safelane_geometry::Bbox::center);
        let mut cells = vec![
            cell(&json!(record.id)),
            cell(&json!(record.reference)),
            cell(&json!(record.standing)),
            center.map_or_else(String::new, |at| at.lon_degrees().to_string()),
            center.map_or_else(String::new, |at| at.lat_degrees().to_string()),
        ];
        if demo {
            cells.insert(0, "DEMO".into());
        }
        cells.extend(columns.iter().map(|column| {
            column
                .cell(&record.body)
                .map_or_else(String::new, |value| cell(&value))
        }));
        line(out, cells.into_iter())?;
        count += 1;
    }
    Ok(count)
}

fn line(out: &mut impl Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    out.write_all(cells.collect::<Vec<_>>().join(",").as_bytes())?;
    out.write_all(b"\r\n")
}

/// A cell by RFC 4180; a text that begins like a formula gets an apostrophe, a number never.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text,
        other => return other.to_string(),
    };
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.clone()
    };
    if guarded.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_pass_and_formulas_do_not_run() {
        assert_eq!(cell(&json!(-24.1)), "-24.1");
        assert_eq!(cell(&json!("=1+1")), "'=1+1");
        assert_eq!(cell(&json!("a \"b\", c")), "\"a \"\"b\"\", c\"");
    }
}
