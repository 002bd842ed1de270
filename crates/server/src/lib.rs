//! The hub as an HTTP service: [`router()`] from an [`App`], [`serve()`] for a listener.
//!
//! All writing goes through push; everything else here reads, apart from accounts and sessions,
//! which lie beside the ledger. A handler reads aloud: extract, authorise, load, decide, append,
//! answer.
//!
//! | to do | go to |
//! |---|---|
//! | add a route | [`routes::table`]: its line says who may ask |
//! | add a problem | `safelane_wire::problem`, then [`problem`] |
//! | add a layer of the map | [`tiles::features`] |
//! | put revisions in from the program itself | [`push_revisions`] |
#![deny(missing_docs)]

pub mod accept;
pub mod app;
pub mod board;
mod desk;
mod devices;
pub mod extract;
pub mod files;
mod following;
mod geojson;
mod hub;
pub mod inside;
pub mod layers;
mod media;
mod ogc;
mod ops;
mod people;
pub mod problem;
mod programme;
pub mod routes;
pub mod sessions;
pub mod sync;
pub mod tiles;
pub mod tls;

pub use accept::{ConnectionLimits, Stopping, serve};
pub use app::{Afresh, App, Clock, Config, Demo, DemoSignIn, DemoStop, Random, day, system_random};
pub use files::{AppFiles, Folder, NoApp};
pub use ogc::Asked as AskedPage;
pub use routes::router;
pub use sessions::hash_password;
pub use sync::push_revisions;
pub use tiles::address as tile_address;
pub use tls::{TlsError, tls_config};
