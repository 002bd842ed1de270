//! The engine: signs and stores what a person submits, sends it, takes receipts, pulls, and says how things stand.
//!
//! A press becomes revisions that are signed and written in one strict transaction under one Web Lock, together
//! with the end of their drafts. Nothing is called received before its verified receipt is on this device's disk.
//! An expired session ends reading alone: opening, recording and sending go on.

mod file;
mod round;
pub mod vault;

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_geometry::Position;
use safelane_ledger::{
    Act, AuthorTime, DeviceId, KindVersion, ReceivedAt, RecordId, RevisionId, Salt, Signature,
    canonical,
};
use safelane_model::Date;
use safelane_model::body::Map;
use safelane_model::kinds::programme::Programme;
use safelane_rules::Table;
use safelane_sync::{SendState, Signable, Signer, press};
use safelane_wire::sync::{EVENTS, Event, RevisionText, Scope};

use self::round::RoundError;
pub use self::vault::Identity;
use super::local::{self, Entry, Reader, World};
use super::{account, base};
use crate::platform::key::DeviceKey;
use crate::platform::store::{Area, Batch};
use crate::platform::{
    PlatformError, clock, dom, events, http::HttpError, later, lock, online, random,
};

/// Between two rounds while the page is looked at and nothing else asks for one.
const POLL: std::time::Duration = std::time::Duration::from_secs(45);

/// One act that a person submits; several make one submission.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRevision {
    /// The record.
    pub record: RecordId,
    /// Its kind and the version of its body: `clearance/1`.
    pub kind: KindVersion,
    /// What it does.
    pub act: Act,
    /// What it replaces, or the statement that it judges.
    pub parents: Vec<RevisionId>,
    /// The fields.
    pub body: Map,
}

/// Why nothing was signed. The draft is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitError {
    /// Nobody is signed in here, or the device has no key: sign in first.
    NoDevice,
    /// A value has no exact bytes (a fraction, a number beyond 2^53).
    NotExact,
    /// The device's store or key failed.
    Platform(PlatformError),
}

impl From<PlatformError> for SubmitError {
    fn from(error: PlatformError) -> Self {
        Self::Platform(error)
    }
}

impl SubmitError {
    /// What happened, what is kept, what to do.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::NoDevice => t!("field.submit.no_device"),
            Self::NotExact => t!("field.submit.not_exact"),
            Self::Platform(error) => error.sentence(),
        }
    }
}

/// What the engine is doing.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Phase {
    /// Nothing to do.
    #[default]
    Idle,
    /// Talking to the office server.
    Sending,
    /// No answer; it tries again by itself.
    NoNetwork,
    /// Sending works, reading wants the password.
    NeedsSignIn,
    /// What the hub or the store said, in words.
    Problem(String),
}

/// How things stand between this device and the office.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Status {
    /// Submitted here and not yet received.
    pub waiting: usize,
    /// What is going on.
    pub phase: Phase,
    /// The hub's time at the last complete pull (S6).
    pub complete: Option<ReceivedAt>,
    /// The latest hub time seen.
    pub hub_time: Option<ReceivedAt>,
    /// What this person may read, and where knowledge ends (S12).
    pub scope: Option<Scope>,
    /// The office was restored from an older copy, and everything was offered again.
    pub restored: bool,
    /// Photos that the hub has, and all that were named.
    pub photos: (usize, usize),
    /// Revisions that the hub gave and that could not be verified: not shown.
    pub unverified: usize,
    /// Revisions signed with a key that this device does not know: shown and marked.
    pub unknown_keys: usize,
    /// Whether the store has been read.
    pub loaded: bool,
}

