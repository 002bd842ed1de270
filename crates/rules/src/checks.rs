//! Standing checks (`domain.md` 2.7): each change against all that is known near it.
//!
//! To add one: a function in a file under `checks/`, a line in [`run`], its codes in [`CODES`], and
//! the sentences `check.<code>.title` and `check.<code>.text` in every language.

mod area;
mod dates;
mod finds;
mod gaps;
mod numbers;
mod overlaps;
mod rates;

use std::collections::BTreeMap;

use safelane_geometry::Position;
use safelane_ledger::{Act, RecordId};
use safelane_model::Date;

use crate::content::Content;
use crate::record::{Record, Version};
use crate::world::World;

pub use finds::{find_is_settled, is_frozen};
pub use gaps::strips;

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
    /// Stable code; translations `check.<code>.title` and `check.<code>.text`.
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
}

/// Every code with its number in the catalogue.
pub const CODES: &[(&str, u8)] = &[
    ("find-in-released-ground", 1),
    ("find-in-worked-ground", 1),
    ("hazards-overlap", 7),
    ("work-overlaps", 7),
    ("releases-overlap", 7),
    ("strip-left", 8),
    ("remainder-left", 8),
    ("stated-area-differs", 9),
    ("rate-implausible", 11),
    ("work-beyond-task", 11),
    ("work-on-stand-down", 11),
    ("item-not-destroyed", 13),
    ("date-in-future", 14),
    ("dates-reversed", 14),
    ("report-after-completion", 14),
    ("number-used-twice", 17),
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
        }
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
}

/// What every check looks at.
struct Look<'a> {
    record: &'a Record,
    version: &'a Version,
    world: &'a dyn World,
    today: Date,
}

/// All checks of a record, of the statement that waits if one does. `today` is the later of the
/// device's clock and the last hub time seen.
pub fn run(record: &Record, world: &dyn World, today: Date) -> Vec<Finding> {
    record
        .subject()
        .map_or_else(Vec::new, |version| run_on(record, version, world, today))
}

/// All checks of one statement of a record.
pub fn run_on(record: &Record, version: &Version, world: &dyn World, today: Date) -> Vec<Finding> {
    if matches!(version.act, Act::Remove | Act::SetAside) {
        return Vec::new();
    }
    let look = Look {
        record,
        version,
        world,
        today,
    };
    let mut found = Vec::new();
    found.extend(finds::check(&look));
    found.extend(overlaps::check(&look));
    found.extend(gaps::check(&look));
    found.extend(area::check(&look));
    found.extend(rates::check(&look));
    found.extend(dates::check(&look));
    found.extend(numbers::check(&look));
    for finding in &mut found {
        let confirmed = version.confirmed.contains(finding.code);
        if confirmed && finding.severity < Severity::Block && finding.life == Life::Open {
            finding.life = Life::Explained;
        }
    }
    found.sort_by(|a, b| {
        (b.severity, a.number, a.code, &a.records).cmp(&(a.severity, b.number, b.code, &b.records))
    });
    found
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

/// Whether a content would release ground.
fn releases(content: &Content) -> bool {
    !content.releases().is_empty()
}

#[cfg(test)]
mod tests;
