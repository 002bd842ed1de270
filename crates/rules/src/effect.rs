//! Whether, after a statement, less ground would be shown as hazardous (S9).
//!
//! Content only: the statement and what it replaces, no clock and no neighbours, so that every hub
//! and device comes to the same answer. Where content cannot tell, the answer is that it would.

use std::collections::BTreeSet;

use safelane_ledger::{Act, Received};
use safelane_model::Place;
use safelane_model::body::Map;

use crate::content::{Content, Hazard, Standing, to_map};
use crate::ground::{apart_mm, lost};
use crate::world::Settings;

/// Below this a difference of outlines is rounding: 0.01 m² (design section 5).
pub(crate) const ROUNDING_DM2: i64 = 1;
/// Below this a point is where it was.
const SAME_PLACE_MM: i64 = 1_000;

/// What a statement does to the ground that is shown as hazardous.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// As much ground or more.
    MoreOrSame,
    /// Less, or nobody can tell.
    LessHazard {
        /// Why, in the order of the codes.
        because: BTreeSet<Because>,
    },
}

impl Effect {
    /// Whether it takes two people.
    pub fn is_less(&self) -> bool {
        matches!(self, Self::LessHazard { .. })
    }

    /// The reasons; none when it adds or keeps.
    pub fn because(&self) -> Vec<Because> {
        match self {
            Self::MoreOrSame => Vec::new(),
            Self::LessHazard { because } => because.iter().copied().collect(),
        }
    }

    fn from_reasons(because: BTreeSet<Because>) -> Self {
        if because.is_empty() {
            Self::MoreOrSame
        } else {
            Self::LessHazard { because }
        }
    }
}

/// Why less ground would be shown as hazardous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Because {
    /// A completion releases ground.
    Completion,
    /// A survey cancels ground.
    Cancellation,
    /// A hazardous area closes.
    Closed,
    /// An outline leaves out ground that was in it.
    SmallerOutline,
    /// A class below the one before.
    LowerClass,
    /// A contamination is left out.
    LessContamination,
    /// Clearance need not go as deep, so older releases may count.
    LesserDepth,
    /// An opening is dated back, so older releases may count.
    EarlierOpening,
    /// A hazard point, item or accident is put elsewhere.
    PlaceMoved,
    /// Newly marked as reported lifted.
    ReportedLifted,
    /// A hazardous area, item or accident leaves the record.
    Removed,
    /// An alarm would be settled: stated to be before the work or release there.
    AlarmSettled,
    /// A distance around danger becomes less, in the programme's settings.
    LesserDistance,
    /// The programme lets one person release.
    OnePerson,
    /// A body is not held here, so that nobody can tell.
    NotHere,
}

impl Because {
    /// Every reason.
    pub const ALL: [Self; 15] = [
        Self::Completion,
        Self::Cancellation,
        Self::Closed,
        Self::SmallerOutline,
        Self::LowerClass,
        Self::LessContamination,
        Self::LesserDepth,
        Self::EarlierOpening,
        Self::PlaceMoved,
        Self::ReportedLifted,
        Self::Removed,
        Self::AlarmSettled,
        Self::LesserDistance,
        Self::OnePerson,
        Self::NotHere,
    ];

    /// Stable code; translation key `effect.<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Completion => "completion",
            Self::Cancellation => "cancellation",
            Self::Closed => "closed",
            Self::SmallerOutline => "smaller-outline",
            Self::LowerClass => "lower-class",
            Self::LessContamination => "less-contamination",
            Self::LesserDepth => "lesser-depth",
            Self::EarlierOpening => "earlier-opening",
            Self::PlaceMoved => "place-moved",
            Self::ReportedLifted => "reported-lifted",
            Self::Removed => "removed",
            Self::AlarmSettled => "alarm-settled",
            Self::LesserDistance => "lesser-distance",
            Self::OnePerson => "one-person",
            Self::NotHere => "not-here",
        }
    }
}

/// Kinds whose statements can show or take away hazard.
const HAZARD_KINDS: [&str; 5] = [
    "hazardous-area",
    "clearance",
    "non-technical-survey",
    "explosive-ordnance",
    "accident",
];
/// Kinds whose records are danger themselves: to end one is to take danger away.
const DANGER_KINDS: [&str; 3] = ["hazardous-area", "explosive-ordnance", "accident"];

/// What the statement does, against all that it replaces.
pub fn effect(statement: &Received, replaced: &[&Received]) -> Effect {
    let revision = &statement.revision;
    let kind = revision.kind().name();
    if kind == "programme" {
        return effect_of_received_settings(statement, replaced);
    }
    if !HAZARD_KINDS.contains(&kind) {
        return Effect::MoreOrSame;
    }
    if matches!(revision.act(), Act::Remove | Act::SetAside) {
        let ends_danger = DANGER_KINDS.contains(&kind);
        return Effect::from_reasons(
            ends_danger
                .then_some(Because::Removed)
                .into_iter()
                .collect(),
        );
    }
    // A first outline takes nothing away; the many of an import are not read for that.
    if kind == "hazardous-area" && replaced.is_empty() && statement.body.is_some() {
        return Effect::MoreOrSame;
    }
    let read = |one: &Received| Content::of(kind, one.revision.act(), one.body.as_ref());
    let before: Vec<Content> = replaced.iter().map(|one| read(one)).collect();
    effect_of(&read(statement), &before)
}

