//! Features on their way into the ledger, batch after batch: the next one is read and given its salt
//! while the one before it is written.

use anyhow::{Context as _, Result, ensure};
use safelane_exchange::import::FeatureReport;
use safelane_ledger::canonical::{self, Value};
use safelane_ledger::{MAX_BODY_BYTES, RecordId, salt_body};
use tokio::task::{JoinHandle, spawn_blocking};

use super::reading::{Feature, Next, Source};
use crate::office::Office;

/// Features that share one transaction: the more, the less is written for each of them; others who
/// write wait that long.
const FEATURES: usize = 2_000;
/// Bytes of bodies after which a transaction takes no further feature.
const BYTES: usize = 4 * 1024 * 1024;

/// A feature that only lacks its place in the hub's chain.
pub struct Ready {
    /// Its record.
    pub record: RecordId,
    /// What the report is to say.
    pub line: FeatureReport,
    /// The body as it was read.
    pub text: Vec<u8>,
    /// Its canonical bytes, salted.
    pub body: Vec<u8>,
}

/// Some features in the order of their file.
pub struct Batch {
    /// Those that became a body, and why the others did not.
    pub features: Vec<Result<Ready, String>>,
    /// Why reading stopped behind them, before the end of the file.
    pub stopped: Option<String>,
    /// How much of the file has been read with them, from 0 to 1.
    pub share: f64,
}

/// Reads one batch ahead.
pub struct Reader<S> {
    office: Office,
    next: Option<JoinHandle<Result<(Batch, Option<S>)>>>,
}

impl<S: Source + Send + 'static> Reader<S> {
    /// Begins to read.
    pub fn start(source: S, office: Office) -> Self {
        let next = Some(ahead(source, office.clone()));
        Self { office, next }
    }

    /// The next batch; none after the last. The one behind it is read from here on.
    pub async fn next(&mut self) -> Result<Option<Batch>> {
        let Some(reading) = self.next.take() else {
            return Ok(None);
        };
        let (batch, source) = reading.await.context("reading on broke off")??;
        self.next = source.map(|source| ahead(source, self.office.clone()));
        Ok(Some(batch))
    }
}

fn ahead<S: Source + Send + 'static>(
    mut source: S,
    office: Office,
) -> JoinHandle<Result<(Batch, Option<S>)>> {
    spawn_blocking(move || {
        let (batch, ended) = read(&mut source, &office)?;
        Ok((batch, (!ended).then_some(source)))
    })
}

/// One batch, and whether the source ends behind it.
fn read(source: &mut impl Source, office: &Office) -> Result<(Batch, bool)> {
    let mut features = Vec::with_capacity(FEATURES);
    let mut stopped = None;
    let mut bytes = 0;
    let mut ended = false;
    while features.len() < FEATURES && bytes < BYTES && !ended {
        match source.next()? {
            Some(Next::Feature(feature)) => {
                bytes += feature.body.len();
                features.push(Ok(ready(*feature, office)?));
            }
            Some(Next::NotTaken(reason)) => features.push(Err(reason)),
            Some(Next::Stopped(error)) => stopped = Some(error),
            Some(Next::End) | None => ended = true,
        }
    }
    let batch = Batch {
        features,
        stopped,
        share: source.share(),
    };
    Ok((batch, ended))
}

/// Checks the body's form, whoever wrote it, and gives it its salt.
fn ready(feature: Feature, office: &Office) -> Result<Ready> {
    let Value::Object(fields) = canonical::parse(&feature.body)? else {
        anyhow::bail!("a body is an object");
    };
    let body = salt_body(fields, office.salt());
    ensure!(body.len() <= MAX_BODY_BYTES, "a body is too large");
    Ok(Ready {
        record: feature.record,
        line: feature.line,
        text: feature.body,
        body,
    })
}
