//! The standard library for `wasm32-unknown-unknown`.
//!
//! The ordinary way is `rustup target add`. Where the network does not allow it, Debian's compiler
//! builds the library from Debian's sources, once. Either way rustup gets a toolchain `web`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{command, output, run, say, succeeds};
use crate::places;

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DEBIAN_RUSTLIB: &str = "/usr/lib/rustlib";
const LIMIT: Duration = Duration::from_mins(15);

/// Makes `cargo +web build --target wasm32-unknown-unknown` work, and says which way it took.
pub fn ready(way: Way) -> Result<()> {
    library(way)?;
    sources()
}

/// Whether a release can compile the standard library along.
pub fn has_sources() -> Result<bool> {
    let library = rustup_home()?.join("toolchains/web/lib/rustlib/src/rust/library");
    Ok(library.join("Cargo.lock").exists() || library.join("std/Cargo.toml").exists())
}

/// The sources of the standard library, from which a release is built smaller.
fn sources() -> Result<()> {
    if !has_sources()? {
        say("the standard library's sources: asking rustup for them");
        let add = command("rustup", &["component", "add", "rust-src"], &places::root());
        if !succeeds(add, Duration::from_mins(2)) {
            say("rustup could not fetch them: a release of the app will be larger");
        }
    }
    Ok(())
}

fn library(way: Way) -> Result<()> {
    if found(way)? {
        return Ok(());
    }
    if way == Way::Ordinary && from_rustup()? {
        say("the WASM target came from rustup");
    } else {
        say("building the WASM target from Debian's sources (about two minutes, once)");
        from_debian()?;
        say("the WASM target was built from Debian's sources");
    }
    if found(way)? {
        return Ok(());
    }
    bail!(
        "the WASM target is there, but not where `cargo +web` looks; see crates/xtask/src/setup/wasm.rs"
    )
}

/// How the library is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From rustup where it can fetch it, else from Debian's sources.
    Ordinary,
    /// From Debian's sources in any case, to try that way out.
    Debian,
}

/// Looks at files alone, so that it costs nothing when all is there.
fn found(way: Way) -> Result<bool> {
    let link = rustup_home()?.join("toolchains/web");
    let Ok(linked) = fs::canonicalize(&link) else {
        return Ok(false);
    };
    let has_library = has_core(&linked.join("lib/rustlib"));
    if linked != Path::new("/usr") {
        return Ok(has_library && way == Way::Ordinary);
    }
    Ok(has_library && debian_lld().exists() && built_by_this_compiler())
}

fn from_rustup() -> Result<bool> {
    let root = places::root();
    let host = host_sysroot()?;
    if !has_core(&host.join("lib/rustlib")) {
        say("the WASM target: asking rustup for it");
        if !succeeds(
            command("rustup", &["target", "add", TARGET], &root),
            Duration::from_mins(2),
        ) {
            say("rustup could not fetch it");
            return Ok(false);
        }
    }
    link_toolchain(&host.to_string_lossy())?;
    Ok(true)
}

/// The same name whichever way it came, so that every command line is the same on every machine.
fn link_toolchain(folder: &str) -> Result<()> {
    run(
        command(
            "rustup",
            &["toolchain", "link", "web", folder],
            &places::root(),
        ),
        Duration::from_mins(1),
    )
}

fn has_core(rustlib: &Path) -> bool {
    let Ok(files) = fs::read_dir(rustlib.join(TARGET).join("lib")) else {
        return false;
    };
    files
        .flatten()
        .any(|file| file.file_name().to_string_lossy().starts_with("libcore-"))
}

fn debian_lld() -> PathBuf {
    Path::new(DEBIAN_RUSTLIB).join("x86_64-unknown-linux-gnu/bin/rust-lld")
}

/// A library of an older compiler is of no use to a newer one: the version is noted beside it.
fn built_by_this_compiler() -> bool {
    let noted = fs::read_to_string(version_note()).unwrap_or_default();
    !noted.is_empty() && debian_version().is_ok_and(|version| version == noted)
}

fn version_note() -> PathBuf {
    Path::new(DEBIAN_RUSTLIB).join(TARGET).join("built-by")
}

fn debian_version() -> Result<String> {
    output(command("/usr/bin/rustc", &["--version"], Path::new("/")))
}

fn host_sysroot() -> Result<PathBuf> {
    let text = output(command("rustc", &["--print", "sysroot"], &places::root()))?;
    Ok(PathBuf::from(text.trim()))
}

fn rustup_home() -> Result<PathBuf> {
    if let Some(home) = std::env::var_os("RUSTUP_HOME") {
        return Ok(PathBuf::from(home));
    }
    let home = std::env::var_os("HOME").context("neither RUSTUP_HOME nor HOME is set")?;
    Ok(Path::new(&home).join(".rustup"))
}

fn from_debian() -> Result<()> {
    super::apt::install(&PACKAGES)?;
    let scratch = places::web_target().join("std");
    build_std(&scratch)?;
    install_std(&scratch)?;
    link_lld()?;
    fs::write(version_note(), debian_version()?)?;
    link_toolchain("/usr")
}

/// Building an empty crate with `-Zbuild-std` leaves the whole standard library in its `deps`.
fn build_std(scratch: &Path) -> Result<()> {
    // From nothing each time: rlibs of an older compiler must not be copied along.
    if scratch.exists() {
        fs::remove_dir_all(scratch)?;
    }
    fs::create_dir_all(scratch.join("src"))?;
    fs::write(scratch.join("src/lib.rs"), "")?;
    fs::write(
        scratch.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n",
    )?;
    let mut build = command(
        "/usr/bin/cargo",
        &[
            "build",
            "-Zbuild-std=std,panic_abort,panic_unwind,proc_macro",
            "--target",
            TARGET,
            "--release",
        ],
        scratch,
    );
    build
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19")
        .env("CARGO_TARGET_DIR", scratch.join("target"));
    run(build, LIMIT)
}

fn install_std(scratch: &Path) -> Result<()> {
    let library = Path::new(DEBIAN_RUSTLIB).join(TARGET).join("lib");
    if library.exists() {
        fs::remove_dir_all(&library)?;
    }
    fs::create_dir_all(&library).with_context(|| {
        format!(
            "{} cannot be written; run this once as root",
            library.display()
        )
    })?;
    let deps = scratch.join("target").join(TARGET).join("release/deps");
    for file in fs::read_dir(&deps)?.flatten() {
        let name = file.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libempty-") {
            fs::copy(file.path(), library.join(&name))?;
        }
    }
    Ok(())
}

/// Debian's compiler looks for the linker that rustup's toolchains carry.
fn link_lld() -> Result<()> {
    let link = debian_lld();
    if link.exists() {
        return Ok(());
    }
    let bundled = host_sysroot()?.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    let linker = if bundled.exists() {
        bundled
    } else {
        PathBuf::from("/usr/bin/wasm-ld-19")
    };
    fs::create_dir_all(link.parent().context("the linker has a folder")?)?;
    // A link that points nowhere is in the way and is no `exists()`.
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    std::os::unix::fs::symlink(&linker, &link)?;
    Ok(())
}
