//! Shapes as they are stored and signed: whole numbers of 1e-7 degree.
//!
//! A shape here is well formed, not yet valid: a device keeps drafts that
//! cross themselves. [`crate::validity`] judges, [`crate::repair`] mends.

use geo::InteriorPoint as _;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::position::Position;
use crate::units::Metres;

/// A closed line, its last position joined to its first; the first is not
/// repeated at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ring(Vec<Position>);

/// An outline and the holes in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Polygon {
    /// The outer line.
    pub exterior: Ring,
    /// Lines around what does not belong to the polygon.
    pub holes: Vec<Ring>,
}

/// Several polygons that are one shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MultiPolygon(pub Vec<Polygon>);

/// Where a record lies.
///
/// ```
/// use safelane_geometry::Shape;
/// let shape: Shape = serde_json::from_str(r#"{"type":"Point","at":[184100000,438600000]}"#).unwrap();
/// assert_eq!(shape.bbox().unwrap().west, 184_100_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Shape {
    /// One place.
    Point {
        /// The place.
        at: Position,
    },
    /// A line, open.
    Line {
        /// Its positions in order.
        points: Vec<Position>,
    },
    /// An area: one or more polygons.
    Polygons {
        /// Its parts; each is its outer line, then its holes.
        polygons: MultiPolygon,
    },
}

/// A box in units of 1e-7 degree, its edges included.
///
/// Never crosses the antimeridian: shapes there are split (RFC 7946, 3.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bbox {
    /// Lowest longitude.
    pub west: i32,
    /// Lowest latitude.
    pub south: i32,
    /// Highest longitude.
    pub east: i32,
    /// Highest latitude.
    pub north: i32,
}

impl Ring {
    /// A ring from positions in order, closed or not: a last position that
    /// repeats the first is left out.
    pub fn new(mut positions: Vec<Position>) -> Self {
        while positions.len() > 1 && positions.first() == positions.last() {
            positions.pop();
        }
        Self(positions)
    }

    /// The positions in order; the first is not repeated.
    pub fn positions(&self) -> &[Position] {
        &self.0
    }

    /// How many positions the ring has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its edges in order, the closing one last.
    pub fn edges(&self) -> impl Iterator<Item = (Position, Position)> + Clone {
        let next = self.0.iter().cycle().skip(1);
        self.0.iter().copied().zip(next.copied())
    }

    /// Twice the planar area in (1e-7 degree)², positive when the positions
    /// run against the clock. Exact; a measure of nothing but the direction.
    pub fn doubled_planar_area(&self) -> i128 {
        self.edges()
            .map(|(a, b)| {
                i128::from(a.lon_e7()) * i128::from(b.lat_e7())
                    - i128::from(b.lon_e7()) * i128::from(a.lat_e7())
            })
            .sum()
    }

    /// The ring in the other direction.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.0.reverse();
        self
    }

    fn to_geo(&self) -> geo::LineString<f64> {
        let mut line: Vec<_> = self.0.iter().map(|p| p.to_geo()).collect();
        line.extend(line.first().copied());
        geo::LineString(line)
    }
}

impl FromIterator<Position> for Ring {
    fn from_iter<T: IntoIterator<Item = Position>>(positions: T) -> Self {
        Self::new(positions.into_iter().collect())
    }
}

impl Polygon {
    /// A polygon without holes.
    pub fn new(exterior: Ring) -> Self {
        Self {
            exterior,
            holes: Vec::new(),
        }
    }

    /// The outer line, then the holes.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> + Clone {
        std::iter::once(&self.exterior).chain(&self.holes)
    }

    /// The polygon in degrees for the `geo` crate.
    pub fn to_geo(&self) -> geo::Polygon<f64> {
        let holes = self.holes.iter().map(Ring::to_geo).collect();
        geo::Polygon::new(self.exterior.to_geo(), holes)
    }
}

impl Serialize for Polygon {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rings())
    }
}

impl<'de> Deserialize<'de> for Polygon {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rings = Vec::<Ring>::deserialize(deserializer)?.into_iter();
        let exterior = rings
            .next()
            .ok_or_else(|| D::Error::custom("a polygon needs an outer line"))?;
        Ok(Self {
            exterior,
            holes: rings.collect(),
        })
    }
}

impl MultiPolygon {
    /// The shape of one ring without holes.
    pub fn from_ring(exterior: Ring) -> Self {
        Self(vec![Polygon::new(exterior)])
    }

    /// The polygons.
    pub fn polygons(&self) -> &[Polygon] {
        &self.0
    }

