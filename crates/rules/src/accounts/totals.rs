//! Totals of a period by district and class. Every line closes.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::RecordId;
use safelane_model::Date;

use super::{Account, Books, Column, Entry, Movement, What};
use crate::content::Class;
use crate::ground::Dm2;

/// How lines are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A line for each district and class.
    DistrictAndClass,
    /// A line for each class.
    Class,
    /// One line.
    Nothing,
}

/// One line, dm². Opening + new + enlarged + re-opened − cancelled − reduced − cleared ±
/// reclassified ± corrected = closing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// At the end of the first day.
    pub opening: Dm2,
    /// Newly recorded.
    pub new: Dm2,
    /// Enlarged.
    pub enlarged: Dm2,
    /// Opened again.
    pub re_opened: Dm2,
    /// Cancelled.
    pub cancelled: Dm2,
    /// Reduced.
    pub reduced: Dm2,
    /// Cleared within recorded hazard.
    pub cleared: Dm2,
    /// Reclassified, signed; sums to zero over the classes.
    pub reclassified: Dm2,
    /// Corrected, signed.
    pub corrected: Dm2,
    /// At the end of the last day.
    pub closing: Dm2,
    /// Beside the identity: worked, not released.
    pub worked: Dm2,
    /// Beside the identity: cleared outside recorded hazard.
    pub outside: Dm2,
    /// Hazardous areas that count at the end of the last day.
    pub areas: u32,
}

impl Line {
    /// Whether the identity holds.
    pub fn closes(&self) -> bool {
        let gained = self.new + self.enlarged + self.re_opened;
        let released = self.cancelled + self.reduced + self.cleared;
        self.opening + gained - released + self.reclassified + self.corrected == self.closing
    }

    fn add(&mut self, entry: &Entry) {
        let area = entry.area;
        match entry.column {
            Column::Opening => self.opening += area,
            Column::New => self.new += area,
            Column::Enlarged => self.enlarged += area,
            Column::ReOpened => self.re_opened += area,
            Column::Cancelled => self.cancelled += area,
            Column::Reduced => self.reduced += area,
            Column::Cleared => self.cleared += area,
            Column::Reclassified => self.reclassified += area,
            Column::Corrected => self.corrected += area,
            Column::Closing => self.closing += area,
            Column::Worked => self.worked += area,
            Column::Outside => self.outside += area,
            Column::Areas => self.areas += 1,
        }
    }
}

/// What a line is about: a district or an organisation, and a class; none over all.
pub type Key = (Option<RecordId>, Option<Class>);

impl By {
    /// The line of an entry.
    pub const fn key(self, entry: &Entry) -> Key {
        match self {
            Self::DistrictAndClass => (entry.district, entry.class),
            Self::Class => (None, entry.class),
            Self::Nothing => (None, None),
        }
    }
}

/// Lines, and their sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The lines.
    pub lines: BTreeMap<Key, Line>,
    /// Their sum.
    pub all: Line,
}

impl Totals {
    /// The sums of entries ([`Books::entries`]), a line for each key.
    pub fn of<'a>(
        entries: impl IntoIterator<Item = &'a Entry>,
        key: impl Fn(&Entry) -> Key,
    ) -> Self {
        let mut totals = Self::default();
        for entry in entries {
            totals.lines.entry(key(entry)).or_default().add(entry);
            totals.all.add(entry);
        }
        totals
    }
}

impl Books {
    /// Totals of the movements after `from` up to and with `to`.
    pub fn totals(&self, from: Date, to: Date, by: By) -> Totals {
        Totals::of(&self.entries(from, to), |entry| by.key(entry))
    }
}

/// A figure of a past day that a late or changed fact moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restated {
    /// The hazardous area.
    pub hazard: RecordId,
    /// The day.
    pub on: Option<Date>,
    /// What it is.
    pub what: What,
    /// The class.
    pub class: Class,
    /// The record that moved it.
    pub record: RecordId,
    /// What was stated before, dm².
    pub before: Dm2,
    /// What is stated now, dm².
    pub after: Dm2,
}

/// What changed of an account in days up to and with `through`.
pub fn restated(before: Option<&Account>, now: &Account, through: Date) -> Vec<Restated> {
    changed(now.hazard, before, Some(now), through)
}

/// What changed in days up to and with `through` between two states of knowledge, in the order of
/// the hazardous areas. What was true only after `through` is news, no restatement.
pub fn restated_between(before: &Books, now: &Books, through: Date) -> Vec<Restated> {
    let hazards: BTreeSet<RecordId> = (before.accounts().chain(now.accounts()))
        .map(|account| account.hazard)
        .collect();
    (hazards.into_iter())
        .flat_map(|hazard| {
            let (before, now) = (before.account(hazard), now.account(hazard));
            changed(hazard, before, now, through)
        })
        .collect()
}

fn movements(account: Option<&Account>) -> &[Movement] {
    account.map_or(&[], |account| &account.movements)
}

fn changed(
    hazard: RecordId,
    before: Option<&Account>,
    now: Option<&Account>,
    through: Date,
) -> Vec<Restated> {
    type Figure = (Option<Date>, What, Class, RecordId);
    let mut figures: BTreeMap<Figure, (Dm2, Dm2)> = BTreeMap::new();
    let key = |one: &Movement| (one.on, one.what, one.class, one.record);
    let past = |one: &&Movement| one.on <= Some(through);
    for one in movements(before).iter().filter(past) {
        figures.entry(key(one)).or_default().0 += one.area;
    }
    for one in movements(now).iter().filter(past) {
        figures.entry(key(one)).or_default().1 += one.area;
    }
    (figures.into_iter())
        .filter(|(_, (before, after))| before != after)
        .map(|((on, what, class, record), (before, after))| Restated {
            hazard,
            on,
            what,
            class,
            record,
            before,
            after,
        })
        .collect()
}
