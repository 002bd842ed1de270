//! A store with a clock and randomness: what commands and the server's start-up work with.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use safelane_ledger::body::encode_body;
use safelane_ledger::{
    Act, KindVersion, PersonId, ReceivedAt, RecordId, RevisionId, Role, Salt, Tier,
};
use safelane_model::{Body, Date};
use safelane_server::Clock;
use safelane_store::{Batch, HubDraft, Item, Store};
use uuid::Uuid;

/// The open store of a programme, and its clock.
#[derive(Clone)]
pub struct Office {
    pub store: Arc<dyn Store>,
    clock: Clock,
}

impl Office {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self::with_clock(store, Arc::new(system_time))
    }

    /// The same by another clock: the demo's.
    pub fn with_clock(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// The hub's time.
    pub fn now(&self) -> ReceivedAt {
        (self.clock)()
    }

    /// The day in UTC.
    pub fn today(&self) -> Date {
        Date::from_days_since_1970(self.now().unix() / 86_400)
            .expect("today lies between 1900 and 2199")
    }

    /// Sixteen random bytes for a body.
    pub fn salt(&self) -> Salt {
        Salt::from_bytes(random())
    }

    /// A whole number of the programme's settings.
    pub async fn programme_number(&self, key: &str) -> Result<Option<i64>> {
        let programme = self.programme().await?;
        Ok(programme
            .as_ref()
            .and_then(|body| body.get(key))
            .and_then(serde_json::Value::as_i64))
    }

    /// The programme's settings.
    pub async fn programme(&self) -> Result<Option<safelane_model::body::Map>> {
        let Some(value) = self.store.programme().await? else {
            return Ok(None);
        };
        Ok(Some(serde_json::from_slice(
            &safelane_ledger::canonical::write(&value),
        )?))
    }

    /// Whether everything in it is made up.
    pub async fn is_demo(&self) -> Result<bool> {
        let programme = self.programme().await?;
        Ok(programme
            .as_ref()
            .and_then(|body| body.get("demo"))
            .and_then(serde_json::Value::as_str)
            == Some("yes"))
    }

    /// The person of a sign-in name.
    pub async fn person(&self, name: &str) -> Result<PersonId> {
        let account = self.store.account_named(name).await?;
        Ok(account
            .with_context(|| {
                format!("nobody signs in as {name:?}; `safelane user list` shows who does")
            })?
            .person)
    }

    /// The person named, else the first administrator, else the hub's own operator.
    pub async fn person_or_first_administrator(&self, name: Option<&str>) -> Result<PersonId> {
        if let Some(name) = name {
            return self.person(name).await;
        }
        let grants = self.store.grants().await?;
        let administrator = grants
            .iter()
            .find(|grant| grant.rights.roles.contains(&Role::Administrator));
        match administrator {
            Some(grant) => Ok(grant.person),
            None => Ok(PersonId::new(self.store.info().await?.hub.device().uuid())),
        }
    }

    /// The hub states a body of its own about a record, in somebody's name.
    pub async fn state(
        &self,
        record: RecordId,
        kind: &str,
        body: &Body,
        author: PersonId,
    ) -> Result<()> {
        let known = self.store.record(record).await?;
        let parents = known.map(|summary| summary.officials).unwrap_or_default();
        let batch = self.draft(record, kind, body, parents, author)?;
        let appended = self.store.append(batch).await?;
        match appended.answers.first().map(|answered| &answered.answer) {
            Some(safelane_ledger::Answer::Received { .. }) => Ok(()),
            other => bail!("the ledger did not take the {kind}: {other:?}; nothing was changed"),
        }
    }

    /// What the hub is to state about a record, in place of some statements.
    fn draft(
        &self,
        record: RecordId,
        kind: &str,
        body: &Body,
        parents: Vec<RevisionId>,
        author: PersonId,
    ) -> Result<Batch> {
        let draft = HubDraft {
            record,
            kind: KindVersion::new(kind, 1)?,
            act: Act::Put,
            parents,
            bodies: BTreeMap::from([(Tier::T1, encode_body(body, self.salt())?)]),
            submission: None,
            author,
        };
        Ok(Batch {
            at: self.now(),
            items: vec![Item::from(draft)],
        })
    }

    /// The first roles of somebody new, to be stated.
    pub fn first_grant(&self, person: PersonId, roles: &[Role], author: PersonId) -> Result<Batch> {
        let record = RecordId::new(new_uuid());
        let body = grant_body(person, roles);
        self.draft(record, "grant", &body, Vec::new(), author)
    }

    /// Gives a person these roles and no others.
    pub async fn grant(
        &self,
        person: PersonId,
        roles: &[Role],
        organisation: Option<RecordId>,
        team: Option<RecordId>,
        author: PersonId,
    ) -> Result<()> {
        let grants = self.store.grants().await?;
        let held = grants
            .iter()
            .find(|grant| grant.person == person)
            .map(|grant| grant.record);
        let record = held.unwrap_or_else(|| RecordId::new(new_uuid()));
        let mut body = grant_body(person, roles);
        if let Some(organisation) = organisation {
            body.set("organisation", organisation.to_string());
        }
        if let Some(team) = team {
            body.set("team", team.to_string());
        }
        self.state(record, "grant", &body, author).await
    }
}

fn grant_body(person: PersonId, roles: &[Role]) -> Body {
    let words: Vec<String> = roles.iter().map(|role| role_word(*role)).collect();
    Body::new()
        .with("person", person.to_string())
        .with("roles", words.join(","))
}

/// The system's time.
#[expect(
    clippy::disallowed_methods,
    reason = "the one clock: everything below takes time as an argument"
)]
pub fn system_time() -> ReceivedAt {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    ReceivedAt::from_unix(now.as_secs() as i64)
        .unwrap_or_else(|_| ReceivedAt::from_unix(0).expect("1970 is a time"))
}

/// The word of a role.
pub fn role_word(role: Role) -> String {
    serde_json::to_value(role)
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The role of a word.
pub fn role(word: &str) -> Result<Role> {
    let role = serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .ok()
        .filter(|role| *role != Role::Hub);
    role.with_context(|| {
        format!(
            "{word:?} is no role; these are: administrator, coordinator, approver, field, viewer"
        )
    })
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random UUID (version 4).
pub fn new_uuid() -> Uuid {
    uuid::Builder::from_random_bytes(random()).into_uuid()
}
