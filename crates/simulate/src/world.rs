//! The world of one run: hubs, devices, people, the network between them, and what goes wrong.

mod bodies;
mod checks;
mod judged;
mod memory;
mod network;
mod people;
mod troubles;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use safelane_ledger::{
    DeviceId, PersonId, Received, RecordId, RevisionId, Role, SigningKey, Verdict,
};
use safelane_model::Body;
use safelane_sync::{HubIdentity, SendState};
use safelane_wire::sync::RevisionText;

use crate::Held;
use crate::device::Device;
use crate::hub::Hub;
use crate::planted::Planted;
use crate::rng::Rng;
use crate::scenario::{Scenario, Trouble};

pub use memory::{Memory, Read};
pub use people::What;

use network::Packet;
use troubles::skewed;

/// 2026-03-01T08:30:00Z.
const START: i64 = 1_772_353_800;
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
    /// Approvals that were signed.
    approvals: BTreeSet<RevisionId>,
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
            approvals: BTreeSet::new(),
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

/// The ids of some revisions.
pub fn ids_of<'a>(texts: impl IntoIterator<Item = &'a RevisionText>) -> BTreeSet<RevisionId> {
    texts
        .into_iter()
        .map(|text| RevisionId::of(text.bytes.as_bytes()))
        .collect()
}

fn word(role: Role) -> String {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
