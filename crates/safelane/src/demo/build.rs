//! From the table to signed revisions, in the order in which they are pushed.

mod finds;
mod hazards;
mod places;
mod releases;
mod tasks;
mod work;
mod zones;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use safelane_geometry::{MultiPolygon, Position, Shape, measure};
use safelane_ledger::{DeviceId, LedgerId, PersonId, PublicKey, RecordId};
use safelane_model::Date;
use safelane_model::body::{Body, Ground, How, Photo};
use uuid::Uuid;

use super::ground::{Isle, Plot};
use super::signer::Signer;
use super::story::{Statement, Story, Teller};
use super::table::{Hazard, Named, Table, Task};

/// A person of the demo and, if they sign, the key of their made-up device.
pub struct Person {
    pub person: PersonId,
    pub key: String,
    pub display: String,
    pub roles: Vec<String>,
    pub organisation: RecordId,
    pub team: Option<RecordId>,
    pub device: Option<Device>,
    /// Whether the sign-in page offers them.
    pub signs_in: bool,
}

/// A made-up device.
pub struct Device {
    pub id: DeviceId,
    pub label: String,
    pub key: PublicKey,
}

/// The whole demo, before a hub has seen it.
pub struct Demo {
    pub people: Vec<Person>,
    pub area: Ground,
    /// The hub's time at the beginning, seconds since 1970.
    pub began: i64,
    pub story: Teller,
    /// Pictures that have been sent.
    pub photos: Vec<Vec<u8>>,
}

/// Builds the demo for a day; `entropy` is 32 random bytes, from which the made-up keys follow.
pub fn build(table: &Table, today: Date, ledger: LedgerId, entropy: &[u8; 32]) -> Result<Demo> {
    let mut builder = Builder::new(table, today, ledger)?;
    let people = builder.people(entropy);
    builder.places()?;
    builder.hazards()?;
    builder.tasks()?;
    builder.work()?;
    builder.completions()?;
    builder.surveys()?;
    builder.versions()?;
    builder.items()?;
    builder.accidents()?;
    builder.civilian_reports()?;
    builder.answers()?;
    builder.zones()?;
    builder.revocations();
    let area = builder
        .isle
        .outline(&[[-15.0, -12.0], [15.0, -12.0], [15.0, 12.0], [-15.0, 12.0]]);
    let ahead = table.programme.ahead_of_utc;
    let began = (today.days_since_1970() - table.programme.began) * 86_400;
    Ok(Demo {
        people,
        area: Ground::new(Shape::polygons(area), How::Drawn),
        began,
        story: builder.story.tell(today, ahead, builder.signers),
        photos: builder.sent,
    })
}

/// A day's report that a series or a row made, for the items found on that day.
struct Report {
    by: String,
    task: String,
    ago: i64,
    record: RecordId,
    statement: Statement,
    approved: bool,
    /// The middle of its ground, metres from the hazard's corner.
    middle: Option<[f64; 2]>,
}

struct Builder<'a> {
    table: &'a Table,
    today: Date,
    ledger: LedgerId,
    isle: Isle,
    plots: BTreeMap<u64, Plot>,
    signers: BTreeMap<String, Signer>,
    story: Story,
    reports: Vec<Report>,
    /// Pictures that have been sent.
    sent: Vec<Vec<u8>>,
}

impl<'a> Builder<'a> {
    fn new(table: &'a Table, today: Date, ledger: LedgerId) -> Result<Self> {
        let [lon, lat] = table.programme.origin;
        let isle = Isle::new(Position::from_degrees(lon, lat)?);
        let plots = (table.hazard.iter())
            .map(|row| (row.number, hazards::plot(&isle, table, row)))
            .collect();
        Ok(Self {
            table,
            today,
            ledger,
            isle,
            plots,
            signers: BTreeMap::new(),
            story: Story::default(),
            reports: Vec::new(),
            sent: Vec::new(),
        })
    }

    fn id(&self, name: &str) -> Uuid {
        Uuid::new_v5(&self.ledger.uuid(), format!("demo {name}").as_bytes())
    }

    fn record(&self, name: &str) -> RecordId {
        RecordId::new(self.id(name))
    }

    fn reference(&self, name: &str) -> String {
        self.id(name).to_string()
    }

    fn team_reference(&self, team: &str) -> String {
        self.reference(&format!("team {team}"))
    }

    fn hazard_reference(&self, number: u64) -> String {
        self.hazard_record(number).to_string()
    }

    fn day(&self, ago: i64) -> Result<Date> {
        Ok(self.today.plus_days(-ago)?)
    }

    fn date(&self, ago: i64) -> Result<String> {
        Ok(self.day(ago)?.to_string())
    }

