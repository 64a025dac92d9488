//! What the keeper's thread knows and does: it obeys orders, and looks until everybody sleeps.

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::Duration;

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::mpsc;

use crate::cpu::{Lift, Scheduling};
use crate::keeper::{Command, Options, Rest};
use crate::look::{self, Next, Pass, Suspect};
use crate::page::Pages;
use crate::patience::{self, Pulse};
use crate::process::Processes;
use crate::program::Event;
use crate::softirq::Carriers;
use crate::stops;
use crate::thread::{Seen, Thread};
use crate::wait::number;
use crate::wall;

/// How often it is asked whether those who are awake spin on the clock. What the answer is depends on their looks alone.
const PATIENCE_EVERY: Duration = Duration::from_millis(10);
/// When nobody has asked for so long, whoever has ended or stopped meanwhile is heard: longer than a world computes at a stretch.
const UNASKED: Duration = Duration::from_secs(1);

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
    pub fn new(options: Options, pages: Pages, touches: Arc<AtomicU64>, told: mpsc::UnboundedSender<Event>) -> Self {
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

    /// The keeper's own place among those who run, and so everybody's.
    pub fn take_place(&mut self) -> Scheduling {
        if self.cpu.is_some() {
            patience::watch_over(&self.pulse, Lift::of_this_thread());
        }
        self.scheduling = Scheduling::claim(self.cpu);
        if matches!(self.scheduling, Scheduling::Fifo { .. }) {
            self.turns = File::open("/proc/thread-self/schedstat").ok();
            self.processes.paces_monitors = true;
            self.processes.tells_by_cpu = wall::counts_cpu_finely();
        }
        self.scheduling
    }

    /// Obeys until it is told to end, or nobody is left to order; then everybody is killed and reaped.
    pub fn run(&mut self, orders: &Receiver<Command>) {
        let _ = prctl::set_timerslack(1);
        loop {
            let order = match orders.recv_timeout(UNASKED) {
                Ok(order) => order,
                // On a busy machine somebody may be woken, by the end of his child above all, after he was seen to sleep. Nobody would
                // ask for him any more: the world waits for word of him.
                Err(RecvTimeoutError::Timeout) => {
                    self.serve_all();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
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
                let _ = answer.send(Thread::open(pid, thread, 0).map(|thread| self.world = Some(thread)));
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
                if self.deliver_pending() || self.let_monitors_work() {
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
        let pass = look::pass(&mut self.processes, self.suspect, turns.is_some(), &mut sleepers);
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
