//! Who sleeps, and until when.
//!
//! Everybody slept at one instant if every thread was seen in a wait, then every thread's state was seen to be asleep,
//! and then no thread's `schedstat` had changed since before: who has not run, and is not about to, was never woken. So
//! bytes in flight need no care: who has something to read is awake. (The kernel's own threads that carry packets are
//! looked at as well, see `softirq`.)

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::page::{MONOTONIC_BASE, Pages};
use crate::process::{Process, Processes};
use crate::sockets;
use crate::wait::{self, Call, Wait, number};

const LINE: usize = 256;

/// A thread and what was last seen of it.
#[derive(Debug)]
pub(crate) struct Thread {
    pid: i32,
    syscall: File,
    schedstat: File,
    stat: File,
    ran: Line,
    call: Line,
    /// What it does.
    pub wait: Wait,
    /// The system call it waits in.
    pub within: Call,
    /// When its sleep ends in the world's time, in nanoseconds; kept while it has not run.
    pub deadline: Option<i64>,
    timed: bool,
    slept: Wait,
    cpu_at_sleep: u64,
    /// Its sleep is ours: it is stopped until its deadline, so that the machine's clock cannot end it.
    pub kept: bool,
    /// It spun on its clock, and is stopped until the world is where its clock is.
    pub until_world: Option<i64>,
}

/// A short line of a file in `/proc`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    bytes: [u8; LINE],
    length: usize,
}

impl Line {
    const EMPTY: Self = Self { bytes: [0; LINE], length: 0 };

    /// Reads the file again; whether it changed.
    fn renew(&mut self, file: &File) -> io::Result<bool> {
        let mut bytes = [0; LINE];
        let length = file.read_at(&mut bytes, 0)?;
        if length == 0 {
            return Err(io::ErrorKind::NotFound.into());
        }
        let same = self.length == length && self.bytes[..length] == bytes[..length];
        (self.bytes, self.length) = (bytes, length);
        Ok(!same)
    }

    fn get(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// What a look at one thread gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// In a wait, and it has not run since the last look.
    Still,
    /// In a wait, but it has run since the last look.
    Moved,
    /// Not in a wait.
    Awake,
}

impl Thread {
    pub fn open(pid: i32, tid: i32) -> io::Result<Self> {
        let open = |name: &str| File::open(format!("/proc/{pid}/task/{tid}/{name}"));
        Ok(Self {
            pid,
            syscall: open("syscall")?,
            schedstat: open("schedstat")?,
            stat: open("stat")?,
            ran: Line::EMPTY,
            call: Line::EMPTY,
            wait: Wait::Running,
            within: Call::default(),
            deadline: None,
            timed: false,
            slept: Wait::Running,
            cpu_at_sleep: 0,
            kept: false,
            until_world: None,
        })
    }

    /// Looks at the thread. An error: it is gone.
    pub fn look(&mut self, memory: &File) -> io::Result<Seen> {
        if self.kept {
            return Ok(Seen::Still);
        }
        let moved = self.ran.renew(&self.schedstat)?;
        if !moved && !matches!(self.wait, Wait::Running | Wait::Busy) {
            return Ok(Seen::Still);
        }
        self.call.renew(&self.syscall)?;
        self.learn(memory)?;
        Ok(if matches!(self.wait, Wait::Running | Wait::Busy) { Seen::Awake } else { Seen::Moved })
    }

    /// Whether it sleeps: its state says so, and it has not run since the last look.
    fn is_at_rest(&self) -> bool {
        self.kept || self.state().is_ok_and(|state| state != b'R')
    }

    fn has_not_run(&mut self) -> bool {
        self.kept || self.ran.renew(&self.schedstat).is_ok_and(|moved| !moved)
    }

    /// It stands, and goes on when the world's time is there.
    pub fn keep_until_world(&mut self, until: i64) {
        (self.kept, self.until_world, self.deadline) = (true, Some(until), None);
    }

    /// Whether it sleeps for a time and for nothing else.
    fn only_sleeps(&self) -> bool {
        !self.kept && matches!(self.wait, Wait::For(_)) && matches!(self.within.number, number::NANOSLEEP | number::CLOCK_NANOSLEEP)
    }

