//! `GET /api/accounts`, what a figure of it is made of, and what was restated.

use std::collections::BTreeMap;

use axum::extract::State;
use safelane_ledger::{ReceivedAt, RecordId};
use safelane_model::Date;
use safelane_rules::accounts::{
    Books, By, Column, Contaminant, Entry, Key, Line, Totals as Sums, What, restated_between,
};
use safelane_rules::content::Class;
use safelane_wire::desk::{Cell, CellRow, Restated, RestatedRow, Totals, TotalsRow};
use serde::Deserialize;

use super::picture::wire;
use super::require_whole;
use crate::app::App;
use crate::board::{Asked, BoardData, Moment, Picture};
use crate::extract::{Actor, Json, Query};
use crate::problem::{ApiError, ApiResult};

/// The rights of this moment count, whatever moment is looked at.
const WHOLE: &str = "Totals are for those who read the whole programme.";

/// A period, how lines are made, and as known when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
    contamination: Option<String>,
    known: Option<String>,
    #[serde(default)]
    at_least: u64,
}

/// One figure of the totals.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
    contamination: Option<String>,
    known: Option<String>,
    #[serde(default)]
    at_least: u64,
    column: String,
    district: Option<String>,
    class: Option<String>,
    organisation: Option<String>,
}

/// Two states of knowledge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Since {
    since: String,
    known: Option<String>,
    contamination: Option<String>,
    #[serde(default)]
    at_least: u64,
}

/// How lines are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    By(By),
    /// By the organisation whose team released the ground.
    Organisation,
}

impl Lines {
    fn of(text: Option<&str>) -> ApiResult<Self> {
        Ok(match text {
            None | Some("district") => Self::By(By::DistrictAndClass),
            Some("class") => Self::By(By::Class),
            Some("none") => Self::By(By::Nothing),
            Some("organisation") => Self::Organisation,
            Some(_) => {
                let why = "is district, class, organisation or none";
                return Err(ApiError::parameter("by", why));
            }
        })
    }

    const fn code(self) -> &'static str {
        match self {
            Self::By(By::DistrictAndClass) => "district",
            Self::By(By::Class) => "class",
            Self::By(By::Nothing) => "none",
            Self::Organisation => "organisation",
        }
    }

    /// Whether the lines hold a column: an organisation releases, it opens and closes nothing.
    const fn hold(self, column: Column) -> bool {
        match self {
            Self::By(_) => true,
            Self::Organisation => matches!(
                column,
                Column::Cancelled | Column::Reduced | Column::Cleared | Column::Outside
            ),
        }
    }

    fn key(self, board: &BoardData, entry: &Entry) -> Key {
        match self {
            Self::By(by) => by.key(entry),
            Self::Organisation => (organisation_of(board, entry.record), None),
        }
    }
}

/// What is asked about, on a picture that is ready.
struct Asking {
    picture: Picture,
    moment: Option<Moment>,
    from: Date,
    to: Date,
    lines: Lines,
    contaminant: Option<Contaminant>,
}

impl Asking {
    async fn of(app: &App, asked: &Period) -> ApiResult<Self> {
        app.board().wait(asked.at_least).await?;
        let lines = Lines::of(asked.by.as_deref())?;
        let contaminant = contaminant(asked.contamination.as_deref())?;
        let moment = app.moment(known(asked.known.as_deref())).await?;
        let last = moment.map_or(app.today(), |moment| day_of(app, moment.known.at));
        let to = day("to", asked.to.as_deref())?.unwrap_or(last);
        let year_ago = to
            .plus_days(-365)
            .map_err(|_| ApiError::parameter("to", "lies outside the calendar"))?;
        let from = day("from", asked.from.as_deref())?.unwrap_or(year_ago);
        if from > to {
            return Err(ApiError::parameter("from", "is after the last day"));
        }
        Ok(Self {
            picture: app.picture(moment).await?,
            moment,
            from,
            to,
            lines,
            contaminant,
        })
    }

    /// What the totals are made of.
    fn entries(&self, board: &BoardData) -> Vec<Entry> {
        let mut entries = board.books().entries(self.from, self.to);
        entries.retain(|entry| {
            self.lines.hold(entry.column) && concerns(self.contaminant, entry.hazard, board.books())
        });
        entries
    }
}

