//! `GET /api/checks`: the standing checks of the whole ledger; and results as the API tells them.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use safelane_ledger::{PersonId, RecordId, Role};
use safelane_rules::checks::Finding;
use safelane_store::{CheckFilter, CheckLife, CheckRow as Stored, Limit};
use safelane_wire::desk::{CheckAnswer, CheckRow, CheckTotal, Checks};
use safelane_wire::problem::Code;
use serde::Deserialize;

use super::detail::Names;
use crate::app::App;
use crate::board::{BoardData, findings};
use crate::extract::{Actor, Json, Query};
use crate::problem::{ApiError, ApiResult};

/// Roles that read the checks of the whole ledger.
const READERS: [Role; 3] = [Role::Coordinator, Role::Approver, Role::Administrator];
/// How long an answer waits for the checks before it says "not yet".
const PATIENCE: Duration = Duration::from_secs(10);
/// Results of one answer.
const ROWS: usize = 500;

/// What a list asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    life: Option<String>,
    severity: Option<String>,
    number: Option<u8>,
    #[serde(default)]
    at_least: u64,
}

/// The checks that hold today, the gravest first.
pub async fn checks(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<Asked>,
) -> ApiResult<Json<Checks>> {
    actor.require(&READERS)?;
    app.board().wait(asked.at_least).await?;
    let upto = app.board().upto();
    let reached = app.store().reached(findings::NAME, upto);
    match tokio::time::timeout(PATIENCE, reached).await {
        Ok(reached) => reached?,
        Err(_) => {
            return Err(ApiError::new(
                Code::NotYet,
                "The checks are still being computed. Everything received is kept; ask again in a \
                 moment.",
            ));
        }
    }
    let life = (asked.life.as_deref())
        .map(|word| {
            CheckLife::parse(word)
                .ok_or_else(|| ApiError::parameter("life", "is open, explained or resolved"))
        })
        .transpose()?;
    let today = app.today();
    let filter = CheckFilter {
        on: Some(today),
        once: true,
        ..CheckFilter::default()
    };
    let all = app.store().checks(&filter, Limit::MAX).await?;
    let wanted = |row: &&Stored| {
        life.is_none_or(|life| row.life == life)
            && asked
                .severity
                .as_ref()
                .is_none_or(|one| *one == row.severity)
            && asked.number.is_none_or(|one| one == row.number)
    };
    let rows: Vec<&Stored> = all.iter().filter(wanted).collect();
    let more = rows.len().saturating_sub(ROWS) as u64;
    let mut items: Vec<CheckRow> = app.board().read(|board| {
        (rows.into_iter().take(ROWS))
            .map(|one| stored(one, board))
            .collect()
    });
    name_answers(&app, items.iter_mut(), &mut Names::default()).await?;
    Ok(Json(Checks {
        upto,
        today: today.to_string(),
        items,
        more,
        totals: totals(&all),
    }))
}

fn totals(rows: &[Stored]) -> Vec<CheckTotal> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for row in rows {
        *counts
            .entry((row.severity.as_str(), row.life.as_str()))
            .or_default() += 1;
    }
    (counts.into_iter())
        .map(|((severity, life), count)| CheckTotal {
            severity: severity.to_owned(),
            life: life.to_owned(),
            count,
        })
        .collect()
}

/// A finding as a row.
pub fn row(finding: &Finding, board: &BoardData) -> CheckRow {
    CheckRow {
        code: finding.code.to_owned(),
        number: finding.number,
        severity: finding.severity.code().to_owned(),
        life: finding.life.code().to_owned(),
        names: names(&finding.records, board),
        records: finding.records.clone(),
        at: finding.at.map(|at| [at.lon_degrees(), at.lat_degrees()]),
        args: finding
            .args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        figures: finding.figures(),
        blocks: finding.blocks,
        answers: finding
            .answers
            .iter()
            .map(|one| answer(one.record, one.by, one.reason.clone()))
            .collect(),
    }
}

/// A row of the store as the API tells it.
fn stored(row: &Stored, board: &BoardData) -> CheckRow {
    let args: BTreeMap<String, String> = serde_json::from_str(&row.args).unwrap_or_default();
    let answers: Vec<findings::Answer> = serde_json::from_str(&row.answers).unwrap_or_default();
    let figures: Vec<String> = (args.iter())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    CheckRow {
        code: row.code.clone(),
        number: row.number,
        severity: row.severity.clone(),
        life: row.life.as_str().to_owned(),
        names: names(&row.records, board),
        records: row.records.clone(),
        at: row.at.map(|at| [at.lon_degrees(), at.lat_degrees()]),
        args,
        figures: figures.join(" "),
        blocks: row.blocks,
        answers: (answers.into_iter())
            .map(|one| answer(one.record, one.by, one.reason))
            .collect(),
    }
}

fn names(records: &[RecordId], board: &BoardData) -> Vec<String> {
    records.iter().map(|id| board.name_of(*id)).collect()
}

const fn answer(record: RecordId, by: PersonId, reason: Option<String>) -> CheckAnswer {
    CheckAnswer {
        record,
        by,
        by_name: String::new(),
        reason,
    }
}

/// Puts the names of who answered.
pub async fn name_answers(
    app: &App,
    rows: impl Iterator<Item = &mut CheckRow>,
    names: &mut Names,
) -> ApiResult<()> {
    for answer in rows.flat_map(|row| &mut row.answers) {
        answer.by_name = names.of(app, answer.by).await?;
    }
    Ok(())
}
