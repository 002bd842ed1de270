//! Bad input by number: every case of `tests/bad_input/*.toml` on every surface that it reaches, against
//! the real binary, its real store and real connections.
//!
//! The table says what must be answered; nothing is ever answered with a fault of ours, nothing hangs,
//! and whatever was refused has left nothing behind. `docs/proof.md` has the figures.

#[path = "../it/hub.rs"]
#[expect(dead_code, reason = "the other tests of the binary use the rest")]
mod hub;

mod device;
mod files;
mod fuzzed;
mod http;
mod import;
mod office;
mod push;
mod stories;
mod table;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use office::Office;
use table::{Case, Surface, Try};

/// How many cases each letter has in the catalogue: 218 in all. A case that is not in the table fails.
const CATALOGUE: [(char, usize); 10] = [
    ('G', 46),
    ('F', 44),
    ('J', 16),
    ('M', 15),
    ('A', 22),
    ('W', 21),
    ('Q', 12),
    ('S', 25),
    ('V', 7),
    ('L', 10),
];

/// What one try came to.
type Outcome = Result<(), String>;

#[test]
fn every_case_of_the_catalogue_is_answered_as_the_table_says() {
    let start = Instant::now();
    let cases = table::read();
    let listed: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    for (letter, count) in CATALOGUE {
        let wanted = (1..=count).map(|number| format!("{letter}{number:02}"));
        let missing: Vec<String> = wanted.filter(|id| !listed.contains(&id.as_str())).collect();
        assert!(missing.is_empty(), "not in tests/bad_input: {missing:?}");
    }
    assert_eq!(
        listed.len(),
        218,
        "a case stands there twice, or is none of the catalogue"
    );

    let only = std::env::var("SAFELANE_CASE").ok();
    let wanted = |case: &&Case| {
        only.as_ref()
            .is_none_or(|id| case.id.starts_with(id.as_str()))
    };
    let mut faults = Vec::new();
    let mut office = Office::open();
    // What waits for a time-out waits beside the rest.
    let slow: Vec<_> = (cases.iter().filter(wanted))
        .flat_map(|case| case.tries.iter().map(move |one| (case, one)))
        .filter(|(_, one)| one.slow)
        .map(|(case, one)| {
            let (id, address, one) = (case.id.clone(), office.address(), one.clone());
            std::thread::spawn(move || (id, stories::waiting(&address, &one)))
        })
        .collect();
    for last in [false, true] {
        for case in cases.iter().filter(wanted) {
            for one in (case.tries.iter()).filter(|one| one.last == last && !one.slow) {
                if let Err(fault) = attempt(&mut office, case, one) {
                    let fault = format!("{} {:?}: {fault}", case.id, one.surface);
                    println!("{fault}");
                    faults.push(fault);
                }
            }
        }
    }
    for waiting in slow {
        let (id, outcome) = waiting.join().expect("a story ends");
        faults.extend(
            outcome
                .err()
                .map(|fault| format!("{id} (waiting): {fault}")),
        );
    }
    for case in cases.iter().filter(wanted) {
        faults.extend(files::missing_tests(case));
    }
    faults.extend(office.close().err());
    println!("{}", figures(&cases, start.elapsed()));
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn attempt(office: &mut Office, case: &Case, one: &Try) -> Outcome {
    let start = Instant::now();
    let memory = office.memory();
    let outcome = match one.surface {
        Surface::Import => import::attempt(office, case, one),
        Surface::Push => push::attempt(office, case, one),
        Surface::Http => http::attempt(office, one),
        Surface::CommandLine => import::command_line(office, one),
        Surface::Device => device::attempt(case, one),
    };
    let allowed = match one.surface {
        Surface::Import | Surface::CommandLine => Duration::from_mins(1),
        Surface::Push | Surface::Http | Surface::Device => Duration::from_secs(20),
    };
    let took = start.elapsed();
    outcome?;
    if took > allowed {
        return Err(format!("took {took:?}"));
    }
    let grown = office.memory().saturating_sub(memory);
    if took > Duration::from_secs(1) || grown > 50 {
        println!(
            "{} {:?} took {took:?}, the hub grew by {grown} MB",
            case.id, one.surface
        );
    }
    office.lives()
}

/// The sums by letter: tried here, held by another test, not applicable yet.
fn figures(cases: &[Case], took: Duration) -> String {
    let mut by_letter: BTreeMap<char, [usize; 4]> = BTreeMap::new();
    for case in cases {
        let letter = case.id.chars().next().unwrap_or('?');
        let sums = by_letter.entry(letter).or_default();
        sums[0] += usize::from(!case.tries.is_empty());
        sums[1] += usize::from(case.tries.is_empty() && !case.held_by.is_empty());
        sums[2] += usize::from(case.later.is_some());
        sums[3] += case.tries.len();
    }
    let mut text = String::from("bad input   tried  by other tests  not yet  tries\n");
    let mut all = [0; 4];
    for (letter, _) in CATALOGUE {
        let sums = by_letter.get(&letter).copied().unwrap_or_default();
        for (total, one) in all.iter_mut().zip(sums) {
            *total += one;
        }
        let [tried, elsewhere, later, tries] = sums;
        text +=
            &format!("{letter}           {tried:>6}  {elsewhere:>14}  {later:>7}  {tries:>5}\n");
    }
    let [tried, elsewhere, later, tries] = all;
    text + &format!(
        "all         {tried:>6}  {elsewhere:>14}  {later:>7}  {tries:>5}  in {:.0} s",
        took.as_secs_f64()
    )
}
