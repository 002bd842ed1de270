//! One seed from its first morning to its end, and the smallest run that still fails.

use std::collections::BTreeSet;

use crate::planted::Planted;
use crate::scenario::{Scenario, Trouble};
use crate::world::World;
use crate::{Broken, fault};

/// What a run came to, for the line of figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Steps.
    pub steps: usize,
    /// Revisions signed.
    pub signed: usize,
    /// Leaves in the log at the end.
    pub leaves: u64,
    /// Revisions held at the end.
    pub held: usize,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which.
    pub scenario: Scenario,
    /// What it came to.
    pub figures: Figures,
    /// What broke, with the story until then.
    pub broken: Option<(Broken, Vec<String>)>,
    /// The log's order, by device and number: what clocks may not change.
    pub course: Vec<String>,
}

/// Runs a scenario.
pub fn run(scenario: &Scenario, planted: Option<Planted>) -> Outcome {
    let first = run_once(scenario, planted);
    let twin =
        scenario.has(Trouble::Skew) && first.broken.is_none() && scenario.seed.is_multiple_of(4);
    if !twin {
        return first;
    }
    // The same run with clocks that are right: nothing may differ but shown times.
    let mut straight = scenario.clone();
    straight.troubles.remove(&Trouble::Skew);
    let second = run_once(&straight, planted);
    let differs = first
        .course
        .iter()
        .zip(&second.course)
        .position(|(one, other)| one != other);
    if differs.is_none() && first.course.len() == second.course.len() && second.broken.is_none() {
        return first;
    }
    let seen = format!(
        "with right clocks the log is another from line {:?} on, {} and {} lines; {:?}",
        differs,
        first.course.len(),
        second.course.len(),
        second.broken
    );
    let broken = Broken {
        promise: "clocks change nothing but shown times",
        seen,
    };
    Outcome {
        broken: Some((broken, Vec::new())),
        ..first
    }
}

fn run_once(scenario: &Scenario, planted: Option<Planted>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let mut outcome = Outcome {
        scenario: scenario.clone(),
        figures: Figures::default(),
        broken: None,
        course: Vec::new(),
    };
    match runtime {
        Ok(runtime) => runtime.block_on(live(&mut outcome, planted)),
        Err(error) => outcome.broken = Some((fault(error), Vec::new())),
    }
    outcome
}

async fn live(outcome: &mut Outcome, planted: Option<Planted>) {
    let mut world = match World::new(outcome.scenario.clone(), planted).await {
        Ok(world) => world,
        Err(broken) => {
            outcome.broken = Some((broken, Vec::new()));
            return;
        }
    };
    let mut ended = world.stir().await;
    if ended.is_ok() {
        ended = world.heal().await;
    }
    outcome.figures = Figures {
        steps: outcome.scenario.steps,
        signed: world.signed,
        leaves: world.hubs[0].model.point.size,
        held: world.hubs[0].model.held.len(),
    };
    outcome.course = world.course().await;
    if let Err(broken) = ended {
        outcome.broken = Some((broken, std::mem::take(&mut world.story)));
    }
    world.close().await;
}

/// The smallest scenario found that still breaks a promise.
pub fn shrink(failing: &Scenario, planted: Option<Planted>) -> Outcome {
    let mut best = run(failing, planted);
    let mut tries = 0;
    let mut smaller = true;
    while smaller && tries < 120 {
        smaller = false;
        for candidate in candidates(&best.scenario) {
            tries += 1;
            let outcome = run(&candidate, planted);
            if outcome.broken.is_some() {
                best = outcome;
                smaller = true;
                break;
            }
        }
    }
    best
}

fn candidates(of: &Scenario) -> Vec<Scenario> {
    let mut found = Vec::new();
    for steps in [of.steps / 2, of.steps * 3 / 4, of.steps.saturating_sub(4)] {
        if steps > 0 && steps < of.steps {
            found.push(Scenario {
                steps,
                ..of.clone()
            });
        }
    }
    for devices in [of.devices / 2, of.devices - 1] {
        if devices > 0 && devices < of.devices {
            found.push(Scenario {
                devices,
                ..of.clone()
            });
        }
    }
    for trouble in &of.troubles {
        let mut troubles: BTreeSet<Trouble> = of.troubles.clone();
        troubles.remove(trouble);
        found.push(Scenario {
            troubles,
            ..of.clone()
        });
    }
    found
}
