//! Installing what is missing. Every part looks first and is silent when there is nothing to do.

pub mod apt;
pub mod wasm;

use anyhow::Result;

/// All that building, running and testing need.
pub fn everything(way: wasm::Way) -> Result<()> {
    wasm::ready(way)?;
    Ok(())
}
