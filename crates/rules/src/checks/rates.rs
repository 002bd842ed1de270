//! Check 11: more ground than people, days or the task can explain.

use super::{Finding, Look, Severity};
use crate::accounts::Report;
use crate::content::{Content, Progress};
use crate::ground::{Dm2, size};

/// So many other reports make a median that means something.
const ENOUGH: usize = 3;

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let Content::Progress(progress) = &look.version.content else {
        return Vec::new();
    };
    let stated = progress.reason.is_some();
    let found = [
        stand_down(look, progress),
        rate(look, progress),
        beyond(look, progress),
    ];
    found
        .into_iter()
        .flatten()
        .map(|finding| finding.explained_if(stated))
        .collect()
}

/// m² on a day without work or without people.
fn stand_down(look: &Look<'_>, progress: &Progress) -> Option<Finding> {
    let odd = progress.worked_area > 0 && (progress.people == 0 || progress.stand_down);
    odd.then(|| {
        Finding::new("work-on-stand-down", Severity::Warn, look.record.id)
            .with("area", progress.worked_area)
    })
}

/// m² per deminer above the programme's limit, or more than twice the task's median.
fn rate(look: &Look<'_>, progress: &Progress) -> Option<Finding> {
    let per_person = |area: Dm2, people: i64| (people > 0 && area > 0).then(|| area / people);
    let rate = per_person(progress.worked_area, progress.people)?;
    let mut others: Vec<Dm2> = (look.world.books().reports_of_task(progress.task?))
        .filter(|report| report.record != look.record.id)
        .filter_map(|report| per_person(report.area, report.people))
        .collect();
    others.sort_unstable();
    let median = (others.len() >= ENOUGH).then(|| others[others.len() / 2]);
    let limit = look.world.settings().rate_limit;
    if rate <= limit && median.is_none_or(|median| rate <= 2 * median) {
        return None;
    }
    let finding =
        Finding::new("rate-implausible", Severity::Warn, look.record.id).with("rate", rate);
    Some(match median {
        Some(median) => finding.with("median", median),
        None => finding.with("limit", limit),
    })
}

/// The sum of all reports above the area of the task.
fn beyond(look: &Look<'_>, progress: &Progress) -> Option<Finding> {
    let books = look.world.books();
    let task = books.task(progress.task?)?;
    let area = match &task.outline {
        Some(outline) => size(&safelane_geometry::Area::of(&outline.shape)),
        None => (task.hazards.iter())
            .filter_map(|hazard| books.account(*hazard))
            .map(|account| size(&account.outline))
            .sum(),
    };
    let others: Dm2 = (books.reports_of_task(progress.task?))
        .filter(|report: &&Report| report.record != look.record.id)
        .map(|report| report.area)
        .sum();
    let sum = others + progress.worked_area;
    (area > 0 && sum > area && progress.worked_area > 0).then(|| {
        Finding::new("work-beyond-task", Severity::Warn, look.record.id)
            .with("sum", sum)
            .with("area", area)
    })
}