    /// Looks at the world's own thread, which sleeps only in one of these system calls.
    pub fn look_at_poll(&mut self, polls: &[i64]) -> io::Result<Seen> {
        self.call.renew(&self.syscall)?;
        let moved = self.ran.renew(&self.schedstat)?;
        Ok(match wait::call(self.call.get()) {
            Some(call) if polls.contains(&call.number) && !moved => Seen::Still,
            Some(call) if polls.contains(&call.number) => Seen::Moved,
            _ => Seen::Awake,
        })
    }

    fn learn(&mut self, memory: &File) -> io::Result<()> {
        let Some(call) = wait::call(self.call.get()) else {
            // On a CPU, or about to be: what it waited for is kept for a wait that goes on after a stop.
            self.wait = Wait::Running;
            return Ok(());
        };
        if call.number == number::RESTART_SYSCALL && self.timed {
            // A wait that was interrupted by a stop goes on; its deadline stands.
            self.wait = self.slept;
            return Ok(());
        }
        self.timed = false;
        self.within = call;
        self.wait = match wait::classify(&call, memory) {
            Wait::On(descriptor, direction) if self.state()? == b'S' => {
                sockets::time_out(self.pid, descriptor, direction).map_or(Wait::Forever, Wait::For)
            }
            Wait::On(..) => Wait::Busy,
            wait => wait,
        };
        self.slept = self.wait;
        self.cpu_at_sleep = self.cpu();
        Ok(())
    }

    /// The state's letter.
    fn state(&self) -> io::Result<u8> {
        let mut bytes = [0; LINE];
        let length = self.stat.read_at(&mut bytes, 0)?;
        let end = bytes[..length].iter().rposition(|byte| *byte == b')').unwrap_or(0);
        Ok(bytes.get(end + 2).copied().unwrap_or(b'?'))
    }

    /// Nanoseconds of CPU that it has used, as of the last look.
    pub fn cpu(&self) -> u64 {
        let text = std::str::from_utf8(self.ran.get()).unwrap_or_default();
        text.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0)
    }

    /// Nanoseconds of CPU that it has used since it was last seen asleep.
    pub fn run_since_sleep(&self) -> u64 {
        self.cpu().saturating_sub(self.cpu_at_sleep)
    }

    /// When it must be woken, where all sleep and its clock shows `shown`; and whether it fell asleep for no time.
    fn due(&mut self, shown: i64, calendar: i64) -> Option<(i64, bool)> {
        if self.until_world.is_some() {
            return None;
        }
        if matches!(self.wait, Wait::Running | Wait::Busy) {
            return None;
        }
        let fresh = !self.timed;
        let until = match self.wait {
            Wait::For(_) if self.timed => self.deadline,
            Wait::For(rest) => Some(shown.saturating_add(rest)),
            Wait::UntilMonotonic(at) => Some(at.saturating_sub(MONOTONIC_BASE)),
            Wait::UntilCalendar(at) => Some(at.saturating_sub(calendar)),
            _ => None,
        };
        (self.deadline, self.timed) = (until, true);
        until.map(|until| (until, fresh && until <= shown))
    }
}

/// Whom a look found awake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Suspect {
    pub process: u64,
    pub thread: i32,
}

/// What a pass over all threads found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// This one is awake; the pass ended with it.
    Awake(Suspect),
    /// All sleep, but this one has run since the last pass.
    Moved(Suspect),
    /// All sleep, and nobody has run since the last pass.
    Still,
}

/// One pass over all threads, the last suspect first. Threads that only sleep for a time, and are not kept yet, go into
/// `sleepers`.
pub(crate) fn pass(processes: &mut Processes, last: Option<Suspect>, sleepers: &mut Vec<i32>) -> Pass {
    let mut pass = Pass::Still;
    if let Some(suspect) = last {
        match look_at(processes, suspect) {
            Ok(Seen::Still) => {}
            // It has moved, whatever is seen of it a moment later.
            Ok(Seen::Moved) => pass = Pass::Moved(suspect),
            Ok(Seen::Awake) | Err(_) => return Pass::Awake(suspect),
        }
    }
    for (number, process) in processes.iter_mut() {
        if process.stopped {
            continue;
        }
        let memory = process.memory.clone();
        let mut of_this = Pass::Still;
        for (tid, thread) in process.watched() {
            let suspect = Suspect { process: number, thread: tid };
            match thread.look(&memory) {
                Ok(Seen::Still) => {}
                Ok(Seen::Moved) => of_this = Pass::Moved(suspect),
                // Gone: the keeper will hear of it.
                Ok(Seen::Awake) | Err(_) => {
                    of_this = Pass::Awake(suspect);
                    break;
                }
            }
            if thread.only_sleeps() {
                sleepers.push(tid);
            }
        }
        process.has_run |= of_this != Pass::Still;
        match of_this {
            Pass::Still => {}
            Pass::Moved(_) => pass = of_this,
            Pass::Awake(_) => return of_this,
        }
    }
    pass
}

