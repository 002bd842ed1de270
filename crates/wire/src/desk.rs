//! What the desk reads. All writing goes through push.
//!
//! Every answer carries `upto`, the log number that it reflects; after an approval the desk asks
//! with `?at_least=N`. No sentence is assembled here: codes, numbers and values only, which the
//! app words from its translations. Areas are in dm² (integers), so that sums close.

mod accounts;
mod claims;
mod people;

use std::collections::BTreeMap;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use safelane_ledger::{DeviceId, PersonId, RecordId, Reference, RevisionId, SubmissionId};

use crate::risk::Risk;

pub use accounts::*;
pub use claims::*;
pub use people::*;

/// `GET /api/records?kind=&status=&bbox=w,s,e,n&q=&after=&limit=`
pub const RECORDS: &str = "/api/records";
/// `GET /api/records/{record}`
pub const RECORD: &str = "/api/records/{record}";
/// `GET /api/review`: the queue.
pub const REVIEW: &str = "/api/review";
/// `GET /api/review/{revision}`: everything needed to judge one statement.
pub const REVIEW_ONE: &str = "/api/review/{revision}";
/// `GET /api/accounts?from=YYYY-MM-DD&to=YYYY-MM-DD&by=district|class|organisation|none&contamination=&known=`
///
/// `known`, here and below: a day of the programme (its end), an instant or a log number; the answer
/// is then made of what this hub had received by then.
pub const ACCOUNTS: &str = "/api/accounts";
/// `GET /api/accounts/cell?column=&district=&class=&organisation=` and the parameters of [`ACCOUNTS`]:
/// what a figure is made of.
pub const ACCOUNTS_CELL: &str = "/api/accounts/cell";
/// `GET /api/accounts/restated?since=&known=&contamination=`: figures of past days that differ between
/// two states of knowledge.
pub const ACCOUNTS_RESTATED: &str = "/api/accounts/restated";
/// `GET /api/picture?known=&on=`: makes the picture of a moment ready, for the tiles.
pub const PICTURE: &str = "/api/picture";
/// `GET /api/records/{record}/account?known=`: movements of one hazardous area.
pub const ACCOUNT: &str = "/api/records/{record}/account";
/// `GET /api/records/{record}/split?line=lon,lat;lon,lat&keeps=left|right&on=YYYY-MM-DD`: a hazardous area
/// in two parts along a line (1e-7 degree), and what then remains of both. Nothing is written.
pub const SPLIT: &str = "/api/records/{record}/split";
/// `GET /api/claims?show=overlapping|waiting|all&q=&after=&limit=`: claimed releases.
pub const CLAIMS: &str = "/api/claims";
/// `GET /api/claims/{record}`: one of them with the ground around it.
pub const CLAIM: &str = "/api/claims/{record}";
/// `GET /api/claims/{record}/preview?hazards=ID,ID&on=YYYY-MM-DD&depth=MM&reason=true|false`: what it would take, linked so.
pub const CLAIM_PREVIEW: &str = "/api/claims/{record}/preview";
/// `GET /api/morning`: the morning page.
pub const MORNING: &str = "/api/morning";
/// `GET /api/checks?life=open|explained|resolved&severity=&number=`: the standing checks of the
/// whole ledger.
pub const CHECKS: &str = "/api/checks";
/// `GET /api/basemap`: GeoJSON of the programme's own small map (coast, rivers, roads, buildings).
pub const BASEMAP: &str = "/api/basemap";
/// `GET|POST /api/people`
pub const PEOPLE: &str = "/api/people";
/// `GET /api/reporters`: whose report may be entered from paper, for those who may enter one.
pub const REPORTERS: &str = "/api/reporters";
/// `POST /api/people/{person}/reset`: a new link, valid once.
pub const PERSON_RESET: &str = "/api/people/{person}/reset";
/// `POST /api/people/{person}/roles`
pub const PERSON_ROLES: &str = "/api/people/{person}/roles";
/// `GET|POST /api/programme`: the programme's settings.
pub const PROGRAMME: &str = "/api/programme";
/// `GET /api/devices`
pub const DEVICES: &str = "/api/devices";
/// `POST /api/devices/{device}/revoke`
pub const DEVICE_REVOKE: &str = "/api/devices/{device}/revoke";
/// `GET /api/held`: revisions kept outside the ledger, each with its reason.
pub const HELD: &str = "/api/held";
/// `POST /api/held/{revision}/admit`
pub const HELD_ADMIT: &str = "/api/held/{revision}/admit";