/// The engine, as every page has it by context.
#[derive(Clone, Copy)]
pub struct Engine {
    /// Who is signed in here.
    pub identity: RwSignal<Option<Identity>>,
    /// All records on this device.
    pub world: RwSignal<Arc<World>>,
    /// How things stand.
    pub status: RwSignal<Status>,
    /// Lines of the programme's own small map.
    pub base: RwSignal<Arc<Vec<Vec<Position>>>>,
    /// The newest number of the hub's log that the event stream told: what the desk's pages read again by.
    pub heard: RwSignal<u64>,
    /// Whether who was here has stepped aside while somebody signs in.
    aside: RwSignal<bool>,
    base_asked: RwSignal<bool>,
    running: RwSignal<bool>,
    again: RwSignal<bool>,
    /// The next round reads everything again.
    anew: RwSignal<bool>,
    failures: RwSignal<u32>,
    generation: RwSignal<u64>,
    stream: StoredValue<Option<events::Stream>, LocalStorage>,
}

/// The engine of this page.
pub fn engine() -> Engine {
    expect_context()
}

impl Engine {
    /// Makes the engine and puts it into the context; reading the store follows by [`Self::start`].
    pub fn provide() -> Self {
        let engine = Self {
            identity: RwSignal::new(None),
            aside: RwSignal::new(false),
            world: RwSignal::new(Arc::default()),
            status: RwSignal::new(Status::default()),
            base: RwSignal::new(Arc::default()),
            heard: RwSignal::new(0),
            base_asked: RwSignal::new(false),
            running: RwSignal::new(false),
            again: RwSignal::new(false),
            anew: RwSignal::new(false),
            failures: RwSignal::new(0),
            generation: RwSignal::new(0),
            stream: StoredValue::new_local(None),
        };
        provide_context(engine);
        engine
    }

    /// Reads the store, then keeps in touch with the hub for as long as the page lives.
    pub fn start(self) {
        spawn_local(async move {
            self.reload().await;
            self.kick();
            self.base.set(Arc::new(base::kept().await));
        });
        online::on_return(move || {
            spawn_local(async move {
                // Another tab may have signed or pulled meanwhile.
                self.reload().await;
                self.failures.set(0);
                self.kick();
            });
        });
        set_interval(
            move || {
                if online::visible() {
                    self.kick();
                }
            },
            POLL,
        );
    }

    /// Reads everything from the store again.
    pub async fn reload(self) {
        match self.read_store().await {
            Ok(()) => {}
            Err(error) => self
                .status
                .update(|status| status.phase = Phase::Problem(error.sentence().to_owned())),
        }
        self.status.update(|status| status.loaded = true);
    }

    async fn read_store(self) -> Result<(), PlatformError> {
        let identity = match self.identity.get_untracked() {
            Some(identity) => Some(identity),
            None => vault::identity().await?,
        };
        let Some(identity) = identity else {
            return Ok(());
        };
        let state = vault::sync_state(identity.person()).await?;
        let doubts = vault::doubts().await?;
        let pulled = vault::pulled(&doubts).await?;
        let outbox = vault::outbox(&identity).await?;
        let own: Vec<Entry> = outbox
            .iter()
            .filter_map(|one| Entry::own(&one.signed(), one.state.clone()).ok())
            .collect();
        let photos: BTreeMap<_, bool> = outbox
            .iter()
            .flat_map(|one| &one.photos)
            .map(|photo| (photo.sha256.to_string(), photo.sent))
            .collect();
        let waiting = outbox
            .iter()
            .filter(|one| one.state == SendState::Waiting)
            .count();
        let entries = local::merge(pulled, own);
        let reader = reader_of(&identity);
        // Overlays come with the later part of the program.
        if entries.iter().any(Entry::compares_outlines) {
            later::arrived().await;
        }
        let mut world = World::of(&entries, &Table::default(), &reader);
        // The programme's own setting is in the record: read it, then resolve by it.
        if one_person_release(&world) {
            world = World::of(
                &entries,
                &Table {
                    one_person_release: true,
                },
                &reader,
            );
        }
        // Read for somebody who has stepped aside meanwhile, or in whose place somebody else is here.
        let here = self.identity.get_untracked();
        if self.aside.get_untracked() || here.is_some_and(|here| here != identity) {
            return Ok(());
        }
        self.status.update(|status| {
            status.waiting = waiting;
            status.complete = state.complete;
            status.hub_time = state.hub_time;
            status.scope = state.scope.clone();
            status.photos = (photos.values().filter(|sent| **sent).count(), photos.len());
            status.unverified = doubts.bad.len();
            status.unknown_keys = doubts.unknown.len();
        });
        if self.identity.get_untracked().as_ref() != Some(&identity) {
            self.identity.set(Some(identity));
        }
        self.world.set(Arc::new(world));
        Ok(())
    }

