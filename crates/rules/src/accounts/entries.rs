//! What a figure of the totals is made of: the totals are nothing but sums of these.

use safelane_ledger::{RecordId, RevisionId};
use safelane_model::Date;

use super::{Account, Books, CutBy, Movement, What};
use crate::content::Class;
use crate::ground::Dm2;

/// A column of the totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// At the end of the first day.
    Opening,
    /// Newly recorded.
    New,
    /// Enlarged.
    Enlarged,
    /// Re-opened.
    ReOpened,
    /// Cancelled.
    Cancelled,
    /// Reduced.
    Reduced,
    /// Cleared within recorded hazard.
    Cleared,
    /// Reclassified, signed.
    Reclassified,
    /// Corrected, signed.
    Corrected,
    /// At the end of the last day.
    Closing,
    /// Beside the identity: worked, not released, at the end of the last day.
    Worked,
    /// Beside the identity: cleared outside recorded hazard.
    Outside,
    /// Hazardous areas that count at the end of the last day; an entry for each, of 1.
    Areas,
}

impl Column {
    /// Every column, in the order of the table.
    pub const ALL: [Self; 13] = [
        Self::Opening,
        Self::New,
        Self::Enlarged,
        Self::ReOpened,
        Self::Cancelled,
        Self::Reduced,
        Self::Cleared,
        Self::Reclassified,
        Self::Corrected,
        Self::Closing,
        Self::Worked,
        Self::Outside,
        Self::Areas,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::New => "new",
            Self::Enlarged => "enlarged",
            Self::ReOpened => "re-opened",
            Self::Cancelled => "cancelled",
            Self::Reduced => "reduced",
            Self::Cleared => "cleared",
            Self::Reclassified => "reclassified",
            Self::Corrected => "corrected",
            Self::Closing => "closing",
            Self::Worked => "worked",
            Self::Outside => "outside",
            Self::Areas => "areas",
        }
    }

    /// The column of that code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

impl From<What> for Column {
    fn from(what: What) -> Self {
        match what {
            What::New => Self::New,
            What::Enlarged => Self::Enlarged,
            What::ReOpened => Self::ReOpened,
            What::Reclassified => Self::Reclassified,
            What::Cancelled => Self::Cancelled,
            What::Reduced => Self::Reduced,
            What::Cleared => Self::Cleared,
            What::Corrected => Self::Corrected,
        }
    }
}

/// One part of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The column.
    pub column: Column,
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its district.
    pub district: Option<RecordId>,
    /// The class whose area it is.
    pub class: Option<Class>,
    /// The day of the movement; none for what stands at the end of a day.
    pub on: Option<Date>,
    /// dm² as the column counts them: released ground is positive. 1 for an area that is counted.
    pub area: Dm2,
    /// The record that moved it; the hazardous area itself for what stands.
    pub record: RecordId,
    /// The statement that moved it.
    pub revision: Option<RevisionId>,
}

impl Books {
    /// Everything that the totals of a period are made of: movements after `from` up to and with
    /// `to`, what stood at both ends, and what stands beside the identity.
    pub fn entries(&self, from: Date, to: Date) -> Vec<Entry> {
        let mut entries = Vec::new();
        for account in self.accounts() {
            movements(account, from, to, &mut entries);
            if let Some(class) = account.class_on(to) {
                entries.push(standing(account, Column::Areas, Some(class), 1));
            }
            for cut in self.cuts_counted_at(account.hazard) {
                let cleared = matches!(cut.by, CutBy::Release { .. });
                if !cleared || cut.on <= Some(from) || cut.on > Some(to) {
                    continue;
                }
                let area = self.outside_of(cut);
                if area != 0 {
                    let class = class_at(account, to);
                    entries.push(Entry {
                        on: cut.on,
                        record: cut.record,
                        revision: Some(cut.revision),
                        ..standing(account, Column::Outside, class, area)
                    });
                }
            }
        }
        for (hazard, work) in self.work_on_all(to) {
            if let Some(account) = self.account(hazard).filter(|_| work.worked != 0) {
                let class = class_at(account, to);
                entries.push(standing(account, Column::Worked, class, work.worked));
            }
        }
        entries
    }
}

fn movements(account: &Account, from: Date, to: Date, entries: &mut Vec<Entry>) {
    let mut ends: [(Class, Dm2, Dm2); 3] =
        [Class::Indication, Class::Sha, Class::Cha].map(|class| (class, 0, 0));
    let mut touched = [false; 3];
    for movement in (account.movements.iter()).take_while(|one| one.on <= Some(to)) {
        let place = movement.class as usize;
        touched[place] = true;
        ends[place].2 += movement.area;
        if movement.on <= Some(from) {
            ends[place].1 += movement.area;
        } else {
            entries.push(moved(account, movement));
        }
    }
    for ((class, opening, closing), touched) in ends.into_iter().zip(touched) {
        // A line of zeros stays a line: the class was there.
        for (column, area) in [(Column::Opening, opening), (Column::Closing, closing)] {
            if touched {
                entries.push(standing(account, column, Some(class), area));
            }
        }
    }
}

fn moved(account: &Account, movement: &Movement) -> Entry {
    let released = matches!(
        movement.what,
        What::Cancelled | What::Reduced | What::Cleared
    );
    Entry {
        column: movement.what.into(),
        hazard: account.hazard,
        district: account.district,
        class: Some(movement.class),
        on: movement.on,
        area: if released {
            -movement.area
        } else {
            movement.area
        },
        record: movement.record,
        revision: Some(movement.revision),
    }
}

fn standing(account: &Account, column: Column, class: Option<Class>, area: Dm2) -> Entry {
    Entry {
        column,
        hazard: account.hazard,
        district: account.district,
        class,
        on: None,
        area,
        record: account.hazard,
        revision: None,
    }
}

/// The class in which what stands beside the identity is counted: that of the day, else the last
/// one that the area had.
fn class_at(account: &Account, day: Date) -> Option<Class> {
    account
        .class_on(day)
        .or_else(|| account.classes.iter().rev().find_map(|(_, class)| *class))
}
