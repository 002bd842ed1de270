//! `GET /api/records/{record}/account`: the statement of account of one hazardous area.

use std::collections::BTreeMap;

use axum::extract::State;
use safelane_ledger::{PersonId, RecordId, Status};
use safelane_model::Date;
use safelane_rules::accounts::{self, Cut, Movement, Reports, What};
use safelane_rules::checks::is_frozen;
use safelane_rules::content::{Class, ReleasePart};
use safelane_rules::ground::size;
use safelane_rules::{Content, Record, World as _};
use safelane_wire::desk::{Account, CheckRow, MovementRow, ReleaseRow};
use serde::Deserialize;

use super::checks::row as check_row;
use super::detail::Names;
use super::picture::wire;
use crate::app::App;
use crate::board::{Asked, BoardData, Moment};
use crate::extract::{Actor, Json, Path, Query, Reader};
use crate::problem::{ApiError, ApiResult};
use crate::sync::reader_scope;

/// As known when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    known: Option<String>,
    #[serde(default)]
    at_least: u64,
}

/// Who signed a statement and who approved it.
type Signed = (PersonId, Vec<PersonId>);

/// The account of one hazardous area, movement by movement, each with who signed it.
pub async fn account(
    State(app): State<App>,
    actor: Actor,
    Path(record): Path<RecordId>,
    Query(asked): Query<Known>,
) -> ApiResult<Json<Account>> {
    app.board().wait(asked.at_least).await?;
    let reader = Reader::from(&actor);
    // The rights of this moment count, whatever moment is looked at.
    let may = app.board().read(|board| {
        let known = board.get(record)?;
        reader_scope(board, &reader).holds(known).then_some(())
    });
    may.ok_or_else(ApiError::not_found)?;
    let asked = Asked {
        known: asked.known.as_deref(),
        on: None,
    };
    let moment = app.moment(asked).await?;
    let picture = app.picture(moment).await?;
    let exact = reader.sees_exact_points();
    let found = picture.read(|board| statement(&app, board, record, moment, exact));
    let (mut account, signed) = found.ok_or_else(ApiError::not_found)?;
    let mut people = Names::default();
    for (row, (author, approvers)) in account.movements.iter_mut().zip(signed) {
        row.author_name = people.of(&app, author).await?;
        for approver in approvers {
            row.approved_by.push(people.of(&app, approver).await?);
        }
        row.approved_by.sort();
    }
    Ok(Json(account))
}

fn statement(
    app: &App,
    board: &BoardData,
    record: RecordId,
    moment: Option<Moment>,
    exact: bool,
) -> Option<(Account, Vec<Signed>)> {
    let account = board.books().account(record)?;
    let work = board.books().work_on_hazard(record, Reports::Approved);
    let releases = releases(board, account);
    let wire = Account {
        upto: board.upto,
        known: moment.map(|moment| wire(app, moment)),
        class: account.class().map_or("", Class::code).to_owned(),
        outline: size(&account.outline),
        movements: (account.movements.iter())
            .map(|one| movement(board, one))
            .collect(),
        remaining: account.remaining,
        worked: work.map_or(0, |work| work.worked),
        left: work.map_or(account.remaining, |work| work.left),
        outside: board.books().outside(record),
        alarms: alarms(board, &releases, exact),
        releases,
    };
    let signed = (account.movements.iter())
        .map(|one| signed(board, one))
        .collect();
    Some((wire, signed))
}

fn movement(board: &BoardData, one: &Movement) -> MovementRow {
    let kind = board
        .get(one.record)
        .map_or_else(String::new, |known| known.summary.kind.clone());
    MovementRow {
        on: one.on.map(|on| on.to_string()).unwrap_or_default(),
        what: one.what.code().to_owned(),
        area: one.area,
        remaining: one.remaining,
        record: one.record,
        name: board.name_of(one.record),
        kind,
        class: one.class.code().to_owned(),
        revision: one.revision,
        author_name: String::new(),
        approved_by: Vec::new(),
    }
}

fn signed(board: &BoardData, one: &Movement) -> Signed {
    let version = board
        .get(one.record)
        .and_then(|known| known.record.version(one.revision));
    version.map_or((PersonId::new(one.record.uuid()), Vec::new()), |version| {
        let approvers = version.approvals.iter().map(|one| one.person).collect();
        (version.author, approvers)
    })
}

/// What releases the area or would, by record and way, the earliest first.
fn releases(board: &BoardData, account: &accounts::Account) -> Vec<ReleaseRow> {
    let again = (account.movements.iter())
        .rfind(|one| one.what == What::ReOpened && one.record == account.hazard)
        .and_then(|one| one.on);
    let mut rows: Vec<ReleaseRow> = (board.world.naming(account.hazard).iter())
        .filter(|release| !release.is_ended())
        .flat_map(|release| release_rows(board, account, again, release))
        .collect();
    rows.sort_by(|a, b| (&a.on, &a.name, &a.way).cmp(&(&b.on, &b.name, &b.way)));
    rows
}

fn release_rows(
    board: &BoardData,
    account: &accounts::Account,
    again: Option<Date>,
    release: &Record,
) -> Vec<ReleaseRow> {
    let Some(version) = release.officials().next().or_else(|| release.subject()) else {
        return Vec::new();
    };
    let (on, claimed, parts): (_, _, &[ReleasePart]) = match &version.content {
        Content::Completion(done) => (
            done.completed_on,
            done.claimed || version.imported,
            &done.parts,
        ),
        Content::Survey(survey) => (survey.day, version.imported, &survey.cancelled),
        _ => return Vec::new(),
    };
    let state = match version.status {
        Status::Official if claimed => "claimed",
        Status::Official if is_frozen(release, &board.world) => "frozen",
        // Its ground was opened again since: it stays in the history and takes nothing away.
        Status::Official if again.is_some() && on <= again => "history",
        Status::Official => "counts",
        Status::Open => "waiting",
        _ => return Vec::new(),
    };
    let mut by_way: BTreeMap<What, (Option<i64>, i64)> = BTreeMap::new();
    let cuts = Cut::proposed(release.id, version);
    for (part, cut) in parts.iter().zip(&cuts) {
        if part.hazards.contains(&account.hazard) {
            let sum = by_way.entry(part.way.into()).or_default();
            sum.0 = sum.0.max(part.depth);
            sum.1 += size(&cut.ground);
        }
    }
    (by_way.into_iter())
        .map(|(what, (depth, area))| ReleaseRow {
            record: release.id,
            name: board.name_of(release.id),
            on: on.map(|on| on.to_string()).unwrap_or_default(),
            way: what.code().to_owned(),
            area,
            depth,
            took: -(account.movements.iter())
                .filter(|one| one.record == release.id && one.what == what)
                .map(|one| one.area)
                .sum::<i64>(),
            state: state.to_owned(),
        })
        .collect()
}

/// Open alarms in ground that these records released. Exact points are for those who may see them.
fn alarms(board: &BoardData, releases: &[ReleaseRow], exact: bool) -> Vec<CheckRow> {
    let about =
        |records: &[RecordId]| (releases.iter()).any(|release| records.contains(&release.record));
    (board.alarms.values())
        .filter(|alarm| about(&alarm.finding.records))
        .map(|alarm| {
            let mut row = check_row(&alarm.finding, board);
            if !exact {
                row.at = None;
            }
            row
        })
        .collect()
}
