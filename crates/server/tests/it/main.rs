//! The hub over HTTP on a real store: one program, a file for each sort of request.
#![allow(missing_docs, clippy::unwrap_used)]

mod access;
mod admitted;
mod checks;
mod clocks;
mod connections;
mod desk;
mod devices;
mod map;
mod media;
mod ogc;
mod paper;
mod people;
mod programme;
mod pull;
mod push;
mod risk;
mod sessions;
mod split;
mod support;
