//! Words for kinds, fields, codes, problems and records, from the translations of `locales/*/kinds.properties`.

use safelane_ledger::{HeldReason, RecordId, RefusedReason};
use safelane_model::body::{self, Map};
use safelane_model::check::Problem;
use safelane_model::kinds::clearance::Clearance;
use safelane_model::kinds::explosive_ordnance::ExplosiveOrdnance;
use safelane_model::{CodeList, Field, FieldType, Unit, codes, paper};
use serde_json::Value;

use super::local::{Record, Stage, World};
use crate::components::{Choice, RecordState};
use crate::i18n::{Arg, format, label, label_with, try_label};
use crate::platform::clock;

/// The name of a kind; a clearance is called by which report it is.
pub fn kind(kind: &str, body: Option<&Map>) -> String {
    let report = body
        .filter(|_| kind == "clearance")
        .and_then(|body| Clearance::of(body).report().map(str::to_owned));
    match report {
        Some(report) => label(&format!("kind.clearance.{report}")),
        None => label(&format!("kind.{kind}")),
    }
}

/// The label of a field by its path in a body: `lanes.2.length` is called as `field.clearance.lanes.length`.
pub fn field(kind: &str, path: &str) -> String {
    let names: Vec<&str> = path
        .split('.')
        .filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    let kind = paper::words_of(kind, names.first().copied().unwrap_or_default());
    label(&format!("field.{kind}.{}", names.join(".")))
}

/// The name of a field with the entry that it stands in: "Outlines with their outcome 2 · Outline".
pub fn field_in_entry(kind: &str, path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        [group, index, rest @ ..] if index.parse::<usize>().is_ok() => {
            let number = format::number(index.parse::<i64>().unwrap_or_default() + 1);
            let entry = format!("{} {number}", field(kind, group));
            if rest.is_empty() {
                entry
            } else {
                format!("{entry} · {}", field(kind, path))
            }
        }
        _ => field(kind, path),
    }
}

/// The lines that say what a field holds: one, or one for each entry of a group.
pub fn lines(world: &World, kind: &str, of: &Field, held: &Value) -> Vec<(String, String)> {
    let name = field(kind, of.key);
    let (FieldType::Group(inner), Some(entries)) = (of.ty, held.as_array()) else {
        return value(world, of, held)
            .map(|shown| (name, shown))
            .into_iter()
            .collect();
    };
    let one = |(index, entry): (usize, &Value)| {
        let parts: Vec<String> = inner
            .iter()
            .filter_map(|each| {
                let shown = value(world, each, entry.get(each.key)?)?;
                let named = field(kind, &format!("{}.{}", of.key, each.key));
                Some(format!("{named} {shown}"))
            })
            .collect();
        let number = format::number(index as i64 + 1);
        (format!("{name} {number}"), parts.join(" · "))
    };
    entries.iter().enumerate().map(one).collect()
}

/// The name of a step of a form.
pub fn section(section: &str) -> String {
    label(&format!("section.{section}"))
}

/// The words for a code.
pub fn code(list: &CodeList, code: &str) -> String {
    label(&format!("code.{}.{code}", list.key))
}

/// The codes of a list as things to choose.
pub fn choices(list: &'static CodeList) -> Vec<Choice> {
    list.codes
        .iter()
        .map(|each| Choice::new(*each, code(list, each)))
        .collect()
}

/// A problem as a sentence.
pub fn problem(problem: &Problem) -> String {
    let arguments: Vec<(&str, Arg)> = problem
        .args
        .iter()
        .map(|(name, value)| (*name, Arg::from(shown_argument(name, value))))
        .collect();
    label_with(&format!("problem.{}", problem.code), &arguments)
}

fn shown_argument(name: &str, value: &str) -> String {
    if matches!(name, "date" | "start" | "end") {
        format::date(value)
    } else if let ("km" | "metres", Ok(number)) = (name, value.parse()) {
        format::number(number)
    } else {
        value.to_owned()
    }
}

/// A problem that the hub's validation returned, as a sentence.
pub fn returned_problem(problem: &safelane_ledger::Problem) -> String {
    let arguments: Vec<(&str, Arg)> = problem
        .args
        .iter()
        .map(|(name, value)| (name.as_str(), Arg::from(shown_argument(name, value))))
        .collect();
    let key = if problem.key.starts_with("problem.") {
        problem.key.clone()
    } else {
        format!("problem.{}", problem.key)
    };
    label_with(&key, &arguments)
}