    /// Every ring of every polygon.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> + Clone {
        self.0.iter().flat_map(Polygon::rings)
    }

    /// Every position of every ring.
    pub fn positions(&self) -> impl Iterator<Item = Position> + '_ {
        self.rings().flat_map(|ring| ring.0.iter().copied())
    }

    /// How many positions it has in all.
    pub fn vertex_count(&self) -> usize {
        self.rings().map(Ring::len).sum()
    }

    /// Whether it has no position.
    pub fn is_empty(&self) -> bool {
        self.rings().all(Ring::is_empty)
    }

    /// The box around it; none when it has no position.
    pub fn bbox(&self) -> Option<Bbox> {
        Bbox::around(self.positions())
    }

    /// The same shape with outer lines against the clock and holes with it
    /// (RFC 7946, 3.1.6).
    #[must_use]
    pub fn oriented(mut self) -> Self {
        for polygon in &mut self.0 {
            orient(&mut polygon.exterior, false);
            for hole in &mut polygon.holes {
                orient(hole, true);
            }
        }
        self
    }

    /// The shape in degrees for the `geo` crate.
    pub fn to_geo(&self) -> geo::MultiPolygon<f64> {
        geo::MultiPolygon(self.0.iter().map(Polygon::to_geo).collect())
    }

    /// A shape from one in degrees of the `geo` crate, rounded to 1e-7.
    pub fn from_geo(
        shape: &geo::MultiPolygon<f64>,
    ) -> Result<Self, crate::position::PositionProblem> {
        let ring = |line: &geo::LineString<f64>| {
            let positions: Result<Vec<_>, _> = line
                .0
                .iter()
                .map(|c| Position::from_degrees(c.x, c.y))
                .collect();
            positions.map(Ring::new)
        };
        let polygon = |p: &geo::Polygon<f64>| {
            Ok(Polygon {
                exterior: ring(p.exterior())?,
                holes: p.interiors().iter().map(ring).collect::<Result<_, _>>()?,
            })
        };
        Ok(Self(shape.0.iter().map(polygon).collect::<Result<_, _>>()?))
    }
}

fn orient(ring: &mut Ring, clockwise: bool) {
    let area = ring.doubled_planar_area();
    if area != 0 && (area < 0) != clockwise {
        ring.0.reverse();
    }
}

impl Shape {
    /// A place.
    pub fn point(at: Position) -> Self {
        Self::Point { at }
    }

    /// An area.
    pub fn polygons(polygons: MultiPolygon) -> Self {
        Self::Polygons { polygons }
    }

    /// The area, when the shape is one.
    pub fn as_polygons(&self) -> Option<&MultiPolygon> {
        match self {
            Self::Polygons { polygons } => Some(polygons),
            Self::Point { .. } | Self::Line { .. } => None,
        }
    }

    /// Every position of the shape, in order.
    pub fn positions(&self) -> Vec<Position> {
        match self {
            Self::Point { at } => vec![*at],
            Self::Line { points } => points.clone(),
            Self::Polygons { polygons } => polygons.positions().collect(),
        }
    }

    /// The box around the shape; none when it has no position.
    pub fn bbox(&self) -> Option<Bbox> {
        match self {
            Self::Point { at } => Bbox::around([*at]),
            Self::Line { points } => Bbox::around(points.iter().copied()),
            Self::Polygons { polygons } => polygons.bbox(),
        }
    }

    /// The shape in degrees for the `geo` crate.
    pub fn to_geo(&self) -> geo::Geometry<f64> {
        match self {
            Self::Point { at } => geo::Point(at.to_geo()).into(),
            Self::Line { points } => {
                geo::LineString(points.iter().map(|p| p.to_geo()).collect()).into()
            }
            Self::Polygons { polygons } => polygons.to_geo().into(),
        }
    }
}

impl From<MultiPolygon> for Shape {
    fn from(polygons: MultiPolygon) -> Self {
        Self::Polygons { polygons }
    }
}

impl From<Position> for Shape {
    fn from(at: Position) -> Self {
        Self::Point { at }
    }
}

impl Bbox {
    /// The smallest box around the positions; none when there are none.
    pub fn around(positions: impl IntoIterator<Item = Position>) -> Option<Self> {
        let mut positions = positions.into_iter();
        let first = Self::of(positions.next()?);
        Some(positions.fold(first, |bbox, p| bbox.join(Self::of(p))))
    }

