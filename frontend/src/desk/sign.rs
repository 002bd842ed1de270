//! Signing at the desk: the engine of the field, and the wait for the hub's receipt.

use safelane_ledger::{Act, KindVersion, RecordId, RevisionId};
use safelane_model::body::Map;
use safelane_model::kinds;
use safelane_sync::SendState;
use serde::Serialize;

use super::live::Live;
use crate::field::engine::{Engine, NewRevision, Phase, vault};
use crate::field::words;
use crate::platform::clock;

/// How often the store is asked for the receipt, and how long before the person is told to go on.
const ASK_EVERY: std::time::Duration = std::time::Duration::from_millis(150);
const ASKS: usize = 80;

/// What became of a press. What was signed is kept on this device in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// In the ledger, up to this number.
    Received(u64),
    /// Signed and kept here; not sent yet, and why.
    Kept(String),
    /// The hub keeps it outside the record or refused it, and why.
    Outside(String),
    /// Nothing was signed, and why.
    NotSigned(String),
}

/// An act on a record, with a typed body.
pub fn act(
    record: RecordId,
    kind: &str,
    act: Act,
    parents: Vec<RevisionId>,
    body: &impl Serialize,
) -> Option<NewRevision> {
    let known = kinds::find(kind)?;
    let body = match serde_json::to_value(body).ok()? {
        serde_json::Value::Object(map) => map,
        _ => Map::new(),
    };
    Some(NewRevision {
        record,
        kind: KindVersion::new(known.name, known.version).ok()?,
        act,
        parents,
        body,
    })
}

/// Signs, sends and waits for the receipt; the desk's pages then read what it changed.
pub async fn sign(engine: Engine, live: Live, acts: Vec<NewRevision>, drafts: Vec<String>) -> Sent {
    let ids = match engine.submit(acts, drafts).await {
        Ok(ids) => ids,
        Err(error) => return Sent::NotSigned(error.sentence().to_owned()),
    };
    let sent = receipts(engine, &ids).await;
    if let Sent::Received(n) = sent {
        live.reached(n);
    }
    sent
}

async fn receipts(engine: Engine, ids: &[RevisionId]) -> Sent {
    let identity = leptos::prelude::GetUntracked::get_untracked(&engine.identity);
    let Some(identity) = identity.filter(|identity| identity.device.is_some()) else {
        return Sent::Kept(t!("field.submit.no_device").to_owned());
    };
    for _ in 0..ASKS {
        clock::sleep(ASK_EVERY).await;
        let stored = match vault::outbox(&identity).await {
            Ok(stored) => stored,
            Err(error) => return Sent::Kept(error.sentence().to_owned()),
        };
        let states: Vec<SendState> = stored
            .into_iter()
            .filter(|one| ids.contains(&one.id()))
            .map(|one| one.state)
            .collect();
        if let Some(outside) = states.iter().find_map(outside) {
            return Sent::Outside(outside);
        }
        let numbers: Option<Vec<u64>> = states.iter().map(number).collect();
        if let Some(n) = numbers.and_then(|numbers| numbers.into_iter().max()) {
            return Sent::Received(n);
        }
        let phase = leptos::prelude::WithUntracked::with_untracked(&engine.status, |status| {
            status.phase.clone()
        });
        match phase {
            Phase::NoNetwork => return Sent::Kept(t!("http.no_answer").to_owned()),
            Phase::Problem(why) => return Sent::Kept(why),
            Phase::Idle | Phase::Sending | Phase::NeedsSignIn => {}
        }
    }
    Sent::Kept(t!("http.no_answer").to_owned())
}

const fn number(state: &SendState) -> Option<u64> {
    match state {
        SendState::Received { n, .. } | SendState::Returned { n, .. } => Some(*n),
        SendState::Waiting | SendState::Held { .. } | SendState::Refused { .. } => None,
    }
}

fn outside(state: &SendState) -> Option<String> {
    match state {
        SendState::Held { reason, .. } => Some(words::held(*reason)),
        SendState::Refused { reason } => Some(words::refused(*reason)),
        _ => None,
    }
}
