//! Shapes and their marks in few bytes: a country's map is in memory whole, and as lists it would
//! weigh ten times as much.
//!
//! Places follow one another by their distances, whole numbers by [postcard](https://postcard.jamesmunns.com/wire-format)'s
//! varints. What was packed is unpacked by this process alone: it never leaves the memory.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::mvt::Val;
use super::world::{Area, P, Ring};

/// Why nothing here can fail, and why it must not be passed over if it did: a hazard would be hidden.
const OWN: &str = "what this process packed has not changed";

/// Areas at several levels, coarse to fine.
#[derive(Debug, Default)]
pub struct Levels {
    /// Where each level begins; several share one where they are the same.
    starts: Box<[u32]>,
    bytes: Box<[u8]>,
}

type Steps = Vec<(i64, i64)>;

impl Levels {
    /// Packs areas; all places are told from `origin`.
    pub fn pack(levels: &[Vec<Area>], origin: P) -> Self {
        let mut bytes = Vec::new();
        let mut starts: Vec<u32> = Vec::with_capacity(levels.len());
        for (at, level) in levels.iter().enumerate() {
            let same = at.checked_sub(1).filter(|before| levels[*before] == *level);
            let start = same.map_or(bytes.len() as u32, |before| starts[before]);
            starts.push(start);
            if same.is_none() {
                let rings: Vec<Vec<Steps>> = (level.iter())
                    .map(|area| {
                        let rings = std::iter::once(&area.outer).chain(&area.holes);
                        rings.map(|ring| steps(ring, origin)).collect()
                    })
                    .collect();
                bytes.extend(postcard::to_allocvec(&rings).expect(OWN));
            }
        }
        Self {
            starts: starts.into_boxed_slice(),
            bytes: bytes.into_boxed_slice(),
        }
    }

    /// The areas of a level; none where there is no such level.
    pub fn unpack(&self, level: usize, origin: P) -> Vec<Area> {
        let Some(start) = self.starts.get(level) else {
            return Vec::new();
        };
        let from_here = &self.bytes[*start as usize..];
        let (rings, _) = postcard::take_from_bytes::<Vec<Vec<Steps>>>(from_here).expect(OWN);
        let area = |rings: &Vec<Steps>| {
            let mut rings = rings.iter().map(|steps| places(steps, origin));
            Area {
                outer: rings.next().expect(OWN),
                holes: rings.collect(),
            }
        };
        rings.iter().map(area).collect()
    }
}

fn steps(ring: &Ring, origin: P) -> Steps {
    let mut last = origin;
    let step = |p: &P| {
        let step = (p.x - last.x, p.y - last.y);
        last = *p;
        step
    };
    ring.iter().map(step).collect()
}

fn places(steps: &Steps, origin: P) -> Ring {
    let mut last = origin;
    let place = |(x, y): &(i64, i64)| {
        last = P {
            x: last.x + x,
            y: last.y + y,
        };
        last
    };
    steps.iter().map(place).collect()
}

/// Names that many shapes have, each told by its place here; any other is written out.
const NAMES: [&str; 25] = [
    "record",
    "kind",
    "standing",
    "reported",
    "demo",
    "reference",
    "name",
    "day",
    "completed_on",
    "found_on",
    "on",
    "event",
    "category",
    "way",
    "class",
    "status",
    "imported",
    "claimed",
    "lifted_not_verified",
    "two_versions",
    "frozen",
    "in_the_ground",
    "as_of",
    "alarm",
    "check",
];

#[derive(Serialize, Deserialize)]
struct Mark<'a> {
    /// Place among [`NAMES`].
    place: Option<u8>,
    /// The name, where it is none of those.
    name: &'a str,
    #[serde(borrow)]
    value: Val<'a>,
}

/// What is told about a shape.
#[derive(Debug)]
pub struct Marks(Box<[u8]>);

impl Marks {
    /// Packs names with values.
    pub fn pack<'a>(properties: impl IntoIterator<Item = (&'a str, &'a Val<'a>)>) -> Self {
        let marks: Vec<Mark<'_>> = (properties.into_iter())
            .map(|(name, value)| {
                let place = NAMES.iter().position(|known| *known == name);
                Mark {
                    place: place.map(|place| place as u8),
                    name: if place.is_some() { "" } else { name },
                    value: match value {
                        Val::Text(text) => Val::Text(Cow::Borrowed(text)),
                        other => other.clone(),
                    },
                }
            })
            .collect();
        Self(postcard::to_allocvec(&marks).expect(OWN).into_boxed_slice())
    }

    /// Names with values, in the order in which they were packed.
    pub fn unpack(&self) -> Vec<(&str, Val<'_>)> {
        let marks: Vec<Mark<'_>> = postcard::from_bytes(&self.0).expect(OWN);
        let named = marks.into_iter().map(|mark| {
            let known = mark.place.map(|place| NAMES[usize::from(place)]);
            (known.unwrap_or(mark.name), mark.value)
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_out_as_it_was() {
        let ring = |places: &[(i64, i64)]| -> Ring {
            places.iter().map(|(x, y)| P { x: *x, y: *y }).collect()
        };
        let fine = vec![
            Area {
                outer: ring(&[(5, 7), (1 << 28, 7), (1 << 28, 1 << 28), (0, 0)]),
                holes: vec![ring(&[(9, 9), (8, 9), (8, 8)]), Vec::new()],
            },
            Area::default(),
        ];
        let levels = [Vec::new(), vec![fine[0].clone()], fine.clone(), fine];
        let origin = P { x: 3, y: 1 << 20 };
        let packed = Levels::pack(&levels, origin);
        assert_eq!(packed.starts[2], packed.starts[3]);
        for (at, level) in levels.iter().enumerate() {
            assert_eq!(packed.unpack(at, origin), *level);
        }
        assert!(packed.unpack(levels.len(), origin).is_empty());
    }

    #[test]
    fn marks_keep_their_names_values_and_order() {
        let told = [
            ("record", Val::Text("a".into())),
            ("a name of nobody", Val::Text("".into())),
            ("count", Val::Int(i64::MIN)),
            ("demo", Val::Bool(true)),
        ];
        let packed = Marks::pack(told.iter().map(|(name, value)| (*name, value)));
        assert_eq!(packed.unpack(), told);
    }
}
