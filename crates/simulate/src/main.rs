//! `cargo xtask simulate`: seeds, one after the other or one alone; see `docs/proof.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use safelane_simulate::{Figures, Outcome, Planted, Scenario, Trouble, run, shrink};

const HELP: &str = "\
cargo xtask simulate [--seeds N] [--from S]      seeds S to S+N-1 (300 from 1)
cargo xtask simulate --seed S [--devices N] [--steps N] [--troubles a,b | none] [--story]
cargo xtask simulate --faults [--seeds N]        seeds until each planted fault is found
  --planted FAULT      with this fault planted
  --as-is              a seed that fails is not made smaller
  --lines              with --faults: a small run for each, as tests/planted.txt keeps it
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match obey(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("simulate: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Asked {
    seeds: Option<u64>,
    from: Option<u64>,
    seed: Option<u64>,
    devices: Option<usize>,
    steps: Option<usize>,
    troubles: Option<BTreeSet<Trouble>>,
    planted: Option<Planted>,
    flags: BTreeSet<&'static str>,
}

impl Asked {
    fn is(&self, flag: &str) -> bool {
        self.flags.contains(flag)
    }
}

fn read(arguments: &[String]) -> Result<Asked> {
    let mut asked = Asked::default();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("{word} wants a value"));
        match word.as_str() {
            "--seeds" => asked.seeds = Some(value()?.parse()?),
            "--from" => asked.from = Some(value()?.parse()?),
            "--seed" => asked.seed = Some(value()?.parse()?),
            "--devices" => asked.devices = Some(value()?.parse()?),
            "--steps" => asked.steps = Some(value()?.parse()?),
            "--troubles" => asked.troubles = Some(troubles(value()?)?),
            "--planted" => {
                let word = value()?;
                let fault = Planted::parse(word);
                asked.planted = Some(fault.with_context(|| format!("no fault `{word}`"))?);
            }
            "--faults" => _ = asked.flags.insert("--faults"),
            "--story" => _ = asked.flags.insert("--story"),
            "--as-is" => _ = asked.flags.insert("--as-is"),
            "--lines" => _ = asked.flags.insert("--lines"),
            "--help" | "-h" => bail!("\n{HELP}"),
            other => bail!("`{other}` is not known\n{HELP}"),
        }
    }
    Ok(asked)
}

fn troubles(words: &str) -> Result<BTreeSet<Trouble>> {
    if words == "none" {
        return Ok(BTreeSet::new());
    }
    words
        .split(',')
        .map(|word| Trouble::parse(word).with_context(|| format!("no trouble `{word}`")))
        .collect()
}

fn obey(arguments: &[String]) -> Result<bool> {
    let asked = read(arguments)?;
    if asked.is("--faults") {
        let most = asked.seeds.unwrap_or(1_000);
        return Ok(faults(most, asked.planted, asked.is("--lines")));
    }
    if let Some(seed) = asked.seed {
        return Ok(one(&asked, seed));
    }
    let (from, seeds) = (asked.from.unwrap_or(1), asked.seeds.unwrap_or(300));
    Ok(many(from, seeds, asked.planted, !asked.is("--as-is")))
}

fn one(asked: &Asked, seed: u64) -> bool {
    let mut scenario = Scenario::of(seed);
    scenario.devices = asked.devices.unwrap_or(scenario.devices);
    scenario.steps = asked.steps.unwrap_or(scenario.steps);
    if let Some(troubles) = &asked.troubles {
        scenario.troubles.clone_from(troubles);
    }
    let outcome = run(&scenario, asked.planted);
    match &outcome.broken {
        Some((_, story)) => {
            if asked.is("--story") {
                println!("{}", story.join("\n"));
            }
            tell(&outcome, asked.planted);
            false
        }
        None => {
            println!("{scenario}: all held; {:?}", outcome.figures);
            true
        }
    }
}

fn tell(outcome: &Outcome, planted: Option<Planted>) {
    let Some((broken, story)) = &outcome.broken else {
        return;
    };
    println!("BROKEN: {}", broken.promise);
    println!("  {}", broken.seen);
    for line in story.iter().rev().take(25).rev() {
        println!("  | {line}");
    }
    let planted = planted.map_or_else(String::new, |fault| format!(" --planted {}", fault.word()));
    println!(
        "again: cargo xtask simulate {}{planted} --story",
        outcome.scenario
    );
}

/// Seeds on all cores; the figures, and those that failed in order.
fn seeds(
    from: u64,
    seeds: u64,
    planted: Option<Planted>,
    until_first: bool,
) -> (Figures, Vec<Outcome>) {
    let next = AtomicU64::new(from);
    let sum = Mutex::new((Figures::default(), Vec::<Outcome>::new()));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let enough = until_first && {
                        let sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                        sum.1.iter().any(|one| one.scenario.seed < seed)
                    };
                    if seed >= from + seeds || enough {
                        return;
                    }
                    let outcome = run(&Scenario::of(seed), planted);
                    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                    sum.0.steps += outcome.figures.steps;
                    sum.0.signed += outcome.figures.signed;
                    sum.0.leaves += outcome.figures.leaves;
                    sum.0.held += outcome.figures.held;
                    if outcome.broken.is_some() {
                        sum.1.push(outcome);
                    }
                }
            });
        }
    });
    let (figures, mut failed) = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.sort_by_key(|one| one.scenario.seed);
    (figures, failed)
}

fn many(from: u64, count: u64, planted: Option<Planted>, shrinks: bool) -> bool {
    let start = Instant::now();
    let (figures, failed) = seeds(from, count, planted, false);
    if let Some(first) = failed.first() {
        tell(first, planted);
        if shrinks {
            println!("smaller:");
            tell(&shrink(&first.scenario, planted), planted);
        }
    }
    let mut promises: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for outcome in &failed {
        if let Some((broken, _)) = &outcome.broken {
            let seeds = promises.entry(broken.promise).or_default();
            seeds.push(outcome.scenario.seed);
        }
    }
    for (promise, seeds) in &promises {
        println!("{promise}: {seeds:?}");
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{count} seeds from {from}: {} broken, {} steps, {} revisions signed, {} leaves, {} held, {seconds:.1} s, {:.1} seeds/s",
        failed.len(),
        figures.steps,
        figures.signed,
        figures.leaves,
        figures.held,
        count as f64 / seconds,
    );
    failed.is_empty()
}

/// Seeds until each planted fault is found; seeds that fail without it are no find.
fn faults(most: u64, only: Option<Planted>, lines: bool) -> bool {
    let mut found_all = true;
    for fault in Planted::ALL {
        if only.is_some_and(|only| only != *fault) {
            continue;
        }
        let (_, failed) = seeds(1, most, Some(*fault), true);
        let Some((broken, _)) = failed.first().and_then(|first| first.broken.as_ref()) else {
            found_all = false;
            println!("{:28} not found in {most} seeds", fault.word());
            continue;
        };
        let seed = failed[0].scenario.seed;
        println!("{:28} {seed:4} seeds  {}", fault.word(), broken.promise);
        if lines {
            // As `tests/planted.txt` wants it.
            let small = shrink(&failed[0].scenario, Some(*fault));
            if let Some((broken, _)) = small.broken {
                println!("{} {} | {}", fault.word(), broken.promise, small.scenario);
            }
        }
    }
    found_all
}
