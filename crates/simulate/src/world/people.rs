//! What people do: they see what is on their device, and submit something about it.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::{
    Act, Approval, KindVersion, Received, RecordId, Removal, ReturnBody, RevisionId, Role, Salt,
    State, Value, canonical, resolve,
};
use safelane_model::Body;
use safelane_rules::Table;
use safelane_sync::Signable;

use super::World;
use super::bodies::{CELLS, completion_body, hazard_body};
use crate::device::Power;
use crate::scenario::Trouble;
use crate::{Held, fault};

/// What a record is about, as the simulator made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A hazardous area of some cells in a row.
    Hazard {
        /// Near the first or the second task.
        region: i32,
        /// Which row.
        row: i32,
    },
    /// A completion that releases one cell.
    Completion {
        /// The hazardous area.
        hazard: RecordId,
        /// The cell.
        cell: i32,
    },
    /// A progress report on one cell.
    Progress {
        /// The hazardous area.
        hazard: RecordId,
        /// The cell.
        cell: i32,
    },
    /// An item of explosive ordnance.
    Item,
    /// An accident.
    Accident,
    /// A task of a team.
    Task {
        /// Which team's at first.
        team: usize,
    },
    /// Of a kind or a version that the hub does not know.
    Newer,
}

/// One press in the making.
struct Draft {
    record: RecordId,
    kind: &'static str,
    act: Act,
    parents: Vec<RevisionId>,
    fields: BTreeMap<String, Value>,
    less: bool,
}

fn fields(of: &impl serde::Serialize) -> Held<BTreeMap<String, Value>> {
    match canonical::to_value(of).map_err(fault)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(fault("a body is an object")),
    }
}

/// Where a record stands on a device, and what is known of it there.
struct Seen {
    record: RecordId,
    what: What,
    state: State,
    received: Vec<Received>,
}

impl Seen {
    fn of(&self, id: RevisionId) -> Option<&Received> {
        self.received.iter().find(|one| one.id() == id)
    }

    fn kind(&self) -> &'static str {
        match self.what {
            What::Hazard { .. } => "hazardous-area/1",
            What::Completion { .. } | What::Progress { .. } => "clearance/1",
            What::Item => "explosive-ordnance/1",
            What::Accident => "accident/1",
            What::Task { .. } => "task/1",
            What::Newer => "dog-team/1",
        }
    }
}

impl World {
    fn draft(
        record: RecordId,
        kind: &'static str,
        parents: Vec<RevisionId>,
        body: &Body,
    ) -> Held<Draft> {
        Ok(Draft {
            record,
            kind,
            act: Act::Put,
            parents,
            fields: fields(body)?,
            less: false,
        })
    }

    /// The programme's first records, by its first coordinator.
    pub(super) fn first_records(&mut self) -> Held {
        let mut drafts = Vec::new();
        for region in 0..2 {
            let hazard = self.fresh(What::Hazard { region, row: 0 });
            drafts.push(Self::draft(
                hazard,
                "hazardous-area/1",
                Vec::new(),
                &hazard_body(region, 0),
            )?);
            let team = region as usize;
            let task = self.fresh(What::Task { team });
            drafts.push(Self::draft(
                task,
                "task/1",
                Vec::new(),
                &self.task_body(team, &[hazard]),
            )?);
        }
        self.submit(0, drafts, false)
    }

    fn fresh(&mut self, what: What) -> RecordId {
        let record = RecordId::new(self.rng.uuid());
        self.records.push((record, what));
        record
    }

    /// Signs a press; now and then in two tabs at once, now and then with an empty battery.
    fn submit(&mut self, index: usize, drafts: Vec<Draft>, strikes: bool) -> Held {
        if drafts.is_empty() {
            return Ok(());
        }
        let dies = strikes && self.strikes(Trouble::Power, 60);
        let power = match (dies, self.weather.chance(500)) {
            (false, _) => Power::On,
            (true, true) => Power::DiesBefore,
            (true, false) => Power::DiesAfter,
        };
        let tabs = if strikes && self.strikes(Trouble::TwoTabs, 250) {
            2
        } else {
            1
        };
        let tip = self.devices[index].tip();
        for _ in 0..tabs {
            // Both tabs read the last number before either has written.
            let mut acts = Vec::new();
            for draft in &drafts {
                acts.push(Signable {
                    record: draft.record,
                    kind: draft.kind.parse::<KindVersion>().map_err(fault)?,
                    act: draft.act,
                    parents: draft.parents.clone(),
                    body: draft.fields.clone(),
                    salt: Salt::from_bytes(self.rng.bytes()),
                });
            }
            let submission = self.rng.uuid().into();
            let when = (self.now, submission);
            let made = self.devices[index].press(tip, when, acts, power)?;
            for (draft, signed) in drafts.iter().zip(&made) {
                let id = signed.id();
                self.order.insert(id, self.order.len() + 1);
                if draft.less {
                    self.less.insert(id);
                }
                if draft.act == Act::Approve {
                    self.approvals.insert(id);
                }
            }
            self.signed += made.len();
            let lines: Vec<String> = drafts
                .iter()
                .zip(&made)
                .map(|(draft, signed)| {
                    let id = signed.id().to_string();
                    format!("{:?} {} {}", draft.act, draft.kind, &id[..8])
                })
                .collect();
            self.tell(|| format!("device {index} signs {}", lines.join(", ")));
        }
        Ok(())
    }

