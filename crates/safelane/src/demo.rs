//! `safelane demo`: the made-up programme, built through the ordinary push door.

mod basemap;
pub mod build;
mod ground;
mod signer;
pub mod table;
