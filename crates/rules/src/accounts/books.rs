//! All accounts, kept up change by change: after one change the hazardous areas that it names are
//! computed anew, each from its own facts alone, so that step by step equals from nothing.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use safelane_geometry::Area;
use safelane_ledger::{RecordId, Status};
use safelane_model::Date;

use super::cut::Cut;
use super::timeline::Timeline;
use super::work::{Report, Reports, Work, worked};
use super::{Account, Movement, What, account};
use crate::content::{Content, Task, Way};
use crate::ground::{Dm2, size};
use crate::record::{Record, Version};

/// The accounts of all hazardous areas at hand.
#[derive(Clone, Debug, Default)]
pub struct Books {
    timelines: BTreeMap<RecordId, Timeline>,
    /// What takes area, by the record that does.
    cuts: BTreeMap<RecordId, Vec<Cut>>,
    /// What would, were its open statement approved.
    proposed: BTreeMap<RecordId, Vec<Cut>>,
    /// Records that take area, by the hazardous area that they name.
    by_hazard: BTreeMap<RecordId, BTreeSet<RecordId>>,
    /// m² that imported sources claim to have released.
    claimed: BTreeMap<RecordId, Dm2>,
    /// The task of each release.
    release_tasks: BTreeMap<RecordId, RecordId>,
    tasks: BTreeMap<RecordId, Task>,
    approved: BTreeMap<RecordId, Report>,
    reported: BTreeMap<RecordId, Report>,
    accounts: BTreeMap<RecordId, Account>,
}

/// Square decimetres that wait for a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// By non-technical survey.
    pub cancelled: Dm2,
    /// By technical survey.
    pub reduced: Dm2,
    /// By clearance.
    pub cleared: Dm2,
}

/// The accounts before a change, by hazardous area; none where there was no account.
pub type Changed = BTreeMap<RecordId, Option<Account>>;

