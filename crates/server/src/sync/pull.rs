//! `GET /api/sync/pull?after=N`: the log in its order, limited to what the person may read.

use axum::extract::State;
use safelane_ledger::{Head, SignedHead};
use safelane_store::{Entry, Limit};
use safelane_wire::sync::{
    MAX_PULL_ENTRIES, MAX_PUSH_BYTES, PullAnswer, PullEntry, PullQuery, RevisionText,
};

use super::scope::{ReaderScope, reader_scope};
use crate::app::App;
use crate::extract::{Actor, Json, Query, Reader};
use crate::problem::{ApiError, ApiResult};

/// Leaves that one pull looks at, so that a narrow scope in a long log still answers soon.
const MAX_LOOKED_AT: u64 = 20_000;

/// Gives entries after a number, the scope, and the log's signed head.
pub async fn pull(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<PullQuery>,
) -> ApiResult<Json<PullAnswer>> {
    let limit = asked.limit.map_or(MAX_PULL_ENTRIES, |limit| {
        (limit as usize).clamp(1, MAX_PULL_ENTRIES)
    });
    // The board must know every record that is given, so the log is read up to where it is.
    let point = app.store().point().await?;
    app.board().wait(point.size).await?;
    let scope = app
        .board()
        .read(|board| reader_scope(board, &Reader::from(&actor)));
    let seen_head = head_at(&app, asked.seen).await?;
    let told_head = head_at(&app, asked.told).await?;
    let head = SignedHead {
        hub: app.hub(),
        ledger: app.ledger(),
        size: point.size,
        head: point.head,
        at: app.now(),
    };
    let page = read_page(&app, &scope, asked.after, point.size, limit).await?;
    Ok(Json(PullAnswer {
        after: asked.after,
        upto: page.upto,
        head: app.sign(&head)?,
        seen_head,
        told_head,
        copy: app.store().copy(),
        scope: scope.wire(),
        entries: page.entries,
        more: page.upto < point.size,
    }))
}

async fn head_at(app: &App, size: Option<u64>) -> ApiResult<Option<Head>> {
    let Some(size) = size else { return Ok(None) };
    let point = app.store().point_at(size).await?;
    Ok(point.map(|point| point.head))
}

struct ReadPage {
    entries: Vec<PullEntry>,
    upto: u64,
}

async fn read_page(
    app: &App,
    scope: &ReaderScope,
    after: u64,
    size: u64,
    limit: usize,
) -> ApiResult<ReadPage> {
    let mut page = ReadPage {
        entries: Vec::new(),
        upto: after,
    };
    let mut bytes = 0;
    while page.upto < size && page.upto - after < MAX_LOOKED_AT {
        let entries = app.store().entries(page.upto, Limit::new(500)).await?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if entry.leaf.n > size || page.entries.len() >= limit || bytes > MAX_PUSH_BYTES {
                return Ok(page);
            }
            page.upto = entry.leaf.n;
            if let Some(one) = shown(app, scope, entry)? {
                bytes += one.leaf.len() + one.revision.bytes.len();
                bytes += one.revision.bodies.values().map(String::len).sum::<usize>();
                page.entries.push(one);
            }
        }
    }
    Ok(page)
}

/// The entry as this reader gets it; none outside the scope.
fn shown(app: &App, scope: &ReaderScope, mut entry: Entry) -> ApiResult<Option<PullEntry>> {
    let record = entry.revision.record();
    let seen = app.board().read(|board| {
        match board.get(record) {
            Some(known) => scope.holds(known).then(|| scope.shows_bodies(known)),
            // A judgement whose statement is not here yet, as after a hub was restored: who reads
            // everything is given it now, for they will not ask for this number again.
            None => scope.whole.then_some(scope.exact_points),
        }
    });
    let Some(with_bodies) = seen else {
        return Ok(None);
    };
    if !with_bodies {
        // The id and the signature hold without it: "not held here", never "missing".
        entry.signed.bodies.clear();
    }
    let leaf = String::from_utf8(entry.leaf_bytes).map_err(ApiError::internal)?;
    let revision = RevisionText::try_from(entry.signed).map_err(ApiError::internal)?;
    Ok(Some(PullEntry { leaf, revision }))
}
