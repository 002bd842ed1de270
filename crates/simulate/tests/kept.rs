//! Seeds that once failed, and one seed for each planted fault.

use safelane_simulate::{Planted, Scenario, Trouble, run};

/// A line of `kept.txt`: a scenario's arguments.
fn scenario(line: &str) -> Scenario {
    let words: Vec<&str> = line.split_whitespace().collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| *word == name);
        let at = at.unwrap_or_else(|| panic!("{name} is missing: {line}"));
        words[at + 1]
    };
    let number = |name: &str| value(name).parse::<usize>().unwrap();
    let troubles = value("--troubles")
        .split(',')
        .filter(|word| *word != "none");
    Scenario {
        seed: value("--seed").parse().unwrap(),
        devices: number("--devices"),
        steps: number("--steps"),
        troubles: troubles
            .map(|word| Trouble::parse(word).unwrap_or_else(|| panic!("no trouble {word}")))
            .collect(),
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn what_once_failed_holds() {
    for line in lines(include_str!("kept.txt")) {
        let outcome = run(&scenario(line), None);
        assert!(outcome.broken.is_none(), "{line}: {:?}", outcome.broken);
    }
}

#[test]
fn every_planted_fault_is_found_and_by_the_promise_that_it_breaks() {
    let mut found = Vec::new();
    for line in lines(include_str!("planted.txt")) {
        let (word, rest) = line.split_once(' ').unwrap();
        let (promise, arguments) = rest.split_once(" | ").unwrap();
        let fault = Planted::parse(word).unwrap_or_else(|| panic!("no fault {word}"));
        let scenario = scenario(arguments);
        let broken = run(&scenario, Some(fault)).broken;
        let broken = broken.unwrap_or_else(|| panic!("{word} is not found by {scenario}"));
        assert_eq!(
            broken.0.promise,
            promise.trim(),
            "{word}: {}",
            broken.0.seen
        );
        let without = run(&scenario, None).broken;
        assert!(
            without.is_none(),
            "{scenario} fails without {word}: {without:?}"
        );
        found.push(fault);
    }
    found.sort_unstable();
    assert_eq!(
        found,
        Planted::ALL,
        "one line for each fault, in their order"
    );
}

#[test]
fn a_seed_goes_the_same_way_every_time() {
    let scenario = Scenario {
        troubles: Trouble::ALL.iter().copied().collect(),
        ..Scenario::of(3)
    };
    let (first, second) = (run(&scenario, None), run(&scenario, None));
    assert!(first.broken.is_none(), "{:?}", first.broken);
    assert!(first.course.len() > 20);
    assert_eq!(first.course, second.course);
    assert_eq!(first.figures, second.figures);
}
