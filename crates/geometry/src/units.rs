//! Lengths and areas with their unit in the type.

use serde::{Deserialize, Serialize};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0.0);

            /// The quantity from its number.
            pub const fn new(value: f64) -> Self {
                Self(value)
            }

            /// The number.
            pub const fn get(self) -> f64 {
                self.0
            }

            /// The larger of both.
            #[must_use]
            pub fn max(self, other: Self) -> Self {
                Self(self.0.max(other.0))
            }

            /// The smaller of both.
            #[must_use]
            pub fn min(self, other: Self) -> Self {
                Self(self.0.min(other.0))
            }
        }

        impl std::ops::Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl std::ops::Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl std::iter::Sum for $name {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                Self(values.map(Self::get).sum())
            }
        }
    };
}

quantity! {
    /// A length or distance in metres.
    Metres
}

quantity! {
    /// An area in square metres.
    SquareMetres
}

impl Metres {
    /// A length from whole millimetres, as stored.
    pub fn from_mm(mm: u64) -> Self {
        Self(mm as f64 / 1000.0)
    }
}

impl SquareMetres {
    /// An area from whole square decimetres, as stored.
    pub fn from_dm2(dm2: u64) -> Self {
        Self(dm2 as f64 / 100.0)
    }

    /// The area in whole square decimetres, as stored; nothing below 0.
    pub fn to_dm2(self) -> u64 {
        (self.0 * 100.0).round() as u64
    }
}