/// A page of a list, with the cursor of the next one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Log number that the answer reflects.
    pub upto: u64,
    /// The items.
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Official, nothing open.
    Official,
    /// Official, imported and not reviewed.
    Imported,
    /// Submitted, not yet reviewed; nothing official.
    Reported,
    /// Official, and a newer statement waits for review.
    Changing,
    /// Reviewed by one, waits for an approver.
    WaitsForApprover,
    /// Returned, not answered.
    Returned,
    /// Two versions.
    TwoVersions,
    /// Removed from the record.
    Removed,
    /// Set aside.
    SetAside,
}

/// One record in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordRow {
    /// The record.
    pub record: RecordId,
    /// Kind, for example `hazardous-area`.
    pub kind: String,
    /// Number that people say.
    pub reference: Option<Reference>,
    /// Name in the body, if it has one.
    pub name: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// The body's own class and status codes, those of `classification status report category event` that it has.
    pub codes: LiteMap<String, String>,
    /// Its day: of work, survey, find or event.
    pub day: Option<String>,
    /// Computed area, dm².
    pub area: Option<i64>,
    /// West, south, east, north in degrees.
    pub bbox: Option<[f64; 4]>,
    /// Other records that it names by field, for example `task`, `team`.
    pub links: LiteMap<String, Vec<RecordId>>,
    /// When the hub received its newest statement, RFC 3339 UTC.
    pub received: String,
}

/// A judgement as shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgementRow {
    /// The judgement.
    pub revision: RevisionId,
    /// `approve` or `return`.
    pub act: String,
    /// Who.
    pub author: PersonId,
    /// The name that the hub shows for the person; empty for the hub itself.
    pub author_name: String,
    /// Whether the hub's own key signed it.
    pub by_hub: bool,
    /// Received, RFC 3339 UTC.
    pub received: String,
    /// The judgement's body (comments, problems).
    pub body: Map<String, Value>,
}

/// A statement as shown in a record's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatementRow {
    /// The statement.
    pub revision: RevisionId,
    /// `put`, `remove`, `set-aside`, `import`.
    pub act: String,
    /// Statements that it replaces.
    pub parents: Vec<RevisionId>,
    /// `official`, `open`, `returned`, `disputed`, `superseded`, `waiting`.
    pub status: String,
    /// Who.
    pub author: PersonId,
    /// The name that the hub shows for the person.
    pub author_name: String,
    /// Device.
    pub device: DeviceId,
    /// What is written on the device.
    pub device_label: String,
    /// The author's clock, RFC 3339 UTC.
    pub at: String,
    /// The hub's clock at receipt, RFC 3339 UTC.
    pub received: String,
    /// Log number.
    pub n: u64,
    /// Submission, and how many belong to it.
    pub submission: Option<(SubmissionId, u32)>,
    /// The body; absent when it is not held here or erased.
    pub body: Option<Map<String, Value>>,
    /// Judgements of it, oldest first.
    pub judgements: Vec<JudgementRow>,
}

/// A result of a standing check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckRow {
    /// Stable code; translations `check.<code>.title` and `check.<code>.text`.
    pub code: String,
    /// Number in the catalogue of `domain.md` 2.7.
    pub number: u8,
    /// `alarm`, `block`, `high`, `warn`.
    pub severity: String,
    /// `open`, `explained`, `resolved`.
    pub life: String,
    /// Records that it is about.
    pub records: Vec<RecordId>,
    /// Place, longitude and latitude in degrees.
    pub at: Option<[f64; 2]>,
    /// Arguments of the sentence.
    pub args: BTreeMap<String, String>,
    /// What the records are called, in their order.
    #[serde(default)]
    pub names: Vec<String>,
    /// The figures in one line: an answer names them as what its author read.
    #[serde(default)]
    pub figures: String,
    /// Whether it forbids approving the record that was checked.
    #[serde(default)]
    pub blocks: bool,
    /// Who has answered it as it stands.
    #[serde(default)]
    pub answers: Vec<CheckAnswer>,
}

/// Somebody's answer to a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// The answer's own record.
    pub record: RecordId,
    /// Who.
    pub by: PersonId,
    /// The name that the hub shows for the person.
    pub by_name: String,
    /// The reason; absent when it is acknowledged alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How many checks stand so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckTotal {
    /// `alarm`, `block`, `high`, `warn`.
    pub severity: String,
    /// `open`, `explained`, `resolved`.
    pub life: String,
    /// How many.
    pub count: u64,
}

/// `GET /api/checks`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checks {
    /// Log number.
    pub upto: u64,
    /// The day on which they hold.
    pub today: String,
    /// The gravest first.
    pub items: Vec<CheckRow>,
    /// How many more there are than are given here.
    pub more: u64,
    /// All of them, by severity and life, whatever was asked for.
    pub totals: Vec<CheckTotal>,
}

