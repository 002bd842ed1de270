//! What a statement says, as far as the rules need it.
//!
//! A code that this program does not know counts as the most dangerous one of its list.

use std::collections::BTreeSet;
use std::sync::Arc;

use safelane_geometry::{Bbox, MultiPolygon, Position};
use safelane_ledger::{Act, RecordId, Value};
use safelane_model::body::{self, Map};
use safelane_model::kinds::clearance::{Clearance, part::Part};
use safelane_model::kinds::non_technical_survey::{NonTechnicalSurvey, outline};
use safelane_model::kinds::{accident, explosive_ordnance, hazardous_area, task};
use safelane_model::{Date, Ground, Place, Statistic};

use crate::ground::Dm2;

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

    fn of(code: Option<&str>) -> Self {
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
    /// First day on which it was destroyed.
    pub ended_on: Option<Date>,
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
    /// When.
    pub on: Option<Date>,
    /// A person states that it was before the work or release there began.
    pub before_release: bool,
    /// Date of information of an import.
    pub as_of: Option<Date>,
    /// Numbers on paper and in other systems.
    pub numbers: Vec<String>,
}

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
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
            Self::Other(shape) => shape.iter().collect(),
            Self::Item(_) | Self::Accident(_) | Self::Ends(_) | Self::NotHere => Vec::new(),
        }
    }

    /// The point that it states.
    pub fn point(&self) -> Option<Position> {
        match self {
            Self::Hazard(hazard) => hazard.place.as_ref(),
            Self::Item(item) => item.place.as_ref(),
            Self::Accident(accident) => accident.place.as_ref(),
            _ => None,
        }
        .map(|place| place.at)
    }

    /// The box around all that it states.
    pub fn bbox(&self) -> Option<Bbox> {
        let point = self.point().and_then(|at| Bbox::around([at]));
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
            Self::Ends(_) | Self::Other(_) | Self::NotHere => &[],
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
                names.extend(&one.hazards);
            }
            Self::Completion(one) => {
                names.extend(one.task);
                names.extend(&one.hazards);
            }
            Self::Survey(one) => {
                names.extend(one.task);
                names.extend(one.cancelled.iter().flat_map(|part| &part.hazards));
            }
            Self::Item(one) => {
                names.extend(one.task);
                names.extend(one.clearance);
            }
            Self::Task(one) => names.extend(&one.hazards),
            Self::Accident(_) | Self::Ends(_) | Self::Other(_) | Self::NotHere => {}
        }
        names
    }
}

