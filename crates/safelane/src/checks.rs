//! `safelane checks`: the standing checks of the whole ledger, from nothing, the same as the desk's.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use safelane_model::Date;
use safelane_rules::checks::Finding;
use safelane_server::board::{Board, BoardData, findings};
use serde_json::{Value, json};

use crate::cli::Checks;
use crate::office::Office;
use crate::output::Output;

/// Prints every result that holds on the day, the gravest first, and their totals.
pub async fn run(office: &Office, command: &Checks, out: &mut dyn Output) -> Result<()> {
    let today: Date = match &command.on {
        Some(day) => day.parse().with_context(|| format!("--on {day:?}"))?,
        None => office.today(),
    };
    let board = Board::load(&*office.store, today).await?;
    let demo = office.is_demo().await?;
    board.read(|data| {
        let found = findings::all(data, today);
        if command.json {
            out.line(&as_json(data, &found, today, demo).to_string());
            return;
        }
        if demo {
            out.line("DEMO: everything in this list is made up.");
        }
        for finding in &found {
            out.line(&line(data, finding));
        }
        out.line(&format!(
            "Checks on {today}, as known to this office server at log entry {}:",
            data.upto
        ));
        for ((severity, life), count) in totals(&found) {
            out.line(&format!("{severity}\t{life}\t{count}"));
        }
        out.line(&format!("all\tall\t{}", found.len()));
    });
    Ok(())
}

fn line(data: &BoardData, finding: &Finding) -> String {
    let names: Vec<String> = (finding.records.iter())
        .map(|record| data.name_of(*record))
        .collect();
    let at = finding.at.map_or_else(
        || "-".to_owned(),
        |at| format!("{:.6} {:.6}", at.lat_degrees(), at.lon_degrees()),
    );
    [
        finding.severity.code().to_owned(),
        finding.life.code().to_owned(),
        finding.number.to_string(),
        finding.code.to_owned(),
        names.join(", "),
        at,
        finding.figures(),
    ]
    .join("\t")
}

fn totals(found: &[Finding]) -> BTreeMap<(&'static str, &'static str), u64> {
    let mut totals = BTreeMap::new();
    for finding in found {
        *totals
            .entry((finding.severity.code(), finding.life.code()))
            .or_default() += 1;
    }
    totals
}

fn as_json(data: &BoardData, found: &[Finding], today: Date, demo: bool) -> Value {
    let checks: Vec<Value> = (found.iter())
        .map(|one| {
            json!({
                "number": one.number,
                "code": one.code,
                "severity": one.severity.code(),
                "life": one.life.code(),
                "blocks": one.blocks,
                "records": one.records,
                "names": one.records.iter().map(|id| data.name_of(*id)).collect::<Vec<_>>(),
                "at": one.at.map(|at| [at.lon_degrees(), at.lat_degrees()]),
                "figures": one.args,
                "answers": one.answers.iter().map(|answer| json!({
                    "by": answer.by,
                    "reason": answer.reason,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let totals: Vec<Value> = (totals(found).into_iter())
        .map(
            |((severity, life), count)| json!({"severity": severity, "life": life, "count": count}),
        )
        .collect();
    json!({
        "demo": demo,
        "on": today.to_string(),
        "upto": data.upto,
        "checks": checks,
        "totals": totals,
    })
}
