//! What goes into hazard, exposure and vulnerability, input by input, and what is asked where an
//! answer is missing.

use std::collections::BTreeSet;

use safelane_model::Date;
use safelane_model::kinds::civilian_risk_zone::key;

use super::facts::{AccidentFact, Evidence, Facts, HazardFact};
use super::interval::Interval;
use super::score::{Asks, Term};
use super::{Input, Part, policy};
use crate::content::Zone;

/// Days of a month, on average.
const MONTH_DAYS: f64 = 365.25 / 12.0;

fn input(code: &'static str, value: Interval) -> Input {
    Input {
        code,
        value,
        decides: true,
        records: Vec::new(),
        args: Vec::new(),
    }
}

/// A part whose value is the largest of its inputs, the floor at least; that which decides stands
/// first.
pub(super) fn larger(mut inputs: Vec<Input>) -> Part {
    let least = Interval::exact(0.0);
    let value = inputs.iter().fold(least, |most, one| most.max(one.value));
    for one in &mut inputs {
        let reaches = one.value.greatest >= value.greatest || one.value.least >= value.least;
        one.decides = reaches && one.value.greatest > 0.0;
    }
    inputs.sort_by(|a, b| {
        let (a, b) = (a.value, b.value);
        (b.greatest.total_cmp(&a.greatest)).then(b.least.total_cmp(&a.least))
    });
    let value = value.rising(|value| value.max(policy::FLOOR));
    Part { value, inputs }
}

/// The worst type of some, and its value. What is unknown reaches from the worst known one to 1.
fn worst<'a>(
    types: impl IntoIterator<Item = &'a String>,
    road: Option<bool>,
) -> (Option<&'a str>, Interval) {
    let mut worst = (None, Interval::exact(0.0));
    for code in types {
        let value = policy::device(code, road);
        if worst.0.is_none() || value.greatest > worst.1.greatest {
            worst.0 = Some(code.as_str());
        }
        worst.1 = worst.1.max(value);
    }
    worst
}

/// H: how sure it is that something lies there, times how readily it kills; the worst of the zone's
/// hazardous areas. A threat that people state and no hazardous area is recorded for is an
/// indication. Without a hazardous area nobody can say how sure it is.
pub(super) fn hazard(facts: &Facts, asks: &mut Asks) -> Part {
    let zone = &facts.zone;
    let road = zone.road_or_ploughed;
    let mut inputs: Vec<Input> = (facts.hazards.iter())
        .map(|one| one_hazard(one, road))
        .collect();
    let recorded: BTreeSet<&String> = (facts.hazards.iter())
        .flat_map(|one| &one.contamination)
        .collect();
    if facts.hazards.is_empty() {
        inputs.push(input("no-hazard", Interval::UNKNOWN));
        asks.ask("hazard", Some(key::hazards), Term::Hazard);
    } else {
        let beside =
            (zone.threat.iter()).filter(|code| *code == "unknown" || !recorded.contains(code));
        // What an unknown type is may be the very threat that people state.
        let maybe_recorded = recorded.iter().any(|code| *code == "unknown");
        inputs.extend(threat(beside, road, maybe_recorded));
    }
    let part = larger(inputs);
    if !part.value.is_exact() {
        let unknown = |one: &&HazardFact| one.contamination.contains("unknown");
        for one in facts.hazards.iter().filter(unknown) {
            asks.ask_about("contamination", one.record, Term::Hazard);
        }
        let av = "av-mine".to_owned();
        let threat_unknown = zone.threat.contains("unknown") && !facts.hazards.is_empty();
        if threat_unknown {
            asks.ask("threat", Some(key::threat), Term::Hazard);
        }
        if road.is_none() && (recorded.contains(&av) || zone.threat.contains(&av)) {
            asks.ask("road", Some(key::road_or_ploughed), Term::Hazard);
        }
    }
    part
}

fn threat<'a>(
    types: impl Iterator<Item = &'a String>,
    road: Option<bool>,
    maybe_recorded: bool,
) -> Option<Input> {
    let (code, mut value) = worst(types, road);
    if maybe_recorded {
        value.least = 0.0;
    }
    let certainty = policy::evidence(Evidence::Indication);
    let mut one = input("threat", value.rising(|value| certainty * value));
    one.args.push(("type", code?.to_owned()));
    Some(one)
}

fn one_hazard(hazard: &HazardFact, road: Option<bool>) -> Input {
    let certainty = policy::evidence(hazard.evidence);
    let (code, value) = worst(&hazard.contamination, road);
    let mut one = input("hazard", value.rising(|value| certainty * value));
    one.records.push(hazard.record);
    one.args
        .push(("evidence", hazard.evidence.code().to_owned()));
    one.args
        .push(("type", code.unwrap_or("unknown").to_owned()));
    one
}

/// How often people meet it: 1,000 entries a month count 1.
pub(super) fn entries(zone: &Zone, asks: &mut Asks) -> Input {
    let Some(count) = zone.entries else {
        asks.ask("entries", Some(key::entries_per_month), Term::Entries);
        return input("entries-unknown", Interval::UNKNOWN);
    };
    let share = (libm::log10(1.0 + count as f64) / 3.0).min(1.0);
    let mut one = input("entries", Interval::exact(share));
    one.args.push(("count", count.to_string()));
    one
}

/// Months between an accident and today; one in the future was just now.
pub(super) fn months_since(on: Date, today: Date) -> f64 {
    let days = today.days_since_1970() - on.days_since_1970();
    days.max(0) as f64 / MONTH_DAYS
}

