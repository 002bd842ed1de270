//! `GET /api/accounts` and `GET /api/records/{record}/account`.

use std::collections::BTreeMap;

use axum::extract::State;
use safelane_ledger::RecordId;
use safelane_model::Date;
use safelane_rules::accounts::{By, Line, Reports};
use safelane_rules::content::Class;
use safelane_wire::desk::{Account, MovementRow, Totals, TotalsRow};
use serde::Deserialize;

use super::AtLeast;
use crate::app::App;
use crate::board::BoardData;
use crate::extract::{Actor, Json, Path, Query, Reader};
use crate::problem::{ApiError, ApiResult};
use crate::sync::reader_scope;

/// A period, and how lines are made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
    #[serde(default)]
    at_least: u64,
}

/// Totals of a period; without one, of the 365 days to today.
pub async fn accounts(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<Period>,
) -> ApiResult<Json<Totals>> {
    app.board().wait(asked.at_least).await?;
    let to = day("to", asked.to.as_deref())?.unwrap_or(app.today());
    let year_ago = to
        .plus_days(-365)
        .map_err(|_| ApiError::parameter("to", "lies outside the calendar"))?;
    let from = day("from", asked.from.as_deref())?.unwrap_or(year_ago);
    if from > to {
        return Err(ApiError::parameter("from", "is after the last day"));
    }
    let by = match asked.by.as_deref() {
        None | Some("district") => By::DistrictAndClass,
        Some("class") => By::Class,
        Some("none") => By::Nothing,
        Some(_) => return Err(ApiError::parameter("by", "is district, class or none")),
    };
    let one_person_release = app.board().settings().rules.one_person_release;
    app.board().read(|board| {
        if !reader_scope(board, &Reader::from(&actor)).whole {
            return Err(ApiError::not_allowed(
                "Totals are for those who read the whole programme.",
            ));
        }
        let waiting = board.books().waiting();
        Ok(Json(Totals {
            upto: board.upto,
            from: from.to_string(),
            to: to.to_string(),
            rows: rows(board, from, to, by),
            waiting: BTreeMap::from([
                ("cancelled".to_owned(), waiting.cancelled),
                ("reduced".to_owned(), waiting.reduced),
                ("cleared".to_owned(), waiting.cleared),
            ]),
            claimed: board.books().claimed(),
            one_person_release,
        }))
    })
}

fn rows(board: &BoardData, from: Date, to: Date, by: By) -> Vec<TotalsRow> {
    let totals = board.books().totals(from, to, by);
    let mut rows: Vec<TotalsRow> = totals
        .lines
        .iter()
        .map(|((district, class), line)| row(board, *district, *class, line))
        .collect();
    // One line alone is its own sum.
    if by != By::Nothing || rows.is_empty() {
        rows.push(row(board, None, None, &totals.all));
    }
    rows
}

fn row(
    board: &BoardData,
    district: Option<RecordId>,
    class: Option<Class>,
    line: &Line,
) -> TotalsRow {
    TotalsRow {
        district,
        name: district.map_or_else(String::new, |district| board.name_of(district)),
        class: class.map_or("all", Class::code).to_owned(),
        opening: line.opening,
        new: line.new,
        enlarged: line.enlarged,
        re_opened: line.re_opened,
        cancelled: line.cancelled,
        reduced: line.reduced,
        cleared: line.cleared,
        reclassified: line.reclassified,
        corrected: line.corrected,
        closing: line.closing,
        worked: line.worked,
        outside: line.outside,
        areas: line.areas,
    }
}

/// The account of one hazardous area.
pub async fn account(
    State(app): State<App>,
    actor: Actor,
    Path(record): Path<RecordId>,
    Query(at_least): Query<AtLeast>,
) -> ApiResult<Json<Account>> {
    at_least.wait(&app).await?;
    app.board().read(|board| {
        let scope = reader_scope(board, &Reader::from(&actor));
        let known = board.get(record).filter(|known| scope.holds(known));
        let account = known.and_then(|_| board.books().account(record));
        let account = account.ok_or_else(ApiError::not_found)?;
        let work = board.books().work_on_hazard(record, Reports::Approved);
        Ok(Json(Account {
            upto: board.upto,
            movements: account
                .movements
                .iter()
                .map(|one| MovementRow {
                    on: one.on.map(|on| on.to_string()).unwrap_or_default(),
                    what: one.what.code().to_owned(),
                    area: one.area,
                    remaining: one.remaining,
                    record: one.record,
                    name: board.name_of(one.record),
                    revision: one.revision,
                })
                .collect(),
            remaining: account.remaining,
            worked: work.map_or(0, |work| work.worked),
            outside: board.books().outside(record),
        }))
    })
}

fn day(name: &str, text: Option<&str>) -> ApiResult<Option<Date>> {
    text.map(|text| {
        text.parse()
            .map_err(|_| ApiError::parameter(name, "is no day like 2026-03-01"))
    })
    .transpose()
}
