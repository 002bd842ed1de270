//! A record as it stood at the end of a past day: *true on DATE*, by the dates in bodies alone.
//!
//! What is known is not narrowed here: which statements count is for the caller, who gives records
//! as they are known now or as they were known at an instant. The functions that draw the map and
//! keep the accounts then run on these records unchanged, so that S1 to S11 hold for a past day as
//! they hold for today. What states no day is danger on every day, and a release on none.

use std::collections::BTreeSet;

use safelane_ledger::resolve::Ended;
use safelane_ledger::{Act, RevisionId, Status};
use safelane_model::Date;

use crate::accounts::timeline::{ancestors, hazard_date, took_effect};
use crate::content::Content;
use crate::record::{Record, Version};

/// The record at the end of a day; none when nothing of it was there yet.
///
/// A hazardous area has a history: each approved statement holds from its day on. An event, a day's
/// work or a release happened once: a statement that corrects another stands in its place on every
/// day.
pub fn as_on(record: &Record, day: Date) -> Option<Record> {
    let gone = gone(record, day);
    let mut after = record.clone();
    after.versions.retain(|version| !gone.contains(&version.id));
    if after.versions.is_empty() {
        return None;
    }
    // An area that was ended since was no hazardous area of its own: the one that it was confirmed
    // out of keeps its ground, as in the accounts.
    let ended = record.is_ended();
    for version in &mut after.versions {
        restore(&mut version.content, day, ended);
    }
    stand(&mut after, record);
    Some(after)
}

/// The statements that were not there at the end of a day.
fn gone(record: &Record, day: Date) -> BTreeSet<RevisionId> {
    let history = took_effect(record);
    let released = (record.officials()).any(|version| released_by(&version.content, day));
    let not_there = |version: &&Version| match history.as_ref().and_then(|h| h.get(&version.id)) {
        Some(on) => *on > Some(day),
        // What was replaced and never approved draws nothing; it keeps its place in the chain.
        None if history.is_some() && version.status == Status::Superseded => false,
        // Of versions that contradict each other the accounts take what all release, from the
        // first of their days on (S7): none of them is left out.
        None if released && releases(&version.content) => false,
        None => !was_there(&version.content, day),
    };
    let absent: Vec<&Version> = record.versions.iter().filter(not_there).collect();
    let mut gone: BTreeSet<RevisionId> = absent.iter().map(|version| version.id).collect();
    if history.is_none() {
        // What a later approved statement corrects was not so either; a removal corrects nothing.
        let corrected = (absent.into_iter())
            .filter(|version| version.approved && !matches!(version.content, Content::Ends(_)));
        gone.extend(ancestors(record, corrected));
    }
    gone
}

const fn releases(content: &Content) -> bool {
    matches!(content, Content::Completion(_) | Content::Survey(_))
}

fn released_by(content: &Content, day: Date) -> bool {
    releases(content) && was_there(content, day)
}

/// Whether what a statement says was so at the end of a day, by itself.
fn was_there(content: &Content, day: Date) -> bool {
    // Danger without a day has always been there; work and releases without one never count.
    let danger = |on: Option<Date>| on <= Some(day);
    let dated = |on: Option<Date>| on.is_some_and(|on| on <= day);
    match content {
        Content::Hazard(hazard) => danger(hazard_date(hazard)),
        Content::Item(item) => danger(item.found_on),
        Content::Accident(accident) => danger(accident.on),
        Content::Task(task) => danger(task.days.0),
        Content::Zone(zone) => danger(zone.day),
        Content::Report(report) => danger(report.on),
        Content::Ends(ends) => danger(ends.on),
        Content::Progress(progress) => dated(progress.day),
        Content::Completion(done) => dated(done.completed_on),
        Content::Survey(survey) => dated(survey.day),
        // Reference data, and what answers a check, are as they are known.
        Content::Settlement(_)
        | Content::Team(_)
        | Content::Accreditation(_)
        | Content::Answer(_)
        | Content::Other(_)
        | Content::NotHere => true,
    }
}

/// Takes back what a statement says of later days.
fn restore(content: &mut Content, day: Date, ended: bool) {
    match content {
        // An item that is gone since a later day, or nobody says since when, was still there.
        Content::Item(item) if !item.in_the_ground && item.gone_on.is_none_or(|on| on > day) => {
            item.in_the_ground = true;
            item.destroyed = false;
            item.disposed = false;
            item.ended_on = None;
            item.gone_on = None;
        }
        Content::Hazard(hazard) if ended => hazard.opened_from = None,
        _ => {}
    }
}

/// Where the statements that are left stand among themselves.
fn stand(after: &mut Record, now: &Record) {
    let followed = ancestors(after, after.approved());
    for version in &mut after.versions {
        if version.approved {
            version.status = if followed.contains(&version.id) {
                Status::Superseded
            } else {
                Status::Official
            };
        }
    }
    let left: BTreeSet<RevisionId> = after.versions.iter().map(|version| version.id).collect();
    let state = &mut after.state;
    for list in [
        &mut state.open,
        &mut state.returned,
        &mut state.disputed,
        &mut state.superseded,
    ] {
        list.retain(|id| left.contains(id));
    }
    state.statements.retain(|id, _| left.contains(id));
    let officials: Vec<&Version> = (after.versions.iter())
        .filter(|version| version.status == Status::Official)
        .collect();
    state.officials = officials.iter().map(|version| version.id).collect();
    state.ended = ended(&officials);
    state.two_versions = state.officials.len() > 1
        || !state.disputed.is_empty()
        || (now.state.two_versions && !state.open.is_empty());
}

fn ended(officials: &[&Version]) -> Option<Ended> {
    let last = officials.last()?.id;
    let ends = |version: &&&Version| matches!(version.content, Content::Ends(_));
    if !officials.iter().all(|version| ends(&version)) {
        return None;
    }
    let aside = officials.iter().all(|version| version.act == Act::SetAside);
    Some(if aside {
        Ended::SetAside(last)
    } else {
        Ended::Removed(last)
    })
}

#[cfg(test)]
mod tests;
