//! One thread as `/proc` shows it: what it waits for, whether it has run, when it must be woken.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::far;
use crate::page::MONOTONIC_BASE;
use crate::sockets;
use crate::wait::{self, Call, Wait, number};

const LINE: usize = 256;

/// A thread and what was last seen of it.
#[derive(Debug)]
pub(crate) struct Thread {
    /// Its place in the order in which the threads of its process began. Their numbers say nothing: the kernel counts in a circle.
    pub place: u64,
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
    /// What it asked for before the time-out of its wait was put out of the kernel's reach.
    asked: Option<(Call, Wait)>,
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
    pub fn open(pid: i32, tid: i32, place: u64) -> io::Result<Self> {
        let open = |name: &str| File::open(format!("/proc/{pid}/task/{tid}/{name}"));
        Ok(Self {
            place,
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
            asked: None,
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

    /// It begins a wait with this time-out, and another in its arguments.
    pub fn asks_for(&mut self, call: Call, wait: Wait) {
        (self.asked, self.timed, self.wait) = (Some((call, wait)), false, Wait::Running);
    }

    /// It stands in its sleep, and goes on when that is over.
    pub fn keep(&mut self) {
        self.kept = true;
        // It may have been stopped on its way into a wait, which nobody has seen it in.
        if let (Wait::Running, Some((call, wait))) = (self.wait, self.asked) {
            (self.within, self.wait, self.slept) = (call, wait, wait);
        }
    }

    /// Whether its state says that it sleeps.
    pub fn is_at_rest(&self) -> bool {
        self.kept || self.state().is_ok_and(|state| state != b'R')
    }

    /// Whether it has ended, and nobody has heard of it yet.
    pub fn has_ended(&self) -> bool {
        self.state().is_ok_and(|state| state == b'Z')
    }

    /// Whether it has not run since the last look.
    pub fn has_not_run(&mut self) -> bool {
        self.kept || self.ran.renew(&self.schedstat).is_ok_and(|moved| !moved)
    }

    /// It stands, and goes on when the world's time is there.
    pub fn keep_until_world(&mut self, until: i64) {
        (self.kept, self.until_world, self.deadline) = (true, Some(until), None);
    }

    /// Whether it sleeps for a time and for nothing else.
    pub fn only_sleeps(&self) -> bool {
        !self.kept
            && self.asked.is_none()
            && matches!(self.wait, Wait::For(_))
            && matches!(self.within.number, number::NANOSLEEP | number::CLOCK_NANOSLEEP)
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
            wait if far::is_ours(wait) => self.asked.map_or(wait, |(_, asked)| asked),
            wait => {
                self.asked = None;
                wait
            }
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
    pub fn due(&mut self, shown: i64, calendar: i64) -> Option<(i64, bool)> {
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
