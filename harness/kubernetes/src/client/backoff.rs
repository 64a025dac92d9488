//! Exponential back-off: of one thing with seeded jitter, or of many things by key.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_seed::Generator;
use tokio::time::Instant;

/// How a delay grows: it doubles from `initial` to `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackoffLimits {
    /// The first delay.
    pub initial: Duration,
    /// The longest delay.
    pub max: Duration,
}

impl BackoffLimits {
    /// client-go's reflector: 800 ms to 30 s.
    pub const REFLECTOR: Self = Self { initial: Duration::from_millis(800), max: Duration::from_secs(30) };
    /// A controller's work queue: 5 ms to 1000 s.
    pub const CONTROLLER: Self = Self { initial: Duration::from_millis(5), max: Duration::from_secs(1000) };
    /// Volume operations of kubelet and attach/detach controller: 500 ms to 2 min 2 s.
    pub const VOLUME_OPERATION: Self = Self { initial: Duration::from_millis(500), max: Duration::from_secs(122) };
    /// The CSI sidecars: 1 s to 5 min.
    pub const SIDECAR: Self = Self { initial: Duration::from_secs(1), max: Duration::from_secs(300) };
    /// The scheduler's pods: 1 s to 10 s.
    pub const SCHEDULER: Self = Self { initial: Duration::from_secs(1), max: Duration::from_secs(10) };

    /// The delay after `failures` failures before this one.
    pub fn delay(&self, failures: u32) -> Duration {
        self.initial.saturating_mul(2_u32.saturating_pow(failures)).min(self.max)
    }
}

/// The back-off of one thing, with jitter: each delay is stretched by up to its own length.
///
/// It starts over when nothing failed for `reset_after`.
#[derive(Debug)]
pub struct Backoff {
    limits: BackoffLimits,
    reset_after: Duration,
    failures: u32,
    last: Option<Instant>,
    generator: Generator,
}

impl Backoff {
    /// A back-off that draws its jitter from `generator`.
    pub fn new(limits: BackoffLimits, reset_after: Duration, generator: Generator) -> Self {
        Self { limits, reset_after, failures: 0, last: None, generator }
    }

    /// client-go's reflector: 800 ms doubling to 30 s, over again after two quiet minutes.
    pub fn reflector(generator: Generator) -> Self {
        Self::new(BackoffLimits::REFLECTOR, Duration::from_secs(120), generator)
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
        delay + self.generator.between(Duration::ZERO, delay)
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
    fn a_delay_doubles_up_to_its_limit() {
        let seconds: Vec<u64> = (0..6).map(|failures| BackoffLimits::SCHEDULER.delay(failures).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 10, 10]);
        assert_eq!(BackoffLimits::VOLUME_OPERATION.delay(40), Duration::from_secs(122));
    }

    #[test]
    fn equal_generators_give_equal_jitter_within_twice_the_delay() {
        let delays = |_| {
            let mut backoff = Backoff::reflector(seatrial_seed::Seed::new(3).child("b").generator());
            (0..4).map(|_| backoff.next_delay()).collect::<Vec<_>>()
        };
        let first = delays(());
        assert_eq!(first, delays(()));
        assert!(first[0] >= Duration::from_millis(800) && first[0] <= Duration::from_millis(1600));
        assert!(first[3] >= Duration::from_millis(6400));
    }
}
