//! Shapes by layer and place, each prepared for every zoom.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use safelane_ledger::RecordId;

use super::mvt::Val;
use super::packed::{Levels, Marks};
use super::ring::{Side, doubled_area, simplify, tidy};
use super::world::{Area, MAX_ZOOM, P, Ring, Square};

/// Zooms for which shapes are prepared; a tile takes the first that is at least its own.
const PREPARED: [u8; 5] = [7, 9, 11, 13, MAX_ZOOM];
/// How far a prepared line may lie from the true one, in a tile's units of its zoom: half a pixel
/// of a tile that is 512 pixels wide.
const TOLERANCE: f64 = 4.0;

/// What a shape stands for, which decides to which side it may be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Danger: never smaller than it is.
    Danger,
    /// Released ground: never larger than it is.
    Release,
    /// Neither; drawn as danger is, so that nothing is hidden.
    Plain,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The layer.
    pub layer: &'static str,
    /// The record.
    pub record: RecordId,
    /// What is told about it.
    pub properties: Vec<(&'static str, Val<'static>)>,
    /// What it draws.
    pub geometry: Geometry,
    /// The order among symbols that share a place: the highest is shown.
    pub danger: u8,
}

/// See [`Shape`].
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// A place.
    Point(P),
    /// Areas and what they mean.
    Areas(Vec<Area>, Meaning),
}

/// A shape as the index keeps it: prepared for every zoom, and packed.
#[derive(Debug)]
pub struct Prepared {
    /// The record.
    pub record: RecordId,
    /// The order among symbols that share a place.
    pub danger: u8,
    /// What its areas mean; absent for a point.
    pub meaning: Option<Meaning>,
    /// Box around it.
    pub square: Square,
    marks: Marks,
    /// Its areas for each of [`PREPARED`]; empty for a point.
    levels: Levels,
}

impl Prepared {
    fn new(shape: &Shape) -> Option<Self> {
        let (square, levels, meaning) = match &shape.geometry {
            Geometry::Point(p) => (Square::around([*p])?, Levels::default(), None),
            Geometry::Areas(areas, meaning) => {
                let places = areas.iter().flat_map(|area| area.outer.iter().copied());
                let square = Square::around(places)?;
                let levels = Levels::pack(&levels(areas, *meaning), square.min);
                (square, levels, Some(*meaning))
            }
        };
        let properties = shape.properties.iter();
        Some(Self {
            record: shape.record,
            danger: shape.danger,
            meaning,
            square,
            marks: Marks::pack(properties.map(|(name, value)| (*name, value))),
            levels,
        })
    }

    /// Its areas for a zoom.
    pub fn areas(&self, z: u8) -> Vec<Area> {
        let level = PREPARED.iter().position(|prepared| *prepared >= z);
        level.map_or_else(Vec::new, |level| self.levels.unpack(level, self.square.min))
    }

    /// What is told about it.
    pub fn properties(&self) -> Vec<(&str, Val<'_>)> {
        self.marks.unpack()
    }
}

/// Each level is made from the finer one, so that what was kept stays kept.
fn levels(areas: &[Area], meaning: Meaning) -> Vec<Vec<Area>> {
    let mut finer: Vec<Area> = areas.iter().map(tidied).collect();
    let mut levels = vec![finer.clone()];
    for z in PREPARED.iter().rev().skip(1) {
        let unit = (1i64 << (MAX_ZOOM - z)) as f64;
        finer = finer
            .iter()
            .filter_map(|area| coarser(area, meaning, unit))
            .collect();
        levels.push(finer.clone());
    }
    levels.reverse();
    levels
}

fn tidied(area: &Area) -> Area {
    Area {
        outer: tidy(area.outer.clone()),
        holes: area.holes.iter().cloned().map(tidy).collect(),
    }
}

