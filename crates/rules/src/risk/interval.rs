//! A value that may not be known: from the least to the greatest that it can be.

/// From the least to the greatest; the same twice for what is known.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The least that it can be.
    pub least: f64,
    /// The greatest that it can be.
    pub greatest: f64,
}

impl Interval {
    /// Nothing is known but that it is a share.
    pub const UNKNOWN: Self = Self {
        least: 0.0,
        greatest: 1.0,
    };

    /// A known value.
    pub const fn exact(value: f64) -> Self {
        Self {
            least: value,
            greatest: value,
        }
    }

    /// From one value to another.
    pub fn between(a: f64, b: f64) -> Self {
        Self {
            least: a.min(b),
            greatest: a.max(b),
        }
    }

    /// Whether it is known.
    pub fn is_exact(self) -> bool {
        self.least >= self.greatest
    }

    /// Each end through a function that does not fall.
    pub fn rising(self, f: impl Fn(f64) -> f64) -> Self {
        Self {
            least: f(self.least),
            greatest: f(self.greatest),
        }
    }

    /// Each end through a function that does not rise.
    pub fn falling(self, f: impl Fn(f64) -> f64) -> Self {
        Self {
            least: f(self.greatest),
            greatest: f(self.least),
        }
    }

    /// The larger of both, whatever they are.
    pub fn max(self, other: Self) -> Self {
        Self {
            least: self.least.max(other.least),
            greatest: self.greatest.max(other.greatest),
        }
    }
}

/// What people read: a whole number of tenths (`places` 1) or hundredths (2), halves up.
///
/// A decimal half, 2.45 for example, may lie a little below itself in binary; it rounds up too.
pub fn rounded(value: f64, places: u8) -> i64 {
    let scaled = (0..places).fold(value, |value, _| value * 10.0);
    (scaled + 0.5 + 1e-9).floor() as i64
}
