//! What a statement says, as far as the rules need it.
//!
//! A code that this program does not know counts as the most dangerous one of its list.

mod read;

use std::collections::BTreeSet;
use std::sync::Arc;

use safelane_geometry::{Bbox, MultiPolygon, Position};
use safelane_ledger::{Act, RecordId, Value};
use safelane_model::body::{self, Map};
use safelane_model::kinds::clearance::Clearance;
use safelane_model::{Date, Ground, Place, Statistic};

use crate::ground::{Dm2, uncertainty, widened};

/// What one statement says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A hazardous area.
    Hazard(Box<Hazard>),
    /// A day's work.
    Progress(Box<Progress>),
    /// Ground completed.
    Completion(Box<Completion>),
    /// A non-technical survey.
    Survey(Box<Survey>),
    /// An item of explosive ordnance.
    Item(Box<Item>),
    /// An accident or incident.
    Accident(Box<Accident>),
    /// A task.
    Task(Box<Task>),
    /// A civilian-risk zone.
    Zone(Box<Zone>),
    /// A civilian report.
    Report(Box<CivilianReport>),
    /// A settlement.
    Settlement(Box<Settlement>),
    /// A team.
    Team(Box<Team>),
    /// An accreditation.
    Accreditation(Box<Accreditation>),
    /// An answer to a check.
    Answer(Box<Answer>),
    /// A `remove` or `set-aside`.
    Ends(Ends),
    /// Another kind: a shape and numbers at most.
    Other(Option<Arc<MultiPolygon>>),
    /// The body is not held here, or erased.
    NotHere,
}

/// Class of a hazardous area, the more dangerous last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A lead without evidence; has no m².
    Indication,
    /// Suspected.
    Sha,
    /// Confirmed.
    Cha,
}

impl Class {
    /// The code in bodies.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Indication => "indication",
            Self::Sha => "sha",
            Self::Cha => "cha",
        }
    }

    /// The class of a code; one that this program does not know is confirmed.
    pub fn of(code: Option<&str>) -> Self {
        match code {
            Some("indication") => Self::Indication,
            Some("sha") => Self::Sha,
            _ => Self::Cha,
        }
    }
}

/// Where a hazardous area stands, the more dangerous last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Closed.
    Closed,
    /// Work is suspended; the hazard is as it was.
    Suspended,
    /// Open.
    Open,
}

impl Standing {
    /// The code in bodies.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Suspended => "suspended",
            Self::Open => "open",
        }
    }

    fn of(code: Option<&str>) -> Self {
        match code {
            Some("closed") => Self::Closed,
            Some("suspended") => Self::Suspended,
            _ => Self::Open,
        }
    }
}

/// A shape with the accuracy of its points.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// The shape.
    pub shape: Arc<MultiPolygon>,
    /// Accuracy in mm, if stated.
    pub accuracy_mm: Option<i64>,
    /// Which statistic that is.
    pub statistic: Statistic,
}

impl Outline {
    fn of(ground: Option<Ground>) -> Option<Self> {
        let ground = ground?;
        let shape = Arc::new(ground.polygons().filter(|shape| !shape.is_empty())?.clone());
        Some(Self {
            shape,
            accuracy_mm: ground.accuracy_mm,
            statistic: ground.statistic,
        })
    }
}

