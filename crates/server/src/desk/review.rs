//! `GET /api/review/{revision}`: everything that is needed to judge one statement.

use std::collections::BTreeMap;

use axum::extract::State;
use safelane_ledger::RevisionId;
use safelane_rules::checks::{self, blocks_approval};
use safelane_store::{StatementRow, Stored};
use safelane_wire::desk::ReviewDetail;

use super::AtLeast;
use super::changes::{areas, fields, ground};
use super::checks::row as check_row;
use super::detail::{Names, detail};
use super::queue::line;
use crate::app::App;
use crate::extract::{Actor, Json, Path, Query};
use crate::problem::{ApiError, ApiResult};

/// A statement, with the others of its press.
pub async fn review_one(
    State(app): State<App>,
    actor: Actor,
    Path(revision): Path<RevisionId>,
    Query(at_least): Query<AtLeast>,
) -> ApiResult<Json<ReviewDetail>> {
    at_least.wait(&app).await?;
    let rows = press(&app, revision).await?;
    let all: Vec<&StatementRow> = rows.iter().collect();
    let item = line(&app, &actor, &all, &mut Names::default())
        .await?
        .ok_or_else(ApiError::not_found)?;
    let main = rows
        .iter()
        .find(|row| row.revision == revision)
        .ok_or_else(ApiError::not_found)?;
    let record = detail(&app, &actor, main.record).await?;
    let mut others = Vec::new();
    for row in rows.iter().filter(|row| row.record != main.record) {
        others.push(detail(&app, &actor, row.record).await?);
    }
    let today = app.today();
    let seen = app.board().read(|board| {
        let known = board.get(main.record)?;
        let mut findings = Vec::new();
        for row in &rows {
            let Some(known) = board.get(row.record) else {
                continue;
            };
            if let Some(version) = known.record.version(row.revision) {
                findings.extend(checks::run_on(&known.record, version, &board.world, today));
            }
        }
        let officials: BTreeMap<_, _> = rows
            .iter()
            .filter_map(|row| Some((row.record, board.get(row.record)?.summary.officials.clone())))
            .collect();
        Some(ReviewDetail {
            upto: board.upto,
            changes: fields(&record, revision),
            areas: areas(board, &rows),
            blocked_by: blocks_approval(&findings)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            checks: findings.iter().map(check_row).collect(),
            officials,
            ground: ground(board, known, revision),
            item,
            record,
            others,
        })
    });
    seen.map(Json).ok_or_else(ApiError::not_found)
}

/// The statements of one press, as far as they have arrived; one alone for one that came alone.
async fn press(app: &App, revision: RevisionId) -> ApiResult<Vec<StatementRow>> {
    let stored = app.store().revision(revision).await?;
    let Some(Stored::Entry(entry)) = stored else {
        return Err(ApiError::not_found());
    };
    app.board().wait(entry.leaf.n).await?;
    let entries = match entry.revision.submission() {
        Some(submission) => app.store().submission(submission.id).await?,
        None => vec![*entry],
    };
    let mut rows = Vec::new();
    for entry in entries {
        let stated = app.store().statements_of(entry.revision.record()).await?;
        rows.extend(stated.into_iter().find(|one| one.revision == entry.leaf.id));
    }
    Ok(rows)
}
