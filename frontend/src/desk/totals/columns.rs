//! The columns of the totals, by how its lines are made.

use leptos::prelude::*;
use safelane_wire::desk::TotalsRow;

use crate::components::table::Column;
use crate::field::engine::Engine;
use crate::field::words;
use crate::i18n::{format, label, text};

/// One column of figures.
#[derive(Clone, Copy)]
pub struct Col {
    /// The hub's code for it; none for a sum of others.
    pub code: &'static str,
    /// The key of its head.
    pub head: &'static str,
    /// Its figure as it is shown: what takes away is negative.
    value: fn(&TotalsRow) -> i64,
}

impl Col {
    /// Whether it counts areas, where the others hold dm².
    pub fn is_count(&self) -> bool {
        self.code == "areas"
    }

    /// The figure, dm² or a count.
    pub fn value(&self, row: &TotalsRow) -> i64 {
        (self.value)(row)
    }

    /// The figure in whole m², as it stands in the table.
    pub fn shown(&self, row: &TotalsRow) -> String {
        let value = self.value(row);
        format::number(if self.is_count() {
            value
        } else {
            (value + 50 * value.signum()) / 100
        })
    }
}

const fn col(code: &'static str, head: &'static str, value: fn(&TotalsRow) -> i64) -> Col {
    Col { code, head, value }
}

/// The columns of the identity, and those beside it.
fn identity() -> Vec<Col> {
    vec![
        col("opening", key!("desk.totals.opening"), |row| row.opening),
        col("new", key!("desk.totals.new"), |row| row.new),
        col("enlarged", key!("desk.totals.enlarged"), |row| row.enlarged),
        col("re-opened", key!("desk.totals.re_opened"), |row| {
            row.re_opened
        }),
        col("cancelled", key!("desk.totals.cancelled"), |row| {
            -row.cancelled
        }),
        col("reduced", key!("desk.totals.reduced"), |row| -row.reduced),
        col("cleared", key!("desk.totals.cleared"), |row| -row.cleared),
        col("reclassified", key!("desk.totals.reclassified"), |row| {
            row.reclassified
        }),
        col("corrected", key!("desk.totals.corrected"), |row| {
            row.corrected
        }),
        col("closing", key!("desk.totals.closing"), |row| row.closing),
        col("worked", key!("desk.totals.worked"), |row| row.worked),
        col("outside", key!("desk.totals.outside"), |row| row.outside),
        col("areas", key!("desk.totals.areas"), |row| {
            i64::from(row.areas)
        }),
    ]
}

/// What organisations released: nobody opens or closes an area for one.
fn released() -> Vec<Col> {
    vec![
        col("cancelled", key!("desk.totals.cancelled"), |row| {
            row.cancelled
        }),
        col("reduced", key!("desk.totals.reduced"), |row| row.reduced),
        col("cleared", key!("desk.totals.cleared"), |row| row.cleared),
        col("outside", key!("desk.totals.outside"), |row| row.outside),
    ]
}

/// The columns of figures.
pub fn columns_of(by: &str) -> Vec<Col> {
    if by == "organisation" {
        released()
    } else {
        identity()
    }
}

/// The heads of a table: what its lines are about, then the figures.
pub fn head_of(by: &str, columns: &[Col]) -> Vec<Column> {
    let mut heads = match by {
        "district" => vec![
            Column::text(t!("desk.totals.district")),
            Column::text(t!("desk.totals.class")),
        ],
        "organisation" => vec![Column::text(t!("desk.totals.organisation"))],
        "class" => vec![Column::text(t!("desk.totals.class"))],
        _ => vec![Column::text("")],
    };
    heads.extend((columns.iter()).map(|column| Column::number(text(column.head))));
    heads
}

/// What a line is about: its district, organisation or class.
pub fn group_of(row: &TotalsRow, by: &str) -> String {
    let is_sum = row.class == "all";
    match by {
        _ if is_sum => t!("desk.totals.all").to_owned(),
        "district" if row.district.is_none() => t!("desk.totals.no_district").to_owned(),
        "organisation" if row.organisation.is_none() => {
            t!("desk.totals.no_organisation").to_owned()
        }
        "class" => class_of(row),
        _ => local_name(row),
    }
}

/// The district's or organisation's name in the reader's language where this device has it, else the hub's.
fn local_name(row: &TotalsRow) -> String {
    let record = row.district.or(row.organisation);
    let local = record.and_then(|record| {
        use_context::<Engine>()?
            .world
            .with_untracked(|world| world.get(record).map(words::name))
    });
    local.unwrap_or_else(|| row.name.clone())
}

/// The class of a line in words.
pub fn class_of(row: &TotalsRow) -> String {
    match row.class.as_str() {
        "all" | "" => String::new(),
        class => label(&format!("code.classification.{class}")),
    }
}

/// A line's name in one piece: "Upper Lane · Confirmed".
pub fn name_of(row: &TotalsRow, by: &str) -> String {
    let group = group_of(row, by);
    let class = class_of(row);
    if by == "district" && !class.is_empty() {
        format!("{group} · {class}")
    } else {
        group
    }
}
