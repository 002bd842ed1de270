//! One table: what is wanted, what was measured by size, how it grows, and the peers.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// One line of the table.
struct Budget {
    /// What the line says.
    what: &'static str,
    /// The figure's `row`.
    row: &'static str,
    /// The key in it.
    key: &'static str,
    /// What the design wants (section 10).
    must: &'static str,
    /// The key of the cost of one unit, which says how it grows.
    each: Option<&'static str>,
    /// How the peers name it: the start of `bench`, and the key.
    peer: Option<(&'static str, &'static str)>,
}

const fn line(
    what: &'static str,
    row: &'static str,
    key: &'static str,
    must: &'static str,
) -> Budget {
    Budget {
        what,
        row,
        key,
        must,
        each: None,
        peer: None,
    }
}

impl Budget {
    const fn each(mut self, key: &'static str) -> Self {
        self.each = Some(key);
        self
    }

    const fn peer(mut self, bench: &'static str, key: &'static str) -> Self {
        self.peer = Some((bench, key));
        self
    }
}

const BUDGETS: &[Budget] = &[
    line(
        "push by 500, revisions/s",
        "push, batches of 500",
        "per_second",
        "≥ 8,000",
    )
    .each("cpu_us_each"),
    line(
        "push one by one, 200 clients, /s",
        "push, single from 200 clients",
        "per_second",
        "≥ 3,000",
    )
    .each("cpu_us_each"),
    line(
        "accounts from nothing, s",
        "accounts from nothing",
        "seconds",
        "≤ 2 at M",
    )
    .each("us_per_area")
    .peer("a1 per", "med_s"),
    line(
        "after one change, ms",
        "accounts from nothing",
        "one_change_ms",
        "≤ 5 at M",
    ),
    line(
        "national totals, s",
        "national totals, nothing twice",
        "seconds",
        "≤ 4 at M",
    )
    .peer("a2 ", "med_s"),
    line(
        "nearest, 10,000 points (S: 1,000), s",
        "nearest hazardous area",
        "seconds",
        "≤ 0.1 at L",
    )
    .each("us_per_point")
    .peer("b1 ", "med_s"),
    line(
        "1,000 routes within 100 m, s",
        "routes within 100 m",
        "seconds",
        "≤ 0.15 at L",
    )
    .each("us_per_route")
    .peer("b2 ", "med_s"),
    line(
        "import of the areas, s",
        "import hazards",
        "seconds",
        "≤ 30 at L",
    )
    .each("us_per_feature"),
    line(
        "import of the releases, s",
        "import releases",
        "seconds",
        "",
    )
    .each("us_per_feature"),
    line(
        "hub's memory after it, MB",
        "hub after import",
        "rss_MB",
        "≤ 250 at L",
    ),
    line(
        "hub's peak while importing, MB",
        "hub after import",
        "peak_MB",
        "≤ 150 at L",
    ),
    line("bytes on disk, MB", "hub after import", "disk_MB", "").each("disk_bytes_per_feature"),
    line(
        "tiles z6 cold p99, ms",
        "tiles z6, cold",
        "p99_ms",
        "≤ 150 at L",
    )
    .peer("c tiles", "p99_ms"),
    line(
        "tiles z7 cold p99, ms",
        "tiles z7, cold",
        "p99_ms",
        "≤ 150 at L",
    ),
    line(
        "tiles z8 cold p99, ms",
        "tiles z8, cold",
        "p99_ms",
        "≤ 50 at L",
    ),
    line(
        "tiles z10 cold p99, ms",
        "tiles z10, cold",
        "p99_ms",
        "≤ 50 at L",
    ),
    line(
        "tiles z12 cold p99, ms",
        "tiles z12, cold",
        "p99_ms",
        "≤ 50 at L",
    ),
    line(
        "tiles z14 cold p99, ms",
        "tiles z14, cold",
        "p99_ms",
        "≤ 50 at L",
    ),
    line(
        "largest tile z7, kB",
        "tiles z7, cold",
        "largest_kB",
        "≤ 500",
    ),
    line(
        "tiles cached, 8 connections, /s",
        "tiles, cached, 8 connections",
        "per_second",
        "≥ 90 cold",
    ),
    line(
        "OGC items p50, ms",
        "OGC items, bbox, limit 100",
        "p50_ms",
        "≤ 2 at L",
    )
    .peer("d items", "p50_ms"),
    line(
        "OGC items p99, ms",
        "OGC items, bbox, limit 100",
        "p99_ms",
        "≤ 10 at L",
    )
    .peer("d items", "p99_ms"),
    line(
        "OGC items, 8 connections, /s",
        "OGC items, 8 connections",
        "per_second",
        "≥ 1,500 at L",
    ),
    line(
        "cold start, sign-in usable, s",
        "cold start, sign-in usable",
        "seconds",
        "≤ 4",
    ),
    line(
        "warm start without network, s",
        "warm start, no network, Today usable",
        "seconds",
        "≤ 1",
    ),
    line(
        "find to alarm, slowest, s",
        "from a find to the alarm",
        "seconds",
        "≤ 5",
    ),
    line(
        "field, first load, kB brotli",
        "payload, field, first load",
        "brotli_kB",
        "≤ 300",
    ),
];