    /// Somebody does something on their device.
    pub(super) fn somebody_works(&mut self) -> Held {
        let index = self.rng.below(self.devices.len());
        let person = self.devices[index].person;
        let roles = self.people.iter().find(|one| one.id == person);
        let roles = roles.map(|one| one.roles.clone()).unwrap_or_default();
        let judges = roles.contains(&Role::Coordinator) || roles.contains(&Role::Approver);
        let reports = roles.contains(&Role::Coordinator) || roles.contains(&Role::Field);
        // Now and then somebody tries what they may not: the hub holds it.
        let reports = reports || self.rng.chance(60);
        let drafts = if judges && (!reports || self.rng.chance(650)) {
            self.judge(index)?
        } else if reports {
            self.report(index)?
        } else {
            Vec::new()
        };
        self.submit(index, drafts, true)
    }

    /// The records on a device of which something can be said, in the order in which they were made.
    fn seen(&mut self, index: usize, wanted: impl Fn(&Seen) -> bool) -> Option<Seen> {
        let mut shown = self.shown_on(index);
        let records: Vec<(RecordId, What)> = self
            .records
            .iter()
            .filter(|(record, _)| shown.contains_key(record))
            .copied()
            .collect();
        // A few are looked at, as a person would.
        for _ in 0..4 {
            let (record, what) = *self.rng.pick(&records)?;
            let Some(received) = shown.remove(&record) else {
                continue;
            };
            let state = resolve(&received, &Table::default());
            let seen = Seen {
                record,
                what,
                state,
                received,
            };
            if wanted(&seen) {
                return Some(seen);
            }
        }
        None
    }

    fn in_order(&self, ids: impl IntoIterator<Item = RevisionId>) -> Vec<RevisionId> {
        let ids: BTreeSet<RevisionId> = ids.into_iter().collect();
        let mut ids: Vec<RevisionId> = ids.into_iter().collect();
        ids.sort_by_key(|id| self.order.get(id));
        ids
    }

    /// What a correction replaces: all heads, or, by somebody who sees only a part, one of them.
    fn heads(&mut self, seen: &Seen) -> Vec<RevisionId> {
        let state = &seen.state;
        let heads = self.in_order(
            (state.officials.iter())
                .chain(&state.open)
                .chain(&state.returned)
                .copied(),
        );
        if self.rng.chance(600) {
            return heads;
        }
        self.rng.pick(&heads).copied().into_iter().collect()
    }

    fn judge(&mut self, index: usize) -> Held<Vec<Draft>> {
        let person = self.devices[index].person;
        let own_too = self.rng.chance(60);
        let wanted = |seen: &Seen| {
            seen.state
                .open
                .iter()
                .filter_map(|id| seen.of(*id))
                .any(|one| own_too || one.revision.author() != person)
        };
        let Some(seen) = self.seen(index, wanted) else {
            return self.end_or_correct(index);
        };
        let open = self.in_order(seen.state.open.iter().copied());
        let open: Vec<RevisionId> = open
            .into_iter()
            .filter(|id| {
                let one = seen.of(*id);
                one.is_some_and(|one| own_too || one.revision.author() != person)
            })
            .collect();
        let Some(statement) = self.rng.pick(&open).copied() else {
            return Ok(Vec::new());
        };
        let returns = self.rng.chance(170);
        let again = if self.rng.chance(120) { 2 } else { 1 };
        let mut drafts = Vec::new();
        for (seen, statement) in self.parts(index, seen, statement) {
            let (act, fields) = if returns {
                let body = ReturnBody {
                    comments: Vec::new(),
                    problems: Vec::new(),
                };
                (Act::Return, fields(&body)?)
            } else {
                let body = Approval {
                    officials: seen.state.officials.clone(),
                    confirmed: Vec::new(),
                };
                (Act::Approve, fields(&body)?)
            };
            for _ in 0..again {
                drafts.push(Draft {
                    record: seen.record,
                    kind: seen.kind(),
                    act,
                    parents: vec![statement],
                    fields: fields.clone(),
                    less: false,
                });
            }
            if returns {
                break;
            }
        }
        Ok(drafts)
    }