/// Totals of a period; without one, of the 365 days to today, or to the day of what was known.
pub async fn accounts(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<Period>,
) -> ApiResult<Json<Totals>> {
    require_whole(&actor, WHOLE)?;
    let asking = Asking::of(&app, &asked).await?;
    let one_person_release = asking.picture.settings().rules.one_person_release;
    let known = asking.moment.map(|moment| wire(&app, moment));
    Ok(Json(asking.picture.read(|board| {
        let mut waiting = [What::Cancelled, What::Reduced, What::Cleared]
            .map(|what| (what.code().to_owned(), 0))
            .into_iter()
            .collect::<BTreeMap<_, _>>();
        for (hazard, movement) in board.books().waiting_movements() {
            if concerns(asking.contaminant, hazard, board.books())
                && let Some(sum) = waiting.get_mut(movement.what.code())
            {
                *sum -= movement.area;
            }
        }
        Totals {
            upto: board.upto,
            known,
            by: asking.lines.code().to_owned(),
            from: asking.from.to_string(),
            to: asking.to.to_string(),
            rows: rows(board, &asking),
            waiting,
            claimed: board.books().claimed(),
            one_person_release,
        }
    })))
}

/// What one figure is made of.
pub async fn cell(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<Figure>,
) -> ApiResult<Json<Cell>> {
    require_whole(&actor, WHOLE)?;
    let waiting = asked.column.strip_prefix("waiting-").map(str::to_owned);
    let column = match &waiting {
        Some(_) => None,
        None => Some(
            Column::parse(&asked.column)
                .ok_or_else(|| ApiError::parameter("column", "is no column of the totals"))?,
        ),
    };
    let (district, organisation) = (
        Group::of("district", asked.district.as_deref())?,
        Group::of("organisation", asked.organisation.as_deref())?,
    );
    let class = asked.class.clone();
    let asking = Asking::of(
        &app,
        &Period {
            from: asked.from,
            to: asked.to,
            by: asked.by,
            contamination: asked.contamination,
            known: asked.known,
            at_least: asked.at_least,
        },
    )
    .await?;
    Ok(Json(asking.picture.read(|board| {
        let entries = match &waiting {
            Some(what) => waiting_entries(board, asking.contaminant, what),
            None => asking.entries(board),
        };
        let mut rows: Vec<CellRow> = (entries.iter())
            .filter(|entry| column.is_none_or(|column| entry.column == column))
            .filter(|entry| district.takes(entry.district))
            .filter(|entry| {
                class
                    .as_deref()
                    .is_none_or(|class| entry.class.map_or("", Class::code) == class)
            })
            .filter(|entry| organisation.takes(organisation_of(board, entry.record)))
            .filter(|entry| entry.area != 0)
            .map(|entry| cell_row(board, entry))
            .collect();
        rows.sort_by(|a, b| {
            (&a.on, &a.hazard_name, &a.name).cmp(&(&b.on, &b.hazard_name, &b.name))
        });
        Cell {
            upto: board.upto,
            sum: rows.iter().map(|row| row.area).sum(),
            rows,
        }
    })))
}

/// Figures of past days that a late or changed fact moved between two states of knowledge.
pub async fn restated(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<Since>,
) -> ApiResult<Json<Restated>> {
    require_whole(&actor, WHOLE)?;
    app.board().wait(asked.at_least).await?;
    let contaminant = contaminant(asked.contamination.as_deref())?;
    let since = app.moment(known(Some(&asked.since))).await?;
    let since = since.ok_or_else(|| {
        ApiError::parameter(
            "since",
            "is the present: nothing can have been restated since",
        )
    })?;
    let now = app.moment(known(asked.known.as_deref())).await?;
    let (before, after) = (app.picture(Some(since)).await?, app.picture(now).await?);
    let through = day_of(&app, since.known.at);
    let rows = before.read(|then| {
        after.read(|board| {
            restated_between(then.books(), board.books(), through)
                .iter()
                .filter(|one| {
                    let either = [board, then].map(BoardData::books);
                    contaminant.is_none()
                        || (either.iter()).any(|books| concerns(contaminant, one.hazard, books))
                })
                .map(|one| RestatedRow {
                    hazard: one.hazard,
                    hazard_name: board.name_of(one.hazard),
                    on: one.on.map(|on| on.to_string()).unwrap_or_default(),
                    what: one.what.code().to_owned(),
                    class: one.class.code().to_owned(),
                    record: one.record,
                    name: board.name_of(one.record),
                    before: one.before,
                    after: one.after,
                })
                .collect()
        })
    });
    Ok(Json(Restated {
        since: wire(&app, since),
        known: now.map(|moment| wire(&app, moment)),
        through: through.to_string(),
        rows,
    }))
}

const fn known(text: Option<&str>) -> Asked<'_> {
    Asked {
        known: text,
        on: None,
    }
}

fn day_of(app: &App, at: ReceivedAt) -> Date {
    app.board().settings().day_of(at)
}

