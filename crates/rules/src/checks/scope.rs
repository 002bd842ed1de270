//! Check 4: a mine where the task looks for none. Its drills do not hold: the work stops.

use super::{Finding, Look, Severity};
use crate::content::Content;

/// Mines that a person sets off.
const AP_MINES: [&str; 2] = ["ap-mine", "improvised-mine"];

pub(super) fn check(look: &Look<'_>) -> Option<Finding> {
    let Content::Item(item) = &look.version.content else {
        return None;
    };
    if !AP_MINES.contains(&item.category.as_str()) {
        return None;
    }
    let id = item.task?;
    let task = look.world.books().task(id)?;
    let expected = AP_MINES.iter().any(|mine| task.targets.contains(*mine));
    let without_mines =
        task.activity == "battle-area-clearance" || !(task.targets.is_empty() || expected);
    (without_mines && !expected).then(|| {
        Finding::new("mine-outside-scope", Severity::High, look.record.id)
            .about(id)
            .at(item.place.as_ref().map(|place| place.at))
    })
}