    /// The statement, with the other parts of its submission.
    fn parts(&mut self, index: usize, seen: Seen, id: RevisionId) -> Vec<(Seen, RevisionId)> {
        let submission = seen.of(id).and_then(|one| one.revision.submission());
        let Some(submission) = submission else {
            return vec![(seen, id)];
        };
        let shown = self.shown_on(index);
        let mut parts = Vec::new();
        for (record, what) in self.records.clone() {
            let Some(received) = shown.get(&record) else {
                continue;
            };
            let of_press = received.iter().find(|one| {
                one.revision.act().is_statement()
                    && one.revision.submission().map(|one| one.id) == Some(submission.id)
            });
            if let Some(one) = of_press {
                let id = one.id();
                let state = resolve(received, &Table::default());
                if state.open.contains(&id) {
                    let seen = Seen {
                        record,
                        what,
                        state,
                        received: received.clone(),
                    };
                    parts.push((seen, id));
                }
            }
        }
        parts
    }

    /// A coordinator's own statements: closing, removing, setting aside, tasks.
    fn end_or_correct(&mut self, index: usize) -> Held<Vec<Draft>> {
        let Some(seen) = self.seen(index, |seen| !seen.state.officials.is_empty()) else {
            return Ok(Vec::new());
        };
        let parents = self.heads(&seen);
        if parents.is_empty() {
            return Ok(Vec::new());
        }
        let danger = matches!(seen.what, What::Hazard { .. } | What::Item | What::Accident);
        match seen.what {
            What::Task { .. } => {
                if !self.scenario.has(Trouble::Scope) {
                    return Ok(Vec::new());
                }
                let hazards: Vec<RecordId> = self
                    .records
                    .iter()
                    .filter(|(_, what)| matches!(what, What::Hazard { .. }))
                    .map(|(record, _)| *record)
                    .collect();
                let mut named = Vec::new();
                for _ in 0..self.rng.below(3) {
                    named.extend(self.rng.pick(&hazards).copied());
                }
                named.sort_unstable();
                named.dedup();
                let team = self.rng.below(2);
                let body = self.task_body(team, &named);
                Ok(vec![Self::draft(seen.record, "task/1", parents, &body)?])
            }
            What::Hazard { region, row } if self.rng.chance(600) => {
                let open_before = parents.iter().all(|id| {
                    let body = seen.of(*id).and_then(|one| one.body.as_ref());
                    let status = body.and_then(|body| body.get("status")?.as_str());
                    status == Some("open")
                });
                let body = hazard_body(region, row)
                    .with("status", "closed")
                    .with("closed_on", "2026-02-27");
                let mut draft = Self::draft(seen.record, "hazardous-area/1", parents, &body)?;
                draft.less = open_before;
                Ok(vec![draft])
            }
            _ => {
                let act = if self.rng.chance(500) {
                    Act::Remove
                } else {
                    Act::SetAside
                };
                let removal = Removal {
                    reason: "duplicate".to_owned(),
                    note: None,
                    duplicate_of: None,
                };
                Ok(vec![Draft {
                    record: seen.record,
                    kind: seen.kind(),
                    act,
                    parents,
                    fields: fields(&removal)?,
                    less: danger,
                }])
            }
        }
    }

    fn report(&mut self, index: usize) -> Held<Vec<Draft>> {
        let region = self.rng.below(2) as i32;
        match self.rng.below(12) {
            0 | 1 => {
                let row = 1 + self.rng.below(6) as i32;
                let record = self.fresh(What::Hazard { region, row });
                let body = self.with_photo(index, hazard_body(region, row));
                let body = self.perhaps_invalid(body);
                Ok(vec![Self::draft(
                    record,
                    "hazardous-area/1",
                    Vec::new(),
                    &body,
                )?])
            }
            2 => {
                let record = self.fresh(What::Item);
                let body = self.item_body(region);
                let body = self.with_photo(index, body);
                Ok(vec![Self::draft(
                    record,
                    "explosive-ordnance/1",
                    Vec::new(),
                    &body,
                )?])
            }
            3 => {
                let record = self.fresh(What::Accident);
                let mut body = Body::new()
                    .with("event", "accident")
                    .with("cause", "unknown");
                let place = self.outside(region);
                body.set_place("place", &place);
                Ok(vec![Self::draft(record, "accident/1", Vec::new(), &body)?])
            }
            4..=6 => self.completion_or_progress(index, true),
            7 | 8 => self.completion_or_progress(index, false),
            9 if self.scenario.has(Trouble::Newer) => self.newer(index),
            _ => self.correct(index),
        }
    }

