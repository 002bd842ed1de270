//! Splitting a hazardous area in two along a line: one part keeps the number, the other becomes a
//! hazardous area of its own.
//!
//! Both statements go in one submission, and danger leaves neither the map nor the accounts at any
//! moment. The new area says where it comes from (`opened_from`), and what it takes over leaves the
//! other as *reclassified*, the same dm² on both sides. The other states the outline that it keeps;
//! that is a smaller outline and takes two people (S9). Until they have approved it stands whole.
//!
//! What is released already stays with the area whose releases took it, in its outline too: the new
//! one begins with what remains on its side. A release that is taken back or frozen gives its ground
//! back to the outline that it was cut out of, so released ground must be in one of the two.

use safelane_geometry::cut::{CutProblem, cut};
use safelane_geometry::{Area, MultiPolygon, Position, Shape, shown};
use safelane_ledger::body::SALT_KEY;
use safelane_ledger::{RecordId, RevisionId, Status};
use safelane_model::body::{self, Map};
use safelane_model::kinds::hazardous_area::key;
use safelane_model::{Date, How};
use serde_json::Value;

use crate::accounts::{Cut, CutBy, Snapshot, Step, Timeline, What, account};
use crate::content::{Content, Hazard, Standing};
use crate::effect::ROUNDING_DM2;
use crate::ground::{Dm2, dm2, size};
use crate::record::{Record, Version};
use crate::world::World;

/// Why a hazardous area is not split so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CannotSplit {
    /// It is no open hazardous area with an outline that stands.
    NotOpen,
    /// It has two versions, or a change of it waits: that comes first.
    Waits,
    /// The line does not cut it in two.
    Line(CutProblem),
    /// One part has nothing left: all of it is released.
    NothingLeft,
    /// Its account has moved later than on the day of the split.
    Before {
        /// The last day.
        last: Date,
    },
    /// The day has not come.
    Future,
}

impl CannotSplit {
    /// Stable code; translation key `desk.split.problem.<code>`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOpen => "not-open",
            Self::Waits => "waits",
            Self::Line(problem) => problem.code(),
            Self::NothingLeft => "nothing-left",
            Self::Before { .. } => "before-last-change",
            Self::Future => "in-the-future",
        }
    }
}

/// Which part keeps the number, as one looks along the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// What is left of the line.
    Left,
    /// What is right of it.
    Right,
}

/// One of the two parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its outline.
    pub outline: MultiPolygon,
    /// What remains of it afterwards, dm².
    pub remaining: Dm2,
}

/// A hazardous area before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// What remains of it now, dm².
    pub before: Dm2,
    /// The part that keeps the number.
    pub kept: Part,
    /// The part that becomes a hazardous area of its own.
    pub new: Part,
}

/// What a split comes to, were it approved.
pub fn split(
    record: &Record,
    line: &[Position],
    keeps: Keeps,
    on: Date,
    world: &dyn World,
    today: Date,
) -> Result<Split, CannotSplit> {
    let (hazard, timeline) = stands(record)?;
    let outline = hazard.outline.as_ref().ok_or(CannotSplit::NotOpen)?;
    if on > today {
        return Err(CannotSplit::Future);
    }
    let books = world.books();
    let now = books.account(record.id).ok_or(CannotSplit::NotOpen)?;
    let last = (now.movements.last().and_then(|one| one.on))
        .max(timeline.steps.last().and_then(|step| step.on));
    if let Some(last) = last.filter(|last| *last > on) {
        return Err(CannotSplit::Before { last });
    }
    let [left, right] = cut(&outline.shape, line).map_err(CannotSplit::Line)?;
    let (kept, new) = match keeps {
        Keeps::Left => (left, right),
        Keeps::Right => (right, left),
    };
    let gone = gone(record.id, &now.ground, world);
    let side = new;
    let new = shown::remaining(&side, &gone);
    if new.is_empty() {
        return Err(CannotSplit::NothingLeft);
    }
    // Strips so narrow that no stored outline holds them.
    let kept = shown::with_rest(&kept, &side, &new)
        .ok_or(CannotSplit::Line(CutProblem::TooNarrow { width_mm: 0 }))?;
    let (kept_area, new_area) = after(&timeline, &kept, &new, on, world)?;
    let hair = |outline| dm2(Area::of(outline).hair()).max(ROUNDING_DM2);
    if kept_area <= hair(&kept) || new_area <= hair(&new) {
        return Err(CannotSplit::NothingLeft);
    }
    Ok(Split {
        before: now.remaining,
        kept: Part {
            outline: kept,
            remaining: kept_area,
        },
        new: Part {
            outline: new,
            remaining: new_area,
        },
    })
}

/// Whether a record is a hazardous area that can be split at all, whatever the line.
pub fn can_split(record: &Record) -> Result<(), CannotSplit> {
    stands(record).map(|_| ())
}

/// The one statement that stands, with nothing beside it.
fn stands(record: &Record) -> Result<(&Hazard, Timeline), CannotSplit> {
    let officials: Vec<&Version> = record.officials().collect();
    let waits = |version: &Version| matches!(version.status, Status::Open | Status::Disputed);
    if officials.len() > 1 || record.state.two_versions || record.versions.iter().any(waits) {
        return Err(CannotSplit::Waits);
    }
    let hazard = match officials.first().map(|version| &version.content) {
        Some(Content::Hazard(hazard)) => hazard.as_ref(),
        _ => return Err(CannotSplit::NotOpen),
    };
    let timeline = Timeline::of(record).ok_or(CannotSplit::NotOpen)?;
    let counts = timeline.now().is_some_and(Snapshot::counts);
    if hazard.standing == Standing::Closed || hazard.outline.is_none() || !counts {
        return Err(CannotSplit::NotOpen);
    }
    Ok((hazard, timeline))
}

