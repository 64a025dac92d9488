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

/// Whether the kernel counts the CPU time of threads in less than ticks: then whoever has run has used some.
pub(crate) fn counts_cpu_finely() -> bool {
    const TICK: Duration = Duration::from_millis(1);
    let used = || read(ClockId::CLOCK_THREAD_CPUTIME_ID);
    let before = used();
    (0..1000).map(|_| used().saturating_sub(before)).any(|since| !since.is_zero() && since < TICK / 10)
}

fn read(clock: ClockId) -> Duration {
    clock_gettime(clock).map_or(Duration::ZERO, Duration::from)
}
