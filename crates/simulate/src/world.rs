//! The world of one run: hubs, devices, people, the network between them, and what goes wrong.

mod checks;
mod people;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use safelane_ledger::{
    DeviceId, Line, PersonId, PublicKey, Receipt, Received, RecordId, Revision, RevisionId, Role,
    SignedRevision, SignedText, SigningKey, Tier, Value, Verdict, canonical,
};
use safelane_model::Body;
use safelane_server::inside::{Asked, Reply};
use safelane_sync::{HubIdentity, SendState};
use safelane_wire::sync::{PULL, PUSH, PullEntry, RevisionText};

use crate::device::{Device, Power, Request};
use crate::hub::Hub;
use crate::planted::Planted;
use crate::rng::Rng;
use crate::scenario::{Scenario, Trouble};
use crate::{Held, fault};

pub use people::What;

/// 2026-03-01T08:30:00Z.
const START: i64 = 1_772_353_800;
/// Ten years, in seconds.
const TEN_YEARS: i64 = 315_576_000;
/// Steps that a device waits for an answer.
const PATIENCE: usize = 6;
/// Rounds within which all must be everywhere once nothing is wrong any more.
const ROUNDS: usize = 12;

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// In the ledger.
    pub id: PersonId,
    /// Roles as the person's devices know them.
    pub roles: BTreeSet<Role>,
    team: Option<usize>,
}

/// One message on its way.
#[derive(Clone, Debug)]
struct Packet {
    device: usize,
    number: u64,
    what: Message,
}

#[derive(Clone, Debug)]
enum Message {
    Request(Asked),
    Reply {
        path: String,
        reply: Reply,
        /// Of the hub when it answered.
        epoch: u64,
    },
}

/// A revision, read.
#[derive(Debug)]
pub struct Read {
    /// The revision.
    pub revision: Revision,
    /// Its body.
    pub body: Option<Value>,
}

/// Everything of one run.
pub struct World {
    /// What it is.
    pub scenario: Scenario,
    planted: Option<Planted>,
    rng: Rng,
    /// Chance of the network alone, so that a message more changes nothing else.
    weather: Rng,
    /// The hubs.
    pub hubs: Vec<Hub>,
    /// The devices.
    pub devices: Vec<Device>,
    /// The people.
    pub people: Vec<Person>,
    administrator: PersonId,
    teams: Vec<RecordId>,
    organisation: RecordId,
    /// Records in the order in which they were made.
    pub records: Vec<(RecordId, What)>,
    /// Statements after which less ground is hazardous, by construction.
    pub less: BTreeSet<RevisionId>,
    /// When each revision was signed, counted.
    pub order: HashMap<RevisionId, usize>,
    memory: Memory,
    net: Vec<Packet>,
    history: Vec<Packet>,
    one_way_until: Vec<usize>,
    vouched: Vec<BTreeSet<RevisionId>>,
    now: i64,
    step: usize,
    troubled: bool,
    secrets: u64,
    /// Revisions signed.
    pub signed: usize,
    /// What happened, the last lines of it.
    pub story: Vec<String>,
}

impl World {
    /// A world at its first morning.
    pub async fn new(scenario: Scenario, planted: Option<Planted>) -> Held<Self> {
        let seed = scenario.seed;
        let mut rng = Rng::new(seed, 2);
        let hub = Hub::start(seed, 0, START, planted).await?;
        let mut world = Self {
            administrator: PersonId::new(rng.uuid()),
            teams: vec![RecordId::new(rng.uuid()), RecordId::new(rng.uuid())],
            organisation: RecordId::new(rng.uuid()),
            weather: Rng::new(seed, 3),
            hubs: vec![hub],
            devices: Vec::new(),
            people: Vec::new(),
            records: Vec::new(),
            less: BTreeSet::new(),
            order: HashMap::new(),
            memory: Memory::default(),
            net: Vec::new(),
            history: Vec::new(),
            one_way_until: Vec::new(),
            vouched: Vec::new(),
            now: START,
            step: 0,
            troubled: true,
            secrets: 0,
            signed: 0,
            story: Vec::new(),
            scenario,
            planted,
            rng,
        };
        world.settle_in().await?;
        Ok(world)
    }

