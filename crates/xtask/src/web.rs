//! The app: two WASM programs, their JavaScript, styles, map and pages, into `frontend/dist`.
//!
//! 1. cargo builds the programs `field` and `desk` for WASM;
//! 2. `xtask-bindgen` (wasm-bindgen as a library) makes the JavaScript that loads each;
//! 3. `wasm-opt` of npm's binaryen makes them smaller, and `xtask-bindgen` cuts off the field
//!    program's later part (not with `--dev`);
//! 4. `web/bundle.mjs` bundles everything with esbuild, names files by their content, writes the
//!    pages and the service worker's list, and compresses (not with `--dev`).
//!
//! Steps 2 to 4 are left out when nothing that they read has changed: a digest of all of it is
//! kept beside the result.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::command::{cargo, command, run, say, wait};
use crate::places;
use crate::setup::wasm;

const TARGET: &str = "wasm32-unknown-unknown";
const PROGRAMS: [&str; 2] = ["field", "desk"];
/// The program that is cut in two, and the names of what goes into its later part.
const CUT: &str = "field";
const LATER_NAMES: &str = "later.txt";
const BUNDLER: &str = include_str!("../web/bundle.mjs");
const SPLITTER: [&str; 3] = [
    include_str!("../../xtask-bindgen/src/names.rs"),
    include_str!("../../xtask-bindgen/src/reach.rs"),
    include_str!("../../xtask-bindgen/src/split.rs"),
];
/// What `web/bundle.mjs` reads beside whole folders.
const SINGLE_FILES: [&str; 8] = [
    "boot.ts",
    LATER_NAMES,
    "sw.ts",
    "index-field.html",
    "index-desk.html",
    "manifest.webmanifest",
    "package-lock.json",
    "../Cargo.lock",
];
const CARGO_LIMIT: Duration = Duration::from_mins(40);
const STEP_LIMIT: Duration = Duration::from_mins(15);
/// For a release the standard library is compiled along, for size: its sorting alone, made for speed, comes
/// once for each type and was a tenth of the app. A panic ends the program where it stands; without the hook
/// of a development build nobody could have read its words.
const SMALL_LIBRARY: [&str; 2] = [
    "-Zbuild-std=std,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
];
/// Names in the mangling `v0` say for which types a generic function is: the cut goes by them.
const RELEASE_FLAGS: &str =
    "target.wasm32-unknown-unknown.rustflags=[\"-Csymbol-mangling-version=v0\"]";
const SMALL_FLAGS: &str = "target.wasm32-unknown-unknown.rustflags=[\"-Csymbol-mangling-version=v0\", \
    \"-Zunstable-options\", \"-Cpanic=immediate-abort\", \"-Zlocation-detail=none\", \"-Zfmt-debug=none\"]";
/// The features of WASM that Rust's target uses by default; every browser since 2022 has them.
const WASM_OPT: [&str; 11] = [
    "-Oz",
    // Inlined code compresses worse than the calls that it replaces, although it is shorter.
    "--flexible-inline-max-function-size=0",
    "--always-inline-max-function-size=0",
    "--one-caller-inline-max-function-size=0",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// How the app is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Small: what people get.
    Release,
    /// Quick to build, several times larger, not compressed.
    Dev,
}

impl Mode {
    fn profile(self) -> &'static str {
        match self {
            Self::Release => "web",
            Self::Dev => "webdev",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }
}

/// Brings `frontend/dist` up to date.
pub fn build(mode: Mode) -> Result<()> {
    build_wasm(mode)?;
    build_bindgen()?;
    let digest = inputs_digest(mode)?;
    let note = places::web_target().join("dist-inputs");
    let is_fresh = fs::read_to_string(&note).is_ok_and(|noted| noted == digest)
        && places::dist().join("app.json").exists();
    if is_fresh {
        return Ok(());
    }
    // Without the note a build that is ended half-way is done again.
    let _ = fs::remove_file(&note);
    say(&format!(
        "the app ({}): wasm-bindgen, esbuild and packing",
        mode.name()
    ));
    bind(mode)?;
    bundle(mode)?;
    fs::write(note, digest)?;
    Ok(())
}

fn build_wasm(mode: Mode) -> Result<()> {
    let target = places::web_target();
    let mut build = cargo(&[
        "+web",
        "build",
        "--quiet",
        "--target",
        TARGET,
        "--package",
        "safelane-frontend",
    ]);
    build
        .args(["--profile", mode.profile()])
        .arg("--target-dir")
        .arg(target);
    for program in PROGRAMS {
        build.args(["--bin", program]);
    }
    if mode == Mode::Release {
        small(&mut build)?;
    }
    run(build, CARGO_LIMIT)
}

fn small(build: &mut Command) -> Result<()> {
    if wasm::has_sources()? {
        // What these flags need is not stable yet; the crates themselves use nothing of it.
        build.env("RUSTC_BOOTSTRAP", "1");
        build.args(SMALL_LIBRARY).args(["--config", SMALL_FLAGS]);
    } else {
        say("the standard library's sources are missing: the app becomes a fifth larger");
        build.args(["--config", RELEASE_FLAGS]);
    }
    Ok(())
}

