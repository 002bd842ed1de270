//! Reads the goldens: the committed tenth of them, and all of them where the
//! whole set lies beside the repository.

use std::path::Path;

/// The rows of a golden file, cut at commas, without its header.
pub fn rows(name: &str) -> Vec<Vec<String>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let whole = here.join("../../../shared/goldens").join(name);
    let file = if whole.exists() {
        whole
    } else {
        here.join("tests/goldens").join(name)
    };
    let text = std::fs::read_to_string(&file).unwrap();
    let rows: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect();
    assert!(rows.len() > 50, "{} has too few rows", file.display());
    rows
}

/// A cell as a number.
pub fn number(row: &[String], column: usize) -> f64 {
    row[column].parse().unwrap()
}
