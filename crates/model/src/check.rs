//! Validation of one body: every problem at once, typed, each with its place.

use safelane_geometry::{Bbox, Position, measure, validity};
use serde_json::Value;

use crate::body::{self, Map};
use crate::field::{Field, FieldType, Required};
use crate::kinds::{Kind, OnProblem};
use crate::{Date, Ground, Place, paper};

/// What a check may know beside the body.
#[derive(Clone, Debug)]
pub struct Context {
    /// The later of the device's clock and the last hub time seen.
    pub today: Date,
    /// The programme's area, if it is set.
    pub area: Option<Bbox>,
}

/// What a problem does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Asks the person; the record goes through, marked for review.
    Asks,
    /// Stops the record until it is mended.
    Stops,
}

/// One problem of a body.
#[derive(Clone, PartialEq, Debug)]
pub struct Problem {
    /// Path of the field, for example `lanes.2.length`.
    pub field: String,
    /// Stable code; translation key `problem.<code>`.
    pub code: &'static str,
    /// Arguments of the translated sentence.
    pub args: Vec<(&'static str, String)>,
    /// Whether it stops the record.
    pub severity: Severity,
    /// Where on the ground, if that helps.
    pub at: Option<Position>,
}

impl Problem {
    /// A problem that stops the record.
    pub fn stops(field: impl Into<String>, code: &'static str) -> Self {
        Self {
            field: field.into(),
            code,
            args: Vec::new(),
            severity: Severity::Stops,
            at: None,
        }
    }

    /// A problem that only asks.
    pub fn asks(field: impl Into<String>, code: &'static str) -> Self {
        Self {
            severity: Severity::Asks,
            ..Self::stops(field, code)
        }
    }

    /// With an argument for the sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// With its place.
    #[must_use]
    pub fn at(mut self, at: Position) -> Self {
        self.at = Some(at);
        self
    }
}

/// Every code of a problem that this crate can raise, with the arguments of its sentence: what a
/// translation names and what a problem carries are both held against this.
pub const CODES: &[(&str, &[&str])] = &[
    ("required", &[]),
    ("wrong-type", &[]),
    ("too-long", &["max"]),
    ("out-of-bounds", &["value", "min", "max"]),
    ("no-date", &[]),
    ("not-in-list", &["code"]),
    ("no-reference", &[]),
    ("no-place", &[]),
    ("no-ground", &[]),
    ("outside-world", &[]),
    ("outside-programme", &["km"]),
    ("swapped", &["km"]),
    ("sign-lost", &["km"]),
    ("outline-empty", &[]),
    ("outline-too-few", &[]),
    ("outline-crosses", &[]),
    ("outline-repeats", &[]),
    ("outline-flat", &[]),
    ("outline-hole-outside", &[]),
    ("outline-overlaps", &[]),
    ("outline-too-many", &[]),
    ("outline-long-leg", &["metres"]),
    ("future-date", &["date"]),
    ("end-before-start", &["start", "end"]),
    ("sketch-for-release", &[]),
    ("zero-needs-reason", &[]),
    ("work-without-people", &[]),
    ("no-part", &[]),
    ("no-hazard-named", &[]),
    ("direct-evidence-needed", &[]),
    ("indirect-evidence-needed", &[]),
    ("cancellation-needs-criteria", &[]),
    ("confirm-needs-hazard", &[]),
    ("destroyed-before-found", &[]),
    ("claim-needs-no-hazard", &[]),
    ("stand-down-with-area", &[]),
    ("no-photo-hash", &[]),
    ("only-batch-kinds", &[]),
    ("extra-space", &["text"]),
    ("review-too-late", &["date"]),
    ("no-person", &[]),
    ("paper-unstated", &[]),
    ("sheet-without-photo", &[]),
    ("entered-by-another", &[]),
];

/// All problems of a body: each field by its description, then what the kind adds.
///
/// Validation never stands between a person and an accident: in kinds that only ask, everything
/// but the fields named in [`OnProblem::stop_fields`] becomes a question.
pub fn problems(kind: &Kind, body: &Map, context: &Context) -> Vec<Problem> {
    let mut found = Vec::new();
    fields(kind.fields, body, context, "", &mut found);
    found.extend((kind.check)(body, context));
    if kind.takes_paper() {
        found.extend(paper::problems(body));
    }
    if let OnProblem::Asks = kind.on_problem {
        for problem in &mut found {
            if !OnProblem::stop_fields(kind.name).contains(&problem.field.as_str()) {
                problem.severity = Severity::Asks;
            }
        }
    }
    debug_assert!(
        found.iter().all(is_declared),
        "a problem is not in CODES so"
    );
    found
}

/// Whether a problem's code is listed, and carries the arguments that its sentence names.
fn is_declared(problem: &Problem) -> bool {
    let carried = || problem.args.iter().map(|(name, _)| *name);
    (CODES.iter().find(|(code, _)| *code == problem.code))
        .is_some_and(|(_, named)| carried().eq(named.iter().copied()))
}

/// Whether any problem stops the record.
pub fn stops(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Stops)
}