    /// Days ago that something of a day can have been signed: what is older was taken over from
    /// paper when the programme began to use this office server.
    fn signed(&self, ago: i64) -> i64 {
        ago.min(self.table.programme.began)
    }

    fn hazard(&self, number: u64) -> Result<&'a Hazard> {
        (self.table.hazard(number)).with_context(|| format!("no hazard {number} in the table"))
    }

    fn plot(&self, number: u64) -> Result<&Plot> {
        (self.plots.get(&number)).with_context(|| format!("no hazard {number} in the table"))
    }

    fn task(&self, key: &str) -> Result<&'a Task> {
        (self.table.task(key)).with_context(|| format!("no task {key:?} in the table"))
    }

    /// The first hazardous area of a task.
    fn hazard_of(&self, task: &str) -> Result<u64> {
        let first = self.task(task)?.hazards.first();
        let first = first.with_context(|| format!("task {task:?} names no hazard"))?;
        Ok(*first.get_ref())
    }

    /// The team of a report: the one that it names, else the person's own.
    fn team_of(&self, person: &str, named: Option<&Named>) -> Result<String> {
        let own = || self.table.person(person)?.team.as_ref();
        let team = named.or_else(own);
        let team = team.with_context(|| format!("{person:?} has no team"))?;
        Ok(self.team_reference(team.get_ref()))
    }

    /// A person of the table, by id.
    fn person_reference(&self, key: &str) -> Result<String> {
        let person = self.table.person(key);
        person.with_context(|| format!("no person {key:?} in the table"))?;
        Ok(self.id(&format!("person {key}")).to_string())
    }

    fn people(&mut self, entropy: &[u8; 32]) -> Vec<Person> {
        let mut people = Vec::new();
        for person in &self.table.person {
            let id = PersonId::new(self.id(&format!("person {}", person.key)));
            let device = person.device.as_ref().map(|label| {
                let device = DeviceId::new(self.id(&format!("device {label}")));
                let signer = Signer::new(self.ledger, id, device, label, entropy);
                let key = signer.public_key();
                self.signers.insert(person.key.clone(), signer);
                Device {
                    id: device,
                    label: label.clone(),
                    key,
                }
            });
            let organisation = format!("organisation {}", person.organisation.get_ref());
            people.push(Person {
                person: id,
                key: person.key.clone(),
                display: person.display.clone(),
                roles: person.roles.clone(),
                organisation: self.record(&organisation),
                team: (person.team.as_ref())
                    .map(|team| self.record(&format!("team {}", team.get_ref()))),
                device,
                signs_in: person.sign_in.is_some(),
            });
        }
        people
    }

    /// Tablets that were lost.
    fn revocations(&mut self) {
        for person in &self.table.person {
            if let (Some(ago), Some(label)) = (person.revoked, &person.device) {
                self.story.revoke(ago, label);
            }
        }
    }

    /// The pictures that a body names.
    fn photos(&mut self, names: &[String], ago: i64, body: &mut Body) -> Result<()> {
        let photos = names.iter().map(|name| self.photo(name, ago));
        let photos = photos.collect::<Result<Vec<_>>>()?;
        if !photos.is_empty() {
            body.set("photos", serde_json::json!(photos));
        }
        Ok(())
    }

    /// A picture that the program carries; those marked `!` are named and not sent yet.
    fn photo(&mut self, name: &str, ago: i64) -> Result<Photo> {
        let (name, sent) = match name.strip_prefix('!') {
            Some(name) => (name, false),
            None => (name, true),
        };
        let bytes = super::pictures::picture(name)
            .with_context(|| format!("no picture {name:?} in the program"))?;
        if sent {
            self.sent.push(bytes.to_vec());
        }
        Ok(Photo {
            sha256: safelane_ledger::Digest::of(bytes).to_string(),
            bytes: bytes.len() as u64,
            media_type: "image/png".to_owned(),
            caption: Some("Drawn, not photographed".to_owned()),
            taken_at: Some(format!("{}T12:00:00Z", self.day(ago)?)),
            position: None,
        })
    }
}

/// The keys that rows name.
fn keys(named: &[Named]) -> impl Iterator<Item = &str> {
    named.iter().map(|key| key.get_ref().as_str())
}

fn ground(shape: MultiPolygon, how: How) -> Ground {
    debug_assert!(measure::area(&shape).get() > 0.0);
    let mut ground = Ground::new(Shape::polygons(shape), how);
    ground.accuracy_mm = Some(500);
    ground.statistic = safelane_model::Statistic::Sigma;
    ground
}

#[cfg(test)]
mod tests;
