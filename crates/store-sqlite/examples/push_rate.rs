//! How many progress reports a second a hub takes: read, verified, judged, resolved, durable.
//!
//! `cargo run --release -p safelane-store-sqlite --example push_rate`
//!
//! One line of JSON for each figure. The disk measured is that of the system's temporary folder (`TMPDIR`).
//! Signing is not measured: devices do it. Each batch is checked in one task, as a server does it,
//! and answered after the commit.

use std::time::{Duration, Instant};

use safelane_ledger::testkit::{self, Author};
use safelane_ledger::{
    Act, Answer, DeviceId, PublicKey, ReceivedAt, RecordId, Salt, SignedRevision, Tier, salt_body,
};
use safelane_store::{Batch, HubDraft, Item, Keeping as _, LedgerLog as _, Verified};
use safelane_store_sqlite::{SqliteStore, temporary};

const REVISIONS: usize = 40_000;
const BATCH: usize = 500;
const PUSHERS: usize = 4;
const CLIENTS: usize = 200;
const EACH: usize = 50;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = temporary(testkit::ledger(), &[7; 32]).await?;
    found(&store).await?;
    batches(&store.store()).await?;
    singles(&store.store()).await?;
    let started = Instant::now();
    let report = store.verify().await?;
    let verified = rate(report.revisions as usize, started.elapsed());
    let flaws = report.flaws.len();
    println!(r#"{{"row":"verify","per_second":{verified:.0},"flaws":{flaws}}}"#);
    Ok(())
}

fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Processor time of this process so far: says what a revision costs on a machine that is shared.
fn processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |n: usize| after_name.split_whitespace().nth(n)?.parse::<u64>().ok();
    // User and system time, in hundredths of a second.
    Duration::from_millis((ticks(11).unwrap_or(0) + ticks(12).unwrap_or(0)) * 10)
}

/// Microseconds of processor that each of so many took.
fn cost(before: Duration, count: usize) -> f64 {
    processor().saturating_sub(before).as_secs_f64() / count as f64 * 1e6
}

