//! `GET /api/review`: what waits for judgement, alarms first, then the oldest.

use std::collections::BTreeSet;

use axum::extract::State;
use safelane_ledger::{PersonId, Received, RevisionId, Role};
use safelane_rules::Content;
use safelane_rules::checks::Life;
use safelane_rules::permissions::may_approve;
use safelane_rules::record::Version;
use safelane_rules::review::{Review, review as rules_review};
use safelane_store::{Entry, Limit, StatementRow, StatementStatus};
use safelane_wire::desk::{Page, ReviewItem};

use super::AtLeast;
use super::detail::Names;
use crate::app::App;
use crate::board::{BoardData, Known};
use crate::extract::{Actor, Json, Query};
use crate::media;
use crate::problem::{ApiError, ApiResult};

/// Roles that see the queue.
const REVIEWERS: [Role; 3] = [Role::Coordinator, Role::Approver, Role::Administrator];

/// The queue as it stands.
pub async fn review(
    State(app): State<App>,
    actor: Actor,
    Query(at_least): Query<AtLeast>,
) -> ApiResult<Json<Page<ReviewItem>>> {
    actor.require(&REVIEWERS)?;
    at_least.wait(&app).await?;
    let open = all(&app, StatementStatus::Open).await?;
    let mut items = lines(&app, &actor, &open).await?;
    items.extend(lines(&app, &actor, &chosen_between(&app).await?).await?);
    items.sort_by(|a, b| (!a.alarm, &a.received).cmp(&(!b.alarm, &b.received)));
    Ok(Json(Page {
        upto: app.board().upto(),
        items,
        next: None,
    }))
}

/// Every statement that stands so.
pub async fn all(app: &App, status: StatementStatus) -> ApiResult<Vec<StatementRow>> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = app.store().statements(status, after, Limit::MAX).await?;
        found.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    if let Some(last) = found.last() {
        app.board().wait(last.n).await?;
    }
    Ok(found)
}

/// Versions that somebody must choose between though none of them is open.
async fn chosen_between(app: &App) -> ApiResult<Vec<StatementRow>> {
    let records: Vec<_> = app.board().read(|board| {
        let two = board
            .all()
            .filter(|known| known.summary.two_versions && known.summary.open.is_empty());
        two.map(|known| known.summary.record).collect()
    });
    let mut found = Vec::new();
    for record in records {
        let stated = app.store().statements_of(record).await?;
        found.extend(stated.into_iter().filter(|one| {
            matches!(
                one.status,
                StatementStatus::Official | StatementStatus::Disputed
            )
        }));
    }
    Ok(found)
}

/// A line for each submission, and for each statement that came alone.
pub async fn lines(app: &App, actor: &Actor, rows: &[StatementRow]) -> ApiResult<Vec<ReviewItem>> {
    let mut lines = Vec::new();
    let mut done = BTreeSet::new();
    let mut names = Names::default();
    for row in rows {
        let together: Vec<&StatementRow> = match row.submission {
            Some(submission) if !done.insert(submission.id) => continue,
            Some(submission) => rows
                .iter()
                .filter(|one| {
                    one.submission
                        .is_some_and(|other| other.id == submission.id)
                })
                .collect(),
            None => vec![row],
        };
        lines.extend(line(app, actor, &together, &mut names).await?);
    }
    Ok(lines)
}

/// One line; none while the board does not know its record.
pub async fn line(
    app: &App,
    actor: &Actor,
    rows: &[&StatementRow],
    names: &mut Names,
) -> ApiResult<Option<ReviewItem>> {
    // The report opens the page, not the records made by it.
    let Some(main) = rows
        .iter()
        .copied()
        .min_by_key(|row| (rank(&row.kind), row.n))
    else {
        return Ok(None);
    };
    let Some(known) = app.board().read(|board| board.get(main.record).cloned()) else {
        return Ok(None);
    };
    let mut photos = (0, 0);
    let mut may = Ok(());
    let mut again = false;
    for row in rows {
        let (held, named) = media::counts(app, row.record).await?;
        photos = (photos.0 + held, photos.1 + named);
        let stated = app.store().statements_of(row.record).await?;
        again |= answers_a_return(row.revision, &known, &stated);
        if may.is_ok() {
            may = approval(app, actor, row).await?;
        }
    }
    let mut reviewed_by = Vec::new();
    for person in main
        .approved_by
        .iter()
        .copied()
        .collect::<BTreeSet<PersonId>>()
    {
        reviewed_by.push(names.of(app, person).await?);
    }
    let author = names.of(app, main.author).await?;
    let mut open_checks = 0;
    let mut effects = Vec::new();
    for row in rows {
        let Some((_, review)) = review_of(app, row).await? else {
            continue;
        };
        let open = review.findings.iter().filter(|one| one.life == Life::Open);
        open_checks += open.count();
        effects.push((*row, review.takes));
    }
    let count = main.submission.map_or(1, |one| one.count);
    Ok(app.board().read(|board| {
        known.record.version(main.revision)?;
        let (effect, area) = effect(board, main, &effects);
        Some(ReviewItem {
            revision: main.revision,
            revisions: rows.iter().map(|row| row.revision).collect(),
            count,
            row: known.row.clone(),
            about: about(board, &known),
            from: from(board, &known).unwrap_or(author),
            received: main.received.to_string(),
            area,
            effect: effect.to_owned(),
            needs_two: rows
                .iter()
                .any(|row| row.needs.is_some_and(|needs| needs > 1)),
            reviewed_by,
            may_approve: may,
            alarm: rows
                .iter()
                .any(|row| board.alarms.contains_key(&row.record)),
            checks: open_checks as u32,
            photos,
            again,
            // Two open versions of one official are not yet two versions to the ledger; to the
            // reviewer they are: one is to be taken and the other returned.
            two_versions: known.summary.two_versions || known.summary.open.len() > 1,
        })
    }))
}

