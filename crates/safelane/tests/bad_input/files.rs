//! Tests elsewhere that the table names.

use std::fs;
use std::path::Path;

use crate::table::Case;

/// Faults of a case's list of other tests: a file that is gone, a test that is called otherwise now.
pub fn missing_tests(case: &Case) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let missing = case.held_by.iter().filter(|named| {
        let Some((file, name)) = named.split_once(": ") else {
            return true;
        };
        let text = fs::read_to_string(root.join(file)).unwrap_or_default();
        let wanted = if Path::new(file)
            .extension()
            .is_some_and(|ending| ending == "rs")
        {
            text.contains(&format!("fn {name}("))
        } else {
            text.contains(name)
        };
        !wanted
    });
    missing
        .map(|named| format!("{}: there is no test {named}", case.id))
        .collect()
}