    /// Takes who is signed in, keeps it on this device and reads the store for them.
    pub async fn take_identity(self, identity: Identity) -> Result<(), PlatformError> {
        vault::keep_identity(&identity).await?;
        vault::offer_unknown_again(&identity).await?;
        self.aside.set(false);
        self.identity.set(Some(identity));
        self.stream.set_value(None);
        self.reload().await;
        self.failures.set(0);
        self.kick();
        Ok(())
    }

    /// Nobody is here while somebody signs in; gives back who was, for when that fails.
    pub fn step_aside(self) -> Option<Identity> {
        let before = self.identity.get_untracked();
        // The store may still be read for them: they are not put back when that ends.
        self.aside.set(true);
        self.identity.set(None);
        before
    }

    /// Whoever was here before goes on.
    pub fn step_back(self, before: Option<Identity>) {
        self.aside.set(false);
        self.identity.set(before);
        spawn_local(async move {
            self.reload().await;
            self.kick();
        });
    }

    /// The day for checks: the later of the device's clock and the last hub time seen.
    pub fn today(self) -> Date {
        let hub = self
            .status
            .with_untracked(|status| status.hub_time)
            .map(|at| clock::day_of(&at.to_string()));
        let later = hub
            .into_iter()
            .chain([clock::today_local()])
            .max()
            .unwrap_or_default();
        later
            .parse()
            .unwrap_or_else(|_| Date::from_days_since_1970(0).expect("1970 is in the calendar"))
    }

    /// Signs and stores all acts of one press, and ends their drafts, in one transaction; then sends when it can.
    pub async fn submit(
        self,
        acts: Vec<NewRevision>,
        drafts: Vec<String>,
    ) -> Result<Vec<RevisionId>, SubmitError> {
        let identity = self.identity.get_untracked().ok_or(SubmitError::NoDevice)?;
        let device = identity.device.ok_or(SubmitError::NoDevice)?;
        let key = DeviceKey::open(&device.to_string())
            .await?
            .ok_or(SubmitError::NoDevice)?;
        let bodies = acts
            .iter()
            .map(|act| exact_body(&act.body))
            .collect::<Option<Vec<_>>>()
            .ok_or(SubmitError::NotExact)?;
        let ids = lock::exclusive(&format!("safelane-sign-{device}"), async move {
            sign_and_store(&identity, device, &key, acts, bodies, &drafts).await
        })
        .await?;
        self.reload().await;
        self.kick();
        Ok(ids)
    }

    /// Reads everything from the hub again and checks it anew; what is here stays until that is done.
    pub fn fetch_again(self) {
        self.anew.set(true);
        self.kick();
    }

    /// Talks to the hub now, or again as soon as the round that is under way has ended.
    pub fn kick(self) {
        if self.identity.with_untracked(Option::is_none) {
            return;
        }
        if self.running.get_untracked() {
            self.again.set(true);
            return;
        }
        self.running.set(true);
        spawn_local(async move {
            loop {
                self.again.set(false);
                self.one_round().await;
                if !self.again.get_untracked() {
                    break;
                }
            }
            self.running.set(false);
        });
    }

