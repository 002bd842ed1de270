//! What the desk asks the hub: one function for each read of `wire::desk`.

use safelane_geometry::Position;
use safelane_ledger::{DeviceId, PersonId, RecordId, RevisionId};
use safelane_model::Date;
use safelane_wire::desk::{
    Account, CHECKS, Cell, Checks, ClaimDetail, ClaimPreview, Claims, DeviceRow, HeldRow, Invite,
    Morning, NewPerson, NewRoles, NewSettings, PROGRAMME, Page, PersonRow, Picture,
    ProgrammeSettings, REPORTERS, RecordDetail, RecordRow, Reporter, Restated, ReviewDetail,
    ReviewItem, SettingsChanged, SplitPreview, Totals, TotalsRow,
};
use safelane_wire::risk::{RISK, Zones};

use crate::platform::http::{self, Answer};

/// Records of a kind, as they are at log number `at_least` or later; `query` narrows them by number or name.
pub async fn records(
    kind: &str,
    query: &str,
    after: Option<&str>,
    at_least: u64,
) -> Answer<Page<RecordRow>> {
    let mut path = format!("/api/records?kind={kind}&limit=100&at_least={at_least}");
    if !query.trim().is_empty() {
        path += &format!("&q={}", encode(query.trim()));
    }
    if let Some(after) = after {
        path += &format!("&after={}", encode(after));
    }
    http::get(&path).await
}

/// One record with its history.
pub async fn record(record: RecordId, at_least: u64) -> Answer<RecordDetail> {
    http::get(&format!("/api/records/{record}?at_least={at_least}")).await
}

/// The account of one hazardous area, as known on a day of the programme; none for now.
pub async fn account(record: RecordId, known: Option<&str>, at_least: u64) -> Answer<Account> {
    http::get(&format!(
        "/api/records/{record}/account?at_least={at_least}{}",
        parameter("known", known)
    ))
    .await
}

/// A hazardous area in two parts along a line: what remains of both, or why the line does not cut it.
pub async fn split(
    record: RecordId,
    line: &[Position],
    keeps: &str,
    on: &str,
    at_least: u64,
) -> Answer<SplitPreview> {
    let line: Vec<String> = (line.iter())
        .map(|at| format!("{},{}", at.lon_e7(), at.lat_e7()))
        .collect();
    let line = encode(&line.join(";"));
    let on = encode(on);
    http::get(&format!(
        "/api/records/{record}/split?line={line}&keeps={keeps}&on={on}&at_least={at_least}"
    ))
    .await
}

/// The review queue, as it is at log number `at_least` or later.
pub async fn review(at_least: u64) -> Answer<Page<ReviewItem>> {
    http::get(&format!("/api/review?at_least={at_least}")).await
}

/// Everything needed to judge one statement.
pub async fn review_one(revision: RevisionId, at_least: u64) -> Answer<ReviewDetail> {
    http::get(&format!("/api/review/{revision}?at_least={at_least}")).await
}

/// What the totals are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Movements after this day.
    pub from: String,
    /// Up to and with this one.
    pub to: String,
    /// `district`, `class`, `organisation`, `none`.
    pub by: String,
    /// A group of contamination; none for all.
    pub contamination: Option<String>,
    /// As known on this day; none for now.
    pub known: Option<String>,
}

impl Question {
    fn query(&self) -> String {
        format!(
            "from={}&to={}&by={}{}{}",
            encode(&self.from),
            encode(&self.to),
            self.by,
            parameter("contamination", self.contamination.as_deref()),
            parameter("known", self.known.as_deref()),
        )
    }
}

/// Totals of a period.
pub async fn totals(question: &Question, at_least: u64) -> Answer<Totals> {
    let query = question.query();
    http::get(&format!("/api/accounts?{query}&at_least={at_least}")).await
}

/// What a figure of the totals is made of; no row for what stands beside the lines.
pub async fn cell(
    question: &Question,
    column: &str,
    row: Option<&TotalsRow>,
    at_least: u64,
) -> Answer<Cell> {
    let mut path = format!(
        "/api/accounts/cell?{}&column={column}&at_least={at_least}",
        question.query()
    );
    let id = |id: Option<RecordId>| id.map_or_else(|| "none".to_owned(), |id| id.to_string());
    if let Some(row) = row {
        if question.by == "district" {
            path += &format!("&district={}", id(row.district));
        }
        if question.by == "organisation" {
            path += &format!("&organisation={}", id(row.organisation));
        } else {
            path += &format!("&class={}", row.class);
        }
    }
    http::get(&path).await
}