/// `GET /api/records/{record}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordDetail {
    /// Log number.
    pub upto: u64,
    /// The row.
    pub row: RecordRow,
    /// Statements, newest first.
    pub statements: Vec<StatementRow>,
    /// The officials: an approval names them as what the person saw.
    pub officials: Vec<RevisionId>,
    /// Whether two versions exist.
    pub two_versions: bool,
    /// Checks.
    pub checks: Vec<CheckRow>,
    /// Names of the records and people that the bodies refer to: id to reference or name.
    pub names: BTreeMap<RecordId, String>,
    /// Of a civilian-risk zone: its risk as what stands describes it, else as the newest report does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
}

/// One line of the review queue: a submission, or one version of a record in two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts of a queue line, each shown by itself"
)]
pub struct ReviewItem {
    /// The statement that opens the page.
    pub revision: RevisionId,
    /// All statements of the submission, judged all or none.
    pub revisions: Vec<RevisionId>,
    /// How many the submission counts; `revisions` is shorter while some have not arrived.
    pub count: u32,
    /// The record's row.
    pub row: RecordRow,
    /// Name or reference of the task or hazardous area that it is about.
    pub about: Option<String>,
    /// Team or author to show.
    pub from: String,
    /// Received, RFC 3339 UTC.
    pub received: String,
    /// Square decimetres that the line names: worked, cancelled, cleared.
    pub area: Option<i64>,
    /// What it would take: `worked`, `cancelled`, `cleared`, `reduced`, `less-hazard`, `more-hazard`, `report`.
    pub effect: String,
    /// Two approvals by two people (S9).
    pub needs_two: bool,
    /// Who approved first, by name, when it waits for an approver.
    pub reviewed_by: Vec<String>,
    /// Whether this reader may approve, and if not why: `author`, `named`, `no-right`, `already`, `waits`.
    pub may_approve: Result<(), String>,
    /// Alarm first.
    pub alarm: bool,
    /// Number of open checks.
    pub checks: u32,
    /// Photos held and named.
    pub photos: (u32, u32),
    /// Sent again after a return.
    pub again: bool,
    /// Whether it is one of two versions.
    pub two_versions: bool,
}

/// A field whose value changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Path of the field.
    pub field: String,
    /// Value in the officials, if they have one.
    pub old: Option<Value>,
    /// Value in this statement.
    pub new: Option<Value>,
}

/// An area before and after approval, dm².
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AreaChange {
    /// `worked`, `left-to-work`, `hazard`, `overlap`, `outside`, `cancelled`, `reduced`, `cleared`, `remaining`,
    /// `handed-over`.
    pub what: String,
    /// The record that it is about.
    pub record: Option<RecordId>,
    /// Before.
    pub before: i64,
    /// After.
    pub after: i64,
}

/// `GET /api/review/{revision}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewDetail {
    /// Log number.
    pub upto: u64,
    /// The line in the queue.
    pub item: ReviewItem,
    /// The record with its history.
    pub record: RecordDetail,
    /// The other records of the submission.
    pub others: Vec<RecordDetail>,
    /// Fields that change against the officials.
    pub changes: Vec<FieldChange>,
    /// Areas before and after.
    pub areas: Vec<AreaChange>,
    /// Checks of the statement.
    pub checks: Vec<CheckRow>,
    /// Checks that forbid approval, by code.
    pub blocked_by: Vec<String>,
    /// Of a civilian-risk zone: its risk as this statement describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// Officials as seen, for each record of the submission: the approval carries them.
    pub officials: BTreeMap<RecordId, Vec<RevisionId>>,
    /// GeoJSON features to draw: property `role` is `this`, `before`, `hazard`, `worked`, `released`, `other`, `item`.
    pub ground: Value,
}

/// `GET /api/morning`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Morning {
    /// Log number.
    pub upto: u64,
    /// Open alarms.
    pub alarms: Vec<CheckRow>,
    /// Accidents and incidents of the last days, newest first.
    pub accidents: Vec<RecordRow>,
    /// Items in the ground.
    pub items: Vec<RecordRow>,
    /// Returned without answer.
    pub returned: Vec<ReviewItem>,
    /// Oldest waiting.
    pub waiting: Vec<ReviewItem>,
    /// Devices not heard from, longest first.
    pub silent: Vec<DeviceRow>,
    /// What ends within the month or has ended and was not renewed, the earliest first.
    pub expiring: Vec<ExpiringRow>,
}

/// An accreditation, a task or a risk zone's review whose last day is near or past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpiringRow {
    /// The record.
    pub row: RecordRow,
    /// Whose it is, by name: the accredited team or organisation, a task's team.
    pub of: Option<String>,
    /// Its last day.
    pub last: String,
    /// Whether that day has passed.
    pub passed: bool,
}
