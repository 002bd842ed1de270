//! A hazardous area as it stood from day to day, by its approved statements.

use std::collections::{BTreeMap, BTreeSet};

use safelane_geometry::Area;
use safelane_ledger::{RecordId, RevisionId};
use safelane_model::Date;

use crate::content::{Class, Content, Hazard, Standing};
use crate::record::{Record, Version};

/// The approved history of one hazardous area.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its states, by the day from which each held.
    pub steps: Vec<Step>,
}

/// A state that began on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// From this day; none for before every day.
    pub on: Option<Date>,
    /// The statement that made it so, the last by id where there are several.
    pub revision: RevisionId,
    /// The state; none when the record is ended.
    pub state: Option<Snapshot>,
}

/// A hazardous area in one state. Of two versions the more dangerous values hold (S7).
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Class.
    pub class: Class,
    /// Whether it is open or suspended.
    pub open: bool,
    /// The union of the outlines.
    pub outline: Area,
    /// Contamination.
    pub contamination: BTreeSet<String>,
    /// Least depth that a clearance must reach, mm.
    pub required_depth: Option<i64>,
    /// Whether it is marked as reported lifted.
    pub reported_lifted: bool,
    /// First day of the opening as stated.
    pub opened_on: Option<Date>,
    /// Whether it states to be opened again.
    pub re_opened: bool,
    /// The hazardous area that it was confirmed out of or split from.
    pub opened_from: Option<RecordId>,
    /// District.
    pub district: Option<RecordId>,
}

impl Snapshot {
    /// Whether its area counts: open, and more than an indication.
    pub fn counts(&self) -> bool {
        self.open && self.class != Class::Indication
    }

    /// One state of all versions; none when every one ends the record.
    fn of(versions: &[&Version]) -> Option<Self> {
        let hazards = || {
            versions
                .iter()
                .filter_map(|version| match &version.content {
                    Content::Hazard(hazard) => Some(hazard.as_ref()),
                    _ => None,
                })
        };
        let outlines: Vec<Area> = hazards()
            .filter_map(|hazard| Some(Area::of(&hazard.outline.as_ref()?.shape)))
            .collect();
        Some(Self {
            class: hazards().map(|hazard| hazard.class).max()?,
            open: hazards().any(|hazard| hazard.standing != Standing::Closed),
            outline: match <[Area; 1]>::try_from(outlines) {
                Ok([alone]) => alone,
                Err(outlines) => Area::union(&outlines),
            },
            contamination: hazards()
                .flat_map(|hazard| hazard.contamination.iter().cloned())
                .collect(),
            required_depth: hazards().map(|hazard| hazard.required_depth).max()?,
            reported_lifted: hazards().all(|hazard| hazard.reported_lifted),
            opened_on: hazards().map(|hazard| hazard.opened_on).max()?,
            re_opened: hazards().any(|hazard| hazard.re_opened),
            opened_from: hazards().find_map(|hazard| hazard.opened_from),
            district: hazards().find_map(|hazard| hazard.district),
        })
    }
}

impl Timeline {
    /// The timeline of a hazardous area; none for other kinds or when nothing is approved.
    pub fn of(record: &Record) -> Option<Self> {
        let approved = stated(record)?;
        let dates = effective_dates(record, &approved);
        let mut days: Vec<Option<Date>> = approved.keys().map(|id| dates[id]).collect();
        days.sort();
        days.dedup();
        let steps: Vec<Step> = days
            .into_iter()
            .filter_map(|on| step(on, &approved, &dates, record))
            .collect();
        (!steps.is_empty()).then_some(Self {
            hazard: record.id,
            steps,
        })
    }

    /// The history up to and with a day; none when it had not begun.
    pub fn until(&self, day: Date) -> Option<Self> {
        let steps = (self.steps.iter())
            .take_while(|step| step.on <= Some(day))
            .cloned()
            .collect::<Vec<_>>();
        (!steps.is_empty()).then_some(Self {
            hazard: self.hazard,
            steps,
        })
    }

    /// The state now.
    pub fn now(&self) -> Option<&Snapshot> {
        self.steps.last()?.state.as_ref()
    }

    /// The state when its area first counted, with its day and statement.
    pub fn first_counted(&self) -> Option<(&Step, &Snapshot)> {
        self.steps.iter().find_map(|step| {
            let state = step.state.as_ref().filter(|state| state.counts())?;
            Some((step, state))
        })
    }
}