    async fn one_round(self) {
        let Some(identity) = self.identity.get_untracked() else {
            return;
        };
        if self.status.with_untracked(|status| status.waiting > 0) {
            self.status.update(|status| status.phase = Phase::Sending);
        }
        let anew = self.anew.get_untracked();
        // One tab of the profile at a time.
        let round = lock::exclusive("safelane-sync", async move {
            let mut outcome = safelane_sync::Outcome::default();
            let person = identity.person();
            let is_here = move || {
                let here = self.identity.get_untracked();
                here.is_some_and(|here| here.person() == person)
            };
            let ended = round::run(&identity, anew, &is_here, &mut outcome).await;
            Ok((outcome, ended))
        })
        .await;
        let (outcome, ended) =
            round.unwrap_or_else(|error| (Default::default(), Err(error.into())));
        // Also what a round that broke off has changed is shown: above all that something is not received any more.
        self.status
            .update(|status| status.restored |= outcome.restored);
        let never_complete = self
            .status
            .with_untracked(|status| status.complete.is_none());
        if outcome.changed || (ended.is_ok() && never_complete) {
            self.reload().await;
        } else {
            self.read_age().await;
        }
        match ended {
            Ok(()) => {
                self.failures.set(0);
                // Asked for again meanwhile, or not read because the session ended, it stays asked for.
                if anew && !outcome.needs_sign_in && !self.again.get_untracked() {
                    self.anew.set(false);
                }
                self.status.update(|status| {
                    status.phase = if outcome.needs_sign_in {
                        Phase::NeedsSignIn
                    } else {
                        Phase::Idle
                    };
                });
                if !outcome.needs_sign_in {
                    self.listen();
                    self.ask_for_base();
                }
            }
            Err(error) => self.failed(&error),
        }
    }

    async fn read_age(self) {
        let Some(person) = self
            .identity
            .with_untracked(|identity| identity.as_ref().map(Identity::person))
        else {
            return;
        };
        if let Ok(state) = vault::sync_state(person).await {
            self.status.update(|status| {
                status.complete = state.complete;
                status.hub_time = state.hub_time;
            });
        }
    }

    fn failed(self, error: &RoundError) {
        let phase = match error {
            RoundError::Http(HttpError::NoAnswer) => Phase::NoNetwork,
            RoundError::Http(error) if error.needs_sign_in() => Phase::NeedsSignIn,
            RoundError::Http(error) => Phase::Problem(error.sentence()),
            RoundError::Platform(error) => Phase::Problem(error.sentence().to_owned()),
            RoundError::NotTheHub => {
                self.leave_if_begun_afresh();
                Phase::Problem(t!("field.sending.not_the_hub").to_owned())
            }
        };
        self.status.update(|status| status.phase = phase);
        self.failures
            .update(|failures| *failures = failures.saturating_add(1));
        self.generation.update(|generation| *generation += 1);
        let (failures, generation) = (
            self.failures.get_untracked(),
            self.generation.get_untracked(),
        );
        spawn_local(async move {
            let [jitter] = random::bytes::<1>();
            round::back_off(failures, jitter).await;
            // A later failure has set its own alarm, a success needs none.
            if self.generation.get_untracked() == generation && self.failures.get_untracked() > 0 {
                self.kick();
            }
        });
    }

    /// Asks for the programme's small map, once a page.
    fn ask_for_base(self) {
        if self.base_asked.get_untracked() {
            return;
        }
        self.base_asked.set(true);
        spawn_local(async move {
            if let Some(lines) = base::fetch().await {
                self.base.set(Arc::new(lines));
            }
        });
    }

    /// A demo that was begun afresh is another programme under the same address: nothing that is here
    /// belongs to it.
    fn leave_if_begun_afresh(self) {
        let is_demo = (self.identity)
            .with_untracked(|known| known.as_ref().is_some_and(|one| one.info.programme.demo));
        if !is_demo {
            return;
        }
        spawn_local(async move {
            if let Ok(page) = account::page().await
                && account::left_earlier_demo(self, &page).await
            {
                dom::go(&format!("/sign-in#{}", account::AFRESH_MARK));
            }
        });
    }

