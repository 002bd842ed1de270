//! Layer 3: the priority of a task, a weighted sum that a village meeting can follow.

use super::interval::rounded;

/// What counts for a task, each 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Task {
    /// The zone's risk index, divided by ten.
    pub risk: f64,
    /// People who benefit, see [`benefit`].
    pub benefit: f64,
    /// Development readiness: share of yes among use planned, ownership clear, no dispute, supporter
    /// found, access open.
    pub readiness: f64,
    /// Feasibility: season open, asset available, slope and metal in reach, casualty evacuation
    /// within the limit.
    pub feasibility: f64,
    /// Equity: an area neglected so far.
    pub equity: f64,
}

/// How much each counts. They belong to a policy version, as the values of the index do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights([f64; 5]);

impl Weights {
    /// The default ones: risk, benefit, readiness, feasibility, equity.
    pub const DEFAULT: Self = Self([0.40, 0.25, 0.15, 0.10, 0.10]);

    /// Weights whose sum becomes 1; none when one is negative, or all are nothing.
    pub fn try_new(weights: [f64; 5]) -> Option<Self> {
        let sum: f64 = weights.iter().sum();
        let good = weights
            .iter()
            .all(|weight| weight.is_finite() && *weight >= 0.0);
        (good && sum > 0.0).then(|| Self(weights.map(|weight| weight / sum)))
    }

    /// One of them more or less, the others in their proportion.
    fn with(self, which: usize, factor: f64) -> Self {
        let mut weights = self.0;
        weights[which] *= factor;
        Self::try_new(weights).unwrap_or(self)
    }
}

/// A priority with what each part contributes to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Priority {
    /// 0 to 100; show it by [`rounded`] to tenths.
    pub value: f64,
    /// Contributions of risk, benefit, readiness, feasibility, equity; their sum is the value.
    pub parts: [f64; 5],
}

/// The priority of a task.
pub fn priority(task: &Task, weights: Weights) -> Priority {
    let values = [
        task.risk,
        task.benefit,
        task.readiness,
        task.feasibility,
        task.equity,
    ];
    let mut parts = [0.0; 5];
    for (part, (value, weight)) in parts.iter_mut().zip(values.iter().zip(weights.0)) {
        *part = 100.0 * weight * value.clamp(0.0, 1.0);
    }
    Priority {
        value: parts.iter().sum(),
        parts,
    }
}

/// People who benefit directly, against the most of the programme: each ten times as many add the
/// same.
pub fn benefit(people: u64, most: u64) -> f64 {
    if most == 0 {
        return 0.0;
    }
    let log = |count: u64| libm::log10(1.0 + count as f64);
    (log(people) / log(most)).min(1.0)
}

/// What happens to the first places when one weight changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// Which weight: risk, benefit, readiness, feasibility, equity.
    pub weight: usize,
    /// By what it was multiplied: 0.75 or 1.25.
    pub factor: f64,
    /// How many of the first places another task would take.
    pub places: usize,
}

/// How the first `top` places change when each weight is a quarter less and a quarter more.
pub fn sensitivity(tasks: &[Task], weights: Weights, top: usize) -> Vec<Moved> {
    let now = order(tasks, weights);
    let mut found = Vec::new();
    for weight in 0..weights.0.len() {
        for factor in [0.75, 1.25] {
            let then = order(tasks, weights.with(weight, factor));
            let both = now.iter().zip(&then).take(top);
            found.push(Moved {
                weight,
                factor,
                places: both.filter(|(a, b)| a != b).count(),
            });
        }
    }
    found
}

/// Indexes of the tasks, the most urgent first; equal ones in their order.
fn order(tasks: &[Task], weights: Weights) -> Vec<usize> {
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|index| -rounded(priority(&tasks[*index], weights).value, 1));
    order
}
