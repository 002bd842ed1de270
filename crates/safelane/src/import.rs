//! `safelane import`: features of a file into the ledger, signed by the hub's key.
//!
//! A file of somebody else's is read by a process of its own ([`worker`]); what it made of each feature
//! is appended here.

mod reading;
pub mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use safelane_exchange::import::{self, Converted, Options, Report};
use safelane_geometry::Metres;
use safelane_ledger::{Act, KindVersion, PersonId, RecordId, RevisionId, Tier};
use safelane_model::body::Map;
use safelane_model::{Date, body};
use safelane_store::{Batch, HubDraft, Item, RecordView};

use crate::cli::Import;
use crate::office::Office;
use crate::output::Output;
use reading::{Here, Next, Source};
use worker::Limits;

/// Features that share one transaction.
const BATCH: usize = 500;

/// Reads the file and prints the totals; the report goes to `out` as JSON.
pub async fn run(office: &Office, command: &Import, out: &mut dyn Output) -> Result<()> {
    let file = File::open(&command.file).with_context(|| {
        format!(
            "{} cannot be opened; nothing was read",
            command.file.display()
        )
    })?;
    let size = file.metadata()?.len();
    let options = options(office, command).await?;
    let standard = Limits::default();
    let limits = Limits {
        memory: command.memory.unwrap_or(standard.memory),
        seconds: command.seconds.unwrap_or(standard.seconds),
    };
    let mut source = worker::read(file, size, &options, limits, out).await?;
    take(office, command, options, &mut source, (size, out)).await
}

/// The same, in this process, from bytes that this program made itself, under the name of the command's file.
pub async fn read(
    office: &Office,
    command: &Import,
    (stream, size): (impl Read + Send, u64),
    out: &mut dyn Output,
) -> Result<()> {
    let options = options(office, command).await?;
    let mut source = Here::new(stream, size, options.clone());
    take(office, command, options, &mut source, (size, out)).await
}

async fn take(
    office: &Office,
    command: &Import,
    options: Options,
    source: &mut (dyn Source + Send),
    (size, out): (u64, &mut dyn Output),
) -> Result<()> {
    let by = office
        .person_or_first_administrator(command.by.as_deref())
        .await?;
    let mut run = Run {
        office,
        options,
        by,
        dry_run: command.dry_run,
        seen: BTreeSet::new(),
        report: Report::default(),
    };
    let mut waiting = Vec::new();
    while let Some(next) = source.next()? {
        match next {
            Next::Feature(converted) => waiting.push(Ok(*converted)),
            Next::NotTaken(reason) => waiting.push(Err(reason)),
            Next::Stopped(error) if run.report.features.is_empty() && waiting.is_empty() => {
                bail!("{}: {error}. Nothing was read", command.file.display());
            }
            Next::Stopped(error) => run.report.stopped = Some(error),
            Next::End => break,
        }
        if waiting.len() >= BATCH {
            run.take(std::mem::take(&mut waiting)).await?;
            let done = (size as f64 * source.share()) as u64;
            out.progress(size + done.min(size), 2 * size);
        }
    }
    run.take(waiting).await?;
    out.progress(size, size);
    finish(&run, command, out)
}

fn finish(run: &Run<'_>, command: &Import, out: &mut dyn Output) -> Result<()> {
    let totals = run.report.totals;
    out.report(&serde_json::to_string(&run.report)?);
    let would = if command.dry_run { "Would be: " } else { "" };
    out.line(&format!(
        "{would}{} features read: {} taken, {} repaired, {} buffered, {} already there, {} not taken.",
        run.report.features.len(), totals.taken, totals.repaired, totals.buffered, totals.already_there, totals.not_taken,
    ));
    if let Some(stopped) = &run.report.stopped {
        bail!("{stopped}");
    }
    Ok(())
}

async fn options(office: &Office, command: &Import) -> Result<Options> {
    let kind = import::kind(&command.kind)?;
    let as_of = match &command.as_of {
        Some(text) => text
            .parse::<Date>()
            .with_context(|| format!("--as-of {text:?}"))?,
        None => office.today(),
    };
    let radius = office
        .programme_number("uncertainty_radius")
        .await?
        .unwrap_or(100_000);
    Ok(Options {
        kind,
        id_column: command.id.clone(),
        as_of,
        source_file: file_name(&command.file),
        uncertainty_radius: Metres::new(radius as f64 / 1_000.0),
        ledger: office.store.info().await?.ledger,
        demo: office.is_demo().await?,
    })
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned())
}

struct Run<'a> {
    office: &'a Office,
    options: Options,
    by: PersonId,
    dry_run: bool,
    seen: BTreeSet<RecordId>,
    report: Report,
}

impl Run<'_> {
    /// Takes one batch: reports each feature, appends what is new, all in one transaction.
    async fn take(&mut self, batch: Vec<Result<Converted, String>>) -> Result<()> {
        let ids: Vec<RecordId> = batch.iter().flatten().map(|one| one.record).collect();
        let there: BTreeMap<RecordId, RecordView> = self
            .office
            .store
            .views(&ids)
            .await?
            .into_iter()
            .map(|view| (view.summary.record, view))
            .collect();
        let mut items = Vec::new();
        for one in batch {
            match one {
                Err(reason) => self.report.not_taken(reason),
                Ok(one) => items.extend(self.one(&one, there.get(&one.record))?),
            }
        }
        if !self.dry_run && !items.is_empty() {
            self.office
                .store
                .append(Batch {
                    at: self.office.now(),
                    items,
                })
                .await?;
        }
        Ok(())
    }

    fn one(&mut self, one: &Converted, there: Option<&RecordView>) -> Result<Option<Item>> {
        if !self.seen.insert(one.record) {
            self.report.add(
                one,
                true,
                Some("it stands in this file more than once".into()),
            );
            return Ok(None);
        }
        let Some(view) = there else {
            self.report.add(one, false, None);
            return Ok(Some(self.draft(one, Vec::new())?));
        };
        if view
            .bodies
            .iter()
            .filter_map(|body| body.body.as_ref())
            .any(|body| same(body, &one.body))
        {
            self.report.add(one, true, None);
            return Ok(None);
        }
        let reason = "changed since it was read last; where less ground would be hazardous it waits for review";
        self.report.add(one, false, Some(reason.into()));
        Ok(Some(self.draft(one, view.summary.officials.clone())?))
    }

    fn draft(&self, one: &Converted, parents: Vec<RevisionId>) -> Result<Item> {
        let body = safelane_ledger::body::encode_body(&one.body, self.office.salt())?;
        Ok(Item::from(HubDraft {
            record: one.record,
            kind: KindVersion::new(self.options.kind.name, self.options.kind.version)?,
            act: Act::Import,
            parents,
            bodies: BTreeMap::from([(Tier::T1, body)]),
            submission: None,
            author: self.by,
        }))
    }
}

/// Whether two bodies say the same of the world: file name, date of information and salt aside.
fn same(held: &Map, read: &body::Body) -> bool {
    let aside = |key: &str| matches!(key, "salt" | "as_of" | "source_file");
    let count = |map: &Map| map.keys().filter(|key| !aside(key)).count();
    count(held) == count(read)
        && held
            .iter()
            .all(|(key, value)| aside(key) || read.get(key) == Some(value))
}