    /// One stream of "there is something new"; the browser reconnects by itself.
    fn listen(self) {
        if self.stream.with_value(Option::is_none) {
            self.stream
                .set_value(events::open(EVENTS, "message", move |text| {
                    if let Ok(event) = serde_json::from_str::<Event>(&text) {
                        self.heard.update(|now| *now = (*now).max(event.n));
                    }
                    self.kick();
                }));
        }
    }

    /// Everything that no hub has received, with its photos, as a file to carry away.
    pub async fn save_unsent(self) -> Result<usize, PlatformError> {
        let identity = self
            .identity
            .get_untracked()
            .ok_or(PlatformError::Refused)?;
        file::save(&identity).await
    }

    /// A setting of the programme.
    pub fn programme<T>(self, read: impl Fn(Programme<'_>) -> Option<T>) -> Option<T> {
        self.world.with(|world| {
            world
                .of_kind("programme")
                .find_map(|record| read(Programme::of(record.body()?)))
        })
    }
}

fn one_person_release(world: &World) -> bool {
    world.of_kind("programme").any(|record| {
        record
            .body()
            .is_some_and(|body| Programme::of(body).one_person_release() == Some("yes"))
    })
}

fn reader_of(identity: &Identity) -> Reader {
    Reader {
        person: identity.person(),
        device: identity.device,
        short: identity.short.clone(),
        roles: identity.info.roles.clone(),
    }
}

/// The body's fields as the ledger writes them; `None` when a value has no exact form.
fn exact_body(map: &Map) -> Option<BTreeMap<String, canonical::Value>> {
    match canonical::to_value(map).ok()? {
        canonical::Value::Object(fields) => Some(fields),
        _ => None,
    }
}

async fn sign_and_store(
    identity: &Identity,
    device: DeviceId,
    key: &DeviceKey,
    acts: Vec<NewRevision>,
    bodies: Vec<BTreeMap<String, canonical::Value>>,
    drafts: &[String],
) -> Result<Vec<RevisionId>, PlatformError> {
    let signer = Signer {
        ledger: identity.info.ledger,
        person: identity.person(),
        device,
        at: AuthorTime::from_unix(clock::now_ms().div_euclid(1000))
            .map_err(|_| PlatformError::NotReadable)?,
    };
    let acts = acts.into_iter().zip(bodies).map(|(act, body)| Signable {
        record: act.record,
        kind: act.kind,
        act: act.act,
        parents: act.parents,
        body,
        salt: Salt::from_bytes(random::bytes()),
    });
    let submission =
        uuid::Uuid::try_parse(&random::uuid()).map_err(|_| PlatformError::NotReadable)?;
    let tip = vault::tip(device).await?;
    let made = press(signer, tip, acts.collect(), submission.into())
        .map_err(|_| PlatformError::NotReadable)?;
    let mut batch = Batch::new();
    let mut ids = Vec::new();
    for unsigned in made {
        let signature = key.sign(&unsigned.signing_message()).await?;
        let (id, seq) = (unsigned.id(), unsigned.revision().seq());
        let signed = unsigned.assemble(Signature::from_bytes(signature));
        let text = RevisionText::try_from(signed).map_err(|_| PlatformError::NotReadable)?;
        batch = vault::add_to_outbox(batch, device, seq, &text)?;
        ids.push(id);
    }
    for draft in drafts {
        batch = batch.delete(Area::Drafts, draft);
    }
    batch.commit().await?;
    Ok(ids)
}

/// A new record's id.
pub fn new_record() -> RecordId {
    uuid::Uuid::try_parse(&random::uuid())
        .unwrap_or_default()
        .into()
}
