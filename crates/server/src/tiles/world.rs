//! Places on the flat square of Web Mercator, in whole units of which a tile of zoom
//! [`MAX_ZOOM`] has [`EXTENT`].

use safelane_geometry::{Bbox, MultiPolygon, Position};

/// The closest zoom that is rendered; a unit is then some 0.1 m, and clients enlarge from there.
pub const MAX_ZOOM: u8 = 16;
/// Units of a tile.
pub const EXTENT: i64 = 4_096;
/// Units across the world.
const WORLD: f64 = (EXTENT << MAX_ZOOM) as f64;

/// A place; x east, y south.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct P {
    /// East.
    pub x: i64,
    /// South.
    pub y: i64,
}

/// A ring, its first place not repeated.
pub type Ring = Vec<P>;

/// An outer ring and its holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// The outer ring.
    pub outer: Ring,
    /// Holes.
    pub holes: Vec<Ring>,
}

/// A box; both corners belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Square {
    /// North-west corner.
    pub min: P,
    /// South-east corner.
    pub max: P,
}

impl P {
    /// The place of a position.
    pub fn of(at: Position) -> Self {
        // Web Mercator ends at 85.05 degrees; nothing that is demined lies beyond.
        let lat = at.lat_degrees().clamp(-85.051_128, 85.051_128).to_radians();
        let x = (at.lon_degrees() + 180.0) / 360.0;
        let y = (1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0;
        Self {
            x: (x * WORLD).round() as i64,
            y: (y * WORLD).round() as i64,
        }
    }
}

impl Square {
    /// The box around some places.
    pub fn around(places: impl IntoIterator<Item = P>) -> Option<Self> {
        places.into_iter().fold(None, |found: Option<Self>, p| {
            let square = found.unwrap_or(Self { min: p, max: p });
            Some(Self {
                min: P {
                    x: square.min.x.min(p.x),
                    y: square.min.y.min(p.y),
                },
                max: P {
                    x: square.max.x.max(p.x),
                    y: square.max.y.max(p.y),
                },
            })
        })
    }

    /// A tile with a margin in tile units, in world units.
    pub fn of_tile(z: u8, x: u32, y: u32, margin: i64) -> Self {
        let scale = 1i64 << (MAX_ZOOM - z);
        let corner = |x: u32, y: u32| P {
            x: i64::from(x) * EXTENT * scale,
            y: i64::from(y) * EXTENT * scale,
        };
        let (min, max) = (corner(x, y), corner(x + 1, y + 1));
        let margin = margin * scale;
        Self {
            min: P {
                x: min.x - margin,
                y: min.y - margin,
            },
            max: P {
                x: max.x + margin,
                y: max.y + margin,
            },
        }
    }

    /// Its middle.
    pub fn middle(self) -> P {
        P {
            x: self.min.x.midpoint(self.max.x),
            y: self.min.y.midpoint(self.max.y),
        }
    }

    /// Whether a place is in it; on the eastern and southern edge it is the next one's.
    pub fn holds(self, p: P) -> bool {
        (self.min.x..self.max.x).contains(&p.x) && (self.min.y..self.max.y).contains(&p.y)
    }

    /// Whether all of another one is in it.
    pub fn holds_all(self, other: Self) -> bool {
        self.holds(other.min) && self.holds(other.max)
    }

    /// The longer side.
    pub fn size(self) -> i64 {
        (self.max.x - self.min.x).max(self.max.y - self.min.y)
    }

    /// Its ring.
    pub fn ring(self) -> Ring {
        let (a, b) = (self.min, self.max);
        vec![a, P { x: b.x, y: a.y }, b, P { x: a.x, y: b.y }]
    }
}

/// The shapes of polygons.
pub fn areas(shape: &MultiPolygon) -> Vec<Area> {
    let ring =
        |ring: &safelane_geometry::Ring| ring.positions().iter().map(|p| P::of(*p)).collect();
    shape
        .polygons()
        .iter()
        .map(|polygon| Area {
            outer: ring(&polygon.exterior),
            holes: polygon.holes.iter().map(ring).collect(),
        })
        .collect()
}

/// The box of a box.
pub fn square(bbox: Bbox) -> Option<Square> {
    let corner = |lon: i32, lat: i32| Position::try_new_e7(i64::from(lon), i64::from(lat)).ok();
    Square::around(
        [corner(bbox.west, bbox.south), corner(bbox.east, bbox.north)]
            .into_iter()
            .flatten()
            .map(P::of),
    )
}
