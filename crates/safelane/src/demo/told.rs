//! Tells the story of the isle to a hub: people, devices, and all that they ever pushed, each at
//! its own time of the hub's clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, Result, anyhow, bail};
use safelane_ledger::{Answer, HeldReason, PersonId, ReceivedAt, RecordId, Role, SignedRevision};
use safelane_model::{Body, Date};
use safelane_server::{App, Clock, hash_password, push_revisions};
use safelane_store::{Account, SecretHash, Token};
use safelane_store_sqlite::Hub;

use super::build::{self, Demo, Device, Person};
use super::story::{Import, Step, Told};
use super::table::Table;
use crate::office::{Office, random, role};
use crate::output::Quiet;
use crate::people::hex;
use crate::serve::{operator, programme};
use crate::{cli, import};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The clock of a demo's hub. While the story is told it shows the day of the story; after that it
/// is the real one, moved ahead as long as the day of start still lies ahead.
#[derive(Clone)]
pub struct StoryClock {
    /// Seconds since 1970 while the story is told; 0 after it.
    told: Arc<AtomicI64>,
    ahead: i64,
    real: Clock,
}

impl StoryClock {
    pub fn new(real: Clock, today: Date) -> Self {
        let real_day = real().unix().div_euclid(DAY);
        Self {
            told: Arc::default(),
            ahead: (today.days_since_1970() - real_day).max(0) * DAY,
            real,
        }
    }

    pub fn now(&self) -> ReceivedAt {
        let seconds = match self.told.load(Ordering::Relaxed) {
            0 => self.present(),
            told => told,
        };
        ReceivedAt::from_unix(seconds).unwrap_or_else(|_| (self.real)())
    }

    fn present(&self) -> i64 {
        (self.real)().unix() + self.ahead
    }

    pub fn clock(&self) -> Clock {
        let this = self.clone();
        Arc::new(move || this.now())
    }

    /// Shows a moment of the story, but none that has not come yet.
    fn show(&self, at: i64) {
        self.told
            .store(at.min(self.present()).max(1), Ordering::Relaxed);
    }

    fn go_on(&self) {
        self.told.store(0, Ordering::Relaxed);
    }
}

/// A demo that is about to be told.
pub struct Telling<'a> {
    pub office: Office,
    pub table: &'a Table,
    pub hub: &'a Hub,
    pub clock: StoryClock,
    demo: Demo,
}

impl<'a> Telling<'a> {
    pub fn new(
        office: Office,
        table: &'a Table,
        hub: &'a Hub,
        clock: StoryClock,
        today: Date,
    ) -> Result<Self> {
        let demo = build::build(table, today, hub.ledger, &random())?;
        Ok(Self {
            office,
            table,
            hub,
            clock,
            demo,
        })
    }

    /// The programme's settings: the ledger's first entry says that it is a demo.
    pub async fn found(&self) -> Result<()> {
        self.clock.show(self.demo.began);
        self.settings(1).await
    }

    async fn settings(&self, number: u64) -> Result<()> {
        let row = &self.table.programme;
        let mut body = programme(&row.name, &row.prefix, &row.hub_name, self.hub, true)
            .with("ahead_of_utc", row.ahead_of_utc)
            .with("numbers_from", number);
        body.set_ground("area", &self.demo.area);
        let record = RecordId::new(self.hub.ledger.uuid());
        let by = operator(self.hub);
        self.office.state(record, "programme", &body, by).await
    }

