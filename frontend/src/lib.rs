//! The app: field pages that need no network, desk pages on the hub's projections.
//!
//! `README.md` beside this folder says where things are and how to add a page, a key, a component.

#[macro_use]
pub mod i18n;
pub mod components;
pub mod desk;
pub mod field;
pub mod map;
pub mod platform;
pub mod start;
pub mod tour;
