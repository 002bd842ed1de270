//! `GET /api/held` and `POST /api/held/{revision}/admit`.

use axum::extract::State;
use safelane_ledger::{HeldReason, RevisionId, Role, Tier};
use safelane_store::{Limit, Stored};
use safelane_wire::desk::{HeldRow, Page};
use serde::Deserialize;
use serde_json::Value;

use super::detail::Names;
use crate::app::App;
use crate::extract::{Actor, Json, Path, Query};
use crate::problem::{ApiError, ApiResult};
use crate::sync::to_map;

/// Let in, it would be the word of somebody who never gave it.
const FOREIGN: &str =
    "It was signed on one person's device in the name of another, and stays outside.";

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    after: Option<u64>,
    limit: Option<u32>,
    #[serde(default)]
    at_least: u64,
}

/// Revisions kept outside the ledger, the newest first.
pub async fn held(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<Asked>,
) -> ApiResult<Json<Page<HeldRow>>> {
    actor.require(&[Role::Coordinator, Role::Administrator])?;
    app.board().wait(asked.at_least).await?;
    let page = app
        .store()
        .held(asked.after, Limit::new(asked.limit.unwrap_or(100)))
        .await?;
    let mut names = Names::default();
    let mut items = Vec::new();
    for one in page.items {
        let device = app.store().device(one.revision.device()).await?;
        let body = one.signed.bodies.get(&Tier::T1);
        let body = body.and_then(|bytes| safelane_ledger::canonical::parse(bytes).ok());
        items.push(HeldRow {
            revision: one.revision.id(),
            reason: match serde_json::to_value(one.reason) {
                Ok(Value::String(word)) => word,
                _ => String::new(),
            },
            kind: one.revision.kind().name().to_owned(),
            record: one.revision.record(),
            author_name: names.of(&app, one.revision.author()).await?,
            device_label: device.map(|device| device.label).unwrap_or_default(),
            received: one.at.to_string(),
            body: body.as_ref().map(to_map).transpose()?,
        });
    }
    Ok(Json(Page {
        upto: page.upto,
        items,
        next: page.next.map(|next| next.to_string()),
    }))
}

/// What became of an admission.
#[derive(Debug, serde::Serialize)]
pub struct Admitted {
    /// The log number.
    upto: u64,
}

/// A coordinator lets a held revision into the ledger; it then waits for judgement like any other.
pub async fn admit(
    State(app): State<App>,
    actor: Actor,
    Path(revision): Path<RevisionId>,
) -> ApiResult<Json<Admitted>> {
    actor.require(&[Role::Coordinator])?;
    if let Some(Stored::Held(held)) = app.store().revision(revision).await? {
        let device = app.store().device(held.revision.device()).await?;
        let signed_by_actor = device.is_some_and(|device| device.person == Some(actor.person));
        if held.revision.author() == actor.person || signed_by_actor {
            return Err(ApiError::not_allowed("Nobody admits their own revision."));
        }
        if held.reason == HeldReason::AuthorMismatch {
            return Err(ApiError::not_allowed(FOREIGN));
        }
    }
    let answered = app.store().admit(revision, actor.person, app.now()).await?;
    let upto = answered.receipt_leaf().map_or(0, |leaf| leaf.n);
    Ok(Json(Admitted { upto }))
}