    async fn settle_in(&mut self) -> Held {
        let programme = Body::new()
            .with("name", "Simulated programme")
            .with("prefix", "SIM")
            .with("hub_name", "sim")
            .with("hub_key", "00")
            .with("demo", "no");
        let organisation = Body::new().with("name", "Lane Action");
        let record = RecordId::new(self.rng.uuid());
        self.hubs[0].state(record, "programme", &programme).await?;
        let record = self.organisation;
        self.hubs[0]
            .state(record, "organisation", &organisation)
            .await?;
        for (number, team) in self.teams.clone().into_iter().enumerate() {
            let body = Body::new()
                .with("name", format!("Section {number}"))
                .with("organisation", self.organisation.to_string())
                .with("team_type", "manual-clearance");
            self.hubs[0].state(team, "team", &body).await?;
        }
        let administrator = self.administrator;
        self.grant(administrator, &[Role::Administrator], None)
            .await?;
        for index in 0..self.scenario.devices {
            self.add_person_with_device(index).await?;
        }
        self.first_records()
    }

    async fn grant(&mut self, person: PersonId, roles: &[Role], team: Option<usize>) -> Held {
        let words: Vec<String> = roles.iter().map(|role| word(*role)).collect();
        let mut body = Body::new()
            .with("person", person.to_string())
            .with("roles", words.join(","));
        if let Some(team) = team {
            body.set("team", self.teams[team].to_string());
        }
        let record = RecordId::new(self.rng.uuid());
        self.hubs[0].state(record, "grant", &body).await?;
        let roles = roles.iter().copied().collect();
        self.hubs[0].model.roles.insert(person, roles);
        Ok(())
    }

    async fn add_person_with_device(&mut self, index: usize) -> Held {
        use Role::{Approver, Coordinator, Field, Viewer};
        let (roles, team): (&[Role], _) = match index % 8 {
            0 => (&[Coordinator], None),
            1 => (&[Field], Some(0)),
            2 => (&[Approver], None),
            3 => (&[Field], Some(1)),
            4 => (&[Coordinator, Approver], None),
            5 => (&[Field], Some(0)),
            6 => (&[Approver, Field], None),
            _ => (&[Viewer], None),
        };
        let person = Person {
            id: PersonId::new(self.rng.uuid()),
            roles: roles.iter().copied().collect(),
            team,
        };
        self.grant(person.id, roles, team).await?;
        let key = Arc::new(SigningKey::from_seed(&self.rng.bytes()));
        let device = DeviceId::new(self.rng.uuid());
        let body = Body::new()
            .with("person", person.id.to_string())
            .with("public_key", key.public().to_string())
            .with("label", format!("T{index:02}"))
            .with("revoked", "no");
        self.hubs[0]
            .state(RecordId::new(device.uuid()), "device", &body)
            .await?;
        let hub = HubIdentity {
            hub: self.hubs[0].id,
            key: self.hubs[0].public_key(),
            ledger: self.hubs[0].ledger,
        };
        let mut device = Device::new(index, (device, person.id), key, (0, hub), self.planted);
        let skew = self.rng.draw();
        if self.scenario.has(Trouble::Skew) {
            device.skew = skewed(skew);
        }
        let account = format!("person-{index}");
        self.hubs[0].add_account(person.id, &account).await?;
        self.people.push(person);
        self.add(device);
        self.sign_in(index).await
    }

    fn add(&mut self, device: Device) {
        self.devices.push(device);
        self.one_way_until.push(0);
        self.vouched.push(BTreeSet::new());
    }

    async fn sign_in(&mut self, index: usize) -> Held {
        self.secrets += 1;
        let secret = format!("session-{index}-{}", self.secrets);
        let device = &mut self.devices[index];
        self.hubs[device.home]
            .sign_in(device.person, &secret)
            .await?;
        device.session = Some(secret);
        device.outcome.needs_sign_in = false;
        Ok(())
    }

    fn tell(&mut self, line: impl FnOnce() -> String) {
        let line = format!("{:4} {}", self.step, line());
        self.story.push(line);
    }

    /// Whether a trouble is on, and strikes now.
    fn strikes(&mut self, trouble: Trouble, per_mille: usize) -> bool {
        let strikes = self.weather.chance(per_mille);
        self.troubled && self.scenario.has(trouble) && strikes
    }

