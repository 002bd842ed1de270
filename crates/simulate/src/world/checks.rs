//! What must hold: at each step what is cheap, at the end all of it.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::{
    Act, Digest, Received, RecordId, RevisionId, Role, SignedRevision, Status, resolve,
};
use safelane_rules::{Table, World as _};
use safelane_store::{Keeping as _, LedgerLog as _, Limit, Media as _, RecordViews as _, Upload};
use safelane_sync::SendState;

use super::bodies::{CELLS, cell_ground};
use super::people::What;
use super::{World, ids_of};
use crate::oracle::{self, Stands};
use crate::planted::Planted;
use crate::{Held, broken, fault};

/// Messages that may be on their way for each device.
const MAX_UNDER_WAY: usize = 40;

impl World {
    /// After each step.
    pub(super) fn check_step(&mut self) -> Held {
        if self.net.len() > MAX_UNDER_WAY * self.devices.len() {
            return broken(
                "queues are bounded",
                format!("{} messages are on their way", self.net.len()),
            );
        }
        for device in &self.devices {
            if device.disk.outbox.len() < device.signed.len() {
                return broken(
                    "what was signed stays on the device",
                    format!(
                        "device {} has {} of {}",
                        device.index,
                        device.disk.outbox.len(),
                        device.signed.len()
                    ),
                );
            }
        }
        Ok(())
    }

    /// A device says *received* with a receipt that verifies and covers it alone; and what a hub
    /// acknowledged is in its log.
    pub(super) fn check_receipts(&mut self, index: usize, current: bool) -> Held {
        let Self {
            devices,
            hubs,
            memory,
            vouched,
            ..
        } = self;
        let device = &devices[index];
        let hub = &hubs[device.home];
        let said: BTreeMap<RevisionId, u64> = device
            .disk
            .sent
            .iter()
            .filter_map(|(id, state)| match state {
                SendState::Received { n, .. } | SendState::Returned { n, .. } => Some((*id, *n)),
                _ => None,
            })
            .collect();
        let vouched = &mut vouched[index];
        vouched.retain(|id| said.contains_key(id));
        for (id, n) in said {
            if vouched.contains(&id) {
                continue;
            }
            let key = hub.public_key();
            let mut receipts = device.disk.receipts.values().rev();
            let covered = receipts.any(|text| {
                let receipt = memory.receipt(text, &key);
                receipt.is_some_and(|one| {
                    one.leaf_of(id).is_some_and(|leaf| leaf.n == n) && n <= one.size
                })
            });
            if !covered {
                return broken(
                    "received only with a receipt",
                    format!("device {index} says so of {id} and has no receipt"),
                );
            }
            if current && hub.model.numbers.get(&id) != Some(&n) {
                return broken(
                    "what was acknowledged is never lost",
                    format!("device {index} has a receipt for {id} as {n}"),
                );
            }
            vouched.insert(id);
        }
        Ok(())
    }

    /// When all has healed.
    pub(super) async fn check_end(&mut self) -> Held {
        self.check_step()?;
        self.check_hub().await?;
        for index in 0..self.devices.len() {
            self.vouched[index].clear();
            self.check_receipts(index, true)?;
            self.check_device(index).await?;
        }
        Ok(())
    }

    /// Everything that the hub has, by record.
    async fn histories(&self) -> Held<BTreeMap<RecordId, Vec<Received>>> {
        let store = self.hubs[0].store()?;
        let mut histories: BTreeMap<RecordId, Vec<Received>> = BTreeMap::new();
        let mut after = 0;
        loop {
            let page = store.entries(after, Limit::MAX).await.map_err(fault)?;
            let Some(last) = page.last() else {
                return Ok(histories);
            };
            after = last.leaf.n;
            for entry in page {
                let received = entry.received().map_err(fault)?;
                let record = entry.revision.record();
                histories.entry(record).or_default().push(received);
            }
        }
    }

    async fn check_hub(&mut self) -> Held {
        let store = self.hubs[0].store()?.clone();
        let report = store.verify().await.map_err(fault)?;
        if let Some(flaw) = report.flaws.first() {
            return broken(
                "what is stored verifies and is what a rebuild gives",
                format!("{flaw:?}"),
            );
        }
        let histories = self.histories().await?;
        for (record, received) in &histories {
            self.check_record(*record, received).await?;
            self.check_release(received)?;
        }
        self.check_ground(&histories)?;
        self.check_submissions(&histories)
    }