    /// Both as one submission now and then: approved all or none.
    fn completion_or_progress(&mut self, index: usize, completes: bool) -> Held<Vec<Draft>> {
        let hazard = |seen: &Seen| matches!(seen.what, What::Hazard { .. });
        let Some(seen) = self.seen(index, hazard) else {
            return Ok(Vec::new());
        };
        let What::Hazard { region, row } = seen.what else {
            return Ok(Vec::new());
        };
        let hazard = seen.record;
        let mut drafts = Vec::new();
        let both = self.rng.chance(200);
        if completes || both {
            let cell = self.rng.below(CELLS as usize) as i32;
            let record = self.fresh(What::Completion { hazard, cell });
            let body = completion_body(hazard, region, row, cell);
            let mut draft = Self::draft(record, "clearance/1", Vec::new(), &body)?;
            draft.less = true;
            drafts.push(draft);
        }
        if !completes || both {
            let cell = self.rng.below(CELLS as usize) as i32;
            let record = self.fresh(What::Progress { hazard, cell });
            let body = self.progress_body(hazard, (region, row, cell));
            drafts.push(Self::draft(record, "clearance/1", Vec::new(), &body)?);
        }
        Ok(drafts)
    }

    fn newer(&mut self, index: usize) -> Held<Vec<Draft>> {
        if self.rng.chance(500) {
            let record = self.fresh(What::Newer);
            let body = Body::new().with("dogs", 3).with("handler", "yes");
            return Ok(vec![Self::draft(record, "dog-team/1", Vec::new(), &body)?]);
        }
        // A newer body of a known kind, over an older one.
        let hazard = |seen: &Seen| matches!(seen.what, What::Hazard { .. });
        let Some(seen) = self.seen(index, hazard) else {
            return Ok(Vec::new());
        };
        let What::Hazard { region, row } = seen.what else {
            return Ok(Vec::new());
        };
        let parents = self.heads(&seen);
        let body = hazard_body(region, row).with("drone_survey", "yes");
        Ok(vec![Self::draft(
            seen.record,
            "hazardous-area/2",
            parents,
            &body,
        )?])
    }

    fn correct(&mut self, index: usize) -> Held<Vec<Draft>> {
        let Some(seen) = self.seen(index, |seen| !matches!(seen.what, What::Task { .. })) else {
            return Ok(Vec::new());
        };
        let parents = self.heads(&seen);
        let note = format!("seen again {}", self.rng.below(1_000));
        let mut less = false;
        let body = match seen.what {
            What::Hazard { region, row } => hazard_body(region, row).with("note", note),
            What::Completion { hazard, cell } => {
                let Some((region, row)) = self.place_of(hazard) else {
                    return Ok(Vec::new());
                };
                less = true;
                completion_body(hazard, region, row, cell).with("note", note)
            }
            What::Progress { hazard, cell } => {
                let Some((region, row)) = self.place_of(hazard) else {
                    return Ok(Vec::new());
                };
                self.progress_body(hazard, (region, row, cell))
                    .with("note", note)
            }
            What::Item => {
                // Also to the other region: out of one scope and into another.
                let region = self.rng.below(2) as i32;
                self.item_body(region)
            }
            What::Accident => {
                let region = self.rng.below(2) as i32;
                let mut body = Body::new()
                    .with("event", "accident")
                    .with("cause", "unknown");
                let place = self.outside(region);
                body.set_place("place", &place);
                body
            }
            What::Newer => Body::new().with("dogs", self.rng.below(9)),
            What::Task { .. } => return Ok(Vec::new()),
        };
        let mut draft = Self::draft(seen.record, seen.kind(), parents, &body)?;
        draft.less = less;
        Ok(vec![draft])
    }

    /// Where a hazardous area lies.
    pub(super) fn place_of(&self, hazard: RecordId) -> Option<(i32, i32)> {
        self.records.iter().find_map(|(record, what)| match what {
            What::Hazard { region, row } if *record == hazard => Some((*region, *row)),
            _ => None,
        })
    }
}
