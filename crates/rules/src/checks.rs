//! Standing checks (`domain.md` 2.7): each change against all that is known near it.
//!
//! To add one: a function in a file under `checks/`, a line in [`of_version`], its codes in [`CODES`],
//! [`VERSION`] one higher, how far it looks in `affected.rs`, and `check.<code>.title`, `.text` and `.why` in every language.
//!
//! A result is a function of the world alone; the day only says which results hold
//! ([`Finding::holds_on`]). So nothing has to be computed again because a night has passed.

mod accreditation;
mod affected;
mod answers;
mod area;
mod dates;
mod depth;
mod disposal;
mod fade_out;
mod finds;
mod floods;
mod gaps;
mod mended;
mod method;
mod numbers;
mod outside;
mod overlaps;
mod rates;
mod scope;
mod visits;

use std::collections::BTreeMap;

use safelane_geometry::Position;
use safelane_ledger::{Act, RecordId, Status};
use safelane_model::Date;

use crate::content::Content;
use crate::record::{Record, Version};
use crate::world::World;

pub use affected::affected;
pub use answers::Answered;
pub use finds::{find_is_settled, is_frozen};
pub use gaps::strips;

/// Raised whenever a check would come to other results: rows kept of them are then grown anew.
pub const VERSION: u32 = 1;

/// How grave a check's result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Look at it.
    Warn,
    /// Look at it first.
    High,
    /// Approval is forbidden until it is mended.
    Block,
    /// Ground that was held to be worked or released is dangerous.
    Alarm,
}

impl Severity {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::High => "high",
            Self::Block => "block",
            Self::Alarm => "alarm",
        }
    }
}

/// Where a check's result stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Life {
    /// Nobody has answered it.
    Open,
    /// Somebody gave the reason.
    Explained,
    /// Its cause is gone, or two people settled it.
    Resolved,
}

impl Life {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Explained => "explained",
            Self::Resolved => "resolved",
        }
    }
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable code; translations `check.<code>.title`, `.text` and `.why`.
    pub code: &'static str,
    /// Number in the catalogue of `domain.md` 2.7.
    pub number: u8,
    /// How grave.
    pub severity: Severity,
    /// Where it stands.
    pub life: Life,
    /// The records that it is about, the one checked first.
    pub records: Vec<RecordId>,
    /// Where.
    pub at: Option<Position>,
    /// What the sentence names; areas in dm², lengths in mm, days as `YYYY-MM-DD`.
    pub args: BTreeMap<&'static str, String>,
    /// Whether it forbids approving the record that was checked.
    pub blocks: bool,
    /// First day on which it holds; none when it always has.
    pub from: Option<Date>,
    /// Last day on which it holds; none when it has none.
    pub until: Option<Date>,
    /// Who has answered it as it stands, in the order of the answers' ids.
    pub answers: Vec<Answered>,
}

/// Every code with its number in the catalogue.
pub const CODES: &[(&str, u8)] = &[
    ("find-in-released-ground", 1),
    ("find-in-worked-ground", 1),
    ("outside-recorded-hazard", 2),
    ("item-below-depth", 3),
    ("mine-outside-scope", 4),
    ("fade-out-not-extended", 5),
    ("geometry-mended", 6),
    ("hazards-overlap", 7),
    ("work-overlaps", 7),
    ("releases-overlap", 7),
    ("strip-left", 8),
    ("remainder-left", 8),
    ("stated-area-differs", 9),
    ("rate-implausible", 11),
    ("work-beyond-task", 11),
    ("work-on-stand-down", 11),
    ("cleared-without-method", 12),
    ("cleared-without-item", 12),
    ("item-not-destroyed", 13),
    ("item-not-dealt-with", 13),
    ("date-in-future", 14),
    ("dates-reversed", 14),
    ("report-after-completion", 14),
    ("report-late", 14),
    ("not-accredited", 15),
    ("number-used-twice", 17),
    ("marking-overdue", 20),
    ("not-visited", 20),
    ("flooded-ground", 21),
    ("use-deeper-than-clearance", 22),
];

impl Finding {
    /// A result that stands open and forbids nothing.
    fn new(code: &'static str, severity: Severity, record: RecordId) -> Self {
        let number = CODES
            .iter()
            .find(|(one, _)| *one == code)
            .map_or(0, |(_, number)| *number);
        Self {
            code,
            number,
            severity,
            life: Life::Open,
            records: vec![record],
            at: None,
            args: BTreeMap::new(),
            blocks: severity == Severity::Block,
            from: None,
            until: None,
            answers: Vec::new(),
        }
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, today: Date) -> bool {
        self.from.is_none_or(|from| from <= today) && self.until.is_none_or(|until| today <= until)
    }

    /// The figures of its sentence in one line: an answer holds while they stay as they were read.
    pub fn figures(&self) -> String {
        let figures: Vec<String> = (self.args.iter())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        figures.join(" ")
    }

    /// The records that it is about, whichever was checked.
    pub fn about_sorted(&self) -> Vec<RecordId> {
        let mut records = self.records.clone();
        records.sort();
        records.dedup();
        records
    }

    fn about(mut self, record: RecordId) -> Self {
        self.records.push(record);
        self
    }

    fn at(mut self, at: Option<Position>) -> Self {
        self.at = at;
        self
    }

    fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.insert(name, value.to_string());
        self
    }

    fn explained_if(mut self, reason: bool) -> Self {
        if reason && self.life == Life::Open {
            self.life = Life::Explained;
        }
        self
    }

    fn resolved_if(mut self, gone: bool) -> Self {
        if gone {
            self.life = Life::Resolved;
        }
        self
    }

    /// Holds from the day after this one, as many days later.
    fn after(mut self, day: Option<Date>, days: i64) -> Self {
        // A day beyond the calendar is never reached, and one that nobody states lies behind.
        self.from = day.map(|day| day.plus_days(days + 1).unwrap_or(Date::LAST));
        self
    }
}