/// A hazardous area.
#[derive(Clone, Debug, PartialEq)]
pub struct Hazard {
    /// Class.
    pub class: Class,
    /// Where it stands.
    pub standing: Standing,
    /// What it is contaminated with; `unknown` when nothing is stated.
    pub contamination: BTreeSet<String>,
    /// Least depth that a clearance must reach, mm.
    pub required_depth: Option<i64>,
    /// Outline.
    pub outline: Option<Outline>,
    /// The point of an indication.
    pub place: Option<Place>,
    /// First day of the current opening.
    pub opened_on: Option<Date>,
    /// Whether it states to be opened again.
    pub re_opened: bool,
    /// The hazardous area that it was confirmed out of or split from.
    pub opened_from: Option<RecordId>,
    /// First day on which this version holds.
    pub changed_on: Option<Date>,
    /// Last day.
    pub closed_on: Option<Date>,
    /// District.
    pub district: Option<RecordId>,
    /// What paper states, dm².
    pub stated_area: Option<Dm2>,
    /// Reported lifted by a source, not verified.
    pub reported_lifted: bool,
    /// Date of information of an import.
    pub as_of: Option<Date>,
    /// What an import did to its outline; none when nothing.
    pub repair: Option<String>,
    /// Whether it is marked, wholly, partly or with damage.
    pub marked: bool,
    /// When its marking was last inspected.
    pub marking_inspected_on: Option<Date>,
    /// When anybody of the programme was last there.
    pub last_visited_on: Option<Date>,
    /// How deep its intended use goes, mm.
    pub intended_depth: Option<i64>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// A day's work.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The task.
    pub task: Option<RecordId>,
    /// The team.
    pub team: Option<RecordId>,
    /// The day.
    pub day: Option<Date>,
    /// Hazardous areas that it names itself.
    pub hazards: Vec<RecordId>,
    /// Stated area worked, dm².
    pub worked_area: Dm2,
    /// Outline.
    pub outline: Option<Outline>,
    /// People at work.
    pub people: i64,
    /// Whether work stood down.
    pub stand_down: bool,
    /// Why the figures differ from the usual.
    pub reason: Option<String>,
    /// Why the date lies in the future.
    pub date_reason: Option<String>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// Which way ground was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// By non-technical survey.
    Cancelled,
    /// By technical survey.
    Reduced,
    /// By clearance to a depth.
    Cleared,
}

impl Way {
    /// The word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Reduced => "reduced",
            Self::Cleared => "cleared",
        }
    }
}

/// One outline released one way.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleasePart {
    /// Which way.
    pub way: Way,
    /// The outline.
    pub outline: Outline,
    /// Depth reached, mm.
    pub depth: Option<i64>,
    /// Whether it names a method.
    pub has_method: bool,
    /// What it is released from; none means what the hazardous area was recorded for.
    pub targets: Option<BTreeSet<String>>,
    /// The hazardous areas that it releases.
    pub hazards: Vec<RecordId>,
}

