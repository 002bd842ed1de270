//! Bodies of imported records, kind by kind.

use safelane_geometry::buffer::hull;
use safelane_geometry::validity::MOST_VERTICES;
use safelane_ledger::MAX_BODY_BYTES;
use safelane_model::field::FieldType;

use super::{
    Body, Converted, Feature, Geometry, Ground, How, Map, Metres, MultiPolygon, Options, Outcome,
    Place, Position, RecordId, Ring, Shape, Shapes, Value, as_text, json, measure, repair,
};

/// Features of fewer bytes never make a body beyond the ledger's bound.
const SMALL: usize = MAX_BODY_BYTES / 8;
/// What the salt and the body's own keys need of that bound.
const ASIDE: usize = 512;

/// Properties that commonly hold a name.
const NAMES: &[&str] = &["name", "Name", "NAME", "shapeName", "title", "label"];

pub(super) fn body(
    feature: Feature,
    record: RecordId,
    options: &Options,
    raw: &[u8],
) -> Result<Converted, String> {
    let mut made = Made {
        outcome: Outcome::Taken,
        reasons: Vec::new(),
        before: None,
        after: None,
    };
    let mut body = match options.kind.name {
        "hazardous-area" => hazardous_area(&feature, options, &mut made)?,
        "clearance" => clearance(&feature, &mut made)?,
        "accident" => accident(&feature, &mut made)?,
        "admin-area" => admin_area(&feature, &mut made)?,
        _ => settlement(&feature)?,
    };
    if raw.windows(6).any(|six| six == br"\u0000") {
        made.repaired(
            "it holds the character U+0000, which no record can; another stands there now",
        );
    }
    sources(&mut body, &feature, options);
    shorten(&mut body, options, &mut made);
    if raw.len() > SMALL {
        fit(&mut body, &mut made)?;
    }
    set_repair(&mut body, options, &made);
    Ok(Converted {
        record,
        body,
        outcome: made.outcome,
        reason: (!made.reasons.is_empty()).then(|| made.reasons.join("; ")),
        area_before_m2: made.before,
        area_after_m2: made.after,
    })
}

/// What was done to a geometry on its way.
struct Made {
    outcome: Outcome,
    reasons: Vec<String>,
    before: Option<f64>,
    after: Option<f64>,
}

impl Made {
    fn areas(&mut self, repaired: &repair::Repaired) {
        self.before = Some(repaired.area_before.get());
        self.after = Some(repaired.area_after.get());
    }

    /// Says what was strange about a geometry; a person is to look at it.
    fn remark(&mut self, shapes: &Shapes) {
        for remark in shapes.remarks() {
            self.repaired(&remark);
        }
    }

    fn repaired(&mut self, reason: &str) {
        if self.outcome == Outcome::Taken {
            self.outcome = Outcome::Repaired;
        }
        self.reasons.push(reason.to_owned());
    }
}

fn hazardous_area(feature: &Feature, options: &Options, made: &mut Made) -> Result<Body, String> {
    let class = class(&feature.properties, &feature.geometry);
    let mut body = Body::new()
        .with("classification", class.code)
        .with("contamination", json!(["unknown"]))
        .with("status", "open")
        .with("evidence", "not-specified");
    if class.reported_lifted {
        body.set("reported_lifted", "yes");
    }
    match &feature.geometry {
        Geometry::Point(at) if class.code == "indication" => {
            body.set_place("place", &Place::new(*at, How::Imported));
        }
        Geometry::Point(at) => {
            let raw = MultiPolygon::from_ring(Ring::new(vec![*at]));
            body.set_ground("ground", &hazard_ground(&raw, 0, options, made)?);
        }
        Geometry::Shapes(shapes) => {
            let ground = hazard_ground(&shapes.all(), shapes.lost, options, made)?;
            body.set_ground("ground", &ground);
            made.remark(shapes);
        }
    }
    Ok(body)
}

