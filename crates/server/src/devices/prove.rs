//! `POST /api/devices/challenge` and `/prove`: a device signs what the hub asks, and may then send
//! although its person's session has ended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use safelane_ledger::{Challenge, DeviceId, Document as _, ReceivedAt};
use safelane_store::DeviceState;
use safelane_wire::problem::Code;
use safelane_wire::session::{ChallengeRequest, ChallengeText, Proof, SessionLevel};

use crate::app::App;
use crate::extract::Json;
use crate::problem::{ApiError, ApiResult};
use crate::sessions;

/// Seconds that a challenge may be answered.
const VALID_SECONDS: i64 = 120;
/// Challenges that are open at once; older ones give way.
const MAX_OPEN: usize = 10_000;

/// Challenges that wait for their answer; each is answered once.
#[derive(Debug, Default)]
pub struct Challenges(Mutex<HashMap<String, (DeviceId, ReceivedAt)>>);

impl Challenges {
    fn add(&self, nonce: String, device: DeviceId, expires: ReceivedAt, now: ReceivedAt) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MAX_OPEN {
            open.retain(|_, (_, until)| *until > now);
        }
        if open.len() < MAX_OPEN {
            open.insert(nonce, (device, expires));
        }
    }

    fn take(&self, challenge: &Challenge, now: ReceivedAt) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = open.remove(&challenge.nonce);
        found.is_some_and(|(device, until)| device == challenge.device && until > now)
    }
}

/// Gives something to sign; for a device that nobody knows too, so that the answer tells nothing.
pub async fn challenge(
    State(app): State<App>,
    Json(asked): Json<ChallengeRequest>,
) -> ApiResult<Json<ChallengeText>> {
    let nonce = hex::encode(app.random::<16>()?);
    let expires = app.after(VALID_SECONDS);
    app.challenges()
        .add(nonce.clone(), asked.device, expires, app.now());
    let challenge = Challenge {
        ledger: app.ledger(),
        hub: app.hub(),
        device: asked.device,
        nonce,
        expires,
    };
    let bytes = challenge.to_bytes().map_err(ApiError::internal)?;
    Ok(Json(ChallengeText {
        bytes: String::from_utf8(bytes).map_err(ApiError::internal)?,
    }))
}

/// The device that a challenge's text names, before anybody has verified it.
#[derive(serde::Deserialize)]
struct Named {
    device: DeviceId,
}

/// Opens a device's session: good for sending and for receipts.
pub async fn prove(
    State(app): State<App>,
    headers: HeaderMap,
    Json(asked): Json<Proof>,
) -> ApiResult<Response> {
    let failed = || {
        ApiError::new(
            Code::ProofFailed,
            "The device could not prove itself. Everything on it is kept; sign in with the \
             password.",
        )
    };
    let named: Named = serde_json::from_str(&asked.challenge.bytes).map_err(|_| failed())?;
    let device = app.store().device(named.device).await?.ok_or_else(failed)?;
    let challenge: Challenge = asked.challenge.open(&device.key).map_err(|_| failed())?;
    let ours = challenge.ledger == app.ledger() && challenge.hub == app.hub();
    if !ours || !app.challenges().take(&challenge, app.now()) {
        return Err(failed());
    }
    // The hub's own key signs in nobody's name here. A revoked device may still hand in its work,
    // which is then held: honest work is not lost.
    let person = device.person.ok_or_else(failed)?;
    if device.state == DeviceState::Revoked {
        tracing::warn!("a revoked device opened a session to hand in its work");
    }
    sessions::open(
        &app,
        &headers,
        person,
        SessionLevel::Device,
        Some(device.device),
    )
    .await
}
