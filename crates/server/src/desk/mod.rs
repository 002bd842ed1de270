//! What the desk reads ([`safelane_wire::desk`]): records, the review queue, accounts, the morning
//! page, what is held. Reads alone: writing is push.

mod accounts;
mod changes;
mod checks;
mod claims;
mod detail;
mod expiring;
mod held;
mod morning;
mod picture;
mod queue;
mod records;
mod review;
mod risk;
mod split;
mod statement;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::app::App;
use crate::extract::{Actor, Reader};
use crate::problem::{ApiError, ApiResult};
use crate::sync::reads_whole;

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
pub use split::split;
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

/// Refuses, with this sentence, whoever does not read the whole programme. The rights of this moment
/// count, whatever moment is looked at.
fn require_whole(actor: &Actor, sentence: &'static str) -> ApiResult<()> {
    if reads_whole(&Reader::from(actor)) {
        Ok(())
    } else {
        Err(ApiError::not_allowed(sentence))
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
