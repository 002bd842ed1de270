//! The form that serves every kind: steps, widgets and checks follow from the kind's `FIELDS`.
//!
//! | file | what |
//! |---|---|
//! | `layout.rs` | which fields in which steps (pure) |
//! | `number.rs`, `typed.rs`, `shape.rs` | numbers, coordinates and outlines as they are typed (pure) |
//! | `slot.rs` | one field of a draft: its value, how to set it, what is wrong with it |
//! | `widget.rs` | the widget of each field type |
//! | `place.rs`, `ground.rs`, `photos.rs`, `group.rs` | the larger widgets |
//! | `page.rs` | the pages of a draft, and its last page: check and send |

pub mod ground;
pub mod group;
pub mod layout;
pub mod number;
pub mod page;
pub mod photos;
pub mod place;
pub mod shape;
pub mod slot;
pub mod typed;
pub mod widget;

pub use slot::{Form, Slot};