/// Whether a field is asked, given the others of its group.
pub fn is_shown(field: &Field, map: &Map) -> bool {
    field
        .shown_when
        .is_none_or(|when| match map.get(when.field) {
            Some(Value::String(code)) => when.any_of.contains(&code.as_str()),
            Some(Value::Array(codes)) => codes.iter().any(|code| {
                code.as_str()
                    .is_some_and(|code| when.any_of.contains(&code))
            }),
            _ => false,
        })
}

fn fields(list: &[Field], map: &Map, context: &Context, prefix: &str, found: &mut Vec<Problem>) {
    for field in list {
        if !is_shown(field, map) {
            continue;
        }
        let path = if prefix.is_empty() {
            field.key.to_owned()
        } else {
            format!("{prefix}.{}", field.key)
        };
        match map.get(field.key) {
            None => {
                if field.required == Required::WhenShown {
                    found.push(Problem::stops(path, "required"));
                }
            }
            Some(value) => one(field, value, context, &path, found),
        }
    }
}

fn one(field: &Field, value: &Value, context: &Context, path: &str, found: &mut Vec<Problem>) {
    let wrong = || Problem::stops(path, "wrong-type");
    match field.ty {
        FieldType::Text { max, .. } => match value.as_str() {
            Some(text) if text.chars().count() > max => {
                found.push(Problem::stops(path, "too-long").with("max", max));
            }
            Some(text) if text.trim().is_empty() && field.required == Required::WhenShown => {
                found.push(Problem::stops(path, "required"));
            }
            Some(_) => {}
            None => found.push(wrong()),
        },
        FieldType::Integer { min, max, .. } => integer(value, min, max, path, found),
        FieldType::IntegerOrUnknown { min, max, .. } => {
            if value.as_str() != Some("unknown") {
                integer(value, min, max, path, found);
            }
        }
        FieldType::Date => match value.as_str().map(str::parse::<Date>) {
            Some(Ok(date)) => {
                if date > context.today && !is_a_plan(field) {
                    found.push(Problem::asks(path, "future-date").with("date", date));
                }
            }
            _ => found.push(Problem::stops(path, "no-date")),
        },
        FieldType::Choice(list) => match value.as_str() {
            Some(code) if list.contains(code) => {}
            Some(code) => found.push(Problem::stops(path, "not-in-list").with("code", code)),
            None => found.push(wrong()),
        },
        FieldType::Choices(list) => match value.as_array() {
            Some(codes) => {
                if codes.is_empty() && field.required == Required::WhenShown {
                    found.push(Problem::stops(path, "required"));
                }
                for code in codes {
                    if !code.as_str().is_some_and(|code| list.contains(code)) {
                        found.push(Problem::stops(path, "not-in-list").with("code", code));
                    }
                }
            }
            None => found.push(wrong()),
        },
        FieldType::Reference(_) => {
            if value
                .as_str()
                .is_none_or(|id| uuid::Uuid::try_parse(id).is_err())
            {
                found.push(Problem::stops(path, "no-reference"));
            }
        }
        FieldType::References(_) => match value.as_array() {
            Some(ids) => {
                if ids.is_empty() && field.required == Required::WhenShown {
                    found.push(Problem::stops(path, "required"));
                }
                if ids.iter().any(|id| {
                    id.as_str()
                        .is_none_or(|id| uuid::Uuid::try_parse(id).is_err())
                }) {
                    found.push(Problem::stops(path, "no-reference"));
                }
            }
            None => found.push(wrong()),
        },
        FieldType::Person => {
            if value
                .as_str()
                .is_none_or(|id| uuid::Uuid::try_parse(id).is_err())
            {
                found.push(Problem::stops(path, "no-person"));
            }
        }
        FieldType::OtherReferences => match value.as_array() {
            Some(texts) => {
                for text in texts {
                    match text.as_str() {
                        Some(text) if text.trim() != text => {
                            found.push(Problem::asks(path, "extra-space").with("text", text));
                        }
                        Some(_) => {}
                        None => found.push(wrong()),
                    }
                }
            }
            None => found.push(wrong()),
        },
        FieldType::Place => match serde_json::from_value::<Place>(value.clone()) {
            Ok(place) => position(place.at, context, path, found),
            Err(_) => found.push(Problem::stops(path, "no-place")),
        },
        FieldType::Ground => match serde_json::from_value::<Ground>(value.clone()) {
            Ok(ground) => outline(&ground, context, path, found),
            Err(_) => found.push(Problem::stops(path, "no-ground")),
        },
        FieldType::Photos => match value.as_array() {
            Some(photos) => {
                for (index, photo) in photos.iter().enumerate() {
                    let hash = photo
                        .get("sha256")
                        .and_then(Value::as_str)
                        .unwrap_or_default();
                    if hash.len() != 64
                        || !hash
                            .bytes()
                            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
                    {
                        found.push(Problem::stops(format!("{path}.{index}"), "no-photo-hash"));
                    }
                }
            }
            None => found.push(wrong()),
        },
        FieldType::Group(list) => match value.as_array() {
            Some(entries) => {
                if entries.is_empty() && field.required == Required::WhenShown {
                    found.push(Problem::stops(path, "required"));
                }
                for (index, entry) in entries.iter().enumerate() {
                    match entry.as_object() {
                        Some(entry) => {
                            fields(list, entry, context, &format!("{path}.{index}"), found);
                        }
                        None => found.push(wrong()),
                    }
                }
            }
            None => found.push(wrong()),
        },
    }
}

