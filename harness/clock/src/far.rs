//! The calls with relative time-outs, the time-out that is put in the place of others, and the filter that stops threads before such
//! a call ([`crate::timed_waits`] says why), and before they draw randomness from the kernel ([`crate::randomness`]).

use std::collections::BTreeMap;

use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch};

use crate::wait::{Wait, number};

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
pub(crate) const TIMED: [(i64, TimeOut); 12] = [
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

/// Lets the calling process, and whatever it becomes, stop before each timed wait, and before each draw where its randomness is
/// `seeded`. Where the kernel refuses, it does not stop.
pub(crate) fn stop_before(seeded: bool) {
    let _ = filter(seeded).map(|program| seccompiler::apply_filter(&program));
}

fn filter(seeded: bool) -> Result<BpfProgram, seccompiler::BackendError> {
    let rules = TIMED.iter().map(|(call, time_out)| Ok((*call, vec![rule(*call, *time_out)?])));
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = rules.collect::<Result<_, seccompiler::BackendError>>()?;
    if seeded {
        // Without a condition.
        rules.insert(number::GETRANDOM, Vec::new());
    }
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
