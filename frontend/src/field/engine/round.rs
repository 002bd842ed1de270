//! One round with the hub: prove, send, take receipts, pull, photos. `safelane_sync::plan` says what to do.

use std::collections::BTreeSet;

use safelane_ledger::{
    Challenge, Document, LogPoint, RevisionId, Signature, SignedHead, SignedText,
};
use safelane_sync::{Offer, SendState, Step, accept, plan};
use safelane_wire::media;
use safelane_wire::session::{
    CHALLENGE, ChallengeRequest, ChallengeText, PROVE, Proof, SessionInfo,
};
use safelane_wire::sync::{PULL, PUSH, PullAnswer, PushAnswer, PushRequest, RevisionText};

use super::check::{Checker, Taken};
use super::vault::{self, Doubts, Identity, Stored, SyncState};
use crate::platform::http::{self, HttpError};
use crate::platform::key::DeviceKey;
use crate::platform::store::{self, Area, Batch};
use crate::platform::{PlatformError, clock};

/// Why a round ended early. Everything that was signed here is still here.
#[derive(Clone, Debug)]
pub enum RoundError {
    /// The hub did not answer or refused.
    Http(HttpError),
    /// The device's own store failed.
    Platform(PlatformError),
    /// A receipt or head is not signed by the hub that this device enrolled with.
    NotTheHub,
}

impl From<HttpError> for RoundError {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

impl From<PlatformError> for RoundError {
    fn from(error: PlatformError) -> Self {
        Self::Platform(error)
    }
}

/// What a round came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Something new is in the store.
    pub changed: bool,
    /// The password must be given again to read; sending worked.
    pub needs_sign_in: bool,
    /// The hub was restored from an older copy, and everything is offered again.
    pub restored: bool,
}

/// Carries out one round; `anew` reads everything again. What it came to is in `outcome` also when
/// it ends early.
/// It ends without a word when its person `is_here` no more: a session made for them would take the
/// place of the one that somebody else just got.
pub async fn run(
    identity: &Identity,
    anew: bool,
    is_here: &dyn Fn() -> bool,
    outcome: &mut Outcome,
) -> Result<(), RoundError> {
    let mut state = vault::sync_state(identity.person()).await?;
    if anew || vault::key_ring(identity).await?.is_none() {
        // Without a ring nothing here was checked against this hub's key.
        state.pulled = 0;
    }
    let first = match pull_page(&state, state.pulled).await {
        Ok(page) => page,
        Err(error) if error.needs_sign_in() => {
            if !is_here() {
                return Ok(());
            }
            // After weeks away the device proves itself and sends; reading waits for the password.
            prove(identity).await?;
            outcome.needs_sign_in = true;
            return send_without_reading(identity, &mut state, outcome).await;
        }
        Err(error) => return Err(error.into()),
    };
    let head = open_head(&first, identity)?;
    let offer = Offer {
        log: LogPoint {
            size: head.size,
            head: head.head,
        },
        head_at_seen: first.seen_head,
        scope: first.scope.version.clone(),
    };
    let outbox = vault::outbox(identity).await?;
    let plan = plan(&vault::plan_input(&outbox, &state), &offer);
    if plan.log == safelane_sync::LogCheck::Restored {
        outcome.restored = true;
        outcome.changed = true;
        state.seen = offer.log;
        state.pulled = 0;
        let batch = vault::put_sync_state(Batch::new(), &state)?;
        vault::withdraw(batch, &outbox, plan.withdrawn)
            .commit()
            .await?;
    }
    state.saw_time(head.at);
    let mut first = Some(first);
    for step in plan.steps {
        match step {
            Step::Push(ids) => push(identity, &mut state, &outbox, &ids, outcome).await?,
            Step::Pull { after } => {
                let page = first.take().filter(|page| page.after == after);
                pull(identity, &mut state, after, page, outcome).await?;
            }
            Step::Media(file) => outcome.changed |= send_media(file).await?,
        }
    }
    state.complete = Some(state.hub_time.unwrap_or(head.at));
    if state.seen.size < offer.log.size {
        state.seen = offer.log;
    }
    vault::put_sync_state(Batch::new(), &state)?
        .commit()
        .await?;
    Ok(())
}

/// Sends what waits when nothing may be read: the log is taken as it was seen last.
async fn send_without_reading(
    identity: &Identity,
    state: &mut SyncState,
    outcome: &mut Outcome,
) -> Result<(), RoundError> {
    let outbox = vault::outbox(identity).await?;
    let scope = state
        .scope
        .as_ref()
        .map(|scope| scope.version.clone())
        .unwrap_or_default();
    let offer = Offer {
        log: state.seen,
        head_at_seen: Some(state.seen.head),
        scope,
    };
    for step in plan(&vault::plan_input(&outbox, state), &offer).steps {
        match step {
            Step::Push(ids) => push(identity, state, &outbox, &ids, outcome).await?,
            Step::Media(file) => outcome.changed |= send_media(file).await?,
            Step::Pull { .. } => {}
        }
    }
    Ok(())
}

