//! The table file of the demo programme, as read. Kilometres, metres, m², cm and days, as written
//! there; a mistake names its line.

mod check;

use std::ops::Range;

use serde::Deserialize;

/// The table file that the program carries.
pub const TABLE: &str = include_str!("../../demo/programme.toml");

/// A value that knows its line, because it names another row of the table.
pub type Named<T = String> = toml::Spanned<T>;

/// A mistake in a table.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// Reads a table and checks that everything that it names is in it.
pub fn read(text: &str) -> Result<Table, Mistake> {
    let line = |span: Range<usize>| 1 + text[..span.start.min(text.len())].matches('\n').count();
    let table: Table = toml::from_str(text).map_err(|error| Mistake {
        line: error.span().map_or(1, line),
        what: error.message().to_owned(),
    })?;
    match check::mistakes(&table).into_iter().next() {
        None => Ok(table),
        Some((span, what)) => Err(Mistake {
            line: line(span),
            what,
        }),
    }
}

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub programme: Programme,
    pub emergency: Emergency,
    pub organisation: Vec<Organisation>,
    pub team: Vec<Team>,
    pub person: Vec<Person>,
    pub district: Vec<District>,
    pub place: Vec<Place>,
    pub hazard: Vec<Hazard>,
    pub task: Vec<Task>,
    pub series: Vec<Series>,
    pub progress: Vec<Progress>,
    pub item: Vec<Item>,
    pub accident: Vec<Accident>,
    pub completion: Vec<Completion>,
    pub survey: Vec<Survey>,
    pub version: Vec<Version>,
    pub zone: Vec<Zone>,
    pub civilian_report: Vec<CivilianReport>,
    pub answer: Vec<Answer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    pub name: String,
    pub prefix: String,
    pub hub_name: String,
    /// Longitude and latitude in degrees.
    pub origin: [f64; 2],
    /// Minutes.
    pub ahead_of_utc: i64,
    /// Password of every demo sign-in; published on the sign-in page.
    pub password: String,
    /// Days ago that the programme began to use this office server.
    pub began: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    pub radio: String,
    pub phone: String,
    pub hospital: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub key: String,
    pub name: String,
    #[serde(rename = "type")]
    pub organisation_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub key: String,
    pub name: String,
    pub organisation: Named,
    #[serde(rename = "type")]
    pub team_type: String,
    pub people: i64,
    /// Days ago that its accreditation ended; negative lies ahead.
    pub accredited_until: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub key: String,
    pub display: String,
    pub roles: Vec<String>,
    pub organisation: Named,
    pub team: Option<Named>,
    /// Label of the made-up device that signs; without it the person only reads.
    pub device: Option<String>,
    /// Days ago that the device was revoked.
    pub revoked: Option<i64>,
    /// What the sign-in page calls the person; without it there is no one-tap sign-in.
    pub sign_in: Option<String>,
    /// Published token of a program that reads.
    pub token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    pub code: String,
    pub name: String,
    pub km: String,
    pub bs: String,
    /// Kilometres.
    pub outline: Vec<[f64; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub name: String,
    pub km: String,
    pub bs: String,
    #[serde(rename = "type")]
    pub settlement_type: String,
    /// Kilometres.
    pub at: [f64; 2],
    pub district: Named,
    /// Left out for a school or health post, where nobody lives.
    pub people: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    pub number: u64,
    pub name: String,
    /// South-west corner, kilometres.
    pub at: [f64; 2],
    pub district: Named,
    pub place: Named,
    pub by: Named,
    /// Numbers on paper.
    #[serde(default)]
    pub paper: Vec<String>,
    /// A broken outline in a made-up file: the record begins with its import.
    pub import: Option<Import>,
    /// As it stood from a day on; each takes over what it leaves out.
    pub version: Vec<HazardVersion>,
    /// Why and when it was set aside.
    pub set_aside: Option<SetAside>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    pub file: String,
    pub id: String,
    /// Metres from the corner, crossing as the file has it.
    pub ring: Vec<[f64; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HazardVersion {
    /// Effective days ago.
    pub days_ago: i64,
    pub class: Option<String>,
    pub contamination: Option<Vec<String>>,
    pub m2: Option<f64>,
    /// Metres from the corner.
    pub outline: Option<Vec<[f64; 2]>>,
    pub status: Option<String>,
    pub opening: Option<String>,
    /// Number of the hazardous area that it was confirmed out of.
    pub from: Option<Named<u64>>,
    pub depth_cm: Option<i64>,
    pub evidence: Option<String>,
    pub marking: Option<String>,
    /// Days ago that the marking was inspected, and that anybody was there.
    pub marking_inspected: Option<i64>,
    pub visited: Option<i64>,
    /// What the land is to be used for, and how deep.
    pub intended_use: Option<String>,
    pub intended_depth_cm: Option<i64>,
    #[serde(default)]
    pub photos: Vec<String>,
    pub suspended_because: Option<String>,
    /// m² that paper states.
    pub paper_m2: Option<i64>,
    pub lifted: Option<bool>,
    pub note: Option<String>,
    pub by: Option<Named>,
    /// Who approved it.
    #[serde(default = "one_approver")]
    pub approved: Vec<Named>,
}

fn one_approver() -> Vec<Named> {
    vec![Named::new(0..0, "ash".to_owned())]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    pub days_ago: i64,
    pub reason: String,
    pub approved: Vec<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub key: String,
    pub name: String,
    pub activity: String,
    pub hazards: Vec<Named<u64>>,
    pub teams: Vec<Named>,
    /// Days ago.
    pub starts: i64,
    /// Days ago; negative lies ahead.
    pub ends: i64,
    pub depth_cm: Option<i64>,
    pub lane_width_cm: Option<i64>,
    pub lanes: Option<i64>,
    pub people: Option<i64>,
    pub status: String,
    /// Kilometres.
    pub benchmark: Option<[f64; 2]>,
    /// Metres from the hazard's corner, where it is not the hazard's outline.
    pub boundary: Option<Vec<[f64; 2]>>,
    pub minutes: i64,
    pub route: String,
    /// Access from the landmark, and whatever else the team must know.
    pub note: Option<String>,
}

/// Daily reports over a block of ground, strip by strip from the south.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub by: Named,
    pub task: Named,
    /// Days ago of the first and of the last day that there may be.
    pub from: i64,
    pub to: i64,
    /// m² of a day; the last day takes what is left.
    pub m2_a_day: i64,
    /// Metres east, north, width, height from the hazard's corner.
    pub block: [f64; 4],
    pub people: i64,
}

/// A sheet of paper that somebody without a tablet wrote, and another person entered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Who wrote it.
    pub reported_by: Named,
    /// The drawn picture of it.
    pub picture: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    pub by: Named,
    pub task: Named,
    /// The team, where its report is entered by another one from paper.
    pub team: Option<Named>,
    pub days_ago: i64,
    /// The sheet of paper that it was entered from.
    pub sheet: Option<Sheet>,
    /// Days ago that it was signed, where that was later.
    pub signed: Option<i64>,
    /// m² by number.
    pub m2: Option<i64>,
    /// Metres east, north, width, height from the hazard's corner.
    pub rect: Option<[f64; 4]>,
    /// Metres in each lane of 1 m.
    pub lanes: Option<Vec<i64>>,
    /// Where the first lane begins, metres from the hazard's corner.
    pub lanes_from: Option<[f64; 2]>,
    pub method: Option<String>,
    pub people: i64,
    pub stand_down: Option<String>,
    pub reason: Option<String>,
    pub note: Option<String>,
    #[serde(default)]
    pub approved: bool,
    /// A reviewer's words, when returned.
    pub returned: Option<String>,
    pub returned_field: Option<String>,
    /// What a later row corrects it by.
    pub key: Option<String>,
    /// The row that it corrects.
    pub corrects: Option<Named>,
    /// What becomes of it: `held`, or `never` sent by its tablet.
    pub fate: Option<Fate>,
}

