//! The table file of the demo programme, as read. Kilometres, metres, m², cm and days, as written
//! there; a mistake names its line.

use serde::Deserialize;

/// The table file that the program carries.
pub const TABLE: &str = include_str!("../../demo/programme.toml");

/// Reads a table; an error names line and column.
pub fn read(text: &str) -> Result<Table, toml::de::Error> {
    toml::from_str(text)
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
    pub progress: Vec<Progress>,
    pub item: Vec<Item>,
    pub completion: Vec<Completion>,
    pub survey: Vec<Survey>,
    pub version: Vec<Version>,
    pub zone: Vec<Zone>,
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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    pub radio: String,
    pub phone: String,
    pub hospital: String,
    pub minutes: i64,
    pub route: String,
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
    pub organisation: String,
    #[serde(rename = "type")]
    pub team_type: String,
    pub people: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub key: String,
    pub display: String,
    pub roles: Vec<String>,
    pub organisation: String,
    pub team: Option<String>,
    /// Label of the made-up device that signs; without it the person only reads.
    pub device: Option<String>,
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
    /// Kilometres.
    pub at: [f64; 2],
    pub district: String,
    pub people: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    pub number: u64,
    pub name: String,
    pub class: String,
    pub contamination: Vec<String>,
    pub m2: f64,
    /// South-west corner, kilometres.
    pub at: [f64; 2],
    /// Metres from the corner.
    pub outline: Vec<[f64; 2]>,
    pub district: String,
    pub place: String,
    /// Days ago.
    pub opened: i64,
    pub depth_cm: Option<i64>,
    pub evidence: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub key: String,
    pub number: u64,
    pub name: String,
    pub activity: String,
    pub hazards: Vec<u64>,
    pub teams: Vec<String>,
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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    pub by: String,
    pub task: String,
    pub days_ago: i64,
    /// m² by number.
    pub m2: Option<i64>,
    /// Metres east, north, width, height from the hazard's corner.
    pub rect: Option<[f64; 4]>,
    /// Metres in each lane of 1 m.
    pub lanes: Option<Vec<i64>>,
    /// Where the first lane begins, metres from the hazard's corner.
    pub lanes_from: Option<[f64; 2]>,
    pub people: i64,
    pub stand_down: Option<String>,
    pub reason: Option<String>,
    pub note: Option<String>,
    #[serde(default)]
    pub approved: bool,
    /// A reviewer's words, when returned.
    pub returned: Option<String>,
    pub returned_field: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub by: String,
    pub task: String,
    pub category: String,
    #[serde(rename = "type")]
    pub ordnance_type: String,
    pub depth_cm: i64,
    /// Metres from the hazard's corner.
    pub at: [f64; 2],
    /// Days ago.
    pub found: i64,
    pub step: String,
    #[serde(default)]
    pub approved: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    pub by: String,
    pub task: String,
    pub days_ago: i64,
    #[serde(default)]
    pub approved: bool,
    pub part: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub release: String,
    pub rect: Option<[f64; 4]>,
    pub ring: Option<Vec<[f64; 2]>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    pub by: String,
    pub task: String,
    pub hazard: u64,
    pub days_ago: i64,
    pub cancelled: [f64; 4],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    pub by: String,
    pub hazard: u64,
    pub days_ago: i64,
    pub m2: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    pub by: String,
    pub name: String,
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
    pub entries: i64,
    pub reasons: Vec<String>,
    pub alternatives: String,
    pub marking: String,
    pub minutes_to_care: i64,
    pub advice: Vec<String>,
}