    /// The hub's rows are what the design's words give, in whatever order all this came.
    async fn check_record(&mut self, record: RecordId, received: &[Received]) -> Held {
        let table = Table::default();
        let must = oracle::stands(received, &table);
        let mut other = received.to_vec();
        other.reverse();
        let turn = self.weather.below(other.len().max(1));
        other.rotate_left(turn);
        other.extend(received.iter().take(2).cloned());
        for (how, received) in [("in order", received), ("in another order", &other[..])] {
            let shown = Stands::from(&resolve(received, &table));
            if shown != must {
                return broken(
                    "the same revisions give the same state",
                    format!("{record} {how}: {shown:?}, and should be {must:?}"),
                );
            }
        }
        let store = self.hubs[0].store()?;
        let Some(row) = store.record(record).await.map_err(fault)? else {
            return if must.dangerous.is_empty() {
                Ok(())
            } else {
                broken("what has a receipt is shown", format!("{record} is not"))
            };
        };
        let set = |ids: &[RevisionId]| ids.iter().copied().collect::<BTreeSet<_>>();
        let same = set(&row.officials) == must.officials
            && set(&row.open) == must.open
            && set(&row.returned) == must.returned
            && set(&row.disputed) == must.disputed
            && row.two_versions == must.two_versions;
        if !same {
            return broken(
                "the same revisions give the same state",
                format!("{record} at the hub: {row:?}, and should be {must:?}"),
            );
        }
        let known = self.hubs[0].app()?.board();
        let on_board = known.read(|board| {
            let known = board.get(record)?;
            Some(
                known
                    .record
                    .state
                    .counts_for_danger()
                    .collect::<BTreeSet<_>>(),
            )
        });
        if on_board.unwrap_or_default() != must.dangerous {
            return broken(
                "danger counts from its receipt on, in every version",
                format!("{record} on the board"),
            );
        }
        Ok(())
    }

    /// Less hazard is never official without two people, neither its author, one of them with the
    /// release right: counted here from the log alone.
    fn check_release(&self, received: &[Received]) -> Held {
        let judged = oracle::judged(received, &Table::default());
        let state = resolve(received, &Table::default());
        for (id, statement) in &state.statements {
            if !statement.approved || !self.less.contains(id) {
                continue;
            }
            let mut people = BTreeMap::new();
            let Some(one) = judged.get(id) else { continue };
            let author = one.statement.revision.author();
            for approval in received {
                let revision = &approval.revision;
                let roles = &approval.verdict.roles;
                if revision.act() == Act::Approve
                    && revision.parents() == [*id]
                    && revision.author() != author
                    && approval.verdict.admitted_by.is_none()
                    && (roles.contains(&Role::Coordinator) || roles.contains(&Role::Approver))
                {
                    *people.entry(revision.author()).or_insert(false) |=
                        roles.contains(&Role::Approver);
                }
            }
            if people.len() < 2 || !people.values().any(|release| *release) {
                return broken(
                    "less hazard takes two people, one with the release right",
                    format!("{id} is approved by {people:?}"),
                );
            }
        }
        Ok(())
    }

    /// What remains of each hazardous area is its cells without those officially released: progress
    /// takes nothing.
    fn check_ground(&self, histories: &BTreeMap<RecordId, Vec<Received>>) -> Held {
        let states: BTreeMap<RecordId, _> = histories
            .iter()
            .map(|(record, received)| (*record, resolve(received, &Table::default())))
            .collect();
        for (hazard, what) in &self.records {
            let What::Hazard { region, row } = what else {
                continue;
            };
            let Some(state) = states.get(hazard) else {
                continue;
            };
            let [official] = state.officials.as_slice() else {
                continue;
            };
            let received = &histories[hazard];
            let stated = received.iter().find(|one| one.id() == *official);
            let body = stated.and_then(|one| one.body.as_ref());
            let status = body.and_then(|body| body.get("status")?.as_str());
            let newer = stated.is_some_and(|one| one.revision.kind().version() > 1);
            if status != Some("open") || state.two_versions || state.ended.is_some() || newer {
                continue;
            }
            let mut released = BTreeSet::new();
            let mut worked = BTreeSet::new();
            let mut clear = true;
            for (record, what) in &self.records {
                let official = |state: &safelane_ledger::State| {
                    state.officials.len() == 1 && state.ended.is_none() && !state.two_versions
                };
                match what {
                    What::Completion { hazard: of, cell } if of == hazard => {
                        let Some(state) = states.get(record) else {
                            continue;
                        };
                        clear &= !state.two_versions;
                        if official(state) {
                            released.insert(*cell);
                        }
                    }
                    What::Progress { hazard: of, cell }
                        if of == hazard && states.get(record).is_some_and(official) =>
                    {
                        worked.insert(*cell);
                    }
                    _ => {}
                }
            }
            let board = self.hubs[0].app()?.board();
            let remaining =
                board.read(|board| Some(board.world.books().account(*hazard)?.remaining));
            let Some(mut remaining) = remaining.filter(|_| clear) else {
                continue;
            };
            let area = |cell: i32| {
                let ground = cell_ground(*region, *row, cell);
                let polygons = ground.polygons().expect("a cell has an outline");
                safelane_geometry::measure::area_dm2(polygons) as i64
            };
            if self.planted == Some(Planted::ProgressCuts) {
                let cut = worked.iter().filter(|cell| !released.contains(*cell));
                remaining -= cut.map(|cell| area(*cell)).sum::<i64>();
            }
            let must: i64 = (0..CELLS)
                .filter(|cell| !released.contains(cell))
                .map(area)
                .sum();
            if (remaining - must).abs() > 100 {
                return broken(
                    "only a release takes away from a hazard",
                    format!("{hazard}: {remaining} dm² remain, and should be {must}"),
                );
            }
        }
        Ok(())
    }