/// What becomes of a report that does not simply arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Its device was revoked before.
    Held,
    /// It is still on the tablet.
    Never,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub by: Named,
    /// What an answer to a check names it by.
    pub key: Option<String>,
    pub team: Option<Named>,
    pub task: Option<Named>,
    /// Hazardous area whose corner `at` counts from, where no task says so.
    pub hazard: Option<Named<u64>>,
    pub category: String,
    #[serde(rename = "type")]
    pub ordnance_type: String,
    #[serde(default = "one")]
    pub quantity: i64,
    pub depth_cm: i64,
    /// Metres from the hazard's corner; left out, within the ground of that day's report.
    pub at: Option<[f64; 2]>,
    /// Kilometres, outside every task.
    pub km: Option<[f64; 2]>,
    /// Days ago.
    pub found: i64,
    /// Minutes after midnight.
    pub minute: Option<i64>,
    pub found_by: Option<String>,
    pub step: Option<String>,
    /// Days ago of the step; the day of the find without it.
    pub step_on: Option<i64>,
    pub lane: Option<i64>,
    #[serde(default)]
    pub before_release: bool,
    pub note: Option<String>,
    /// Pictures of the program that it names, those marked `!` not sent yet.
    #[serde(default)]
    pub photos: Vec<String>,
    /// Who approved it.
    #[serde(default = "one_approver")]
    pub approved: Vec<Named>,
}

