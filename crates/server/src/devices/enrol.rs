//! `POST /api/devices/enrol`: a new key for the person who is signed in.

use axum::extract::State;
use safelane_ledger::document::DocumentError;
use safelane_ledger::{Document as _, Enrolment, KeyError, PublicKey, RecordId};
use safelane_model::Body;
use safelane_model::kinds::device::key;
use safelane_store::DeviceState;
use safelane_wire::problem::Code;
use safelane_wire::session::{EnrolRequest, Enrolled, SessionLevel};

use crate::app::App;
use crate::extract::{Actor, Json};
use crate::hub::{administrator, state};
use crate::problem::{ApiError, ApiResult};

/// Characters of a label.
const MAX_LABEL: usize = 60;

/// Enrols the key in the ledger, signed by the hub in an administrator's name.
pub async fn enrol(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<EnrolRequest>,
) -> ApiResult<Json<Enrolled>> {
    if actor.session.level != SessionLevel::Person {
        return Err(ApiError::not_allowed(
            "A device is added by a person who has given the password.",
        ));
    }
    if asked.label.chars().count() > MAX_LABEL {
        return Err(ApiError::new(
            Code::Invalid,
            format!("The label may have {MAX_LABEL} characters. Nothing was changed; shorten it."),
        ));
    }
    let enrolment = open(&asked.enrolment)?;
    let here = enrolment.ledger == app.ledger() && enrolment.hub == app.hub();
    if !here || enrolment.person != actor.person {
        return Err(proof_failed("is about another programme, hub or person"));
    }
    let store = app.store();
    if let Some(known) = store.device(enrolment.device).await? {
        let same = known.person == Some(actor.person) && known.key == enrolment.key;
        if !same || known.state != DeviceState::Active {
            return Err(ApiError::new(
                Code::Conflict,
                "A device of this name is enrolled already, or was revoked. Nothing was changed; \
                 the app makes a new key and asks again.",
            ));
        }
        return Ok(Json(enrolled(&app, &enrolment, &known.label)));
    }
    let short = format!("T{:02}", store.devices().await?.len() + 1);
    let label = match asked.label.trim() {
        "" => short.as_str(),
        label => label,
    };
    let body = Body::new()
        .with(key::person, actor.person.to_string())
        .with(key::public_key, enrolment.key.to_string())
        .with(key::label, label)
        .with(key::revoked, "no");
    let record = RecordId::new(enrolment.device.uuid());
    state(&app, record, "device", &body, administrator(&app).await?).await?;
    Ok(Json(enrolled(&app, &enrolment, &short)))
}

fn enrolled(app: &App, enrolment: &Enrolment, short: &str) -> Enrolled {
    Enrolled {
        device: enrolment.device,
        short: short.to_owned(),
        hub: app.hub(),
        hub_key: app.hub_key(),
    }
}

/// The enrolment, if the key that it names signed it and is sound.
fn open(text: &safelane_ledger::SignedText) -> ApiResult<Enrolment> {
    // The key stands in the text itself: it is read first, then it must have signed the whole.
    let value: serde_json::Value = serde_json::from_str(&text.bytes)
        .map_err(|_| proof_failed("is not in the form that is wanted"))?;
    let key = value.get("key").and_then(serde_json::Value::as_str);
    let key: PublicKey = match key.unwrap_or_default().parse() {
        Ok(key) => key,
        Err(KeyError::Weak) => {
            return Err(ApiError::new(
                Code::ProofFailed,
                "The key is weak: anybody could sign with it. It was not taken; the app must make \
                 another.",
            ));
        }
        Err(_) => return Err(proof_failed("names no Ed25519 key")),
    };
    debug_assert_eq!(Enrolment::LINE, safelane_ledger::Line::Enrolment);
    text.open::<Enrolment>(&key).map_err(|error| match error {
        DocumentError::Key(_) => proof_failed("is not signed by the key that it names"),
        DocumentError::Text(_) => proof_failed("is not in the form that is wanted"),
    })
}

fn proof_failed(how: &str) -> ApiError {
    ApiError::new(
        Code::ProofFailed,
        format!("The enrolment {how}. Nothing was changed; close the app, open it and try again."),
    )
}
