//! Made-up countries of a stated size, and how long the pure crates take over them.
//!
//! `safelane-bench generate S|M|L DIR`, then `safelane-bench accounts DIR` or `proximity DIR`: one
//! line of JSON for each figure. `cargo xtask bench` calls it. DIR may as well be a folder with
//! files of the same names and properties from elsewhere; `collections DIR` then writes what the
//! hub imports.

mod accounts;
mod country;
mod features;
mod proximity;

use std::path::Path;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["generate", size, folder] => {
            country::write(country::Size::named(size)?, Path::new(folder))
        }
        ["collections", folder] => country::collections(Path::new(folder)),
        ["accounts", folder] => accounts::measure(Path::new(folder)),
        ["proximity", folder] => proximity::measure(Path::new(folder)),
        _ => bail!(
            "safelane-bench generate S|M|L DIR | collections DIR | accounts DIR | proximity DIR"
        ),
    }
}
