//! `GET /api/records/{record}/split`: a hazardous area in two parts along a line, before anybody
//! signs that.

use axum::extract::State;
use safelane_geometry::{MultiPolygon, Position};
use safelane_ledger::{Act, RecordId};
use safelane_model::Date;
use safelane_rules::split::{self, CannotSplit, Keeps, Part};
use safelane_rules::{World as _, may};
use safelane_wire::desk::{SplitPart, SplitParts, SplitPreview};
use serde::Deserialize;
use serde_json::Value;

use super::require_whole;
use crate::app::App;
use crate::extract::{Actor, Json, Path, Query};
use crate::problem::{ApiError, ApiResult};

const WHOLE: &str = "Hazardous areas are split by those who read the whole programme.";
/// Positions of a line that somebody draws or types; more is no such line.
const MAX_POSITIONS: usize = 500;

/// A line, and which part keeps the number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    line: String,
    keeps: Option<String>,
    on: Option<String>,
    #[serde(default)]
    at_least: u64,
}

impl Line {
    fn positions(&self) -> ApiResult<Vec<Position>> {
        let why = "is no list of positions like 184100000,438600000;184110000,438600000";
        let position = |text: &str| {
            let (lon, lat) = text.split_once(',')?;
            let (lon, lat): (i64, i64) = (lon.parse().ok()?, lat.parse().ok()?);
            Position::try_new_e7(lon, lat).ok()
        };
        let texts = self.line.split(';').filter(|text| !text.is_empty());
        let line: Option<Vec<Position>> = texts.map(position).collect();
        match line {
            Some(line) if line.len() <= MAX_POSITIONS => Ok(line),
            Some(_) => Err(ApiError::parameter("line", "has more than 500 positions")),
            None => Err(ApiError::parameter("line", why)),
        }
    }

    fn keeps(&self) -> ApiResult<Keeps> {
        match self.keeps.as_deref() {
            None | Some("left") => Ok(Keeps::Left),
            Some("right") => Ok(Keeps::Right),
            Some(_) => Err(ApiError::parameter("keeps", "is left or right")),
        }
    }

    fn on(&self, today: Date) -> ApiResult<Date> {
        let day = |text: &str| {
            text.parse()
                .map_err(|_| ApiError::parameter("on", "is no day like 2026-03-01"))
        };
        self.on.as_deref().map_or(Ok(today), day)
    }
}

/// Both parts and what remains of them, or why not. Nothing is written.
pub async fn split(
    State(app): State<App>,
    actor: Actor,
    Path(record): Path<RecordId>,
    Query(asked): Query<Line>,
) -> ApiResult<Json<SplitPreview>> {
    app.board().wait(asked.at_least).await?;
    require_whole(&actor, WHOLE)?;
    if !may(&actor.rights.roles, "hazardous-area", Act::Put) {
        return Err(ApiError::not_allowed(WHOLE));
    }
    let (line, keeps) = (asked.positions()?, asked.keeps()?);
    let today = app.board().settings().day_of(app.now());
    let on = asked.on(today)?;
    let found = app.board().read(|board| {
        let known = board.get(record)?;
        if known.record.kind != "hazardous-area" {
            return None;
        }
        let before = (board.world.books().account(record)).map_or(0, |one| one.remaining);
        let world = &board.world;
        let split = split::split(&known.record, &line, keeps, on, world, today);
        Some((board.upto, before, split))
    });
    let (upto, before, split) = found.ok_or_else(ApiError::not_found)?;
    let empty = SplitPreview {
        upto,
        before,
        parts: None,
        problem: None,
        at: None,
    };
    Ok(Json(match split {
        Ok(split) => SplitPreview {
            parts: Some(SplitParts {
                kept: part(&split.kept)?,
                new: part(&split.new)?,
            }),
            ..empty
        },
        Err(problem) => SplitPreview {
            problem: Some(problem.code().to_owned()),
            at: place(&problem),
            ..empty
        },
    }))
}

fn part(part: &Part) -> ApiResult<SplitPart> {
    Ok(SplitPart {
        outline: outline(&part.outline)?,
        remaining: part.remaining,
    })
}

fn outline(shape: &MultiPolygon) -> ApiResult<Value> {
    serde_json::to_value(shape).map_err(ApiError::internal)
}

fn place(problem: &CannotSplit) -> Option<[i64; 2]> {
    let CannotSplit::Line(problem) = problem else {
        return None;
    };
    let at = problem.at()?;
    Some([i64::from(at.lon_e7()), i64::from(at.lat_e7())])
}
