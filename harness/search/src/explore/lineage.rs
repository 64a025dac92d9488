//! Where an explored scenario comes from: a seed, and what was drawn anew since.
//!
//! `12` is what seed 12 draws. `12+3` is its third variation, `12+3+1` the first variation of that. A variation keeps the world and how
//! the story begins, and draws the faults anew, or all that is done from some place on. It depends on nothing but its name, so it is the
//! same everywhere.

use std::fmt;
use std::str::FromStr;

use seatrial_seed::Seed;

/// The name of an explored scenario.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lineage {
    seed: u64,
    variations: Vec<u32>,
}

/// A text that names no explored scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no explored scenario; write a seed, and the numbers of variations behind it: 12, 12+3, 12+3+1")]
pub struct LineageError(String);

impl Lineage {
    /// The seed that it began with, under which it is run, too.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many variations lie between it and its seed.
    pub fn depth(&self) -> usize {
        self.variations.len()
    }

    /// So many variations of it.
    pub fn variations(&self, number: u32) -> impl Iterator<Item = Self> {
        (1..=number).map(|variation| {
            let mut lineage = self.clone();
            lineage.variations.push(variation);
            lineage
        })
    }

    /// What the seed's draws grow from.
    pub(super) fn root(&self) -> Seed {
        Seed::new(self.seed).child("explore")
    }

    /// What the draws of each variation grow from, in order.
    pub(super) fn turns(&self) -> Vec<Seed> {
        let mut seed = self.root().child("variations");
        let turn = |variation: &u32| {
            seed = seed.child(&variation.to_string());
            seed
        };
        self.variations.iter().map(turn).collect()
    }
}

impl From<u64> for Lineage {
    fn from(seed: u64) -> Self {
        Self { seed, variations: Vec::new() }
    }
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.seed)?;
        self.variations.iter().try_for_each(|variation| write!(f, "+{variation}"))
    }
}

impl FromStr for Lineage {
    type Err = LineageError;

    fn from_str(text: &str) -> Result<Self, LineageError> {
        let wrong = || LineageError(text.to_owned());
        let mut parts = text.split('+');
        let seed = parts.next().and_then(|seed| seed.parse().ok()).ok_or_else(wrong)?;
        let variations = parts.map(|variation| variation.parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
        Ok(Self { seed, variations })
    }
}
