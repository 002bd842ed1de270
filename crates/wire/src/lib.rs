//! What server and app say to each other.
//!
//! A request with an unknown field is an error; an answer may gain fields, which an older app
//! leaves aside.

pub mod desk;
pub mod media;
pub mod problem;
pub mod risk;
pub mod session;
pub mod sync;
