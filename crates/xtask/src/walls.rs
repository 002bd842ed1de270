//! The walls between the crates, held against what the manifests really say.
//!
//! A new edge is a decision: it is made here, in ARCHITECTURE.md, and in review.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::{cargo, output};

/// The crates that know the rules of the trade and nothing of the outside world.
const PURE: [&str; 6] = ["geometry", "model", "ledger", "rules", "sync", "wire"];

/// Crate, and the crates it may use beside all that those may use.
const WALLS: [(&str, &[&str]); 18] = [
    ("geometry", &[]),
    ("model", &["geometry"]),
    ("ledger", &["model"]),
    ("rules", &["ledger", "geometry"]),
    ("wire", &["ledger"]),
    ("sync", &["wire"]),
    ("store", &["rules"]),
    ("store-sqlite", &["store"]),
    ("store-postgres", &["store", "geometry"]),
    ("exchange", &["rules"]),
    ("server", &["store", "sync", "wire", "exchange"]),
    ("safelane", &["server", "store-sqlite", "store-postgres"]),
    ("torture", &["wire", "store-sqlite"]),
    ("simulate", &["server", "store-sqlite"]),
    ("frontend", &PURE),
    ("bench", &["rules"]),
    ("xtask", &[]),
    ("xtask-bindgen", &[]),
];

/// Library, and the crates that alone may name it.
const KEPT_TO: [(&str, &[&str]); 10] = [
    ("sqlx", &["store-sqlite", "store-postgres"]),
    ("libsqlite3-sys", &["store-sqlite"]),
    ("axum", &["server", "safelane"]),
    ("axum-extra", &["server", "safelane"]),
    ("hyper", &["server", "safelane"]),
    ("hyper-util", &["server", "safelane"]),
    ("http", &["server", "safelane"]),
    ("tower-http", &["server", "safelane"]),
    ("leptos", &["frontend"]),
    ("web-sys", &["frontend"]),
];

/// Libraries of clocks, randomness, networks and tasks, which no pure crate may name.
const NOT_PURE: [&str; 8] = [
    "async-trait",
    "futures",
    "getrandom",
    "js-sys",
    "rand",
    "reqwest",
    "tokio",
    "wasm-bindgen",
];

/// Fails with every edge that the table does not allow.
pub fn check() -> Result<()> {
    let metadata = output(cargo(&[
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--offline",
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    let faults: Vec<String> = packages.iter().flat_map(faults_of).collect();
    if faults.is_empty() {
        Ok(())
    } else {
        bail!("walls between crates:\n  {}", faults.join("\n  "))
    }
}

fn faults_of(package: &Value) -> Vec<String> {
    let name = short(package["name"].as_str().unwrap_or_default());
    let Some(allowed) = reach(name) else {
        return vec![format!(
            "`{name}` is not in the table of crates/xtask/src/walls.rs"
        )];
    };
    let edges = package["dependencies"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    edges
        .iter()
        .filter(|edge| edge["kind"] != "dev")
        .filter_map(|edge| fault_of(name, &allowed, edge))
        .collect()
}

fn fault_of(name: &str, allowed: &BTreeSet<&str>, edge: &Value) -> Option<String> {
    let used = edge["name"].as_str().unwrap_or_default();
    if edge["path"].is_string() {
        let used = short(used);
        return (!allowed.contains(used)).then(|| format!("`{name}` may not use `{used}`"));
    }
    if PURE.contains(&name) && NOT_PURE.contains(&used) {
        return Some(format!("`{name}` is pure and may not use `{used}`"));
    }
    let (_, homes) = KEPT_TO.iter().find(|(library, _)| *library == used)?;
    (!homes.contains(&name)).then(|| {
        format!(
            "`{used}` belongs to {}, not to `{name}`",
            homes.join(" and ")
        )
    })
}

fn short(name: &str) -> &str {
    name.strip_prefix("safelane-").unwrap_or(name)
}

/// All that a crate may use, directly or through others; nothing when the table lacks it.
fn reach(name: &str) -> Option<BTreeSet<&'static str>> {
    let (_, own) = WALLS.iter().find(|(crate_name, _)| *crate_name == name)?;
    let mut all = BTreeSet::new();
    for used in *own {
        all.insert(*used);
        all.extend(reach(used)?);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, edge: &Value) -> Value {
        json!({ "name": name, "dependencies": [edge] })
    }

    #[test]
    fn the_tree_keeps_its_walls() {
        check().unwrap();
    }

    #[test]
    fn a_crate_reaches_what_its_neighbours_reach() {
        let edge = json!({ "name": "safelane-geometry", "path": "/x", "kind": null });
        assert!(faults_of(&package("safelane-server", &edge)).is_empty());
    }

    #[test]
    fn an_edge_against_the_table_is_named() {
        let edge = json!({ "name": "safelane-server", "path": "/x", "kind": null });
        assert_eq!(
            faults_of(&package("safelane-model", &edge)),
            ["`model` may not use `server`"]
        );
    }

    #[test]
    fn sql_stays_in_the_stores() {
        let edge = json!({ "name": "sqlx", "kind": null });
        assert_eq!(faults_of(&package("safelane-server", &edge)).len(), 1);
    }

    #[test]
    fn the_pure_crates_know_no_clock_and_no_chance() {
        for library in NOT_PURE {
            let edge = json!({ "name": library, "kind": null });
            assert_eq!(
                faults_of(&package("safelane-ledger", &edge)).len(),
                1,
                "{library}"
            );
        }
    }

    #[test]
    fn a_crate_that_nobody_decided_on_is_a_fault() {
        assert_eq!(
            faults_of(&json!({ "name": "safelane-misc", "dependencies": [] })).len(),
            1
        );
    }
}