fn rank(kind: &str) -> u8 {
    match kind {
        "clearance" | "non-technical-survey" => 0,
        "accident" => 1,
        "explosive-ordnance" => 3,
        _ => 2,
    }
}

fn answers_a_return(revision: RevisionId, known: &Known, stated: &[StatementRow]) -> bool {
    let Some(version) = known.record.version(revision) else {
        return false;
    };
    stated.iter().any(|one| {
        version.parents.contains(&one.revision)
            && matches!(
                one.status,
                StatementStatus::Answered | StatementStatus::Returned
            )
    })
}

/// What the rules say of a statement; none while the board does not know it.
pub async fn review_of(app: &App, row: &StatementRow) -> ApiResult<Option<(RevisionId, Review)>> {
    let received = history(app, row).await?;
    let today = app.today();
    let found = app
        .board()
        .read(|board| rules_review(&received, row.revision, &board.world, today));
    Ok(found.map(|review| (row.revision, review)))
}

async fn history(app: &App, row: &StatementRow) -> ApiResult<Vec<Received>> {
    let entries = app.store().history(row.record).await?;
    let received = entries
        .iter()
        .map(Entry::received)
        .collect::<Result<_, _>>()?;
    Ok(received)
}

/// Whether the reader's approval would count, and if not why.
async fn approval(app: &App, actor: &Actor, row: &StatementRow) -> ApiResult<Result<(), String>> {
    let Some(known) = app.board().read(|board| board.get(row.record).cloned()) else {
        return Ok(Err("not-open".to_owned()));
    };
    let received = history(app, row).await?;
    let statement = received.iter().find(|one| one.id() == row.revision);
    let statement = statement.ok_or_else(|| ApiError::internal("a statement without an entry"))?;
    let may = may_approve(
        statement,
        &known.record.state,
        actor.person,
        &actor.rights.roles,
    );
    Ok(may.map_err(|why| why.code().to_owned()))
}

/// The task or hazardous area that it is about.
fn about(board: &BoardData, known: &Known) -> Option<String> {
    let links = &known.row.links;
    let named = ["task", "hazards", "hazard", "clearance"]
        .iter()
        .find_map(|key| links.get(*key)?.first());
    named.map(|record| board.name_of(*record))
}

fn from(board: &BoardData, known: &Known) -> Option<String> {
    let team = known.row.links.get("team")?.first()?;
    Some(board.name_of(*team))
}

/// Square decimetres that the line names.
/// What a submission would do to the ground, in a word and dm²: what its report does, else what comes with it,
/// as the hazardous areas that a survey found.
fn effect(
    board: &BoardData,
    main: &StatementRow,
    effects: &[(&StatementRow, &'static str)],
) -> (&'static str, Option<i64>) {
    let of = |row: &StatementRow| {
        let known = board.get(row.record)?;
        area(known.record.version(row.revision)?)
    };
    let own = effects
        .iter()
        .find(|(row, _)| row.revision == main.revision)
        .map_or("report", |(_, takes)| takes);
    let first = effects
        .iter()
        .map(|(_, takes)| *takes)
        .find(|takes| *takes != "report");
    match first {
        Some(takes) if own == "report" => {
            let areas = effects.iter().filter(|(_, one)| *one == takes);
            (
                takes,
                areas.filter_map(|(row, _)| of(row)).reduce(|a, b| a + b),
            )
        }
        _ => (own, of(main)),
    }
}

fn area(version: &Version) -> Option<i64> {
    match &version.content {
        Content::Progress(progress) => Some(progress.worked_area),
        Content::Hazard(hazard) => {
            let outline = hazard.outline.as_ref()?;
            Some(safelane_geometry::measure::area_dm2(&outline.shape) as i64)
        }
        content => {
            let parts = content.releases();
            let sum = parts
                .iter()
                .map(|part| safelane_geometry::measure::area_dm2(&part.outline.shape) as i64)
                .sum();
            (!parts.is_empty()).then_some(sum)
        }
    }
}
