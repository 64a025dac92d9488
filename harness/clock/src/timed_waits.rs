//! Waits with a time-out of their own (poll, epoll, select, futex, sleeps) would end by the machine's clock where the harness
//! takes longer than that to get there. Who has been woken early looks at its clock and waits on, but which of its threads that
//! is, and when, is the machine's choice.
//!
//! On one CPU, first in first out, a thread therefore stops before it begins such a wait (a seccomp filter that its launcher has
//! set), the keeper notes the time-out, and puts one in its place that the kernel never reaches. The keeper ends the wait.
//!
//! What a client could notice: `select` and `ppoll` leave the rest of their time-out as it was; programs that gain rights by
//! being executed (setuid) do not, because a filter is allowed only so; a thread that begins a wait lets others run first.

use nix::sys::ptrace;
use nix::unistd::Pid;

use crate::far::{FAR_MILLISECONDS, TIMED, TimeOut, is_ours};
use crate::inject;
use crate::room::Room;
use crate::wait::{self, Call, Wait, number};

impl Room {
    /// A thread stands before a timed wait: what it asked for is noted, and it waits without.
    pub(crate) fn note_time_out(&mut self, tid: i32) -> Option<()> {
        let number = self.processes.number_of(tid)?;
        let process = self.processes.get_mut(number)?;
        let page = self.pages.get(process.page)?;
        if process.monitor.thread == Some(tid) {
            return None;
        }
        let (memory, thread) = (process.memory.clone(), process.threads.get_mut(&tid)?);
        let call = inject::call(Pid::from_raw(tid)).ok()?;
        let asked = wait::classify(&call, &memory);
        if matches!(asked, Wait::For(rest) if rest > 0) && !is_ours(asked) {
            let far = page.far_time_out(call.number == number::SELECT).ok()?;
            replace(Pid::from_raw(tid), &call, far).ok()?;
            thread.asks_for(call, asked);
        }
        Some(())
    }
}

/// Puts the far time-out into the arguments of a call before which a thread stands.
fn replace(tid: Pid, call: &Call, far: u64) -> nix::Result<()> {
    let Some((_, time_out)) = TIMED.iter().find(|(number, _)| *number == call.number) else { return Ok(()) };
    let mut registers = ptrace::getregs(tid)?;
    let (argument, value) = match time_out {
        TimeOut::Milliseconds(argument) => (*argument, u64::from(FAR_MILLISECONDS.unsigned_abs())),
        TimeOut::Address(argument) => (*argument, far),
    };
    match argument {
        0 => registers.rdi = value,
        2 => registers.rdx = value,
        3 => registers.r10 = value,
        _ => registers.r8 = value,
    }
    ptrace::setregs(tid, registers)
}
