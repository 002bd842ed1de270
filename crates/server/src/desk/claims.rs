//! `GET /api/claims`, `/api/claims/{record}` and its preview: what imported sources say was
//! released, and what it would take once linked. Linking itself is an ordinary push.

use axum::extract::State;
use safelane_ledger::RecordId;
use safelane_model::Date;
use safelane_rules::blocks_approval;
use safelane_rules::claims::{self, DRAWING, Link, Overlap};
use safelane_rules::ground::size;
use safelane_store::{Limit, Order, RecordFilter, RecordSummary, StatusFilter};
use safelane_wire::desk::{AreaChange, ClaimDetail, ClaimPreview, ClaimRow, Claims, OverlapRow};
use serde::Deserialize;

use super::AtLeast;
use super::changes::ground;
use super::checks::row as check_row;
use super::detail::detail;
use super::require_whole;
use crate::app::App;
use crate::board::BoardData;
use crate::extract::{Actor, Json, Path, Query};
use crate::problem::{ApiError, ApiResult};

/// Claims lie anywhere in the programme, so they are for those who read all of it.
const WHOLE: &str = "Claimed releases are for those who read the whole programme.";

/// Rows of a page when none are asked for.
const ROWS: u32 = 40;
/// Records that one page looks at, so that a list of few among thousands still answers soon.
const MAX_LOOKED_AT: usize = 1_000;
/// Hazardous areas that one release may name: more is a mistake.
const MAX_HAZARDS: usize = 100;

/// Which claims a list wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Show {
    /// Those that share ground with a recorded hazardous area, and that nobody has linked.
    #[default]
    Overlapping,
    /// Those that somebody has linked and that wait for review.
    Waiting,
    /// Every one.
    All,
}

/// What a list asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    show: Show,
    q: Option<String>,
    after: Option<u64>,
    limit: Option<u32>,
    #[serde(default)]
    at_least: u64,
}

/// A page of claimed releases, the oldest first.
pub async fn claims(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<Asked>,
) -> ApiResult<Json<Claims>> {
    app.board().wait(asked.at_least).await?;
    require_whole(&actor, WHOLE)?;
    let filter = RecordFilter {
        kinds: vec!["clearance".to_owned()],
        status: (asked.show == Show::Waiting).then_some(StatusFilter::Open),
        text: asked.q.filter(|text| !text.trim().is_empty()),
        without_ended: true,
        order: Order::Oldest,
        ..RecordFilter::default()
    };
    let limit = asked.limit.unwrap_or(ROWS).clamp(1, Limit::MAX.get()) as usize;
    let mut items = Vec::new();
    let (mut after, mut looked_at) = (asked.after, 0);
    let next = loop {
        let page = app.store().records(&filter, after, Limit::new(100)).await?;
        // The rows come from the board, which must know every record of the page.
        app.board().wait(page.upto).await?;
        let room = limit - items.len();
        looked_at += page.items.len();
        let (found, last) = rows(&app, page.items, asked.show, room).await?;
        items.extend(found);
        match (last, page.next) {
            (Some(last), _) => break Some(last),
            (None, None) => break None,
            (None, next) if looked_at >= MAX_LOOKED_AT => break next,
            (None, next) => after = next,
        }
    };
    let (upto, count, area) = app.board().read(|board| {
        let all = board.of_kind("clearance");
        let count = all.filter(|known| claims::claim(&known.record).is_some());
        (board.upto, count.count(), board.books().claimed())
    });
    Ok(Json(Claims {
        upto,
        items,
        next: next.map(|next| next.to_string()),
        count: count as u64,
        area,
    }))
}

