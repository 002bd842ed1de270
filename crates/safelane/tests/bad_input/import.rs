//! Files read by `safelane import` while the hub serves, and other commands.

use std::fs;

use serde_json::Value;

use crate::hub::safelane;
use crate::office::{Office, text};
use crate::table::{Case, Try};
use crate::{Outcome, stories};

/// One file of the table.
pub fn attempt(office: &mut Office, case: &Case, one: &Try) -> Outcome {
    let file = office.path(&format!("{}.geojson", case.id));
    fs::write(&file, content(case, one)).expect("a file");
    let report = office.path("report.json");
    let _ = fs::remove_file(&report);
    let before = office.size();
    let data = office.data();
    let kind = one.kind.as_deref().unwrap_or("hazardous-area");
    let mut arguments = vec![
        "import",
        text(&file),
        "--kind",
        kind,
        "--report",
        text(&report),
    ];
    arguments.extend(one.args.iter().map(String::as_str));
    arguments.extend(["--data", text(&data)]);
    let output = safelane(&arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    if said.contains("panicked") {
        return Err(said);
    }
    let report = fs::read_to_string(&report).unwrap_or_default();
    let report: Value = serde_json::from_str(&report).unwrap_or(Value::Null);
    let lines = report["features"].as_array().cloned().unwrap_or_default();
    let outcomes: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["outcome"].as_str())
        .collect();
    let wrong = |what: &str| Err(format!("{what}: {said} {lines:?}"));
    match (&one.fails, output.status.success()) {
        (Some(_), true) => return wrong("it was taken"),
        (None, false) => return wrong("it failed"),
        (Some(words), false) => {
            let complaints: Vec<&str> = said
                .lines()
                .filter(|line| line.starts_with("safelane: "))
                .collect();
            if complaints.len() != 1 || !complaints[0].contains(words) {
                return wrong("not the one clear line");
            }
            if one.outcomes.is_empty() && office.size() != before {
                return wrong("something was half done");
            }
        }
        (None, true) => {}
    }
    if outcomes != one.outcomes {
        return wrong(&format!("{outcomes:?}"));
    }
    let reasons: String = lines
        .iter()
        .filter_map(|line| line["reason"].as_str())
        .collect();
    let all = said.clone() + &reasons;
    if one.says.as_ref().is_some_and(|words| !all.contains(words)) {
        return wrong("it does not say so");
    }
    if one.never.as_ref().is_some_and(|words| all.contains(words)) {
        return wrong("it says what it must not");
    }
    // The totals of the report are those of its lines: nothing is left out in silence.
    let totals = report["totals"].as_object().into_iter().flatten();
    let sum: u64 = totals.filter_map(|(_, count)| count.as_u64()).sum();
    if !lines.is_empty() && sum != lines.len() as u64 {
        return wrong("totals that do not add up");
    }
    Ok(())
}

/// The bytes of the file: made, as it stands, or features with a collection around them.
fn content(case: &Case, one: &Try) -> Vec<u8> {
    if let Some(name) = &one.make {
        return stories::file(name);
    }
    if let Some(file) = &one.file {
        return file.clone().into_bytes();
    }
    let features = match (&one.features, &case.shape) {
        (Some(features), _) => features.clone(),
        (None, Some(shape)) => {
            let deep: Value = serde_json::from_str(shape).expect("coordinates");
            let kind = if deep[0][0][0].is_array() {
                "MultiPolygon"
            } else {
                "Polygon"
            };
            stories::feature(
                &case.id,
                &format!(r#"{{"type":"{kind}","coordinates":{shape}}}"#),
            )
        }
        (None, None) => panic!("{}: nothing to import", case.id),
    };
    stories::collection(&features).into_bytes()
}

/// A command of the table; `{data}` is the data folder that is served.
pub fn command_line(office: &mut Office, one: &Try) -> Outcome {
    let data = office.data();
    let folder = office.path("");
    let arguments: Vec<String> = (one.args.iter())
        .map(|argument| {
            argument
                .replace("{data}", text(&data))
                .replace("{folder}", text(&folder))
        })
        .collect();
    let before = office.size();
    let output = safelane(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let wrong = |what: &str| Err(format!("{what}: {said}"));
    if said.contains("panicked") {
        return wrong("it fell over");
    }
    if output.status.success() == one.fails.is_some() {
        return wrong("another end");
    }
    let words = one.fails.iter().chain(&one.says);
    if let Some(missing) = words.into_iter().find(|words| !said.contains(*words)) {
        return wrong(&format!("it does not say {missing:?}"));
    }
    if one.fails.is_some() && office.size() != before {
        return wrong("something was half done");
    }
    Ok(())
}