/// Batches of 500 from a few callers at once.
async fn batches(store: &SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
    let mut pushers = Vec::new();
    for name in 0..PUSHERS {
        let mut author = enrolled(store, &format!("pusher {name}")).await?;
        let revisions = reports(&mut author, REVISIONS / PUSHERS, &format!("batch {name}"));
        pushers.push((author.public_key(), revisions));
    }
    let (started, before) = (Instant::now(), processor());
    let tasks: Vec<_> = pushers
        .into_iter()
        .map(|(key, revisions)| {
            let store = store.clone();
            tokio::spawn(async move {
                for batch in revisions.chunks(BATCH) {
                    push(&store, batch, key).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await?;
    }
    let rate = rate(REVISIONS, started.elapsed());
    let each = cost(before, REVISIONS);
    println!(
        r#"{{"row":"push, batches of {BATCH}","per_second":{rate:.0},"cpu_us_each":{each:.0}}}"#
    );
    Ok(())
}

/// One revision at a time from each of 200 clients, who wait for each answer.
async fn singles(store: &SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
    let mut clients = Vec::new();
    for name in 0..CLIENTS {
        let mut author = enrolled(store, &format!("client {name}")).await?;
        let revisions = reports(&mut author, EACH, &format!("client {name}"));
        clients.push((author.public_key(), revisions));
    }
    let (started, before) = (Instant::now(), processor());
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|(key, revisions)| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut slowest = Duration::ZERO;
                for one in revisions {
                    let begun = Instant::now();
                    push(&store, &[one], key).await;
                    slowest = slowest.max(begun.elapsed());
                }
                slowest
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for task in tasks {
        slowest = slowest.max(task.await?);
    }
    let rate = rate(CLIENTS * EACH, started.elapsed());
    let each = cost(before, CLIENTS * EACH);
    let slowest = slowest.as_secs_f64() * 1e3;
    println!(
        r#"{{"row":"push, single from {CLIENTS} clients","per_second":{rate:.0},"cpu_us_each":{each:.0},"slowest_ms":{slowest:.0}}}"#
    );
    Ok(())
}

async fn push(store: &SqliteStore, revisions: &[SignedRevision], key: PublicKey) {
    let items = revisions
        .iter()
        .map(|one| Verified::new(one.clone(), &key).expect("signed").into())
        .collect();
    let appended = store
        .append(Batch { at: now(), items })
        .await
        .expect("stored");
    let received = |one: &safelane_store::Answered| matches!(one.answer, Answer::Received { .. });
    assert!(appended.answers.iter().all(received), "{appended:?}");
}

/// Progress reports of about 1 kB, each a new record.
fn reports(author: &mut Author, count: usize, name: &str) -> Vec<SignedRevision> {
    (0..count)
        .map(|n| {
            let record = testkit::record(&format!("{name} {n}"));
            author.put(record, "clearance/1", &[], &body(n as i64))
        })
        .collect()
}

fn body(n: i64) -> String {
    let (west, south) = (
        184_000_000 + n * 37 % 9_000_000,
        438_000_000 + n * 53 % 9_000_000,
    );
    let ring: Vec<String> = (0..12)
        .map(|k| format!("[{},{}]", west + k * 300, south + k % 5 * 211))
        .collect();
    format!(
        r#"{{"report":"progress","task":"5b0f1c1e-0c55-4f8e-9d8f-0a8e5d0a7a11","team":"0d7bb1a2-52ad-4b8e-8f50-6d2bf4a6c001",
        "date":"2026-03-01","method":["manual"],"depth":200,"minutes":360,"deminers":8,"worked_area":18250,
        "note":"Lanes 4 to 11 along the stream; wet ground in the south, metal contamination high.",
        "temporary_reference":"T07-{n}","ground":{{"how":"lanes","statistic":"not-stated","accuracy_mm":3000,
        "shape":{{"type":"Polygons","polygons":[[[{}]]]}}}},
        "items":[{{"category":"ap-mine","model":"PMA-3","count":2,"place":{{"at":[{west},{south}],"how":"fix","statistic":"radius95"}}}}],
        "lanes":[{{"length_mm":24000,"width_mm":1200}},{{"length_mm":26000,"width_mm":1200}}]}}"#,
        ring.join(",")
    )
}

async fn found(store: &SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
    let body = r#"{"name":"Made up","prefix":"DEMO"}"#;
    hub(store, testkit::record("programme"), "programme/1", body).await
}

async fn enrolled(store: &SqliteStore, name: &str) -> Result<Author, Box<dyn std::error::Error>> {
    let author = Author::new(name);
    let (person, key) = (author.person, author.public_key());
    let device = format!(r#"{{"person":"{person}","public_key":"{key}","revoked":"no"}}"#);
    let record = RecordId::new(DeviceId::uuid(author.device));
    hub(store, record, "device/1", &device).await?;
    let roles = format!(r#"{{"person":"{person}","roles":"field"}}"#);
    let grant = testkit::record(&format!("grant {name}"));
    hub(store, grant, "grant/1", &roles).await?;
    Ok(author)
}

async fn hub(
    store: &SqliteStore,
    record: RecordId,
    kind: &str,
    body: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let bytes = salt_body(testkit::fields(body), Salt::from_bytes([1; 16]));
    let draft = HubDraft {
        record,
        kind: kind.parse()?,
        act: Act::Put,
        parents: Vec::new(),
        bodies: [(Tier::T1, bytes)].into(),
        submission: None,
        author: Author::new("administrator").person,
    };
    let items = vec![Item::from(draft)];
    store.append(Batch { at: now(), items }).await?;
    Ok(())
}

fn now() -> ReceivedAt {
    // The measurement needs no clock: leaves take any moment.
    ReceivedAt::from_unix(1_772_400_000).expect("a moment")
}
