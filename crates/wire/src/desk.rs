//! What the desk reads. All writing goes through push.
//!
//! Every answer carries `upto`, the log number that it reflects; after an approval the desk asks
//! with `?at_least=N`. No sentence is assembled here: codes, numbers and values only, which the
//! app words from its translations. Areas are in dm² (integers), so that sums close.

use std::collections::BTreeMap;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use safelane_ledger::{DeviceId, PersonId, RecordId, Reference, RevisionId, Role, SubmissionId};

use crate::risk::Risk;

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

/// One line of the totals, dm². `opening + … = closing` in every line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TotalsRow {
    /// District's record, none for land in no district, and for the total.
    pub district: Option<RecordId>,
    /// By organisation: whose team released it, none where no team is named, and for the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<RecordId>,
    /// District's or organisation's name.
    pub name: String,
    /// `sha`, `cha`, or `all`.
    pub class: String,
    /// At the first day.
    pub opening: i64,
    /// Newly recorded.
    pub new: i64,
    /// Enlarged.
    pub enlarged: i64,
    /// Re-opened.
    pub re_opened: i64,
    /// Cancelled by non-technical survey.
    pub cancelled: i64,
    /// Reduced by technical survey.
    pub reduced: i64,
    /// Cleared in recorded hazard.
    pub cleared: i64,
    /// Reclassified, signed; sums to zero over the classes.
    pub reclassified: i64,
    /// Corrected, signed.
    pub corrected: i64,
    /// At the last day: remaining.
    pub closing: i64,
    /// Beside the identity: worked, not released.
    pub worked: i64,
    /// Beside the identity: cleared outside recorded hazard.
    pub outside: i64,
    /// Number of hazardous areas open at the last day.
    pub areas: u32,
}

/// The picture that an answer about the past is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What was known: so many entries of the log.
    pub upto: u64,
    /// The instant that was asked for, RFC 3339 UTC; of a log number, when it was received.
    pub at: String,
    /// The day of the programme at that instant.
    pub day: String,
    /// The day on which it was true; absent for all days up to then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

/// `GET /api/accounts`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Log number.
    pub upto: u64,
    /// As known then; absent for the present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Picture>,
    /// `district`, `class`, `organisation` or `none`. By organisation lines hold what was released
    /// and cleared outside alone: nobody opens or closes an area for an organisation.
    pub by: String,
    /// First day, not included: movements are after it.
    pub from: String,
    /// Last day, included.
    pub to: String,
    /// The lines, then the totals.
    pub rows: Vec<TotalsRow>,
    /// Waiting for a decision, dm², by `cancelled`, `cleared`, `reduced`.
    pub waiting: BTreeMap<String, i64>,
    /// Claimed by imported sources, cutting nothing, dm².
    pub claimed: i64,
    /// Whether the programme lets one person release (S9).
    pub one_person_release: bool,
}

/// One part of a figure of the totals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellRow {
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its number or name.
    pub hazard_name: String,
    /// `sha`, `cha`; empty where it has none.
    pub class: String,
    /// The day of the movement; empty for what stood at the end of a day.
    pub on: String,
    /// dm² as the column counts them; 1 for an area that is counted.
    pub area: i64,
    /// The record that moved it; the hazardous area itself for what stands.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its number or name.
    pub name: String,
    /// Name of the organisation whose team did it; empty where none is named.
    pub organisation: String,
}

/// `GET /api/accounts/cell`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Log number.
    pub upto: u64,
    /// The parts, the earliest first.
    pub rows: Vec<CellRow>,
    /// Their sum: the figure.
    pub sum: i64,
}

/// A figure of a past day that differs between two states of knowledge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestatedRow {
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its number or name.
    pub hazard_name: String,
    /// The day.
    pub on: String,
    /// `new`, `enlarged`, `cleared` and so on, as in [`MovementRow`].
    pub what: String,
    /// The class.
    pub class: String,
    /// The record that moves it.
    pub record: RecordId,
    /// Its number or name.
    pub name: String,
    /// As it was stated before, signed, dm².
    pub before: i64,
    /// As it is stated now, signed, dm².
    pub after: i64,
}

