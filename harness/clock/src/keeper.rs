//! A world's keeper: its options, its thread, and what is asked of it. That thread is the only one that starts, traces,
//! looks at, wakes and reaps the programs of the world.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::sync::{mpsc, oneshot};

use crate::cpu::Scheduling;
use crate::launch::{LaunchError, Launched};
use crate::page::Pages;
use crate::program::{Event, Program};
use crate::room::Room;
use crate::wall;

/// How a world's clock is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// The executable that becomes the programs: its `main` calls [`crate::role::take_over`] first.
    /// By default the one that runs.
    pub launcher: PathBuf,
    /// The world's second 0, in the calendar's time since 1970. By default 2030-01-01T00:00:00Z.
    pub calendar: Duration,
    /// So many looks at the clock move it by one [`Self::quantum`] while nobody sleeps; rounded up to a power of two.
    /// With the default, time passes about as fast as the machine's for who does nothing else.
    pub looks: u32,
    /// The clock's smallest step while nobody sleeps.
    pub quantum: Duration,
    /// Timers may be late by so much, so that several share a jump.
    pub slack: Duration,
    /// The one CPU on which everybody lives, first in first out. None: as the kernel likes. Two worlds on one CPU would
    /// run in each other's order: each needs its own for its runs to be repeatable.
    pub cpu: Option<usize>,
    /// A program whose own clock is ahead of the world's by so much, because it looks at it again and again, is not
    /// waited for any longer.
    pub patience: Duration,
    /// On one CPU, first in first out: who has run for so long of CPU time without sleep goes to the end of the line, if
    /// there is one, because it may wait for somebody there.
    pub turn: Duration,
    /// After so much of the machine's time without everybody falling asleep, the busy program is told. Whoever waits for the end of
    /// a program that hangs waits for so long.
    pub standstill: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            launcher: PathBuf::from("/proc/self/exe"),
            calendar: Duration::from_secs(1_893_456_000),
            looks: 65_536,
            quantum: Duration::from_millis(1),
            slack: Duration::ZERO,
            cpu: None,
            patience: Duration::from_millis(100),
            turn: Duration::from_secs(5),
            standstill: Duration::from_secs(8),
        }
    }
}

/// Why a keeper could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Not Linux on x86-64.
    #[error("programs of others can live in the world's clock only on x86-64 Linux; run them by the wall's clock (--mode live)")]
    Machine,
    /// Absolute waits for the calendar would end at once.
    #[error("the world's calendar begins before the machine's; let it begin later than {machine:?} after 1970")]
    Calendar {
        /// The machine's calendar, since 1970.
        machine: Duration,
    },
    /// The keeper's thread could not be started.
    #[error("cannot start the keeper's thread: {0}")]
    Thread(io::Error),
}

/// What the world's thread asks of the keeper's.
pub(crate) enum Command {
    Attend { thread: i32, answer: oneshot::Sender<io::Result<()>> },
    Launch { program: Box<Program>, answer: oneshot::Sender<Result<Launched, LaunchError>> },
    Signal { process: u64, signal: Signal, answer: oneshot::Sender<bool> },
    Look { now: i64, answer: Sender<Rest> },
    Shutdown,
}

/// Everybody sleeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    /// Until when, in the world's time; None: until somebody is touched.
    pub until: Option<i64>,
    /// How often the world had touched when the look began.
    pub touches: u64,
}

/// The handle of a keeper's thread.
#[derive(Debug)]
pub struct Keeper {
    pub(crate) commands: Sender<Command>,
    pub(crate) pages: Pages,
    pub(crate) touches: Arc<AtomicU64>,
    pub(crate) events: mpsc::UnboundedReceiver<Event>,
    pub(crate) thread: JoinHandle<()>,
    pub(crate) slack: Duration,
    scheduling: Scheduling,
}

impl Keeper {
    /// Starts a keeper on a thread of its own.
    pub fn start(options: Options) -> Result<Self, StartError> {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return Err(StartError::Machine);
        }
        let machine = wall::calendar();
        if options.calendar <= machine {
            return Err(StartError::Calendar { machine });
        }
        let (commands, orders) = channel();
        let (told, events) = mpsc::unbounded_channel();
        let (pages, touches) = (Pages::default(), Arc::new(AtomicU64::new(0)));
        let slack = options.slack;
        let (claimed, scheduling) = channel();
        let room = Room::new(options, pages.clone(), touches.clone(), told);
        let thread = std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || {
                let mut room = room;
                let _ = claimed.send(room.take_place());
                room.run(&orders);
            })
            .map_err(StartError::Thread)?;
        let scheduling = scheduling.recv().unwrap_or(Scheduling::Ordinary);
        Ok(Self { commands, pages, touches, events, thread, slack, scheduling })
    }

    /// How the processes of this world will share the machine.
    pub fn scheduling(&self) -> Scheduling {
        self.scheduling
    }
}