fn build_bindgen() -> Result<()> {
    run(
        cargo(&["build", "--quiet", "--package", "xtask-bindgen"]),
        CARGO_LIMIT,
    )
}

fn built(program: &str, mode: Mode) -> PathBuf {
    places::web_target()
        .join(TARGET)
        .join(mode.profile())
        .join(format!("{program}.wasm"))
}

fn bound(program: &str) -> PathBuf {
    places::web_target().join("bindgen").join(program)
}

fn bindgen(arguments: &[&str]) -> Command {
    let program = places::target().join("debug/xtask-bindgen");
    command(&program.to_string_lossy(), arguments, &places::root())
}

/// Makes each program's JavaScript, and with it its WASM as small as it gets; both side by side.
fn bind(mode: Mode) -> Result<()> {
    for program in PROGRAMS {
        let folder = bound(program);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let mut bind = bindgen(&["bind"]);
        bind.arg(built(program, mode))
            .arg(&folder)
            .args([program, mode.name()]);
        run(bind, STEP_LIMIT)?;
    }
    if mode == Mode::Release {
        optimise()?;
        cut()?;
    }
    Ok(())
}

/// Takes what the first pages do not need out of the program, into a file beside it, and shortens the names
/// between the program and its JavaScript.
fn cut() -> Result<()> {
    let folder = bound(CUT);
    let program = folder.join(format!("{CUT}_bg.wasm"));
    let mut split = bindgen(&["split"]);
    split
        .arg(&program)
        .arg(places::root().join("frontend").join(LATER_NAMES))
        .arg(&program)
        .arg(folder.join(format!("{CUT}_later.wasm")))
        .arg(folder.join(format!("{CUT}.js")));
    run(split, STEP_LIMIT)
}

fn optimise() -> Result<()> {
    let tool = places::root().join("frontend/node_modules/binaryen/bin/wasm-opt");
    let started: Vec<(PathBuf, Child)> = PROGRAMS
        .iter()
        .map(|program| {
            let file = bound(program).join(format!("{program}_bg.wasm"));
            let mut optimise = command("node", &[], &places::root());
            // The cut goes by names, and takes them out when it is made.
            let names: &[&str] = if *program == CUT { &["-g"] } else { &[] };
            optimise
                .arg(&tool)
                .args(WASM_OPT)
                .args(names)
                .arg(&file)
                .arg("-o")
                .arg(file.with_extension("small"));
            Ok((file, optimise.spawn().context("node could not be started")?))
        })
        .collect::<Result<_>>()?;
    for (file, child) in started {
        let status = wait(child, STEP_LIMIT, "`wasm-opt`")?;
        anyhow::ensure!(
            status.success(),
            "`wasm-opt` failed on {} ({status})",
            file.display()
        );
        fs::rename(file.with_extension("small"), &file)?;
    }
    Ok(())
}

/// Bundles into a folder of its own, which then takes the place of the old one whole.
fn bundle(mode: Mode) -> Result<()> {
    let (dist, new) = (places::dist(), places::dist().with_extension("new"));
    let programs: Vec<_> = PROGRAMS
        .iter()
        .map(|program| serde_json::json!({ "name": program, "folder": bound(program) }))
        .collect();
    let job = serde_json::json!({
        "mode": mode.name(),
        "programs": programs,
        "out": new,
        "cache": places::web_target().join("brotli"),
    });
    let script = places::root().join("crates/xtask/web/bundle.mjs");
    let mut node = command("node", &[], &places::root().join("frontend"));
    node.arg(script).arg(job.to_string());
    run(node, STEP_LIMIT)?;
    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    fs::rename(&new, &dist)?;
    Ok(())
}

/// A digest of all that steps 2 to 4 read.
fn inputs_digest(mode: Mode) -> Result<String> {
    let frontend = places::root().join("frontend");
    let mut files: Vec<PathBuf> = PROGRAMS
        .iter()
        .map(|program| built(program, mode))
        .collect();
    for folder in ["fonts", "icons", "locales", "map", "style"] {
        files_under(&frontend.join(folder), &mut files)?;
    }
    for file in SINGLE_FILES {
        files.push(frontend.join(file));
    }
    // Made by the build itself, out of what the lock file names.
    files.retain(|file| !file.ends_with("map/countries.geojson"));
    let mut digest = Sha256::new();
    digest.update(mode.name());
    digest.update(BUNDLER);
    digest.update(SPLITTER.concat());
    digest.update(WASM_OPT.concat());
    for file in files {
        let Ok(bytes) = fs::read(&file) else { continue };
        digest.update(file.to_string_lossy().as_bytes());
        digest.update(Sha256::digest(&bytes));
    }
    Ok(format!("{:x?}", digest.finalize()))
}

fn files_under(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    let mut entries: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files_under(&entry, files)?;
        } else {
            files.push(entry);
        }
    }
    Ok(())
}
