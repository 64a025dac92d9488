//! Time as the harness knows it: how long a run has lasted, and which calendar instant that is.
//!
//! Not modelled: leap seconds, clock skew between machines, clocks that jump.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Microseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Elapsed(pub u64);

impl Elapsed {
    /// The duration since the run began.
    pub fn duration(self) -> Duration {
        Duration::from_micros(self.0)
    }
}

impl From<Duration> for Elapsed {
    fn from(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
    }
}

impl std::fmt::Display for Elapsed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:06}s", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

/// The instant at which virtual time begins: 2026-01-01T00:00:00Z.
pub fn epoch() -> Timestamp {
    Timestamp::from_second(1_767_225_600).expect("the epoch is within jiff's range")
}

/// Tells how long the run has lasted.
pub trait Clock: Send + Sync {
    /// Time since the run began; never goes back.
    fn elapsed(&self) -> Elapsed;

    /// The calendar instant; in virtual time [`epoch`] plus what has elapsed.
    fn calendar(&self) -> Timestamp {
        epoch() + self.elapsed().duration()
    }
}

/// A clock that many hold.
pub type SharedClock = Arc<dyn Clock>;

/// A clock moved by hand, for tests of pure parts.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(Elapsed::from(by).0, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn elapsed(&self) -> Elapsed {
        Elapsed(self.0.load(Ordering::Relaxed))
    }
}
