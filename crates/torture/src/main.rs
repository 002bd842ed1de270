//! Torture of the real binary: what is confirmed is never lost, whatever happens to process, disk and network.

mod chance;
mod disk;
mod flips;
mod http;
mod hub;
mod kill;
mod people;
mod proof;
mod proxy;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use chance::Chance;
use hub::Binary;

const HELP: &str = "\
safelane-torture --binary PATH [--minutes N] [--kills N] [--flips N] [--seed S] [PART …]

Parts: kill, backup, flips, full, read-only, failing. All of them without a name.

safelane-torture proxy HOST:PORT [SEED]

Stands between a browser and a hub; standard input sets the weather.
";

/// A part of the torture: what it found in order, as a line.
type Part = fn(&Asked, Chance) -> Result<String>;

const PARTS: [(&str, Part); 6] = [
    ("kill", kill),
    ("backup", |asked, chance| {
        flips::backups(&asked.binary, chance)
    }),
    ("flips", |asked, chance| {
        flips::torture(&asked.binary, asked.flips, chance)
    }),
    ("full", |asked, chance| disk::full(&asked.binary, chance)),
    ("read-only", |asked, chance| {
        disk::read_only(&asked.binary, chance)
    }),
    ("failing", |asked, chance| {
        disk::failing(&asked.binary, chance)
    }),
];

struct Asked {
    binary: Binary,
    kills: u64,
    flips: u64,
    until: Option<Instant>,
    seed: u64,
    parts: Vec<String>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [command, hub, rest @ ..] = &words[..]
        && command == "proxy"
    {
        let seed = rest.first().and_then(|seed| seed.parse().ok());
        return match proxy::serve(hub, seed.unwrap_or(1)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("torture: {error:#}");
                ExitCode::FAILURE
            }
        };
    }
    match asked().and_then(|asked| everything(&asked)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("torture: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Result<Asked> {
    let mut asked = Asked {
        binary: Binary::new(PathBuf::from("target/debug/safelane")),
        kills: 100,
        flips: 300,
        until: None,
        seed: 0,
        parts: Vec::new(),
    };
    let mut seed = [0; 8];
    getrandom::fill(&mut seed)?;
    // Short, so that a person can type it.
    asked.seed = u64::from_le_bytes(seed) % 1_000_000_000;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} wants a value\n\n{HELP}"))
        };
        match word.as_str() {
            "--binary" => asked.binary = Binary::new(std::path::absolute(value()?)?),
            "--kills" => asked.kills = value()?.parse()?,
            "--flips" => asked.flips = value()?.parse()?,
            "--seed" => asked.seed = value()?.parse()?,
            "--minutes" => {
                let minutes: u64 = value()?.parse()?;
                asked.until = Some(Instant::now() + Duration::from_mins(minutes));
                asked.kills = u64::MAX;
            }
            name if PARTS.iter().any(|(part, _)| *part == name) => asked.parts.push(word),
            _ => bail!("{word}?\n\n{HELP}"),
        }
    }
    Ok(asked)
}

/// Runs the parts; gives how many failed.
fn everything(asked: &Asked) -> Result<u64> {
    println!("torture: seed {}", asked.seed);
    let mut chance = Chance::new(asked.seed);
    let (mut passed, mut failed) = (0, 0);
    for (name, part) in PARTS {
        // Each has a stream of its own, so that a part alone does the same as among the others.
        let chance = chance.part();
        if !asked.parts.is_empty() && !asked.parts.iter().any(|one| one == name) {
            continue;
        }
        let start = Instant::now();
        let outcome = part(asked, chance);
        let seconds = start.elapsed().as_secs();
        match outcome {
            Ok(said) => {
                passed += 1;
                println!("torture: {name}: {said}; {seconds} s");
            }
            Err(fault) => {
                failed += 1;
                println!("torture: {name} FAILED (seed {}): {fault:#}", asked.seed);
            }
        }
    }
    println!("torture: {passed} parts passed, {failed} failed");
    Ok(failed)
}

fn kill(asked: &Asked, chance: Chance) -> Result<String> {
    let done = kill::torture(&asked.binary, asked.kills, asked.until, chance)?;
    Ok(done.to_string())
}