/// S4: a hazard is repaired outward, to all that its line encloses, or becomes a circle.
fn hazard_ground(
    raw: &MultiPolygon,
    lost: usize,
    options: &Options,
    made: &mut Made,
) -> Result<Ground, String> {
    if let Some(around) = around_too_many(raw) {
        made.before = Some(measure::area(raw).get().abs());
        made.after = Some(measure::area(&around).get());
        made.outcome = Outcome::Buffered;
        made.reasons.push(too_many(
            raw,
            "all ground within the line around it was taken",
        ));
        return Ok(Ground::new(Shape::polygons(around), How::Imported));
    }
    let repaired =
        repair::repair_hazard(raw, options.uncertainty_radius).ok_or("it has no position")?;
    made.areas(&repaired);
    if repaired.needs_review() {
        made.outcome = Outcome::Buffered;
        made.reasons.push("it has no usable outline; all ground within the programme's uncertainty radius was taken".into());
    } else if repaired.is_changed() {
        made.repaired("its outline was broken; all that its line encloses was taken");
    }
    if lost > 0 {
        made.repaired(&format!(
            "{lost} of its positions lie outside the world and were left out; review its outline"
        ));
    }
    Ok(Ground::new(Shape::polygons(repaired.shape), How::Imported))
}

/// The convex line around a shape of more vertices than can be judged, or its box where even that has
/// too many; none for every other shape.
fn around_too_many(raw: &MultiPolygon) -> Option<MultiPolygon> {
    if raw.vertex_count() <= MOST_VERTICES {
        return None;
    }
    let line = hull(raw.positions());
    let line = if line.len() <= MOST_VERTICES {
        line
    } else {
        let bbox = raw.bbox()?;
        let corners = [
            (bbox.west, bbox.south),
            (bbox.east, bbox.south),
            (bbox.east, bbox.north),
            (bbox.west, bbox.north),
        ];
        corners
            .iter()
            .filter_map(|(lon, lat)| Position::try_new_e7(*lon, *lat).ok())
            .collect()
    };
    // All on one line: the ordinary repair lays ground around that.
    (line.len() > 2).then(|| MultiPolygon::from_ring(line))
}

fn too_many(raw: &MultiPolygon, then: &str) -> String {
    let count = raw.vertex_count();
    format!("it has {count} vertices, more than the {MOST_VERTICES} that can be checked; {then}")
}

/// An imported release is claimed: it names no hazard and cuts nothing.
fn clearance(feature: &Feature, made: &mut Made) -> Result<Body, String> {
    let Geometry::Shapes(shapes) = &feature.geometry else {
        return Err("a clearance needs an outline; this feature is a point".into());
    };
    let (shape, lost) = (&shapes.areas(), &shapes.lost);
    let mut parts = Vec::new();
    if shape.vertex_count() > MOST_VERTICES {
        made.before = Some(measure::area(shape).get().abs());
        made.after = Some(0.0);
        made.repaired(&too_many(shape, "the record was taken without ground"));
    } else if let Some(repaired) = repair::repair_release(shape) {
        made.areas(&repaired);
        if repaired.is_changed() {
            made.repaired("its outline was broken; only what it encloses beyond doubt was taken");
        }
        let ground = Ground::new(Shape::polygons(repaired.shape), How::Imported);
        parts.push(json!({ "release": "cleared", "ground": ground }));
    } else {
        made.before = Some(measure::area(shape).get());
        made.after = Some(0.0);
        made.repaired(
            "its outline encloses nothing beyond doubt; the record was taken without ground",
        );
    }
    if *lost > 0 {
        made.repaired(&format!(
            "{lost} of its positions lie outside the world and were left out"
        ));
    }
    made.remark(shapes);
    Ok(Body::new()
        .with("report", "completion")
        .with("claimed", "yes")
        .with("items_dealt_with", "unknown")
        .with("hazards", json!([]))
        .with("parts", Value::Array(parts)))
}

fn accident(feature: &Feature, made: &mut Made) -> Result<Body, String> {
    let at = match &feature.geometry {
        Geometry::Point(at) => *at,
        Geometry::Shapes(shapes) => {
            made.repaired("it is no point; the middle of its extent was taken");
            let extent = shapes.all().bbox();
            extent.ok_or("it has no position")?.center()
        }
    };
    let mut body = Body::new()
        .with("event", "unknown")
        .with("cause", "unknown")
        .with("killed", "unknown")
        .with("injured", "unknown")
        .with("outcome_unknown", "unknown");
    body.set_place("place", &Place::new(at, How::Imported));
    Ok(body)
}

