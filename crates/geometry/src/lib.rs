//! Geometry of dangerous ground: positions and shapes as they are stored and
//! signed, their validity and repair, geodesic measure, overlay, distance,
//! traverses, lanes and typed coordinates.
//!
//! Stored coordinates are whole numbers of 1e-7 degree on WGS 84
//! ([`Position`]); planar work happens in metres around a stated centre
//! ([`Planar`] in a [`LocalFrame`]), so that the two cannot be mixed. Nothing
//! here knows of records, rules, files, clocks or networks.
//!
//! | to | use |
//! |---|---|
//! | judge what was drawn | [`validity::problems`] |
//! | take a broken shape in (S4) | [`repair::repair_hazard`], [`repair::repair_release`] |
//! | know m², metres, bearings | [`measure`] |
//! | add and subtract ground | [`Area`] |
//! | cut ground in two along a line | [`cut`] |
//! | draw two versions, or what remains (S2, S7) | [`shown`] |
//! | draw ground within a distance (S5) | [`buffer`] |
//! | know how near something is (S8), of many things the nearest | [`distance`], [`shapes`] |
//! | compute a day's lanes or a taped boundary | [`lanes`], [`traverse`] |
//! | read and write coordinates (S10) | [`typed`], [`utm`] |

pub mod buffer;
pub mod cut;
mod decimal;
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
pub mod shapes;
pub mod shown;
mod sweep;
pub mod traverse;
pub mod typed;
pub mod units;
pub mod utm;
pub mod validity;

pub use decimal::decimal;
pub use local::{LocalFrame, Planar};
pub use overlay::Area;
pub use position::{Position, PositionProblem};
pub use repair::{Change, Repaired};
pub use shape::{Bbox, MultiPolygon, Polygon, Ring, Shape};
pub use shapes::Shapes;
pub use units::{Metres, SquareMetres};
pub use validity::{Place, Problem, RingPlace};
