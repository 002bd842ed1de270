//! Check 13: an item found that nobody has dealt with after the programme's number of days.

use super::{Finding, Look, Severity};
use crate::content::Content;

pub(super) fn check(look: &Look<'_>) -> Option<Finding> {
    let Content::Item(item) = &look.version.content else {
        return None;
    };
    // Scrap is counted, not disposed of.
    if item.disposed || item.category == "fragments" {
        return None;
    }
    let mut finding = Finding::new("item-not-dealt-with", Severity::High, look.record.id)
        .at(item.place.as_ref().map(|place| place.at))
        .after(item.found_on, look.world.settings().item_days);
    if let Some(found) = item.found_on {
        finding = finding.with("found", found);
    }
    Some(finding)
}
