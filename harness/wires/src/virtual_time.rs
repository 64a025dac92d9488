//! Virtual time: a single-threaded runtime whose clock stands still while anything can run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use seatrial_journal::{Elapsed, Journal};
use seatrial_seed::{Clock, Seed, stamps};
use tokio::time::Instant;

use crate::network::Network;

/// How far a run has come, to be watched from another thread: a run whose virtual time stands still for several
/// seconds of wall time is in a livelock.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicU64>);

impl Progress {
    /// The latest virtual time that anybody in the run has read.
    pub fn elapsed(&self) -> Elapsed {
        Elapsed(self.0.load(Ordering::Relaxed))
    }
}

/// The run's clock, read from tokio's (paused) one. Only to be read on the run's thread.
pub struct VirtualClock {
    start: Instant,
    epoch: Timestamp,
    progress: Progress,
}

impl VirtualClock {
    /// A clock that begins now.
    pub fn start(progress: Progress) -> Self {
        Self::at(seatrial_journal::epoch(), progress)
    }

    /// A clock that begins now, which its calendar calls `epoch`.
    pub fn at(epoch: Timestamp, progress: Progress) -> Self {
        Self { start: Instant::now(), epoch, progress }
    }
}

impl Clock for VirtualClock {
    fn elapsed(&self) -> Elapsed {
        let elapsed = Elapsed::from(self.start.elapsed());
        self.progress.0.store(elapsed.0, Ordering::Relaxed);
        elapsed
    }

    fn calendar(&self) -> Timestamp {
        self.epoch + self.elapsed().duration()
    }
}

/// Runs `body` in virtual time, in a world that grows from `seed`; returns when `body` does.
pub fn virtual_run<F, O>(seed: u64, body: impl FnOnce(Network) -> F) -> O
where
    F: Future<Output = O>,
{
    virtual_run_with(seed, Progress::default(), |_| {}, body)
}

/// Like [`virtual_run`], with progress to be watched and sinks added by `prepare` before the first entry.
pub fn virtual_run_with<F, O>(seed: u64, progress: Progress, prepare: impl FnOnce(&Journal), body: impl FnOnce(Network) -> F) -> O
where
    F: Future<Output = O>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing of the system");
    runtime.block_on(async move {
        let clock = Arc::new(VirtualClock::start(progress));
        let journal = Journal::new(stamps(clock.clone()));
        prepare(&journal);
        body(Network::new(journal, clock, Seed::new(seed))).await
    })
}
