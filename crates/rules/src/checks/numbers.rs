//! Check 17: the same number from paper on two records, spaces and case aside. Resolved when the
//! other one is set aside or removed.

use std::collections::BTreeSet;

use super::{Finding, Look, Severity};
use crate::world::folded;

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let numbers: BTreeSet<String> = (look.version.content.numbers().iter())
        .map(|number| folded(number))
        .filter(|number| !number.is_empty())
        .collect();
    let mut found = Vec::new();
    for number in numbers {
        for other in look.world.numbered(&number) {
            if other.id == look.record.id || other.kind != look.record.kind {
                continue;
            }
            let finding = Finding::new("number-used-twice", Severity::High, look.record.id);
            let finding = finding.about(other.id).with("number", &number);
            found.push(finding.resolved_if(other.is_ended()));
        }
    }
    found
}