fn contaminant(code: Option<&str>) -> ApiResult<Option<Contaminant>> {
    code.map(|code| {
        Contaminant::parse(code).ok_or_else(|| {
            let why = "is ap-mine, cluster-munition, av-mine or other";
            ApiError::parameter("contamination", why)
        })
    })
    .transpose()
}

/// Lines of which district or organisation a figure is of.
#[derive(Clone, Copy)]
enum Group {
    All,
    /// `none`: where there is none.
    Without,
    Of(RecordId),
}

impl Group {
    fn of(name: &str, text: Option<&str>) -> ApiResult<Self> {
        match text {
            None => Ok(Self::All),
            Some("none") => Ok(Self::Without),
            Some(id) => {
                (id.parse().map(Self::Of)).map_err(|_| ApiError::parameter(name, "is no id"))
            }
        }
    }

    fn takes(self, one: Option<RecordId>) -> bool {
        match self {
            Self::All => true,
            Self::Without => one.is_none(),
            Self::Of(group) => one == Some(group),
        }
    }
}

/// Whether a hazardous area belongs to a group of contamination.
fn concerns(group: Option<Contaminant>, hazard: RecordId, books: &Books) -> bool {
    group.is_none_or(|group| {
        (books.account(hazard)).is_some_and(|one| Contaminant::of(&one.contamination) == group)
    })
}

/// The organisation whose team made a report.
fn organisation_of(board: &BoardData, report: RecordId) -> Option<RecordId> {
    let first = |record: RecordId, field: &str| {
        let known = board.get(record)?;
        known.row.links.get(field)?.first().copied()
    };
    first(first(report, "team")?, "organisation")
}

fn rows(board: &BoardData, asking: &Asking) -> Vec<TotalsRow> {
    let entries = asking.entries(board);
    let sums = Sums::of(&entries, |entry| asking.lines.key(board, entry));
    let mut lines: Vec<(String, Key, &Line)> = (sums.lines.iter())
        .map(|(key, line)| (name_of(board, *key), *key, line))
        .collect();
    // As people look for them; what has no name last.
    lines.sort_by(|(a, x, _), (b, y, _)| (a.is_empty(), a, x).cmp(&(b.is_empty(), b, y)));
    let mut rows: Vec<TotalsRow> = (lines.into_iter())
        .map(|(name, key, line)| row(name, asking.lines, key, line))
        .collect();
    // One line alone is its own sum.
    if asking.lines != Lines::By(By::Nothing) || rows.is_empty() {
        let whole = Lines::By(By::Nothing);
        rows.push(row(String::new(), whole, (None, None), &sums.all));
    }
    rows
}

fn name_of(board: &BoardData, (group, _): Key) -> String {
    group.map_or_else(String::new, |group| board.name_of(group))
}

fn row(name: String, lines: Lines, (group, class): Key, line: &Line) -> TotalsRow {
    let by_organisation = lines == Lines::Organisation;
    TotalsRow {
        district: group.filter(|_| !by_organisation),
        organisation: group.filter(|_| by_organisation),
        name,
        class: match class {
            Some(class) => class.code(),
            None if by_organisation => "",
            None => "all",
        }
        .to_owned(),
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

fn cell_row(board: &BoardData, entry: &Entry) -> CellRow {
    let kind = board
        .get(entry.record)
        .map_or_else(String::new, |known| known.summary.kind.clone());
    CellRow {
        hazard: entry.hazard,
        hazard_name: board.name_of(entry.hazard),
        class: entry.class.map_or("", Class::code).to_owned(),
        on: entry.on.map(|on| on.to_string()).unwrap_or_default(),
        area: entry.area,
        record: entry.record,
        kind,
        name: board.name_of(entry.record),
        organisation: organisation_of(board, entry.record)
            .map_or_else(String::new, |organisation| board.name_of(organisation)),
    }
}

/// What waits for a decision one way, as parts of a figure.
fn waiting_entries(board: &BoardData, group: Option<Contaminant>, what: &str) -> Vec<Entry> {
    (board.books().waiting_movements().into_iter())
        .filter(|(_, movement)| movement.what.code() == what)
        .filter(|(hazard, _)| concerns(group, *hazard, board.books()))
        .map(|(hazard, movement)| Entry {
            column: movement.what.into(),
            hazard,
            district: board.books().account(hazard).and_then(|one| one.district),
            class: Some(movement.class),
            on: movement.on,
            area: -movement.area,
            record: movement.record,
            revision: Some(movement.revision),
        })
        .collect()
}

/// A day of an address.
fn day(name: &str, text: Option<&str>) -> ApiResult<Option<Date>> {
    text.map(|text| {
        text.parse()
            .map_err(|_| ApiError::parameter(name, "is no day like 2026-03-01"))
    })
    .transpose()
}
