//! The rules of land release: who may do what, what a statement takes or adds, the accounts of
//! every square metre, the standing checks, and what the map shows as danger.
//!
//! Pure: runs the same in hub and browser. Days are arguments; nothing here reads a clock.
//!
//! | to do | use |
//! |---|---|
//! | know who may do what | [`may`], [`Table`] |
//! | resolve a record and read it | [`Record::of`] |
//! | hold many records at hand | [`World`], [`Memory`] |
//! | check a change against all that is known | [`checks::run`] |
//! | judge a statement | [`review()`] |
//! | draw the map | [`features`] |
//! | say what is near a position | [`answer()`] |
//! | score a civilian-risk zone | [`risk`] |
//! | compare versions of a record and combine them | [`merge`] |
//! | keep the accounts of land release | [`accounts`] |
//! | link a claimed release | [`claims`] |
//! | split a hazardous area in two | [`split`] |
//! | see a record as it stood on a past day | [`as_on`] |
#![deny(missing_docs)]

pub mod accounts;
pub mod checks;
pub mod claims;
pub mod content;
pub mod danger;
pub mod effect;
pub mod ground;
pub mod merge;
pub mod past;
pub mod permissions;
pub mod record;
pub mod review;
pub mod risk;
pub mod split;
pub mod world;

pub use accounts::{Account, Books};
pub use checks::{Finding, blocks_approval};
pub use content::Content;
pub use danger::{Answer, Feature, answer, features};
pub use effect::{Because, Effect, effect};
pub use past::as_on;
pub use permissions::{Table, may, needs};
pub use record::{Record, Version};
pub use review::{Review, review};
pub use world::{Memory, Settings, World};

#[cfg(test)]
mod testkit;
