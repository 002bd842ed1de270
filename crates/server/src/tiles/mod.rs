//! Vector tiles of the map: `/tiles/{layer}` (TileJSON) and `/tiles/{layer}/{z}/{x}/{y}`.
//!
//! S2: simplification and clipping never hide or shrink a hazard and never grow released land. A
//! hazard keeps every place that it covers, to within the tile's grid, at every zoom; one too small
//! to be seen is a symbol. Released land never grows by more than a quarter of a pixel, and that only
//! in slivers thinner than the grid. To draw something new: a layer in [`features::LAYERS`], and what of a
//! record goes there in [`features::features`].

pub mod alarms;
pub mod cache;
pub mod features;
pub mod index;
pub mod mvt;
mod packed;
pub mod ring;
mod serve;
pub mod world;

pub use serve::{address, tile, tilejson};
