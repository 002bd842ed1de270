//! Check 11: more ground than people, days or the task can explain.

use safelane_ledger::RecordId;

use super::{Finding, Look, Severity, works};
use crate::content::{Content, Progress};
use crate::ground::{Dm2, size};

/// So many other days make a median that means something.
const ENOUGH: usize = 3;
/// A median is of so many days, the last ones.
const LAST_DAYS: usize = 10;

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

/// The other reports of a task, those that wait included.
fn others(look: &Look<'_>, task: RecordId) -> Vec<Progress> {
    (look.world.naming(task).iter())
        .filter(|record| record.id != look.record.id)
        .filter_map(|record| match &works(record)?.content {
            Content::Progress(other) if other.task == Some(task) => Some(other.as_ref().clone()),
            _ => None,
        })
        .collect()
}

/// m² per deminer above the programme's limit, or more than twice what is usual: the median of the
/// section's own last days on the task, else of all sections' there.
fn rate(look: &Look<'_>, progress: &Progress) -> Option<Finding> {
    let per_person = |area: Dm2, people: i64| (people > 0 && area > 0).then(|| area / people);
    let rate = per_person(progress.worked_area, progress.people)?;
    let mut others = others(look, progress.task?);
    others.retain(|other| other.day <= progress.day);
    others.sort_by_key(|other| std::cmp::Reverse(other.day));
    let median = |own: bool| {
        let mut rates: Vec<Dm2> = (others.iter())
            .filter(|other| !own || other.team == progress.team)
            .filter_map(|other| per_person(other.worked_area, other.people))
            .take(LAST_DAYS)
            .collect();
        rates.sort_unstable();
        (rates.len() >= ENOUGH).then(|| rates[rates.len() / 2])
    };
    let median = median(true).or_else(|| median(false));
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

/// The sum of all reports so far above the area of the task.
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
    // The days up to this one: the report that passes the area is the one to look at.
    let others: Dm2 = (others(look, progress.task?).iter())
        .filter(|other| other.day <= progress.day)
        .map(|other| other.worked_area)
        .sum();
    let sum = others + progress.worked_area;
    (area > 0 && sum > area && progress.worked_area > 0).then(|| {
        Finding::new("work-beyond-task", Severity::Warn, look.record.id)
            .with("sum", sum)
            .with("area", area)
    })
}
