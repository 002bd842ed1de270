//! `GET /api/records` and `GET /api/records/{record}`.

use axum::extract::State;
use safelane_geometry::{Bbox, Position};
use safelane_ledger::RecordId;
use safelane_store::{Limit, Order, RecordFilter, Standing, StatusFilter};
use safelane_wire::desk::{Page, RecordDetail, RecordRow};
use serde::Deserialize;

use super::AtLeast;
use super::detail::detail;
use crate::app::App;
use crate::extract::{Actor, Json, Path, Query, Reader};
use crate::problem::{ApiError, ApiResult};
use crate::sync::reader_scope;

/// Rows of a page when none are asked for.
const ROWS: u32 = 100;

/// What a list asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    kind: Option<String>,
    status: Option<String>,
    bbox: Option<String>,
    q: Option<String>,
    after: Option<u64>,
    limit: Option<u32>,
    #[serde(default)]
    at_least: u64,
}

/// A page of records, those changed last first.
pub async fn records(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<Asked>,
) -> ApiResult<Json<Page<RecordRow>>> {
    app.board().wait(asked.at_least).await?;
    let filter = RecordFilter {
        kinds: asked
            .kind
            .iter()
            .flat_map(|kinds| kinds.split(','))
            .map(str::to_owned)
            .collect(),
        status: asked.status.as_deref().map(status).transpose()?,
        bbox: asked.bbox.as_deref().map(bbox).transpose()?,
        text: asked.q.filter(|text| !text.trim().is_empty()),
        without_ended: false,
        order: Order::Changed,
    };
    let limit = Limit::new(asked.limit.unwrap_or(ROWS));
    let page = app.store().records(&filter, asked.after, limit).await?;
    // The rows come from the board, which must know every record of the page.
    app.board().wait(page.upto).await?;
    let items = app.board().read(|board| {
        let scope = reader_scope(board, &Reader::from(&actor));
        page.items
            .iter()
            .filter_map(|summary| board.get(summary.record))
            .filter(|known| scope.holds(known))
            .map(|known| {
                let mut row = known.row.clone();
                if !scope.shows_bodies(known) {
                    row.bbox = None;
                }
                row
            })
            .collect()
    });
    Ok(Json(Page {
        upto: page.upto,
        items,
        next: page.next.map(|next| next.to_string()),
    }))
}

/// One record with its history.
pub async fn record(
    State(app): State<App>,
    actor: Actor,
    Path(record): Path<RecordId>,
    Query(at_least): Query<AtLeast>,
) -> ApiResult<Json<RecordDetail>> {
    at_least.wait(&app).await?;
    Ok(Json(detail(&app, &actor, record).await?))
}

fn status(word: &str) -> ApiResult<StatusFilter> {
    Ok(match word {
        "official" => StatusFilter::Official,
        "open" => StatusFilter::Open,
        "returned" => StatusFilter::Returned,
        "two-versions" => StatusFilter::TwoVersions,
        other => StatusFilter::Exactly(
            Standing::parse(other)
                .ok_or_else(|| ApiError::parameter("status", "is no standing"))?,
        ),
    })
}

/// A box from `west,south,east,north` in degrees.
pub fn bbox(text: &str) -> ApiResult<Bbox> {
    let wrong = |why: &str| ApiError::parameter("bbox", why);
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse::<f64>().ok().filter(|n| n.is_finite()))
        .collect::<Option<_>>()
        .ok_or_else(|| wrong("is no list of numbers"))?;
    let [west, south, east, north] = match numbers.as_slice() {
        // Six have heights, which nothing here has.
        [w, s, e, n] | [w, s, _, e, n, _] => [*w, *s, *e, *n],
        _ => return Err(wrong("has four numbers: west,south,east,north")),
    };
    if south > north {
        return Err(wrong("has its south north of its north"));
    }
    if west > east {
        return Err(wrong("crosses the antimeridian; ask for each side of it"));
    }
    let corner =
        |lon, lat| Position::from_degrees(lon, lat).map_err(|_| wrong("lies outside the world"));
    let corners = [corner(west, south)?, corner(east, north)?];
    Bbox::around(corners).ok_or_else(|| wrong("is empty"))
}

#[cfg(test)]
mod tests {
    use super::bbox;

    #[test]
    fn a_box_is_four_numbers_in_order_within_the_world() {
        assert!(bbox("17,44,18,45").is_ok());
        assert!(bbox("104,11,104.099999999999994,13").is_ok());
        for bad in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "a,b,c,d",
            "NaN,0,1,1",
            "0,5,1,4",
            "170,0,-170,1",
            "0,0,181,1",
        ] {
            assert!(bbox(bad).is_err(), "{bad}");
        }
    }
}
