//! `safelane demo`: the made-up programme, built through the ordinary push door.
//!
//! | to do | go to |
//! |---|---|
//! | change the isle | `crates/safelane/demo/programme.toml`; its golden test is `demo/golden.rs` |
//! | read the table | [`table`] |
//! | make signed revisions of it | [`build`], told day by day by [`story`] |
//! | put them into a hub | [`told`] |
//! | change a stop of the tour | [`tour`]; its sentence is `tour.stop.<number>` of `frontend/locales` |
//! | serve it, and begin afresh | [`stand`] |

mod basemap;
mod build;
#[cfg(test)]
mod golden;
mod ground;
mod live;
mod pictures;
mod signer;
mod stand;
mod story;
mod table;
mod told;
mod tour;

pub use stand::serve;
