//! A hub: the real store, the real handlers, and a small model of what they must have done.

mod model;
mod planted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use safelane_ledger::body::encode_body;
use safelane_ledger::{
    Act, Answer, HeldReason, HubId, KindVersion, LedgerId, PersonId, PublicKey, Receipt,
    ReceivedAt, RecordId, RefusedReason, RevisionId, Salt, SignedRevision, SigningKey, Tier,
};
use safelane_model::Body;
use safelane_server::inside::{Asked, Door, Reply};
use safelane_server::{App, Config, NoApp};
use safelane_store::{
    Account, Accounts as _, Batch, Entry, HubDraft, Item, Keeping as _, LedgerLog as _, Limit,
    SecretHash, Session, Store, Stored,
};
use safelane_store_sqlite::{Hub as HubKeys, SqliteStore, restore};
use safelane_wire::sync::{PULL, PUSH, PullAnswer, PullEntry, PushAnswer, PushRequest};

use crate::planted::Planted;
use crate::rng::Rng;
use crate::{Held, broken, fault};

struct Running {
    store: SqliteStore,
    app: App,
    door: Door,
}

pub use model::Model;

/// One hub.
pub struct Hub {
    folder: PathBuf,
    key: Arc<SigningKey>,
    /// Its id.
    pub id: HubId,
    /// The programme.
    pub ledger: LedgerId,
    clock: Arc<AtomicI64>,
    random: Arc<Mutex<Rng>>,
    running: Option<Running>,
    /// What it must have.
    pub model: Model,
    /// Copies of it, oldest first.
    backups: Vec<(PathBuf, Model)>,
    /// How often it was restored: what it said before then is not its word any more.
    pub epoch: u64,
    planted: Option<Planted>,
    rng: Rng,
}