/// A day that is planned lies ahead: by its key, which is `expires_on` or begins with `next_`.
fn is_a_plan(field: &Field) -> bool {
    field.key == "expires_on" || field.key.starts_with("next_")
}

fn integer(value: &Value, min: i64, max: i64, path: &str, found: &mut Vec<Problem>) {
    match value.as_i64() {
        Some(number) if (min..=max).contains(&number) => {}
        Some(number) => found.push(
            Problem::stops(path, "out-of-bounds")
                .with("value", number)
                .with("min", min)
                .with("max", max),
        ),
        None => found.push(Problem::stops(path, "wrong-type")),
    }
}

/// A position outside the programme's area is questioned: how far off it is, and what may have been meant (S10).
fn position(at: Position, context: &Context, path: &str, found: &mut Vec<Problem>) {
    let Some(area) = context.area else { return };
    if area.contains(at) {
        return;
    }
    let within =
        |lon: i32, lat: i32| Position::try_new_e7(lon, lat).is_ok_and(|meant| area.contains(meant));
    let (lon, lat) = (at.lon_e7(), at.lat_e7());
    let code = if within(lat, lon) {
        "swapped"
    } else if within(-lon, lat) || within(lon, -lat) || within(-lon, -lat) {
        "sign-lost"
    } else {
        "outside-programme"
    };
    let km = (measure::distance(at, area.center()).get() / 1_000.0).round() as i64;
    found.push(Problem::asks(path, code).with("km", km).at(at));
}

fn outline(ground: &Ground, context: &Context, path: &str, found: &mut Vec<Problem>) {
    let Some(polygons) = ground.polygons() else {
        found.push(Problem::stops(path, "no-ground"));
        return;
    };
    for problem in validity::problems(polygons) {
        let (code, severity) = code_of(&problem);
        let mut said = Problem {
            severity,
            at: problem.at(),
            ..Problem::stops(path, code)
        };
        if let validity::Problem::LongLeg { metres, .. } = problem {
            said = said.with("metres", metres.round() as i64);
        }
        found.push(said);
    }
    let outside = |at: &Position| context.area.is_some_and(|area| !area.contains(*at));
    if let Some(first) = polygons.positions().find(outside) {
        position(first, context, path, found);
    }
}

fn code_of(problem: &validity::Problem) -> (&'static str, Severity) {
    use validity::Problem as P;
    match problem {
        P::Empty => ("outline-empty", Severity::Stops),
        P::TooManyVertices { .. } => ("outline-too-many", Severity::Stops),
        P::TooFewPositions { .. } => ("outline-too-few", Severity::Stops),
        P::RepeatedVertex { .. } | P::Spike { .. } => ("outline-repeats", Severity::Asks),
        P::ZeroArea { .. } => ("outline-flat", Severity::Stops),
        P::SelfCrossing { .. } | P::RingsCross { .. } => ("outline-crosses", Severity::Stops),
        P::HoleOutside { .. } => ("outline-hole-outside", Severity::Stops),
        P::HolesOverlap { .. } | P::PartsOverlap { .. } => ("outline-overlaps", Severity::Stops),
        P::LongLeg { .. } => ("outline-long-leg", Severity::Asks),
    }
}