/// The approved statements that a hazardous area's history is made of; none for other records.
fn stated(record: &Record) -> Option<BTreeMap<RevisionId, &Version>> {
    let hazard = |version: &Version| matches!(version.content, Content::Hazard(_));
    record.approved().any(hazard).then(|| {
        (record.approved())
            .filter(|version| hazard(version) || matches!(version.content, Content::Ends(_)))
            .map(|version| (version.id, version))
            .collect()
    })
}

/// When each approved statement of a hazardous area took effect; none for other records.
pub(crate) fn took_effect(record: &Record) -> Option<Dates> {
    let approved = stated(record)?;
    let mut dates = effective_dates(record, &approved);
    dates.retain(|id, _| approved.contains_key(id));
    Some(dates)
}

pub(crate) type Dates = BTreeMap<RevisionId, Option<Date>>;

/// When each statement takes effect: on its own day, and never before what it replaces.
fn effective_dates(record: &Record, approved: &BTreeMap<RevisionId, &Version>) -> Dates {
    let all: BTreeMap<RevisionId, &Version> = record.versions.iter().map(|v| (v.id, v)).collect();
    let mut dates = Dates::new();
    // Parents first; a chain may be long, so no recursion.
    let mut stack: Vec<RevisionId> = all.keys().copied().collect();
    while let Some(id) = stack.pop() {
        if dates.contains_key(&id) {
            continue;
        }
        let version = all[&id];
        let known = |parent: &&RevisionId| all.contains_key(*parent);
        let missing: Vec<_> = (version.parents.iter().filter(known))
            .filter(|parent| !dates.contains_key(*parent))
            .copied()
            .collect();
        if missing.is_empty() {
            let own = approved
                .get(&id)
                .and_then(|version| own_date(&version.content));
            let before = (version.parents.iter())
                .filter_map(|parent| dates.get(parent).copied())
                .max()
                .flatten();
            dates.insert(id, own.max(before));
        } else {
            stack.push(id);
            stack.extend(missing);
        }
    }
    dates
}

fn own_date(content: &Content) -> Option<Date> {
    match content {
        Content::Hazard(hazard) => hazard_date(hazard),
        Content::Ends(ends) => ends.on,
        _ => None,
    }
}

/// The day that a statement of a hazardous area takes effect on by itself.
pub(crate) fn hazard_date(hazard: &Hazard) -> Option<Date> {
    let closed = (hazard.standing == Standing::Closed).then_some(hazard.closed_on);
    (hazard.changed_on)
        .or(closed.flatten())
        .or(hazard.opened_on)
}

/// The state from a day on: the statements in effect that no other one in effect replaces.
fn step(
    on: Option<Date>,
    approved: &BTreeMap<RevisionId, &Version>,
    dates: &Dates,
    record: &Record,
) -> Option<Step> {
    let in_effect: Vec<&Version> = (approved.values())
        .filter(|version| dates[&version.id] <= on)
        .copied()
        .collect();
    let heads: Vec<&Version> = if let [only] = in_effect.as_slice() {
        vec![*only]
    } else {
        let replaced = ancestors(record, in_effect.iter().copied());
        (in_effect.iter())
            .filter(|version| !replaced.contains(&version.id))
            .copied()
            .collect()
    };
    let revision = (heads.iter().filter(|head| dates[&head.id] == on))
        .chain(&heads)
        .map(|head| head.id)
        .next()?;
    Some(Step {
        on,
        revision,
        state: Snapshot::of(&heads),
    })
}

/// The statements that these replace, one after the other.
pub(crate) fn ancestors<'a>(
    record: &Record,
    of: impl IntoIterator<Item = &'a Version>,
) -> BTreeSet<RevisionId> {
    let parents: BTreeMap<RevisionId, &[RevisionId]> = (record.versions.iter())
        .map(|version| (version.id, version.parents.as_slice()))
        .collect();
    let mut found = BTreeSet::new();
    let mut next: Vec<RevisionId> = (of.into_iter())
        .flat_map(|version| version.parents.iter().copied())
        .collect();
    while let Some(id) = next.pop() {
        if found.insert(id) {
            next.extend(parents.get(&id).copied().unwrap_or(&[]));
        }
    }
    found
}