/// One thread; one that is not there any more, or is left out, does not count.
fn look_at(processes: &mut Processes, suspect: Suspect) -> io::Result<Seen> {
    let Some(process) = processes.get_mut(suspect.process) else { return Ok(Seen::Still) };
    let memory = process.memory.clone();
    match process.threads.get_mut(&suspect.thread) {
        Some(thread) if process.monitor != Some(suspect.thread) && !process.stopped => {
            process.has_run = true;
            thread.look(&memory)
        }
        _ => Ok(Seen::Still),
    }
}

/// Whether those who were all seen in their waits were so at one instant: a thread that is being woken by another CPU
/// looks as if it waited, but its state tells.
pub(crate) fn confirm(processes: &mut Processes) -> bool {
    let mut all = |test: fn(&mut Thread) -> bool| {
        processes.iter_mut().filter(|(_, process)| !process.stopped).all(|(_, process)| process.watched().all(|(_, thread)| test(thread)))
    };
    all(|thread| thread.is_at_rest()) && all(Thread::has_not_run)
}

/// All threads that are not in a wait.
pub(crate) fn awake(processes: &mut Processes, sleepers: &mut Vec<i32>) -> Vec<Suspect> {
    let mut awake = Vec::new();
    for (number, process) in processes.iter_mut().filter(|(_, process)| !process.stopped) {
        let memory = process.memory.clone();
        for (tid, thread) in process.watched() {
            if matches!(thread.look(&memory), Ok(Seen::Awake)) {
                awake.push(Suspect { process: number, thread: tid });
            } else if thread.only_sleeps() {
                sleepers.push(tid);
            }
        }
    }
    awake
}

/// So far a clock goes on when somebody falls asleep for no time, in nanoseconds: who waits until a deadline is *over*
/// and has just reached it would else be woken again and again.
const NUDGE: i64 = 1_000;

/// What everybody's sleep leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Somebody's own clock has reached its deadline already.
    Now,
    /// The earliest end of a sleep, in the world's time.
    At(i64),
    /// Nobody waits for time.
    Never,
}

/// Everybody sleeps: what comes next.
pub(crate) fn next(processes: &mut Processes, pages: &Pages) -> Next {
    let mut next = Next::Never;
    for (_, process) in processes.iter_mut().filter(|(_, process)| !process.stopped) {
        next = match (next, next_of(process, pages)) {
            (Next::Now, _) | (_, Next::Now) => Next::Now,
            (Next::At(one), Next::At(other)) => Next::At(one.min(other)),
            (Next::Never, other) => other,
            (one, Next::Never) => one,
        };
    }
    next
}

fn next_of(process: &mut Process, pages: &Pages) -> Next {
    let (Some(page), Some(reading)) = (pages.get(process.page), pages.refresh(process.page)) else { return Next::Never };
    let (shown, calendar) = (reading.shown, page.dial().calendar);
    let dues: Vec<_> = process.watched().filter_map(|(_, thread)| thread.due(shown, calendar)).collect();
    if dues.iter().any(|(_, no_time)| *no_time) && process.threads.values().all(|thread| thread.until_world.is_none()) {
        pages.advance_one(process.page, shown + NUDGE);
    }
    let spinning = process.threads.values().filter_map(|thread| thread.until_world).min();
    match (dues.into_iter().map(|(until, _)| until).min(), spinning) {
        // Its clock has got there, and nobody of it is stopped to wait for the world's.
        (Some(until), None) if until <= shown => Next::Now,
        (Some(until), None) => Next::At(until),
        (Some(until), Some(spinning)) => Next::At(until.min(spinning)),
        (None, Some(spinning)) => Next::At(spinning),
        (None, None) => Next::Never,
    }
}
