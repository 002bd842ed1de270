//! What takes area from a hazardous area.

use std::collections::BTreeSet;
use std::sync::Arc;

use safelane_geometry::Area;
use safelane_ledger::{RecordId, RevisionId, Status};
use safelane_model::Date;

use super::timeline::Timeline;
use crate::content::{Class, Content, ReleasePart, Way};
use crate::record::{Record, Version};

/// One outline that takes area from the hazardous areas that it names, and from no other.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// The record.
    pub record: RecordId,
    /// The statement.
    pub revision: RevisionId,
    /// Which outline of the record, from 0.
    pub part: usize,
    /// Effective date; without one it takes nothing.
    pub on: Option<Date>,
    /// The hazardous areas that it names.
    pub hazards: Vec<RecordId>,
    /// The ground.
    pub ground: Arc<Area>,
    /// How.
    pub by: CutBy,
}

/// How area is taken.
#[derive(Clone, Debug, PartialEq)]
pub enum CutBy {
    /// By a release.
    Release {
        /// Which way.
        way: Way,
        /// Depth reached, mm.
        depth: Option<i64>,
        /// From what; none means what the hazardous area was recorded for on that day.
        targets: Option<BTreeSet<String>>,
    },
    /// By a hazardous area that was confirmed out of or split from this one, and that says at
    /// least as much danger.
    Transfer {
        /// Its class.
        class: Class,
        /// Its contamination.
        contamination: BTreeSet<String>,
        /// Its required depth, mm.
        required_depth: Option<i64>,
        /// Whether it is marked as reported lifted.
        reported_lifted: bool,
    },
}

impl Cut {
    /// What a record's official statements release. Imported ones release nothing until two
    /// people have linked and accepted them; of two versions what all of them release counts (S7).
    pub fn of(record: &Record) -> Vec<Self> {
        let officials: Vec<&Version> = record.officials().collect();
        match officials.as_slice() {
            [only] => Self::of_version(record.id, only),
            [] => Vec::new(),
            several => common(record.id, several),
        }
    }

    /// What the map may show as released: while a record has two versions, only what all of those
    /// that stand or wait would release (S7).
    pub fn shown(record: &Record) -> Vec<Self> {
        if !record.state.two_versions || record.officials().next().is_none() {
            return Self::of(record);
        }
        let stands = |status| matches!(status, Status::Official | Status::Open | Status::Disputed);
        let versions: Vec<&Version> = (record.versions.iter())
            .filter(|version| stands(version.status))
            .collect();
        common(record.id, &versions)
    }

    /// What a statement would release, were it approved.
    pub fn proposed(record: RecordId, version: &Version) -> Vec<Self> {
        Self::of_content(record, version.id, &version.content)
    }

    fn of_version(record: RecordId, version: &Version) -> Vec<Self> {
        if version.imported {
            return Vec::new();
        }
        Self::proposed(record, version)
    }

    /// What a body would release, for example a draft's.
    pub fn of_content(record: RecordId, revision: RevisionId, content: &Content) -> Vec<Self> {
        let on = match content {
            Content::Completion(done) => done.completed_on,
            Content::Survey(survey) => survey.day,
            _ => return Vec::new(),
        };
        let cut = |(part, release): (usize, &ReleasePart)| Self {
            record,
            revision,
            part,
            on,
            hazards: release.hazards.clone(),
            ground: Arc::new(Area::of(&release.outline.shape)),
            by: CutBy::Release {
                way: release.way,
                depth: release.depth,
                targets: release.targets.clone(),
            },
        };
        content.releases().iter().enumerate().map(cut).collect()
    }

    /// The ground that a hazardous area takes over from the one it was confirmed out of.
    pub(crate) fn transfer(timeline: &Timeline) -> Option<Self> {
        // One that was ended was no hazardous area of its own: the other one keeps its ground.
        timeline.steps.last()?.state.as_ref()?;
        let (step, state) = timeline.first_counted()?;
        let from = state.opened_from.filter(|from| *from != timeline.hazard)?;
        Some(Self {
            record: timeline.hazard,
            revision: step.revision,
            part: 0,
            on: step.on,
            hazards: vec![from],
            ground: Arc::new(state.outline.clone()),
            by: CutBy::Transfer {
                class: state.class,
                contamination: state.contamination.clone(),
                required_depth: state.required_depth,
                reported_lifted: state.reported_lifted,
            },
        })
    }

    /// The order within an account.
    pub(super) fn key(&self) -> (Option<Date>, RecordId, usize) {
        (self.on, self.record, self.part)
    }
}

/// What all official versions release: the common ground, the lesser depth, the earlier day.
fn common(record: RecordId, versions: &[&Version]) -> Vec<Cut> {
    let each: Vec<Vec<Cut>> = versions
        .iter()
        .map(|version| Cut::of_version(record, version))
        .collect();
    let (first, others) = each
        .split_first()
        .map_or((&[][..], &[][..]), |(f, o)| (f, o));
    let mut cuts = Vec::new();
    for cut in first {
        for hazard in &cut.hazards {
            if let Some(common) = others.iter().try_fold(cut.clone(), |common, other| {
                narrowed(common, *hazard, other)
            }) {
                cuts.push(Cut {
                    part: cuts.len(),
                    hazards: vec![*hazard],
                    ..common
                });
            }
        }
    }
    cuts
}

fn narrowed(mut cut: Cut, hazard: RecordId, other: &[Cut]) -> Option<Cut> {
    let same: Vec<&Cut> = other
        .iter()
        .filter(|one| one.hazards.contains(&hazard))
        .collect();
    let ground = Area::union(same.iter().map(|one| one.ground.as_ref()));
    cut.ground = Arc::new(cut.ground.intersection(&ground));
    cut.on = same.iter().map(|one| one.on).chain([cut.on]).min()?;
    let CutBy::Release { depth, targets, .. } = &mut cut.by else {
        return None;
    };
    for one in &same {
        let CutBy::Release {
            depth: d,
            targets: t,
            ..
        } = &one.by
        else {
            continue;
        };
        *depth = (*depth).min(*d);
        *targets = match (targets.take(), t) {
            (Some(a), Some(b)) => Some(a.intersection(b).cloned().collect()),
            (a, b) => a.or_else(|| b.clone()),
        };
    }
    (!cut.ground.is_empty()).then_some(cut)
}
