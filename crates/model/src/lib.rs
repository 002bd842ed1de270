//! Record kinds of humanitarian mine action: what is asked, in which unit, within which bounds.
//!
//! One definition, everything follows: a kind is one [`record_kind!`] in its own file under
//! [`kinds`]. It yields the typed view (`Clearance(&body).depth()`), the keys
//! (`clearance::key::depth`) and `FIELDS`. Form, single-field checks, columns, JSON schema and
//! translation keys are each one function over the fields. A kind adds one `check`.
//!
//! To add a kind: a file in `kinds/`, a line in [`kinds::ALL`]; tests then name every place that
//! still misses it (translations, permission table).
#![deny(missing_docs)]

pub mod body;
pub mod check;
pub mod code_list;
pub mod codes;
pub mod columns;
pub mod date;
pub mod field;
pub mod kinds;
mod macros;
pub mod paper;
pub mod schema;

pub use body::{Body, Ground, How, Place, Statistic, Typed};
pub use check::{Context, Problem, Severity};
pub use code_list::CodeList;
pub use date::Date;
pub use field::{Field, FieldType, Tier, Unit};
pub use kinds::{Family, Kind};
