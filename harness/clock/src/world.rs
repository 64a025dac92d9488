//! The world's side: tokio's paused clock and the keeper's looks are one time.
//!
//! After a look that found everybody asleep until D the runtime advances by itself, at no cost, until a timer at D or
//! until the harness *touches*. Then every child's clock is set to the world's, the runtime is held (by a blocking task,
//! which is what holds tokio's advance) and the keeper looks again.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::gettid;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::cpu::{Rank, Scheduling};
use crate::keeper::{Command, Keeper, Rest};
use crate::launch::{LaunchError, Launched};
use crate::page::Pages;
use crate::program::{Ending, Event, Program};

/// The clock of a world with programs of others in it. Clones are the same clock. To be used in the world's thread.
#[derive(Clone, Debug)]
pub struct WorldClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    runtime: Handle,
    begin: Instant,
    commands: Sender<Command>,
    pages: Pages,
    touches: Arc<AtomicU64>,
    slack: Duration,
    scheduling: Scheduling,
    state: Mutex<State>,
    /// Told when `state` leaves or reaches sleep.
    changed: Notify,
    events: Mutex<mpsc::UnboundedReceiver<Event>>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

#[derive(Debug)]
enum State {
    /// Everybody sleeps, until this instant of the world's.
    Asleep { until: Option<Instant> },
    /// A look is under way; the tender has its handle or is about to take it.
    Awake { look: Option<JoinHandle<Option<Rest>>> },
    /// The keeper is gone.
    Over,
}