/// A value of a field as people read it; `None` for what has no single line (outlines, photos, groups).
pub fn value(world: &World, of: &Field, value: &Value) -> Option<String> {
    match of.ty {
        FieldType::Text { .. } => value.as_str().map(str::to_owned),
        FieldType::Integer { unit, .. } => {
            value.as_i64().map(|number| quantity(of.key, unit, number))
        }
        FieldType::IntegerOrUnknown { unit, .. } => match value.as_i64() {
            Some(number) => Some(quantity(of.key, unit, number)),
            None => Some(t!("form.unknown").to_owned()),
        },
        FieldType::Date => value.as_str().map(format::date),
        FieldType::Choice(list) => value.as_str().map(|each| code(list, each)),
        FieldType::Choices(list) => Some(joined(value, |each| code(list, each))),
        FieldType::Reference(_) => value.as_str().map(|id| name_of_id(world, id)),
        FieldType::References(_) => Some(joined(value, |id| name_of_id(world, id))),
        // No name of a person is on this device.
        FieldType::Person => None,
        FieldType::OtherReferences => Some(joined(value, str::to_owned)),
        FieldType::Place => {
            let place: safelane_model::Place = serde_json::from_value(value.clone()).ok()?;
            Some(position(&place))
        }
        FieldType::Ground => {
            let ground: safelane_model::Ground = serde_json::from_value(value.clone()).ok()?;
            let area = safelane_geometry::measure::area_dm2(ground.polygons()?) as i64;
            Some(format!("{} · {}", format::area_dm2(area), how(ground.how)))
        }
        FieldType::Photos => value
            .as_array()
            .map(|photos| t!("field.form.photos", count = photos.len())),
        FieldType::Group(_) => value
            .as_array()
            .map(|entries| format::number(entries.len() as i64)),
    }
}

fn joined(value: &Value, word: impl Fn(&str) -> String) -> String {
    let words: Vec<String> = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(word)
        .collect();
    words.join(", ")
}

/// How a geometry came about.
pub fn how(how: safelane_model::How) -> String {
    let code = serde_json::to_value(how)
        .ok()
        .and_then(|code| code.as_str().map(str::to_owned))
        .unwrap_or_default();
    label(&format!("field.how.{code}"))
}

/// A position with its accuracy, statistic, format and datum (S10).
pub fn position(place: &safelane_model::Place) -> String {
    let at = format::position(place.at.lon_e7().into(), place.at.lat_e7().into());
    match place.accuracy_mm {
        Some(accuracy) => format!("{at} · ±{}", format::length_mm(round_up(accuracy))),
        None => at,
    }
}

/// Accuracy to whole metres from 10 m on, to half a metre below, never smaller than it is.
pub fn round_up(mm: i64) -> i64 {
    let unit = if mm >= 10_000 { 1_000 } else { 500 };
    (mm + unit - 1) / unit * unit
}

/// A number in its unit.
pub fn quantity(key: &str, unit: Unit, number: i64) -> String {
    match unit {
        Unit::Count => format::number(number),
        Unit::SquareDecimetres => format::area_dm2(number),
        Unit::Millimetres if key.contains("depth") => format::depth_mm(number),
        Unit::Millimetres => format::length_mm(number),
        Unit::Minutes if is_time_of_day(key) => format!("{:02}:{:02}", number / 60, number % 60),
        Unit::Minutes if key == "time" => format::hours(number),
        Unit::Minutes => t!("field.form.minutes", count = number),
    }
}

/// Whether minutes of this field are a time of day.
pub fn is_time_of_day(key: &str) -> bool {
    matches!(key, "found_at" | "at")
}

fn name_of_id(world: &World, id: &str) -> String {
    let record = uuid::Uuid::try_parse(id)
        .ok()
        .and_then(|id| world.get(RecordId::from(id)));
    record.map_or_else(|| t!("field.record.not_here").to_owned(), name)
}

/// What a record is called: its number and name, as far as it has them.
pub fn name(record: &Record) -> String {
    let body = record.body();
    let named = body.and_then(localised_name);
    match (record.number(), named) {
        (Some(number), Some(named))
            if !matches!(
                record.kind.as_str(),
                "team" | "settlement" | "admin-area" | "organisation"
            ) =>
        {
            format!("{number} · {named}")
        }
        (_, Some(named)) => named,
        (Some(number), None) => number.to_owned(),
        (None, None) => kind(&record.kind, body),
    }
}

fn localised_name(body: &Map) -> Option<String> {
    let own = match crate::i18n::current() {
        crate::i18n::Language::Khmer => body::text(body, "name_km"),
        crate::i18n::Language::Bosnian => body::text(body, "name_bs"),
        crate::i18n::Language::English => None,
    };
    own.or_else(|| body::text(body, "name")).map(str::to_owned)
}

/// What a record is about, as the title of its card.
pub fn title(record: &Record) -> String {
    let Some(fields) = record.body() else {
        return kind(&record.kind, None);
    };
    draft_title(&record.kind, fields)
}

