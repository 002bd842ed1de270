//! From the table to signed revisions, in the order in which they are pushed.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow};
use safelane_geometry::{MultiPolygon, Position, Shape, measure};
use safelane_ledger::{
    Act, Approval, AuthorTime, Comment, DeviceId, LedgerId, PersonId, RecordId, ReturnBody,
    RevisionId, SignedRevision, Submission, SubmissionId,
};
use safelane_model::Date;
use safelane_model::body::{Body, Ground, How, Place};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ground::{Isle, Plot};
use super::signer::Signer;
use super::table::{self, Table};

/// What the hub does next.
pub enum Step {
    /// The hub raises the next number of its references.
    NumbersFrom(u64),
    /// A device pushes.
    Push(Vec<SignedRevision>),
}

/// A person of the demo and, if they sign, the key of their made-up device.
pub struct Person {
    pub person: PersonId,
    pub key: String,
    pub display: String,
    pub roles: Vec<String>,
    pub organisation: RecordId,
    pub team: Option<RecordId>,
    pub device: Option<(DeviceId, String, safelane_ledger::PublicKey)>,
}

/// The whole demo, before a hub has seen it.
pub struct Demo {
    pub people: Vec<Person>,
    pub area: Ground,
    pub steps: Vec<Step>,
}

/// Builds the demo for a day; `entropy` is 32 random bytes, from which the made-up keys follow.
pub fn build(table: &Table, today: Date, ledger: LedgerId, entropy: &[u8; 32]) -> Result<Demo> {
    let [lon, lat] = table.programme.origin;
    let isle = Isle::new(Position::from_degrees(lon, lat)?);
    let mut builder = Builder {
        table,
        today,
        ledger,
        isle,
        signers: BTreeMap::new(),
        steps: Vec::new(),
        heads: BTreeMap::new(),
        number: 0,
    };
    let people = builder.people(entropy);
    builder.reference_data()?;
    builder.hazards()?;
    builder.tasks()?;
    builder.progress()?;
    builder.items()?;
    builder.completions()?;
    builder.surveys()?;
    builder.versions()?;
    builder.zones()?;
    let area = builder
        .isle
        .outline(&[[-15.0, -12.0], [15.0, -12.0], [15.0, 12.0], [-15.0, 12.0]]);
    Ok(Demo {
        people,
        area: Ground::new(Shape::polygons(area), How::Drawn),
        steps: builder.steps,
    })
}

struct Builder<'a> {
    table: &'a Table,
    today: Date,
    ledger: LedgerId,
    isle: Isle,
    signers: BTreeMap<String, Signer>,
    steps: Vec<Step>,
    heads: BTreeMap<RecordId, RevisionId>,
    number: u64,
}

