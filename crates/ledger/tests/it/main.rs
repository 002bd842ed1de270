//! The ledger's facts, stated from outside.

mod bytes;
mod definition;
mod resolve;
mod resolve_properties;
mod support;
mod vectors;
mod verify;
