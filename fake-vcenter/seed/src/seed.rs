//! Randomness as a tree: every generator is grown from the run's seed by its name.
//!
//! A draw in one place never shifts the draws of another, so a run keeps its shape when a part it does not
//! touch changes. The stream is ChaCha8's, which is specified, so a seed means the same on every machine.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A node of the tree of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The root of a run's tree, from `--seed N`.
    pub fn new(number: u64) -> Self {
        Self(Sha256::digest(number.to_le_bytes()).into())
    }

    /// The node with this name below this one.
    pub fn child(&self, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(name.as_bytes());
        Self(hash.finalize().into())
    }

    /// A generator that draws from this node.
    pub fn generator(&self) -> Generator {
        Generator(ChaCha8Rng::from_seed(self.0))
    }
}

/// A stream of draws; equal for equal seeds.
#[derive(Clone, Debug)]
pub struct Generator(ChaCha8Rng);

impl Generator {
    /// Any number.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `bound`; zero when `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // The high half of a 128-bit product is uniform enough for bounds far below 2^64, and takes one draw.
        let product = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A duration of whole microseconds from `low` to `high`, both included.
    pub fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let span = high.saturating_sub(low).as_micros();
        low + Duration::from_micros(self.below(u64::try_from(span).unwrap_or(u64::MAX - 1).saturating_add(1)))
    }

    /// True in `numerator` of `denominator` draws.
    pub fn chance(&mut self, numerator: u64, denominator: u64) -> bool {
        self.below(denominator) < numerator
    }

    /// A version 4 UUID.
    pub fn uuid(&mut self) -> Uuid {
        let mut bytes = [0_u8; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// `length` lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from_digit(u32::try_from(self.below(16)).unwrap_or(0), 16).unwrap_or('0')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_give_independent_streams() {
        let seed = Seed::new(1);
        assert_ne!(seed.child("a").generator().next_u64(), seed.child("b").generator().next_u64());
        assert_eq!(seed.child("a").generator().next_u64(), seed.child("a").generator().next_u64());
    }

    #[test]
    fn a_seed_keeps_its_meaning() {
        // A change here breaks every seed anybody wrote down.
        let mut draws = Seed::new(42).child("wire").generator();
        insta::assert_snapshot!(format!("{:016x} {}", draws.next_u64(), draws.uuid()));
    }

    proptest! {
        #[test]
        fn below_stays_below(number in any::<u64>(), bound in 1_u64..1_000_000) {
            prop_assert!(Seed::new(number).generator().below(bound) < bound);
        }
    }
}
