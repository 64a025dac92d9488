//! Exponential back-off: of one thing with jitter, or of many things by key.

use std::collections::BTreeMap;
use std::time::Duration;

use driver_host::{BackoffLimits, Random};
use tokio::time::Instant;

/// The back-off of one thing, with jitter: each delay is stretched by up to its own length.
///
/// It starts over when nothing failed for `reset_after`.
#[derive(Debug)]
pub struct Backoff {
    limits: BackoffLimits,
    reset_after: Duration,
    failures: u32,
    last: Option<Instant>,
    random: Random,
}

impl Backoff {
    /// A back-off that draws its jitter from `random`.
    pub fn new(limits: BackoffLimits, reset_after: Duration, random: Random) -> Self {
        Self { limits, reset_after, failures: 0, last: None, random }
    }

    /// client-go's reflector: 800 ms doubling to 30 s, over again after two quiet minutes.
    pub fn reflector(random: Random) -> Self {
        Self::new(BackoffLimits::REFLECTOR, Duration::from_secs(120), random)
    }

    /// How long to wait after a failure now.
    pub fn next_delay(&mut self) -> Duration {
        let now = Instant::now();
        if self.last.is_some_and(|last| now.duration_since(last) > self.reset_after) {
            self.failures = 0;
        }
        self.last = Some(now);
        let delay = self.limits.delay(self.failures);
        self.failures = self.failures.saturating_add(1);
        delay + self.random.between(Duration::ZERO, delay)
    }
}

/// Back-offs of many things: each key has its own, without jitter, until it is forgotten.
#[derive(Clone, Debug)]
pub struct KeyedBackoff<Key> {
    limits: BackoffLimits,
    entries: BTreeMap<Key, (u32, Instant)>,
}

impl<Key: Ord> KeyedBackoff<Key> {
    /// No key has failed yet.
    pub fn new(limits: BackoffLimits) -> Self {
        Self { limits, entries: BTreeMap::new() }
    }

    /// Notes a failure now; answers when the key may be tried again.
    pub fn failed(&mut self, key: Key) -> Instant {
        let entry = self.entries.entry(key).or_insert((0, Instant::now()));
        entry.1 = Instant::now() + self.limits.delay(entry.0);
        entry.0 = entry.0.saturating_add(1);
        entry.1
    }

    /// When the key may be tried again; `None` when it may be now.
    pub fn blocked_until(&self, key: &Key) -> Option<Instant> {
        self.entries.get(key).map(|entry| entry.1).filter(|at| *at > Instant::now())
    }

    /// The key has succeeded, or is gone.
    pub fn forget(&mut self, key: &Key) {
        self.entries.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stretches_a_delay_by_up_to_its_own_length() {
        let delays = |draw: u64| {
            let mut backoff = Backoff::reflector(Random::new(move || draw));
            (0..4).map(|_| backoff.next_delay().as_millis()).collect::<Vec<_>>()
        };
        assert_eq!(delays(0), [800, 1600, 3200, 6400]);
        assert_eq!(delays(u64::MAX), [1600, 3200, 6400, 12800]);
    }

    #[tokio::test(start_paused = true)]
    async fn each_key_has_its_own_delays_until_it_is_forgotten() {
        let mut backoff = KeyedBackoff::new(BackoffLimits::SCHEDULER);
        let begin = Instant::now();
        let seconds: Vec<u64> = (0..6).map(|_| (backoff.failed("a") - begin).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 10, 10]);
        assert_eq!((backoff.failed("b") - begin).as_secs(), 1);
        assert!(backoff.blocked_until(&"a").is_some());
        backoff.forget(&"a");
        assert!(backoff.blocked_until(&"a").is_none());
    }
}
