//! `cargo xtask bench [--size S|M|L] [--peers]`: the figures of the budgets, measured on this
//! machine with release builds, beside the peers in the same call.
//!
//! Every measuring program prints one line of JSON for each figure, with `row` naming it. They are
//! gathered into `bench.json` in the target folder, and into one table with what the design wants.

mod peers;
mod table;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::command::{cargo, command, run, run_and_read, say};
use crate::setup::wasm::Way;
use crate::web::Mode;
use crate::{figures, places, setup, web};

const BUILD_LIMIT: Duration = Duration::from_hours(1);
const BENCH_LIMIT: Duration = Duration::from_hours(1);

/// Sizes of generated countries: 1,000, 20,000 and 200,000 hazardous areas.
const SIZES: [&str; 3] = ["S", "M", "L"];

/// Measured in a browser, each by a script that says what it needs.
const IN_A_BROWSER: [(&str, &str); 3] = [
    ("cold and warm start", "tests/start.mjs"),
    (
        "from a find in released ground to the alarm",
        "tests/alarm.mjs",
    ),
    ("the stops of the tour, CPU 4x slower", "tests/tour.mjs"),
];

/// What was asked for on the command line.
struct Asked {
    sizes: &'static [&'static str],
    peers: bool,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self> {
        let mut asked = Self {
            sizes: &SIZES[..1],
            peers: false,
        };
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            match argument {
                "--peers" => asked.peers = true,
                "--size" => {
                    let size = arguments.next().context("--size wants S, M or L")?;
                    let last = SIZES.iter().position(|one| *one == size);
                    let last =
                        last.with_context(|| format!("there is no size `{size}`: S, M or L"))?;
                    asked.sizes = &SIZES[..=last];
                }
                other => bail!("`bench` takes --size S|M|L and --peers, not `{other}`"),
            }
        }
        Ok(asked)
    }
}

/// The figures of one call.
#[derive(Default)]
struct Figures(Vec<Value>);

impl Figures {
    /// Runs a measuring program and keeps what it prints as figures.
    fn of(&mut self, program: std::process::Command, size: Option<&str>) -> Result<()> {
        run_and_read(program, BENCH_LIMIT, |line| {
            let figure = serde_json::from_str::<Value>(line);
            if let Some(mut figure) = figure.ok().filter(|figure| figure["row"].is_string()) {
                if let Some(size) = size {
                    figure["size"] = json!(size);
                }
                self.0.push(figure);
            }
        })
    }
}

/// Measures everything up to a size, from the smallest on, so that growth is seen.
pub fn everything(arguments: &[String]) -> Result<()> {
    let asked = Asked::read(arguments)?;
    let mut peers = asked.peers.then(peers::Peers::set_up).transpose()?;
    setup::everything(Way::Ordinary)?;
    say("building the release");
    web::build(Mode::Release)?;
    for package in ["safelane", "safelane-bench"] {
        let build = ["build", "--quiet", "--release", "--package", package];
        run(cargo(&build), BUILD_LIMIT)?;
    }
    let mut figures = Figures::default();
    say("durable pushes");
    let push = [
        "run",
        "--quiet",
        "--release",
        "--package",
        "safelane-store-sqlite",
    ];
    figures.of(
        cargo(&[&push[..], &["--example", "push_rate"]].concat()),
        None,
    )?;
    for size in asked.sizes {
        let folder = match &peers {
            Some(peers) => peers.data(size)?,
            None => generated(size)?,
        };
        say(&format!("size {size}: accounts, distances"));
        for what in ["accounts", "proximity"] {
            figures.of(of_bench(&[what, path(&folder)?]), Some(size))?;
        }
        say(&format!(
            "size {size}: import, memory, tiles and collections of the real binary"
        ));
        figures.of(script("tests/bench.mjs", &[path(&folder)?]), Some(size))?;
        if let Some(peers) = &mut peers {
            peers.measure(size);
        }
    }
    say("the Bosnia layers");
    figures.of(script("tests/bench.mjs", &[]), Some("Bosnia"))?;
    for (what, file) in IN_A_BROWSER {
        say(what);
        figures.of(script(file, &[]), None)?;
    }
    say("payload");
    figures::print()?;
    figures.0.extend(figures::loads()?);
    if let Some(peers) = &peers {
        peers.stop();
    }
    let failed = peers
        .as_ref()
        .map_or(&[][..], peers::Peers::failed)
        .to_vec();
    let peers = peers.map_or(Ok(Vec::new()), |peers| peers.results())?;
    let file = places::target().join("bench.json");
    let all = json!({ "figures": figures.0, "peers": peers });
    std::fs::write(&file, serde_json::to_string_pretty(&all)?)?;
    table::print(&figures.0, &peers, asked.sizes);
    println!("\nall figures: {}", file.display());
    for failed in failed {
        println!("not measured, {failed}");
    }
    table::agree(&figures.0, &peers, asked.sizes)
}

/// The folder of a generated country, made when it is not there.
fn generated(size: &str) -> Result<PathBuf> {
    let folder = places::target().join("bench").join(size);
    if !folder.join("releases.geojson").exists() {
        say(&format!("making a country of size {size}"));
        run(of_bench(&["generate", size, path(&folder)?]), BENCH_LIMIT)?;
    }
    Ok(folder)
}

fn of_bench(arguments: &[&str]) -> std::process::Command {
    let program = places::target().join("release/safelane-bench");
    command(&program.to_string_lossy(), arguments, &places::root())
}

fn script(file: &str, arguments: &[&str]) -> std::process::Command {
    let mut bench = command("node", &[&[file], arguments].concat(), &places::root());
    bench.env("SAFELANE_BINARY", places::target().join("release/safelane"));
    bench
}

fn path(folder: &Path) -> Result<&str> {
    folder.to_str().context("the folder's name is text")
}