/// A date after another one that it must not precede.
pub fn not_before(map: &Map, start: &'static str, end: &'static str) -> Option<Problem> {
    let (first, last) = (body::date(map, start)?, body::date(map, end)?);
    (last < first).then(|| {
        Problem::stops(end, "end-before-start")
            .with("start", first)
            .with("end", last)
    })
}

#[cfg(test)]
mod tests {
    use safelane_geometry::{MultiPolygon, Ring, Shape};

    use super::*;
    use crate::{Body, How, kinds};

    fn context() -> Context {
        let corner = |lon, lat| Position::try_new_e7(lon, lat).unwrap();
        Context {
            today: "2026-11-23".parse().unwrap(),
            area: Bbox::around([
                corner(150_000_000, 420_000_000),
                corner(200_000_000, 460_000_000),
            ]),
        }
    }

    fn found(points: &[(i32, i32)]) -> Vec<Problem> {
        let ring: Ring = points
            .iter()
            .map(|&(lon, lat)| Position::try_new_e7(lon, lat).unwrap())
            .collect();
        let ground = Ground::new(Shape::polygons(MultiPolygon::from_ring(ring)), How::Typed);
        let mut body = Body::new()
            .with("classification", "sha")
            .with("contamination", vec!["ap-mine"])
            .with("status", "open");
        body.set_ground("ground", &ground);
        let kind = kinds::find("hazardous-area").unwrap();
        problems(kind, &body, &context())
    }

    fn codes(points: &[(i32, i32)]) -> Vec<(&'static str, Severity)> {
        let found = found(points).into_iter();
        found
            .map(|problem| (problem.code, problem.severity))
            .collect()
    }

    #[test]
    fn an_outline_that_crosses_itself_is_flat_or_has_two_corners_is_stopped() {
        let (x, y) = (184_000_000, 438_000_000);
        let square = [
            (x, y),
            (x + 9_000, y),
            (x + 9_000, y + 9_000),
            (x, y + 9_000),
        ];
        assert!(codes(&square).is_empty());
        let bow_tie = [square[0], square[2], square[1], square[3]];
        assert!(codes(&bow_tie).contains(&("outline-crosses", Severity::Stops)));
        assert!(codes(&square[..2]).contains(&("outline-too-few", Severity::Stops)));
        let flat = [(x, y), (x + 9_000, y), (x + 18_000, y)];
        assert!(
            codes(&flat)
                .iter()
                .any(|(_, severity)| *severity == Severity::Stops)
        );
        assert!(codes(&[]).contains(&("outline-empty", Severity::Stops)));
    }

    #[test]
    fn s10_swapped_and_far_positions_are_questioned_and_go_through() {
        let (x, y) = (184_000_000, 438_000_000);
        let turned = [(y, x), (y + 9_000, x), (y + 9_000, x + 9_000)];
        assert_eq!(codes(&turned), [("swapped", Severity::Asks)]);
        let west = [(-x, y), (-x - 9_000, y), (-x - 9_000, y + 9_000)];
        assert_eq!(codes(&west), [("sign-lost", Severity::Asks)]);
        let far = [
            (x + 30_000_000, y),
            (x + 30_009_000, y),
            (x + 30_000_000, y + 9_000),
        ];
        assert_eq!(codes(&far), [("outside-programme", Severity::Asks)]);
    }

    #[test]
    fn a_long_side_says_how_long_it_is() {
        let (x, y) = (184_000_000, 438_000_000);
        let found = found(&[(x, y), (x + 9_000, y), (x, y + 3_600_000)]);
        let long = found.iter().find(|one| one.code == "outline-long-leg");
        let (name, metres) = &long.unwrap().args[0];
        assert_eq!(*name, "metres");
        assert!((39_000..41_000).contains(&metres.parse::<i64>().unwrap()));
    }

    #[test]
    fn nothing_but_what_and_where_stands_between_a_person_and_an_accident() {
        let kind = kinds::find("accident").unwrap();
        let mut body = Body::new()
            .with("event", "unknown")
            .with("cause", "no such code");
        assert!(
            stops(&problems(kind, &body, &context())),
            "where is missing"
        );
        let at = Position::try_new_e7(184_000_000, 438_000_000).unwrap();
        body.set_place("place", &Place::new(at, How::Drawn));
        let found = problems(kind, &body, &context());
        assert!(!found.is_empty() && !stops(&found));
    }
}