impl WorldClock {
    /// Ties the calling thread's runtime (current-thread, with I/O, started paused) to the keeper. This thread is
    /// looked at like a child from now on, and lives on their CPU. The world begins now.
    pub async fn new(keeper: Keeper) -> io::Result<Self> {
        let scheduling = keeper.scheduling();
        scheduling.enter(Rank::World);
        let (answer, attended) = oneshot::channel();
        let _ = keeper.commands.send(Command::Attend { thread: gettid().as_raw(), answer });
        attended.await.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))?;
        let clock = Self(Arc::new(Inner {
            runtime: Handle::current(),
            begin: Instant::now(),
            commands: keeper.commands,
            pages: keeper.pages,
            touches: keeper.touches,
            slack: keeper.slack,
            scheduling,
            state: Mutex::new(State::Asleep { until: None }),
            changed: Notify::new(),
            events: Mutex::new(keeper.events),
            thread: Mutex::new(Some(keeper.thread)),
        }));
        let tended = clock.clone();
        clock.0.runtime.spawn(async move { tended.tend().await });
        Ok(clock)
    }

    /// How long the world has been.
    pub fn elapsed(&self) -> Duration {
        let _inside = self.0.runtime.enter();
        Instant::now().duration_since(self.0.begin)
    }

    /// How the processes of this world share the machine.
    pub fn scheduling(&self) -> Scheduling {
        self.0.scheduling
    }

    /// To be called before anything that may wake a child: a write to its connection, a close, a connect, a signal, the
    /// removal of a file that it waits for. Cheap while the children are awake.
    pub fn touch(&self) {
        self.0.touches.fetch_add(1, Ordering::SeqCst);
        let mut state = self.state();
        if matches!(*state, State::Asleep { .. }) {
            *state = self.look();
            drop(state);
            self.0.changed.notify_waiters();
        }
    }

    /// Returns when everybody sleeps, the world's thread included, until somebody is touched or due.
    pub async fn rest(&self) {
        loop {
            let mut changed = std::pin::pin!(self.0.changed.notified());
            changed.as_mut().enable();
            if !matches!(*self.state(), State::Awake { .. }) {
                return;
            }
            changed.await;
        }
    }

    /// Starts a program. It runs when this returns.
    pub async fn launch(&self, program: Program) -> Result<Child, LaunchError> {
        let (answer, launched) = oneshot::channel();
        self.order(Command::Launch { program: Box::new(program), answer });
        let Launched { pid, number, fate } = launched.await.unwrap_or(Err(LaunchError::Over))?;
        Ok(Child { clock: self.clone(), pid, number, fate })
    }

    /// Waits for what the keeper has to tell; never ends where it has nothing.
    pub async fn event(&self) -> Event {
        let next = |context: &mut std::task::Context<'_>| {
            let mut events = self.0.events.lock().unwrap_or_else(PoisonError::into_inner);
            match events.poll_recv(context) {
                std::task::Poll::Ready(Some(event)) => std::task::Poll::Ready(event),
                // A keeper that is gone tells nothing more.
                _ => std::task::Poll::Pending,
            }
        };
        std::future::poll_fn(next).await
    }

    /// Kills and reaps all children and ends the keeper.
    pub async fn shutdown(&self) {
        let _ = self.0.commands.send(Command::Shutdown);
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        *self.state() = State::Over;
        self.0.changed.notify_waiters();
        if let Some(thread) = thread {
            let _ = self.0.runtime.spawn_blocking(move || thread.join()).await;
        }
    }

    /// Gives an order to the keeper, which obeys within the look that follows.
    fn order(&self, order: Command) {
        let _ = self.0.commands.send(order);
        self.touch();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the children's clocks and begins a look, which holds the runtime's clock until it ends.
    fn look(&self) -> State {
        let now = i64::try_from(self.elapsed().as_nanos()).unwrap_or(i64::MAX);
        self.0.pages.advance(now);
        let (answer, rest) = channel();
        if self.0.commands.send(Command::Look { now, answer }).is_err() {
            return State::Over;
        }
        State::Awake { look: Some(self.0.runtime.spawn_blocking(move || rest.recv().ok())) }
    }

    /// Waits for the looks and for the ends of sleeps.
    async fn tend(&self) {
        loop {
            let mut changed = std::pin::pin!(self.0.changed.notified());
            changed.as_mut().enable();
            let (look, until) = match &mut *self.state() {
                State::Awake { look } => (look.take(), None),
                State::Asleep { until } => (None, *until),
                State::Over => return,
            };
            match (look, until) {
                (Some(look), _) => self.settle(look.await.ok().flatten()),
                (None, None) => changed.await,
                (None, Some(until)) => {
                    tokio::select! {
                        biased;
                        () = changed => {}
                        () = sleep_until(until) => self.touch(),
                    }
                }
            }
        }
    }

    /// A look has ended.
    fn settle(&self, rest: Option<Rest>) {
        let mut state = self.state();
        if matches!(*state, State::Over) {
            return;
        }
        *state = match rest {
            None => State::Over,
            // Somebody was touched after the keeper had looked.
            Some(rest) if rest.touches != self.0.touches.load(Ordering::SeqCst) => self.look(),
            Some(rest) => State::Asleep { until: rest.until.map(|until| self.instant(until)) },
        };
        drop(state);
        self.0.changed.notify_waiters();
    }

    /// A deadline of a child's as an instant of the world's, with the slack.
    fn instant(&self, until: i64) -> Instant {
        let until = Duration::from_nanos(u64::try_from(until).unwrap_or(0));
        let late = self.0.slack.as_nanos();
        let until =
            if late == 0 { until } else { Duration::from_nanos(u64::try_from(until.as_nanos().div_ceil(late) * late).unwrap_or(u64::MAX)) };
        // Thirty years is as good as never.
        self.0.begin + until.min(Duration::from_secs(1_000_000_000))
    }
}

/// A program that lives in the world's clock.
#[derive(Debug)]
pub struct Child {
    clock: WorldClock,
    pid: i32,
    number: u64,
    fate: Arc<crate::program::Fate>,
}

/// Why a signal was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// Nobody is there any more.
    #[error("process {pid} has ended")]
    Ended {
        /// The process.
        pid: i32,
    },
}

impl Child {
    /// Its process.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends it a signal.
    pub async fn signal(&self, signal: Signal) -> Result<(), SignalError> {
        let (answer, sent) = oneshot::channel();
        self.clock.order(Command::Signal { process: self.number, signal, answer });
        if sent.await.unwrap_or(false) { Ok(()) } else { Err(SignalError::Ended { pid: self.pid }) }
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        self.fate.get()
    }

    /// Waits for its end, which is told before time goes on.
    pub async fn exited(&self) -> Ending {
        self.fate.wait().await
    }
}
