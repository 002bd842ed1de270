//! `GET|POST /api/programme`: the programme's settings. Every change is an act in the ledger, signed by
//! the hub's key in the administrator's name, with its reason.
//!
//! What takes danger off the map or a pair of eyes off a release waits until others have approved
//! it, like any statement: the permission table says for whom.

use std::collections::BTreeSet;

use axum::extract::State;
use safelane_ledger::body::SALT_KEY;
use safelane_ledger::{RevisionId, Role};
use safelane_model::body::Map;
use safelane_model::check::{self, Context};
use safelane_model::kinds::programme::{Programme, is_setting, key};
use safelane_model::{Body, kinds};
use safelane_store::{Limit, Order, RecordFilter, RecordSummary};
use safelane_wire::desk::{NewSettings, ProgrammeSettings, SettingsChanged};
use safelane_wire::problem::{Code, FieldProblem};

use crate::app::App;
use crate::extract::{Actor, Json};
use crate::hub::state;
use crate::problem::{ApiError, ApiResult};
use crate::sync::to_map;

/// The settings as they stand, for who administers or coordinates.
pub async fn show(State(app): State<App>, actor: Actor) -> ApiResult<Json<ProgrammeSettings>> {
    actor.require(&[Role::Administrator, Role::Coordinator, Role::Approver])?;
    let (summary, stands, body) = stands(&app).await?;
    Ok(Json(ProgrammeSettings {
        record: summary.record,
        stands,
        body,
        waits: summary.open.last().copied(),
    }))
}

async fn stands(app: &App) -> ApiResult<(RecordSummary, RevisionId, Map)> {
    let filter = RecordFilter {
        kinds: vec![Programme::KIND.name.to_owned()],
        order: Order::Oldest,
        ..RecordFilter::default()
    };
    for summary in app.store().records(&filter, None, Limit::MAX).await?.items {
        let Some(stands) = summary.officials.last().copied() else {
            continue;
        };
        let body = app.store().programme().await?;
        let mut body = body
            .as_ref()
            .and_then(|body| to_map(body).ok())
            .ok_or_else(ApiError::not_found)?;
        body.remove(SALT_KEY);
        return Ok((summary, stands, body));
    }
    Err(ApiError::not_found())
}

/// Changes settings, for administrators.
pub async fn change(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<NewSettings>,
) -> ApiResult<Json<SettingsChanged>> {
    actor.require(&[Role::Administrator])?;
    let _alone = app.settling().await;
    let (summary, stands, before) = stands(&app).await?;
    if stands != asked.stands || summary.officials.len() > 1 || !summary.open.is_empty() {
        return Err(ApiError::new(
            Code::Conflict,
            "The settings were changed meanwhile, or a change of them waits for approval. Nothing was changed; look at them again.",
        ));
    }
    let body = changed(&app, before, &asked)?;
    let record = summary.record;
    let n = state(&app, record, "programme", &Body(body), actor.person).await?;
    app.board().wait(n).await?;
    let now = app.store().record(record).await?;
    Ok(Json(SettingsChanged {
        n,
        waits: now.is_some_and(|now| !now.open.is_empty()),
    }))
}

/// The body with the changes, or everything that is wrong with them.
fn changed(app: &App, mut body: Map, asked: &NewSettings) -> ApiResult<Map> {
    let before = body.clone();
    let mut wrong = Vec::new();
    for (field, value) in &asked.changes {
        if !is_setting(field) {
            wrong.push(problem(field, "not-changeable"));
            continue;
        }
        match value {
            Some(value) => _ = body.insert(field.clone(), value.clone()),
            None => _ = body.remove(field),
        }
    }
    let reason = asked.reason.trim();
    if reason.is_empty() {
        wrong.push(problem(key::change_reason, "required"));
    }
    if body == before && wrong.is_empty() {
        wrong.push(problem(key::name, "nothing-changed"));
    }
    body.insert(key::change_reason.to_owned(), reason.into());
    let context = Context {
        today: app.today(),
        area: None,
    };
    let kind = kinds::find(Programme::KIND.name).ok_or_else(ApiError::not_found)?;
    let asked: BTreeSet<&str> = (asked.changes.keys().map(String::as_str))
        .chain([key::change_reason])
        .collect();
    let found = check::problems(kind, &body, &context);
    wrong.extend(
        (found.iter())
            .filter(|one| asked.contains(one.field.split('.').next().unwrap_or_default()))
            .map(|one| problem(&one.field, one.code)),
    );
    if wrong.is_empty() {
        return Ok(body);
    }
    let sentence =
        "These settings do not hold. Nothing was changed; correct the fields named here.";
    Err(ApiError::new(Code::Invalid, sentence).with_fields(wrong))
}

fn problem(field: &str, key: &str) -> FieldProblem {
    FieldProblem {
        field: field.to_owned(),
        key: key.to_owned(),
        args: std::collections::BTreeMap::new(),
    }
}
