//! Geometry of dangerous ground: positions and shapes as they are stored and
//! signed, their validity and repair, geodesic measure, overlay, distance,
//! traverses, lanes and typed coordinates.
//!
//! Stored coordinates are whole numbers of 1e-7 degree on WGS 84
//! ([`Position`]); planar work happens in metres around a stated centre
//! (a type of its own), so that the two cannot be mixed. Nothing here knows
//! of records, rules, files, clocks or networks.

pub mod buffer;
pub mod distance;
mod fine;
pub mod index;
pub mod lanes;
pub mod local;
pub mod measure;
pub mod overlay;
pub mod position;
pub mod repair;
mod rounding;
pub mod shape;
pub mod shown;
mod sweep;
pub mod traverse;
pub mod typed;
pub mod units;
pub mod utm;
pub mod validity;

pub use local::{LocalFrame, Planar};
pub use overlay::Area;
pub use position::{Position, PositionProblem};
pub use repair::{Change, Repaired};
pub use shape::{Bbox, MultiPolygon, Polygon, Ring, Shape};
pub use units::{Metres, SquareMetres};
pub use validity::{Place, Problem, RingPlace};
