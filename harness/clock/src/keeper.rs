//! The keeper's thread: the only one that starts, traces, looks at, wakes and reaps the programs of a world.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::{mpsc, oneshot};

use crate::cpu::{Lift, Rank, Scheduling};
use crate::launch::{LaunchError, Launched};
use crate::look::{self, Next, Pass, Seen, Suspect, Thread};
use crate::page::Pages;
use crate::patience::{self, Pulse};
use crate::process::Processes;
use crate::program::{Event, Program};
use crate::softirq::Carriers;
use crate::stops;
use crate::wait::number;
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
    /// After so much of the machine's time without anybody falling asleep, the busy program is told.
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
            standstill: Duration::from_secs(10),
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
                room.take_place();
                let _ = claimed.send(room.scheduling);
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

/// How often it is asked whether those who are awake spin on the clock. What the answer is depends on their looks alone.
const PATIENCE_EVERY: Duration = Duration::from_millis(10);

/// What the keeper's thread knows.
pub(crate) struct Room {
    pub processes: Processes,
    pub pages: Pages,
    /// New threads and processes that stopped before their makers told of them.
    pub early: BTreeSet<i32>,
    pub launcher: PathBuf,
    pub scheduling: Scheduling,
    pub calendar: i64,
    pub shift: u32,
    pub quantum: i64,
    /// The world's time as it last told it.
    pub now: i64,
    /// How far a busy program's clock may be ahead, in nanoseconds.
    pub patience: i64,
    pub turn: Duration,
    carriers: Carriers,
    /// The keeper's own `schedstat`, where everybody else comes before it.
    turns: Option<File>,
    pub pulse: Arc<Pulse>,
    cpu: Option<usize>,
    world: Option<Thread>,
    touches: Arc<AtomicU64>,
    told: mpsc::UnboundedSender<Event>,
    standstill: Duration,
    suspect: Option<Suspect>,
}

impl Room {
    fn new(options: Options, pages: Pages, touches: Arc<AtomicU64>, told: mpsc::UnboundedSender<Event>) -> Self {
        let nanoseconds = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        Self {
            processes: Processes::default(),
            pages,
            early: BTreeSet::new(),
            launcher: options.launcher,
            scheduling: Scheduling::Ordinary,
            calendar: nanoseconds(options.calendar),
            shift: options.looks.max(1).next_power_of_two().trailing_zeros(),
            quantum: nanoseconds(options.quantum),
            now: 0,
            patience: nanoseconds(options.patience),
            turn: options.turn,
            carriers: Carriers::find(options.cpu),
            turns: None,
            pulse: Arc::default(),
            cpu: options.cpu,
            world: None,
            touches,
            told,
            standstill: options.standstill,
            suspect: None,
        }
    }

    pub(crate) fn tell(&self, event: Event) {
        // Nobody listens: the run does not want to know.
        let _ = self.told.send(event);
    }

    /// The keeper's own place among those who run.
    fn take_place(&mut self) {
        if self.cpu.is_some() {
            patience::watch_over(&self.pulse, Lift::of_this_thread());
        }
        self.scheduling = Scheduling::claim(self.cpu);
        if matches!(self.scheduling, Scheduling::Fifo { .. }) {
            self.turns = File::open("/proc/thread-self/schedstat").ok();
        }
    }

    fn run(&mut self, orders: &Receiver<Command>) {
        let _ = prctl::set_timerslack(1);
        while let Ok(order) = orders.recv() {
            self.pulse.working.store(true, Ordering::Relaxed);
            if self.obey(order, orders).is_break() {
                break;
            }
            self.pulse.working.store(false, Ordering::Relaxed);
        }
        self.end_all();
    }