impl Builder<'_> {
    fn id(&self, name: &str) -> Uuid {
        Uuid::new_v5(&self.ledger.uuid(), format!("demo {name}").as_bytes())
    }

    fn record(&self, name: &str) -> RecordId {
        RecordId::new(self.id(name))
    }

    fn reference(&self, name: &str) -> String {
        self.id(name).to_string()
    }

    fn day(&self, ago: i64) -> Result<Date> {
        Ok(self.today.plus_days(-ago)?)
    }

    /// 16:00 programme time on a day, by the author's clock.
    fn at(&self, ago: i64) -> Result<AuthorTime> {
        let midnight = self.day(ago.max(0))?.days_since_1970() * 86_400;
        Ok(AuthorTime::from_unix(
            midnight + (16 * 60 - self.table.programme.ahead_of_utc) * 60,
        )?)
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
                (device, label.clone(), key)
            });
            people.push(Person {
                person: id,
                key: person.key.clone(),
                display: person.display.clone(),
                roles: person.roles.clone(),
                organisation: self.record(&format!("organisation {}", person.organisation)),
                team: person
                    .team
                    .as_ref()
                    .map(|team| self.record(&format!("team {team}"))),
                device,
            });
        }
        people
    }

    fn sign(
        &mut self,
        by: &str,
        act: Act,
        target: (RecordId, &str),
        parents: Vec<RevisionId>,
        body: &impl serde::Serialize,
        ago: i64,
    ) -> Result<SignedRevision> {
        self.sign_in(by, act, target, parents, body, ago, None)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of an envelope, in its order"
    )]
    fn sign_in(
        &mut self,
        by: &str,
        act: Act,
        target: (RecordId, &str),
        parents: Vec<RevisionId>,
        body: &impl serde::Serialize,
        ago: i64,
        submission: Option<Submission>,
    ) -> Result<SignedRevision> {
        let at = self.at(ago)?;
        let signer = self
            .signers
            .get_mut(by)
            .ok_or_else(|| anyhow!("{by:?} has no device in the table"))?;
        signer.sign(act, target, parents, body, submission, at)
    }

    fn push(&mut self, revisions: Vec<SignedRevision>) {
        self.steps.push(Step::Push(revisions));
    }

    fn numbers_from(&mut self, number: u64) {
        if number != self.number {
            self.steps.push(Step::NumbersFrom(number));
        }
        self.number = number + 1;
    }

    /// A statement with as many approvals as people are named.
    fn state(
        &mut self,
        by: &str,
        target: (RecordId, &str),
        body: &Body,
        ago: i64,
        approvers: &[&str],
    ) -> Result<RevisionId> {
        let parents: Vec<_> = self.heads.get(&target.0).copied().into_iter().collect();
        let put = self.sign(by, Act::Put, target, parents.clone(), body, ago)?;
        let id = put.id();
        self.push(vec![put]);
        self.approve(target, id, parents, ago, approvers)?;
        if !approvers.is_empty() {
            self.heads.insert(target.0, id);
        }
        Ok(id)
    }

    fn approve(
        &mut self,
        target: (RecordId, &str),
        statement: RevisionId,
        officials: Vec<RevisionId>,
        ago: i64,
        approvers: &[&str],
    ) -> Result<()> {
        for approver in approvers {
            let approval = Approval {
                officials: officials.clone(),
                confirmed: Vec::new(),
            };
            let signed = self.sign(
                approver,
                Act::Approve,
                target,
                vec![statement],
                &approval,
                ago,
            )?;
            self.push(vec![signed]);
        }
        Ok(())
    }

    /// Organisations, teams, districts and places: the coordinator's statements stand.
    fn reference_data(&mut self) -> Result<()> {
        let mut revisions = Vec::new();
        for row in &self.table.organisation {
            let body = Body::new()
                .with("name", row.name.as_str())
                .with("organisation_type", row.organisation_type.as_str());
            let target = (
                self.record(&format!("organisation {}", row.key)),
                "organisation",
            );
            revisions.push(self.sign("ash", Act::Put, target, vec![], &body, 500)?);
        }
        for row in &self.table.team {
            let body = Body::new()
                .with("name", row.name.as_str())
                .with(
                    "organisation",
                    self.reference(&format!("organisation {}", row.organisation)),
                )
                .with("team_type", row.team_type.as_str())
                .with("people", row.people);
            revisions.push(self.sign(
                "ash",
                Act::Put,
                (self.record(&format!("team {}", row.key)), "team"),
                vec![],
                &body,
                500,
            )?);
        }
        for row in &self.table.district {
            let mut body = Body::new()
                .with("name", row.name.as_str())
                .with("name_km", row.km.as_str())
                .with("name_bs", row.bs.as_str())
                .with("code", row.code.as_str())
                .with("level", 1);
            body.set_ground(
                "ground",
                &Ground::new(Shape::polygons(self.isle.outline(&row.outline)), How::Drawn),
            );
            revisions.push(self.sign(
                "ash",
                Act::Put,
                (self.record(&format!("district {}", row.code)), "admin-area"),
                vec![],
                &body,
                500,
            )?);
        }
        for (index, row) in self.table.place.iter().enumerate() {
            let mut body = Body::new()
                .with("name", row.name.as_str())
                .with("name_km", row.km.as_str())
                .with("name_bs", row.bs.as_str())
                .with("code", format!("{}{:02}", row.district, index + 1))
                .with("settlement_type", "village")
                .with(
                    "admin_area",
                    self.reference(&format!("district {}", row.district)),
                )
                .with("population", row.people);
            body.set_place("place", &Place::new(self.isle.at(row.at), How::Drawn));
            revisions.push(self.sign(
                "ash",
                Act::Put,
                (self.record(&format!("place {index}")), "settlement"),
                vec![],
                &body,
                500,
            )?);
        }
        self.push(revisions);
        Ok(())
    }

    fn hazards(&mut self) -> Result<()> {
        for row in &self.table.hazard {
            self.numbers_from(row.number);
            let shape = self.plot_of_hazard(row).scaled(&row.outline, row.m2);
            let body = self.hazard_body(row, shape)?;
            let target = (
                self.record(&format!("hazard {}", row.number)),
                "hazardous-area",
            );
            self.state("reed", target, &body, row.opened, &["ash"])?;
        }
        Ok(())
    }

    fn hazard_body(&self, row: &table::Hazard, shape: MultiPolygon) -> Result<Body> {
        let place = self
            .table
            .place
            .iter()
            .position(|place| place.name == row.place && place.district == row.district);
        let place = place.with_context(|| {
            format!(
                "hazard {}: no place {:?} in {}",
                row.number, row.place, row.district
            )
        })?;
        let (evidence, list) = if row.class == "cha" {
            ("direct", "direct_evidence")
        } else {
            ("indirect", "indirect_evidence")
        };
        let mut body = Body::new()
            .with("name", row.name.as_str())
            .with("classification", row.class.as_str())
            .with("contamination", json!(row.contamination))
            .with("status", "open")
            .with("opened_on", self.day(row.opened)?.to_string())
            .with("opening", "new")
            .with("evidence", evidence)
            .with(list, json!([row.evidence]))
            .with(
                "admin_area",
                self.reference(&format!("district {}", row.district)),
            )
            .with("settlement", self.reference(&format!("place {place}")));
        if let Some(depth) = row.depth_cm {
            body.set("required_depth", depth * 10);
        }
        body.set_ground("ground", &ground(shape, How::Legs));
        Ok(body)
    }

    fn tasks(&mut self) -> Result<()> {
        for row in &self.table.task {
            self.numbers_from(row.number);
            let mut body = Body::new()
                .with("name", row.name.as_str())
                .with("activity", row.activity.as_str())
                .with("status", row.status.as_str())
                .with(
                    "hazards",
                    json!(
                        row.hazards
                            .iter()
                            .map(|number| self.reference(&format!("hazard {number}")))
                            .collect::<Vec<_>>()
                    ),
                )
                .with(
                    "teams",
                    json!(
                        row.teams
                            .iter()
                            .map(|team| self.reference(&format!("team {team}")))
                            .collect::<Vec<_>>()
                    ),
                )
                .with("starts_on", self.day(row.starts)?.to_string())
                .with("ends_on", self.day(row.ends)?.to_string())
                .with("emergency_radio", self.table.emergency.radio.as_str())
                .with("emergency_phone", self.table.emergency.phone.as_str())
                .with("emergency_hospital", self.table.emergency.hospital.as_str())
                .with("emergency_minutes", self.table.emergency.minutes)
                .with("emergency_route", self.table.emergency.route.as_str());
            for (key, value) in [
                ("required_depth", row.depth_cm),
                ("lane_width", row.lane_width_cm),
            ] {
                if let Some(centimetres) = value {
                    body.set(key, centimetres * 10);
                }
            }
            for (key, value) in [("lanes", row.lanes), ("people", row.people)] {
                if let Some(number) = value {
                    body.set(key, number);
                }
            }
            if let Some(number) = row.hazards.first() {
                let hazard = self.hazard(*number)?;
                body.set(
                    "admin_area",
                    self.reference(&format!("district {}", hazard.district)),
                );
                body.set_ground(
                    "ground",
                    &ground(
                        self.plot_of_hazard(hazard)
                            .scaled(&hazard.outline, hazard.m2),
                        How::Taken,
                    ),
                );
            }
            if let Some(km) = row.benchmark {
                body.set_place("benchmark", &Place::new(self.isle.at(km), How::Averaged));
            }
            let target = (self.record(&format!("task {}", row.key)), "task");
            let put = self.sign("ash", Act::Put, target, vec![], &body, row.starts)?;
            self.push(vec![put]);
        }
        Ok(())
    }

    fn hazard(&self, number: u64) -> Result<&table::Hazard> {
        self.table
            .hazard
            .iter()
            .find(|row| row.number == number)
            .with_context(|| format!("no hazard {number} in the table"))
    }

    fn plot_of_hazard(&self, hazard: &table::Hazard) -> Plot {
        self.isle.plot_of(hazard.at, &hazard.outline, hazard.m2)
    }

    fn task(&self, key: &str) -> Result<&table::Task> {
        self.table
            .task
            .iter()
            .find(|row| row.key == key)
            .with_context(|| format!("no task {key:?} in the table"))
    }

    /// The frame of the first hazardous area of a task, and that area's record.
    fn plot_of(&self, task: &str) -> Result<(Plot, String)> {
        let number = *self
            .task(task)?
            .hazards
            .first()
            .with_context(|| format!("task {task:?} names no hazard"))?;
        Ok((
            self.plot_of_hazard(self.hazard(number)?),
            self.reference(&format!("hazard {number}")),
        ))
    }

    fn team_of(&self, person: &str) -> Result<String> {
        let row = self
            .table
            .person
            .iter()
            .find(|row| row.key == person)
            .with_context(|| format!("no person {person:?}"))?;
        let team = row
            .team
            .as_ref()
            .with_context(|| format!("{person:?} has no team"))?;
        Ok(self.reference(&format!("team {team}")))
    }

    fn progress(&mut self) -> Result<()> {
        self.numbers_from(1_001);
        for (index, row) in self.table.progress.iter().enumerate() {
            let body = self.progress_body(row)?;
            let target = (self.record(&format!("progress {index}")), "clearance");
            let approvers: &[&str] = if row.approved { &["ash"] } else { &[] };
            let statement = self.state(&row.by, target, &body, row.days_ago, approvers)?;
            if let Some(words) = &row.returned {
                let comment = Comment {
                    field: row.returned_field.clone(),
                    vertex: None,
                    text: words.clone(),
                };
                let judgement = ReturnBody {
                    comments: vec![comment],
                    problems: Vec::new(),
                };
                let signed =
                    self.sign("ash", Act::Return, target, vec![statement], &judgement, 0)?;
                self.push(vec![signed]);
            }
        }
        Ok(())
    }

    fn progress_body(&self, row: &table::Progress) -> Result<Body> {
        let (plot, hazard) = self.plot_of(&row.task)?;
        let task = self.task(&row.task)?;
        let hours = if row.stand_down.is_some() { 0 } else { 330 };
        let people = if row.stand_down.is_some() {
            0
        } else {
            row.people
        };
        let mut body = Body::new()
            .with("report", "progress")
            .with("task", self.reference(&format!("task {}", row.task)))
            .with("team", self.team_of(&row.by)?)
            .with("day", self.day(row.days_ago)?.to_string())
            .with("hazards", json!([hazard]))
            .with(
                "effort",
                json!([{ "method": "manual-detector", "people": people, "time": hours }]),
            )
            .with("accidents", "none")
            .with("visitors", "none");
        if let Some(depth) = task.depth_cm {
            body.set("depth", depth * 10);
        }
        for (key, text) in [
            ("stand_down", &row.stand_down),
            ("reason", &row.reason),
            ("note", &row.note),
        ] {
            if let Some(text) = text {
                body.set(key, text.as_str());
            }
        }
        if let Some(lanes) = &row.lanes {
            let entries: Vec<Value> = lanes
                .iter()
                .enumerate()
                .map(|(lane, metres)| json!({ "lane": lane + 1, "length": metres * 1_000 }))
                .collect();
            body.set("ground_by", "lanes");
            body.set("lanes", Value::Array(entries));
            body.set("lane_width", 1_000);
            body.set("worked_area", lanes.iter().sum::<i64>() * 100);
            if let Some(from) = row.lanes_from {
                body.set_ground("ground", &ground(plot.lanes(from, lanes), How::Lanes));
            }
        } else {
            let by = if row.rect.is_some() {
                "outline"
            } else {
                "number"
            };
            body.set("ground_by", by);
            body.set("worked_area", row.m2.unwrap_or(0) * 100);
            if let Some(rect) = row.rect {
                body.set_ground("ground", &ground(plot.rect(rect), How::Legs));
            }
        }
        Ok(body)
    }

    fn items(&mut self) -> Result<()> {
        for (index, row) in self.table.item.iter().enumerate() {
            let (plot, _) = self.plot_of(&row.task)?;
            let team = self.team_of(&row.by)?;
            let found = self.day(row.found)?.to_string();
            let mut body = Body::new()
                .with("category", row.category.as_str())
                .with("ordnance_type", row.ordnance_type.as_str())
                .with("quantity", 1)
                .with("condition", "intact")
                .with("depth", row.depth_cm * 10)
                .with("found_by", "detector")
                .with("found_on", found.as_str())
                .with("found_at", 900)
                .with(
                    "life",
                    json!([{ "step": row.step, "on": found, "team": team }]),
                )
                .with("task", self.reference(&format!("task {}", row.task)))
                .with("team", team);
            let mut place = Place::new(plot.at(row.at), How::Averaged);
            place.accuracy_mm = Some(3_000);
            place.statistic = safelane_model::Statistic::Radius95;
            body.set_place("place", &place);
            // Found while working: the report of that day is named, so that it is no find in worked ground.
            let report = self.table.progress.iter().position(|day| {
                day.by == row.by && day.task == row.task && day.days_ago == row.found
            });
            if let Some(report) = report {
                body.set("clearance", self.reference(&format!("progress {report}")));
            }
            let approvers: &[&str] = if row.approved { &["ash"] } else { &[] };
            self.state(
                &row.by,
                (self.record(&format!("item {index}")), "explosive-ordnance"),
                &body,
                row.found,
                approvers,
            )?;
        }
        Ok(())
    }

    fn completions(&mut self) -> Result<()> {
        for (index, row) in self.table.completion.iter().enumerate() {
            let (plot, hazard) = self.plot_of(&row.task)?;
            let task = self.task(&row.task)?;
            let depth = task.depth_cm.unwrap_or(20) * 10;
            let mut parts = Vec::new();
            for part in &row.part {
                let shape = match (&part.rect, &part.ring) {
                    (Some(rect), None) => plot.rect(*rect),
                    (None, Some(ring)) => plot.ring(ring),
                    _ => {
                        return Err(anyhow!(
                            "completion of {:?}: a part has either rect or ring",
                            row.task
                        ));
                    }
                };
                let ground = ground(shape, How::Legs);
                parts.push(json!({ "release": part.release, "ground": ground, "depth": depth, "methods": ["manual-detector"] }));
            }
            let body = Body::new()
                .with("report", "completion")
                .with("task", self.reference(&format!("task {}", row.task)))
                .with("team", self.team_of(&row.by)?)
                .with("hazards", json!([hazard]))
                .with("started_on", self.day(task.starts)?.to_string())
                .with("completed_on", self.day(row.days_ago)?.to_string())
                .with("depth", depth)
                .with("methods", json!(["manual-detector"]))
                .with("items_dealt_with", "yes")
                .with(
                    "residual_risk",
                    "Made up: below 20 cm and outside the boundary nothing was searched.",
                )
                .with("parts", Value::Array(parts));
            let approvers: &[&str] = if row.approved { &["ash", "bell"] } else { &[] };
            self.state(
                &row.by,
                (self.record(&format!("completion {index}")), "clearance"),
                &body,
                row.days_ago,
                approvers,
            )?;
        }
        Ok(())
    }

    fn surveys(&mut self) -> Result<()> {
        for (index, row) in self.table.survey.iter().enumerate() {
            let plot = self.plot_of_hazard(self.hazard(row.hazard)?);
            let cancelled = ground(plot.rect(row.cancelled), How::Legs);
            let body = Body::new()
                .with("survey_type", "field")
                .with("day", self.day(row.days_ago)?.to_string())
                .with("task", self.reference(&format!("task {}", row.task)))
                .with("team", self.team_of(&row.by)?)
                .with("methods", json!(["key-informants", "household-visits", "site-inspection"]))
                .with("informants", 7)
                .with("evidence", json!([{ "directness": "none", "note": "Ploughed for ten harvests without an incident (made up)." }]))
                .with("outlines", json!([{
                    "outcome": "cancelled",
                    "hazard": self.reference(&format!("hazard {}", row.hazard)),
                    "ground": cancelled,
                    "criteria": ["in-use-without-incident", "no-evidence-from-informants"],
                }]));
            let target = (
                self.record(&format!("survey {index}")),
                "non-technical-survey",
            );
            let put = self.sign(&row.by, Act::Put, target, vec![], &body, row.days_ago)?;
            let id = put.id();
            self.push(vec![put]);
            self.approve(target, id, vec![], row.days_ago, &["ash"])?;
        }
        Ok(())
    }

    /// Both versions replace the official one; neither knows of the other.
    fn versions(&mut self) -> Result<()> {
        for row in &self.table.version {
            let hazard = self
                .table
                .hazard
                .iter()
                .find(|hazard| hazard.number == row.hazard)
                .context("a version names a hazard")?;
            let shape = self.plot_of_hazard(hazard).scaled(&hazard.outline, row.m2);
            let mut body = self.hazard_body(hazard, shape)?;
            body.set("changed_on", self.day(row.days_ago)?.to_string());
            let target = (
                self.record(&format!("hazard {}", row.hazard)),
                "hazardous-area",
            );
            let parents: Vec<_> = self.heads.get(&target.0).copied().into_iter().collect();
            let put = self.sign(&row.by, Act::Put, target, parents, &body, row.days_ago)?;
            self.push(vec![put]);
        }
        Ok(())
    }

    fn zones(&mut self) -> Result<()> {
        for (index, row) in self.table.zone.iter().enumerate() {
            let shape = self
                .isle
                .plot(row.at)
                .rect([0.0, 0.0, row.size[0], row.size[1]]);
            let mut body = Body::new()
                .with("name", row.name.as_str())
                .with("basis", "unmarked-route")
                .with("threat", json!(["ap-mine"]))
                .with("visited_on", self.day(row.days_ago)?.to_string())
                .with("groups", json!(row.groups))
                .with("women", row.women)
                .with("men", row.men)
                .with("girls", row.girls)
                .with("boys", row.boys)
                .with("entries_per_month", row.entries)
                .with("reasons", json!(row.reasons))
                .with("alternatives", row.alternatives.as_str())
                .with("marking", row.marking.as_str())
                .with("minutes_to_care", row.minutes_to_care)
                .with("advice", json!(row.advice));
            body.set_ground("ground", &ground(shape, How::Walked));
            let target = (self.record(&format!("zone {index}")), "civilian-risk-zone");
            let submission = Submission {
                id: SubmissionId::new(self.id(&format!("submission zone {index}"))),
                count: 1,
            };
            let put = self.sign_in(
                &row.by,
                Act::Put,
                target,
                vec![],
                &body,
                row.days_ago,
                Some(submission),
            )?;
            self.push(vec![put]);
        }
        Ok(())
    }
}