    /// A return of one part of a submission returns the rest with it: no part of it waits on.
    fn check_submissions(&self, histories: &BTreeMap<RecordId, Vec<Received>>) -> Held {
        // After a restore a return may come again before the statement that it returns: then nobody
        // is there to be returned with it, and a person returns the rest (docs/proof.md).
        if self.hubs[0].epoch > 0 {
            return Ok(());
        }
        let mut returned = BTreeMap::new();
        let mut waits = Vec::new();
        for received in histories.values() {
            let state = resolve(received, &Table::default());
            for one in received {
                let Some(press) = one.revision.submission() else {
                    continue;
                };
                let Some(statement) = state.statements.get(&one.id()) else {
                    continue;
                };
                let by_person = received.iter().any(|judgement| {
                    judgement.revision.act() == Act::Return
                        && statement.returns.contains(&judgement.id())
                        && !judgement.verdict.roles.contains(&Role::Hub)
                });
                if by_person {
                    returned.insert(press.id.uuid(), one.id());
                } else if statement.status == Status::Open && statement.approvals.is_empty() {
                    waits.push((press.id.uuid(), one.id()));
                }
            }
        }
        for (press, waiting) in waits {
            if let Some(first) = returned.get(&press) {
                return broken(
                    "a return of one part returns the rest",
                    format!("{first} was returned, and {waiting} of the same press waits"),
                );
            }
        }
        Ok(())
    }

    async fn check_device(&mut self, index: usize) -> Held {
        self.check_outbox(index).await?;
        let session = self.devices[index].session.clone().unwrap_or_default();
        let (entries, last) = self.hubs[0].pull_all(&session).await?;
        let device = &self.devices[index];
        let must: BTreeMap<RevisionId, String> = entries
            .into_iter()
            .map(|one| (RevisionId::of(one.revision.bytes.as_bytes()), one.leaf))
            .collect();
        let here: BTreeMap<RevisionId, String> = device
            .disk
            .entries
            .iter()
            .map(|(id, one)| (*id, one.leaf.clone()))
            .collect();
        if here != must {
            let missing = must.keys().filter(|id| !here.contains_key(id)).count();
            let beyond = here.keys().filter(|id| !must.contains_key(id)).count();
            let first = (must.iter()).find(|(id, leaf)| here.get(id) != Some(leaf));
            return broken(
                "a device has what its person may read, and no more",
                format!("device {index} lacks {missing} and has {beyond} beyond; {first:?}"),
            );
        }
        let scope = device.state().scope;
        if scope.as_ref() != Some(&last.scope) {
            return broken("a device knows its scope", format!("device {index}"));
        }
        if !device.disk.doubts.bad.is_empty() || !device.disk.doubts.unknown.is_empty() {
            return broken(
                "all that a device has verifies",
                format!("device {index}: {:?}", device.disk.doubts),
            );
        }
        self.check_signatures(index)?;
        if last.scope.outline.is_none() {
            self.check_shown(index).await?;
        }
        Ok(())
    }

