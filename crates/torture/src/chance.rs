//! Chance from a seed: the same seed gives the same choices.

/// `SplitMix64`: small, and good enough to choose moments and bytes.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Choices that follow from a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own, for a part of the work that runs beside others.
    pub fn part(&mut self) -> Self {
        Self(self.next())
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` up to and without `to`.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from).max(1)
    }

    /// True that often in a hundred.
    pub fn percent(&mut self, often: u64) -> bool {
        self.between(0, 100) < often
    }

    /// Bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let words = std::iter::repeat_with(|| self.next().to_le_bytes());
        words.flatten().take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn a_seed_says_everything() {
        let choices = |seed| {
            let mut chance = Chance::new(seed);
            (chance.between(3, 9), chance.percent(50), chance.bytes(5))
        };
        assert_eq!(choices(7), choices(7));
        assert_ne!(choices(7), choices(8));
        assert!((0..1_000).all(|seed| (3..9).contains(&Chance::new(seed).between(3, 9))));
    }
}
