//! What the desk reads ([`safelane_wire::desk`]): records, the review queue, accounts, the morning
//! page, what is held. Reads alone: writing is push.

mod accounts;
mod changes;
mod checks;
mod claims;
mod detail;
mod held;
mod morning;
mod picture;
mod queue;
mod records;
mod review;
mod risk;
mod statement;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::app::App;
use crate::problem::ApiResult;

pub use accounts::{accounts, cell, restated};
pub use checks::checks;
pub use claims::{claim, claim_preview, claims};
pub use held::{admit, held};
pub use morning::morning;
pub use picture::picture;
pub use queue::review;
pub use records::{bbox, record, records};
pub use review::review_one;
pub use risk::zones;
pub use statement::account;

/// Asks for an answer that reflects at least this log number: after an approval.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtLeast {
    /// The log number.
    #[serde(default)]
    pub at_least: u64,
}

impl AtLeast {
    /// Waits for it.
    pub async fn wait(self, app: &App) -> ApiResult<()> {
        app.board().wait(self.at_least).await
    }
}

/// `GET /api/basemap`: the programme's own small map; an empty one when it has none.
pub async fn basemap(State(app): State<App>) -> Response {
    let bytes = app
        .config()
        .basemap
        .clone()
        .unwrap_or_else(|| br#"{"type":"FeatureCollection","features":[]}"#.to_vec());
    ([(header::CONTENT_TYPE, "application/geo+json")], bytes).into_response()
}
