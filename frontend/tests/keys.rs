//! Every key that is made at run time has a text: kinds, sections, fields, codes, problems, in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use safelane_model::field::{Field, FieldType};
use safelane_model::{check, codes, kinds};
use safelane_rules::risk;
use safelane_wire::problem::Code;

#[path = "../build/messages.rs"]
mod messages;

const LANGUAGES: [&str; 3] = ["en", "km", "bs"];

/// Key and the arguments that its texts name.
fn keys(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(language);
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in fs::read_dir(folder).expect("the language has a folder") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("text");
        messages::parse(&text, |key, _, message| {
            let arguments = message
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'));
            keys.entry(key.to_owned())
                .or_default()
                .extend(arguments.map(|(name, _)| name.to_owned()));
        })
        .expect("every line is a message");
    }
    keys
}

fn wanted() -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    for kind in kinds::ALL {
        wanted.insert(format!("kind.{}", kind.name));
        wanted.extend(
            kind.sections()
                .into_iter()
                .map(|section| format!("section.{section}")),
        );
        add_fields(kind.name, kind.fields, &mut wanted);
    }
    for list in codes::ALL {
        wanted.extend(
            list.codes
                .iter()
                .map(|code| format!("code.{}.{code}", list.key)),
        );
    }
    for (part, codes) in [
        ("input", &risk::INPUTS[..]),
        ("override", &risk::OVERRIDES),
        ("ask", &risk::ASKS),
    ] {
        wanted.extend(codes.iter().map(|code| format!("desk.risk.{part}.{code}")));
    }
    for (code, _) in safelane_rules::checks::CODES {
        wanted.extend(["title", "text", "why"].map(|part| format!("check.{code}.{part}")));
    }
    wanted.extend((check::CODES.iter()).map(|(code, _)| format!("problem.{code}")));
    wanted.extend(
        Code::ALL
            .iter()
            .map(|code| format!("problem.{}", code.as_str())),
    );
    wanted
}

fn add_fields(kind: &str, fields: &[Field], wanted: &mut BTreeSet<String>) {
    for field in fields {
        wanted.insert(field.label_key(kind));
        if let FieldType::Group(inner) = field.ty {
            // A field of a group is named below its group: `field.clearance.lanes.length`.
            add_fields(&format!("{kind}.{}", field.key), inner, wanted);
        }
    }
}

#[test]
fn the_model_has_words_in_every_language() {
    for language in LANGUAGES {
        let have = keys(language);
        let missing: Vec<_> = wanted()
            .into_iter()
            .filter(|key| !have.contains_key(key))
            .collect();
        assert!(
            missing.is_empty(),
            "locales/{language} lacks:\n{}",
            missing.join("\n")
        );
    }
}

#[test]
fn all_languages_have_the_same_keys_with_the_same_arguments() {
    let english = keys("en");
    assert!(english.len() > 500, "the translation files were read");
    for language in &LANGUAGES[1..] {
        let other = keys(language);
        let faults: Vec<_> = english
            .keys()
            .chain(other.keys())
            .filter(|key| english.get(*key) != other.get(*key))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        assert!(
            faults.is_empty(),
            "locales/en and locales/{language} differ in: {faults:#?}"
        );
    }
}

/// A text that names an argument which never arrives shows its name: "One side is metres m long".
#[test]
fn texts_of_problems_name_what_their_problem_carries() {
    let carried: BTreeMap<String, BTreeSet<String>> = (check::CODES.iter())
        .map(|(code, args)| {
            let args = args.iter().map(|name| (*name).to_owned());
            (format!("problem.{code}"), args.collect())
        })
        .collect();
    let none = BTreeSet::new();
    for language in LANGUAGES {
        let texts = keys(language);
        let mut walked = 0;
        for (key, named) in texts.range("problem.".to_owned().."problem/".to_owned()) {
            let carried = carried.get(key).unwrap_or(&none);
            assert!(
                named.is_subset(carried),
                "locales/{language}: {key} names {named:?}, and its problem carries {carried:?}"
            );
            walked += 1;
        }
        assert!(walked > carried.len(), "the texts were read");
    }
}