    /// Everything that happens before all heals.
    pub async fn stir(&mut self) -> Held {
        for step in 1..=self.scenario.steps {
            self.step = step;
            self.now += 1 + self.rng.below(6_000) as i64;
            self.hubs[0].set_clock(self.now);
            if self.rng.chance(600) {
                self.somebody_works()?;
            }
            if self.rng.chance(700) {
                let index = self.rng.below(self.devices.len());
                self.begin_round(index)?;
            }
            for _ in 0..self.rng.below(6) {
                self.deliver().await?;
            }
            self.trouble().await?;
            self.give_up();
            self.check_step()?;
        }
        Ok(())
    }

    fn begin_round(&mut self, index: usize) -> Held {
        if self.devices[index].is_busy() {
            return Ok(());
        }
        let anew = self.rng.chance(40);
        let request = self.devices[index].begin(anew)?;
        self.send(index, request);
        Ok(())
    }

    fn send(&mut self, device: usize, request: Option<Request>) {
        self.devices[device].asked_at = self.step;
        if let Some(Request { number, asked }) = request {
            let what = Message::Request(asked);
            self.net.push(Packet {
                device,
                number,
                what,
            });
        }
    }

    /// Those who have waited too long, or whose page was closed.
    fn give_up(&mut self) {
        for index in 0..self.devices.len() {
            let device = &mut self.devices[index];
            if device.is_busy() && self.step > device.asked_at + PATIENCE {
                device.gives_up();
                let number = device.index;
                self.tell(|| format!("device {number} has no answer"));
            }
        }
    }

    /// One message arrives, or what the weather makes of it.
    async fn deliver(&mut self) -> Held {
        if self.net.is_empty() {
            return Ok(());
        }
        let last = self.net.len();
        let out_of_order = self.strikes(Trouble::Reorder, 500);
        let which = self.weather.below(last);
        let packet = self.net.remove(if out_of_order { which } else { 0 });
        self.remember(&packet);
        if self.strikes(Trouble::Duplicate, 100) {
            self.net.push(packet.clone());
        }
        if self.strikes(Trouble::Drop, 120) {
            return Ok(());
        }
        if self.troubled && self.devices[packet.device].cut_off_until > self.step {
            return Ok(());
        }
        match packet.what {
            Message::Request(asked) => self.arrive(packet.device, packet.number, asked).await,
            Message::Reply { path, reply, epoch } => {
                if self.troubled && self.one_way_until[packet.device] > self.step {
                    return Ok(());
                }
                let (reply, epoch) = self.weathered(&path, reply, epoch);
                let (device, status) = (packet.device, reply.status);
                self.tell(|| {
                    format!(
                        "device {device} is answered {status} to {path}: {}",
                        brief(&reply)
                    )
                });
                self.come_back(packet.device, packet.number, &reply, epoch)
            }
        }
    }

    fn remember(&mut self, packet: &Packet) {
        if !self.scenario.has(Trouble::Replay) {
            return;
        }
        if self.history.len() >= 60 {
            self.history.remove(0);
        }
        self.history.push(packet.clone());
        if self.strikes(Trouble::Replay, 80) {
            // From last week: nobody waits for its answer any more.
            let which = self.weather.below(self.history.len());
            let mut old = self.history[which].clone();
            if matches!(old.what, Message::Request(_)) {
                old.number = 0;
                self.net.push(old);
            }
        }
    }

    /// A request at the hub.
    async fn arrive(&mut self, device: usize, number: u64, mut asked: Asked) -> Held {
        let path = asked.path.clone();
        if self.strikes(Trouble::Portal, 60) {
            let page = b"<html>Welcome to the guest house. Please accept our terms.</html>";
            let reply = Reply::foreign(200, page.to_vec());
            self.reply(device, number, path, reply);
            return Ok(());
        }
        if !asked.body.is_empty() && self.strikes(Trouble::Cut, 100) {
            let at = self.weather.below(asked.body.len());
            asked.body.truncate(at);
        }
        let hangs_up = self.strikes(Trouble::Restart, 60);
        let home = self.devices[device].home;
        let reply = self.hubs[home].answer(asked, hangs_up).await?;
        if let Some(reply) = reply {
            self.reply(device, number, path, reply);
        } else {
            self.tell(|| format!("the connection of device {device} breaks at {path}"));
        }
        Ok(())
    }

