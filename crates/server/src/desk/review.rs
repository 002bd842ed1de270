//! `GET /api/review/{revision}`: everything that is needed to judge one statement.

use std::collections::BTreeMap;

use axum::extract::State;
use safelane_ledger::RevisionId;
use safelane_rules::blocks_approval;
use safelane_rules::review::{FieldChange as Changed, Review};
use safelane_store::{StatementRow, Stored};
use safelane_wire::desk::{FieldChange, ReviewDetail};

use super::AtLeast;
use super::changes::{areas, ground};
use super::checks::{name_answers, row as check_row};
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
    let mut record = detail(&app, &actor, main.record).await?;
    let mut others = Vec::new();
    for row in rows.iter().filter(|row| row.record != main.record) {
        others.push(detail(&app, &actor, row.record).await?);
    }
    let mut reviews = Vec::new();
    for row in &rows {
        reviews.extend(super::queue::review_of(&app, row).await?);
    }
    let changes = reviews
        .iter()
        .find(|(of, _)| *of == revision)
        .map_or_else(Vec::new, |(_, review)| {
            review.changes.iter().map(change).collect()
        });
    let scored = app.board().read(|board| {
        let known = board.get(main.record)?;
        super::risk::of_statement(board, known, revision, app.today())
    });
    let risk = match scored {
        Some(scored) => Some(scored.named(&app, &mut Names::default()).await?),
        None => None,
    };
    let seen = app.board().read(|board| {
        let known = board.get(main.record)?;
        let findings: Vec<_> = reviews
            .iter()
            .flat_map(|(_, review): &(RevisionId, Review)| review.findings.iter().cloned())
            .collect();
        let officials: BTreeMap<_, _> = rows
            .iter()
            .filter_map(|row| Some((row.record, board.get(row.record)?.summary.officials.clone())))
            .collect();
        let areas = areas(board, &rows);
        // Of a press with several records each has its own lines, which say whose they are.
        for id in areas.iter().filter_map(|change| change.record) {
            (record.names.entry(id)).or_insert_with(|| board.name_of(id));
        }
        Some(ReviewDetail {
            upto: board.upto,
            changes,
            areas,
            blocked_by: blocks_approval(&findings)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            checks: (findings.iter())
                .map(|finding| check_row(finding, board))
                .collect(),
            risk,
            officials,
            ground: ground(board, known, revision),
            item,
            record,
            others,
        })
    });
    let mut seen = seen.ok_or_else(ApiError::not_found)?;
    name_answers(&app, seen.checks.iter_mut(), &mut Names::default()).await?;
    Ok(Json(seen))
}

fn change(one: &Changed) -> FieldChange {
    FieldChange {
        field: one.field.clone(),
        old: one.old.clone(),
        new: one.new.clone(),
    }
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
