//! `cargo xtask figures`: how much code there is, and how much of it a phone must fetch.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::command::{command, output};
use crate::places;

/// Which named files are fetched together, and when: the sum of the first is the field route's payload,
/// without which neither the sign-in page nor Today stands.
const LOADS: [(&str, &[(&str, &[&str])]); 5] = [
    (
        "field, first load",
        &[
            ("WASM", &["field.wasm"]),
            ("JS", &["boot-field.js"]),
            ("CSS", &["field.css"]),
        ],
    ),
    (
        "field, after the first page",
        &[("WASM", &["field-later.wasm"])],
    ),
    (
        "map, when first shown",
        &[("JS", &["map.js", "map-worker.js"]), ("CSS", &["map.css"])],
    ),
    ("map, when first drawn on", &[("JS", &["draw.js"])]),
    (
        "desk",
        &[
            ("WASM", &["desk.wasm"]),
            ("JS", &["boot-desk.js"]),
            ("CSS", &["desk.css"]),
        ],
    ),
];

/// Prints both tables.
pub fn print() -> Result<()> {
    println!("lines by crate (of files in git; tests: files below tests/ or named tests.rs)");
    lines()?;
    println!();
    println!("payload in bytes (of the build in frontend/dist)");
    payload()
}

fn lines() -> Result<()> {
    let root = places::root();
    let listed = output(command("git", &["ls-files"], &root))?;
    let mut rows: Vec<(String, usize, usize)> = Vec::new();
    for file in listed.lines().filter(|file| is_code(file)) {
        let Ok(text) = fs::read_to_string(root.join(file)) else {
            continue;
        };
        let name = room(file);
        let index = rows
            .iter()
            .position(|(room, ..)| *room == name)
            .unwrap_or_else(|| {
                rows.push((name, 0, 0));
                rows.len() - 1
            });
        let is_test =
            file.contains("/tests/") || file.starts_with("tests/") || file.ends_with("/tests.rs");
        let count = text.lines().count();
        if is_test {
            rows[index].2 += count;
        } else {
            rows[index].1 += count;
        }
    }
    println!("{:<24}{:>9}{:>9}", "", "code", "tests");
    let sum = rows
        .iter()
        .fold((0, 0), |sum, row| (sum.0 + row.1, sum.1 + row.2));
    for (name, code, tests) in &rows {
        println!("{name:<24}{code:>9}{tests:>9}");
    }
    println!("{:<24}{:>9}{:>9}", "all", sum.0, sum.1);
    Ok(())
}

fn is_code(file: &str) -> bool {
    let kind = Path::new(file).extension().and_then(|kind| kind.to_str());
    matches!(kind, Some("rs" | "ts" | "mjs" | "css" | "sql" | "html"))
}

/// `crates/model/src/lib.rs` counts for `crates/model`, everything else for its first folder.
fn room(file: &str) -> String {
    let depth = if file.starts_with("crates/") { 2 } else { 1 };
    file.split('/').take(depth).collect::<Vec<_>>().join("/")
}

fn payload() -> Result<()> {
    let dist = places::dist();
    let summary = fs::read(dist.join("app.json"))
        .context("there is no app yet: `cargo xtask web` builds it")?;
    let summary: Value = serde_json::from_slice(&summary)?;
    println!("mode: {}", summary["mode"].as_str().unwrap_or("unknown"));
    println!("{:<32}{:>12}{:>12}", "", "raw", "brotli");
    for (load, parts) in LOADS {
        let mut sum = (0, 0);
        for (part, names) in parts {
            let (raw, small) = sum_of(&dist, &summary, names);
            println!("{:<32}{raw:>12}{small:>12}", format!("  {part}"));
            sum = (sum.0 + raw, sum.1 + small);
        }
        println!("{load:<32}{:>12}{:>12}", sum.0, sum.1);
    }
    Ok(())
}

/// The sums of [`LOADS`] as figures of the benchmark, kB.
pub fn loads() -> Result<Vec<Value>> {
    let dist = places::dist();
    let summary: Value = serde_json::from_slice(&fs::read(dist.join("app.json"))?)?;
    let sums = LOADS.iter().map(|(load, parts)| {
        let of_parts = parts.iter().map(|(_, names)| sum_of(&dist, &summary, names));
        let (raw, small) = of_parts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        json!({ "row": format!("payload, {load}"), "raw_kB": raw as f64 / 1e3, "brotli_kB": small as f64 / 1e3 })
    });
    Ok(sums.collect())
}

fn sum_of(dist: &Path, summary: &Value, names: &[&str]) -> (u64, u64) {
    let addresses = names
        .iter()
        .filter_map(|name| summary["assets"][name].as_str());
    addresses.fold((0, 0), |sum, address| {
        let (raw, small) = sizes(dist, address);
        (sum.0 + raw, sum.1 + small)
    })
}

fn sizes(dist: &Path, address: &str) -> (u64, u64) {
    let file = address.trim_start_matches('/');
    let size = |name: &str| fs::metadata(dist.join(name)).map_or(0, |data| data.len());
    (size(file), size(&format!("{file}.br")))
}