fn coarser(area: &Area, meaning: Meaning, unit: f64) -> Option<Area> {
    let (outer, holes) = match meaning {
        Meaning::Danger | Meaning::Plain => (Side::Grow, Side::Shrink),
        Meaning::Release => (Side::Shrink, Side::Grow),
    };
    let least = (unit * unit * 2.0) as i64;
    let is_seen = |ring: &Ring| ring.len() >= 3 && doubled_area(ring) > least;
    let kept = simplify(area.outer.clone(), TOLERANCE * unit, outer);
    let kept = match (meaning, is_seen(&kept)) {
        (_, true) => kept,
        // Too thin to be drawn: a hazard becomes the box around it.
        (Meaning::Danger | Meaning::Plain, false) => {
            Square::around(area.outer.iter().copied())?.ring()
        }
        (Meaning::Release, false) => return None,
    };
    let simpler = |hole: &Ring| simplify(hole.clone(), TOLERANCE * unit, holes);
    let shown = |hole: &Ring| match meaning {
        Meaning::Danger | Meaning::Plain => is_seen(hole),
        // Ground inside that was not released is never filled in.
        Meaning::Release => hole.len() >= 3,
    };
    Some(Area {
        outer: kept,
        holes: area.holes.iter().map(simpler).filter(shown).collect(),
    })
}

type Entry = GeomWithData<Rectangle<[f64; 2]>, u64>;

#[derive(Default)]
struct LayerIndex {
    tree: RTree<Entry>,
    shapes: HashMap<u64, Arc<Prepared>>,
}

/// All layers of the map.
#[derive(Default)]
pub struct MapIndex {
    layers: BTreeMap<&'static str, LayerIndex>,
    of_record: HashMap<RecordId, Vec<(&'static str, u64)>>,
    of_alarms: Vec<(&'static str, u64)>,
    alarms: Vec<Shape>,
    next: u64,
    version: u64,
}

impl MapIndex {
    /// The log number at which anything drawn last changed.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Draws a record anew.
    pub fn set(&mut self, record: RecordId, shapes: Vec<Shape>, upto: u64) {
        let before = self.of_record.remove(&record).unwrap_or_default();
        if before.is_empty() && shapes.is_empty() {
            return;
        }
        let now = self.replace(before, &shapes, upto);
        if !now.is_empty() {
            self.of_record.insert(record, now);
        }
    }

    /// Draws the alarms anew.
    pub fn set_alarms(&mut self, shapes: Vec<Shape>, upto: u64) {
        if shapes != self.alarms {
            let before = std::mem::take(&mut self.of_alarms);
            self.of_alarms = self.replace(before, &shapes, upto);
            self.alarms = shapes;
        }
    }

    fn replace(
        &mut self,
        before: Vec<(&'static str, u64)>,
        shapes: &[Shape],
        upto: u64,
    ) -> Vec<(&'static str, u64)> {
        self.version = upto;
        for (layer, id) in before {
            if let Some(layer) = self.layers.get_mut(layer)
                && let Some(known) = layer.shapes.remove(&id)
            {
                layer.tree.remove(&entry(known.square, id));
            }
        }
        let mut now = Vec::new();
        for shape in shapes {
            let Some(prepared) = Prepared::new(shape) else {
                continue;
            };
            let id = self.next;
            self.next += 1;
            let name = shape.layer;
            let layer = self.layers.entry(name).or_default();
            layer.tree.insert(entry(prepared.square, id));
            layer.shapes.insert(id, Arc::new(prepared));
            now.push((name, id));
        }
        now
    }

    /// The shapes of a layer whose box touches a square, in the order of their records.
    pub fn within(&self, layer: &str, square: Square) -> Vec<Arc<Prepared>> {
        let Some(layer) = self.layers.get(layer) else {
            return Vec::new();
        };
        let envelope = AABB::from_corners(corner(square.min), corner(square.max));
        let ids = layer.tree.locate_in_envelope_intersecting(&envelope);
        let mut found: Vec<_> = ids
            .filter_map(|entry| Some((entry.data, layer.shapes.get(&entry.data)?.clone())))
            .collect();
        // By content, so that a map grown from nothing draws the same bytes.
        found.sort_by_key(|(id, one)| (one.record, *id));
        found.into_iter().map(|(_, one)| one).collect()
    }

    /// The box around everything in a layer.
    pub fn bounds(&self, layer: &str) -> Option<Square> {
        let layer = self.layers.get(layer)?;
        Square::around(
            layer
                .shapes
                .values()
                .flat_map(|one| [one.square.min, one.square.max]),
        )
    }
}

fn corner(p: P) -> [f64; 2] {
    [p.x as f64, p.y as f64]
}

fn entry(square: Square, id: u64) -> Entry {
    let rectangle = Rectangle::from_corners(corner(square.min), corner(square.max));
    GeomWithData::new(rectangle, id)
}