/// Prints it, figures of a size in its column and others in the first; per unit below each other.
pub fn print(figures: &[Value], peers: &[Value], sizes: &[&str]) {
    println!(
        "\n{:<38}{:>14}{}   per unit by size",
        "",
        "must",
        columns(sizes.iter().copied())
    );
    for budget in BUDGETS {
        let of = |size: &str, key: &str| value(figures, budget.row, size, key);
        let shown =
            |key: &str| -> Vec<Option<f64>> { sizes.iter().map(|size| of(size, key)).collect() };
        let mine = shown(budget.key);
        let values = mine
            .iter()
            .map(|one| one.map_or_else(|| "–".to_owned(), number));
        let each = budget.each.map_or_else(Vec::new, shown);
        let each: Vec<String> = each.into_iter().flatten().map(number).collect();
        let more = each.first().map_or_else(String::new, |_| {
            format!("{} {}", budget.each.unwrap_or_default(), each.join(", "))
        });
        println!(
            "{:<38}{:>14}{}   {more}",
            budget.what,
            budget.must,
            columns(values)
        );
        if let Some((bench, key)) = budget.peer {
            beside(peers, (bench, key), sizes, &mine);
        }
    }
}

/// Each peer's figures in the same columns, and how many times ours they are.
fn beside(peers: &[Value], (bench, key): (&str, &str), sizes: &[&str], mine: &[Option<f64>]) {
    let is_it = |one: &&Value| {
        one["bench"]
            .as_str()
            .is_some_and(|name| name.starts_with(bench))
            && one[key].is_number()
    };
    let mut names: Vec<(&str, &str)> = (peers.iter().filter(is_it))
        .filter_map(|one| Some((one["peer"].as_str()?, one["bench"].as_str()?)))
        .collect();
    names.sort_unstable();
    names.dedup();
    for (peer, name) in names {
        let found = |size: &&str| {
            let is_one =
                |one: &&Value| one["peer"] == peer && one["bench"] == name && one["size"] == **size;
            peers
                .iter()
                .filter(is_it)
                .filter(is_one)
                .find_map(|one| one[key].as_f64())
        };
        let theirs: Vec<Option<f64>> = sizes.iter().map(found).collect();
        let ratios = theirs
            .iter()
            .zip(mine)
            .map(|(theirs, mine)| match (theirs, mine) {
                (Some(theirs), Some(mine)) if *mine > 0.0 => format!("{:.1} x", theirs / mine),
                _ => "–".to_owned(),
            });
        let ratios = ratios.collect::<Vec<_>>().join(", ");
        let values = theirs
            .iter()
            .map(|one| one.map_or_else(|| "–".to_owned(), number));
        println!(
            "{:<38}{:>14}{}   {ratios} ours ({name})",
            format!("    {peer}"),
            "",
            columns(values)
        );
    }
}

/// A sum that ours and a peer's must give alike: `row` and keys of ours, `bench` and places in the
/// peer's `check`. PostGIS counts areas first, the others do not.
const SUMS: &[(&str, &[&str], &str, &str, &[usize])] = &[
    (
        "accounts from nothing",
        &["opening_m2", "closing_m2"],
        "a1 per",
        "shapely2+pyproj",
        &[0, 1],
    ),
    (
        "accounts from nothing",
        &["opening_m2", "closing_m2"],
        "a1 per",
        "duckdb-spatial 1 thr",
        &[1, 2],
    ),
    (
        "accounts from nothing",
        &["opening_m2", "closing_m2"],
        "a1 per",
        "postgis",
        &[1, 2],
    ),
    ("routes within 100 m", &["pairs"], "b2 ", "postgis", &[0]),
];

/// How far ours may lie from a peer's, relative.
const MAY_DIFFER: f64 = 1e-6;

/// Holds what was computed against what the peers computed of the same data; an error when a sum
/// differs by more than a millionth.
pub fn agree(figures: &[Value], peers: &[Value], sizes: &[&str]) -> Result<()> {
    for (row, keys, bench, peer, places) in SUMS {
        for size in sizes {
            let is_it = |one: &&Value| {
                one["peer"] == *peer
                    && one["size"] == **size
                    && one["bench"]
                        .as_str()
                        .is_some_and(|name| name.starts_with(bench))
            };
            let Some(theirs) = peers.iter().find(is_it) else {
                continue;
            };
            for (key, place) in keys.iter().zip(*places) {
                let mine = value(figures, row, size, key)
                    .with_context(|| format!("no figure {row}, {key}"))?;
                let theirs = theirs["check"][place]
                    .as_f64()
                    .with_context(|| format!("{peer} gives no check sum"))?;
                let differs = (mine / theirs - 1.0).abs();
                println!("{size}: {key} {mine:.2}, {peer} {theirs:.2}: differ by {differs:.0e}");
                ensure!(
                    differs <= MAY_DIFFER,
                    "{row}, size {size}: {key} is {mine}, and {peer} says {theirs}"
                );
            }
        }
    }
    Ok(())
}

/// The worst of the figures of a row and size, where it was measured several times; one without a
/// size stands in the first column.
fn value(figures: &[Value], row: &str, size: &str, key: &str) -> Option<f64> {
    let of_size = |one: &&Value| match one["size"].as_str() {
        Some(own) => own == size,
        None => size == super::SIZES[0],
    };
    let rows = figures.iter().filter(|one| one["row"] == row);
    rows.filter(of_size)
        .filter_map(|one| one[key].as_f64())
        .reduce(f64::max)
}

fn columns(values: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    values
        .into_iter()
        .map(|value| format!("{:>12}", value.as_ref()))
        .collect()
}

fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}