fn ground(shape: MultiPolygon, how: How) -> Ground {
    debug_assert!(measure::area(&shape).get() > 0.0);
    let mut ground = Ground::new(Shape::polygons(shape), how);
    ground.accuracy_mm = Some(500);
    ground.statistic = safelane_model::Statistic::Sigma;
    ground
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> Demo {
        let table = table::read(table::TABLE).expect("the table is right");
        let today = "2026-11-23".parse().expect("a day");
        build(&table, today, LedgerId::new(Uuid::from_u128(1)), &[7; 32]).expect("the demo builds")
    }

    fn bodies(demo: &Demo) -> Vec<(String, safelane_model::body::Map)> {
        let pushed = demo.steps.iter().filter_map(|step| match step {
            Step::Push(revisions) => Some(revisions),
            Step::NumbersFrom(_) => None,
        });
        pushed
            .flatten()
            .filter_map(|signed| {
                let claim = signed.read().ok()?;
                let kind = claim.claim().kind().name().to_owned();
                let statement = claim.claim().act().is_statement();
                let body = signed.bodies.values().next()?;
                statement.then(|| (kind, serde_json::from_slice(body).expect("a body is JSON")))
            })
            .collect()
    }

    #[test]
    fn every_body_passes_the_ordinary_checks() {
        let context = safelane_model::Context {
            today: "2026-11-23".parse().expect("a day"),
            area: None,
        };
        for (kind, body) in bodies(&demo()) {
            let kind = safelane_model::kinds::find(&kind).expect("a known kind");
            let found = safelane_model::check::problems(kind, &body, &context);
            assert!(
                !safelane_model::check::stops(&found),
                "{}: {found:?}",
                kind.name
            );
        }
    }

    #[test]
    fn hazards_have_the_square_metres_of_the_table_within_one() {
        let table = table::read(table::TABLE).expect("the table is right");
        let demo = demo();
        for row in &table.hazard {
            let body = bodies(&demo)
                .into_iter()
                .find(|(kind, body)| kind == "hazardous-area" && body["name"] == row.name.as_str());
            let (_, body) = body.expect("the hazard is there");
            let ground = safelane_model::body::ground(&body, "ground").expect("an outline");
            let area = measure::area(ground.polygons().expect("an area")).get();
            assert!((area - row.m2).abs() < 1.0, "{}: {area}", row.name);
        }
    }

    #[test]
    fn a_mistake_in_the_table_names_its_line() {
        let broken = table::TABLE.replace("number = 147", "number = \"147\"");
        let error = table::read(&broken)
            .expect_err("a text is no number")
            .to_string();
        assert!(error.contains("line "), "{error}");
    }
}
