//! Who tells the time of a run.
//!
//! Not modelled: leap seconds, clock skew between machines, clocks that jump.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use seatrial_journal::{Elapsed, epoch};

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

/// The stamps of a journal's entries (`Journal::new`), by this clock.
pub fn stamps(clock: Arc<impl Clock + ?Sized + 'static>) -> impl Fn() -> Elapsed + Send + Sync + 'static {
    move || clock.elapsed()
}

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
