//! Waits with a time-out of their own (poll, epoll, select, futex, sleeps) would end by the machine's clock where the harness
//! takes longer than that to get there. Who has been woken early looks at its clock and waits on, but which of its threads that
//! is, and when, is the machine's choice.
//!
//! On one CPU, first in first out, a thread therefore stops before it begins such a wait (a seccomp filter that its launcher has
//! set), the keeper notes the time-out, and puts one in its place that the kernel never reaches. The keeper ends the wait.
//!
//! What a client could notice: `select` and `ppoll` leave the rest of their time-out as it was; programs that gain rights by
//! being executed (setuid) do not, because a filter is allowed only so; a thread that begins a wait lets others run first.

use std::collections::BTreeMap;

use nix::sys::ptrace;
use nix::unistd::Pid;
use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch};

use crate::inject;
use crate::room::Room;
use crate::wait::{self, Call, Wait, number};

/// The time-out in the place of others, in milliseconds: some three weeks of the machine's, the most that a poll can have.
pub(crate) const FAR_MILLISECONDS: i32 = i32::MAX;

/// From here on a time-out is taken for ours, in nanoseconds: the kernel writes into it what is left of it.
const FAR: i64 = FAR_MILLISECONDS as i64 / 2 * 1_000_000;

/// Where a call has its time-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeOut {
    /// An int of milliseconds, in this argument.
    Milliseconds(u8),
    /// The address of seconds and a fraction, in this argument.
    Address(u8),
}

/// The calls with relative time-outs. Absolute ones lie beyond the machine's clocks ([`crate::page::MONOTONIC_BASE`]).
const TIMED: [(i64, TimeOut); 12] = [
    (number::POLL, TimeOut::Milliseconds(2)),
    (number::EPOLL_WAIT, TimeOut::Milliseconds(3)),
    (number::EPOLL_PWAIT, TimeOut::Milliseconds(3)),
    (number::EPOLL_PWAIT2, TimeOut::Address(3)),
    (number::PPOLL, TimeOut::Address(2)),
    (number::SELECT, TimeOut::Address(4)),
    (number::PSELECT6, TimeOut::Address(4)),
    (number::FUTEX, TimeOut::Address(3)),
    (number::NANOSLEEP, TimeOut::Address(0)),
    (number::CLOCK_NANOSLEEP, TimeOut::Address(2)),
    (number::RT_SIGTIMEDWAIT, TimeOut::Address(2)),
    (number::SEMTIMEDOP, TimeOut::Address(3)),
];

/// Lets the calling process, and whatever it becomes, stop before each timed wait. Where the kernel refuses, it does not stop.
pub(crate) fn stop_before() {
    let _ = filter().map(|program| seccompiler::apply_filter(&program));
}

fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let rules = TIMED.iter().map(|(call, time_out)| Ok((*call, vec![rule(*call, *time_out)?])));
    let rules: BTreeMap<i64, Vec<SeccompRule>> = rules.collect::<Result<_, seccompiler::BackendError>>()?;
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Trace(0), TargetArch::x86_64)?.try_into()
}

fn rule(call: i64, time_out: TimeOut) -> Result<SeccompRule, seccompiler::BackendError> {
    use SeccompCmpArgLen::{Dword, Qword};
    use SeccompCmpOp::{Eq, Gt, Lt, MaskedEq, Ne};
    let mut conditions = match time_out {
        TimeOut::Milliseconds(argument) => vec![
            SeccompCondition::new(argument, Dword, Gt, 0)?,
            // Ours passes, and so do negative ones, which are none.
            SeccompCondition::new(argument, Dword, Lt, u64::from(FAR_MILLISECONDS.unsigned_abs()))?,
        ],
        TimeOut::Address(argument) => vec![SeccompCondition::new(argument, Qword, Ne, 0)?],
    };
    match call {
        // FUTEX_WAIT alone has a relative one.
        number::FUTEX => conditions.push(SeccompCondition::new(1, Dword, MaskedEq(0x7f), 0)?),
        // Not TIMER_ABSTIME.
        number::CLOCK_NANOSLEEP => conditions.push(SeccompCondition::new(1, Dword, Eq, 0)?),
        _ => {}
    }
    SeccompRule::new(conditions)
}

/// Whether a wait has the time-out that stands in the place of others.
pub(crate) fn is_ours(wait: Wait) -> bool {
    matches!(wait, Wait::For(rest) if rest >= FAR)
}

impl Room {
    /// A thread stands before a timed wait: what it asked for is noted, and it waits without.
    pub(crate) fn begins_to_wait(&mut self, tid: i32) {
        self.note_time_out(tid);
        self.go_on(tid, None);
    }

    fn note_time_out(&mut self, tid: i32) -> Option<()> {
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
