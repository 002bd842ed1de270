//! `safelane report`: tables that add up, from the same accounts as the desk's.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use safelane_model::Date;
use safelane_rules::accounts::{By, Line};
use safelane_rules::content::Class;
use safelane_server::board::{Board, BoardData};

use crate::cli::{Report, WhichReport};
use crate::office::Office;
use crate::output::Output;

/// Heads of the land-release table; all figures in m².
const HEADS: [&str; 15] = [
    "district",
    "class",
    "opening",
    "new",
    "enlarged",
    "re-opened",
    "cancelled",
    "reduced",
    "cleared",
    "reclassified",
    "corrected",
    "remaining",
    "worked, not released",
    "cleared outside",
    "areas",
];

/// Prints the report as tab-separated text.
pub async fn run(office: &Office, command: &Report, out: &mut dyn Output) -> Result<()> {
    let WhichReport::LandRelease = command.which;
    let to = day(command.to.as_deref(), "--to")?.unwrap_or(office.today());
    let from = match day(command.from.as_deref(), "--from")? {
        Some(from) => from,
        None => to.plus_days(-365)?,
    };
    if from > to {
        bail!("--from {from} is after --to {to}");
    }
    let board = Arc::new(Board::load(&*office.store, office.today()).await?);
    if office.is_demo().await? {
        out.line("DEMO: everything in this report is made up.");
    }
    out.line(&format!("Land release, m², after {from} up to {to}, as known to this office server at log entry {}.", board.upto()));
    if board.settings().rules.one_person_release {
        out.line("In this programme one person may release.");
    }
    for line in board.read(|data| lines(data, from, to)) {
        out.line(&line);
    }
    Ok(())
}

fn day(text: Option<&str>, name: &str) -> Result<Option<Date>> {
    text.map(|text| text.parse().with_context(|| format!("{name} {text:?}")))
        .transpose()
}

fn lines(data: &BoardData, from: Date, to: Date) -> Vec<String> {
    let totals = data.books().totals(from, to, By::DistrictAndClass);
    let mut lines = vec![HEADS.join("\t")];
    for ((district, class), line) in &totals.lines {
        let name = district.map_or_else(
            || "(no district)".to_owned(),
            |district| data.name_of(district),
        );
        lines.push(row(&name, class.map_or("all", Class::code), line));
    }
    lines.push(row("all", "all", &totals.all));
    let waiting = data.books().waiting();
    lines.push(format!(
        "Waiting for a decision: cancelled {}, reduced {}, cleared {}.",
        metres(waiting.cancelled),
        metres(waiting.reduced),
        metres(waiting.cleared),
    ));
    lines.push(format!(
        "Claimed by imported sources, cutting nothing: {}.",
        metres(data.books().claimed())
    ));
    lines
}

fn row(name: &str, class: &str, line: &Line) -> String {
    let figures = [
        line.opening,
        line.new,
        line.enlarged,
        line.re_opened,
        line.cancelled,
        line.reduced,
        line.cleared,
        line.reclassified,
        line.corrected,
        line.closing,
        line.worked,
        line.outside,
    ];
    let mut cells = vec![name.to_owned(), class.to_owned()];
    cells.extend(figures.map(metres));
    cells.push(line.areas.to_string());
    cells.join("\t")
}

/// dm² as m² with two decimals, so that sums can be checked by hand.
fn metres(dm2: i64) -> String {
    let sign = if dm2 < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", dm2.abs() / 100, dm2.abs() % 100)
}
