//! Checks the translation files and writes the list of keys that `t!` accepts.
//!
//! English names the keys: `t!` with any other does not compile. A key that Khmer or Bosnian lacks, an
//! argument that differs between languages or a key given twice fails a release build and the test
//! `tests/keys.rs`; a debug build warns, so that two people may add keys at the same time while they work.
//!
//! For WASM the table of functions begins at a number that is rarely anything but a place in it: the cut of the
//! field program looks at numbers alone to see which functions are needed (`crates/xtask-bindgen/src/reach.rs`).

#[path = "build/messages.rs"]
mod messages;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{env, fs, path::Path};

type Messages = BTreeMap<String, BTreeSet<String>>;

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's folder");
    let locales = Path::new(&root).join("locales");
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build");
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo::rustc-link-arg-bins=--table-base=5000");
    }

    let mut faults = Vec::new();
    let english = read(&locales, "en", &mut faults);
    for language in ["km", "bs"] {
        let other = read(&locales, language, &mut faults);
        for (key, arguments) in &english {
            match other.get(key) {
                None => faults.push(format!("locales/{language} lacks {key}")),
                Some(own) if own != arguments => {
                    faults.push(format!(
                        "locales/{language}: {key} has the arguments {own:?}, English {arguments:?}"
                    ));
                }
                Some(_) => {}
            }
        }
        for key in other.keys().filter(|key| !english.contains_key(*key)) {
            faults.push(format!("locales/en lacks {key}, which {language} has"));
        }
    }
    report(&faults);
    write_keys(&english);
}

fn read(locales: &Path, language: &str, faults: &mut Vec<String>) -> Messages {
    let mut all = Messages::new();
    let mut files: Vec<_> = fs::read_dir(locales.join(language))
        .unwrap_or_else(|error| panic!("locales/{language} cannot be read: {error}"))
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "properties"))
        .collect();
    files.sort();
    for path in files {
        let name = format!(
            "{language}/{}",
            path.file_name().expect("a file").to_string_lossy()
        );
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{name} cannot be read: {error}"));
        let mut forms = BTreeSet::new();
        let outcome = messages::parse(&text, |key, form, message| {
            if !forms.insert((key.to_owned(), form))
                || (form.is_none()
                    && all.contains_key(key)
                    && !forms.iter().any(|(k, f)| k == key && f.is_some()))
            {
                faults.push(format!("{name}: {key} stands twice"));
            }
            all.entry(key.to_owned())
                .or_default()
                .extend(arguments(&message));
        });
        if let Err(line) = outcome {
            faults.push(format!("{name}: line {line} is no `key = text`"));
        }
    }
    all
}

/// The names in braces.
fn arguments(message: &str) -> BTreeSet<String> {
    let names = message
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'));
    names.map(|(name, _)| name.to_owned()).collect()
}

fn report(faults: &[String]) {
    if faults.is_empty() {
        return;
    }
    assert!(
        !is_release(),
        "translations are not complete:\n  {}",
        faults.join("\n  ")
    );
    for fault in faults.iter().take(5) {
        println!("cargo::warning={fault}");
    }
    println!(
        "cargo::warning=translations: {} faults in all; a release build refuses them",
        faults.len()
    );
}

fn is_release() -> bool {
    env::var("PROFILE").as_deref() == Ok("release")
}

/// `key!("…")` becomes its own argument for every key of English and a compile error for anything else.
fn write_keys(english: &Messages) {
    let mut code = String::from(
        "/// A translation key, checked against locales/en when compiling.\nmacro_rules! key {\n",
    );
    for key in english.keys() {
        writeln!(code, "    ({key:?}) => {{ {key:?} }};").expect("a string takes everything");
    }
    code.push_str("    ($other:literal) => { compile_error!(concat!(\"locales/en has no key \", $other)) };\n}\n");
    let out = env::var("OUT_DIR").expect("cargo names the output folder");
    fs::write(Path::new(&out).join("keys.rs"), code).expect("the output folder can be written");
}
