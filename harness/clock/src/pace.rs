//! Go's monitors are paced: each stands before its naps until everybody else sleeps ([`crate::monitor`] says why).

use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::inject;
use crate::room::Room;
use crate::wait;

impl Room {
    /// Lets a thread go on; a monitor only as far as its next wait.
    pub(crate) fn go_on(&self, tid: i32, signal: Option<Signal>) {
        let process = self.processes.number_of(tid).and_then(|number| self.processes.get(number));
        let paced = self.processes.paces_monitors && process.is_some_and(|process| process.monitor.stands_as(tid));
        let thread = Pid::from_raw(tid);
        // A thread that has ended meanwhile needs nothing: its end is told next.
        let _ = if paced { ptrace::syscall(thread, signal) } else { ptrace::cont(thread, signal) };
    }

    /// A monitor is about to make a system call, or has made one. Before a wait it stays.
    pub(crate) fn monitor_at_call(&mut self, tid: i32) {
        let call = inject::call_at_entry(Pid::from_raw(tid)).filter(wait::is_wait);
        let process = self.processes.number_of(tid).and_then(|number| self.processes.get_mut(number));
        match (call, process) {
            (Some(call), Some(process)) if process.monitor.stands_as(tid) => process.monitor.stand_before(call),
            _ => self.go_on(tid, None),
        }
    }

    /// Everybody else sleeps: monitors that have something to do go on. Whether there were any.
    pub(crate) fn let_monitors_work(&mut self) -> bool {
        if !self.processes.paces_monitors {
            return false;
        }
        // One after another: each until it stands again.
        let due = self.processes.iter().find(|(_, process)| !process.stopped && process.monitor.is_due(&process.memory));
        let Some(number) = due.map(|(number, _)| number) else { return false };
        self.monitor_goes_on(number);
        true
    }

    /// Gives a process a monitor that naps as the machine likes.
    pub(crate) fn free_monitor(&mut self, number: u64) {
        if let Some(process) = self.processes.get_mut(number) {
            process.monitor.set_free();
        }
        self.monitor_goes_on(number);
    }

    fn monitor_goes_on(&mut self, number: u64) {
        let Some(process) = self.processes.get_mut(number) else { return };
        let Some((tid, call)) = process.monitor.go_on() else { return };
        // It looks at the clock, which may move it.
        process.has_run = true;
        let _ = inject::skip_call(Pid::from_raw(tid), call.number);
        self.go_on(tid, None);
    }
}
