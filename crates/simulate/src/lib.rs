//! A deterministic simulation of devices and hubs, from one seed.
//!
//! What runs is what ships: the devices' rounds ([`safelane_sync::Round`]) and presses, real
//! signatures, the hub's router with its handlers over the real SQLite store, `resolve`, the rules.
//! What is the simulator's own: clocks, chance, the devices' disks, the network, and the people.
//!
//! A run first stirs: people work, messages are lost, batteries die, backups come back. Each step is
//! checked. Then everything heals, and within a few rounds all must be everywhere and equal.
//!
//! | to do | go to |
//! |---|---|
//! | let something new go wrong | [`scenario::Trouble`], and where it happens in [`world`] |
//! | promise something new | [`world`]'s checks |
//! | see that a promise is watched | [`planted::Planted`], and the seam where it sits |
//! | a second hub | [`world`] has a list of them; a device's home is an index into it |

#![deny(missing_docs)]

pub mod device;
pub mod hub;
pub mod oracle;
pub mod planted;
pub mod rng;
pub mod run;
pub mod scenario;
pub mod world;

pub use planted::Planted;
pub use run::{Figures, Outcome, run, shrink};
pub use scenario::{Scenario, Trouble};

/// A promise that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which, as in `docs/proof.md`.
    pub promise: &'static str,
    /// What was seen.
    pub seen: String,
}

/// What a step gives.
pub type Held<T = ()> = Result<T, Broken>;

/// Breaks a promise.
pub fn broken<T>(promise: &'static str, seen: impl Into<String>) -> Held<T> {
    Err(Broken {
        promise,
        seen: seen.into(),
    })
}

/// The simulation itself failed: the hub did not open, a body had no bytes.
pub fn fault(error: impl std::fmt::Display) -> Broken {
    Broken {
        promise: "the simulation runs",
        seen: error.to_string(),
    }
}
