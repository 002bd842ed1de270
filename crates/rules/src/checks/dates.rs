//! Check 14: dates that cannot be, or that come after the end. They refuse nothing.

use safelane_ledger::Status;
use safelane_model::Date;

use super::{Finding, Look, Severity};
use crate::content::Content;

/// A report that comes so many days after newer ones of the same section is late.
const LATE_DAYS: i64 = 7;

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let (dates, reason) = dates_of(&look.version.content);
    let mut found = Vec::new();
    if let Some(late) = dates.into_iter().flatten().max() {
        let mut finding = Finding::new("date-in-future", Severity::Warn, look.record.id)
            .with("date", late)
            .explained_if(reason);
        // In the future until it comes.
        finding.until = late.plus_days(-1).ok();
        found.push(finding);
    }
    if let (Some(start), Some(end)) = span(&look.version.content)
        && end < start
    {
        let finding = Finding::new("dates-reversed", Severity::Warn, look.record.id)
            .with("start", start)
            .with("end", end);
        found.push(finding);
    }
    found.extend(after_completion(look));
    found.extend(late(look));
    found
}

fn dates_of(content: &Content) -> (Vec<Option<Date>>, bool) {
    match content {
        Content::Hazard(one) => (vec![one.opened_on, one.changed_on, one.closed_on], false),
        Content::Progress(one) => (vec![one.day], one.date_reason.is_some()),
        Content::Completion(one) => (
            vec![one.started_on, one.completed_on],
            one.date_reason.is_some(),
        ),
        Content::Survey(one) => (vec![one.day], one.date_reason.is_some()),
        Content::Item(one) => (vec![one.found_on, one.ended_on], false),
        Content::Accident(one) => (vec![one.on], false),
        Content::Zone(one) => (vec![one.day], one.date_reason.is_some()),
        Content::Report(one) => (vec![one.on], false),
        // A task may lie ahead, and an accreditation ends there.
        Content::Task(_)
        | Content::Settlement(_)
        | Content::Team(_)
        | Content::Accreditation(_)
        | Content::Answer(_)
        | Content::Ends(_)
        | Content::Other(_)
        | Content::NotHere => (Vec::new(), false),
    }
}

fn span(content: &Content) -> (Option<Date>, Option<Date>) {
    match content {
        Content::Hazard(one) => (one.opened_on, one.closed_on),
        Content::Completion(one) => (one.started_on, one.completed_on),
        Content::Item(one) => (one.found_on, one.ended_on),
        Content::Task(one) => one.days,
        _ => (None, None),
    }
}

/// A day's report of a section that comes so much later than the days after it that totals of a
/// time which people have read already change. It takes effect in its place all the same.
fn late(look: &Look<'_>) -> Option<Finding> {
    let Content::Progress(progress) = &look.version.content else {
        return None;
    };
    if look.version.status != Status::Open {
        return None;
    }
    let (task, day) = (progress.task?, progress.day?);
    let newest = look
        .world
        .naming(task)
        .iter()
        .filter(|record| record.id != look.record.id)
        .flat_map(|record| {
            (record.officials())
                .filter_map(|version| match &version.content {
                    Content::Progress(other) if other.team == progress.team => other.day,
                    _ => None,
                })
                .collect::<Vec<_>>()
        })
        .max()?;
    let late = newest.days_since_1970() - day.days_since_1970() > LATE_DAYS;
    late.then(|| {
        Finding::new("report-late", Severity::Warn, look.record.id)
            .with("day", day)
            .with("newest", newest)
            .explained_if(progress.reason.is_some())
    })
}

/// A day's report dated after the task was completed.
fn after_completion(look: &Look<'_>) -> Option<Finding> {
    let Content::Progress(progress) = &look.version.content else {
        return None;
    };
    let (task, day) = (progress.task?, progress.day?);
    let completed = look
        .world
        .naming(task)
        .iter()
        .flat_map(|record| {
            record
                .officials()
                .map(|v| v.content.clone())
                .collect::<Vec<_>>()
        })
        .filter_map(|content| match content {
            Content::Completion(done) if !done.claimed => done.completed_on,
            _ => None,
        })
        .max()?;
    (day > completed).then(|| {
        Finding::new("report-after-completion", Severity::Warn, look.record.id)
            .with("day", day)
            .with("completed", completed)
            .explained_if(progress.reason.is_some())
    })
}
