//! The bytes of a vector tile (Mapbox Vector Tile 2.1), written directly: three messages of
//! protocol buffers do not need a library.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::world::EXTENT;

/// A property's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Val<'a> {
    /// Text.
    Text(#[serde(borrow)] Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
}

/// What a feature draws, in a tile's units.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawn {
    /// A place.
    Point(i32, i32),
    /// Rings: each outer one with a positive area, followed by its holes with a negative one.
    Rings(Vec<Vec<(i32, i32)>>),
}

/// One layer of a tile.
#[derive(Debug)]
pub struct Layer {
    name: String,
    features: Vec<u8>,
    count: usize,
    keys: Vec<String>,
    key_ids: HashMap<String, u32>,
    values: Vec<u8>,
    value_ids: HashMap<Vec<u8>, u32>,
}

impl Layer {
    /// An empty layer.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            features: Vec::new(),
            count: 0,
            keys: Vec::new(),
            key_ids: HashMap::new(),
            values: Vec::new(),
            value_ids: HashMap::new(),
        }
    }

    /// Adds a feature; one that draws nothing is left out.
    pub fn add<'a>(
        &mut self,
        drawn: &Drawn,
        properties: impl IntoIterator<Item = (&'a str, &'a Val<'a>)>,
    ) {
        let (kind, geometry) = match drawn {
            Drawn::Point(x, y) => (1, point(*x, *y)),
            Drawn::Rings(rings) => (3, polygon(rings)),
        };
        if geometry.is_empty() {
            return;
        }
        let mut tags = Vec::new();
        for (key, value) in properties {
            let (key, value) = (self.key(key), self.value(value));
            varint(&mut tags, u64::from(key));
            varint(&mut tags, u64::from(value));
        }
        let mut feature = Vec::new();
        bytes(&mut feature, 2, &tags);
        number(&mut feature, 3, kind);
        bytes(&mut feature, 4, &geometry);
        bytes(&mut self.features, 2, &feature);
        self.count += 1;
    }

    /// How many features it has.
    pub fn count(&self) -> usize {
        self.count
    }

    fn key(&mut self, key: &str) -> u32 {
        if let Some(id) = self.key_ids.get(key) {
            return *id;
        }
        let id = self.keys.len() as u32;
        self.keys.push(key.to_owned());
        self.key_ids.insert(key.to_owned(), id);
        id
    }

    fn value(&mut self, value: &Val<'_>) -> u32 {
        let mut message = Vec::new();
        match value {
            Val::Text(text) => bytes(&mut message, 1, text.as_bytes()),
            Val::Int(n) => {
                // sint64, zig-zag.
                number(&mut message, 6, ((n << 1) ^ (n >> 63)) as u64);
            }
            Val::Bool(yes) => number(&mut message, 7, u64::from(*yes)),
        }
        if let Some(id) = self.value_ids.get(&message) {
            return *id;
        }
        let id = self.value_ids.len() as u32;
        bytes(&mut self.values, 4, &message);
        self.value_ids.insert(message, id);
        id
    }

    /// Writes the layer into a tile; an empty one is left out.
    pub fn write(self, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        let mut layer = Vec::with_capacity(self.features.len() + self.values.len() + 256);
        number(&mut layer, 15, 2);
        bytes(&mut layer, 1, self.name.as_bytes());
        layer.extend_from_slice(&self.features);
        for key in &self.keys {
            bytes(&mut layer, 3, key.as_bytes());
        }
        layer.extend_from_slice(&self.values);
        number(&mut layer, 5, EXTENT as u64);
        bytes(tile, 3, &layer);
    }
}

fn point(x: i32, y: i32) -> Vec<u8> {
    let mut commands = Vec::new();
    varint(&mut commands, 1 << 3 | 1);
    varint(&mut commands, zigzag(x));
    varint(&mut commands, zigzag(y));
    commands
}

fn polygon(rings: &[Vec<(i32, i32)>]) -> Vec<u8> {
    let mut commands = Vec::new();
    let (mut x, mut y) = (0, 0);
    for ring in rings.iter().filter(|ring| ring.len() >= 3) {
        let mut step = |commands: &mut Vec<u8>, to: (i32, i32)| {
            varint(commands, zigzag(to.0 - x));
            varint(commands, zigzag(to.1 - y));
            (x, y) = to;
        };
        varint(&mut commands, 1 << 3 | 1);
        step(&mut commands, ring[0]);
        varint(&mut commands, ((ring.len() as u64 - 1) << 3) | 2);
        for place in &ring[1..] {
            step(&mut commands, *place);
        }
        varint(&mut commands, 1 << 3 | 7);
    }
    commands
}

fn zigzag(n: i32) -> u64 {
    u64::from(((n << 1) ^ (n >> 31)) as u32)
}

fn varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push((n as u8) | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn number(out: &mut Vec<u8>, field: u64, n: u64) {
    varint(out, field << 3);
    varint(out, n);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_written_byte_by_byte() {
        // Specification 2.1, 4.3.5.1 and 4.3.5.4: a point at (25, 17); a polygon of three corners.
        assert_eq!(point(25, 17), [9, 50, 34]);
        let ring = vec![(3, 6), (8, 12), (20, 34)];
        assert_eq!(polygon(&[ring]), [9, 6, 12, 18, 10, 12, 24, 44, 15]);
    }

    #[test]
    fn an_empty_layer_leaves_no_byte() {
        let mut tile = Vec::new();
        Layer::new("hazards").write(&mut tile);
        assert!(tile.is_empty());
    }
}
