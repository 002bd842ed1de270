//! What the engine keeps in the device's store, and how it is read back.
//!
//! | area | key | value |
//! |---|---|---|
//! | outbox | `<device>/<seq>` | a revision signed here, written once with `add` |
//! | receipts | `state/<id>` | what a hub said of it, after its receipt was verified |
//! | receipts | `receipt/<size>-<sha256>` | the receipt itself |
//! | receipts | `media/<sha256>` | a photo that the hub has in full |
//! | revisions | `<id>` | leaf and revision as the hub gave them |
//! | state | `sync` | how far was pulled, the largest log seen, the scope |
//! | state | `keys` | the hub's key and those that it stated for devices |
//! | state | `doubts` | what the hub gave that could not be verified, or is signed with an unknown key |
//! | session | `identity` | who is signed in here, with which device |

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::{
    DeviceId, Digest, PersonId, PublicKey, RefusedReason, RevisionId, SignedRevision,
};
use safelane_model::body;
use safelane_sync::signatures::KeyRing;
use safelane_sync::{Change, Doubts, MediaEntry, OutboxEntry, SendState, SyncState};
use safelane_wire::session::SessionInfo;
use safelane_wire::sync::{PullEntry, RevisionText};
use serde::{Deserialize, Serialize};

use crate::field::local::Entry;
use crate::platform::store::{self, Area, Batch, outbox_key};
use crate::platform::{PlatformError, Result};

/// Who is signed in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The session at the last contact.
    pub info: SessionInfo,
    /// This browser profile, once it is enrolled.
    pub device: Option<DeviceId>,
    /// Short name of the device, for temporary numbers.
    pub short: String,
    /// What this browser profile was for the person before the hub stopped taking it; the newest last.
    #[serde(default)]
    pub earlier: Vec<DeviceId>,
}

impl Identity {
    /// The person.
    pub const fn person(&self) -> PersonId {
        self.info.person
    }

    /// All devices whose outbox is here: what an earlier one signed is handed in too, and held there.
    pub fn devices(&self) -> impl Iterator<Item = DeviceId> + '_ {
        self.earlier.iter().copied().chain(self.device)
    }

    /// The hub's key.
    pub const fn hub_key(&self) -> &PublicKey {
        &self.info.hub_key
    }
}

/// A revision signed here, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The device's number of it.
    pub seq: u64,
    /// As it travels.
    pub text: RevisionText,
    /// What is known of it.
    pub state: SendState,
    /// Photos that it names.
    pub photos: Vec<MediaEntry>,
    bytes: usize,
}

impl Stored {
    /// The revision.
    pub fn signed(&self) -> SignedRevision {
        self.text.clone().into()
    }

    /// Its id.
    pub fn id(&self) -> RevisionId {
        RevisionId::of(self.text.bytes.as_bytes())
    }

    fn of(key: &str, json: &str) -> Option<Self> {
        let seq = key.rsplit('/').next()?.parse().ok()?;
        let text: RevisionText = serde_json::from_str(json).ok()?;
        let photos = text
            .bodies
            .values()
            .filter_map(|body| serde_json::from_str(body).ok())
            .flat_map(|body: body::Map| photos_of(&body))
            .collect();
        Some(Self {
            seq,
            state: SendState::Waiting,
            photos,
            bytes: json.len(),
            text,
        })
    }
}

/// Photos that a body names.
pub fn photos_of(map: &body::Map) -> Vec<MediaEntry> {
    // In whichever field: photos of a place, the photo of a sheet.
    map.keys()
        .flat_map(|key| body::photos(map, key))
        .filter_map(|photo| {
            Some(MediaEntry {
                sha256: photo.sha256.parse().ok()?,
                bytes: photo.bytes,
                sent: false,
            })
        })
        .collect()
}

