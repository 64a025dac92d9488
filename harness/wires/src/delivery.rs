//! Seeded delivery delays: the one source of variety in who comes first.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_seed::{Generator, Seed};
use tokio::time::Instant;

/// Shortest delivery: tokio's timer grain.
const SHORTEST_MS: u64 = 1;
/// Longest ordinary delivery.
const LONGEST_MS: u64 = 6;

/// The delays of all wires; each pair of caller and address has its own stream of draws.
pub(crate) struct Delays {
    seed: Seed,
    /// By the one who sends, then by the one who is sent to: so both are looked up without a copy.
    streams: BTreeMap<String, BTreeMap<String, Generator>>,
}

impl Delays {
    pub(crate) fn new(seed: &Seed) -> Self {
        Self { seed: seed.child("delivery"), streams: BTreeMap::new() }
    }

    /// The next delay between these two.
    pub(crate) fn next(&mut self, from: &str, to: &str) -> Duration {
        let known = self.streams.get_mut(from).and_then(|streams| streams.get_mut(to));
        let stream = match known {
            Some(stream) => stream,
            None => {
                self.streams.entry(from.to_owned()).or_default().entry(to.to_owned()).or_insert(self.seed.child(from).child(to).generator())
            }
        };
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
