//! `GET /api/picture`: makes the picture of a moment ready, so that the map's tiles come at once.

use axum::extract::State;
use safelane_wire::desk::Picture;
use serde::Deserialize;

use crate::app::App;
use crate::board::{Asked, Moment};
use crate::extract::{Actor, Json, Query};
use crate::problem::ApiResult;

/// Two clocks: as known when, true on which day.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    known: Option<String>,
    on: Option<String>,
    #[serde(default)]
    at_least: u64,
}

/// The moment as the hub understands it; nothing for the present.
pub async fn picture(
    State(app): State<App>,
    _: Actor,
    Query(clocks): Query<Clocks>,
) -> ApiResult<Json<Option<Picture>>> {
    app.board().wait(clocks.at_least).await?;
    let asked = Asked {
        known: clocks.known.as_deref(),
        on: clocks.on.as_deref(),
    };
    let moment = app.moment(asked).await?;
    app.picture(moment).await?;
    Ok(Json(moment.map(|moment| wire(&app, moment))))
}

/// A moment as answers tell it.
pub fn wire(app: &App, moment: Moment) -> Picture {
    Picture {
        upto: moment.known.upto,
        at: moment.known.at.to_string(),
        day: app.board().settings().day_of(moment.known.at).to_string(),
        on: moment.on.map(|on| on.to_string()),
    }
}