    /// The box widened on every side by at least so much.
    #[must_use]
    pub fn widened(self, by: Metres) -> Self {
        // A degree of latitude has 110.57 km or more; one of longitude as much of it as the cosine of
        // the latitude furthest from the equator says, taken from below.
        const LEAST_METRES: f64 = 110_000.0;
        let north = by.get() / LEAST_METRES;
        let edge =
            f64::from(self.south.unsigned_abs().max(self.north.unsigned_abs())) / 1e7 + north;
        let east = north / edge.min(89.9).to_radians().cos();
        let e7 = |degrees: f64, least: f64| (degrees * 1e7).min(least).ceil() as i32;
        let (east, north) = (e7(east, 3.6e9 / 2.0), e7(north, 1.8e9 / 2.0));
        Self {
            west: self.west.saturating_sub(east).max(-1_800_000_000),
            south: self.south.saturating_sub(north).max(-900_000_000),
            east: self.east.saturating_add(east).min(1_800_000_000),
            north: self.north.saturating_add(north).min(900_000_000),
        }
    }

    pub(crate) fn of(p: Position) -> Self {
        Self {
            west: p.lon_e7(),
            south: p.lat_e7(),
            east: p.lon_e7(),
            north: p.lat_e7(),
        }
    }

    /// The smallest box around both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// Whether the boxes share a place; touching counts.
    pub fn intersects(self, other: Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    /// Whether the position lies in the box; its edge counts.
    pub fn contains(self, p: Position) -> bool {
        self.intersects(Self::of(p))
    }

    /// West, south, east, north in degrees, the order of RFC 7946.
    pub fn degrees(self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
            .map(|value| f64::from(value) / crate::position::E7)
    }

    /// The middle of the box.
    pub fn center(self) -> Position {
        let [west, south, east, north] = self.degrees();
        Position::nearest(f64::midpoint(west, east), f64::midpoint(south, north))
    }
}

/// A place inside of a polygon on any plane, for what is written on it: in the middle of the widest
/// part halfway up its box. None where the rings enclose nothing.
pub fn inner_place(outer: &[(f64, f64)], holes: &[Vec<(f64, f64)>]) -> Option<(f64, f64)> {
    let ring = |ring: &[(f64, f64)]| geo::LineString::from(ring.to_vec());
    let holes = holes.iter().map(|hole| ring(hole)).collect();
    let place = geo::Polygon::new(ring(outer), holes).interior_point()?;
    Some((place.x(), place.y()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(positions: &[(i32, i32)]) -> Ring {
        positions
            .iter()
            .map(|&(lon, lat)| Position::try_new_e7(lon, lat).unwrap())
            .collect()
    }

    #[test]
    fn the_stored_form_is_whole_numbers_and_stays_as_it_is() {
        let shapes = [
            r#"{"type":"Point","at":[184100000,438600000]}"#,
            r#"{"type":"Line","points":[[1,2],[3,4]]}"#,
            r#"{"type":"Polygons","polygons":[[[[0,0],[9,0],[9,9]],[[1,1],[2,2],[2,1]]],[[[20,0],[29,0],[29,9]]]]}"#,
        ];
        for text in shapes {
            let shape: Shape = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&shape).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_shape_is_refused() {
        let texts = [
            r#"{"type":"Polygons","polygons":[[]]}"#,
            r#"{"type":"Point","at":[18.41,43.86]}"#,
            r#"{"type":"Circle","at":[1,2]}"#,
            r#"{"type":"Point"}"#,
        ];
        for text in texts {
            assert!(serde_json::from_str::<Shape>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_ring_drops_the_repeated_end_and_knows_its_edges() {
        let closed = ring(&[(0, 0), (4, 0), (4, 4), (0, 0)]);
        assert_eq!(closed.len(), 3);
        assert_eq!(closed.edges().count(), 3);
        assert_eq!(closed.doubled_planar_area(), 16);
        assert_eq!(closed.reversed().doubled_planar_area(), -16);
    }

    #[test]
    fn orienting_turns_outer_lines_against_the_clock() {
        let shape = MultiPolygon(vec![Polygon {
            exterior: ring(&[(0, 0), (0, 9), (9, 9), (9, 0)]),
            holes: vec![ring(&[(1, 1), (3, 1), (3, 3)])],
        }])
        .oriented();
        assert!(shape.0[0].exterior.doubled_planar_area() > 0);
        assert!(shape.0[0].holes[0].doubled_planar_area() < 0);
    }

    #[test]
    fn boxes_touch_and_join() {
        let a = Bbox::around(ring(&[(0, 0), (5, 5)]).positions().iter().copied()).unwrap();
        let b = Bbox::around(ring(&[(5, 5), (7, 9)]).positions().iter().copied()).unwrap();
        assert!(a.intersects(b));
        assert_eq!(a.join(b).north, 9);
        assert!(Shape::from(MultiPolygon::default()).bbox().is_none());
    }

    #[test]
    fn a_shape_goes_to_geo_and_back() {
        let shape = MultiPolygon::from_ring(ring(&[(0, 0), (90, 0), (90, 90)]));
        assert_eq!(MultiPolygon::from_geo(&shape.to_geo()).unwrap(), shape);
    }
}
