//! The sync engine without a clock, a disk or a network: what to send, what to ask for, and what may
//! be called received.
//!
//! A [`Round`] is the whole of it as a machine: it says what it wants, the caller does it. Inside,
//! [`plan()`] turns what is here and a hub's [`Offer`] into steps, and [`accept()`] alone turns an
//! entry into *received*. [`press()`] builds what one press signs.

mod answer;
mod plan;
mod press;
mod round;
pub mod signatures;

pub use answer::{Accepted, AnswerError, SendState, accept};
pub use plan::{
    Device, LogCheck, MAX_BATCH_BYTES, MAX_BATCH_REVISIONS, MediaEntry, Offer, OutboxEntry, Plan,
    Step, check_log, check_told, plan,
};
pub use press::{Signable, Signer, press};
pub use round::{
    Ask, Change, Doubts, HubIdentity, Kept, NotTheHub, Outcome, Round, Said, SyncState,
};
