//! Worked, not released: progress, in a column of its own. It takes nothing from a hazard (S3).

use std::collections::BTreeMap;
use std::sync::Arc;

use safelane_geometry::Area;
use safelane_ledger::{RecordId, RevisionId, Status};
use safelane_model::Date;

use crate::content::{Content, Progress};
use crate::ground::{Dm2, size};
use crate::record::{Record, Version};

/// A day's report as far as work goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The record.
    pub record: RecordId,
    /// The statement.
    pub revision: RevisionId,
    /// The task.
    pub task: Option<RecordId>,
    /// The team.
    pub team: Option<RecordId>,
    /// The day.
    pub day: Option<Date>,
    /// The hazardous areas that it names itself.
    pub hazards: Vec<RecordId>,
    /// Outline of the ground worked.
    pub ground: Option<Arc<Area>>,
    /// Stated area worked, dm².
    pub area: Dm2,
    /// People at work.
    pub people: i64,
}

/// Which reports count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reports {
    /// Approved ones: what totals show.
    Approved,
    /// Also those that wait for review: what is left to work for a team.
    Reported,
    /// The same without one record: what stood before it came.
    ReportedBut(RecordId),
}

/// Ground worked and left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The ground that is to be worked, dm².
    pub area: Dm2,
    /// Worked, each square metre once, dm².
    pub worked: Dm2,
    /// Left to work, dm².
    pub left: Dm2,
}

impl Report {
    /// The report that a record's official statement makes.
    pub fn approved(record: &Record) -> Option<Self> {
        Self::newest_of(record, record.officials())
    }

    /// The newest report of a record that is not returned.
    pub fn newest(record: &Record) -> Option<Self> {
        let open = || (record.versions.iter()).filter(|version| version.status == Status::Open);
        Self::newest_of(record, open()).or_else(|| Self::approved(record))
    }

    /// The report that a body makes, for example a draft's.
    pub fn of(record: RecordId, revision: RevisionId, progress: &Progress) -> Self {
        let outline = progress.outline.as_ref();
        Self {
            record,
            revision,
            task: progress.task,
            team: progress.team,
            day: progress.day,
            hazards: progress.hazards.clone(),
            ground: outline.map(|outline| Arc::new(Area::of(&outline.shape))),
            area: progress.worked_area,
            people: progress.people,
        }
    }

    fn newest_of<'a>(record: &Record, versions: impl Iterator<Item = &'a Version>) -> Option<Self> {
        let version = versions.last()?;
        match &version.content {
            Content::Progress(progress) => Some(Self::of(record.id, version.id, progress)),
            _ => None,
        }
    }
}

/// Work on a piece of ground by these reports: the union of what is drawn within it, and the
/// stated m² of what is not drawn. `released` says what completions of a task have released: that
/// replaces the m² which its reports stated by number alone.
pub fn worked(ground: &Area, reports: &[&Report], released: &dyn Fn(RecordId) -> Dm2) -> Work {
    let drawn: Vec<&Area> = reports
        .iter()
        .filter_map(|one| one.ground.as_deref())
        .collect();
    let drawn = match drawn.as_slice() {
        [] => 0,
        [only] => size(&only.intersection(ground)),
        several => size(&Area::union(several.iter().copied()).intersection(ground)),
    };
    let mut stated: BTreeMap<Option<RecordId>, Dm2> = BTreeMap::new();
    for report in reports.iter().filter(|one| one.ground.is_none()) {
        *stated.entry(report.task).or_default() += report.area;
    }
    let stated: Dm2 = (stated.into_iter())
        .map(|(task, area)| (area - task.map_or(0, released)).max(0))
        .sum();
    let area = size(ground);
    let worked = drawn + stated;
    Work {
        area,
        worked,
        left: (area - worked).max(0),
    }
}