/// Outlines of which nothing remains in a hazardous area: released, or another area's by now. One
/// of which a part remains is not among them, so that no danger is left out.
fn gone(hazard: RecordId, remaining: &Area, world: &dyn World) -> Vec<MultiPolygon> {
    let shape = |cut: &Cut| -> Option<MultiPolygon> {
        let record = world.record(cut.record)?;
        let content = &record.version(cut.revision)?.content;
        let outline = match (&cut.by, content) {
            (CutBy::Release { .. }, content) => &content.releases().get(cut.part)?.outline,
            (CutBy::Transfer { .. }, Content::Hazard(hazard)) => hazard.outline.as_ref()?,
            (CutBy::Transfer { .. }, _) => return None,
        };
        Some(outline.shape.as_ref().clone())
    };
    let is_gone =
        |shape: &MultiPolygon| size(&Area::of(shape).intersection(remaining)) <= ROUNDING_DM2;
    (world.books().taken_from(hazard))
        .filter_map(shape)
        .filter(is_gone)
        .collect()
}

/// What remains of both parts, by the accounts that the two statements would make.
fn after(
    timeline: &Timeline,
    kept: &MultiPolygon,
    new: &MultiPolygon,
    on: Date,
    world: &dyn World,
) -> Result<(Dm2, Dm2), CannotSplit> {
    let now = timeline.now().ok_or(CannotSplit::NotOpen)?;
    let no_revision = RevisionId::from_bytes([0; 32]);
    let step = |state: Snapshot| Step {
        on: Some(on),
        revision: no_revision,
        state: Some(state),
    };
    let child = Timeline {
        hazard: RecordId::new(uuid_of_nobody()),
        steps: vec![step(Snapshot {
            outline: Area::of(new),
            opened_on: Some(on),
            re_opened: false,
            opened_from: Some(timeline.hazard),
            ..now.clone()
        })],
    };
    let mut parent = timeline.clone();
    parent.steps.retain(|step| step.on != Some(on));
    parent.steps.push(step(Snapshot {
        outline: Area::of(kept),
        ..now.clone()
    }));
    let takes: Vec<Cut> = Cut::transfer(&child).into_iter().collect();
    let replaced = std::collections::BTreeMap::from([(child.hazard, takes)]);
    let kept = world.books().account_of(&parent, &replaced);
    let transferred = (kept.movements.iter())
        .filter(|one| one.record == child.hazard && one.what == What::Reclassified)
        .map(|one| -one.area)
        .sum();
    let new = account(&child, &[], transferred);
    Ok((kept.remaining, new.remaining))
}

/// The new area has no id before it is signed.
fn uuid_of_nobody() -> uuid::Uuid {
    uuid::Uuid::nil()
}

/// What a person states beside the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The day of the split.
    pub on: Date,
    /// Why.
    pub reason: String,
    /// What the new area is called.
    pub name: Option<String>,
    /// The line was drawn on a map: both outlines are sketches from now on.
    pub drawn: bool,
}

/// What belongs to the area as it was, and to none of its parts.
const OF_THE_WHOLE: [&str; 1] = [key::stated_area];
/// What stays with the part that keeps the number.
const NOT_OF_THE_NEW: [&str; 8] = [
    key::other_references,
    key::source_file,
    key::source_id,
    key::repair,
    key::photos,
    key::changed_on,
    key::closed_on,
    key::note,
];

/// The bodies of both statements: of the part that keeps the number, and of the new area.
pub fn bodies(stands: &Map, hazard: RecordId, split: &Split, said: &Said) -> [Map; 2] {
    let mut whole = stands.clone();
    whole.remove(SALT_KEY);
    for key in OF_THE_WHOLE {
        whole.remove(key);
    }
    let day = Value::from(said.on.to_string());
    whole.insert(key::change_reason.to_owned(), said.reason.trim().into());
    let with_outline = |mut body: Map, outline: &MultiPolygon| {
        if let Some(mut ground) = body::ground(&body, key::ground) {
            // Typed corners and raw legs are those of the whole; the earlier statement keeps them.
            ground.shape = Shape::polygons(outline.clone());
            ground.typed = Vec::new();
            ground.raw = None;
            if said.drawn {
                ground.how = How::Drawn;
            }
            let value = serde_json::to_value(ground).unwrap_or_default();
            body.insert(key::ground.to_owned(), value);
        }
        body
    };
    let mut kept = with_outline(whole.clone(), &split.kept.outline);
    kept.insert(key::changed_on.to_owned(), day.clone());
    let mut new = with_outline(whole, &split.new.outline);
    for key in NOT_OF_THE_NEW {
        new.remove(key);
    }
    new.insert(key::opening.to_owned(), "split-from".into());
    new.insert(key::opened_from.to_owned(), hazard.to_string().into());
    new.insert(key::opened_on.to_owned(), day);
    match &said.name {
        Some(name) => _ = new.insert(key::name.to_owned(), name.trim().into()),
        None => _ = new.remove(key::name),
    }
    [kept, new]
}

#[cfg(test)]
mod tests;
