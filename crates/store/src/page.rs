//! Pages of lists, by keyset: a cursor names the last row, so that new rows shift nothing.

/// How many rows a page may have: 1 to 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    /// The largest page.
    pub const MAX: Self = Self(1_000);

    /// The nearest number from 1 to 1,000.
    pub const fn new(rows: u32) -> Self {
        match rows {
            0 => Self(1),
            1..=1_000 => Self(rows),
            _ => Self::MAX,
        }
    }

    /// Rows.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// Some rows of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The log number that the rows reflect.
    pub upto: u64,
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins (`after`); absent on the last.
    pub next: Option<u64>,
}

impl<T> Page<T> {
    /// The same page with other rows.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page {
            upto: self.upto,
            items: self.items.into_iter().map(each).collect(),
            next: self.next,
        }
    }
}