impl Books {
    /// The books of all these records.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let records: Vec<&Record> = records.into_iter().collect();
        let mut books = Self::default();
        for (record, facts) in records
            .iter()
            .zip(on_all_cores(&records, |one| Facts::of(one)))
        {
            books.enter(record.id, facts);
        }
        // Most areas come out of no other one: their accounts follow from their own facts alone.
        let (alone, related): (Vec<&Timeline>, Vec<&Timeline>) =
            (books.timelines.values()).partition(|timeline| parent_of(timeline).is_none());
        let accounts = on_all_cores(&alone, |timeline| {
            (
                timeline.hazard,
                books.account_of(timeline, &BTreeMap::new()),
            )
        });
        let related: Vec<RecordId> = related.iter().map(|timeline| timeline.hazard).collect();
        books.accounts = accounts.into_iter().collect();
        let mut done = books.accounts.keys().copied().collect();
        for hazard in related {
            books.compute(hazard, &mut done);
        }
        books
    }

    /// Takes a record as it stands now; the accounts that it touched are as from nothing.
    pub fn set(&mut self, record: &Record) -> Changed {
        let mut touched = self.take(record);
        touched.extend(self.children_and_parents(&touched));
        let before: Changed = (touched.iter())
            .map(|hazard| (*hazard, self.accounts.remove(hazard)))
            .collect();
        let mut done = BTreeSet::new();
        for hazard in &touched {
            self.compute(*hazard, &mut done);
        }
        (before.into_iter())
            .filter(|(hazard, before)| self.accounts.get(hazard) != before.as_ref())
            .collect()
    }

    /// The account of a hazardous area.
    pub fn account(&self, hazard: RecordId) -> Option<&Account> {
        self.accounts.get(&hazard)
    }

    /// All accounts, in the order of their ids.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// A hazardous area's account with other cuts of some records in place of theirs: before and
    /// after an approval.
    pub fn account_with(
        &self,
        hazard: RecordId,
        replaced: &BTreeMap<RecordId, Vec<Cut>>,
    ) -> Option<Account> {
        let timeline = self.timelines.get(&hazard)?;
        Some(self.account_of(timeline, replaced))
    }

    /// The same for another history of the hazardous area itself.
    pub fn account_of(
        &self,
        timeline: &Timeline,
        replaced: &BTreeMap<RecordId, Vec<Cut>>,
    ) -> Account {
        let named = self.by_hazard.get(&timeline.hazard);
        let kept = (named.into_iter().flatten())
            .filter(|record| !replaced.contains_key(record))
            .filter_map(|record| self.cuts.get(record));
        let cuts: Vec<&Cut> = kept
            .chain(replaced.values())
            .flatten()
            .filter(|cut| self.takes(timeline.hazard, cut))
            .collect();
        account(timeline, &cuts, self.transferred(timeline))
    }

    /// What official releases of a record are.
    pub fn cuts(&self, record: RecordId) -> &[Cut] {
        self.cuts.get(&record).map_or(&[], Vec::as_slice)
    }

    /// m² cleared outside the outlines of the hazardous areas that the releases name, beside the
    /// identity; each release counts at the first hazardous area that it names.
    pub fn outside(&self, hazard: RecordId) -> Dm2 {
        let cuts = self.cuts_counted_at(hazard);
        cuts.map(|cut| self.outside_of(cut)).sum()
    }

    /// What releases count at a hazardous area when they are to count once: it is the first that
    /// they name.
    pub(super) fn cuts_counted_at(&self, hazard: RecordId) -> impl Iterator<Item = &Cut> {
        let named = self.by_hazard.get(&hazard).into_iter().flatten();
        named
            .filter_map(|record| self.cuts.get(record))
            .flatten()
            .filter(move |cut| cut.hazards.first() == Some(&hazard))
    }

    /// m² of a cleared part outside the outlines of the hazardous areas that it names.
    pub fn outside_of(&self, cut: &Cut) -> Dm2 {
        if !matches!(
            cut.by,
            super::CutBy::Release {
                way: Way::Cleared,
                ..
            }
        ) {
            return 0;
        }
        let outlines = (cut.hazards.iter())
            .filter_map(|hazard| self.timelines.get(hazard))
            .flat_map(|timeline| timeline.steps.iter().filter_map(|step| step.state.as_ref()))
            .map(|state| &state.outline);
        size(&cut.ground.difference(outlines))
    }

    /// m² that imported sources claim to have released: they cut nothing.
    pub fn claimed(&self) -> Dm2 {
        self.claimed.values().sum()
    }

    /// What the open statements would take, were they approved.
    pub fn waiting(&self) -> Waiting {
        let mut waiting = Waiting::default();
        for (_, movement) in self.waiting_movements() {
            match movement.what {
                What::Cancelled => waiting.cancelled -= movement.area,
                What::Reduced => waiting.reduced -= movement.area,
                What::Cleared => waiting.cleared -= movement.area,
                _ => {}
            }
        }
        waiting
    }

    /// The movements that open statements would make, each with its hazardous area.
    pub fn waiting_movements(&self) -> Vec<(RecordId, Movement)> {
        let mut movements = Vec::new();
        for (record, cuts) in &self.proposed {
            let replaced = BTreeMap::from([(*record, cuts.clone())]);
            let hazards: BTreeSet<RecordId> = cuts
                .iter()
                .flat_map(|cut| cut.hazards.iter().copied())
                .collect();
            for hazard in hazards {
                let after = self.account_with(hazard, &replaced);
                let own = (after.into_iter().flat_map(|account| account.movements))
                    .filter(|movement| movement.record == *record);
                movements.extend(own.map(|movement| (hazard, movement)));
            }
        }
        movements
    }

    /// A hazardous area's account as it stood at the end of a day, by the dates in bodies; none
    /// when it had not begun.
    pub fn account_on(&self, hazard: RecordId, day: Date) -> Option<Cow<'_, Account>> {
        let now = self.accounts.get(&hazard)?;
        let timeline = self.timelines.get(&hazard)?;
        let last = (timeline.steps.last().map(|step| step.on))
            .max(now.movements.last().map(|movement| movement.on));
        if last <= Some(Some(day)) {
            return Some(Cow::Borrowed(now));
        }
        let cuts: Vec<&Cut> = (self.by_hazard.get(&hazard).into_iter().flatten())
            .filter_map(|record| self.cuts.get(record))
            .flatten()
            .filter(|cut| self.takes(hazard, cut) && cut.on <= Some(day))
            .collect();
        let then = account(&timeline.until(day)?, &cuts, self.transferred(timeline));
        Some(Cow::Owned(then))
    }

    /// Everything that releases ground of a hazardous area or would, by the record that does, also
    /// what takes nothing any more because the area was opened again since.
    pub fn releases_of(&self, hazard: RecordId) -> impl Iterator<Item = &Cut> {
        let named = self.by_hazard.get(&hazard).into_iter().flatten();
        named
            .filter_map(|record| self.cuts.get(record))
            .flatten()
            .filter(move |cut| cut.hazards.contains(&hazard))
            .filter(|cut| matches!(cut.by, super::CutBy::Release { .. }))
    }

    /// Everything that takes ground of a hazardous area: releases, and hazardous areas confirmed
    /// out of it or split from it.
    pub fn taken_from(&self, hazard: RecordId) -> impl Iterator<Item = &Cut> {
        let named = self.by_hazard.get(&hazard).into_iter().flatten();
        named
            .filter_map(|record| self.cuts.get(record))
            .flatten()
            .filter(move |cut| cut.hazards.contains(&hazard))
    }

    /// Worked, not released, on a hazardous area: within what remains of it.
    pub fn work_on_hazard(&self, hazard: RecordId, which: Reports) -> Option<Work> {
        let reports: Vec<&Report> = (self.reports(which))
            .filter(|report| self.hazards_of(report).contains(&hazard))
            .collect();
        self.work_by(hazard, &reports)
    }

    /// Approved work at the end of a day on every hazardous area that has any.
    pub(super) fn work_on_all(&self, day: Date) -> BTreeMap<RecordId, Work> {
        let mut by_hazard: BTreeMap<RecordId, Vec<&Report>> = BTreeMap::new();
        for report in (self.approved.values()).filter(|report| report.day <= Some(day)) {
            for hazard in self.hazards_of(report) {
                by_hazard.entry(*hazard).or_default().push(report);
            }
        }
        (by_hazard.into_iter())
            .filter_map(|(hazard, reports)| {
                let account = self.account_on(hazard, day)?;
                let released = |task| self.released_from(&account, task);
                Some((hazard, worked(&account.ground, &reports, &released)))
            })
            .collect()
    }

    fn work_by(&self, hazard: RecordId, reports: &[&Report]) -> Option<Work> {
        let account = self.accounts.get(&hazard)?;
        Some(worked(&account.ground, reports, &|task| {
            self.released_from(account, task)
        }))
    }

    /// The approved reports that count as work on a hazardous area.
    pub fn reports_on_hazard(&self, hazard: RecordId) -> impl Iterator<Item = &Report> {
        (self.approved.values()).filter(move |report| self.hazards_of(report).contains(&hazard))
    }

    /// What is worked and left to work of a task: of its boundary, else of its hazardous areas.
    pub fn work_on_task(&self, task: RecordId, which: Reports) -> Option<Work> {
        let facts = self.tasks.get(&task)?;
        let ground = self.ground_of_task(facts);
        let reports: Vec<&Report> = (self.reports(which))
            .filter(|report| report.task == Some(task))
            .collect();
        Some(worked(&ground, &reports, &|task| {
            self.released_by(task, &facts.hazards)
        }))
    }

    /// Work on a task with one record's report taken as another, or left out: before and after.
    pub fn work_on_task_with(
        &self,
        task: RecordId,
        record: RecordId,
        report: Option<&Report>,
    ) -> Option<Work> {
        let facts = self.tasks.get(&task)?;
        let ground = self.ground_of_task(facts);
        let mut reports: Vec<&Report> = (self.reports(Reports::ReportedBut(record)))
            .filter(|report| report.task == Some(task))
            .collect();
        reports.extend(report);
        let released = |task| self.released_by(task, &facts.hazards);
        Some(worked(&ground, &reports, &released))
    }

    /// The ground of a task that is not yet released.
    pub fn ground_of_task(&self, task: &Task) -> Area {
        let accounts = || (task.hazards.iter()).filter_map(|hazard| self.accounts.get(hazard));
        let Some(outline) = &task.outline else {
            return Area::union(accounts().map(|account| &account.ground));
        };
        let released: Vec<Area> = accounts()
            .map(|account| account.outline.difference([&account.ground]))
            .collect();
        Area::of(&outline.shape).difference(&released)
    }

    /// A task's facts.
    pub fn task(&self, task: RecordId) -> Option<&Task> {
        self.tasks.get(&task)
    }

    /// The progress reports of a task, those that wait included.
    pub fn reports_of_task(&self, task: RecordId) -> impl Iterator<Item = &Report> {
        (self.reported.values()).filter(move |report| report.task == Some(task))
    }

    fn reports(&self, which: Reports) -> impl Iterator<Item = &Report> {
        let (map, but) = match which {
            Reports::Approved => (&self.approved, None),
            Reports::Reported => (&self.reported, None),
            Reports::ReportedBut(record) => (&self.reported, Some(record)),
        };
        map.values()
            .filter(move |report| Some(report.record) != but)
    }

    /// A report counts for the hazardous areas that it names, else for those of its task. Without
    /// an outline it counts once, for the first.
    fn hazards_of<'a>(&'a self, report: &'a Report) -> &'a [RecordId] {
        let task = report.task.and_then(|task| self.tasks.get(&task));
        let named = match (report.hazards.as_slice(), task) {
            ([], Some(task)) => task.hazards.as_slice(),
            (named, _) => named,
        };
        match report.ground {
            Some(_) => named,
            None => &named[..named.len().min(1)],
        }
    }

    /// m² that completions of a task took from these hazardous areas.
    fn released_by(&self, task: RecordId, hazards: &[RecordId]) -> Dm2 {
        (hazards.iter())
            .filter_map(|hazard| self.accounts.get(hazard))
            .map(|account| self.released_from(account, task))
            .sum()
    }

    fn released_from(&self, account: &Account, task: RecordId) -> Dm2 {
        (account.movements.iter())
            .filter(|one| matches!(one.what, What::Cleared | What::Reduced))
            .filter(|one| self.release_tasks.get(&one.record) == Some(&task))
            .map(|one| -one.area)
            .sum()
    }

    /// Takes a record's facts; the hazardous areas whose accounts may change.
    fn take(&mut self, record: &Record) -> BTreeSet<RecordId> {
        self.enter(record.id, Facts::of(record))
    }

    fn enter(&mut self, id: RecordId, facts: Facts) -> BTreeSet<RecordId> {
        let mut touched = self.names_of(id);
        self.link(id, facts.cuts);
        touched.extend(self.names_of(id));
        if facts.timeline.is_some() || self.timelines.contains_key(&id) {
            touched.insert(id);
        }
        let proposed = Some(facts.proposed).filter(|cuts| !cuts.is_empty());
        replace(&mut self.timelines, id, facts.timeline);
        replace(&mut self.proposed, id, proposed);
        replace(&mut self.claimed, id, facts.claimed);
        replace(&mut self.release_tasks, id, facts.release_task);
        replace(&mut self.approved, id, facts.approved);
        replace(&mut self.reported, id, facts.reported);
        replace(&mut self.tasks, id, facts.task);
        touched
    }

    fn names_of(&self, record: RecordId) -> BTreeSet<RecordId> {
        let cuts = self.cuts.get(&record).into_iter().flatten();
        cuts.flat_map(|cut| cut.hazards.iter().copied()).collect()
    }

    fn link(&mut self, record: RecordId, cuts: Vec<Cut>) {
        for hazard in self.names_of(record) {
            if let Some(records) = self.by_hazard.get_mut(&hazard) {
                records.remove(&record);
            }
        }
        replace(&mut self.cuts, record, (!cuts.is_empty()).then_some(cuts));
        for hazard in self.names_of(record) {
            self.by_hazard.entry(hazard).or_default().insert(record);
        }
    }

    /// Hazardous areas whose accounts follow from these: all that are confirmed out of one another.
    fn children_and_parents(&self, of: &BTreeSet<RecordId>) -> BTreeSet<RecordId> {
        let mut found = BTreeSet::new();
        let mut next: Vec<RecordId> = of.iter().copied().collect();
        while let Some(hazard) = next.pop() {
            let children = self.by_hazard.get(&hazard).into_iter().flatten();
            let children = children.filter(|record| self.timelines.contains_key(record));
            next.extend(children.copied().filter(|child| found.insert(*child)));
        }
        found
    }

    /// Computes an account, the one that it was confirmed out of first.
    fn compute(&mut self, hazard: RecordId, done: &mut BTreeSet<RecordId>) {
        // A circle of areas confirmed out of one another ends here: the last one counts as new.
        if !done.insert(hazard) {
            return;
        }
        let Some(timeline) = self.timelines.get(&hazard) else {
            return;
        };
        if let Some(parent) = parent_of(timeline)
            && !self.accounts.contains_key(&parent)
        {
            self.compute(parent, done);
        }
        if let Some(timeline) = self.timelines.get(&hazard) {
            let account = self.account_of(timeline, &BTreeMap::new());
            self.accounts.insert(hazard, account);
        }
    }

    /// Whether a cut is of this hazardous area at all. In a circle of areas that say to come out of
    /// one another each would hand its ground to the next and none would have any: there nobody
    /// hands over anything.
    fn takes(&self, hazard: RecordId, cut: &Cut) -> bool {
        let transfer = matches!(cut.by, super::CutBy::Transfer { .. });
        cut.hazards.contains(&hazard) && !(transfer && self.comes_out_of(hazard, cut.record))
    }

    /// Whether an area comes out of another one, be it through others.
    fn comes_out_of(&self, hazard: RecordId, of: RecordId) -> bool {
        let parent = |hazard: &RecordId| parent_of(self.timelines.get(hazard)?);
        let mut seen = BTreeSet::new();
        std::iter::successors(parent(&hazard), parent)
            .take_while(|from| seen.insert(*from))
            .any(|from| from == of)
    }

    fn transferred(&self, timeline: &Timeline) -> Dm2 {
        let parent = parent_of(timeline).and_then(|parent| self.accounts.get(&parent));
        (parent.into_iter().flat_map(|parent| &parent.movements))
            .filter(|one| one.record == timeline.hazard && one.what == What::Reclassified)
            .map(|one| -one.area)
            .sum()
    }
}

