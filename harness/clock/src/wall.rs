//! The machine's own clocks, for patience and watchdogs only: nothing that a program of the world sees comes from here.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The machine's monotonic clock, since its start.
pub(crate) fn monotonic() -> Duration {
    read(ClockId::CLOCK_MONOTONIC)
}

/// The machine's calendar, since 1970.
pub(crate) fn calendar() -> Duration {
    read(ClockId::CLOCK_REALTIME)
}

fn read(clock: ClockId) -> Duration {
    clock_gettime(clock).map_or(Duration::ZERO, Duration::from)
}