    fn reply(&mut self, device: usize, number: u64, path: String, reply: Reply) {
        let epoch = self.hubs[self.devices[device].home].epoch;
        self.net.push(Packet {
            device,
            number,
            what: Message::Reply { path, reply, epoch },
        });
    }

    fn weathered(&mut self, path: &str, mut reply: Reply, mut epoch: u64) -> (Reply, u64) {
        if !reply.body.is_empty() && self.strikes(Trouble::Cut, 80) {
            let at = self.weather.below(reply.body.len());
            reply.body.truncate(at);
        }
        if path.starts_with(PULL) && self.strikes(Trouble::Tamper, 150) {
            reply.body = tampered(&reply.body, self.weather.draw());
        }
        // What is not signed (how much of a photo is here) is taken at its word: only what is signed
        // is replayed.
        let is_signed = path.starts_with(PULL) || path == PUSH;
        if self.strikes(Trouble::Replay, 30) && is_signed {
            let old: Vec<(&Reply, u64)> = self
                .history
                .iter()
                .filter_map(|packet| match &packet.what {
                    Message::Reply {
                        path: old,
                        reply,
                        epoch,
                    } if old == path => Some((reply, *epoch)),
                    _ => None,
                })
                .collect();
            if let Some((old, of)) = self.weather.pick(&old) {
                (reply, epoch) = ((*old).clone(), *of);
            }
        }
        (reply, epoch)
    }

    /// An answer at the device.
    fn come_back(&mut self, index: usize, number: u64, reply: &Reply, epoch: u64) -> Held {
        let dies = self.troubled && self.scenario.has(Trouble::Power);
        let weather = &mut self.weather;
        let mut power = || match weather.below(24) {
            0 if dies => Power::DiesBefore,
            1 if dies => Power::DiesAfter,
            _ => Power::On,
        };
        let before = self.devices[index].state().pulled;
        let next = self.devices[index].answered(number, reply, &mut power)?;
        let after = self.devices[index].state();
        if after.pulled != before {
            let seen = after.seen.size;
            let has = self.devices[index].disk.entries.len();
            self.tell(|| {
                format!(
                    "device {index} is at {} of {seen}, from {before}, with {has}",
                    after.pulled
                )
            });
        }
        let current = epoch == self.hubs[self.devices[index].home].epoch;
        self.check_receipts(index, current)?;
        self.send(index, next);
        Ok(())
    }

    /// What goes wrong beside the network.
    async fn trouble(&mut self) -> Held {
        let index = self.rng.below(self.devices.len());
        if self.strikes(Trouble::Partition, 60) {
            self.devices[index].cut_off_until = self.step + 5 + self.weather.below(30);
            self.tell(|| format!("device {index} is without a network"));
        }
        if self.strikes(Trouble::OneWay, 50) {
            self.one_way_until[index] = self.step + 5 + self.weather.below(15);
            self.tell(|| format!("answers to device {index} are lost"));
        }
        // Drawn in any case, so that the same run with right clocks meets the same weather.
        let jump = skewed(self.weather.draw());
        if self.strikes(Trouble::Skew, 60) {
            self.devices[index].skew = jump;
        }
        if self.strikes(Trouble::OldCopy, 60) {
            self.old_copy(index);
        }
        if self.strikes(Trouble::Clone, 15) && self.devices.len() < 20 {
            let copy = self.devices[index].cloned(self.devices.len());
            let place = copy.index;
            self.add(copy);
            self.vouched[place] = self.vouched[index].clone();
            self.tell(|| format!("device {index} is copied to {place}"));
        }
        if self.strikes(Trouble::Session, 60) {
            let person = self.devices[index].person;
            self.hubs[0].sign_out(person).await?;
            self.tell(|| format!("the sessions of device {index}'s person end"));
        }
        // People sign in again, sooner or later.
        if self.rng.chance(150) && self.devices[index].outcome.needs_sign_in {
            self.sign_in(index).await?;
        }
        if self.strikes(Trouble::Revoke, 15) {
            self.revoke(index).await?;
        }
        if self.strikes(Trouble::Roles, 60) {
            self.change_roles(index).await?;
        }
        if self.strikes(Trouble::Admit, 80) {
            self.admit().await?;
        }
        if self.strikes(Trouble::Restart, 25) {
            self.hubs[0].restart().await?;
            self.tell(|| "the hub starts again".to_owned());
        }
        if self.strikes(Trouble::Restore, 40) {
            self.hubs[0].back_up().await?;
            self.tell(|| "the hub makes a backup".to_owned());
        }
        if self.strikes(Trouble::Restore, 20) {
            let which = self.weather.below(3);
            if self.hubs[0].bring_back(which).await? {
                let size = self.hubs[0].model.point.size;
                self.tell(|| format!("the hub is restored to {size} leaves"));
            }
        }
        Ok(())
    }