/// What accidents say about exposure: each counts half after 24 months. One without a day may have
/// been yesterday or long ago.
pub(super) fn accidents(accidents: &[AccidentFact], today: Date, asks: &mut Asks) -> Input {
    let mut sum = Interval::exact(0.0);
    let mut latest: Option<f64> = None;
    for one in accidents {
        let Some(on) = one.on else {
            sum.greatest += 1.0;
            asks.ask_about("accident-day", one.record, Term::Accidents);
            continue;
        };
        let months = months_since(on, today);
        let weight = libm::exp2(-months / policy::HALF_LIFE_MONTHS);
        sum = Interval {
            least: sum.least + weight,
            greatest: sum.greatest + weight,
        };
        latest = Some(latest.map_or(months, |least| least.min(months)));
    }
    let code = match (accidents.is_empty(), latest) {
        (true, _) => "no-accident",
        (false, None) => "accidents-undated",
        (false, Some(_)) => "accidents",
    };
    let mut one = input(code, sum.rising(|sum| 1.0 - libm::exp(-sum)));
    one.records = accidents.iter().map(|one| one.record).collect();
    one.args.push(("count", accidents.len().to_string()));
    if let Some(months) = latest {
        one.args
            .push(("months", (months.floor() as i64).to_string()));
    }
    one
}

/// v1: the share of children and newcomers among the exposed. Of counts that are partly unknown it
/// is the least and the greatest share that they allow.
pub(super) fn newcomers(zone: &Zone, asks: &mut Asks) -> Input {
    let span = |counts: [Option<i64>; 2]| {
        let known: i64 = counts.iter().flatten().fold(0, |a, b| a.saturating_add(*b));
        let all = counts.iter().all(Option::is_some);
        (known as f64, if all { known as f64 } else { f64::INFINITY })
    };
    let (least_children, most_children) = span(zone.children);
    let (least_adults, most_adults) = span(zone.adults);
    let new = zone.newcomers.map(|new| (new as f64).min(most_adults));
    // There are at least as many adults as newcomers among them.
    let least_adults = least_adults.max(new.unwrap_or(0.0)).min(most_adults);
    // Shares of nobody are not known.
    let maybe_nobody = least_children + least_adults <= 0.0;
    let value = if maybe_nobody {
        Interval::UNKNOWN
    } else {
        Interval {
            least: share(
                least_children + new.unwrap_or(0.0),
                most_adults - new.unwrap_or(0.0),
            ),
            greatest: match new {
                Some(new) => share(most_children + new, least_adults - new),
                None => 1.0,
            },
        }
    };
    let counted = most_children.is_finite() && most_adults.is_finite() && !maybe_nobody;
    if !counted {
        asks.ask("exposed", Some(key::women), Term::Newcomers);
    }
    if zone.newcomers.is_none() && value.greatest > value.least {
        asks.ask("newcomers", Some(key::newcomers), Term::Newcomers);
    }
    let code = match (counted, zone.newcomers) {
        (false, _) => "exposed-unknown",
        (true, None) => "newcomers-unknown",
        (true, Some(_)) => "newcomers",
    };
    let mut one = input(code, value);
    if counted {
        let people = most_children + most_adults;
        one.args.push(("people", (people as i64).to_string()));
        one.args
            .push(("children", (most_children as i64).to_string()));
    }
    if let Some(new) = zone.newcomers.filter(|_| counted) {
        one.args.push(("newcomers", new.to_string()));
    }
    one
}

/// Some among some and others; nothing among infinitely many, all where there are infinitely many.
fn share(some: f64, others: f64) -> f64 {
    match (some.is_infinite(), others.is_infinite()) {
        (_, true) => 0.0,
        (true, false) => 1.0,
        (false, false) if some + others <= 0.0 => 0.0,
        (false, false) => some / (some + others),
    }
}

/// v2: no alternative predicts that people enter knowingly.
pub(super) fn alternatives(zone: &Zone, asks: &mut Asks) -> Input {
    let code = zone.alternatives.as_deref();
    let mut one = input("alternatives", policy::no_alternative(code));
    if !one.value.is_exact() {
        asks.ask("alternatives", Some(key::alternatives), Term::Alternatives);
    }
    one.args
        .push(("answer", code.unwrap_or("unknown").to_owned()));
    one
}

/// v3: the share whom risk education did not reach.
pub(super) fn education(zone: &Zone, asks: &mut Asks) -> Input {
    let Some(percent) = zone.reached else {
        asks.ask(
            "education",
            Some(key::reached_by_education),
            Term::Education,
        );
        return input("education-unknown", Interval::UNKNOWN);
    };
    let percent = percent.min(100);
    let mut one = input("education", Interval::exact(1.0 - percent as f64 / 100.0));
    one.args.push(("percent", percent.to_string()));
    one
}

/// v4: how far it is to trauma care; four hours and more count 1.
pub(super) fn care(zone: &Zone, asks: &mut Asks) -> Input {
    let Some(minutes) = zone.minutes_to_care else {
        asks.ask("care", Some(key::minutes_to_care), Term::Care);
        return input("care-unknown", Interval::UNKNOWN);
    };
    let share = (minutes as f64 / policy::MINUTES_TO_CARE).min(1.0);
    let mut one = input("care", Interval::exact(share));
    one.args.push(("minutes", minutes.to_string()));
    one
}

pub(super) fn marking(zone: &Zone, asks: &mut Asks) -> Input {
    let code = zone.marking.as_deref();
    let mut one = input("marking", policy::marking(code));
    if !one.value.is_exact() {
        asks.ask("marking", Some(key::marking), Term::Marking);
    }
    one.args
        .push(("answer", code.unwrap_or("unknown").to_owned()));
    one
}
