//! What the browser gives: storage, keys, position, network, files and the clock.
//!
//! Nothing outside this folder and `src/map/` names `web-sys`, so that the rest can be read, and most of it
//! tested, without a browser in mind. Time is read in [`clock`] alone, randomness in [`random`] alone.

pub mod assets;
pub mod capability;
pub mod clock;
pub mod dom;
pub mod error;
pub mod events;
pub mod files;
pub mod http;
pub mod key;
pub mod later;
pub mod lock;
pub mod online;
pub mod photo;
pub mod position;
pub mod preferences;
pub mod random;
pub mod store;
pub mod update;
mod wait;

pub use error::{PlatformError, Result};