/// `GET /api/accounts/restated`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restated {
    /// What was known before.
    pub since: Picture,
    /// What was known after; absent for the present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Picture>,
    /// Days up to and with this one are compared.
    pub through: String,
    /// The figures.
    pub rows: Vec<RestatedRow>,
}

/// One movement of a hazardous area's account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MovementRow {
    /// Effective date.
    pub on: String,
    /// `opening`, `new`, `enlarged`, `re-opened`, `cancelled`, `reduced`, `cleared`, `reclassified`, `corrected`, `closing`.
    pub what: String,
    /// Signed, dm².
    pub area: i64,
    /// Remaining after it, dm².
    pub remaining: i64,
    /// The record that moved it.
    pub record: RecordId,
    /// Its number or name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// The class whose area it changes.
    pub class: String,
    /// The statement.
    pub revision: RevisionId,
    /// Who signed the statement, by the name that the hub shows.
    pub author_name: String,
    /// Who approved it, by the names that the hub shows.
    pub approved_by: Vec<String>,
}

/// What releases or would release ground of a hazardous area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleaseRow {
    /// The record.
    pub record: RecordId,
    /// Its number or name.
    pub name: String,
    /// Its day; empty where it states none.
    pub on: String,
    /// `cancelled`, `reduced`, `cleared`.
    pub way: String,
    /// The size of its own ground, dm².
    pub area: i64,
    /// Depth reached, mm.
    pub depth: Option<i64>,
    /// What it took from the area in all, dm².
    pub took: i64,
    /// `counts`, `history` (from before the area was opened again), `frozen` (by an alarm),
    /// `waiting` (for review), `claimed` (by a source).
    pub state: String,
}

/// `GET /api/records/{record}/account`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Log number.
    pub upto: u64,
    /// As known then; absent for the present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Picture>,
    /// Its class now; empty while closed, ended or an indication.
    pub class: String,
    /// Size of the outline of its current opening, dm².
    pub outline: i64,
    /// Movements in order.
    pub movements: Vec<MovementRow>,
    /// Remaining, dm².
    pub remaining: i64,
    /// Worked, not released, dm².
    pub worked: i64,
    /// Left to work, dm².
    pub left: i64,
    /// Cleared outside, dm².
    pub outside: i64,
    /// What releases it or would, the earliest first.
    pub releases: Vec<ReleaseRow>,
    /// Open alarms in ground that was released from it.
    pub alarms: Vec<CheckRow>,
}

/// What a claimed release shares with one hazardous area, dm².
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverlapRow {
    /// The hazardous area.
    pub hazard: RecordId,
    /// Its name or number.
    pub name: String,
    /// Its class: `sha` or `cha`.
    pub class: String,
    /// Its outline.
    pub area: i64,
    /// Common ground.
    pub common: i64,
    /// The part of the common ground that is not released yet.
    pub remaining: i64,
}

/// One claimed release in the list: a source says so, and it cuts nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// The record's row.
    pub row: RecordRow,
    /// The statement that claims.
    pub claim: RevisionId,
    /// Ground that it says was released, dm².
    pub area: i64,
    /// Hazardous areas nearby, the most common ground first; some may have none.
    pub overlaps: Vec<OverlapRow>,
    /// A link of it that waits for review.
    pub open: Option<RevisionId>,
    /// A link of it that was sent back.
    pub returned: Option<RevisionId>,
}

/// `GET /api/claims`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// Log number.
    pub upto: u64,
    /// Those that were asked for.
    pub items: Vec<ClaimRow>,
    /// Cursor of the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// All claimed releases of the programme.
    pub count: u64,
    /// Their ground, dm².
    pub area: i64,
}

/// `GET /api/claims/{record}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimDetail {
    /// Log number.
    pub upto: u64,
    /// Its line.
    pub claim: ClaimRow,
    /// The record with its history.
    pub record: RecordDetail,
    /// GeoJSON to draw, as in [`ReviewDetail`].
    pub ground: Value,
}