fn admin_area(feature: &Feature, made: &mut Made) -> Result<Body, String> {
    let Geometry::Shapes(shapes) = &feature.geometry else {
        return Err("an administrative area needs an outline; this feature is a point".into());
    };
    let shape = shapes.all();
    let outline = if let Some(around) = around_too_many(&shape) {
        made.repaired(&too_many(&shape, "the line around it was taken"));
        around
    } else {
        let repaired = repair::repair_hazard(&shape, Metres::new(100.0));
        let repaired = repaired.ok_or("it has no position")?;
        made.areas(&repaired);
        if repaired.is_changed() {
            made.repaired("its outline was broken and was repaired");
        }
        repaired.shape
    };
    made.remark(shapes);
    let level = feature
        .properties
        .values()
        .filter_map(Value::as_str)
        .find_map(|text| text.strip_prefix("ADM")?.parse::<i64>().ok());
    let mut body = Body::new()
        .with("name", name(feature)?)
        .with("level", level.unwrap_or(1).clamp(0, 6));
    body.set_ground(
        "ground",
        &Ground::new(Shape::polygons(outline), How::Imported),
    );
    Ok(body)
}

fn settlement(feature: &Feature) -> Result<Body, String> {
    let Geometry::Point(at) = &feature.geometry else {
        return Err("a settlement needs a point".into());
    };
    let mut body = Body::new().with("name", name(feature)?);
    body.set_place("place", &Place::new(*at, How::Imported));
    Ok(body)
}

fn name(feature: &Feature) -> Result<String, String> {
    NAMES
        .iter()
        .find_map(|key| feature.properties.get(*key).and_then(as_text))
        .ok_or_else(|| format!("it has no name (looked for {})", NAMES.join(", ")))
}

/// Class of a hazardous area by the words in its properties.
struct Class {
    code: &'static str,
    reported_lifted: bool,
}

/// `lifted` anywhere: an indication, reported lifted, not verified. `confirmed` or `CHA`: confirmed.
/// Everything else that has an outline, or only a point, is suspected: danger until shown otherwise.
fn class(properties: &Map, _geometry: &Geometry) -> Class {
    let has = |word: &str| {
        properties.values().filter_map(Value::as_str).any(|text| {
            text.split(|c: char| !c.is_alphanumeric())
                .any(|part| part.eq_ignore_ascii_case(word))
        })
    };
    if has("lifted") {
        return Class {
            code: "indication",
            reported_lifted: true,
        };
    }
    if has("indication") {
        return Class {
            code: "indication",
            reported_lifted: false,
        };
    }
    let code = if has("confirmed") || has("CHA") {
        "cha"
    } else {
        "sha"
    };
    Class {
        code,
        reported_lifted: false,
    }
}

/// Where it came from: file, id there, date of information, and every property, as text.
fn sources(body: &mut Body, feature: &Feature, options: &Options) {
    body.set("as_of", options.as_of.to_string());
    body.set("source_file", options.source_file.as_str());
    if let Some(id) = options
        .id_column
        .as_ref()
        .and_then(|column| feature.properties.get(column))
        .and_then(as_text)
    {
        body.set("source_id", id.trim());
        if options.kind.field("other_references").is_some() {
            body.set("other_references", json!([id.trim()]));
        }
    }
    let kept: Map = feature
        .properties
        .iter()
        .filter(|(key, _)| key.is_ascii())
        .filter_map(|(key, value)| Some((key.clone(), Value::String(as_text(value)?))))
        .collect();
    if !kept.is_empty() {
        body.set("extra", json!({ "source_properties": kept }));
    }
}

/// Texts longer than their field are cut there; whole they stand among the source's properties.
fn shorten(body: &mut Body, options: &Options, made: &mut Made) {
    for field in options.kind.fields {
        let FieldType::Text { max, .. } = field.ty else {
            continue;
        };
        let long = body.0.get(field.key).and_then(Value::as_str);
        let Some(text) = long.filter(|text| text.chars().count() > max) else {
            continue;
        };
        let cut: String = text.chars().take(max).collect();
        body.set(field.key, cut);
        made.repaired(&format!(
            "its {} has more than {max} characters and was cut",
            field.key
        ));
    }
}

/// Keeps the body within what a revision may hold: the source's properties go first.
fn fit(body: &mut Body, made: &mut Made) -> Result<(), String> {
    let is_small = |body: &Body| json!(body).to_string().len() <= MAX_BODY_BYTES - ASIDE;
    if is_small(body) {
        return Ok(());
    }
    body.clear("extra");
    made.repaired("its properties are larger than a record may be and were left out");
    if is_small(body) {
        return Ok(());
    }
    Err("it is larger than a record may be".into())
}

/// Says in the body what the report says: taken as it was, repaired or buffered.
fn set_repair(body: &mut Body, options: &Options, made: &Made) {
    if options.kind.field("repair").is_some() {
        let repair = match made.outcome {
            Outcome::Repaired => "repaired",
            Outcome::Buffered => "buffered",
            _ => "none",
        };
        body.set("repair", repair);
    }
}
