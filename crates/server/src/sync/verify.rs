//! What can be decided about a revision from its bytes and its device's key alone.

use std::collections::HashMap;

use safelane_ledger::{
    DeviceId, KeyError, LedgerId, PublicKey, RefusedReason, SignedRevision, Tier, VerifyError,
};
use safelane_store::{Store, Verified};
use serde::Deserialize;

use crate::problem::{ApiError, ApiResult};

/// A verified revision, or why nothing is kept of it.
pub type Checked = Result<Box<Verified>, RefusedReason>;

/// The device that a revision claims, if its bytes are that much of a revision.
#[derive(Deserialize)]
struct Claim {
    device: DeviceId,
}

/// Checks all revisions of a push, on as many cores as there are.
pub async fn verify_all(
    store: &dyn Store,
    ledger: LedgerId,
    revisions: Vec<SignedRevision>,
) -> ApiResult<Vec<Checked>> {
    let mut keys: HashMap<DeviceId, Option<PublicKey>> = HashMap::new();
    for revision in &revisions {
        if let Ok(claim) = serde_json::from_slice::<Claim>(&revision.bytes)
            && !keys.contains_key(&claim.device)
        {
            let device = store.device(claim.device).await?;
            keys.insert(claim.device, device.map(|device| device.key));
        }
    }
    let keys = std::sync::Arc::new(keys);
    // Signatures take some 60 µs each: never on an async thread, and single ones not worth a split.
    let parts = if revisions.len() < 16 { 1 } else { 2 };
    let size = revisions.len().div_ceil(parts).max(1);
    let mut rest = revisions.into_iter();
    let mut tasks = Vec::new();
    loop {
        let chunk: Vec<_> = rest.by_ref().take(size).collect();
        if chunk.is_empty() {
            break;
        }
        let keys = std::sync::Arc::clone(&keys);
        tasks.push(tokio::task::spawn_blocking(move || {
            chunk
                .into_iter()
                .map(|one| verify(one, ledger, &keys))
                .collect::<Vec<_>>()
        }));
    }
    let mut checked = Vec::new();
    for task in tasks {
        checked.extend(task.await.map_err(ApiError::internal)?);
    }
    Ok(checked)
}

fn verify(
    signed: SignedRevision,
    ledger: LedgerId,
    keys: &HashMap<DeviceId, Option<PublicKey>>,
) -> Checked {
    let unverified = signed.read().map_err(|error| refused(&error))?;
    let claim = unverified.claim();
    if claim.ledger() != ledger {
        let mixes = claim.ledger().is_demo() != ledger.is_demo();
        return Err(if mixes {
            RefusedReason::DemoMismatch
        } else {
            RefusedReason::WrongLedger
        });
    }
    if unverified.missing_bodies().any(|tier| tier == Tier::T1) {
        return Err(RefusedReason::BodyMissing);
    }
    let key = keys.get(&claim.device()).copied().flatten();
    let key = key.ok_or(RefusedReason::UnknownDevice)?;
    drop(unverified);
    Verified::new(signed, &key)
        .map(Box::new)
        .map_err(|error| refused(&error))
}

fn refused(error: &VerifyError) -> RefusedReason {
    match error {
        VerifyError::TooLarge => RefusedReason::TooLarge,
        VerifyError::NotCanonical(_) => RefusedReason::NotCanonical,
        VerifyError::Shape(_) | VerifyError::Structure(_) | VerifyError::BodyShape(_) => {
            RefusedReason::Malformed
        }
        VerifyError::UnknownBody(_) | VerifyError::BodyMismatch(_) => RefusedReason::BodyMismatch,
        VerifyError::UnknownDevice(_) => RefusedReason::UnknownDevice,
        VerifyError::Key(KeyError::Weak) => RefusedReason::WeakKey,
        VerifyError::Key(_) => RefusedReason::BadSignature,
    }
}
