//! Push, pull, and the stream that says when to pull.

mod events;
mod judge;
mod pull;
mod push;
mod scope;
mod verify;

pub use events::events;
pub use judge::to_map;
pub use pull::pull;
pub use push::{Push, push, push_revisions};
pub use scope::{ReaderScope, reader_scope, reads_whole};
