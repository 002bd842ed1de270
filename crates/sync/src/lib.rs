//! A pure plan of synchronisation: what to send, what to ask for, and what may be called received.
//!
//! Devices use it towards a hub, and hubs towards each other. Only the caller touches the network.
//! A round: ask the hub for its [`Offer`], call [`plan()`], carry out the steps in order, and give
//! each answer to a push to [`accept()`], which alone turns an entry into *received*.

mod answer;
mod plan;
pub mod signatures;

pub use answer::{Accepted, AnswerError, SendState, accept};
pub use plan::{
    Device, LogCheck, MAX_BATCH_BYTES, MAX_BATCH_REVISIONS, MediaEntry, Offer, OutboxEntry, Plan,
    Step, check_log, plan,
};
