//! What the kernel tells the keeper of those it traces: stops, new threads and processes, execs, ends.

use std::io;

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use rustix::process::{WaitOptions, WaitStatus};

use crate::inject;
use crate::process::Process;
use crate::program::{Ending, Event};
use crate::room::Room;

/// Every kind of child, and only those of this thread: other threads of the harness have children and worlds of their own.
const OURS: u32 = 0x4000_0000 | 0x2000_0000;
const NOHANG: u32 = 1;

pub(crate) const TRAP: i32 = Signal::SIGTRAP as i32;
/// A system call of a thread that is to stop at each.
const AT_CALL: i32 = TRAP | 0x80;
pub(crate) const EVENT_FORK: i32 = 1;
pub(crate) const EVENT_VFORK: i32 = 2;
pub(crate) const EVENT_CLONE: i32 = 3;
pub(crate) const EVENT_EXEC: i32 = 4;
pub(crate) const EVENT_FILTER: i32 = 7;
pub(crate) const EVENT_STOP: i32 = 128;

/// What the keeper asks to be told of.
pub(crate) fn options() -> ptrace::Options {
    use ptrace::Options as O;
    O::PTRACE_O_EXITKILL
        | O::PTRACE_O_TRACESYSGOOD
        | O::PTRACE_O_TRACESECCOMP
        | O::PTRACE_O_TRACECLONE
        | O::PTRACE_O_TRACEFORK
        | O::PTRACE_O_TRACEVFORK
        | O::PTRACE_O_TRACEEXEC
}

/// One thing that the kernel told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A signal is about to be delivered.
    Signal { tid: i32, signal: i32 },
    /// One of the `EVENT_` kinds.
    Event { tid: i32, event: i32, signal: i32 },
    /// The thread is no more.
    Ended { tid: i32, ending: Ending },
}

impl Stop {
    pub fn tid(self) -> i32 {
        match self {
            Self::Signal { tid, .. } | Self::Event { tid, .. } | Self::Ended { tid, .. } => tid,
        }
    }

    fn read(tid: i32, status: WaitStatus) -> Self {
        if let Some(status) = status.exit_status() {
            return Self::Ended { tid, ending: Ending::Exited(status) };
        }
        if let Some(signal) = status.terminating_signal() {
            return Self::Ended { tid, ending: Ending::Killed(signal) };
        }
        let signal = status.stopping_signal().unwrap_or(0);
        match status.as_raw() >> 16 {
            0 => Self::Signal { tid, signal },
            event => Self::Event { tid, event, signal },
        }
    }
}

/// The next thing that was told already.
pub(crate) fn next() -> Option<Stop> {
    wait(None, OURS | NOHANG).ok().flatten()
}

/// The next thing that was told already about one thread; an error: there is no such thread any more.
pub(crate) fn next_of(tid: i32) -> nix::Result<Option<Stop>> {
    wait(rustix::process::Pid::from_raw(tid), OURS | NOHANG)
}