fn effect_of_received_settings(statement: &Received, replaced: &[&Received]) -> Effect {
    let read = |one: &Received| one.body.as_ref().map(to_map);
    let before: Option<Vec<Map>> = replaced.iter().map(|one| read(one)).collect();
    match (read(statement), before) {
        (Some(now), Some(before)) => effect_of_settings(&now, &before),
        _ => Effect::from_reasons(BTreeSet::from([Because::NotHere])),
    }
}

/// What settings of the programme do, against those that they replace: a shorter distance around
/// danger shows less ground as dangerous, and one person who may release is one pair of eyes less.
/// A programme's first settings take nothing away.
pub fn effect_of_settings(now: &Map, replaced: &[Map]) -> Effect {
    let now = Settings::of(now);
    let mut because = BTreeSet::new();
    for before in replaced.iter().map(Settings::of) {
        if now.danger_distance_mm < before.danger_distance_mm
            || now.uncertainty_radius_mm < before.uncertainty_radius_mm
        {
            because.insert(Because::LesserDistance);
        }
        if now.one_person_release && !before.one_person_release {
            because.insert(Because::OnePerson);
        }
    }
    Effect::from_reasons(because)
}

/// The same for contents at hand, for example a draft on a device.
pub fn effect_of(statement: &Content, replaced: &[Content]) -> Effect {
    let mut because = BTreeSet::new();
    match statement {
        Content::NotHere => _ = because.insert(Because::NotHere),
        Content::Completion(done) if !done.claimed => _ = because.insert(Because::Completion),
        Content::Survey(survey) if survey.cancels => _ = because.insert(Because::Cancellation),
        Content::Hazard(new) => {
            for old in replaced {
                match old {
                    Content::Hazard(old) => compare_hazards(old, new, &mut because),
                    Content::NotHere => _ = because.insert(Because::NotHere),
                    _ => {}
                }
            }
        }
        Content::Item(item) => compare_points(
            (item.place.as_ref(), item.before_release),
            replaced,
            &mut because,
        ),
        Content::Accident(accident) => compare_points(
            (accident.place.as_ref(), accident.before_release),
            replaced,
            &mut because,
        ),
        _ => {}
    }
    Effect::from_reasons(because)
}

fn compare_hazards(old: &Hazard, new: &Hazard, because: &mut BTreeSet<Because>) {
    let mut note = |found: bool, reason| _ = found.then(|| because.insert(reason));
    let closes = new.standing == Standing::Closed && old.standing != Standing::Closed;
    note(closes, Because::Closed);
    note(new.class < old.class, Because::LowerClass);
    note(
        !old.contamination.is_subset(&new.contamination),
        Because::LessContamination,
    );
    // No required depth means that any depth will do.
    note(
        new.required_depth < old.required_depth,
        Because::LesserDepth,
    );
    note(
        new.opened_on < old.opened_on || (old.re_opened && !new.re_opened),
        Because::EarlierOpening,
    );
    note(
        new.reported_lifted && !old.reported_lifted,
        Because::ReportedLifted,
    );
    note(outline_shrinks(old, new), Because::SmallerOutline);
    let point = |hazard: &Hazard| hazard.place.as_ref().map(|place| place.at);
    if let (Some(before), None) = (point(old), &old.outline) {
        let covered = new.outline.is_some();
        let moved = point(new).is_none_or(|after| apart_mm(before, after) > SAME_PLACE_MM);
        note(moved && !covered, Because::PlaceMoved);
    }
}

fn outline_shrinks(old: &Hazard, new: &Hazard) -> bool {
    match (&old.outline, &new.outline) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(before), Some(after)) => lost(&before.shape, &after.shape) > ROUNDING_DM2,
    }
}

/// An item's or accident's danger moves with its place, and ends when an alarm is settled.
fn compare_points(
    (place, before_release): (Option<&Place>, bool),
    replaced: &[Content],
    because: &mut BTreeSet<Because>,
) {
    let mut all_settled = !replaced.is_empty();
    for old in replaced {
        let (old_place, old_before) = match old {
            Content::Item(item) => (item.place.as_ref(), item.before_release),
            Content::Accident(accident) => (accident.place.as_ref(), accident.before_release),
            Content::NotHere => {
                because.insert(Because::NotHere);
                continue;
            }
            _ => continue,
        };
        all_settled &= old_before;
        let moved = match (old_place, place) {
            (Some(old), Some(new)) => apart_mm(old.at, new.at) > SAME_PLACE_MM,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if moved {
            because.insert(Because::PlaceMoved);
        }
    }
    if before_release && !all_settled {
        because.insert(Because::AlarmSettled);
    }
}
