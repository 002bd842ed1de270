//! `safelane export`: records of one kind to GeoJSON or CSV.

use std::io::Write;

use anyhow::{Context as _, Result};
use safelane_exchange::export::{Format, Record, write};
use safelane_model::kinds;
use safelane_store::{Limit, RecordFilter};

use crate::cli::{Export, ExportFormat};
use crate::office::Office;

/// Writes all records of the kind that stand or are reported; returns how many.
pub async fn run(office: &Office, command: &Export, out: &mut (impl Write + Send)) -> Result<u64> {
    let kind = kinds::find(&command.kind).with_context(|| {
        let names: Vec<&str> = kinds::ALL.iter().map(|kind| kind.name).collect();
        format!(
            "{:?} is no kind; these are: {}",
            command.kind,
            names.join(", ")
        )
    })?;
    let format = match command.format {
        ExportFormat::Geojson => Format::GeoJson,
        ExportFormat::Csv => Format::Csv,
    };
    let demo = office.is_demo().await?;
    let records = all(office, kind.name).await?;
    Ok(write(kind, format, demo, records.into_iter(), out)?)
}

/// Every record of a kind that has not left the record, as it is shown.
pub async fn all(office: &Office, kind: &str) -> Result<Vec<Record>> {
    let filter = RecordFilter {
        kinds: vec![kind.to_owned()],
        without_ended: true,
        order: safelane_store::Order::Oldest,
        ..RecordFilter::default()
    };
    let mut records = Vec::new();
    let mut after = None;
    loop {
        let page = office.store.records(&filter, after, Limit::MAX).await?;
        let ids: Vec<_> = page.items.iter().map(|summary| summary.record).collect();
        for view in office.store.views(&ids).await? {
            let Some(body) = view.body().cloned() else {
                continue;
            };
            records.push(Record {
                id: view.summary.record.to_string(),
                reference: view.summary.reference.as_ref().map(ToString::to_string),
                standing: view.summary.standing.as_str().to_owned(),
                body,
            });
        }
        after = page.next;
        if after.is_none() {
            return Ok(records);
        }
    }
}
