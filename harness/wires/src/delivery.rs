//! Seeded delivery delays: the one source of variety in who comes first.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_journal::{Generator, Seed};
use tokio::time::Instant;

/// Shortest delivery: tokio's timer grain.
const SHORTEST_MS: u64 = 1;
/// Longest ordinary delivery.
const LONGEST_MS: u64 = 6;

/// The delays of all wires; each pair of caller and address has its own stream of draws.
pub(crate) struct Delays {
    seed: Seed,
    streams: BTreeMap<(String, String), Generator>,
}

impl Delays {
    pub(crate) fn new(seed: &Seed) -> Self {
        Self { seed: seed.child("delivery"), streams: BTreeMap::new() }
    }

    /// The next delay between these two.
    pub(crate) fn next(&mut self, from: &str, to: &str) -> Duration {
        let seed = self.seed;
        let stream = self.streams.entry((from.to_owned(), to.to_owned())).or_insert_with(|| seed.child(from).child(to).generator());
        Duration::from_millis(SHORTEST_MS + stream.below(LONGEST_MS - SHORTEST_MS + 1))
    }
}

/// Keeps the frames of one stream in order although each has its own delay.
#[derive(Default)]
pub(crate) struct InOrder(Option<Instant>);

impl InOrder {
    /// When a frame that leaves now with this delay arrives: never before the one sent before it.
    pub(crate) fn due(&mut self, delay: Duration) -> Instant {
        let due = Instant::now() + delay;
        let due = self.0.map_or(due, |previous| previous.max(due));
        self.0 = Some(due);
        due
    }
}
