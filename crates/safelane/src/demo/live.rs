//! `--live`: two made-up tablets send a report a minute each in turn, for a stand at a conference.

use std::time::Duration;

use anyhow::{Context as _, Result};
use safelane_ledger::{Act, AuthorTime, DeviceId, PersonId, RecordId};
use safelane_model::Body;
use safelane_server::{App, day, push_revisions};
use safelane_store_sqlite::Hub;
use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::signer::Signer;
use super::table::Table;
use crate::office::{Office, new_uuid, random};
use crate::people::hex;
use crate::serve::operator;

/// Between two reports.
const MINUTE: Duration = Duration::from_mins(1);
/// Who sends, on which task.
const TABLETS: [(&str, &str); 2] = [("rowan", "0147"), ("hazel", "0216")];

/// A tablet of its own, so that the person's other one keeps its chain.
struct Tablet {
    signer: Signer,
    team: String,
    task: String,
}

/// Sends for as long as the isle is served.
pub fn start(app: &App, office: &Office, table: &Table, hub: &Hub) -> JoinHandle<()> {
    let (app, office) = (app.clone(), office.clone());
    let by = operator(hub);
    let ledger = hub.ledger.uuid();
    let whose: Vec<_> = (TABLETS.iter())
        .filter_map(|(person, task)| {
            let team = table.person(person)?.team.as_ref()?;
            Some((
                (*person).to_owned(),
                named(ledger, &format!("team {}", team.get_ref())),
                named(ledger, &format!("task {task}")),
            ))
        })
        .collect();
    tokio::spawn(async move {
        if let Err(error) = send(&app, &office, by, whose).await {
            tracing::warn!(%error, "the made-up tablets stopped sending");
        }
    })
}

/// The id that the builder gives to what it names so.
fn named(ledger: Uuid, name: &str) -> String {
    Uuid::new_v5(&ledger, format!("demo {name}").as_bytes()).to_string()
}

async fn send(
    app: &App,
    office: &Office,
    by: PersonId,
    whose: Vec<(String, String, String)>,
) -> Result<()> {
    let mut tablets = Vec::new();
    for (number, (person, team, task)) in (1..).zip(whose) {
        let person = office.person(&person).await?;
        let label = format!("LIVE-{number}");
        let device = DeviceId::new(new_uuid());
        let signer = Signer::new(app.ledger(), person, device, &label, &random());
        enrol(office, &signer, &label, by).await?;
        tablets.push(Tablet { signer, team, task });
    }
    let mut turn = 0_usize;
    let count = tablets.len();
    loop {
        tokio::time::sleep(MINUTE).await;
        let tablet = tablets
            .get_mut(turn % count.max(1))
            .context("nobody to send")?;
        let report = report(app, tablet, turn)?;
        push_revisions(app, vec![report])
            .await
            .map_err(|error| anyhow::anyhow!("{error:?}"))?;
        turn += 1;
    }
}

async fn enrol(office: &Office, signer: &Signer, label: &str, by: PersonId) -> Result<()> {
    let body = Body::new()
        .with("person", signer.person.to_string())
        .with("public_key", hex(&signer.public_key().to_bytes()))
        .with("label", label)
        .with("revoked", "no");
    let record = RecordId::new(signer.device.uuid());
    office.state(record, "device", &body, by).await
}

/// Six lanes of a few metres, other ones each time.
fn report(app: &App, tablet: &mut Tablet, turn: usize) -> Result<safelane_ledger::SignedRevision> {
    let metres: Vec<i64> = (0..6)
        .map(|lane| 3 + ((turn as i64 * 5 + lane * 7) % 4))
        .collect();
    let lanes: Vec<_> = (1..)
        .zip(&metres)
        .map(|(lane, metres)| json!({ "lane": lane, "length": metres * 1_000 }))
        .collect();
    let now = app.now();
    let body = Body::new()
        .with("report", "progress")
        .with("task", tablet.task.as_str())
        .with("team", tablet.team.as_str())
        .with("day", day(now).to_string())
        .with("ground_by", "lanes")
        .with("lanes", json!(lanes))
        .with("lane_width", 1_000)
        .with("worked_area", metres.iter().sum::<i64>() * 100)
        .with("depth", 200)
        .with(
            "effort",
            json!([{ "method": "manual-detector", "people": 6, "time": 60 }]),
        )
        .with("accidents", "none")
        .with("visitors", "none")
        .with("note", "Sent by a made-up tablet at the stand.");
    let target = (RecordId::new(new_uuid()), "clearance");
    let at = AuthorTime::from_unix(now.unix())?;
    tablet
        .signer
        .sign(Act::Put, target, Vec::new(), &body, None, at)
}
