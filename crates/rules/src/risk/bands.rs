//! What sets the band beside the index, and when a zone is looked at again.

use safelane_ledger::RecordId;
use safelane_model::Date;

use super::facts::{AccidentFact, Facts};
use super::parts::months_since;
use super::{Band, Bands, Due, Override, policy};

/// The band after all rules, each with whether it changed anything. A band that a person sets holds
/// instead of the computed one; a rule's floor holds above both.
pub(super) fn overrides(facts: &Facts, computed: Bands, today: Date) -> (Bands, Vec<Override>) {
    let mut band = computed;
    let mut found = Vec::new();
    if let Some((code, reason)) = &facts.zone.set_band {
        let set = Band::of_code(code);
        let after = Bands {
            least: set,
            greatest: set,
        };
        found.push(Override {
            code: "person",
            band: set,
            changes: after != band,
            records: Vec::new(),
            args: vec![("reason", reason.clone())],
        });
        band = after;
    }
    for mut rule in rules(facts, today) {
        let after = if rule.code == "accident-maybe-recent" {
            Bands {
                greatest: band.greatest.max(rule.band),
                ..band
            }
        } else {
            band.at_least(rule.band)
        };
        rule.changes = after != band;
        band = after;
        found.push(rule);
    }
    (band, found)
}

fn rules(facts: &Facts, today: Date) -> Vec<Override> {
    let rule = |code, band, records| Override {
        code,
        band,
        changes: false,
        records,
        args: Vec::new(),
    };
    let mut found = Vec::new();
    let dated =
        (facts.accidents.iter()).filter_map(|one| Some((months_since(one.on?, today), one)));
    let recent: Vec<_> = dated
        .filter(|(months, _)| *months < policy::RECENT_MONTHS)
        .collect();
    if let Some(months) = recent.iter().map(|(months, _)| *months).reduce(f64::min) {
        let records = recent.iter().map(|(_, one)| one.record).collect();
        let mut one = rule("accident", policy::RAISED, records);
        one.args
            .push(("months", (months.floor() as i64).to_string()));
        found.push(one);
    } else {
        let undated = facts.accidents.iter().filter(|one| one.on.is_none());
        let records: Vec<RecordId> = undated.map(|one| one.record).collect();
        if !records.is_empty() {
            found.push(rule("accident-maybe-recent", policy::RAISED, records));
        }
    }
    for school in &facts.schools {
        let records = vec![school.settlement, school.hazard];
        let mut one = rule("school", policy::RAISED, records);
        one.args.push(("metres", school.metres.to_string()));
        found.push(one);
    }
    if !facts.finds.is_empty() {
        let band = policy::FIND_IN_RELEASED_GROUND;
        found.push(rule("find-in-released-ground", band, facts.finds.clone()));
    }
    found
}

pub(super) fn due(facts: &Facts, today: Date) -> Due {
    let zone = &facts.zone;
    let year = (zone.day).and_then(|day| day.plus_days(policy::REVIEW_DAYS).ok());
    let on = match (zone.next_review_on, year) {
        (Some(stated), Some(year)) => Some(stated.min(year)),
        (stated, year) => stated.or(year),
    };
    let after = |one: &&AccidentFact| one.on > zone.day;
    let accidents: Vec<RecordId> = (facts.accidents.iter().filter(after))
        .map(|one| one.record)
        .collect();
    Due {
        on,
        overdue: on.is_none_or(|on| on < today) || !accidents.is_empty(),
        accidents,
    }
}
