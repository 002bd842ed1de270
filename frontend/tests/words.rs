//! The translation files keep to the words of `docs/words.md`.

use std::fs;
use std::path::Path;

/// Language and words of the table "Never on a screen".
fn never() -> Vec<(String, Vec<String>)> {
    let page = fs::read_to_string(root().join("docs/words.md")).expect("docs/words.md is there");
    let (_, table) = page
        .split_once("## Never on a screen")
        .expect("the table has its heading");
    let rows: Vec<_> = table
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [language, words] = cells[..] else {
                return None;
            };
            (language.len() == 2).then(|| {
                (
                    language.to_owned(),
                    words.split(", ").map(str::to_owned).collect(),
                )
            })
        })
        .collect();
    assert_eq!(rows.len(), 3, "one row for each language");
    rows
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn no_translation_says_what_must_not_be_said() {
    let mut faults = Vec::new();
    let mut lines = 0;
    for (language, words) in never() {
        for file in fs::read_dir(root().join("frontend/locales").join(&language))
            .expect("the language has a folder")
        {
            let path = file.expect("a file").path();
            for line in fs::read_to_string(&path).expect("text").lines() {
                let Some((key, text)) = line
                    .split_once('=')
                    .filter(|(key, _)| !key.starts_with('#'))
                else {
                    continue;
                };
                lines += 1;
                for word in words.iter().filter(|word| says(text, word)) {
                    faults.push(format!("{}: {}: {word:?}", path.display(), key.trim()));
                }
            }
        }
    }
    assert!(lines > 1_000, "the translation files were read");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whole words in scripts that part them; anywhere in Khmer, which does not.
fn says(text: &str, word: &str) -> bool {
    if !word.is_ascii() && !word.chars().any(|c| c.is_ascii_alphabetic()) {
        return text.contains(word);
    }
    let text = text.to_lowercase();
    text.split(|c: char| !c.is_alphanumeric() && c != '-')
        .any(|part| part == word)
}

/// A release of the app prints nothing for `{:?}` (docs/decisions.md), so no text may come from it.
#[test]
fn no_text_of_the_app_is_debug_output() {
    let mut folders = vec![root().join("frontend/src")];
    let pure = ["model", "geometry", "ledger", "rules", "sync", "wire"];
    folders.extend(pure.map(|name| root().join("crates").join(name).join("src")));
    let (mut faults, mut files) = (Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the sources") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            // The schema of a kind is made by the hub alone; tests are no part of the app.
            let name = path.to_string_lossy();
            let apart = ["tests.rs", "testkit.rs", "schema.rs", "histories.rs"];
            if apart.iter().any(|end| name.ends_with(end)) {
                continue;
            }
            let text = fs::read_to_string(&path).expect("text");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            if code.contains(":?}") {
                faults.push(path.display().to_string());
            }
        }
    }
    assert!(files > 100, "the sources were read");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