/// Figures of past days that differ from what was known on a day.
pub async fn restated(since: &str, contamination: Option<&str>, at_least: u64) -> Answer<Restated> {
    http::get(&format!(
        "/api/accounts/restated?since={}&at_least={at_least}{}",
        encode(since),
        parameter("contamination", contamination)
    ))
    .await
}

/// A page of the claimed releases that `show` names, narrowed by number.
pub async fn claims(show: &str, query: &str, after: Option<&str>, at_least: u64) -> Answer<Claims> {
    let mut path = format!("/api/claims?show={show}&at_least={at_least}");
    if let Some(after) = after {
        path += &format!("&after={}", encode(after));
    }
    if !query.trim().is_empty() {
        path += &format!("&q={}", encode(query.trim()));
    }
    http::get(&path).await
}

/// One claimed release.
pub async fn claim(record: RecordId, at_least: u64) -> Answer<ClaimDetail> {
    http::get(&format!("/api/claims/{record}?at_least={at_least}")).await
}

/// What a claim would take, linked so.
pub async fn claim_preview(
    record: RecordId,
    hazards: &[String],
    day: Option<Date>,
    depth: Option<i64>,
    reason: bool,
    at_least: u64,
) -> Answer<ClaimPreview> {
    let mut path = format!(
        "/api/claims/{record}/preview?hazards={}&reason={reason}&at_least={at_least}",
        hazards.join(",")
    );
    if let Some(day) = day {
        path += &format!("&on={day}");
    }
    if let Some(depth) = depth {
        path += &format!("&depth={depth}");
    }
    http::get(&path).await
}

/// Makes the picture of a moment ready for the map; none for the present.
pub async fn picture(known: Option<&str>, on: &str) -> Answer<Option<Picture>> {
    http::get(&format!(
        "/api/picture?on={}{}",
        encode(on),
        parameter("known", known)
    ))
    .await
}

fn parameter(name: &str, value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| format!("&{name}={}", encode(value)))
}

/// All zones with their risk.
pub async fn risk(at_least: u64) -> Answer<Zones> {
    http::get(&format!("{RISK}?at_least={at_least}")).await
}

/// The morning page.
pub async fn morning(at_least: u64) -> Answer<Morning> {
    http::get(&format!("/api/morning?at_least={at_least}")).await
}

/// The standing checks of the whole ledger, narrowed by severity, life and number.
pub async fn checks(
    severity: Option<&str>,
    life: Option<&str>,
    number: Option<u8>,
    at_least: u64,
) -> Answer<Checks> {
    let mut path = format!("{CHECKS}?at_least={at_least}");
    if let Some(severity) = severity {
        path += &format!("&severity={}", encode(severity));
    }
    if let Some(life) = life {
        path += &format!("&life={}", encode(life));
    }
    if let Some(number) = number {
        path += &format!("&number={number}");
    }
    http::get(&path).await
}

/// Everybody who signs in.
pub async fn people() -> Answer<Page<PersonRow>> {
    http::get("/api/people").await
}

/// People whose report may be entered from paper.
pub async fn reporters() -> Answer<Page<Reporter>> {
    http::get(REPORTERS).await
}

/// A new person, with a link that signs in once.
pub async fn add_person(person: &NewPerson) -> Answer<Invite> {
    http::post("/api/people", person).await
}

/// A new link for somebody.
pub async fn reset(person: PersonId) -> Answer<Invite> {
    http::post(
        &format!("/api/people/{person}/reset"),
        &serde_json::json!({}),
    )
    .await
}

/// New roles for somebody.
pub async fn roles(person: PersonId, roles: &NewRoles) -> Answer<()> {
    http::post_only(&format!("/api/people/{person}/roles"), roles).await
}

/// The programme's settings.
pub async fn programme() -> Answer<ProgrammeSettings> {
    http::get(PROGRAMME).await
}

/// Changes them.
pub async fn change_programme(asked: &NewSettings) -> Answer<SettingsChanged> {
    http::post(PROGRAMME, asked).await
}

/// Every device.
pub async fn devices() -> Answer<Page<DeviceRow>> {
    http::get("/api/devices").await
}

/// Revokes a device.
pub async fn revoke(device: DeviceId) -> Answer<()> {
    http::post_only(
        &format!("/api/devices/{device}/revoke"),
        &serde_json::json!({}),
    )
    .await
}

/// Revisions that are held.
pub async fn held() -> Answer<Page<HeldRow>> {
    http::get("/api/held").await
}

/// Lets a held revision into the ledger.
pub async fn admit(revision: RevisionId) -> Answer<()> {
    http::post_only(
        &format!("/api/held/{revision}/admit"),
        &serde_json::json!({}),
    )
    .await
}

/// Percent-encodes a query's value.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
