//! The table as a file: figures in m² with two decimals, so that sums can be checked by hand, and below them what the
//! figures are: period, dates, method, as known when (`domain.md` 4.9).

use safelane_wire::desk::{Totals, TotalsRow};

use super::columns::{Col, class_of, columns_of, group_of, head_of};
use crate::i18n::{format, label};
use crate::platform::files;

/// Offers the table as a download.
pub fn save(totals: &Totals, demo: bool, known: &str) {
    let text = table(totals, demo, known);
    if files::save(
        &name(totals, demo),
        "text/csv;charset=utf-8",
        text.as_bytes(),
    )
    .is_err()
    {
        leptos::logging::warn!("the browser saved no file");
    }
}

fn name(totals: &Totals, demo: bool) -> String {
    let mark = if demo { "DEMO_" } else { "" };
    let known = totals
        .known
        .as_ref()
        .map_or_else(String::new, |known| format!("_known-{}", known.day));
    format!(
        "{mark}land-release_{}_{}{known}.csv",
        totals.from, totals.to
    )
}

fn table(totals: &Totals, demo: bool, known: &str) -> String {
    let columns = columns_of(&totals.by);
    let heads: Vec<String> = (head_of(&totals.by, &columns).into_iter())
        .map(|head| head.label)
        .collect();
    let mut lines = vec![heads];
    lines.extend((totals.rows.iter()).map(|row| cells(row, &totals.by, &columns)));
    lines.push(Vec::new());
    lines.extend(
        foot(totals, known)
            .into_iter()
            .map(|text| vec![guarded(&text)]),
    );
    let mut text = String::from('\u{feff}');
    for mut line in lines {
        if demo && !line.is_empty() {
            line.insert(0, "DEMO".to_owned());
        }
        let quoted: Vec<String> = line.iter().map(|cell| quoted(cell)).collect();
        text += &quoted.join(",");
        text += "\r\n";
    }
    text
}

fn cells(row: &TotalsRow, by: &str, columns: &[Col]) -> Vec<String> {
    let mut cells = vec![guarded(&group_of(row, by))];
    if by == "district" {
        cells.push(guarded(&class_of(row)));
    }
    cells.extend((columns.iter()).map(|column| {
        let value = column.value(row);
        if column.is_count() {
            value.to_string()
        } else {
            metres(value)
        }
    }));
    cells
}

fn foot(totals: &Totals, known: &str) -> Vec<String> {
    let mut foot = vec![
        t!(
            "desk.totals.period",
            from = format::date(&totals.from),
            to = format::date(&totals.to)
        ),
        known.to_owned(),
        t!("desk.totals.dates").to_owned(),
        t!("desk.totals.method").to_owned(),
        t!("desk.map.absence").to_owned(),
    ];
    for (what, area) in &totals.waiting {
        let what = label(&format!("desk.area.{what}"));
        foot.push(format!(
            "{} {what} {}",
            t!("desk.totals.waiting"),
            metres(*area)
        ));
    }
    if totals.one_person_release {
        foot.push(t!("desk.totals.one_person").to_owned());
    }
    foot
}

/// dm² as m² with two decimals and a point, whatever the language: programs read it.
fn metres(dm2: i64) -> String {
    let sign = if dm2 < 0 { "-" } else { "" };
    let size = dm2.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

/// A text that no spreadsheet takes for a formula; figures do not come here, so −69.2 stays what it is.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stay_figures_and_texts_are_no_formulas() {
        assert_eq!(
            [metres(-6_920), metres(5), metres(0)],
            ["-69.20", "0.05", "0.00"]
        );
        assert_eq!(guarded("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(guarded("Upper Lane"), "Upper Lane");
        assert_eq!(quoted("a, \"b\""), "\"a, \"\"b\"\"\"");
    }
}
