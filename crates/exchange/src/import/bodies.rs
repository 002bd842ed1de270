//! Bodies of imported records, kind by kind.

use super::{
    Body, Converted, Feature, Geometry, Ground, How, Map, Metres, MultiPolygon, Options, Outcome,
    Place, RecordId, Ring, Shape, Value, as_text, json, measure, repair,
};

/// Properties that commonly hold a name.
const NAMES: &[&str] = &["name", "Name", "NAME", "shapeName", "title", "label"];

pub(super) fn body(
    feature: Feature,
    record: RecordId,
    options: &Options,
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
    sources(&mut body, &feature, options, &made);
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
        Geometry::Polygons { shape, lost } => {
            body.set_ground("ground", &hazard_ground(shape, *lost, options, made)?);
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

/// An imported release is claimed: it names no hazard and cuts nothing.
fn clearance(feature: &Feature, made: &mut Made) -> Result<Body, String> {
    let Geometry::Polygons { shape, lost } = &feature.geometry else {
        return Err("a clearance needs an outline; this feature is a point".into());
    };
    let mut parts = Vec::new();
    if let Some(repaired) = repair::repair_release(shape) {
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
        Geometry::Polygons { shape, .. } => {
            made.repaired("it is no point; the middle of its extent was taken");
            shape.bbox().ok_or("it has no position")?.center()
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
    let Geometry::Polygons { shape, .. } = &feature.geometry else {
        return Err("an administrative area needs an outline; this feature is a point".into());
    };
    let repaired = repair::repair_hazard(shape, Metres::new(100.0)).ok_or("it has no position")?;
    made.areas(&repaired);
    if repaired.is_changed() {
        made.repaired("its outline was broken and was repaired");
    }
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
        &Ground::new(Shape::polygons(repaired.shape), How::Imported),
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
fn sources(body: &mut Body, feature: &Feature, options: &Options, made: &Made) {
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
    if options.kind.field("repair").is_some() {
        let repair = match made.outcome {
            Outcome::Repaired => "repaired",
            Outcome::Buffered => "buffered",
            _ => "none",
        };
        body.set("repair", repair);
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