/// Waits for the next thing about one thread, which must not end as the first of several: its end is told when the others' were heard.
pub(crate) fn wait_for(tid: i32) -> nix::Result<Stop> {
    loop {
        match wait(rustix::process::Pid::from_raw(tid), OURS) {
            Ok(Some(stop)) => return Ok(stop),
            Ok(None) => {}
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
}

fn wait(pid: Option<rustix::process::Pid>, flags: u32) -> nix::Result<Option<Stop>> {
    match rustix::process::waitpid(pid, WaitOptions::from_bits_retain(flags)) {
        Ok(told) => Ok(told.map(|(pid, status)| Stop::read(pid.as_raw_nonzero().get(), status))),
        Err(error) => Err(Errno::from_raw(error.raw_os_error())),
    }
}

impl Room {
    /// Serves everything that was told already; whether there was anything.
    pub(crate) fn serve_all(&mut self) -> bool {
        let mut any = false;
        while let Some(stop) = next() {
            self.serve(stop);
            any = true;
        }
        any
    }

    /// Serves one stop; the thread goes on unless it is to stay stopped.
    pub(crate) fn serve(&mut self, stop: Stop) {
        let tid = Pid::from_raw(stop.tid());
        match stop {
            Stop::Ended { ending, .. } => self.ended(stop.tid(), ending),
            Stop::Signal { signal: AT_CALL, .. } => self.monitor_at_call(tid.as_raw()),
            Stop::Signal { signal, .. } => self.pass_on(tid, signal),
            Stop::Event { event: EVENT_STOP, signal, .. } if signal != TRAP => self.group_stopped(stop.tid()),
            // A new thread's or process's first stop, heard of before its maker's event: it waits for that.
            Stop::Event { event: EVENT_STOP, .. } if self.processes.number_of(stop.tid()).is_none() => {
                self.early.insert(stop.tid());
            }
            Stop::Event { event: EVENT_FILTER, .. } => self.stands_before_call(tid.as_raw()),
            Stop::Event { event, .. } => {
                match event {
                    EVENT_FORK | EVENT_VFORK | EVENT_CLONE => self.cloned(tid),
                    EVENT_EXEC => self.became(tid.as_raw()),
                    _ => {}
                }
                self.go_on(tid.as_raw(), None);
            }
        }
    }

    /// A thread stands before a call that the filter stops: a draw, or a timed wait.
    fn stands_before_call(&mut self, tid: i32) {
        if self.answer_draw(tid).is_none() {
            self.note_time_out(tid);
        }
        self.go_on(tid, None);
    }

    /// Gives a signal to whom it was for.
    fn pass_on(&mut self, tid: Pid, signal: i32) {
        let known = Signal::try_from(signal);
        if known.is_err() {
            self.unsupported(
                tid.as_raw(),
                format!("real-time signal {signal}, which cannot be passed on to a traced program; it was dropped"),
            );
        }
        if known == Ok(Signal::SIGCONT) {
            self.set_stopped(tid.as_raw(), false);
        }
        self.go_on(tid.as_raw(), known.ok());
    }

    fn ended(&mut self, tid: i32, ending: Ending) {
        let number = self.processes.number_of(tid);
        if let Some(process) = self.processes.remove_thread(tid) {
            if let Some(number) = number {
                self.pages.remove(number);
            }
            if let Some(fate) = process.fate {
                fate.tell(ending);
            }
        }
    }

    /// The whole process was stopped by a signal. It stays so until it is continued.
    fn group_stopped(&mut self, tid: i32) {
        self.set_stopped(tid, true);
    }

    fn set_stopped(&mut self, tid: i32, stopped: bool) {
        if let Some(process) = self.processes.number_of(tid).and_then(|number| self.processes.get_mut(number)) {
            process.stopped = stopped;
        }
    }

    /// A traced thread made another thread or process.
    fn cloned(&mut self, maker: Pid) {
        let (Ok(new), Some(parent)) = (ptrace::getevent(maker), self.processes.number_of(maker.as_raw())) else { return };
        let Ok(new) = i32::try_from(new) else { return };
        // It may be gone already; its end is told next.
        let _ = self.register(new, parent, inject::shares_memory(maker));
        if self.early.remove(&new) {
            self.go_on(new, None);
        }
    }

    /// Takes a new thread, or process, of `parent` into the books.
    fn register(&mut self, tid: i32, parent: u64, shares: bool) -> io::Result<()> {
        let Some(maker) = self.processes.get(parent) else { return Ok(()) };
        if std::fs::exists(format!("/proc/{}/task/{tid}", maker.pid))? {
            return self.processes.add_thread(parent, tid);
        }
        let (program, page) = (maker.program.clone(), maker.page);
        let number = self.processes.next_number();
        let process = Process::new(tid, program, if shares { page } else { number })?;
        if !shares && let Some(of_parent) = self.pages.get(page) {
            let own = of_parent.forked(process.memory.clone(), grown(of_parent.dial().seed, number))?;
            let shown = own.read()?.shown;
            self.pages.insert(number, own, shown);
        }
        self.processes.add(process)?;
        Ok(())
    }

    /// A program became another one. The new one starts with a vDSO of the kernel's.
    fn became(&mut self, pid: i32) {
        let Some(number) = self.processes.number_of(pid) else { return };
        let Some(process) = self.processes.get(number) else { return };
        let Some(mut dial) = self.pages.get(process.page).map(|page| page.dial()) else { return };
        dial.seed = grown(dial.seed, number);
        if let Err(error) = self.adopt(number, dial) {
            self.unsupported(pid, error.to_string());
        }
    }

    /// Continues stopped processes that somebody sent SIGCONT.
    pub(crate) fn resume_continued(&mut self) {
        for (_, process) in self.processes.iter_mut().filter(|(_, process)| process.stopped) {
            if !is_pending(process.pid, Signal::SIGCONT) {
                continue;
            }
            process.stopped = false;
            let standing = process.monitor.standing();
            for (tid, thread) in process.threads.iter_mut().filter(|(tid, _)| Some(**tid) != standing) {
                (thread.kept, thread.until_world) = (false, None);
                let _ = ptrace::cont(Pid::from_raw(*tid), None);
            }
        }
    }

    pub(crate) fn unsupported(&mut self, tid: i32, what: String) {
        if let Some(process) = self.processes.number_of(tid).and_then(|number| self.processes.get(number)) {
            let event = Event::Unsupported { program: process.program.clone(), pid: process.pid, what };
            self.tell(event);
        }
    }
}

/// A seed for somebody new.
fn grown(seed: u64, number: u64) -> u64 {
    seed ^ (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn is_pending(pid: i32, signal: Signal) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let masks = status.lines().filter_map(|line| line.strip_prefix("ShdPnd:").or_else(|| line.strip_prefix("SigPnd:")));
    masks.filter_map(|mask| u64::from_str_radix(mask.trim(), 16).ok()).any(|mask| mask & (1 << (signal as u32 - 1)) != 0)
}