    /// The outbox is whole, and each of it is in the ledger, held, or refused with a reason.
    async fn check_outbox(&self, index: usize) -> Held {
        let device = &self.devices[index];
        let hub = &self.hubs[device.home];
        let here = ids_of(device.disk.outbox.values());
        if let Some(lost) = device.signed.iter().find(|id| !here.contains(id)) {
            return broken(
                "what was signed stays on the device",
                format!("device {index} lost {lost}"),
            );
        }
        let mut presses: BTreeMap<uuid::Uuid, (u32, u32)> = BTreeMap::new();
        for text in device.disk.outbox.values() {
            let id = RevisionId::of(text.bytes.as_bytes());
            let revision = SignedRevision::from(text.clone());
            let revision = revision.read().map_err(fault)?.claim().clone();
            if let Some(press) = revision.submission() {
                let count = presses.entry(press.id.uuid()).or_insert((0, press.count));
                count.0 += 1;
            }
            let in_log = hub.model.numbers.contains_key(&id);
            let held = hub.model.held.contains_key(&id);
            let holds = match device.disk.state_of(id) {
                SendState::Waiting => false,
                SendState::Received { .. } | SendState::Returned { .. } => in_log,
                // Let in since: the device learns it by its next pull.
                SendState::Held { .. } => held || in_log,
                // A request that came twice may be refused the first time and kept the second, when
                // the other parts of the submission were there.
                SendState::Refused { .. } => revision.act() == Act::Approve,
            };
            if !holds {
                return broken(
                    "what was signed arrives, or is said not to",
                    format!(
                        "{id} of device {index} is {:?}; log {in_log}, held {held}",
                        device.disk.state_of(id)
                    ),
                );
            }
            for file in crate::device::photos_of(text) {
                self.check_photo(index, file.sha256).await?;
            }
        }
        if let Some((press, count)) = presses.iter().find(|(_, count)| count.0 != count.1) {
            return broken(
                "a press is signed wholly or not at all",
                format!("{press} has {} of {}", count.0, count.1),
            );
        }
        Ok(())
    }

    /// A photo is complete at the hub when its hash holds, and the device says so then alone.
    async fn check_photo(&self, index: usize, sha256: Digest) -> Held {
        let device = &self.devices[index];
        let store = self.hubs[device.home].store()?;
        let state = store.media_state(sha256).await.map_err(fault)?;
        let complete = matches!(state, Upload::Complete { .. });
        let bytes = store.media(sha256).await.map_err(fault)?;
        let hash_holds = bytes.is_some_and(|bytes| Digest::of(&bytes) == sha256);
        let said = device.disk.photos_sent.contains(&sha256);
        let has_it = device.disk.photos.contains_key(&sha256);
        if complete != hash_holds || (said && !complete) || (has_it && !said) {
            return broken(
                "a photo is complete when its hash holds",
                format!("device {index} says {said}; the hub has {state:?}"),
            );
        }
        Ok(())
    }

    /// Everything that the device has from the hub is signed by whom it says.
    fn check_signatures(&mut self, index: usize) -> Held {
        let device = &self.devices[index];
        let hub = &self.hubs[device.home];
        let mut keys: BTreeMap<_, _> = self
            .devices
            .iter()
            .map(|one| (one.id, one.public_key()))
            .collect();
        keys.insert(hub.id.device(), hub.public_key());
        for (id, entry) in &device.disk.entries {
            let signer = self.memory.read(*id, &entry.revision);
            let key = signer.and_then(|read| keys.get(&read.revision.device()));
            if !key.is_some_and(|key| self.memory.is_sound(&entry.revision, key)) {
                return broken(
                    "all that a device has verifies",
                    format!("{id} on device {index}"),
                );
            }
        }
        Ok(())
    }

    /// A device that reads everything shows what the hub shows.
    async fn check_shown(&mut self, index: usize) -> Held {
        let shown = self.shown_from_hub(index);
        for (record, received) in &self.histories().await? {
            let must = oracle::stands(received, &Table::default());
            let here = shown.get(record).map(|received| self.resolved(received));
            let here = here.as_ref().map(Stands::from).unwrap_or_default();
            if here != must {
                return broken(
                    "phone and office never disagree",
                    format!("{record} on device {index}: {here:?}, and should be {must:?}"),
                );
            }
        }
        Ok(())
    }

    /// The entries of the hub on a device, without what only its own outbox has.
    fn shown_from_hub(&mut self, index: usize) -> BTreeMap<RecordId, Vec<Received>> {
        let here: BTreeSet<RevisionId> = self.devices[index].disk.entries.keys().copied().collect();
        let mut shown = self.shown_on(index);
        for received in shown.values_mut() {
            received.retain(|one| here.contains(&one.id()));
        }
        shown
    }
}
