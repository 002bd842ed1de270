//! What one seed stands for: how many devices, how long, and which troubles.

use std::collections::BTreeSet;
use std::fmt;

use crate::rng::Rng;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name on the command line.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one of that name.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What goes wrong in a run, or merely changes. Each seed has a random part of them.
    Trouble {
        /// Messages are lost.
        Drop = "drop",
        /// Requests arrive twice.
        Duplicate = "duplicate",
        /// Messages overtake one another.
        Reorder = "reorder",
        /// A message ends at some byte.
        Cut = "cut",
        /// An old request comes again, an old answer in place of the new one.
        Replay = "replay",
        /// Devices are without a network for a while.
        Partition = "partition",
        /// Requests arrive and answers do not.
        OneWay = "one-way",
        /// A sign-in page of somebody's network answers 200 to everything.
        Portal = "portal",
        /// A signature is changed on the way.
        Tamper = "tamper",
        /// Clocks are up to ten years off, and jump.
        Skew = "skew",
        /// The battery dies while a device writes.
        Power = "power",
        /// A device is put back to an older copy of itself.
        OldCopy = "old-copy",
        /// A device is copied, and both go on.
        Clone = "clone",
        /// Two tabs sign with one key at once.
        TwoTabs = "two-tabs",
        /// A device is revoked between signing and receipt.
        Revoke = "revoke",
        /// Roles change between signing and receipt.
        Roles = "roles",
        /// Tasks and teams change, and scopes with them.
        Scope = "scope",
        /// Sessions end.
        Session = "session",
        /// The hub is restored from an older backup.
        Restore = "restore",
        /// The hub stops and starts, or loses a connection right after its commit.
        Restart = "restart",
        /// Bodies of a version, and records of a kind, that the hub does not know.
        Newer = "newer",
        /// Bodies that the hub's validation returns.
        Invalid = "invalid",
        /// A coordinator lets in what is held.
        Admit = "admit",
    }
}

/// One run, wholly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// All chance comes from here.
    pub seed: u64,
    /// Devices, 1 to 20.
    pub devices: usize,
    /// Steps before everything heals.
    pub steps: usize,
    /// What goes wrong.
    pub troubles: BTreeSet<Trouble>,
}

impl Scenario {
    /// The scenario of a seed.
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed, 1);
        let devices = match rng.below(10) {
            0 => 1 + rng.below(2),
            9 => 8 + rng.below(13),
            _ => 3 + rng.below(5),
        };
        let steps = 40 + rng.below(70);
        // Mostly some, now and then all or none: what hides behind another trouble shows so too.
        let share = [0, 150, 300, 300, 450, 1_000][rng.below(6)];
        let troubles = Trouble::ALL
            .iter()
            .copied()
            .filter(|_| rng.chance(share))
            .collect();
        Self {
            seed,
            devices,
            steps,
            troubles,
        }
    }

    /// Whether a trouble may happen.
    pub fn has(&self, trouble: Trouble) -> bool {
        self.troubles.contains(&trouble)
    }
}

impl fmt::Display for Scenario {
    /// The arguments that run it again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.troubles.iter().map(|one| one.word()).collect();
        let words = if words.is_empty() {
            "none".to_owned()
        } else {
            words.join(",")
        };
        write!(
            f,
            "--seed {} --devices {} --steps {} --troubles {words}",
            self.seed, self.devices, self.steps
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_comes_alone_with_others_and_not_at_all() {
        let all: Vec<Scenario> = (0..300).map(Scenario::of).collect();
        for trouble in Trouble::ALL {
            let with = all.iter().filter(|one| one.has(*trouble)).count();
            assert!((40..260).contains(&with), "{} {with}", trouble.word());
            assert_eq!(Trouble::parse(trouble.word()), Some(*trouble));
        }
        assert!(all.iter().any(|one| one.devices == 1));
        assert!(all.iter().any(|one| one.devices > 15));
        assert!(all.iter().all(|one| (1..=20).contains(&one.devices)));
    }
}
