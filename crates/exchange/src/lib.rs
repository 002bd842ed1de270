//! Files in and out. Reading is an iterator over features, so that one bad feature costs one
//! feature, and so that it can move into a child process with limits.
//!
//! - [`cut`]: features of a GeoJSON file as raw text, one by one, in constant memory.
//! - [`import`]: one feature to one record's body, with repair by S4, and the report.
//! - [`export`]: records to GeoJSON and CSV.

pub mod cut;
pub mod export;
pub mod import;
