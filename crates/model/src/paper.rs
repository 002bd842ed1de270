//! What a report says that somebody wrote on a paper sheet and somebody else entered: whose report
//! it is, who entered it, and the photo of the sheet.
//!
//! One definition for every kind that is reported: a kind takes it by the word `paper` in the head
//! of its `record_kind!`. `ledger::resolve` lets neither of the two people approve it.

use uuid::Uuid;

use crate::body::Map;
use crate::check::Problem;
use crate::codes::PAPER_SHEET;
use crate::field::Field;
use crate::macros::fields_view;

fields_view! {
    /// The paper that a report was entered from; a report of a device has none of it.
    pub struct Paper;
    section paper {
        /// Whether the photo of the sheet is here, and if not what became of the sheet.
        paper: Choice(PAPER_SHEET);
        /// Whose report it is.
        reported_by_person: Person [required] if paper in ["photographed", "lost", "unreadable"];
        /// Who entered it first: whoever mends it later changes nothing about that.
        entered_by: Person [required] if paper in ["photographed", "lost", "unreadable"];
        /// The photo of the sheet; of one that cannot be read, as far as there is one.
        sheet: Photos if paper in ["photographed", "unreadable"];
        /// What became of the sheet, and what the entry was made from.
        sheet_missing: Text(500) [required] if paper in ["lost", "unreadable"];
    }
}

/// The section of a form that these fields make, and the kind under which their words are found:
/// `field.paper.sheet`, whatever the record's own kind.
pub const SECTION: &str = "paper";

/// Under which kind's name the words of a field stand: those of the paper under their own.
pub fn words_of<'a>(kind: &'a str, key: &str) -> &'a str {
    if FIELDS.iter().any(|field| field.key == key) {
        SECTION
    } else {
        kind
    }
}

/// The fields of a kind and then those of the paper.
pub(crate) const fn after<const ALL: usize>(own: &[Field]) -> [Field; ALL] {
    let mut all = [FIELDS[0]; ALL];
    let mut index = 0;
    while index < ALL {
        all[index] = if index < own.len() {
            own[index]
        } else {
            FIELDS[index - own.len()]
        };
        index += 1;
    }
    all
}

impl Paper<'_> {
    /// Whether the body says that it was entered from paper at all.
    pub fn is_stated(&self) -> bool {
        FIELDS.iter().any(|field| self.0.contains_key(field.key))
    }
}

/// What is wrong with what a body says of its paper, beyond its single fields.
pub fn problems(map: &Map) -> Vec<Problem> {
    let paper = Paper::of(map);
    let mut found = Vec::new();
    if !paper.is_stated() {
        return found;
    }
    match paper.paper() {
        // A name without the sheet would keep somebody from approving, and show nobody why.
        None => found.push(Problem::stops(key::paper, "paper-unstated")),
        Some("photographed") if paper.sheet().is_empty() => {
            found.push(Problem::stops(key::sheet, "sheet-without-photo"));
        }
        Some(_) => {}
    }
    found
}