fn one() -> i64 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accident {
    pub by: Named,
    pub event: String,
    pub cause: String,
    pub days_ago: i64,
    /// Minutes after midnight.
    pub minute: Option<i64>,
    /// Hazardous area whose corner `at` counts from.
    pub hazard: Option<Named<u64>>,
    pub at: Option<[f64; 2]>,
    /// Kilometres, outside every recorded hazard.
    pub km: Option<[f64; 2]>,
    pub killed: Option<i64>,
    pub injured: Option<i64>,
    pub outcome_unknown: Option<i64>,
    #[serde(default)]
    pub demining: bool,
    #[serde(default)]
    pub before_release: bool,
    pub place: Named,
    pub district: Named,
    #[serde(default)]
    pub photos: Vec<String>,
    pub note: String,
    pub approved: Vec<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    pub by: Named,
    pub team: Option<Named>,
    pub hazard: Named<u64>,
    pub task: Option<Named>,
    /// Days ago of its first day.
    pub started: i64,
    pub days_ago: i64,
    /// Days ago that it was signed, where that was later.
    pub signed: Option<i64>,
    pub depth_cm: i64,
    pub methods: Vec<String>,
    pub note: Option<String>,
    pub approved: Vec<Named>,
    pub part: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub release: String,
    /// Metres from the hazard's corner.
    pub ring: Vec<[f64; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    pub by: Named,
    pub task: Option<Named>,
    pub hazard: Named<u64>,
    pub days_ago: i64,
    pub informants: i64,
    /// Metres from the hazard's corner; without it nothing changes.
    pub cancelled: Option<Vec<[f64; 2]>>,
    #[serde(default)]
    pub criteria: Vec<String>,
    /// Points of direct evidence, metres from the hazard's corner.
    #[serde(default)]
    pub points: Vec<[f64; 2]>,
    pub note: String,
    pub approved: Vec<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    pub by: Named,
    pub hazard: Named<u64>,
    pub days_ago: i64,
    pub m2: f64,
    /// Metres from the hazard's corner.
    pub outline: Vec<[f64; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    pub by: Named,
    pub name: String,
    pub basis: String,
    pub threat: Vec<String>,
    #[serde(default)]
    pub hazards: Vec<Named<u64>>,
    /// Kilometres.
    pub at: [f64; 2],
    /// Metres.
    pub size: [f64; 2],
    pub days_ago: i64,
    pub groups: Vec<String>,
    pub women: i64,
    pub men: i64,
    pub girls: i64,
    pub boys: i64,
    pub newcomers: i64,
    /// Left out where nobody knows.
    pub entries: Option<i64>,
    pub reasons: Vec<String>,
    pub alternatives: String,
    pub marking: String,
    pub minutes_to_care: i64,
    /// Percent of the people whom risk education reached.
    pub reached: i64,
    pub road_or_ploughed: Option<String>,
    pub advice: Vec<String>,
    #[serde(default)]
    pub photos: Vec<String>,
    pub approved: Vec<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CivilianReport {
    pub by: Named,
    /// Number on the liaison team's paper.
    pub number: String,
    pub about: String,
    pub category: String,
    pub seen: i64,
    pub days_ago: i64,
    pub description: String,
    /// Kilometres.
    pub km: [f64; 2],
    pub landmark: String,
    pub place: Named,
    pub district: Named,
    pub urgency: String,
    pub response: String,
    pub responded: i64,
    pub approved: Vec<Named>,
}

/// Somebody's answer to a check about an item and a task.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub by: Named,
    pub days_ago: i64,
    pub code: String,
    pub item: Named,
    pub task: Named,
    pub reason: String,
}

impl Table {
    pub fn hazard(&self, number: u64) -> Option<&Hazard> {
        self.hazard.iter().find(|row| row.number == number)
    }

    pub fn task(&self, key: &str) -> Option<&Task> {
        self.task.iter().find(|row| row.key == key)
    }

    pub fn person(&self, key: &str) -> Option<&Person> {
        self.person.iter().find(|row| row.key == key)
    }

    /// Where the item of a key stands in the table.
    pub fn item_keyed(&self, key: &str) -> Option<usize> {
        (self.item.iter()).position(|row| row.key.as_deref() == Some(key))
    }

    /// Where a place stands in the table: names are not unique, but within a district.
    pub fn place(&self, name: &str, district: &str) -> Option<usize> {
        (self.place.iter()).position(|row| row.name == name && row.district.get_ref() == district)
    }
}

impl Series {
    /// The days ago of its reports: Saturdays and Sundays of the demo's own week are free.
    pub fn days(&self) -> Vec<i64> {
        let [_, _, width, height] = self.block;
        let total = (width * height).round() as i64;
        let count = (total + self.m2_a_day - 1) / self.m2_a_day;
        (self.to..=self.from)
            .rev()
            .filter(|ago| ago.rem_euclid(7) < 5)
            .take(count.unsigned_abs() as usize)
            .collect()
    }
}
