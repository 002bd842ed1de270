//! What handlers take from a request: who asks, and bodies and addresses that are read strictly.

mod actor;
mod json;
mod query;

pub use actor::{Access, Actor, COOKIE, Reader, SessionData, check_access, secret_of};
pub use json::{Json, body_bytes};
pub use query::{Path, Query};