/// Ground completed.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The task.
    pub task: Option<RecordId>,
    /// The team.
    pub team: Option<RecordId>,
    /// First day of the work.
    pub started_on: Option<Date>,
    /// Day of completion.
    pub completed_on: Option<Date>,
    /// Hazardous areas that it releases.
    pub hazards: Vec<RecordId>,
    /// What it releases.
    pub parts: Vec<ReleasePart>,
    /// Its whole outline, where it has one beside its parts (claimed by a source).
    pub outline: Option<Outline>,
    /// Claimed by an imported source: cuts nothing.
    pub claimed: bool,
    /// Why it leaves ground, or its figures differ.
    pub reason: Option<String>,
    /// What paper states, dm².
    pub stated_area: Option<Dm2>,
    /// Date of information of an import.
    pub as_of: Option<Date>,
    /// What an import did to its outline; none when nothing.
    pub repair: Option<String>,
    /// Why the date lies in the future.
    pub date_reason: Option<String>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// A non-technical survey.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// The task.
    pub task: Option<RecordId>,
    /// The team.
    pub team: Option<RecordId>,
    /// Hazardous areas that its outlines name, whatever their outcome.
    pub hazards: Vec<RecordId>,
    /// The day: effective date of what it cancels.
    pub day: Option<Date>,
    /// What it cancels.
    pub cancelled: Vec<ReleasePart>,
    /// Whether it holds an outline that it says is cancelled, readable or not.
    pub cancels: bool,
    /// Why the date lies in the future.
    pub date_reason: Option<String>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// An item of explosive ordnance.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what its life says, each asked by itself"
)]
pub struct Item {
    /// Category code.
    pub category: String,
    /// Where it was found.
    pub place: Option<Place>,
    /// When.
    pub found_on: Option<Date>,
    /// Depth of its top, mm.
    pub depth: Option<i64>,
    /// Still a hazard where it was found.
    pub in_the_ground: bool,
    /// Destroyed.
    pub destroyed: bool,
    /// Destroyed, handed over or stored: nobody has to deal with it any more.
    pub disposed: bool,
    /// First day on which it was destroyed.
    pub ended_on: Option<Date>,
    /// Since which day it is no hazard where it was found.
    pub gone_on: Option<Date>,
    /// A person states that it was found before the work or release there began.
    pub before_release: bool,
    /// The task.
    pub task: Option<RecordId>,
    /// The clearance report of the day.
    pub clearance: Option<RecordId>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// An accident or incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Accident {
    /// Where.
    pub place: Option<Place>,
    /// Whether people were harmed, as far as the report says: it states neither an incident without
    /// harm nor a near miss.
    pub harm: bool,
    /// When.
    pub on: Option<Date>,
    /// A person states that it was before the work or release there began.
    pub before_release: bool,
    /// Date of information of an import.
    pub as_of: Option<Date>,
    /// What an import did to its position; none when nothing.
    pub repair: Option<String>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// What it is for.
    pub activity: String,
    /// What to look for; empty when the order does not say.
    pub targets: BTreeSet<String>,
    /// Hazardous areas.
    pub hazards: Vec<RecordId>,
    /// Boundary.
    pub outline: Option<Outline>,
    /// Depth to reach, mm.
    pub required_depth: Option<i64>,
    /// First and last day.
    pub days: (Option<Date>, Option<Date>),
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// A civilian-risk zone. What nobody answered and what nobody knows is `None`, never zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// On what it rests.
    pub basis: String,
    /// Outline.
    pub outline: Option<Outline>,
    /// Day of the visit.
    pub day: Option<Date>,
    /// Hazardous areas that it surrounds or touches.
    pub hazards: Vec<RecordId>,
    /// Accidents that belong to it.
    pub accidents: Vec<RecordId>,
    /// What people say that it is contaminated with.
    pub threat: BTreeSet<String>,
    /// Whether a used road or ploughed land lies in it.
    pub road_or_ploughed: Option<bool>,
    /// Women and men who are exposed.
    pub adults: [Option<i64>; 2],
    /// Girls and boys who are exposed.
    pub children: [Option<i64>; 2],
    /// Newcomers among the adults.
    pub newcomers: Option<i64>,
    /// Person-entries in a month.
    pub entries: Option<i64>,
    /// Whether people have an alternative, a code.
    pub alternatives: Option<String>,
    /// State of the marking, a code.
    pub marking: Option<String>,
    /// Share of the exposed whom risk education reached in 24 months, percent.
    pub reached: Option<i64>,
    /// Minutes to trauma care.
    pub minutes_to_care: Option<i64>,
    /// When it is looked at again.
    pub next_review_on: Option<Date>,
    /// The band that a person sets, a code, with the reason.
    pub set_band: Option<(String, String)>,
    /// Why the date lies in the future.
    pub date_reason: Option<String>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// What a civilian, the police or anybody else saw and told.
#[derive(Clone, Debug, PartialEq)]
pub struct CivilianReport {
    /// Where.
    pub place: Option<Place>,
    /// When it was reported.
    pub on: Option<Date>,
    /// Whether nothing has become of it yet.
    pub waits: bool,
    /// The task that answers it.
    pub task: Option<RecordId>,
    /// The item that was found there.
    pub item: Option<RecordId>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// A settlement or other named place.
#[derive(Clone, Debug, PartialEq)]
pub struct Settlement {
    /// Where.
    pub place: Option<Place>,
    /// Type code.
    pub settlement_type: String,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its organisation.
    pub organisation: Option<RecordId>,
    /// What it is for: the scope that its accreditation must have.
    pub team_type: String,
    /// Last day of its accreditation, where the team's record alone says so.
    pub accredited_until: Option<Date>,
}

/// An accreditation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accreditation {
    /// Of which organisation.
    pub organisation: Option<RecordId>,
    /// Of which of its teams; none means all.
    pub team: Option<RecordId>,
    /// What for.
    pub scope: BTreeSet<String>,
    /// First day.
    pub issued_on: Option<Date>,
    /// Last day.
    pub expires_on: Option<Date>,
    /// Day from which it is suspended.
    pub suspended_on: Option<Date>,
}

impl Accreditation {
    /// Whether it holds on a day: it counts for work on that day, whatever day it is now.
    pub fn holds_on(&self, day: Date) -> bool {
        self.issued_on.is_some_and(|first| first <= day)
            && self.expires_on.is_none_or(|last| day <= last)
            && self.suspended_on.is_none_or(|from| day < from)
    }
}

/// An answer to a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Code of the check.
    pub code: String,
    /// What the check is about, the record checked first.
    pub records: Vec<RecordId>,
    /// The figures as they were read.
    pub figures: String,
    /// The reason; none when it is acknowledged alone.
    pub reason: Option<String>,
}