    fn obey(&mut self, order: Command, orders: &Receiver<Command>) -> ControlFlow<()> {
        match order {
            Command::Attend { thread, answer } => {
                let pid = i32::try_from(std::process::id()).unwrap_or(0);
                let _ = answer.send(Thread::open(pid, thread).map(|thread| self.world = Some(thread)));
            }
            Command::Launch { program, answer } => {
                let _ = answer.send(self.launch(*program));
            }
            Command::Signal { process, signal, answer } => {
                let _ = answer.send(self.signal(process, signal));
            }
            Command::Look { now, answer } => return self.look(now, &answer, orders),
            Command::Shutdown => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    /// Sends a signal; false: the process has ended.
    fn signal(&mut self, process: u64, signal: Signal) -> bool {
        self.serve_all();
        let Some(process) = self.processes.get(process) else { return false };
        let sent = kill(Pid::from_raw(process.pid), signal).is_ok();
        self.resume_continued();
        sent
    }

    /// Looks until everybody sleeps.
    fn look(&mut self, now: i64, answer: &Sender<Rest>, orders: &Receiver<Command>) -> ControlFlow<()> {
        self.now = self.now.max(now);
        self.wake_due();
        let mut vain = 0_u32;
        let mut since = wall::monotonic();
        let mut borne = since;
        loop {
            let turns = self.turns_below_all();
            match orders.try_recv() {
                Ok(order) => self.obey(order, orders)?,
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return ControlFlow::Break(()),
            }
            let touches = self.touches.load(Ordering::SeqCst);
            self.serve_all();
            self.resume_continued();
            if self.all_asleep(turns) {
                if self.deliver_pending() {
                    continue;
                }
                self.find_other_timers();
                let until = match look::next(&mut self.processes, &self.pages) {
                    Next::Now => {
                        self.wake_due();
                        continue;
                    }
                    Next::At(until) => Some(until),
                    Next::Never => None,
                };
                // The world is gone: it will order no more.
                let _ = answer.send(Rest { until, touches });
                return ControlFlow::Continue(());
            }
            vain += 1;
            self.pulse.beat();
            let now = wall::monotonic();
            if now.saturating_sub(borne) > PATIENCE_EVERY || self.pulse.calls() {
                borne = now;
                self.be_patient();
            }
            if vain < 200 {
                std::thread::yield_now();
            } else {
                std::thread::sleep(Duration::from_micros(30));
            }
            if now.saturating_sub(since) > self.standstill {
                since = now;
                self.report_standstill();
            }
        }
    }

    /// One pass: whether the world's thread and all programs sleep and nobody has run since the last pass, or since the
    /// keeper had run so often.
    fn all_asleep(&mut self, turns: Option<u64>) -> bool {
        let world = self.world_is_parked();
        if world == Some(Seen::Awake) {
            return false;
        }
        let mut sleepers = Vec::new();
        let pass = look::pass(&mut self.processes, self.suspect, &mut sleepers);
        self.suspect = match pass {
            Pass::Awake(suspect) | Pass::Moved(suspect) => Some(suspect),
            Pass::Still => None,
        };
        // Lifted, the keeper may not wait for anybody: who is to stop would first have to run, beside one that does not stop.
        if !self.pulse.lifted.load(Ordering::Relaxed) {
            self.keep(&sleepers);
        }
        if turns.is_some() && turns == self.turns_below_all() {
            // Nobody has run since, because everybody would have run before the keeper.
            return !matches!(pass, Pass::Awake(_));
        }
        // First in, first out, packets are carried by who sends them; ordinary threads would be waited for long.
        let fifo = matches!(self.scheduling, Scheduling::Fifo { .. });
        let still = pass == Pass::Still && world.is_none_or(|seen| seen == Seen::Still);
        still && (fifo || self.carriers.are_idle()) && look::confirm(&mut self.processes)
    }

    /// How often the keeper was given its CPU, where it is the last of all to get it.
    fn turns_below_all(&self) -> Option<u64> {
        let file = self.turns.as_ref().filter(|_| !self.pulse.lifted.load(Ordering::Relaxed))?;
        let mut line = [0; 64];
        let length = file.read_at(&mut line, 0).ok()?;
        std::str::from_utf8(&line[..length]).ok()?.trim().rsplit(' ').next()?.parse().ok()
    }

    /// The world's thread sleeps in its runtime's poll, and in nothing else.
    fn world_is_parked(&mut self) -> Option<Seen> {
        let thread = self.world.as_mut()?;
        // Its waits are never timed by us: its memory is not needed.
        let seen = thread.look_at_poll(&[number::EPOLL_WAIT, number::EPOLL_PWAIT, number::EPOLL_PWAIT2]);
        Some(seen.unwrap_or(Seen::Awake))
    }

    pub(crate) fn world_sleeps(&mut self) -> bool {
        self.world_is_parked().is_none_or(|seen| seen != Seen::Awake)
    }

    fn report_standstill(&mut self) {
        let Some(process) = self.suspect.and_then(|suspect| self.processes.get(suspect.process)) else { return };
        let threads = process.threads.iter().map(|(tid, thread)| {
            let cpu = Duration::from_nanos(thread.cpu());
            format!("{tid}: {:?} in call {}, {cpu:?} of CPU", thread.wait, thread.within.number)
        });
        let event =
            Event::Standstill { program: process.program.clone(), pid: process.pid, threads: threads.collect::<Vec<_>>().join("; ") };
        self.tell(event);
    }

    /// Kills and reaps everybody.
    fn end_all(&mut self) {
        while !self.processes.is_empty() {
            for (_, process) in self.processes.iter() {
                let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
            }
            match stops::next() {
                Some(stop) => self.serve(stop),
                None => std::thread::sleep(Duration::from_micros(50)),
            }
        }
    }
}

/// So that the world's thread can take its rank with the others.
pub(crate) fn enter_world(scheduling: Scheduling) {
    scheduling.enter(Rank::World);
}