/// The rows of these records; with as many as there is room for, also where to go on.
///
/// Overlays are work for a processor: never on a thread that others wait for.
async fn rows(
    app: &App,
    summaries: Vec<RecordSummary>,
    show: Show,
    room: usize,
) -> ApiResult<(Vec<ClaimRow>, Option<u64>)> {
    let app = app.clone();
    let work = move || {
        let mut found = Vec::new();
        for summary in summaries {
            let row = app.board().read(|board| row(board, summary.record));
            found.extend(row.filter(|row| wanted(row, show)));
            if found.len() == room {
                return (found, Some(summary.first));
            }
        }
        (found, None)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(ApiError::internal)
}

fn wanted(row: &ClaimRow, show: Show) -> bool {
    match show {
        Show::Overlapping => row.open.is_none() && row.overlaps.iter().any(shares_ground),
        Show::Waiting => row.open.is_some(),
        Show::All => true,
    }
}

fn shares_ground(one: &OverlapRow) -> bool {
    one.common >= DRAWING
}

fn row(board: &BoardData, record: RecordId) -> Option<ClaimRow> {
    let known = board.get(record)?;
    let (version, done) = claims::claim(&known.record)?;
    let overlaps = claims::overlaps(done, &board.world);
    Some(ClaimRow {
        row: known.row.clone(),
        claim: version.id,
        area: size(&claims::ground(done)),
        overlaps: overlaps.iter().map(|one| overlap(board, one)).collect(),
        open: known.summary.open.last().copied(),
        returned: known.summary.returned.last().copied(),
    })
}

fn overlap(board: &BoardData, one: &Overlap) -> OverlapRow {
    let codes = board.get(one.hazard).map(|known| &known.row.codes);
    OverlapRow {
        hazard: one.hazard,
        name: board.name_of(one.hazard),
        class: codes
            .and_then(|codes| codes.get("classification"))
            .cloned()
            .unwrap_or_default(),
        area: one.area,
        common: one.common,
        remaining: one.remaining,
    }
}

/// One claimed release with its history and the ground around it.
pub async fn claim(
    State(app): State<App>,
    actor: Actor,
    Path(record): Path<RecordId>,
    Query(at_least): Query<AtLeast>,
) -> ApiResult<Json<ClaimDetail>> {
    at_least.wait(&app).await?;
    require_whole(&actor, WHOLE)?;
    let record = detail(&app, &actor, record).await?;
    let id = record.row.record;
    let found = app.board().read(|board| {
        let known = board.get(id)?;
        let claim = row(board, id)?;
        let drawn = ground(board, known, claim.open.unwrap_or(claim.claim));
        Some((board.upto, claim, drawn))
    });
    let (upto, claim, ground) = found.ok_or_else(ApiError::not_found)?;
    Ok(Json(ClaimDetail {
        upto,
        claim,
        record,
        ground,
    }))
}

/// What somebody thinks of linking.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thought {
    /// Ids with commas between.
    #[serde(default)]
    hazards: String,
    on: Option<String>,
    depth: Option<i64>,
    /// Whether a reason is stated; its words are nobody's business yet.
    #[serde(default)]
    reason: bool,
    #[serde(default)]
    at_least: u64,
}

impl Thought {
    fn link(&self) -> ApiResult<Link> {
        let no_id = || ApiError::parameter("hazards", "is no list of ids");
        let ids = self.hazards.split(',').filter(|id| !id.is_empty());
        let hazards: Vec<RecordId> = ids
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| no_id())?;
        if hazards.len() > MAX_HAZARDS {
            return Err(ApiError::parameter("hazards", "names more than 100"));
        }
        let day = |text: &str| {
            text.parse::<Date>()
                .map_err(|_| ApiError::parameter("on", "is no day like 2026-03-01"))
        };
        Ok(Link {
            hazards,
            completed_on: self.on.as_deref().map(day).transpose()?,
            depth: self.depth,
            reason: self.reason.then(|| "stated".to_owned()),
        })
    }
}

/// Square metres before and after, were the claim linked so and accepted. Nothing is written.
pub async fn claim_preview(
    State(app): State<App>,
    actor: Actor,
    Path(record): Path<RecordId>,
    Query(thought): Query<Thought>,
) -> ApiResult<Json<ClaimPreview>> {
    app.board().wait(thought.at_least).await?;
    require_whole(&actor, WHOLE)?;
    let (link, today) = (thought.link()?, app.today());
    let preview = app.board().read(|board| {
        let known = board.get(record)?;
        let (_, done) = claims::claim(&known.record)?;
        let areas = claims::areas_of_link(record, done, &link, &board.world);
        let overlaps = claims::overlaps(done, &board.world);
        let checks = claims::checks_of_link(&known.record, &link, &board.world, today);
        Some(ClaimPreview {
            upto: board.upto,
            areas: areas
                .iter()
                .map(|change| AreaChange {
                    what: change.what.code().to_owned(),
                    record: Some(change.record),
                    before: change.before,
                    after: change.after,
                })
                .collect(),
            blocked_by: blocks_approval(&checks)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            checks: (checks.iter())
                .map(|finding| check_row(finding, board))
                .collect(),
            apart: claims::without_common_ground(&overlaps, &link)
                .into_iter()
                .collect(),
        })
    });
    preview.map(Json).ok_or_else(ApiError::not_found)
}