    fn old_copy(&mut self, index: usize) {
        let device = &mut self.devices[index];
        let Some(copy) = device.copy.take() else {
            device.copy = Some(device.disk.clone());
            return;
        };
        device.forget_round();
        device.disk = copy;
        let here: BTreeSet<RevisionId> = ids_of(device.disk.outbox.values());
        device.signed.retain(|id| here.contains(id));
        // What the old copy says of the hub is of its own day: it is looked at again in the end.
        let said = self.devices[index].disk.sent.keys().copied().collect();
        self.vouched[index] = said;
        self.tell(|| format!("device {index} is put back to an older copy"));
    }

    async fn revoke(&mut self, index: usize) -> Held {
        let device = self.devices[index].id;
        if self.planted != Some(Planted::RevokeForgotten) {
            let path = format!("/api/devices/{device}/revoke");
            self.administers("POST", path, b"{}".to_vec()).await?;
        }
        self.hubs[0].model.revoked.insert(device);
        self.hubs[0].settle().await?;
        self.tell(|| format!("device {index} is revoked"));
        Ok(())
    }

    async fn change_roles(&mut self, index: usize) -> Held {
        use Role::{Approver, Coordinator, Field, Viewer};
        const SETS: [&[Role]; 5] = [
            &[Field],
            &[Coordinator],
            &[Approver],
            &[Viewer],
            &[Coordinator, Approver, Field],
        ];
        let person = self.devices[index].person;
        let Some(place) = self.people.iter().position(|one| one.id == person) else {
            return Ok(());
        };
        let same = self.rng.chance(400);
        let roles: BTreeSet<Role> = if same {
            self.people[place].roles.clone()
        } else {
            SETS[self.rng.below(SETS.len())].iter().copied().collect()
        };
        let mut team = self.people[place].team;
        if self.scenario.has(Trouble::Scope) {
            team = [None, Some(0), Some(1)][self.rng.below(3)];
        }
        let words: Vec<String> = roles.iter().map(|role| word(*role)).collect();
        let mut body = serde_json::json!({ "roles": words });
        if let Some(team) = team {
            body["team"] = self.teams[team].to_string().into();
        }
        let path = format!("/api/people/{person}/roles");
        let body = serde_json::to_vec(&body).map_err(fault)?;
        self.administers("POST", path, body).await?;
        self.people[place].team = team;
        self.hubs[0].model.roles.insert(person, roles.clone());
        self.hubs[0].settle().await?;
        self.tell(|| format!("device {index}'s person is {roles:?} of team {team:?} now"));
        Ok(())
    }

    /// What an administrator presses at the desk.
    async fn administers(&mut self, method: &'static str, path: String, body: Vec<u8>) -> Held {
        let secret = "the-administrators-session";
        let person = self.administrator;
        self.hubs[0].sign_in(person, secret).await?;
        let reply = self.hubs[0]
            .desk(method, path.clone(), secret, body)
            .await?;
        match reply {
            Some(reply) if (200..300).contains(&reply.status) => Ok(()),
            Some(reply) => Err(fault(format!(
                "{path}: {} {}",
                reply.status,
                String::from_utf8_lossy(&reply.body)
            ))),
            None => Err(fault(path)),
        }
    }

