//! The ten stops of the tour: who stands there, on which page. What is read there is worded by the
//! app, as `tour.stop.<number>`.

use safelane_ledger::LedgerId;
use safelane_server::DemoStop;
use uuid::Uuid;

/// Who, and where; a name in braces is a record of the isle.
const STOPS: [(&str, &str); 10] = [
    ("ash", "/desk/map"),
    ("ash", "/desk/record/{hazard 203}"),
    ("fern", "/field/today"),
    ("fern", "/field/new/explosive-ordnance"),
    ("ash", "/desk/review?record={progress 9}"),
    ("bell", "/desk/review?record={completion 6}"),
    ("ash", "/desk/combine/{hazard 220}"),
    ("dale", "/desk/record/{zone 3}"),
    ("wren", "/desk/record/{hazard 112}"),
    ("stone", "/desk/import"),
];

/// The stops in this isle: its records have other ids than those of another.
pub fn stops(ledger: LedgerId) -> Vec<DemoStop> {
    let stop = |(person, address): (&str, &str)| DemoStop {
        person: person.to_owned(),
        address: match record_of(address) {
            Some(name) => address.replace(&format!("{{{name}}}"), &id(ledger, name).to_string()),
            None => address.to_owned(),
        },
    };
    STOPS.into_iter().map(stop).collect()
}

/// The record that an address names.
fn record_of(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once('{')?;
    rest.strip_suffix('}')
}

/// As the isle's builder names its records.
fn id(ledger: LedgerId, name: &str) -> Uuid {
    Uuid::new_v5(&ledger.uuid(), format!("demo {name}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::table;

    /// The words of a bundle in a language.
    fn words(language: &str, bundle: &str) -> String {
        let locales = concat!(env!("CARGO_MANIFEST_DIR"), "/../../frontend/locales");
        std::fs::read_to_string(format!("{locales}/{language}/{bundle}.properties"))
            .expect("the translation is there")
    }

    #[test]
    fn each_stop_has_a_person_a_page_and_words_in_its_bundle() {
        let table = table::read(table::TABLE).expect("the table is right");
        let stops = stops(LedgerId::demo([4; 16]));
        assert_eq!(stops.len(), 10);
        for (number, stop) in (1..).zip(&stops) {
            let offered = (table.person.iter())
                .any(|person| person.key == stop.person && person.sign_in.is_some());
            assert!(offered, "{stop:?}");
            let bundle = ["desk", "field"]
                .into_iter()
                .find(|bundle| stop.address.starts_with(&format!("/{bundle}/")))
                .unwrap_or_else(|| panic!("{stop:?}"));
            assert!(!stop.address.contains(['{', '}', ' ']), "{stop:?}");
            for language in ["en", "km", "bs"] {
                let key = format!("tour.stop.{number} = ");
                let words = words(language, bundle);
                assert!(
                    words.lines().any(|line| line.starts_with(&key)),
                    "{language}/{bundle} lacks {key}"
                );
            }
        }
    }

    #[test]
    fn the_records_of_the_stops_are_rows_of_the_table() {
        let table = table::read(table::TABLE).expect("the table is right");
        let mut named = 0;
        for name in STOPS.iter().filter_map(|(_, address)| record_of(address)) {
            named += 1;
            let (kind, key) = name.split_once(' ').expect("a kind and its row");
            let row: u64 = key.parse().expect("a number");
            let index = usize::try_from(row).expect("a row");
            let found = match kind {
                // An imported one has an id of its own.
                "hazard" => table.hazard(row).is_some_and(|row| row.import.is_none()),
                "zone" => (table.zone.get(index)).is_some_and(|zone| zone.name == "School path"),
                // Fern's day, which waits for Ash.
                "progress" => (table.progress.get(index))
                    .is_some_and(|day| day.by.get_ref() == "fern" && day.days_ago == 0),
                // The one with a strip left out.
                "completion" => {
                    (table.completion.get(index)).is_some_and(|done| *done.hazard.get_ref() == 207)
                }
                _ => false,
            };
            assert!(found, "{name}");
        }
        assert_eq!(named, 6);
    }
}