/// What is wrong when `author` signs this body as the first of its record: whoever enters a sheet
/// says so in their own name, or somebody else would be kept from approving by a false word.
pub fn first_problem(map: &Map, author: Uuid) -> Option<Problem> {
    let entered_by = Paper::of(map).entered_by()?;
    (entered_by != author).then(|| Problem::stops(key::entered_by, "entered-by-another"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::{Context, Severity, problems as all_problems};
    use crate::{Body, kinds};

    const REED: &str = "0197b3a0-0000-7000-8000-00000000000a";
    const ASH: &str = "0197b3a0-0000-7000-8000-00000000000b";

    /// What is found of the paper, in a clearance or another kind.
    fn found(kind: &str, body: &Body) -> Vec<(String, &'static str, Severity)> {
        let context = Context {
            today: "2026-11-23".parse().unwrap(),
            area: None,
        };
        all_problems(kinds::find(kind).unwrap(), body, &context)
            .into_iter()
            .filter(|problem| FIELDS.iter().any(|field| field.key == problem.field))
            .map(|problem| (problem.field, problem.code, problem.severity))
            .collect()
    }

    fn stops(field: &str, code: &'static str) -> (String, &'static str, Severity) {
        (field.to_owned(), code, Severity::Stops)
    }

    fn photographed() -> Body {
        let photo = json!([{"sha256": "ab".repeat(32), "bytes": 9, "type": "image/jpeg"}]);
        Body::new()
            .with(key::paper, "photographed")
            .with(key::reported_by_person, REED)
            .with(key::entered_by, ASH)
            .with(key::sheet, photo)
    }

    #[test]
    fn a_report_of_a_device_has_nothing_to_say_about_paper() {
        assert_eq!(found("clearance", &Body::new()), []);
    }

    #[test]
    fn a_sheet_names_both_people_and_shows_its_photo() {
        assert_eq!(found("clearance", &photographed()), []);
        for key in [key::reported_by_person, key::entered_by] {
            let mut body = photographed();
            body.clear(key);
            assert_eq!(found("clearance", &body), [stops(key, "required")]);
        }
        let mut body = photographed();
        for photos in [None, Some(json!([]))] {
            body.clear(key::sheet);
            if let Some(photos) = photos {
                body.set(key::sheet, photos);
            }
            assert_eq!(
                found("clearance", &body),
                [stops(key::sheet, "sheet-without-photo")]
            );
        }
    }

    #[test]
    fn without_the_photo_it_says_what_became_of_the_sheet() {
        for why in ["lost", "unreadable"] {
            let mut body = photographed().with(key::paper, why);
            body.clear(key::sheet);
            assert_eq!(
                found("clearance", &body),
                [stops(key::sheet_missing, "required")]
            );
            let blank = body.clone().with(key::sheet_missing, "  ");
            assert_eq!(
                found("clearance", &blank),
                [stops(key::sheet_missing, "required")]
            );
            let said = body.with(key::sheet_missing, "Wet through; read out by radio");
            assert_eq!(found("clearance", &said), []);
        }
    }

    #[test]
    fn nobody_is_named_without_a_word_about_the_sheet() {
        let named = Body::new().with(key::reported_by_person, REED);
        assert_eq!(
            found("clearance", &named),
            [stops(key::paper, "paper-unstated")]
        );
        let nobody = photographed().with(key::reported_by_person, "Reed");
        assert_eq!(
            found("clearance", &nobody),
            [stops(key::reported_by_person, "no-person")]
        );
    }

    #[test]
    fn a_missing_sheet_never_stands_between_a_person_and_an_accident() {
        let mut body = photographed();
        body.clear(key::sheet);
        let asked = (key::sheet.to_owned(), "sheet-without-photo", Severity::Asks);
        for kind in ["accident", "explosive-ordnance", "civilian-report"] {
            assert_eq!(found(kind, &body), std::slice::from_ref(&asked), "{kind}");
        }
    }

    #[test]
    fn whoever_enters_signs_in_their_own_name() {
        let [reed, ash] = [REED, ASH].map(|id| Uuid::try_parse(id).unwrap());
        assert_eq!(first_problem(&photographed(), ash), None);
        assert_eq!(first_problem(&Body::new(), reed), None);
        let problem = first_problem(&photographed(), reed).unwrap();
        assert_eq!(
            (problem.field.as_str(), problem.code),
            (key::entered_by, "entered-by-another")
        );
    }

    #[test]
    fn no_kind_has_a_field_of_its_own_by_the_name_of_one_of_the_papers() {
        for kind in kinds::ALL {
            for field in FIELDS {
                let same = kind.fields.iter().filter(|own| own.key == field.key);
                let sections: Vec<_> = same.map(|own| own.section).collect();
                let expected: &[&str] = if kind.takes_paper() { &[SECTION] } else { &[] };
                assert_eq!(sections, expected, "{}.{}", kind.name, field.key);
            }
        }
    }
}
