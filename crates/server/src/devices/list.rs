//! `GET /api/devices`, `POST /api/devices/{device}/revoke`.

use axum::extract::State;
use safelane_ledger::{DeviceId, RecordId, Role};
use safelane_model::Body;
use safelane_model::kinds::device::key;
use safelane_store::{DeviceInfo, DeviceState};
use safelane_wire::desk::{DeviceRow, Page};

use crate::app::App;
use crate::extract::{Actor, Json, Path};
use crate::hub::state;
use crate::problem::{ApiError, ApiResult};

/// Every device, the longest silent first.
pub async fn list(State(app): State<App>, actor: Actor) -> ApiResult<Json<Page<DeviceRow>>> {
    actor.require(&[Role::Administrator, Role::Coordinator])?;
    Ok(Json(Page {
        upto: app.board().upto(),
        items: rows(&app).await?,
        next: None,
    }))
}

/// The rows of the list.
pub async fn rows(app: &App) -> ApiResult<Vec<DeviceRow>> {
    let mut rows = Vec::new();
    for device in app.store().devices().await? {
        rows.push(row(app, device).await?);
    }
    Ok(rows)
}

async fn row(app: &App, device: DeviceInfo) -> ApiResult<DeviceRow> {
    let person = device
        .person
        .ok_or_else(|| ApiError::internal("a device of nobody in the list"))?;
    Ok(DeviceRow {
        device: device.device,
        label: device.label,
        person,
        person_name: app.display_name(person).await?,
        enrolled: device.enrolled.map(|at| at.to_string()).unwrap_or_default(),
        heard: device.heard.map(|at| at.to_string()),
        state: match device.state {
            DeviceState::Active => "active",
            DeviceState::Revoked => "revoked",
            DeviceState::Held => "held",
        }
        .to_owned(),
    })
}

/// Revokes a device: what it sends from now on is held, and its sessions end.
pub async fn revoke(
    State(app): State<App>,
    actor: Actor,
    Path(device): Path<DeviceId>,
) -> ApiResult<Json<DeviceRow>> {
    actor.require(&[Role::Administrator])?;
    let known = app.store().device(device).await?;
    let known = known
        .filter(|device| device.person.is_some())
        .ok_or_else(ApiError::not_found)?;
    let person = known.person.ok_or_else(ApiError::not_found)?;
    if known.state != DeviceState::Revoked {
        let body = Body::new()
            .with(key::person, person.to_string())
            .with(key::public_key, known.key.to_string())
            .with(key::label, known.label.clone())
            .with(key::revoked, "yes");
        state(
            &app,
            RecordId::new(device.uuid()),
            "device",
            &body,
            actor.person,
        )
        .await?;
        app.store().end_sessions(person).await?;
    }
    let now = app
        .store()
        .device(device)
        .await?
        .ok_or_else(ApiError::not_found)?;
    Ok(Json(row(&app, now).await?))
}
