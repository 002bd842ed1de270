//! Check 14: dates that cannot be, or that come after the end. They refuse nothing.

use safelane_model::Date;

use super::{Finding, Look, Severity};
use crate::content::Content;

pub(super) fn check(look: &Look<'_>) -> Vec<Finding> {
    let (dates, reason) = dates_of(&look.version.content);
    let mut found = Vec::new();
    if let Some(late) = dates
        .iter()
        .flatten()
        .copied()
        .filter(|on| *on > look.today)
        .max()
    {
        let finding = Finding::new("date-in-future", Severity::Warn, look.record.id)
            .with("date", late)
            .with("today", look.today);
        found.push(finding.explained_if(reason));
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
