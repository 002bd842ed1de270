//! What the hub itself signs: devices, roles, in an administrator's name.

use std::collections::BTreeMap;

use safelane_ledger::body::encode_body;
use safelane_ledger::{Act, Answer, KindVersion, PersonId, RecordId, RevisionId, Role, Tier};
use safelane_model::{Body, kinds};
use safelane_store::{Batch, HubDraft, Item};

use crate::app::App;
use crate::problem::{ApiError, ApiResult};

/// States a body about a record with the hub's key, in place of what is official.
pub async fn state(
    app: &App,
    record: RecordId,
    kind: &str,
    body: &Body,
    author: PersonId,
) -> ApiResult<u64> {
    let known = app.store().record(record).await?;
    let parents = known.map(|summary| summary.officials).unwrap_or_default();
    let batch = draft(app, record, kind, body, parents, author)?;
    let appended = app.store().append(batch).await?;
    match appended.answers.first().map(|answered| &answered.answer) {
        Some(Answer::Received { n, .. } | Answer::Duplicate { n, .. }) => Ok(*n),
        other => Err(ApiError::internal(format!(
            "the ledger did not take a {kind}: {other:?}"
        ))),
    }
}

/// A body about a record, to be stated with the hub's key in place of some statements.
pub fn draft(
    app: &App,
    record: RecordId,
    kind: &str,
    body: &Body,
    parents: Vec<RevisionId>,
    author: PersonId,
) -> ApiResult<Batch> {
    let version = kinds::find(kind).map_or(1, |kind| kind.version);
    let bytes = encode_body(body, app.salt()?).map_err(ApiError::internal)?;
    let draft = HubDraft {
        record,
        kind: KindVersion::new(kind, version).map_err(ApiError::internal)?,
        act: Act::Put,
        parents,
        bodies: BTreeMap::from([(Tier::T1, bytes)]),
        submission: None,
        author,
    };
    Ok(Batch {
        at: app.now(),
        items: vec![Item::from(draft)],
    })
}

/// In whose name the hub signs what no administrator pressed: the first administrator's, else its
/// own (a person with the hub's UUID, who has no account).
pub async fn administrator(app: &App) -> ApiResult<PersonId> {
    let grants = app.store().grants().await?;
    let found = grants
        .iter()
        .find(|grant| grant.rights.roles.contains(&Role::Administrator));
    Ok(found.map_or(PersonId::new(app.hub().uuid()), |grant| grant.person))
}
