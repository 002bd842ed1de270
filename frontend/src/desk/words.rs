//! Records, checks and states in words.

use safelane_wire::desk::{CheckRow, RecordRow, Standing};

use crate::i18n::{Arg, format, label, label_with};

/// Kind, name and number of a record: "AP mine", "Road Bend · DEMO-0147".
pub fn row_title(row: &RecordRow) -> String {
    // "Unknown" alone would name nothing: then it is called by its kind.
    let code = |key: &str| row.codes.get(key).filter(|code| *code != "unknown");
    let main = code("category")
        .map(|code| label(&format!("code.ordnance.{code}")))
        .or_else(|| code("event").map(|code| label(&format!("code.event.{code}"))))
        .or_else(|| code("about").map(|code| label(&format!("code.report-about.{code}"))))
        .or_else(|| row.name.clone())
        .or_else(|| {
            row.codes
                .get("report")
                .map(|code| label(&format!("code.clearance-report.{code}")))
        })
        .unwrap_or_else(|| label(&format!("kind.{}", row.kind)));
    match &row.reference {
        Some(reference) => format!("{main} · {reference}"),
        None => main,
    }
}

/// How a record stands.
pub fn standing(standing: Standing) -> String {
    let word = serde_json::to_value(standing)
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default();
    label(&format!("desk.standing.{}", word.replace('-', "_")))
}

/// A check's title.
pub fn check_title(check: &CheckRow) -> String {
    label(&format!("check.{}.title", check.code))
}

/// Its number, how grave it is and where it stands.
pub fn check_above(check: &CheckRow) -> String {
    let mut parts = vec![
        t!("desk.check.number", number = check.number),
        label(&format!("desk.checks.severity.{}", check.severity)),
    ];
    if check.life != "open" {
        parts.push(label(&format!("desk.checks.life.{}", check.life)));
    }
    parts.join(" · ")
}

/// A check's sentence, with its figures.
pub fn check_text(check: &CheckRow) -> String {
    let mut args: Vec<(&str, Arg)> = check
        .args
        .iter()
        .map(|(name, value)| (name.as_str(), Arg::from(argument(name, value))))
        .collect();
    // A rate has a median or a limit, a find may have no day: what is missing is said, never a name in braces.
    for (name, missing) in [
        ("median", ""),
        ("limit", ""),
        ("found", t!("desk.check.day_unknown")),
        ("worked", t!("desk.check.day_unknown")),
        ("inspected", t!("desk.check.day_unknown")),
        ("visited", t!("desk.check.never")),
        ("ended", t!("desk.check.never")),
    ] {
        if !check.args.contains_key(name) {
            args.push((name, Arg::from(missing)));
        }
    }
    label_with(&format!("check.{}.text", check.code), &args)
}

/// A check's figure with its unit: areas in dm², lengths in mm, days.
fn argument(name: &str, value: &str) -> String {
    let number = value.parse::<i64>().ok();
    match (name, number) {
        (
            "overlap" | "area" | "sum" | "stated" | "computed" | "rate" | "median" | "limit",
            Some(dm2),
        ) => format::area_dm2(dm2),
        // To a tenth of a metre: no outline is better known.
        ("length" | "width" | "distance" | "radius", Some(mm)) => {
            format::length_mm((mm + 50) / 100 * 100)
        }
        ("depth" | "limit_depth" | "intended_depth", Some(mm)) => format::depth_mm(mm),
        (
            "date" | "start" | "end" | "found" | "worked" | "day" | "completed" | "newest"
            | "inspected" | "visited" | "ended",
            None,
        ) => format::date(value),
        ("repair", None) => label(&format!("code.repair.{value}")),
        ("scope", None) => label(&format!("code.accreditation-scope.{value}")),
        _ => value.to_owned(),
    }
}

/// An area that may be missing.
pub fn area(dm2: Option<i64>) -> String {
    dm2.map(format::area_dm2).unwrap_or_default()
}
