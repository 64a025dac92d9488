//! Go's monitor thread (`sysmon`): it naps by the machine's clock, and between two naps takes processors from threads that are
//! in system calls, polls the network, asks who runs for long to yield, and forces collections. What it finds depends on when
//! it wakes.
//!
//! On one CPU, first in first out, it therefore does not nap. It stands before each nap, and goes on when everybody else
//! sleeps: then it does what it would have done in the meantime, always at the same place. Its long sleep it leaves when
//! Go's runtime has called it, which its word in memory tells.
//!
//! What a client could notice: a thread that computes, or waits for a disk, is not asked to yield to others of its program
//! before it sleeps, or has run for a turn ([`crate::Options::turn`]); from then on its monitor naps as the machine likes.

use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::inject;
use crate::process::Process;
use crate::room::Room;
use crate::wait::{self, Call, number};

/// So often in a row it goes on while nobody else does.
const PASSES: u32 = 64;

/// The monitor of one process.
#[derive(Debug, Default)]
pub(crate) struct Monitor {
    /// The first thread that Go's runtime started.
    pub thread: Option<i32>,
    /// The wait before which it stands.
    stand: Option<Call>,
    /// How often it has gone on since somebody else of its process ran.
    passes: u32,
    /// It naps as the machine likes.
    free: bool,
}

impl Monitor {
    /// Somebody else of its process has run.
    pub fn process_has_run(&mut self) {
        self.passes = 0;
    }

    /// Its thread, while it stands.
    pub fn standing(&self) -> Option<i32> {
        self.stand.and(self.thread)
    }
}

impl Process {
    /// The monitor's thread, where it is at work although it should stand.
    pub(crate) fn monitor_at_work(&self) -> Option<i32> {
        let monitor = &self.monitor;
        monitor.thread.filter(|tid| !monitor.free && monitor.stand.is_none() && self.threads.contains_key(tid))
    }

    /// Whether its monitor stands and has something to do.
    fn monitor_is_due(&self) -> bool {
        let monitor = &self.monitor;
        let called = |call: &Call| match call.number {
            number::FUTEX => wait::futex_word_has_changed(call, &self.memory),
            _ => true,
        };
        !self.stopped && monitor.passes < PASSES && monitor.stand.as_ref().is_some_and(called)
    }
}

impl Room {
    /// Lets a thread go on; a monitor only as far as its next wait.
    pub(crate) fn go_on(&self, tid: i32, signal: Option<Signal>) {
        let paced = self
            .processes
            .number_of(tid)
            .and_then(|number| self.processes.get(number))
            .is_some_and(|process| self.processes.paces_monitors && process.monitor.thread == Some(tid) && !process.monitor.free);
        let thread = Pid::from_raw(tid);
        // A thread that has ended meanwhile needs nothing: its end is told next.
        let _ = if paced { ptrace::syscall(thread, signal) } else { ptrace::cont(thread, signal) };
    }

    /// A monitor is about to make a system call, or has made one. Before a wait it stays.
    pub(crate) fn monitor_at_call(&mut self, tid: i32) {
        let call = inject::call_at_entry(Pid::from_raw(tid)).filter(wait::is_wait);
        let process = self.processes.number_of(tid).and_then(|number| self.processes.get_mut(number));
        match (call, process) {
            (Some(call), Some(process)) if process.monitor.thread == Some(tid) && !process.monitor.free => {
                process.monitor.stand = Some(call);
            }
            _ => self.go_on(tid, None),
        }
    }

    /// Everybody else sleeps: monitors that have something to do go on. Whether there were any.
    pub(crate) fn let_monitors_work(&mut self) -> bool {
        if !self.processes.paces_monitors {
            return false;
        }
        let due: Vec<u64> = self.processes.iter().filter(|(_, process)| process.monitor_is_due()).map(|(number, _)| number).collect();
        // One after another: each until it stands again.
        let Some(number) = due.first() else { return false };
        self.monitor_goes_on(*number);
        true
    }

    /// Gives a process a monitor that naps as the machine likes.
    pub(crate) fn free_monitor(&mut self, number: u64) {
        if let Some(process) = self.processes.get_mut(number) {
            process.monitor.free = true;
        }
        self.monitor_goes_on(number);
    }

    fn monitor_goes_on(&mut self, number: u64) {
        let Some(monitor) = self.processes.get_mut(number).map(|process| &mut process.monitor) else { return };
        let (Some(tid), Some(call)) = (monitor.thread, monitor.stand.take()) else { return };
        monitor.passes += 1;
        let _ = inject::skip_call(Pid::from_raw(tid), call.number);
        self.go_on(tid, None);
    }
}