/// `GET /api/claims/{record}/preview`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimPreview {
    /// Log number.
    pub upto: u64,
    /// Areas before and after.
    pub areas: Vec<AreaChange>,
    /// Hazardous areas named although there is no common ground.
    pub apart: Vec<RecordId>,
    /// What the standing checks would say.
    pub checks: Vec<CheckRow>,
    /// Checks that would forbid approval, by code.
    pub blocked_by: Vec<String>,
}

/// `GET /api/records/{record}/split`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitPreview {
    /// Log number.
    pub upto: u64,
    /// What remains of it now, dm².
    pub before: i64,
    /// Both parts; none while there is a problem.
    pub parts: Option<SplitParts>,
    /// Why it cannot be split so, by code.
    pub problem: Option<String>,
    /// Where to look: longitude and latitude in 1e-7 degree.
    pub at: Option<[i64; 2]>,
}

/// A hazardous area in two parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitParts {
    /// The one that keeps the number.
    pub kept: SplitPart,
    /// The one that becomes a hazardous area of its own.
    pub new: SplitPart,
}

/// One of the two parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitPart {
    /// Its outline, as a body states it.
    pub outline: Value,
    /// What then remains of it, dm².
    pub remaining: i64,
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

/// A person whose report somebody may enter from paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// The person.
    pub person: PersonId,
    /// Name to show.
    pub display: String,
    /// Team.
    pub team: Option<RecordId>,
}

/// `GET /api/programme`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProgrammeSettings {
    /// Their record.
    pub record: RecordId,
    /// The statement that stands.
    pub stands: RevisionId,
    /// Its body.
    pub body: Map<String, Value>,
    /// A change that waits for others to approve it.
    pub waits: Option<RevisionId>,
}

/// `POST /api/programme`: a change of the settings, which the hub signs in the administrator's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSettings {
    /// The statement that the person saw.
    pub stands: RevisionId,
    /// New values by field; none takes a value back.
    pub changes: BTreeMap<String, Option<Value>>,
    /// Why.
    pub reason: String,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsChanged {
    /// Log number.
    pub n: u64,
    /// Whether others must approve it before it counts.
    pub waits: bool,
}

/// A person as administrators and coordinators see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The person.
    pub person: PersonId,
    /// Name to sign in with.
    pub name: String,
    /// Name to show.
    pub display: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Team.
    pub team: Option<RecordId>,
    /// Organisation.
    pub organisation: Option<RecordId>,
    /// Whether a link is out that has not been used.
    pub invited: bool,
}

/// `POST /api/people`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Name to sign in with.
    pub name: String,
    /// Name to show.
    pub display: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Team.
    #[serde(default)]
    pub team: Option<RecordId>,
    /// Organisation.
    #[serde(default)]
    pub organisation: Option<RecordId>,
}

/// `POST /api/people/{person}/roles`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRoles {
    /// All roles from now on; none takes all away.
    pub roles: Vec<Role>,
    /// Team.
    #[serde(default)]
    pub team: Option<RecordId>,
    /// Organisation.
    #[serde(default)]
    pub organisation: Option<RecordId>,
}

/// A link valid once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invite {
    /// The person.
    pub person: PersonId,
    /// Path with the token in its fragment: `/sign-in#invite=…`.
    pub path: String,
    /// Until when, RFC 3339 UTC.
    pub until: String,
}

/// A device as shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// The device.
    pub device: DeviceId,
    /// What is written on it.
    pub label: String,
    /// Whose.
    pub person: PersonId,
    /// Name to show.
    pub person_name: String,
    /// Enrolled, RFC 3339 UTC.
    pub enrolled: String,
    /// Last heard from, RFC 3339 UTC.
    pub heard: Option<String>,
    /// `active`, `revoked`, `held` (a fork: enrol anew).
    pub state: String,
}

/// A revision kept outside the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldRow {
    /// The revision.
    pub revision: RevisionId,
    /// Reason code; translation `held.<reason>`.
    pub reason: String,
    /// Kind.
    pub kind: String,
    /// Record.
    pub record: RecordId,
    /// Who.
    pub author_name: String,
    /// Device.
    pub device_label: String,
    /// Received, RFC 3339 UTC.
    pub received: String,
    /// The body.
    pub body: Option<Map<String, Value>>,
}