/// What the books know of one record.
struct Facts {
    timeline: Option<Timeline>,
    cuts: Vec<Cut>,
    proposed: Vec<Cut>,
    claimed: Option<Dm2>,
    release_task: Option<RecordId>,
    approved: Option<Report>,
    reported: Option<Report>,
    task: Option<Task>,
}

impl Facts {
    fn of(record: &Record) -> Self {
        let timeline = Timeline::of(record);
        let transfer = timeline.as_ref().and_then(Cut::transfer);
        let open = (record.versions.iter()).rfind(|version| version.status == Status::Open);
        let release_task = |version: &Version| match &version.content {
            Content::Completion(done) => done.task,
            _ => None,
        };
        let task = |version: &Version| match &version.content {
            Content::Task(task) => Some(task.as_ref().clone()),
            _ => None,
        };
        Self {
            cuts: Cut::of(record).into_iter().chain(transfer).collect(),
            proposed: open.map_or_else(Vec::new, |version| Cut::proposed(record.id, version)),
            claimed: claimed_area(record),
            release_task: record.officials().find_map(release_task),
            approved: Report::approved(record),
            reported: Report::newest(record),
            task: record.officials().find_map(task),
            timeline,
        }
    }
}

/// The same of each, on all cores where there are threads; in the browser one after the other.
fn on_all_cores<T: Sync, R: Send>(all: &[T], make: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    #[cfg(not(target_family = "wasm"))]
    {
        use rayon::prelude::*;
        all.par_iter().map(make).collect()
    }
    #[cfg(target_family = "wasm")]
    all.iter().map(make).collect()
}

fn parent_of(timeline: &Timeline) -> Option<RecordId> {
    let (_, state) = timeline.first_counted()?;
    state.opened_from.filter(|from| *from != timeline.hazard)
}

fn claimed_area(record: &Record) -> Option<Dm2> {
    let shapes: Vec<Area> = record
        .officials()
        .filter(|version| match &version.content {
            Content::Completion(done) => done.claimed || version.imported,
            Content::Survey(_) => version.imported,
            _ => false,
        })
        .flat_map(|version| version.content.shapes())
        .map(|shape| Area::of(shape))
        .collect();
    (!shapes.is_empty()).then(|| size(&Area::union(&shapes)))
}

fn replace<T>(map: &mut BTreeMap<RecordId, T>, key: RecordId, value: Option<T>) {
    match value {
        Some(value) => _ = map.insert(key, value),
        None => _ = map.remove(&key),
    }
}
