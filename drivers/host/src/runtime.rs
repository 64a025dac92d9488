//! What runs the tools that drivers and harness share: tasks, a log, a calendar, randomness.
//!
//! A driver's [`Host`] is one, and so is a process of the harness; there everything comes from the run's seed.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::{Host, Task};

/// Where a tool runs; clones are handles on the same.
pub trait Runtime: Clone + Send + Sync + 'static {
    /// Starts a task that lives as long as the process; `name` is for reports.
    fn start(&self, name: &str, task: Task);

    /// Writes a line to the process's log. Never a secret.
    fn say(&self, line: &str);

    /// The calendar: for timestamps that others read.
    fn now(&self) -> Timestamp;

    /// Random numbers for one purpose; seeded in virtual time.
    fn random_for(&self, purpose: &str) -> Random;
}

impl Runtime for Arc<dyn Host> {
    fn start(&self, name: &str, task: Task) {
        self.spawn(name, task);
    }

    fn say(&self, line: &str) {
        self.log(line);
    }

    fn now(&self) -> Timestamp {
        self.calendar()
    }

    fn random_for(&self, _purpose: &str) -> Random {
        let host = Self::clone(self);
        Random::new(move || host.random())
    }
}

/// A stream of random numbers.
pub struct Random(Box<dyn FnMut() -> u64 + Send>);

impl Random {
    /// A stream of these draws, of all 64 bits each.
    pub fn new(draw: impl FnMut() -> u64 + Send + 'static) -> Self {
        Self(Box::new(draw))
    }

    /// A number below `bound`; zero when `bound` is zero, and then nothing is drawn.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // The high half of a 128-bit product is uniform enough for bounds far below 2^64, and takes one draw.
        let product = u128::from((self.0)()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A duration of whole microseconds from `low` to `high`, both included.
    pub fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let span = high.saturating_sub(low).as_micros();
        low + Duration::from_micros(self.below(u64::try_from(span).unwrap_or(u64::MAX - 1).saturating_add(1)))
    }

    /// `length` lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from_digit(u32::try_from(self.below(16)).unwrap_or(0), 16).unwrap_or('0')).collect()
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_within_their_bounds() {
        let draws = |number: u64| Random::new(move || number);
        assert_eq!((draws(0).below(10), draws(u64::MAX).below(10), draws(u64::MAX).below(0)), (0, 9, 0));
        let (low, high) = (Duration::from_millis(1), Duration::from_millis(3));
        assert_eq!((draws(0).between(low, high), draws(u64::MAX).between(low, high)), (low, high));
        assert_eq!((draws(0).hex(3), draws(u64::MAX).hex(2)), ("000".to_owned(), "ff".to_owned()));
    }
}