/// What every check looks at.
struct Look<'a> {
    record: &'a Record,
    version: &'a Version,
    world: &'a dyn World,
}

/// All checks of a record that hold today, of the statement that waits if one does. `today` is the
/// later of the device's clock and the last hub time seen.
pub fn run(record: &Record, world: &dyn World, today: Date) -> Vec<Finding> {
    let mut found = standing(record, world);
    found.retain(|finding| finding.holds_on(today));
    found
}

/// All checks of a record, whatever the day.
pub fn standing(record: &Record, world: &dyn World) -> Vec<Finding> {
    let Some(checked) = checked(record) else {
        return Vec::new();
    };
    let mut found = of_version(record, checked, world);
    // A correction or removal that waits silences no alarm of what it would replace.
    for version in record.current().filter(|version| version.id != checked.id) {
        let look = Look {
            record,
            version,
            world,
        };
        for alarm in finds::check_find(&look) {
            let known = |one: &Finding| one.code == alarm.code && one.records == alarm.records;
            if !found.iter().any(known) {
                found.push(alarm);
            }
        }
    }
    answers::take(&mut found, world);
    sort(&mut found);
    found
}

/// The statement that is checked: the last that waits, else the last official one, else the last;
/// never one that ends the record. None for a record that has ended, unless it is stated again.
fn checked(record: &Record) -> Option<&Version> {
    let states = |version: &&Version| !matches!(version.act, Act::Remove | Act::SetAside);
    let last = |status| {
        (record.versions.iter())
            .filter(states)
            .rfind(|version| version.status == status)
    };
    last(Status::Open).or_else(|| {
        let stands = !record.is_ended();
        last(Status::Official)
            .or_else(|| record.current().filter(states).last())
            .filter(|_| stands)
    })
}

/// All checks of one statement of a record that hold today.
pub fn run_on(record: &Record, version: &Version, world: &dyn World, today: Date) -> Vec<Finding> {
    if matches!(version.act, Act::Remove | Act::SetAside) {
        return Vec::new();
    }
    let mut found = of_version(record, version, world);
    found.retain(|finding| finding.holds_on(today));
    answers::take(&mut found, world);
    sort(&mut found);
    found
}

fn of_version(record: &Record, version: &Version, world: &dyn World) -> Vec<Finding> {
    let look = Look {
        record,
        version,
        world,
    };
    let mut found = Vec::new();
    found.extend(finds::check(&look));
    found.extend(outside::check(&look));
    found.extend(depth::check(&look));
    found.extend(scope::check(&look));
    found.extend(fade_out::check(&look));
    found.extend(mended::check(&look));
    found.extend(overlaps::check(&look));
    found.extend(gaps::check(&look));
    found.extend(area::check(&look));
    found.extend(rates::check(&look));
    found.extend(method::check(&look));
    found.extend(disposal::check(&look));
    found.extend(dates::check(&look));
    found.extend(accreditation::check(&look));
    found.extend(numbers::check(&look));
    found.extend(visits::check(&look));
    found.extend(floods::check(&look));
    for finding in &mut found {
        let confirmed = version.confirmed.contains(finding.code);
        if confirmed && may_be_explained(finding) && finding.life == Life::Open {
            finding.life = Life::Explained;
        }
    }
    found
}

/// Whether a reason is enough: not where ground is held dangerous or an approval is forbidden.
fn may_be_explained(finding: &Finding) -> bool {
    finding.severity < Severity::Block && !finding.blocks
}

fn sort(found: &mut [Finding]) {
    found.sort_by(|a, b| {
        (b.severity, a.number, a.code, &a.records).cmp(&(a.severity, b.number, b.code, &b.records))
    });
}

/// Each result once: what is found from both of two records counts as one, as that record sees it
/// from which it stands open and weighs most.
pub fn each_once(findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    type Seen = BTreeMap<RecordId, Vec<Finding>>;
    let mut groups: BTreeMap<(&'static str, Vec<RecordId>), Seen> = BTreeMap::new();
    for finding in findings {
        let seen = groups
            .entry((finding.code, finding.about_sorted()))
            .or_default();
        let first = finding.records.first().copied();
        if let Some(first) = first {
            seen.entry(first).or_default().push(finding);
        }
    }
    let weight = |found: &[Finding]| {
        (found.iter())
            .map(|one| (one.life == Life::Open, one.severity, one.blocks))
            .max()
    };
    let mut once: Vec<Finding> = Vec::new();
    for seen in groups.into_values() {
        // The first of equal ones: `max_by_key` would take the last.
        let best = seen
            .into_iter()
            .rev()
            .max_by_key(|(_, found)| weight(found));
        once.extend(best.into_iter().flat_map(|(_, found)| found));
    }
    sort(&mut once);
    once
}

/// Codes of the results that forbid approval.
pub fn blocks_approval(findings: &[Finding]) -> Vec<&'static str> {
    let mut codes: Vec<_> = (findings.iter())
        .filter(|finding| finding.blocks && finding.life == Life::Open)
        .map(|finding| finding.code)
        .collect();
    codes.dedup();
    codes
}

/// What a record says now, returned or not: what it says of danger counts.
fn says(record: &Record) -> Option<&Content> {
    checked(record).map(|version| &version.content)
}

/// What a record says of work, unless it was returned.
fn works(record: &Record) -> Option<&Version> {
    checked(record).filter(|version| matches!(version.status, Status::Open | Status::Official))
}

/// Whether a content would release ground.
fn releases(content: &Content) -> bool {
    !content.releases().is_empty()
}

#[cfg(test)]
mod affected_tests;
#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod tests;
