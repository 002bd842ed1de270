//! The pages of the field app, each in its own file.

pub mod draft;
pub mod emergency;
pub mod item;
pub mod map;
pub mod more;
pub mod progress;
pub mod record;
pub mod records;
pub mod sending;
pub mod sign_in;
pub mod start;
pub mod today;