async fn pull_page(state: &SyncState, after: u64) -> Result<PullAnswer, HttpError> {
    let seen = if state.seen.size > 0 {
        format!("&seen={}", state.seen.size)
    } else {
        String::new()
    };
    http::get(&format!("{PULL}?after={after}{seen}")).await
}

fn open_head(page: &PullAnswer, identity: &Identity) -> Result<SignedHead, RoundError> {
    let head: SignedHead = page
        .head
        .open(identity.hub_key())
        .map_err(|_| RoundError::NotTheHub)?;
    let same = head.hub == identity.info.hub && head.ledger == identity.info.ledger;
    same.then_some(head).ok_or(RoundError::NotTheHub)
}

async fn push(
    identity: &Identity,
    state: &mut SyncState,
    outbox: &[Stored],
    ids: &[RevisionId],
    outcome: &mut Outcome,
) -> Result<(), RoundError> {
    let revisions: Vec<RevisionText> = outbox
        .iter()
        .filter(|one| ids.contains(&one.id()))
        .map(|one| one.text.clone())
        .collect();
    let request = vault::json(&PushRequest { revisions })?;
    // The signed texts must arrive as they are: the request is made once, from the stored text.
    let answer: PushAnswer = http::post_text(PUSH, &request).await?;
    let answers = answer
        .answers
        .iter()
        .map(|one| (one.id, &one.answer, one.held_receipt.as_ref()));
    let hub = (identity.info.hub, identity.hub_key());
    let accepted = accept(answers, answer.receipt.as_ref(), hub, identity.info.ledger)
        .map_err(|_| RoundError::NotTheHub)?;
    let mut batch = Batch::new();
    for (id, one) in accepted.states.iter().filter(|(id, _)| ids.contains(id)) {
        batch = vault::put_send_state(batch, *id, one)?;
        if let SendState::Received { at, .. } = one {
            state.saw_time(*at);
        }
    }
    if let (Some(receipt), Some(point)) = (&answer.receipt, accepted.log) {
        batch = batch.put(
            Area::Receipts,
            &format!("receipt/{:016}", point.size),
            &vault::json(receipt)?,
        );
        if point.size < state.seen.size {
            // A shorter log than was seen: restored from an older copy, and told by a receipt where reading waits
            // for the password. What was promised before is offered again in the next round.
            let promised = outbox
                .iter()
                .filter(|one| one.state.is_promised() && !ids.contains(&one.id()));
            batch = vault::withdraw(batch, outbox, promised.map(Stored::id));
            outcome.restored = true;
            state.pulled = 0;
        }
        state.seen = point;
    }
    // On the disk before anybody is told that it was sent.
    vault::put_sync_state(batch, state)?.commit().await?;
    outcome.changed = true;
    Ok(())
}

async fn pull(
    identity: &Identity,
    state: &mut SyncState,
    after: u64,
    page: Option<PullAnswer>,
    outcome: &mut Outcome,
) -> Result<(), RoundError> {
    let anew = after == 0;
    let mut kept = BTreeSet::new();
    let checked_before = vault::key_ring(identity).await?.is_some();
    let mut checker = Checker::load(identity, anew).await?;
    let (before, mut doubts) = (vault::doubts().await?, Doubts::default());
    let mut page = match page {
        Some(page) => page,
        None => pull_page(state, after).await?,
    };
    loop {
        let head = open_head(&page, identity)?;
        state.saw_time(head.at);
        if head.size >= state.seen.size {
            state.seen = LogPoint {
                size: head.size,
                head: head.head,
            };
        }
        let mut batch = Batch::new();
        let taken = checker.page(&page.entries).await?;
        for (entry, taken) in page.entries.iter().zip(taken) {
            let id = RevisionId::of(entry.revision.bytes.as_bytes());
            match taken {
                Taken::Good => {}
                Taken::UnknownKey => _ = doubts.unknown.insert(id),
                Taken::Bad(unverified) => _ = doubts.bad.insert(unverified),
                Taken::Newer => continue,
            }
            let is_bad = matches!(taken, Taken::Bad(_));
            // What does not hold is never a record here; an earlier copy of it that did hold stays.
            if !is_bad {
                batch = batch.put(Area::Revisions, &id.to_string(), &vault::json(entry)?);
            }
            if !is_bad || checked_before {
                kept.insert(id.to_string());
            }
        }
        outcome.changed |= !page.entries.is_empty();
        state.pulled = page.upto;
        let more = page.more;
        if !more {
            outcome.changed |= state.scope.as_ref() != Some(&page.scope);
            state.scope = Some(page.scope.clone());
        }
        // While pulling anew, an interrupted pull must begin at 0 again: the scope is written at the end.
        let mut written = state.clone();
        if anew && more {
            written.pulled = 0;
        }
        // Until a pull anew is whole, what was in doubt before it stays so.
        let in_doubt = if anew && !more {
            doubts.clone()
        } else {
            before.join(&doubts)
        };
        batch = vault::put_checks(batch, checker.ring(), &in_doubt)?;
        vault::put_sync_state(batch, &written)?.commit().await?;
        if !more {
            break;
        }
        page = pull_page(state, page.upto).await?;
    }
    if anew {
        drop_all_but(&kept).await?;
    } else {
        checker.ask_again().await?;
    }
    Ok(())
}

