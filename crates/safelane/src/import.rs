//! `safelane import`: features of a file into the ledger, signed by the hub's key.
//!
//! A file of somebody else's is read by a process of its own ([`worker`]); what it made of each feature
//! is appended here, batch after batch: while one is written to the disk, the next is read.

mod batch;
mod reading;
pub mod worker;

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use safelane_exchange::import::{self, FeatureReport, Options, Outcome, Report};
use safelane_geometry::Metres;
use safelane_ledger::{Act, KindVersion, PersonId, RecordId, RevisionId, Tier};
use safelane_model::Date;
use safelane_model::body::Map;
use safelane_store::{Batch, HubDraft, Item, Limit, RecordView};

use crate::cli::Import;
use crate::office::Office;
use crate::output::Output;
use batch::{Reader, Ready};
use reading::{Here, Source};
use worker::Limits;

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
    let source = worker::read(file, size, &options, limits, out).await?;
    take(office, command, options, source, (size, out)).await
}

/// The same, in this process, from bytes that this program made itself, under the name of the command's file.
pub async fn read(
    office: &Office,
    command: &Import,
    (stream, size): (impl Read + Send + 'static, u64),
    out: &mut dyn Output,
) -> Result<()> {
    let options = options(office, command).await?;
    let source = Here::new(stream, size, options.clone());
    take(office, command, options, source, (size, out)).await
}

async fn take(
    office: &Office,
    command: &Import,
    options: Options,
    source: impl Source + Send + 'static,
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
        told: command.report.is_some().then(Vec::new),
        seen: HashSet::new(),
        report: Report::default(),
    };
    let mut reader = Reader::start(source, office.clone());
    while let Some(batch) = reader.next().await? {
        if let Some(error) = batch.stopped {
            if run.report.read == 0 && batch.features.is_empty() {
                bail!("{}: {error}. Nothing was read", command.file.display());
            }
            run.report.stopped = Some(error);
        }
        run.take(batch.features).await?;
        run.tell(out)?;
        let done = (size as f64 * batch.share) as u64;
        out.progress(size + done.min(size), 2 * size);
    }
    out.progress(size, size);
    finish(&mut run, command, out)
}

fn finish(run: &mut Run<'_>, command: &Import, out: &mut dyn Output) -> Result<()> {
    run.tell_end(out)?;
    let totals = run.report.totals;
    let would = if command.dry_run { "Would be: " } else { "" };
    out.line(&format!(
        "{would}{} features read: {} taken, {} repaired, {} buffered, {} already there, {} not taken.",
        run.report.read, totals.taken, totals.repaired, totals.buffered, totals.already_there, totals.not_taken,
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
    /// Lines of the report that have not been told yet, if anybody wants them.
    told: Option<Vec<FeatureReport>>,
    seen: HashSet<RecordId>,
    report: Report,
}

impl Run<'_> {
    /// Takes one batch: counts each feature, appends what is new, all in one transaction.
    async fn take(&mut self, batch: Vec<Result<Ready, String>>) -> Result<()> {
        let ids: Vec<RecordId> = batch.iter().flatten().map(|one| one.record).collect();
        let mut there: BTreeMap<RecordId, RecordView> = BTreeMap::new();
        for ids in ids.chunks(Limit::MAX.get() as usize) {
            let views = self.office.store.views(ids).await?;
            there.extend(views.into_iter().map(|view| (view.summary.record, view)));
        }
        let mut items = Vec::with_capacity(batch.len());
        for one in batch {
            match one {
                Err(reason) => self.count(FeatureReport::not_taken(reason)),
                Ok(one) => {
                    let view = there.get(&one.record);
                    items.extend(self.one(one, view)?);
                }
            }
        }
        if !self.dry_run && !items.is_empty() {
            let at = self.office.now();
            self.office.store.append(Batch { at, items }).await?;
        }
        Ok(())
    }

    fn one(&mut self, one: Ready, there: Option<&RecordView>) -> Result<Option<Item>> {
        let already_there = |line: FeatureReport| FeatureReport {
            outcome: Outcome::AlreadyThere,
            ..line
        };
        if !self.seen.insert(one.record) {
            let reason = "it stands in this file more than once".to_owned();
            self.count(already_there(FeatureReport {
                reason: Some(reason),
                ..one.line
            }));
            return Ok(None);
        }
        let Some(view) = there else {
            let item = self.draft(one.record, one.body, Vec::new())?;
            self.count(one.line);
            return Ok(Some(item));
        };
        let held = (view.bodies.iter()).filter_map(|body| body.body.as_ref());
        if same_as_any(held, &one.text)? {
            self.count(already_there(one.line));
            return Ok(None);
        }
        let reason = "changed since it was read last; where less ground would be hazardous it waits for review";
        let item = self.draft(one.record, one.body, view.summary.officials.clone())?;
        self.count(FeatureReport {
            reason: Some(reason.to_owned()),
            ..one.line
        });
        Ok(Some(item))
    }

    fn count(&mut self, line: FeatureReport) {
        let line = self.report.count(line);
        self.told
            .iter_mut()
            .for_each(|told| told.push(line.clone()));
    }

    fn draft(&self, record: RecordId, body: Vec<u8>, parents: Vec<RevisionId>) -> Result<Item> {
        Ok(Item::from(HubDraft {
            record,
            kind: KindVersion::new(self.options.kind.name, self.options.kind.version)?,
            act: Act::Import,
            parents,
            bodies: BTreeMap::from([(Tier::T1, body)]),
            submission: None,
            author: self.by,
        }))
    }

    /// Tells the lines since the last call.
    fn tell(&mut self, out: &mut dyn Output) -> Result<()> {
        let Some(told) = &mut self.told else {
            return Ok(());
        };
        let mut text = String::new();
        for line in told.drain(..) {
            text.push_str(if line.position == 1 { BEGIN } else { "," });
            text.push_str(&serde_json::to_string(&line)?);
        }
        out.report(&text);
        Ok(())
    }

    /// Tells what comes after the lines.
    fn tell_end(&mut self, out: &mut dyn Output) -> Result<()> {
        if self.told.is_none() {
            return Ok(());
        }
        let begin = if self.report.read == 0 { BEGIN } else { "" };
        let totals = serde_json::to_string(&self.report.totals)?;
        let mut text = format!("{begin}],\"totals\":{totals}");
        if let Some(stopped) = &self.report.stopped {
            text.push_str(&format!(",\"stopped\":{}", serde_json::to_string(stopped)?));
        }
        text.push('}');
        out.report(&text);
        out.report_ends();
        Ok(())
    }
}

/// What a report begins with, before its lines.
const BEGIN: &str = "{\"features\":[";

/// Whether a body that was read as JSON says the same of the world as one that is held: file name, date
/// of information and salt aside.
fn same_as_any<'m>(mut held: impl Iterator<Item = &'m Map>, read: &[u8]) -> Result<bool> {
    let read: Map = serde_json::from_slice(read)?;
    let aside = |key: &str| matches!(key, "salt" | "as_of" | "source_file");
    let count = |map: &Map| map.keys().filter(|key| !aside(key)).count();
    let wanted = count(&read);
    Ok(held.any(|held| {
        count(held) == wanted
            && held
                .iter()
                .all(|(key, value)| aside(key) || read.get(key) == Some(value))
    }))
}
