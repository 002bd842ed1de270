//! What the standing checks and the risk index say of the isle.

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::RecordId;

use super::Built;

/// What the standing checks say of every record, each result once, by number, code, life and what it
/// is about: names, and kinds of what has no name.
pub(super) fn checks(isle: &Built) {
    let mut found: BTreeMap<Vec<RecordId>, BTreeSet<String>> = BTreeMap::new();
    isle.app.board().read(|board| {
        let name = |id: &RecordId| {
            let known = board.get(*id).expect("it is known");
            known
                .row
                .name
                .clone()
                .unwrap_or_else(|| known.summary.kind.clone())
        };
        for known in board.all() {
            for one in safelane_rules::checks::run(&known.record, &board.world, isle.today) {
                let about = one.about_sorted();
                let names: BTreeSet<String> = about.iter().map(name).collect();
                let names = names.into_iter().collect::<Vec<_>>().join(", ");
                let line = format!(
                    "{:02} {} {}: {names}",
                    one.number,
                    one.code,
                    one.life.code()
                );
                found.entry(about).or_default().insert(line);
            }
        }
    });
    let lines: BTreeSet<String> = found.into_values().flatten().collect();
    assert_eq!(lines.into_iter().collect::<Vec<_>>(), CHECKS);
}

/// Numbers 10, 16, 18 and 19 need later kinds.
const CHECKS: &[&str] = &[
    "01 find-in-released-ground open: clearance, explosive-ordnance",
    "01 find-in-released-ground resolved: accident, clearance",
    "01 find-in-released-ground resolved: clearance, explosive-ordnance",
    "01 find-in-worked-ground resolved: accident, clearance",
    "02 outside-recorded-hazard open: accident",
    "02 outside-recorded-hazard open: explosive-ordnance",
    "02 outside-recorded-hazard resolved: explosive-ordnance",
    "03 item-below-depth open: School field, explosive-ordnance",
    "04 mine-outside-scope explained: Cape strike, explosive-ordnance",
    "05 fade-out-not-extended open: clearance, explosive-ordnance",
    "06 geometry-mended open: Lighthouse",
    "07 work-overlaps open: clearance",
    "08 strip-left open: Ford East, clearance",
    "09 stated-area-differs open: Old mill hall",
    "11 rate-implausible explained: clearance",
    "12 cleared-without-item open: Fish pond, clearance",
    "13 item-not-dealt-with open: explosive-ordnance",
    "13 item-not-destroyed open: clearance, explosive-ordnance",
    "14 report-after-completion open: clearance",
    "15 not-accredited open: Dogs 1, clearance",
    "17 number-used-twice resolved: Hill Farm, Hill Farm, copy",
    "20 marking-overdue open: School Cross, School path",
    "20 not-visited open: Old front",
    "21 flooded-ground open: Flood of last year, clearance",
    "22 use-deeper-than-clearance open: Fish pond, clearance",
];

/// The worked examples of the method, in tenths, and the zone that a rule raises.
pub(super) fn risk(isle: &Built) {
    use safelane_rules::risk::{Band, risk, rounded};
    let mut scores = BTreeMap::new();
    isle.app.board().read(|board| {
        for known in board.of_kind("civilian-risk-zone") {
            let version = known.record.subject().expect("a statement");
            let risk = risk(version, &board.world, isle.today).expect("a zone");
            let name = known.row.name.clone().unwrap_or_default();
            let index = [risk.index.least, risk.index.greatest].map(|one| rounded(one, 1));
            scores.insert(name, (index, risk.band.greatest));
        }
    });
    let golden = [
        ("Flood of last year", [14, 39], Band::Low),
        ("Grove", [63, 63], Band::High),
        ("Paddy-edge walk", [90, 90], Band::VeryHigh),
        ("Remote forest", [48, 48], Band::Medium),
        ("School path", [56, 56], Band::High),
    ];
    let golden = golden.map(|(name, index, band)| (name.to_owned(), (index, band)));
    assert_eq!(scores, golden.into());
}
