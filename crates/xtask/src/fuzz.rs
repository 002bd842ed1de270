//! `cargo xtask fuzz`: bytes that nobody would write, into every door through which bytes of strangers come.
//!
//! The targets are the functions of `fuzz/src/lib.rs`. What libFuzzer finds worth keeping lies in
//! `fuzz/found` (not in the repository); `--keep` merges it into `fuzz/corpus`, smallest first, within a
//! bound, and the ordinary tests try every file there again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, command, output, run, say, succeeds, wait};
use crate::places::{root, target};

/// The targets, and whether a dictionary of JSON helps.
const TARGETS: [(&str, bool); 6] = [
    ("revision_bytes", true),
    ("push_body", true),
    ("geojson_import", true),
    ("tile_address", false),
    ("page_parameters", false),
    ("resolve_graph", false),
];

/// Bytes of a corpus in the repository.
const MOST_KEPT: u64 = 200_000;

/// Fuzzes each target for so many minutes, or those named; ends with a line of figures for each.
pub fn everything(arguments: &[String]) -> Result<()> {
    let mut minutes = 5;
    let mut keep = false;
    let mut named = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--minutes" => {
                let number = rest.next().context("--minutes wants a number")?;
                minutes = number.parse().context("--minutes wants a number")?;
            }
            "--keep" => keep = true,
            name if TARGETS.iter().any(|(known, _)| *known == name) => named.push(name),
            other => bail!("there is no target {other}; there are {TARGETS:?}"),
        }
    }
    if !succeeds(cargo(&["fuzz", "--version"]), Duration::from_mins(1)) {
        say("installing cargo-fuzz");
        let install = ["install", "--quiet", "--locked", "cargo-fuzz"];
        run(cargo(&install), Duration::from_hours(1))?;
    }
    say("build the fuzz targets, with the address sanitizer");
    let mut build = unstable(&["fuzz", "build"]);
    build.env("CARGO_TARGET_DIR", target().join("fuzz"));
    run(build, Duration::from_hours(1))?;
    let mut figures = Vec::new();
    for (name, dictionary) in TARGETS {
        if named.is_empty() || named.contains(&name) {
            figures.push(one(name, dictionary, minutes)?);
            if keep {
                keep_found(name)?;
            }
        }
    }
    println!("{}", figures.join("\n"));
    Ok(())
}

/// Cargo with the compiler's unstable options, which sanitizers are: the nightly toolchain where there
/// is one, else the ordinary one told to take them.
fn unstable(arguments: &[&str]) -> Command {
    if succeeds(cargo(&["+nightly", "--version"]), Duration::from_mins(1)) {
        return cargo(&[&["+nightly"], arguments].concat());
    }
    let mut command = cargo(arguments);
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

fn folder(kind: &str, name: &str) -> PathBuf {
    root().join("fuzz").join(kind).join(name)
}

fn program(name: &str) -> Result<PathBuf> {
    let host = output(cargo(&["-vV"]))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("cargo names its host")?.to_owned();
    Ok(target().join("fuzz").join(host).join("release").join(name))
}

fn one(name: &str, dictionary: bool, minutes: u64) -> Result<String> {
    say(&format!("fuzz {name} for {minutes} min"));
    for kind in ["found", "artifacts"] {
        fs::create_dir_all(folder(kind, name))?;
    }
    let mut arguments = vec![
        folder("found", name).display().to_string(),
        folder("corpus", name).display().to_string(),
        format!("-max_total_time={}", minutes * 60),
        format!("-artifact_prefix={}/", folder("artifacts", name).display()),
    ];
    for fixed in ["-timeout=60", "-rss_limit_mb=2048", "-max_len=8192"] {
        arguments.push(fixed.to_owned());
    }
    if dictionary {
        arguments.push(format!("-dict={}", root().join("fuzz/json.dict").display()));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let program = program(name)?;
    let mut fuzzer = command(&program.display().to_string(), &arguments, &root());
    fuzzer.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = fuzzer.spawn().context("the target could not be started")?;
    let words = child.stderr.take().context("its words are piped")?;
    let mut done = None;
    let mut last = Vec::new();
    for line in BufReader::new(words).lines().map_while(Result::ok) {
        if line.starts_with("Done ") {
            done = Some(line.clone());
        }
        last.push(line);
        if last.len() > 200 {
            last.remove(0);
        }
    }
    let status = wait(child, Duration::from_mins(minutes + 5), name)?;
    if !status.success() {
        bail!(
            "{name}: a finding, kept in {}\n{}",
            folder("artifacts", name).display(),
            last.join("\n")
        );
    }
    Ok(format!(
        "{name}: {}",
        done.unwrap_or_else(|| "done".to_owned())
    ))
}

/// The least set of files that reaches all that was reached, the smallest of it within the bound. What
/// stands in the repository for a reason of its own (a name with a word in it) stays.
fn keep_found(name: &str) -> Result<()> {
    let (corpus, found) = (folder("corpus", name), folder("found", name));
    let merged = target().join("fuzz").join("merged").join(name);
    let _ = fs::remove_dir_all(&merged);
    fs::create_dir_all(&merged)?;
    let paths = [&merged, &corpus, &found].map(|path| path.display().to_string());
    let [to, old, new] = paths.each_ref().map(String::as_str);
    let program = program(name)?.display().to_string();
    let mut merge = command(&program, &["-merge=1", to, old, new], &root());
    merge.stdout(Stdio::null()).stderr(Stdio::null());
    run(merge, Duration::from_mins(30))?;
    for path in files(&corpus)?.into_iter().filter(|path| !is_named(path)) {
        fs::remove_file(path)?;
    }
    let mut kept: u64 = files(&corpus)?.iter().map(|path| size(path)).sum();
    let mut candidates = files(&merged)?;
    candidates.sort_by_key(|path| size(path));
    for path in candidates {
        kept += size(&path);
        if kept > MOST_KEPT {
            break;
        }
        let name = path.file_name().context("a file has a name")?;
        fs::copy(&path, corpus.join(name))?;
    }
    Ok(())
}

/// libFuzzer names what it finds by 40 hex digits.
fn is_named(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    !name.is_some_and(|name| name.len() == 40 && name.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    entries.collect()
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}
