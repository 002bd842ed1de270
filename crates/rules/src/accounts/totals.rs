//! Totals of a period by district and class. Every line closes.

use std::collections::BTreeMap;

use safelane_ledger::RecordId;
use safelane_model::Date;

use super::{Account, Books, Movement, What};
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

    fn add(&mut self, movement: &Movement) {
        let area = movement.area;
        match movement.what {
            What::New => self.new += area,
            What::Enlarged => self.enlarged += area,
            What::ReOpened => self.re_opened += area,
            What::Cancelled => self.cancelled -= area,
            What::Reduced => self.reduced -= area,
            What::Cleared => self.cleared -= area,
            What::Reclassified => self.reclassified += area,
            What::Corrected => self.corrected += area,
        }
    }
}

impl std::ops::AddAssign for Line {
    fn add_assign(&mut self, other: Self) {
        self.opening += other.opening;
        self.new += other.new;
        self.enlarged += other.enlarged;
        self.re_opened += other.re_opened;
        self.cancelled += other.cancelled;
        self.reduced += other.reduced;
        self.cleared += other.cleared;
        self.reclassified += other.reclassified;
        self.corrected += other.corrected;
        self.closing += other.closing;
        self.worked += other.worked;
        self.outside += other.outside;
        self.areas += other.areas;
    }
}

/// Lines by district and class (none: over all), and the sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The lines.
    pub lines: BTreeMap<(Option<RecordId>, Option<Class>), Line>,
    /// Their sum.
    pub all: Line,
}

impl Books {
    /// Totals of the movements after `from` up to and with `to`.
    pub fn totals(&self, from: Date, to: Date, by: By) -> Totals {
        let mut totals = Totals::default();
        let work = self.work_on_all();
        for account in self.accounts() {
            for (class, line) in lines(account, from, to) {
                totals.add(account, Some(class), by, line);
            }
            let beside = Line {
                worked: work.get(&account.hazard).map_or(0, |work| work.worked),
                outside: self.outside(account.hazard),
                ..Line::default()
            };
            if beside != Line::default() {
                let class = account.class().or_else(|| last_class(account));
                totals.add(account, class, by, beside);
            }
        }
        totals
    }
}

impl Totals {
    fn add(&mut self, account: &Account, class: Option<Class>, by: By, line: Line) {
        let key = match by {
            By::DistrictAndClass => (account.district, class),
            By::Class => (None, class),
            By::Nothing => (None, None),
        };
        *self.lines.entry(key).or_default() += line;
        self.all += line;
    }
}

fn last_class(account: &Account) -> Option<Class> {
    account.classes.iter().rev().find_map(|(_, class)| *class)
}

fn lines(account: &Account, from: Date, to: Date) -> BTreeMap<Class, Line> {
    let mut lines: BTreeMap<Class, Line> = BTreeMap::new();
    for movement in account.movements.iter().filter(|one| one.on <= Some(to)) {
        let line = lines.entry(movement.class).or_default();
        if movement.on <= Some(from) {
            line.opening += movement.area;
        } else {
            line.add(movement);
        }
        line.closing += movement.area;
    }
    if let Some(class) = account.class_on(to) {
        lines.entry(class).or_default().areas = 1;
    }
    lines
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
    type Key = (Option<Date>, What, Class, RecordId);
    let mut figures: BTreeMap<Key, (Dm2, Dm2)> = BTreeMap::new();
    let key = |one: &Movement| (one.on, one.what, one.class, one.record);
    let past = |one: &&Movement| one.on <= Some(through);
    for one in before
        .into_iter()
        .flat_map(|account| &account.movements)
        .filter(past)
    {
        figures.entry(key(one)).or_default().0 += one.area;
    }
    for one in now.movements.iter().filter(past) {
        figures.entry(key(one)).or_default().1 += one.area;
    }
    (figures.into_iter())
        .filter(|(_, (before, after))| before != after)
        .map(|((on, what, class, record), (before, after))| Restated {
            hazard: now.hazard,
            on,
            what,
            class,
            record,
            before,
            after,
        })
        .collect()
}