/// The title of a record by its fields alone: also of a draft.
pub fn draft_title(of: &str, fields: &Map) -> String {
    match of {
        "explosive-ordnance" => {
            let item = ExplosiveOrdnance::of(fields);
            let what = match (item.ordnance_type(), item.category()) {
                (Some(each), _) if each != "unknown" => code(&codes::ORDNANCE_TYPE, each),
                (_, Some(each)) if each != "unknown" => code(&codes::ORDNANCE, each),
                _ => kind(of, None),
            };
            t!(
                "field.item.times",
                what = what,
                count = item.quantity().unwrap_or(1)
            )
        }
        "clearance" => {
            let report = Clearance::of(fields);
            let day = report
                .day()
                .or(report.completed_on())
                .map(|day| format::day_month(&day.to_string()));
            let named = kind(of, Some(fields));
            day.map_or(named.clone(), |day| format!("{named}, {day}"))
        }
        "civilian-report" => {
            let about = body::text(fields, "about").map(|about| code(&codes::REPORT_ABOUT, about));
            about.map_or_else(
                || kind(of, None),
                |about| format!("{} · {about}", kind(of, None)),
            )
        }
        "accident" => {
            // "Unknown" alone would name nothing.
            let event = body::text(fields, "event")
                .filter(|event| *event != "unknown")
                .map(|event| code(&codes::EVENT, event));
            event.unwrap_or_else(|| kind(of, None))
        }
        _ => localised_name(fields).map_or_else(
            || {
                let day = body::text(fields, "day").map(format::day_month);
                day.map_or_else(
                    || kind(of, None),
                    |day| format!("{}, {day}", kind(of, None)),
                )
            },
            |named| format!("{} · {named}", kind(of, None)),
        ),
    }
}

/// The badge of a record.
pub fn badge(record: &Record) -> RecordState {
    match record.stage() {
        Stage::Waiting => RecordState::Waiting,
        Stage::Received => RecordState::Received {
            time: received(record),
        },
        Stage::Reviewed => RecordState::ReviewedOnce,
        Stage::Official | Stage::Imported => RecordState::Approved,
        Stage::Returned => RecordState::Returned,
        Stage::TwoVersions => RecordState::TwoVersions,
        Stage::Removed => RecordState::Removed,
        Stage::SetAside => RecordState::SetAside,
        Stage::Held(_) | Stage::Refused(_) => RecordState::Held,
    }
}

/// When the hub received the newest statement: the time today, else the date.
pub fn received(record: &Record) -> String {
    record
        .newest()
        .and_then(super::local::Entry::received_at)
        .map(|at| moment(&at.to_string()))
        .unwrap_or_default()
}

/// A moment: its time when it is today, else its date.
pub fn moment(rfc3339: &str) -> String {
    let day = clock::day_of(rfc3339);
    if day == clock::today_local() {
        clock::time_of(rfc3339)
    } else {
        format::day_month(&day)
    }
}

/// Why the office keeps a revision apart, and what to do.
pub fn held(reason: HeldReason) -> String {
    reason_words("field.held", &reason)
}

/// Why the office kept nothing, and what to do.
pub fn refused(reason: RefusedReason) -> String {
    reason_words("field.refused", &reason)
}

fn reason_words(prefix: &str, reason: &impl serde::Serialize) -> String {
    let code = serde_json::to_value(reason)
        .ok()
        .and_then(|code| code.as_str().map(str::to_owned))
        .unwrap_or_default();
    let key = format!("{prefix}.{code}");
    try_label(&key).map_or_else(|| label(&format!("{prefix}.other")), str::to_owned)
}

/// "3 days": the age of something.
pub fn age(milliseconds: i64) -> String {
    let minutes = (milliseconds / 60_000).max(0);
    match minutes {
        0..60 => t!("age.minutes", count = minutes),
        60..2_880 => t!("age.hours", count = minutes / 60),
        _ => t!("age.days", count = minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use safelane_model::{Field, FieldType, check, codes, kinds};

    fn keys(language: &str) -> BTreeSet<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/locales");
        let text = fs::read_to_string(format!("{folder}/{language}/kinds.properties"))
            .expect("the file is there");
        text.lines()
            .filter_map(|line| line.split_once(" = "))
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(key, _)| key.to_owned())
            .collect()
    }

    fn fields(prefix: &str, list: &[Field], wanted: &mut BTreeSet<String>) {
        for field in list {
            wanted.insert(field.label_key(prefix));
            wanted.insert(format!("section.{}", field.section));
            if let FieldType::Group(inner) = field.ty {
                fields(&format!("{prefix}.{}", field.key), inner, wanted);
            }
        }
    }

    #[test]
    fn every_kind_field_code_and_problem_has_words_in_every_language() {
        let mut wanted = BTreeSet::new();
        for kind in kinds::ALL {
            wanted.insert(format!("kind.{}", kind.name));
            fields(kind.name, kind.fields, &mut wanted);
        }
        for list in codes::ALL {
            wanted.extend(
                list.codes
                    .iter()
                    .map(|code| format!("code.{}.{code}", list.key)),
            );
        }
        wanted.extend(
            codes::CLEARANCE_REPORT
                .codes
                .iter()
                .map(|report| format!("kind.clearance.{report}")),
        );
        wanted.extend((check::CODES.iter()).map(|(code, _)| format!("problem.{code}")));
        assert!(wanted.len() > 500);
        for language in ["en", "km", "bs"] {
            let known = keys(language);
            let missing: Vec<_> = wanted.difference(&known).collect();
            assert!(missing.is_empty(), "{language} lacks {missing:?}");
        }
    }
}
