//! What must hold after every start, and at the end: nothing confirmed is gone or changed.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use safelane_ledger::{Digest, Head, SignedHead, SignedRevision};
use safelane_store::Keeping as _;
use safelane_store_sqlite::SqliteStore;
use safelane_wire::media;
use safelane_wire::sync::PullAnswer;

use crate::http::Client;
use crate::hub::{Binary, text};
use crate::people::{Journal, Shared, look};

/// How far the log was read and held against the journal.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    upto: u64,
    head: Head,
}

impl Read {
    /// Nothing yet.
    pub const NOTHING: Self = Self {
        upto: 0,
        head: Head::EMPTY,
    };
}

/// Reads the log from where it was read before and finds in it, byte for byte, every revision that
/// was confirmed since; also that the log still has the head that the last receipt named.
pub fn log_holds(reader: &mut Client, journal: &Shared, from: Read) -> Result<Read> {
    let mut read = from;
    let mut missing: BTreeSet<_> = {
        let journal = look(journal);
        let open = journal
            .revisions
            .iter()
            .filter(|(_, (_, leaf))| leaf.n > from.upto);
        open.map(|(id, _)| *id).collect()
    };
    loop {
        let seen = look(journal).point;
        let asked = seen
            .map(|point| format!("&seen={}", point.size))
            .unwrap_or_default();
        let page = reader.get(&format!("/api/sync/pull?after={}{asked}", read.upto))?;
        let page: PullAnswer = page.json()?;
        if let Some(seen) = seen {
            ensure!(
                page.seen_head == Some(seen.head),
                "the log of {} leaves has not the head that a receipt named at {}",
                serde_json::from_str::<SignedHead>(&page.head.bytes)?.size,
                seen.size
            );
        }
        for entry in page.entries {
            let leaf = entry.leaf()?;
            ensure!(
                leaf.n == read.upto + 1,
                "leaf {} follows leaf {}",
                leaf.n,
                read.upto
            );
            read = Read {
                upto: leaf.n,
                head: read.head.next(entry.leaf.as_bytes()),
            };
            missing.remove(&leaf.id);
            let journal = look(journal);
            let Some((signed, promised)) = journal.revisions.get(&leaf.id) else {
                continue;
            };
            let here = SignedRevision::from(entry.revision);
            ensure!(
                here == *signed,
                "revision {} is stored with other bytes",
                leaf.id
            );
            ensure!(
                promised.n == leaf.n && promised.leaf == Digest::of(entry.leaf.as_bytes()),
                "leaf {} is not the one in the receipt",
                leaf.n
            );
        }
        ensure!(
            read.upto == page.upto,
            "leaves {} to {} were left out",
            read.upto,
            page.upto
        );
        if let Some(seen) = seen.filter(|seen| seen.size == read.upto) {
            ensure!(
                seen.head == read.head,
                "the leaves up to {} give another head",
                seen.size
            );
        }
        if !page.more {
            break;
        }
    }
    ensure!(missing.is_empty(), "confirmed and lost: {missing:?}");
    Ok(read)
}

/// Every confirmed photo that a confirmed record names comes back byte for byte.
pub fn photos_hold(reader: &mut Client, journal: &Shared) -> Result<usize> {
    let photos: Vec<(Digest, Vec<u8>)> = {
        let journal = look(journal);
        let named = |name: &Digest| is_named(&journal, *name);
        journal
            .photos
            .iter()
            .filter(|(name, _)| named(name))
            .map(|(name, bytes)| (*name, bytes.clone()))
            .collect()
    };
    for (name, bytes) in &photos {
        let answer = reader.get(&media::path(*name))?;
        ensure!(
            answer.status == 200,
            "a confirmed photo {name} is answered {}",
            answer.status
        );
        ensure!(answer.body == *bytes, "the photo {name} has other bytes");
    }
    Ok(photos.len())
}

fn is_named(journal: &Journal, name: Digest) -> bool {
    let name = name.to_string();
    journal.revisions.values().any(|(signed, _)| {
        let bodies = signed.bodies.values();
        bodies
            .into_iter()
            .any(|body| String::from_utf8_lossy(body).contains(&name))
    })
}

/// `safelane verify` finds nothing.
pub fn verifies(binary: &Binary, data: &Path) -> Result<()> {
    let said = binary.succeeds(&["verify", "--data", text(data)])?;
    ensure!(said.contains("Nothing is altered"), "{said}");
    Ok(())
}

/// All that is derived equals what a rebuild derives, the followers' rows too; the server is stopped.
pub fn equals_a_rebuild(binary: &Binary, data: &Path) -> Result<()> {
    let grown = followed(binary, data)?;
    binary.succeeds(&["rebuild", "--data", text(data)])?;
    let anew = followed(binary, data)?;
    for (one, other) in grown.iter().zip(&anew) {
        ensure!(one == other, "step by step: {one}\nfrom nothing: {other}");
    }
    ensure!(
        grown.len() == anew.len(),
        "{} rows step by step, {} from nothing",
        grown.len(),
        anew.len()
    );
    Ok(())
}

/// Lets a server follow the log to its end, stops it, and lists every derived row.
fn followed(binary: &Binary, data: &Path) -> Result<Vec<String>> {
    let server = binary.serve(data)?.listening()?;
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let (size, rows) = derived(data)?;
        let followers: Vec<&String> = rows
            .iter()
            .filter(|row| row.starts_with("follower: "))
            .collect();
        let reached = format!("reached={size}");
        if !followers.is_empty() && followers.iter().all(|row| row.contains(&reached)) {
            break;
        }
        if Instant::now() > end {
            bail!("the followers did not reach {size}: {followers:?}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    server.stop()?;
    Ok(derived(data)?.1)
}

fn derived(data: &Path) -> Result<(u64, Vec<String>)> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = SqliteStore::open_reading(data).await?;
        let size = store.info().await?.point.size;
        let rows = store.derived().await.context("derived rows")?;
        store.close().await;
        Ok((size, rows))
    })
}
