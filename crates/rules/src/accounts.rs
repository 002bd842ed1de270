//! The accounts of land release (design section 5): movements of area, never editable totals.
//!
//! A movement's m² is what remained before minus what remains after, each rounded to whole dm², so
//! that every account closes by construction. Within an account the order is content alone: the
//! effective date in the body, then the record's id; what opens or enlarges a hazardous area goes
//! before the releases of the same day, and what corrects or closes it after them, so that no
//! square metre is taken as a correction that a release of that day took.
//!
//! | to do | use |
//! |---|---|
//! | read a hazardous area's history | [`Timeline::of`] |
//! | read what a record releases | [`Cut::of`] |
//! | one account | [`account`] |
//! | all accounts, kept up change by change | [`Books`] |
//! | totals of a period | [`Books::totals`] |
//! | what a figure of the totals is made of | [`Books::entries`] |
//! | an account as it stood on a past day | [`Books::account_on`] |
//! | what was restated between two states of knowledge | [`restated_between`] |

mod books;
mod cut;
mod engine;
mod entries;
pub(crate) mod timeline;
mod totals;
mod work;

use std::collections::BTreeSet;

use safelane_geometry::Area;
use safelane_ledger::{RecordId, RevisionId};
use safelane_model::Date;

use crate::content::{Class, Way};
use crate::ground::Dm2;

pub use books::{Books, Changed, Waiting};
pub use cut::{Cut, CutBy};
pub use engine::account;
pub use entries::{Column, Entry};
pub use timeline::{Snapshot, Step, Timeline};
pub use totals::{By, Key, Line, Restated, Totals, restated, restated_between};
pub use work::{Report, Reports, Work, worked};

/// The sort of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Newly recorded.
    New,
    /// Enlarged.
    Enlarged,
    /// Opened again, or shown again because older releases no longer count.
    ReOpened,
    /// Moved to another class, or to the hazardous area confirmed out of this one.
    Reclassified,
    /// Cancelled by non-technical survey.
    Cancelled,
    /// Reduced by technical survey.
    Reduced,
    /// Cleared.
    Cleared,
    /// Outline corrected, closed, removed or set aside.
    Corrected,
}

impl What {
    /// Stable code; translation key `movement.<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Enlarged => "enlarged",
            Self::ReOpened => "re-opened",
            Self::Reclassified => "reclassified",
            Self::Cancelled => "cancelled",
            Self::Reduced => "reduced",
            Self::Cleared => "cleared",
            Self::Corrected => "corrected",
        }
    }
}

impl From<Way> for What {
    fn from(way: Way) -> Self {
        match way {
            Way::Cancelled => Self::Cancelled,
            Way::Reduced => Self::Reduced,
            Way::Cleared => Self::Cleared,
        }
    }
}

/// Contamination as treaty tables part it (`domain.md` 4.2): one group for each hazardous area, so
/// that the tables add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contaminant {
    /// Anti-personnel mines, improvised ones among them, with or without anything else.
    ApMine,
    /// Cluster munition remnants, without anti-personnel mines.
    ClusterMunition,
    /// Anti-vehicle mines, without either.
    AvMine,
    /// Anything else, and what nobody knows.
    Other,
}

impl Contaminant {
    /// Every group, in the order of the tables.
    pub const ALL: [Self; 4] = [
        Self::ApMine,
        Self::ClusterMunition,
        Self::AvMine,
        Self::Other,
    ];

    /// Stable code; translation key `desk.contaminant.<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ApMine => "ap-mine",
            Self::ClusterMunition => "cluster-munition",
            Self::AvMine => "av-mine",
            Self::Other => "other",
        }
    }

    /// The group of that code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The group of a hazardous area that is contaminated so.
    pub fn of(contamination: &BTreeSet<String>) -> Self {
        let has = |code: &str| contamination.contains(code);
        if has("ap-mine") || has("improvised-mine") {
            Self::ApMine
        } else if has("cluster-munition-remnants") {
            Self::ClusterMunition
        } else if has("av-mine") {
            Self::AvMine
        } else {
            Self::Other
        }
    }
}

/// One movement of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Effective date; none for what has no date and so lies before every period.
    pub on: Option<Date>,
    /// What it is.
    pub what: What,
    /// The class whose area it changes.
    pub class: Class,
    /// Change of what remains, dm²: negative for what is released.
    pub area: Dm2,
    /// What remains in the account after it, dm².
    pub remaining: Dm2,
    /// The record that moved it.
    pub record: RecordId,
    /// The statement.
    pub revision: RevisionId,
}

/// The account of one hazardous area.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its district now.
    pub district: Option<RecordId>,
    /// What it is contaminated with now.
    pub contamination: BTreeSet<String>,
    /// From which day it counted in which class; none while closed, ended or an indication.
    pub classes: Vec<(Option<Date>, Option<Class>)>,
    /// Movements in order.
    pub movements: Vec<Movement>,
    /// What remains, dm².
    pub remaining: Dm2,
    /// The ground that remains.
    pub ground: Area,
    /// The outline of the current opening.
    pub outline: Area,
}

impl Account {
    /// Its class now; none while closed, ended or an indication.
    pub fn class(&self) -> Option<Class> {
        self.classes.last().and_then(|(_, class)| *class)
    }

    /// Its class at the end of a day.
    pub fn class_on(&self, day: Date) -> Option<Class> {
        (self.classes.iter().rev())
            .find(|(from, _)| *from <= Some(day))
            .and_then(|(_, class)| *class)
    }

    /// What remained in a class at the end of a day, dm².
    pub fn remaining_on(&self, day: Date, class: Class) -> Dm2 {
        (self.movements.iter())
            .filter(|one| one.on <= Some(day) && one.class == class)
            .map(|one| one.area)
            .sum()
    }
}

#[cfg(test)]
mod histories;
#[cfg(test)]
mod tests;