    /// A coordinator lets in one of those that are held.
    async fn admit(&mut self) -> Held {
        let held: Vec<RevisionId> = self.hubs[0].model.held.keys().copied().collect();
        let mut held: Vec<(usize, RevisionId)> = held
            .into_iter()
            .map(|id| (self.order.get(&id).copied().unwrap_or(0), id))
            .collect();
        held.sort_unstable();
        let roles = self.hubs[0].model.roles.clone();
        let coordinators = self.people.iter().map(|one| one.id).filter(|person| {
            roles
                .get(person)
                .is_some_and(|roles| roles.contains(&Role::Coordinator))
        });
        let coordinators: Vec<PersonId> = coordinators.collect();
        let (Some((_, id)), Some(person)) = (
            self.rng.pick(&held).copied(),
            self.rng.pick(&coordinators).copied(),
        ) else {
            return Ok(());
        };
        let secret = "a-coordinators-session";
        self.hubs[0].sign_in(person, secret).await?;
        let path = format!("/api/held/{id}/admit");
        let reply = self.hubs[0]
            .desk("POST", path, secret, b"{}".to_vec())
            .await?;
        self.hubs[0].settle().await?;
        let status = reply.map(|reply| reply.status);
        self.tell(|| format!("a held revision is let in: {status:?}"));
        Ok(())
    }

    /// Everything heals, and within a few rounds all is everywhere.
    pub async fn heal(&mut self) -> Held {
        self.troubled = false;
        self.step += 1;
        self.net.clear();
        self.history.clear();
        for index in 0..self.devices.len() {
            self.devices[index].gives_up();
            self.devices[index].cut_off_until = 0;
            self.sign_in(index).await?;
        }
        for round in 0..ROUNDS {
            let mut settled = true;
            for index in 0..self.devices.len() {
                let size = self.hubs[0].model.point.size;
                let request = self.devices[index].begin(false)?;
                self.send(index, request);
                while !self.net.is_empty() {
                    self.deliver().await?;
                }
                settled &= !self.devices[index].is_busy()
                    && !self.devices[index].outcome.changed
                    && self.hubs[0].model.point.size == size;
                self.devices[index].gives_up();
            }
            if settled && round > 0 {
                return self.check_end().await;
            }
        }
        crate::broken(
            "all is everywhere soon",
            format!("{ROUNDS} rounds were not enough"),
        )
    }

    /// The log by device and number, and how each statement stands: what clocks may not change.
    pub async fn course(&self) -> Vec<String> {
        use safelane_store::{LedgerLog as _, Limit, RecordViews as _};
        let Ok(store) = self.hubs[0].store() else {
            return Vec::new();
        };
        let mut course = Vec::new();
        let mut after = 0;
        while let Ok(page) = store.entries(after, Limit::MAX).await {
            let Some(last) = page.last() else { break };
            after = last.leaf.n;
            for entry in page {
                let (leaf, revision) = (&entry.leaf, &entry.revision);
                let rows = store.statements_of(revision.record()).await;
                let row = rows.unwrap_or_default();
                let row = row.iter().find(|row| row.revision == leaf.id);
                course.push(format!(
                    "{} {} {} {} {:?} {:?}",
                    leaf.n,
                    revision.device(),
                    revision.seq(),
                    leaf.received,
                    leaf.verdict.roles,
                    row.map(|row| row.status),
                ));
            }
        }
        course
    }

    /// Closes the hubs and takes their files away.
    pub async fn close(&mut self) {
        for hub in &mut self.hubs {
            hub.close().await;
        }
    }

    /// All that a device has of each record, as `resolve` wants it.
    pub fn shown_on(&mut self, index: usize) -> BTreeMap<RecordId, Vec<Received>> {
        let roles_of_now = self.planted == Some(Planted::RolesOfNow);
        let Self {
            devices,
            people,
            memory,
            hubs,
            ..
        } = self;
        let device = &devices[index];
        let own = people.iter().find(|one| one.id == device.person);
        let own = Verdict {
            roles: own.map(|one| one.roles.clone()).unwrap_or_default(),
            admitted_by: None,
        };
        let mut found: BTreeMap<RecordId, Vec<Received>> = BTreeMap::new();
        let mut take = |read: Option<Arc<Read>>, mut verdict: Verdict| {
            let Some(read) = read else { return };
            let revision = read.revision.clone();
            if roles_of_now && let Some(roles) = hubs[0].model.roles.get(&revision.author()) {
                verdict.roles.clone_from(roles);
            }
            let record = revision.record();
            found.entry(record).or_default().push(Received {
                revision,
                verdict,
                body: read.body.clone(),
            });
        };
        for (id, entry) in &device.disk.entries {
            if let Some(verdict) = memory.verdict(entry) {
                take(memory.read(*id, &entry.revision), verdict);
            }
        }
        for text in device.disk.outbox.values() {
            let id = RevisionId::of(text.bytes.as_bytes());
            let counts = matches!(
                device.disk.state_of(id),
                SendState::Waiting | SendState::Received { .. } | SendState::Returned { .. }
            );
            if counts && !device.disk.entries.contains_key(&id) {
                take(memory.read(id, text), own.clone());
            }
        }
        found
    }
}