/// A new folder; in memory where the system has such a place.
fn new_folder() -> std::io::Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = base.join(format!("safelane-simulate-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Hub {
    /// A new hub with an empty ledger.
    pub async fn start(seed: u64, number: u64, now: i64, planted: Option<Planted>) -> Held<Self> {
        let mut rng = Rng::new(seed, 1_000 + number);
        let ledger = LedgerId::new(Rng::new(seed, 999).uuid());
        let mut hub = Self {
            folder: new_folder().map_err(fault)?,
            key: Arc::new(SigningKey::from_seed(&rng.bytes())),
            id: HubId::new(rng.uuid()),
            ledger,
            clock: Arc::new(AtomicI64::new(now)),
            random: Arc::new(Mutex::new(Rng::new(seed, 2_000 + number))),
            running: None,
            model: Model::default(),
            backups: Vec::new(),
            epoch: 0,
            planted,
            rng: Rng::new(seed, 3_000 + number),
        };
        hub.open().await?;
        Ok(hub)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    async fn open(&mut self) -> Held {
        let data = self.data();
        std::fs::create_dir_all(&data).map_err(fault)?;
        let keys = HubKeys {
            ledger: self.ledger,
            hub: self.id,
            key: Arc::clone(&self.key),
        };
        let store = SqliteStore::open(&data, keys).await.map_err(fault)?;
        let shared: Arc<dyn Store> = Arc::new(store.clone());
        let (clock, random) = (Arc::clone(&self.clock), Arc::clone(&self.random));
        let app = App::start(Config {
            store: shared,
            ledger: self.ledger,
            hub: self.id,
            key: Arc::clone(&self.key),
            clock: Arc::new(move || received_at(clock.load(Ordering::Relaxed))),
            random: Arc::new(move |bytes| {
                random
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .fill(bytes);
                Ok(())
            }),
            files: Arc::new(NoApp),
            metrics_token: None,
            demo: None,
            basemap: None,
            tls: false,
        });
        let app = app.await.map_err(fault)?;
        let door = Door::new(app.clone());
        self.running = Some(Running { store, app, door });
        Ok(())
    }

    async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            let store = running.store.clone();
            drop(running);
            store.close().await;
        }
    }

    /// Stops and starts over the same files.
    pub async fn restart(&mut self) -> Held {
        self.stop().await;
        self.open().await?;
        self.absorb(&[]).await
    }

    fn running(&self) -> Held<&Running> {
        self.running
            .as_ref()
            .ok_or_else(|| fault("the hub is stopped"))
    }

    /// The app, to look at its board.
    pub fn app(&self) -> Held<&App> {
        Ok(&self.running()?.app)
    }

    /// The store.
    pub fn store(&self) -> Held<&SqliteStore> {
        Ok(&self.running()?.store)
    }

    /// Its public key.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Sets its clock.
    pub fn set_clock(&self, now: i64) {
        self.clock.store(now, Ordering::Relaxed);
    }

    /// Its clock.
    pub fn now(&self) -> ReceivedAt {
        received_at(self.clock.load(Ordering::Relaxed))
    }

    /// States something with its own key, as the command line does at the first start.
    pub async fn state(&mut self, record: RecordId, kind: &str, body: &Body) -> Held {
        let draft = HubDraft {
            record,
            kind: KindVersion::new(kind, 1).map_err(fault)?,
            act: Act::Put,
            parents: Vec::new(),
            bodies: BTreeMap::from([(
                Tier::T1,
                encode_body(body, Salt::from_bytes(self.rng.bytes())).map_err(fault)?,
            )]),
            submission: None,
            author: PersonId::new(self.id.uuid()),
        };
        let batch = Batch {
            at: self.now(),
            items: vec![Item::from(draft)],
        };
        self.store()?.append(batch).await.map_err(fault)?;
        self.absorb(&[]).await
    }

    /// A person's session, as signing in with the password gives it.
    pub async fn sign_in(&self, person: PersonId, secret: &str) -> Held {
        let session = Session {
            token: SecretHash::of(secret.as_bytes()),
            person,
            expires: received_at(self.clock.load(Ordering::Relaxed) + 86_400 * 7),
            data: r#"{"level":"person"}"#.to_owned(),
        };
        self.store()?.put_session(&session).await.map_err(fault)
    }

    /// An account, so that an administrator can change what the person may be.
    pub async fn add_account(&self, person: PersonId, name: &str) -> Held {
        let account = Account {
            person,
            name: name.to_owned(),
            display: name.to_owned(),
            password: None,
            language: "en".to_owned(),
            created: self.now(),
        };
        self.store()?.add_account(&account).await.map_err(fault)
    }

    /// Closes it for good.
    pub async fn close(&mut self) {
        self.stop().await;
    }

    /// Ends all sessions of a person.
    pub async fn sign_out(&self, person: PersonId) -> Held {
        self.store()?.end_sessions(person).await.map_err(fault)
    }

    /// Answers a request, and sees that it did what it must and said what it did. Without an answer
    /// when the connection breaks right after the first commit.
    pub async fn answer(&mut self, asked: Asked, hangs_up: bool) -> Held<Option<Reply>> {
        let pushed = (asked.path == PUSH)
            .then(|| serde_json::from_slice::<PushRequest>(&asked.body).ok())
            .flatten();
        let Some(pushed) = pushed else {
            let reply = self.running()?.door.ask(asked).await;
            self.absorb(&[]).await?;
            return Ok(reply);
        };
        let revisions: Vec<SignedRevision> = pushed
            .revisions
            .into_iter()
            .map(SignedRevision::from)
            .collect();
        let before = self.copy_before_commit().await?;
        let known: BTreeSet<RevisionId> = revisions
            .iter()
            .map(SignedRevision::id)
            .filter(|id| self.model.numbers.contains_key(id) || self.model.held.contains_key(id))
            .collect();
        let asked = self.drop_forks(asked, &revisions)?;
        let (door, store) = (self.running()?.door.clone(), self.store()?.clone());
        let reply = if hangs_up {
            let size = self.model.point.size;
            // The handler is dropped where it waits, as it is when the other side has gone.
            tokio::select! {
                biased;
                _ = store.wait(size) => None,
                reply = door.ask(asked) => reply,
            }
        } else {
            door.ask(asked).await
        };
        self.absorb(&revisions).await?;
        let Some(mut reply) = reply.filter(|_| !hangs_up) else {
            return Ok(None);
        };
        if reply.status == 200 {
            let answer: PushAnswer = serde_json::from_slice(&reply.body).map_err(fault)?;
            let answer = self.misanswer(answer, &revisions)?;
            self.check_answer(&answer, &revisions, &known)?;
            reply.body = serde_json::to_vec(&answer).map_err(fault)?;
        }
        if let Some(copy) = before {
            self.forget_commit(&copy).await?;
        }
        Ok(Some(reply))
    }

    /// Takes what is new in the log into the model, and sees that it is what must be there: each
    /// leaf extends the head, is of this request or the hub's own, with the rights of now.
    async fn absorb(&mut self, pushed: &[SignedRevision]) -> Held {
        let store = self.store()?.clone();
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries
                .last()
                .map_or(self.model.point.size, |one| one.leaf.n);
            let page = store.entries(after, Limit::MAX).await.map_err(fault)?;
            if page.is_empty() {
                break;
            }
            entries.extend(page);
        }
        let ids: BTreeSet<RevisionId> = pushed.iter().map(SignedRevision::id).collect();
        for entry in entries {
            self.take_leaf(&entry, &ids)?;
        }
        for one in pushed {
            let id = one.id();
            if self.model.numbers.contains_key(&id) || self.model.held.contains_key(&id) {
                continue;
            }
            if let Some(Stored::Held(held)) = store.revision(id).await.map_err(fault)? {
                let must = self.model.held_reason(&held.revision);
                if must != Some(held.reason) {
                    return broken(
                        "rights are judged at receipt",
                        format!("{id} is held for {:?} and should be {must:?}", held.reason),
                    );
                }
                if held.reason == HeldReason::Fork {
                    self.model.forked.insert(held.revision.device());
                }
                self.model.keep(&held.revision);
                let roles = self.model.roles.get(&held.revision.author());
                self.model
                    .held
                    .insert(id, (held.reason, roles.cloned().unwrap_or_default()));
            }
        }
        let point = store.point().await.map_err(fault)?;
        if point != self.model.point {
            return broken(
                "the log only grows",
                format!("the hub is at {point:?}, not at {:?}", self.model.point),
            );
        }
        Ok(())
    }

    fn take_leaf(&mut self, entry: &Entry, pushed: &BTreeSet<RevisionId>) -> Held {
        let (leaf, revision) = (&entry.leaf, &entry.revision);
        let id = leaf.id;
        if leaf.n != self.model.point.size + 1 || self.model.numbers.contains_key(&id) {
            return broken("the log only grows", format!("leaf {} names {id}", leaf.n));
        }
        let by_hub = revision.device() == self.id.device();
        if let Some((_, roles)) = self.model.held.remove(&id) {
            if leaf.verdict.admitted_by.is_none() || leaf.verdict.roles != roles {
                return broken("rights are judged at receipt", format!("{id} was let in"));
            }
        } else if !by_hub {
            let must = self.model.held_reason(revision);
            let roles = self.model.roles.get(&revision.author());
            let roles = roles.cloned().unwrap_or_default();
            if !pushed.contains(&id) || must.is_some() || leaf.verdict.roles != roles {
                return broken(
                    "rights are judged at receipt",
                    format!("leaf {}: {id} should be {must:?} with {roles:?}", leaf.n),
                );
            }
            self.model.keep(revision);
        }
        self.model.point = self.model.point.next(&entry.leaf_bytes);
        self.model.leaves.push(id);
        self.model.numbers.insert(id, leaf.n);
        Ok(())
    }

    /// Sees that the hub said what it did: the same again for what it had before.
    fn check_answer(
        &self,
        answer: &PushAnswer,
        revisions: &[SignedRevision],
        known: &BTreeSet<RevisionId>,
    ) -> Held {
        let receipt: Option<Receipt> = match &answer.receipt {
            Some(text) => Some(text.open(&self.public_key()).map_err(fault)?),
            None => None,
        };
        if answer.answers.len() != revisions.len() {
            return broken("each revision has an answer", "too few answers");
        }
        for (one, revision) in answer.answers.iter().zip(revisions) {
            let id = revision.id();
            let n = self.model.numbers.get(&id).copied();
            let held = self.model.held.get(&id).map(|(reason, _)| *reason);
            let holds = match &one.answer {
                Answer::Received { n: said, .. } => n == Some(*said) && !known.contains(&id),
                Answer::Duplicate { n: said, .. } => n == Some(*said) && known.contains(&id),
                Answer::Held { reason } => n.is_none() && held == Some(*reason),
                Answer::Refused { reason } => {
                    n.is_none() && held.is_none() && may_refuse(revision, *reason)
                }
            };
            let covered = n.is_none()
                || receipt
                    .as_ref()
                    .is_some_and(|receipt| receipt.leaf_of(id).map(|leaf| leaf.n) == n);
            if !holds || !covered {
                return broken(
                    "the hub says what it did",
                    format!("{id}: {:?}, and it has {n:?} {held:?}", one.answer),
                );
            }
        }
        Ok(())
    }

    /// Asks in somebody's name, outside the network: what an administrator or coordinator does at
    /// the desk.
    pub async fn desk(
        &mut self,
        method: &'static str,
        path: String,
        session: &str,
        body: Vec<u8>,
    ) -> Held<Option<Reply>> {
        let asked = Asked {
            method,
            path,
            session: Some(session.to_owned()),
            headers: Vec::new(),
            body,
        };
        Ok(self.running()?.door.ask(asked).await)
    }

    /// All that a session reads, from nothing.
    pub async fn pull_all(&mut self, session: &str) -> Held<(Vec<PullEntry>, PullAnswer)> {
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let path = format!("{PULL}?after={after}");
            let reply = self.desk("GET", path, session, Vec::new()).await?;
            let reply = reply.filter(|reply| reply.status == 200);
            let body = reply.ok_or_else(|| fault("no pull"))?.body;
            let mut page: PullAnswer = serde_json::from_slice(&body).map_err(fault)?;
            all.append(&mut page.entries);
            after = page.upto;
            if !page.more {
                return Ok((all, page));
            }
        }
    }

    /// Sees what came of a desk request.
    pub async fn settle(&mut self) -> Held {
        self.absorb(&[]).await
    }

    /// Makes a backup; a few are kept.
    pub async fn back_up(&mut self) -> Held {
        if self.backups.len() >= 3 {
            return Ok(());
        }
        let to = self.folder.join(format!("backup-{}", self.backups.len()));
        let report = self.store()?.backup(&to).await.map_err(fault)?;
        if !report.verified.is_sound() || report.point != self.model.point {
            return broken("a backup is whole", format!("{report:?}"));
        }
        self.backups.push((to, self.model.clone()));
        Ok(())
    }

    /// Brings an older backup back; whether there was one.
    pub async fn bring_back(&mut self, which: usize) -> Held<bool> {
        if self.backups.is_empty() {
            return Ok(false);
        }
        let (from, model) = self.backups[which % self.backups.len()].clone();
        self.stop().await;
        std::fs::remove_dir_all(self.data()).map_err(fault)?;
        let mark = self.rng.bytes();
        restore(&from, &self.data(), mark).await.map_err(fault)?;
        self.open().await?;
        self.model = model;
        self.epoch += 1;
        self.absorb(&[]).await?;
        Ok(true)
    }
}

/// Whether a hub may refuse this for that reason: what is sound is kept, but for an approval that
/// cannot be.
fn may_refuse(revision: &SignedRevision, reason: RefusedReason) -> bool {
    let approval = revision
        .read()
        .is_ok_and(|read| read.claim().act() == Act::Approve);
    match reason {
        RefusedReason::PartOfSubmission | RefusedReason::BlockedByCheck => approval,
        RefusedReason::BadSignature
        | RefusedReason::NotCanonical
        | RefusedReason::Malformed
        | RefusedReason::BodyMismatch
        | RefusedReason::BodyMissing
        | RefusedReason::UnknownDevice
        | RefusedReason::WeakKey
        | RefusedReason::TooLarge
        | RefusedReason::WrongLedger
        | RefusedReason::DemoMismatch => false,
    }
}

/// A moment of the hub's clock.
pub fn received_at(unix: i64) -> ReceivedAt {
    ReceivedAt::from_unix(unix).expect("the simulated clock stays in its range")
}
