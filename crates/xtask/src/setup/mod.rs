//! Installing what is missing. Every part looks first and is silent when there is nothing to do.

mod apt;
mod npm;
pub mod wasm;

use anyhow::Result;

/// Chromium walks the journeys, the fonts draw Khmer in it, GDAL judges what `/ogc` answers.
const PACKAGES: [&str; 4] = ["chromium", "fonts-noto-core", "gdal-bin", "procps"];
/// What makes a disk fail on purpose.
const FAILING: [&str; 2] = ["fiu-utils", "libfiu0"];

/// All that building and running the app need.
pub fn building(way: wasm::Way) -> Result<()> {
    wasm::ready(way)?;
    npm::install("frontend")
}

/// What the peers' own set-up leaves to the machine: one of them reads its files by it.
pub fn peers() -> Result<()> {
    apt::install(&["libsqlite3-mod-spatialite"])
}

/// What the torture of the real binary needs.
pub fn torturing() -> Result<()> {
    apt::install(&FAILING)
}

/// That, and what the tests need.
pub fn everything(way: wasm::Way) -> Result<()> {
    building(way)?;
    apt::install(&[&PACKAGES[..], &FAILING].concat())?;
    npm::install("tests")
}