/// A record that is to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Whether it was no statement about the world.
    pub set_aside: bool,
    /// From which day, if stated under `on`.
    pub on: Option<Date>,
}

impl Content {
    /// Reads a statement's body.
    pub fn of(kind: &str, act: Act, body: Option<&Value>) -> Self {
        let Some(map) = body.map(to_map) else {
            return Self::NotHere;
        };
        if matches!(act, Act::Remove | Act::SetAside) {
            return Self::Ends(Ends {
                set_aside: act == Act::SetAside,
                on: body::date(&map, "on"),
            });
        }
        Self::of_map(kind, &map)
    }

    /// Reads the body of a `put`, for example a draft on a device.
    pub fn of_map(kind: &str, map: &Map) -> Self {
        match kind {
            "hazardous-area" => Self::Hazard(Box::new(Hazard::of(map))),
            "clearance" if Clearance::of(map).is_completion() => {
                Self::Completion(Box::new(Completion::of(map)))
            }
            "clearance" => Self::Progress(Box::new(Progress::of(map))),
            "non-technical-survey" => Self::Survey(Box::new(Survey::of(map))),
            "explosive-ordnance" => Self::Item(Box::new(Item::of(map))),
            "accident" => Self::Accident(Box::new(Accident::of(map))),
            "task" => Self::Task(Box::new(Task::of(map))),
            "civilian-risk-zone" => Self::Zone(Box::new(Zone::of(map))),
            "civilian-report" => Self::Report(Box::new(CivilianReport::of(map))),
            "settlement" => Self::Settlement(Box::new(Settlement::of(map))),
            "team" => Self::Team(Box::new(Team::of(map))),
            "accreditation" => Self::Accreditation(Box::new(Accreditation::of(map))),
            "check-answer" => Self::Answer(Box::new(Answer::of(map))),
            _ => Self::Other(Outline::of(body::ground(map, "ground")).map(|one| one.shape)),
        }
    }

    /// Every shape that it states.
    pub fn shapes(&self) -> Vec<&Arc<MultiPolygon>> {
        match self {
            Self::Hazard(hazard) => hazard.outline.iter().map(|o| &o.shape).collect(),
            Self::Progress(progress) => progress.outline.iter().map(|o| &o.shape).collect(),
            Self::Completion(done) => (done.parts.iter().map(|part| &part.outline))
                .chain(&done.outline)
                .map(|outline| &outline.shape)
                .collect(),
            Self::Survey(survey) => (survey.cancelled.iter())
                .map(|part| &part.outline.shape)
                .collect(),
            Self::Task(task) => task.outline.iter().map(|o| &o.shape).collect(),
            Self::Zone(zone) => zone.outline.iter().map(|o| &o.shape).collect(),
            Self::Other(shape) => shape.iter().collect(),
            Self::Item(_)
            | Self::Accident(_)
            | Self::Report(_)
            | Self::Settlement(_)
            | Self::Team(_)
            | Self::Accreditation(_)
            | Self::Answer(_)
            | Self::Ends(_)
            | Self::NotHere => Vec::new(),
        }
    }