/// What was read or verified once and need not be again.
#[derive(Debug, Default)]
pub struct Memory {
    read: HashMap<RevisionId, Arc<Read>>,
    verdicts: HashMap<String, Verdict>,
    receipts: HashMap<String, Option<Receipt>>,
    sound: HashSet<(RevisionId, [u8; 64])>,
}

impl Memory {
    fn read(&mut self, id: RevisionId, text: &RevisionText) -> Option<Arc<Read>> {
        if let Some(read) = self.read.get(&id)
            && (read.body.is_some() || text.bodies.is_empty())
        {
            return Some(Arc::clone(read));
        }
        let signed = SignedRevision::from(text.clone());
        let revision = signed.read().ok()?.claim().clone();
        let body = signed.bodies.get(&Tier::T1);
        let body = body.and_then(|bytes| canonical::parse(bytes).ok());
        let read = Arc::new(Read { revision, body });
        self.read.insert(id, Arc::clone(&read));
        Some(read)
    }

    fn verdict(&mut self, entry: &PullEntry) -> Option<Verdict> {
        if let Some(verdict) = self.verdicts.get(&entry.leaf) {
            return Some(verdict.clone());
        }
        let verdict = entry.leaf().ok()?.verdict;
        self.verdicts.insert(entry.leaf.clone(), verdict.clone());
        Some(verdict)
    }

    fn receipt(&mut self, text: &SignedText, key: &PublicKey) -> Option<&Receipt> {
        let opened = self.receipts.entry(text.bytes.clone());
        opened.or_insert_with(|| text.open(key).ok()).as_ref()
    }

    fn is_sound(&mut self, text: &RevisionText, key: &PublicKey) -> bool {
        let id = RevisionId::of(text.bytes.as_bytes());
        let sound = self.sound.contains(&(id, text.signature.to_bytes()))
            || key
                .verify(Line::Revision, text.bytes.as_bytes(), &text.signature)
                .is_ok();
        if sound {
            self.sound.insert((id, text.signature.to_bytes()));
        }
        sound
    }
}

/// The ids of some revisions.
pub fn ids_of<'a>(texts: impl IntoIterator<Item = &'a RevisionText>) -> BTreeSet<RevisionId> {
    texts
        .into_iter()
        .map(|text| RevisionId::of(text.bytes.as_bytes()))
        .collect()
}

fn skewed(chance: u64) -> i64 {
    (chance % (2 * TEN_YEARS as u64)) as i64 - TEN_YEARS
}

fn word(role: Role) -> String {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What an answer says, in a few words.
fn brief(reply: &Reply) -> String {
    if let Ok(page) = serde_json::from_slice::<safelane_wire::sync::PullAnswer>(&reply.body) {
        let numbers: Vec<String> = page
            .entries
            .iter()
            .filter_map(|one| Some(one.leaf().ok()?.n.to_string()))
            .collect();
        return format!("up to {} with {}", page.upto, numbers.join(" "));
    }
    if let Ok(answer) = serde_json::from_slice::<safelane_wire::sync::PushAnswer>(&reply.body) {
        let answers: Vec<String> = answer
            .answers
            .iter()
            .map(|one| format!("{:?}", one.answer))
            .collect();
        return answers.join(", ");
    }
    format!("{} bytes", reply.body.len())
}

/// The same page with one digit of one signature changed.
fn tampered(body: &[u8], chance: u64) -> Vec<u8> {
    let mut body = body.to_vec();
    let marks: Vec<usize> = body
        .windows(13)
        .enumerate()
        .filter(|(_, window)| *window == b"\"signature\":\"")
        .map(|(at, _)| at + 13)
        .collect();
    if let Some(at) = marks.get(chance as usize % marks.len().max(1)) {
        body[*at] = if body[*at] == b'0' { b'1' } else { b'0' };
    }
    body
}
