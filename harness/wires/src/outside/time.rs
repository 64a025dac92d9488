//! The time of a world with programs outside: the world's own, in which they live too, or the wall's.
//!
//! In the world's time the runtime's clock is paused and goes on when nobody has anything to do, programs outside included: their
//! keeper ([`seatrial_clock`]) holds it while one of them is awake. In the wall's time a blocking task is running all the time,
//! which keeps the paused clock from advancing by itself, and tells every millisecond to move it on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use seatrial_clock::{Keeper, Options, StartError, WorldClock};
use seatrial_journal::Journal;
use seatrial_seed::{Seed, stamps};
use tokio::sync::Notify;

use crate::network::Network;
use crate::virtual_time::{Progress, VirtualClock};

/// How often the clock is moved.
const TICK: Duration = Duration::from_millis(1);

/// No clock that is moved skips more than this: less than any period or patience of the world.
const LONGEST_STEP: Duration = Duration::from_millis(500);

/// Why a world with programs outside could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TimeError {
    /// The keeper of the world's time.
    #[error("programs of others cannot live in the world's time here: {0}")]
    Keeper(#[from] StartError),
    /// Its looks at the world's own thread.
    #[error("the keeper of time cannot look at the world's thread: {0}; run by the wall's clock with --mode live")]
    Attend(#[source] std::io::Error),
    /// The runtime: a thread, or to watch sockets.
    #[error("failed to start the world's runtime: {0}")]
    Runtime(#[source] std::io::Error),
}

/// Runs `body` in a world whose time is also that of the programs that are started by its [`Network::world_clock`]; returns when
/// `body` does. None of them is left then.
///
/// # Errors
/// [`TimeError`].
pub fn world_time_run<F, O>(
    seed: u64,
    options: Options,
    progress: Progress,
    prepare: impl FnOnce(&Journal),
    body: impl FnOnce(Network) -> F,
) -> Result<O, TimeError>
where
    F: Future<Output = O>,
{
    let keeper = Keeper::start(options)?;
    let runtime = paused_runtime()?;
    runtime.block_on(async {
        let others = WorldClock::new(keeper).await.map_err(TimeError::Attend)?;
        let clock = Arc::new(VirtualClock::start(progress));
        let journal = Journal::new(stamps(clock.clone()));
        prepare(&journal);
        let outcome = body(Network::beside(Some(others.clone()), journal, clock, Seed::new(seed))).await;
        others.shutdown().await;
        Ok(outcome)
    })
}

/// Runs `body` in a world that goes by the wall's clock; returns when `body` does.
///
/// # Errors
/// [`TimeError::Runtime`].
pub fn wall_time_run<F, O>(
    seed: u64,
    progress: Progress,
    prepare: impl FnOnce(&Journal),
    body: impl FnOnce(Network) -> F,
) -> Result<O, TimeError>
where
    F: Future<Output = O>,
{
    let runtime = paused_runtime()?;
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
        let world = body(Network::new(journal, clock, Seed::new(seed)));
        let outcome = tokio::select! {
            biased;
            outcome = world => outcome,
            never = follow_the_wall(&tick) => match never {},
        };
        over.store(true, Ordering::Relaxed);
        // It ends within a tick.
        let _ = ticker.await;
        outcome
    });
    Ok(result)
}

fn paused_runtime() -> Result<tokio::runtime::Runtime, TimeError> {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().map_err(TimeError::Runtime)
}

/// Moves the clock on with the wall; never ends.
async fn follow_the_wall(tick: &Notify) -> std::convert::Infallible {
    #[expect(clippy::disallowed_methods, reason = "the wall's time is what is followed here")]
    let wall = std::time::Instant::now();
    let mut followed = Duration::ZERO;
    loop {
        tick.notified().await;
        let now = wall.elapsed();
        // A machine that is too busy makes time slower: a jump would look to the world as if it had slept.
        let step = now.saturating_sub(followed).min(LONGEST_STEP);
        followed = now;
        if !step.is_zero() {
            tokio::time::advance(step).await;
        }
    }
}