    /// The point that it states.
    pub fn point(&self) -> Option<Position> {
        match self {
            Self::Hazard(hazard) => hazard.place.as_ref(),
            Self::Item(item) => item.place.as_ref(),
            Self::Accident(accident) => accident.place.as_ref(),
            Self::Report(report) => report.place.as_ref(),
            Self::Settlement(settlement) => settlement.place.as_ref(),
            _ => None,
        }
        .map(|place| place.at)
    }

    /// The box around all that it states; of an item or accident, around where it may have been.
    pub fn bbox(&self) -> Option<Bbox> {
        let off = match self {
            Self::Item(item) => item.place.as_ref(),
            Self::Accident(accident) => accident.place.as_ref(),
            _ => None,
        }
        .map_or(0.0, uncertainty);
        let point = self.point().and_then(|at| Bbox::around([at]));
        let point = point.map(|bbox| if off > 0.0 { widened(bbox, off) } else { bbox });
        (self.shapes().into_iter().filter_map(|shape| shape.bbox()))
            .chain(point)
            .reduce(Bbox::join)
    }

    /// Numbers on paper and in other systems.
    pub fn numbers(&self) -> &[String] {
        match self {
            Self::Hazard(one) => &one.numbers,
            Self::Progress(one) => &one.numbers,
            Self::Completion(one) => &one.numbers,
            Self::Survey(one) => &one.numbers,
            Self::Item(one) => &one.numbers,
            Self::Accident(one) => &one.numbers,
            Self::Task(one) => &one.numbers,
            Self::Zone(one) => &one.numbers,
            Self::Report(one) => &one.numbers,
            Self::Settlement(_)
            | Self::Team(_)
            | Self::Accreditation(_)
            | Self::Answer(_)
            | Self::Ends(_)
            | Self::Other(_)
            | Self::NotHere => &[],
        }
    }

    /// The outlines that it would release.
    pub fn releases(&self) -> &[ReleasePart] {
        match self {
            Self::Completion(done) if !done.claimed => &done.parts,
            Self::Survey(survey) => &survey.cancelled,
            _ => &[],
        }
    }

    /// Other records that it names.
    pub fn names(&self) -> Vec<RecordId> {
        let mut names = Vec::new();
        match self {
            Self::Hazard(one) => names.extend(one.opened_from),
            Self::Progress(one) => {
                names.extend(one.task);
                names.extend(one.team);
                names.extend(&one.hazards);
            }
            Self::Completion(one) => {
                names.extend(one.task);
                names.extend(one.team);
                names.extend(&one.hazards);
            }
            Self::Survey(one) => {
                names.extend(one.task);
                names.extend(one.team);
                names.extend(&one.hazards);
            }
            Self::Item(one) => {
                names.extend(one.task);
                names.extend(one.clearance);
            }
            Self::Task(one) => names.extend(&one.hazards),
            Self::Zone(one) => {
                names.extend(&one.hazards);
                names.extend(&one.accidents);
            }
            Self::Report(one) => {
                names.extend(one.task);
                names.extend(one.item);
            }
            Self::Team(one) => names.extend(one.organisation),
            Self::Accreditation(one) => {
                names.extend(one.organisation);
                names.extend(one.team);
            }
            Self::Answer(one) => names.extend(&one.records),
            Self::Accident(_)
            | Self::Settlement(_)
            | Self::Ends(_)
            | Self::Other(_)
            | Self::NotHere => {}
        }
        names
    }
}

/// A ledger's body as the model reads it.
pub fn to_map(body: &Value) -> Map {
    match to_json(body) {
        serde_json::Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Object(map) => (map.iter())
            .map(|(key, value)| (key.clone(), to_json(value)))
            .collect::<Map>()
            .into(),
        Value::Array(list) => list.iter().map(to_json).collect::<Vec<_>>().into(),
        Value::String(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Bool(truth) => (*truth).into(),
    }
}
