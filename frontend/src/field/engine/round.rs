//! Carries out one round with the hub: `safelane_sync::Round` says what to do, the browser does it.

use safelane_ledger::{Challenge, Document, RevisionId, Signature, SignedText};
use safelane_sync::{Ask, HubIdentity, Kept, MediaEntry, Outcome, Round, Said};
use safelane_wire::media;
use safelane_wire::session::{
    CHALLENGE, ChallengeRequest, ChallengeText, PROVE, Proof, SessionInfo,
};
use safelane_wire::sync::{PULL, PUSH, PullAnswer, PushAnswer, PushRequest, RevisionText};

use super::vault::{self, Identity, Stored};
use crate::platform::http::{self, HttpError};
use crate::platform::key::{DeviceKey, Signed, Verifier};
use crate::platform::store::{self, Area};
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

impl From<safelane_sync::NotTheHub> for RoundError {
    fn from(_: safelane_sync::NotTheHub) -> Self {
        Self::NotTheHub
    }
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
    let hub = HubIdentity {
        hub: identity.info.hub,
        key: *identity.hub_key(),
        ledger: identity.info.ledger,
    };
    let kept = Kept {
        state: vault::sync_state(identity.person()).await?,
        ring: vault::key_ring(identity).await?,
        doubts: vault::doubts().await?,
    };
    let mut round = Round::new(hub, kept, anew);
    let mut browser = Browser {
        identity,
        outbox: Vec::new(),
        verifier: Verifier::default(),
    };
    let mut said = Said::Begin;
    loop {
        let ask = round.step(said);
        *outcome = round.outcome();
        said = match ask? {
            Ask::Over => return Ok(()),
            Ask::Prove if !is_here() => return Ok(()),
            ask => browser.does(ask).await?,
        };
    }
}

/// What a round needs of the browser.
struct Browser<'a> {
    identity: &'a Identity,
    outbox: Vec<Stored>,
    verifier: Verifier,
}

impl Browser<'_> {
    async fn does(&mut self, ask: Ask) -> Result<Said, RoundError> {
        Ok(match ask {
            Ask::Page {
                after,
                seen,
                told,
                limit,
            } => match page(after, [("seen", seen), ("told", told)], limit).await {
                Ok(page) => Said::Page(Box::new(page)),
                Err(error) if error.needs_sign_in() => Said::SignInNeeded,
                Err(error) => return Err(error.into()),
            },
            Ask::Prove => {
                prove(self.identity).await?;
                Said::Done
            }
            Ask::Outbox => {
                self.outbox = vault::outbox(self.identity).await?;
                Said::Outbox(vault::outbox_entries(&self.outbox))
            }
            Ask::Push(ids) => Said::Answer(Box::new(self.push(&ids).await?)),
            Ask::Verify(questions) => {
                let signed: Vec<Signed<'_>> = questions
                    .iter()
                    .map(|question| Signed {
                        key: question.key.to_bytes(),
                        message: &question.message,
                        signature: question.signature.to_bytes(),
                    })
                    .collect();
                match self.verifier.verify_all(&signed).await {
                    Ok(answers) => Said::Verified(Some(answers)),
                    Err(PlatformError::NoKeys) => Said::Verified(None),
                    Err(error) => return Err(error.into()),
                }
            }
            Ask::Ids => {
                let keys = store::keys_under(Area::Revisions, "").await?;
                Said::Ids(keys.iter().filter_map(|key| key.parse().ok()).collect())
            }
            Ask::Entries(ids) => {
                let mut entries = Vec::new();
                for id in ids {
                    entries.extend(vault::pulled_one(id).await?);
                }
                Said::Entries(entries)
            }
            Ask::Write(changes) => {
                vault::write(&changes)?.commit().await?;
                Said::Done
            }
            Ask::Photo(file) => Said::Photo(send_media(file).await?),
            Ask::Over => Said::Done,
        })
    }

    async fn push(&self, ids: &[RevisionId]) -> Result<PushAnswer, RoundError> {
        let revisions: Vec<RevisionText> = self
            .outbox
            .iter()
            .filter(|one| ids.contains(&one.id()))
            .map(|one| one.text.clone())
            .collect();
        let request = vault::json(&PushRequest { revisions })?;
        // The signed texts must arrive as they are: the request is made once, from the stored text.
        Ok(http::post_text(PUSH, &request).await?)
    }
}

async fn page(
    after: u64,
    sizes: [(&str, Option<u64>); 2],
    limit: Option<u32>,
) -> Result<PullAnswer, HttpError> {
    let sizes: String = sizes
        .into_iter()
        .filter_map(|(name, size)| Some(format!("&{name}={}", size?)))
        .collect();
    let limit = limit.map_or_else(String::new, |most| format!("&limit={most}"));
    http::get(&format!("{PULL}?after={after}{sizes}{limit}")).await
}

/// Sends a photo from where the hub says that it stopped.
///
/// Only the hub's own word that it is whole counts: a portal of some network answers 200 to
/// everything, and a hub can have all bytes of a photo that it has not checked and named yet.
async fn send_media(file: MediaEntry) -> Result<bool, RoundError> {
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
    if complete {
        return Ok(true);
    }
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