/// The identity, if somebody signed in here before.
pub async fn identity() -> Result<Option<Identity>> {
    let text = store::get(Area::Session, "identity").await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Keeps the identity.
pub async fn keep_identity(identity: &Identity) -> Result<()> {
    store::put(Area::Session, "identity", &json(identity)?).await
}

/// All that the person signed in this browser profile, in the order of the numbers, with what is known of each.
pub async fn outbox(identity: &Identity) -> Result<Vec<Stored>> {
    let states: BTreeMap<String, String> = store::all_under(Area::Receipts, "state/")
        .await?
        .into_iter()
        .collect();
    let sent: BTreeSet<String> = store::keys_under(Area::Receipts, "media/")
        .await?
        .into_iter()
        .collect();
    let mut stored = Vec::new();
    for device in identity.devices() {
        stored.extend(store::all_under(Area::Outbox, &format!("{device}/")).await?);
    }
    let read = stored.iter().filter_map(|(key, text)| {
        let mut one = Stored::of(key, text)?;
        if let Some(state) = states
            .get(&state_key(one.id()))
            .and_then(|text| serde_json::from_str(text).ok())
        {
            one.state = state;
        }
        for photo in &mut one.photos {
            photo.sent = sent.contains(&media_key(photo.sha256));
        }
        Some(one)
    });
    Ok(read.collect())
}

/// The outbox as a round needs it.
pub fn outbox_entries(outbox: &[Stored]) -> Vec<OutboxEntry> {
    let entries = outbox.iter().map(|one| OutboxEntry {
        id: one.id(),
        seq: one.seq,
        bytes: one.bytes,
        state: one.state.clone(),
        media: one.photos.clone(),
    });
    entries.collect()
}

/// All that was pulled. What cannot be read any more is left aside; the next pull from 0 brings it again.
pub async fn pulled(doubts: &Doubts) -> Result<Vec<Entry>> {
    let all = store::all(Area::Revisions).await?;
    let read = all.iter().filter_map(|(_, text)| {
        let mut entry = entry_of(&serde_json::from_str(text).ok()?)?;
        entry.unknown_key = doubts.unknown.contains(&entry.revision.id());
        Some(entry)
    });
    Ok(read.collect())
}

/// One pulled revision as it is stored.
pub async fn pulled_one(id: RevisionId) -> Result<Option<PullEntry>> {
    let text = store::get(Area::Revisions, &id.to_string()).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// The keys that this device goes by; none before its first pull with this hub.
pub async fn key_ring(identity: &Identity) -> Result<Option<KeyRing>> {
    let text = store::get(Area::State, "keys").await?;
    let stored: Option<KeyRing> = text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(stored.filter(|ring| ring.is_of(identity.info.hub, identity.hub_key())))
}

/// What the hub gave and this device does not vouch for.
pub async fn doubts() -> Result<Doubts> {
    let text = store::get(Area::State, "doubts").await?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

/// Reads one pulled revision; `None` when its hashes or form do not hold.
pub fn entry_of(pulled: &PullEntry) -> Option<Entry> {
    let leaf = pulled.leaf().ok()?;
    Entry::pulled(&pulled.revision.clone().into(), leaf).ok()
}

/// How far this device is, for this person.
pub async fn sync_state(person: PersonId) -> Result<SyncState> {
    let text = store::get(Area::State, "sync").await?;
    let stored: Option<SyncState> = text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(stored.map_or_else(|| SyncState::new(person), |state| state.of_person(person)))
}

/// What a round changes, as one transaction.
pub fn write(changes: &[Change]) -> Result<Batch> {
    let mut batch = Batch::new();
    for change in changes {
        batch = match change {
            Change::State(state) => batch.put(Area::State, "sync", &json(state)?),
            Change::Sent(id, state) => batch.put(Area::Receipts, &state_key(*id), &json(state)?),
            Change::Waits(id) => forget_send_state(batch, *id),
            Change::Receipt(size, receipt) => batch.put(
                Area::Receipts,
                // Two pushes that add nothing tell the same size, and cover different revisions.
                &format!(
                    "receipt/{size:016}-{}",
                    Digest::of(receipt.bytes.as_bytes())
                ),
                &json(receipt)?,
            ),
            Change::Entry(entry) => {
                let id = RevisionId::of(entry.revision.bytes.as_bytes());
                batch.put(Area::Revisions, &id.to_string(), &json(entry)?)
            }
            Change::Drop(id) => batch.delete(Area::Revisions, &id.to_string()),
            Change::Keys(ring) => batch.put(Area::State, "keys", &json(ring)?),
            Change::Doubts(doubts) => batch.put(Area::State, "doubts", &json(doubts)?),
            Change::PhotoSent(sha256) => batch.put(Area::Receipts, &media_key(*sha256), "sent"),
            Change::PhotoWaits(sha256) => batch.delete(Area::Receipts, &media_key(*sha256)),
        };
    }
    Ok(batch)
}

/// Forgets what a hub said: the revision is waiting again.
fn forget_send_state(batch: Batch, id: RevisionId) -> Batch {
    batch.delete(Area::Receipts, &state_key(id))
}

/// What was refused because the hub did not know the device waits again, once it is enrolled.
pub async fn offer_unknown_again(identity: &Identity) -> Result<()> {
    let unknown = SendState::Refused {
        reason: RefusedReason::UnknownDevice,
    };
    let mut batch = Batch::new();
    for one in outbox(identity).await? {
        if one.state == unknown {
            batch = forget_send_state(batch, one.id());
        }
    }
    batch.commit().await
}

/// Adds a revision signed here; the batch fails when the number is taken.
pub fn add_to_outbox(
    batch: Batch,
    device: DeviceId,
    seq: u64,
    text: &RevisionText,
) -> Result<Batch> {
    Ok(batch.add(
        Area::Outbox,
        &outbox_key(&device.to_string(), seq),
        &json(text)?,
    ))
}

/// The last revision that this device signed: its number and id.
pub async fn tip(device: DeviceId) -> Result<Option<(u64, RevisionId)>> {
    let keys = store::keys_under(Area::Outbox, &format!("{device}/")).await?;
    let Some(key) = keys.last() else {
        return Ok(None);
    };
    let text = store::get(Area::Outbox, key)
        .await?
        .ok_or(PlatformError::StoreLost)?;
    let stored = Stored::of(key, &text).ok_or(PlatformError::NotReadable)?;
    Ok(Some((stored.seq, stored.id())))
}

fn state_key(id: RevisionId) -> String {
    format!("state/{id}")
}

fn media_key(sha256: Digest) -> String {
    format!("media/{sha256}")
}

/// Text for the store; what we write ourselves always has one.
pub fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| PlatformError::NotReadable)
}
