//! Devices: enrolling a key, proving it without a password, the list, revoking.

mod enrol;
mod list;
mod prove;

pub use enrol::enrol;
pub use list::{list, revoke, rows};
pub use prove::{Challenges, challenge, prove};