/// After a pull from 0: what is no longer in the scope leaves this device.
async fn drop_all_but(kept: &BTreeSet<String>) -> Result<(), PlatformError> {
    let mut batch = Batch::new();
    for id in store::keys_under(Area::Revisions, "").await? {
        if !kept.contains(&id) {
            batch = batch.delete(Area::Revisions, &id);
        }
    }
    batch.commit().await
}

/// Sends a photo from where the hub says that it stopped.
///
/// Only the hub's own word that it is whole counts: a portal of some network answers 200 to
/// everything, and a hub can have all bytes of a photo that it has not checked and named yet.
async fn send_media(file: safelane_sync::MediaEntry) -> Result<bool, RoundError> {
    let path = media::path(file.sha256);
    let (offset, complete) = match http::send("HEAD", &path, None, None, &[]).await {
        Ok(response) => (
            http::header(&response, media::UPLOAD_OFFSET)
                .and_then(|text| text.parse::<u64>().ok())
                .filter(|offset| *offset < file.bytes)
                .unwrap_or(0),
            http::header(&response, media::UPLOAD_COMPLETE).as_deref() == Some("?1"),
        ),
        Err(HttpError::NoAnswer) => return Err(HttpError::NoAnswer.into()),
        // A HEAD has no body to read a problem from: not there yet.
        Err(_) => (0, false),
    };
    if !complete {
        let Some(bytes) = store::get_bytes(Area::Media, &file.sha256.to_string()).await? else {
            // The photo is not on this device any more; the revision stays, "photos 3 of 5".
            return Ok(false);
        };
        let rest = bytes.get(offset as usize..).unwrap_or(&bytes);
        let body = js_sys::Uint8Array::from(rest).into();
        let (from, length) = (offset.to_string(), bytes.len().to_string());
        let headers = [
            (media::UPLOAD_OFFSET, from.as_str()),
            (media::UPLOAD_LENGTH, length.as_str()),
        ];
        let answer: media::MediaAnswer = http::send_bytes(
            "PUT",
            &path,
            &body,
            crate::platform::photo::MEDIA_TYPE,
            &headers,
        )
        .await?;
        if answer.sha256 != file.sha256 || !answer.complete {
            return Err(HttpError::NotUnderstood(200).into());
        }
    }
    vault::media_sent(file.sha256).await?;
    Ok(true)
}

/// Answers the hub's challenge with the device's key.
async fn prove(identity: &Identity) -> Result<(), RoundError> {
    let sign_in = || {
        RoundError::Http(HttpError::Problem(Box::new(http::Problem {
            kind: "sign-in-needed".to_owned(),
            title: String::new(),
            status: 401,
            detail: None,
            more: serde_json::Map::new(),
        })))
    };
    let device = identity.device.ok_or_else(sign_in)?;
    let key = DeviceKey::open(&device.to_string())
        .await?
        .ok_or_else(sign_in)?;
    let challenge: ChallengeText = http::post(CHALLENGE, &ChallengeRequest { device }).await?;
    let asked: Challenge =
        serde_json::from_str(&challenge.bytes).map_err(|_| RoundError::NotTheHub)?;
    // Only a challenge for this device, by this hub, is signed.
    if asked.device != device
        || asked.hub != identity.info.hub
        || asked.ledger != identity.info.ledger
    {
        return Err(RoundError::NotTheHub);
    }
    let signature = key
        .sign(&Challenge::LINE.message(challenge.bytes.as_bytes()))
        .await?;
    let proof = Proof {
        challenge: SignedText::assemble(
            challenge.bytes.as_bytes(),
            Signature::from_bytes(signature),
        ),
    };
    let _: SessionInfo = http::post(PROVE, &proof).await?;
    Ok(())
}

/// Waits before the next try: 2, 4, 8 … 300 s, with up to a quarter more so that a camp's tablets do not all call at once.
pub async fn back_off(failures: u32, jitter: u8) {
    let seconds = 2_u64.saturating_pow(failures.clamp(1, 8)).min(300);
    let extra = seconds * u64::from(jitter) / 1_024;
    clock::sleep(std::time::Duration::from_secs(seconds + extra)).await;
}