fn records(ids: Vec<uuid::Uuid>) -> Vec<RecordId> {
    ids.into_iter().map(RecordId::new).collect()
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

fn stated(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

impl Hazard {
    fn of(map: &Map) -> Self {
        let view = hazardous_area::HazardousArea::of(map);
        let mut contamination: BTreeSet<String> = owned(view.contamination()).into_iter().collect();
        if contamination.is_empty() {
            contamination.insert("unknown".to_owned());
        }
        Self {
            class: Class::of(view.classification()),
            standing: Standing::of(view.status()),
            contamination,
            required_depth: view.required_depth(),
            outline: Outline::of(view.ground()),
            place: view.place(),
            opened_on: view.opened_on(),
            re_opened: view.opening() == Some("re-opened"),
            opened_from: view.opened_from().map(RecordId::new),
            changed_on: view.changed_on(),
            closed_on: view.closed_on(),
            district: view.admin_area().map(RecordId::new),
            stated_area: view.stated_area(),
            reported_lifted: view.reported_lifted() == Some("yes"),
            as_of: view.as_of(),
            numbers: owned(view.other_references()),
        }
    }
}

impl Progress {
    fn of(map: &Map) -> Self {
        let view = Clearance::of(map);
        Self {
            task: view.task().map(RecordId::new),
            team: view.team().map(RecordId::new),
            day: view.day(),
            hazards: records(view.hazards()),
            worked_area: view.worked_area().unwrap_or(0),
            outline: Outline::of(view.ground()),
            people: view.people(),
            stand_down: view.stand_down().is_some(),
            reason: stated(view.reason()),
            date_reason: stated(view.date_reason()),
            numbers: owned(view.other_references()),
        }
    }
}

impl Completion {
    fn of(map: &Map) -> Self {
        let view = Clearance::of(map);
        let hazards = records(view.hazards());
        let part = |map: &Map| {
            let part = Part::of(map);
            let targets: BTreeSet<String> = owned(part.targets()).into_iter().collect();
            Some(ReleasePart {
                way: match part.release() {
                    Some("cleared") => Way::Cleared,
                    Some("reduced") => Way::Reduced,
                    // A way that this program does not know releases nothing.
                    _ => return None,
                },
                outline: Outline::of(part.ground())?,
                depth: part.depth(),
                targets: (!targets.is_empty()).then_some(targets),
                hazards: hazards.clone(),
            })
        };
        Self {
            task: view.task().map(RecordId::new),
            team: view.team().map(RecordId::new),
            started_on: view.started_on(),
            completed_on: view.completed_on(),
            parts: view.parts().into_iter().filter_map(part).collect(),
            hazards: hazards.clone(),
            outline: Outline::of(view.ground()),
            claimed: view.is_claimed(),
            reason: stated(view.reason()),
            stated_area: view.stated_area(),
            as_of: view.as_of(),
            date_reason: stated(view.date_reason()),
            numbers: owned(view.other_references()),
        }
    }
}

impl Survey {
    fn of(map: &Map) -> Self {
        let view = NonTechnicalSurvey::of(map);
        let cancels = |map: &&Map| outline::Outline::of(map).outcome() == Some("cancelled");
        let outlines = view.outlines();
        let part = |map: &&Map| {
            let entry = outline::Outline::of(map);
            Some(ReleasePart {
                way: Way::Cancelled,
                outline: Outline::of(entry.ground())?,
                depth: None,
                targets: None,
                hazards: entry.hazard().map(RecordId::new).into_iter().collect(),
            })
        };
        Self {
            task: view.task().map(RecordId::new),
            day: view.day(),
            cancels: outlines.iter().any(cancels),
            cancelled: (outlines.iter().filter(|map| cancels(map)))
                .filter_map(part)
                .collect(),
            date_reason: stated(view.date_reason()),
            numbers: owned(view.other_references()),
        }
    }
}

impl Item {
    fn of(map: &Map) -> Self {
        use explosive_ordnance::step::Step;
        let view = explosive_ordnance::ExplosiveOrdnance::of(map);
        Self {
            category: view.category().unwrap_or("unknown").to_owned(),
            place: view.place(),
            found_on: view.found_on(),
            depth: view.depth(),
            in_the_ground: view.is_in_the_ground(),
            destroyed: view.is_destroyed(),
            ended_on: (view.is_destroyed())
                .then(|| view.life().iter().filter_map(|s| Step::of(s).on()).max())
                .flatten(),
            before_release: view.before_release() == Some("yes"),
            task: view.task().map(RecordId::new),
            clearance: view.clearance().map(RecordId::new),
            numbers: owned(view.other_references()),
        }
    }
}

impl Accident {
    fn of(map: &Map) -> Self {
        let view = accident::Accident::of(map);
        Self {
            place: view.place(),
            on: view.on(),
            before_release: view.before_release() == Some("yes"),
            as_of: view.as_of(),
            numbers: owned(view.other_references()),
        }
    }
}

impl Task {
    fn of(map: &Map) -> Self {
        let view = task::Task::of(map);
        Self {
            hazards: records(view.hazards()),
            outline: Outline::of(view.ground()),
            required_depth: view.required_depth(),
            days: (view.starts_on(), view.ends_on()),
            numbers: owned(view.other_references()),
        }
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
