//! The formula of layer 2: hazard × exposure × vulnerability, what was not answered as an interval.

use safelane_ledger::RecordId;
use safelane_model::Date;

use super::bands::{due, overrides};
use super::facts::Facts;
use super::interval::{Interval, rounded};
use super::parts::{
    accidents, alternatives, care, education, entries, hazard, larger, marking, newcomers,
};
use super::{Ask, Bands, Part, Risk, policy};

/// What goes into the index by itself: each may be unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    Hazard,
    Entries,
    Accidents,
    Newcomers,
    Alternatives,
    Education,
    Care,
    Marking,
}

/// The values of all terms.
struct Terms {
    hazard: Interval,
    entries: Interval,
    accidents: Interval,
    /// Those of vulnerability, in the order of the method: v1 to v4.
    shares: [(Term, Interval); 4],
    marking: Interval,
}

impl Terms {
    fn exposure(&self) -> Interval {
        self.entries.max(self.accidents)
    }

    fn vulnerability(&self) -> Interval {
        let mean = |end: fn(&Interval) -> f64| {
            let sum: f64 = self.shares.iter().map(|(_, share)| end(share)).sum();
            policy::VULNERABILITY_BASE + (1.0 - policy::VULNERABILITY_BASE) * sum / 4.0
        };
        Interval {
            least: mean(|share| share.least),
            greatest: mean(|share| share.greatest),
        }
    }

    fn index(&self) -> Interval {
        let end = |hazard: f64, exposure: f64, vulnerability: f64| {
            let floored = |value: f64| value.max(policy::FLOOR);
            10.0 * libm::cbrt(floored(hazard) * floored(exposure) * floored(vulnerability))
        };
        let (exposure, vulnerability) = (self.exposure(), self.vulnerability());
        Interval {
            least: end(self.hazard.least, exposure.least, vulnerability.least),
            greatest: end(
                self.hazard.greatest,
                exposure.greatest,
                vulnerability.greatest,
            ),
        }
    }

    /// The index with the measures that are there; a larger effect makes it less.
    fn current(&self) -> Interval {
        let index = self.index();
        let factor = self
            .marking
            .falling(|marking| 1.0 - policy::MARKING_EFFECT * marking);
        Interval {
            least: index.least * factor.least,
            greatest: index.greatest * factor.greatest,
        }
    }

    /// The term known to be the least that it can be.
    fn answered(&self, term: Term) -> Self {
        let low = |of: Term, value: Interval| {
            if of == term {
                Interval::exact(value.least)
            } else {
                value
            }
        };
        Self {
            hazard: low(Term::Hazard, self.hazard),
            entries: low(Term::Entries, self.entries),
            accidents: low(Term::Accidents, self.accidents),
            shares: self.shares.map(|(of, value)| (of, low(of, value))),
            // The marking takes off when it is complete: its least risk is its greatest effect.
            marking: if term == Term::Marking {
                Interval::exact(self.marking.greatest)
            } else {
                self.marking
            },
        }
    }
}

/// Scores a zone.
pub fn score(facts: &Facts, today: Date) -> Risk {
    let zone = &facts.zone;
    let mut asks = Asks::default();
    let hazard = hazard(facts, &mut asks);
    let entries = entries(zone, &mut asks);
    let accidents = accidents(&facts.accidents, today, &mut asks);
    let shares = [
        newcomers(zone, &mut asks),
        alternatives(zone, &mut asks),
        education(zone, &mut asks),
        care(zone, &mut asks),
    ];
    let measures = marking(zone, &mut asks);
    let terms = Terms {
        hazard: hazard.value,
        entries: entries.value,
        accidents: accidents.value,
        shares: [
            (Term::Newcomers, shares[0].value),
            (Term::Alternatives, shares[1].value),
            (Term::Education, shares[2].value),
            (Term::Care, shares[3].value),
        ],
        marking: measures.value,
    };
    let index = terms.index();
    let computed = Bands::of(index);
    let (band, overrides) = overrides(facts, computed, today);
    Risk {
        policy: policy::POLICY,
        hazard,
        exposure: larger(vec![entries, accidents]),
        vulnerability: Part {
            value: terms.vulnerability(),
            inputs: shares.into(),
        },
        index,
        current: terms.current(),
        computed,
        band,
        overrides,
        missing: asks.ranked(&terms),
        measures: Part {
            value: measures.value,
            inputs: vec![measures],
        },
        due: due(facts, today),
    }
}

/// Questions as they come up.
#[derive(Default)]
pub(super) struct Asks(Vec<(Term, Ask)>);

impl Asks {
    pub(super) fn ask(&mut self, code: &'static str, field: Option<&'static str>, term: Term) {
        let ask = Ask {
            code,
            field,
            records: Vec::new(),
            narrows: 0.0,
        };
        self.0.push((term, ask));
    }

    /// A question about another record; one question for all such records.
    pub(super) fn ask_about(&mut self, code: &'static str, record: RecordId, term: Term) {
        if let Some((_, ask)) = self.0.iter_mut().find(|(_, ask)| ask.code == code) {
            ask.records.push(record);
            return;
        }
        self.ask(code, None, term);
        if let Some((_, ask)) = self.0.last_mut() {
            ask.records.push(record);
        }
    }

    /// That which narrows the interval most comes first.
    fn ranked(self, terms: &Terms) -> Vec<Ask> {
        let now = terms.current().greatest;
        let mut asks: Vec<Ask> = (self.0.into_iter())
            .map(|(term, ask)| Ask {
                narrows: now - terms.answered(term).current().greatest,
                ..ask
            })
            .collect();
        // By what is shown, so that a last bit decides no order.
        asks.sort_by_key(|ask| -rounded(ask.narrows, 2));
        asks
    }
}
