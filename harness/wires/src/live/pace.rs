//! The time of a live world: the wall's, or so many times as fast.
//!
//! What a live world plays itself (vCenters, loops, kubelets, what the scenario waits for) may run faster than the wall, so
//! that six minutes pass in twenty seconds; the drivers under test are processes of their own and live by the wall. The
//! runtime's clock is paused, as in virtual time, but does not advance by itself: a blocking task is running all the time,
//! which inhibits that, and tells every millisecond of wall time to move the clock on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use seatrial_journal::Journal;
use seatrial_seed::{Seed, stamps};
use tokio::sync::Notify;

use crate::network::Network;
use crate::virtual_time::{Progress, VirtualClock};

/// How often the clock is moved.
const TICK: Duration = Duration::from_millis(1);

/// No clock that is moved skips more than this: less than any period or patience of the world.
const LONGEST_STEP: Duration = Duration::from_millis(500);

/// How many times as fast as the wall a live world's time goes; at least once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(u32);

impl Pace {
    /// As fast as the wall.
    pub const WALL: Self = Self(1);

    /// So many times as fast.
    pub fn times(times: u32) -> Self {
        Self(times.max(1))
    }

    /// How many times.
    pub fn factor(self) -> u32 {
        self.0
    }
}

/// The pace of a world that runs, to be changed while it does; clones are handles on the same.
#[derive(Clone, Debug)]
pub struct Throttle(Arc<AtomicU32>);

impl Throttle {
    /// From now on at this pace.
    pub fn set(&self, pace: Pace) {
        self.0.store(pace.0, Ordering::Relaxed);
    }

    fn factor(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs `body` in a live world that begins at this pace; returns when `body` does.
///
/// # Errors
/// What the system refuses: a thread, or to watch sockets.
pub fn live_run<F, O>(
    seed: u64,
    pace: Pace,
    progress: Progress,
    prepare: impl FnOnce(&Journal),
    body: impl FnOnce(Network, Throttle) -> F,
) -> std::io::Result<O>
where
    F: Future<Output = O>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    let over = Arc::new(AtomicBool::new(false));
    let result = runtime.block_on(async {
        let tick = Arc::new(Notify::new());
        let (ticking, ended) = (Arc::clone(&tick), Arc::clone(&over));
        #[expect(clippy::disallowed_methods, reason = "a blocking task is what keeps the paused clock from advancing by itself")]
        let ticker = tokio::task::spawn_blocking(move || {
            while !ended.load(Ordering::Relaxed) {
                std::thread::sleep(TICK);
                ticking.notify_one();
            }
        });
        #[expect(clippy::disallowed_methods, reason = "a live world's calendar begins at the wall's")]
        let clock = Arc::new(VirtualClock::at(Timestamp::now(), progress));
        let journal = Journal::new(stamps(clock.clone()));
        prepare(&journal);
        let throttle = Throttle(Arc::new(AtomicU32::new(pace.0)));
        let world = body(Network::new(journal, clock, Seed::new(seed)), throttle.clone());
        let outcome = tokio::select! {
            biased;
            outcome = world => outcome,
            never = keep_time(&tick, &throttle) => match never {},
        };
        over.store(true, Ordering::Relaxed);
        // It ends within a tick.
        let _ = ticker.await;
        outcome
    });
    Ok(result)
}

/// Moves the clock on with the wall; never ends.
async fn keep_time(tick: &Notify, throttle: &Throttle) -> std::convert::Infallible {
    #[expect(clippy::disallowed_methods, reason = "the wall's time is what is followed here")]
    let wall = std::time::Instant::now();
    let mut told = Duration::ZERO;
    loop {
        tick.notified().await;
        let now = wall.elapsed();
        // A machine that is too busy for the pace makes time slower: a jump would look to the world as if it had slept.
        let step = (now.saturating_sub(told) * throttle.factor()).min(LONGEST_STEP);
        told = now;
        if !step.is_zero() {
            tokio::time::advance(step).await;
        }
    }
}