    /// Everything else, through the ordinary door.
    pub async fn tell(mut self, app: &App) -> Result<()> {
        let people = std::mem::take(&mut self.demo.people);
        let is_administrator =
            |person: &&Person| person.roles.iter().any(|role| role == "administrator");
        let administrator = people.iter().find(is_administrator);
        let by = administrator
            .context("the table has no administrator")?
            .person;
        self.people(&people, by).await?;
        let photos = std::mem::take(&mut self.demo.photos);
        while let Some(Told { at, step }) = self.demo.story.next()? {
            self.clock.show(at);
            match step {
                Step::NumbersFrom(number) => self.settings(number).await?,
                Step::Push(revisions, held) => {
                    let said: BTreeMap<_, _> = (revisions.iter())
                        .map(|one| (one.id(), described(one)))
                        .collect();
                    // An approval is checked against all that came before it; however slow the machine
                    // is, nobody waits for this answer, so nothing is given up.
                    app.board().reached(app.store().point().await?.size).await;
                    let push = push_revisions(app, revisions).await;
                    let push = push.map_err(|error| anyhow!("{error:?}"))?;
                    for one in push.answer.answers {
                        let wanted = match &one.answer {
                            Answer::Received { .. } => !held.contains(&one.id),
                            Answer::Held { reason } => {
                                *reason == HeldReason::DeviceRevoked && held.contains(&one.id)
                            }
                            Answer::Refused { .. } | Answer::Duplicate { .. } => false,
                        };
                        if !wanted {
                            let what = said.get(&one.id).map_or("", String::as_str);
                            bail!("the demo's {what} was {:?}", one.answer);
                        }
                    }
                }
                Step::Import(file) => self.import(&file).await?,
                Step::Revoke(label) => self.revoke(&people, &label, by).await?,
            }
        }
        for photo in photos {
            let sha256 = safelane_ledger::Digest::of(&photo);
            app.store()
                .put_media(sha256, 0, photo.len() as u64, &photo)
                .await?;
        }
        self.clock.go_on();
        Ok(())
    }

    async fn people(&self, people: &[Person], by: PersonId) -> Result<()> {
        let password = hash_password(&self.table.programme.password)?;
        for person in people {
            let account = Account {
                person: person.person,
                name: person.key.clone(),
                display: person.display.clone(),
                password: person.signs_in.then(|| password.clone()),
                language: "en".into(),
                created: self.office.now(),
            };
            self.office.store.add_account(&account).await?;
            let roles = person.roles.iter().map(|word| role(word));
            let roles = roles.collect::<Result<Vec<Role>>>()?;
            let (organisation, team) = (Some(person.organisation), person.team);
            self.office
                .grant(person.person, &roles, organisation, team, by)
                .await?;
            if let Some(device) = &person.device {
                self.device(person, device, "no", by).await?;
            }
        }
        for (name, secret) in tokens(self.table) {
            let token = Token {
                token: SecretHash::of(secret.as_bytes()),
                name: name.to_owned(),
                role: Role::Viewer,
                created: self.office.now(),
                expires: None,
            };
            self.office.store.add_token(&token).await?;
        }
        Ok(())
    }

    async fn device(
        &self,
        person: &Person,
        device: &Device,
        revoked: &str,
        by: PersonId,
    ) -> Result<()> {
        let body = Body::new()
            .with("person", person.person.to_string())
            .with("public_key", hex(&device.key.to_bytes()))
            .with("label", device.label.as_str())
            .with("revoked", revoked);
        let record = RecordId::new(device.id.uuid());
        self.office.state(record, "device", &body, by).await
    }

    async fn revoke(&self, people: &[Person], label: &str, by: PersonId) -> Result<()> {
        let whose = people.iter().find_map(|person| {
            let device = person.device.as_ref()?;
            (device.label == label).then_some((person, device))
        });
        let (person, device) = whose.with_context(|| format!("no device {label:?}"))?;
        self.device(person, device, "yes", by).await
    }

    /// The real importer reads the made-up file; what is said of its records later names them.
    async fn import(&mut self, file: &Import) -> Result<()> {
        let command = cli::Import {
            file: file.file.clone().into(),
            kind: "hazardous-area".to_owned(),
            id: Some("id".to_owned()),
            as_of: None,
            report: None,
            dry_run: false,
            by: None,
            memory: None,
            seconds: None,
        };
        let size = file.bytes.len() as u64;
        let source = (std::io::Cursor::new(file.bytes.clone()), size);
        import::read(&self.office, &command, source, &mut Quiet).await?;
        let summary = self.office.store.record(file.record).await?;
        let officials = summary.map(|summary| summary.officials).unwrap_or_default();
        let only = officials.first().context("an import that does not stand")?;
        self.demo.story.learn(file.record, *only);
        Ok(())
    }
}

/// A revision as a mistake in the table is looked for: its bytes as text.
fn described(one: &SignedRevision) -> String {
    String::from_utf8_lossy(&one.bytes).into_owned()
}

/// Published tokens by name.
pub fn tokens(table: &Table) -> impl Iterator<Item = (&str, &str)> {
    (table.person.iter()).filter_map(|person| Some((person.key.as_str(), person.token.as_deref()?)))
}
