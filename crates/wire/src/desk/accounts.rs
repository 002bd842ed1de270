//! Accounts of land release.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use safelane_ledger::{RecordId, RevisionId};

use super::CheckRow;

/// One line of the totals, dm². `opening + … = closing` in every line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TotalsRow {
    /// District's record, none for land in no district, and for the total.
    pub district: Option<RecordId>,
    /// By organisation: whose team released it, none where no team is named, and for the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<RecordId>,
    /// District's or organisation's name.
    pub name: String,
    /// `sha`, `cha`, or `all`.
    pub class: String,
    /// At the first day.
    pub opening: i64,
    /// Newly recorded.
    pub new: i64,
    /// Enlarged.
    pub enlarged: i64,
    /// Re-opened.
    pub re_opened: i64,
    /// Cancelled by non-technical survey.
    pub cancelled: i64,
    /// Reduced by technical survey.
    pub reduced: i64,
    /// Cleared in recorded hazard.
    pub cleared: i64,
    /// Reclassified, signed; sums to zero over the classes.
    pub reclassified: i64,
    /// Corrected, signed.
    pub corrected: i64,
    /// At the last day: remaining.
    pub closing: i64,
    /// Beside the identity: worked, not released.
    pub worked: i64,
    /// Beside the identity: cleared outside recorded hazard.
    pub outside: i64,
    /// Number of hazardous areas open at the last day.
    pub areas: u32,
}

/// The picture that an answer about the past is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What was known: so many entries of the log.
    pub upto: u64,
    /// The instant that was asked for, RFC 3339 UTC; of a log number, when it was received.
    pub at: String,
    /// The day of the programme at that instant.
    pub day: String,
    /// The day on which it was true; absent for all days up to then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

/// `GET /api/accounts`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Log number.
    pub upto: u64,
    /// As known then; absent for the present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Picture>,
    /// `district`, `class`, `organisation` or `none`. By organisation lines hold what was released
    /// and cleared outside alone: nobody opens or closes an area for an organisation.
    pub by: String,
    /// First day, not included: movements are after it.
    pub from: String,
    /// Last day, included.
    pub to: String,
    /// The lines, then the totals.
    pub rows: Vec<TotalsRow>,
    /// Waiting for a decision, dm², by `cancelled`, `cleared`, `reduced`.
    pub waiting: BTreeMap<String, i64>,
    /// Claimed by imported sources, cutting nothing, dm².
    pub claimed: i64,
    /// Whether the programme lets one person release (S9).
    pub one_person_release: bool,
}

/// One part of a figure of the totals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellRow {
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its number or name.
    pub hazard_name: String,
    /// `sha`, `cha`; empty where it has none.
    pub class: String,
    /// The day of the movement; empty for what stood at the end of a day.
    pub on: String,
    /// dm² as the column counts them; 1 for an area that is counted.
    pub area: i64,
    /// The record that moved it; the hazardous area itself for what stands.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its number or name.
    pub name: String,
    /// Name of the organisation whose team did it; empty where none is named.
    pub organisation: String,
}

/// `GET /api/accounts/cell`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Log number.
    pub upto: u64,
    /// The parts, the earliest first.
    pub rows: Vec<CellRow>,
    /// Their sum: the figure.
    pub sum: i64,
}

/// A figure of a past day that differs between two states of knowledge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestatedRow {
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its number or name.
    pub hazard_name: String,
    /// The day.
    pub on: String,
    /// `new`, `enlarged`, `cleared` and so on, as in [`MovementRow`].
    pub what: String,
    /// The class.
    pub class: String,
    /// The record that moves it.
    pub record: RecordId,
    /// Its number or name.
    pub name: String,
    /// As it was stated before, signed, dm².
    pub before: i64,
    /// As it is stated now, signed, dm².
    pub after: i64,
}

/// `GET /api/accounts/restated`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restated {
    /// What was known before.
    pub since: Picture,
    /// What was known after; absent for the present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Picture>,
    /// Days up to and with this one are compared.
    pub through: String,
    /// The figures.
    pub rows: Vec<RestatedRow>,
}

/// One movement of a hazardous area's account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MovementRow {
    /// Effective date.
    pub on: String,
    /// `opening`, `new`, `enlarged`, `re-opened`, `cancelled`, `reduced`, `cleared`, `reclassified`, `corrected`, `closing`.
    pub what: String,
    /// Signed, dm².
    pub area: i64,
    /// Remaining after it, dm².
    pub remaining: i64,
    /// The record that moved it.
    pub record: RecordId,
    /// Its number or name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// The class whose area it changes.
    pub class: String,
    /// The statement.
    pub revision: RevisionId,
    /// Who signed the statement, by the name that the hub shows.
    pub author_name: String,
    /// Who approved it, by the names that the hub shows.
    pub approved_by: Vec<String>,
}

/// What releases or would release ground of a hazardous area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleaseRow {
    /// The record.
    pub record: RecordId,
    /// Its number or name.
    pub name: String,
    /// Its day; empty where it states none.
    pub on: String,
    /// `cancelled`, `reduced`, `cleared`.
    pub way: String,
    /// The size of its own ground, dm².
    pub area: i64,
    /// Depth reached, mm.
    pub depth: Option<i64>,
    /// What it took from the area in all, dm².
    pub took: i64,
    /// `counts`, `history` (from before the area was opened again), `frozen` (by an alarm),
    /// `waiting` (for review), `claimed` (by a source).
    pub state: String,
}

/// `GET /api/records/{record}/account`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Log number.
    pub upto: u64,
    /// As known then; absent for the present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Picture>,
    /// Its class now; empty while closed, ended or an indication.
    pub class: String,
    /// Size of the outline of its current opening, dm².
    pub outline: i64,
    /// Movements in order.
    pub movements: Vec<MovementRow>,
    /// Remaining, dm².
    pub remaining: i64,
    /// Worked, not released, dm².
    pub worked: i64,
    /// Left to work, dm².
    pub left: i64,
    /// Cleared outside, dm².
    pub outside: i64,
    /// What releases it or would, the earliest first.
    pub releases: Vec<ReleaseRow>,
    /// Open alarms in ground that was released from it.
    pub alarms: Vec<CheckRow>,
}
