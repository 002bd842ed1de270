//! What server and app say to each other.

pub mod desk;
