//! Who sleeps, and until when.
//!
//! Everybody slept at one instant if every thread was seen in a wait, then every thread's state was seen to be asleep,
//! and then no thread's `schedstat` had changed since before: who has not run, and is not about to, was never woken. So
//! bytes in flight need no care: who has something to read is awake. (The kernel's own threads that carry packets are
//! looked at as well, see `softirq`.)
//!
//! On one CPU, first in first out, nobody runs while the keeper does: there the CPU time of a whole process tells whether any of its
//! threads has run, and those of a process that has not are not looked at again.

use std::collections::BTreeSet;
use std::io;

use crate::page::Pages;
use crate::process::{Process, Processes};
use crate::thread::{Seen, Thread};

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
/// `sleepers`. Where nobody can be running beside the keeper (`alone`), a process that has used no CPU since all its threads slept
/// is passed over: one question to the kernel instead of one for each of its threads.
pub(crate) fn pass(processes: &mut Processes, last: Option<Suspect>, alone: bool, sleepers: &mut Vec<i32>) -> Pass {
    let mut pass = Pass::Still;
    if let Some(suspect) = last {
        match look_at(processes, suspect) {
            Ok(Seen::Still) => {}
            // It has moved, whatever is seen of it a moment later.
            Ok(Seen::Moved) => pass = Pass::Moved(suspect),
            Ok(Seen::Awake) | Err(_) => return Pass::Awake(suspect),
        }
    }
    let paces_monitors = processes.paces_monitors;
    let by_cpu = alone && processes.tells_by_cpu;
    for (number, process) in processes.iter_mut() {
        if process.stopped {
            continue;
        }
        if let Some(thread) = process.monitor_at_work().filter(|_| paces_monitors) {
            return Pass::Awake(Suspect { process: number, thread });
        }
        if by_cpu && process.has_rested() {
            continue;
        }
        let used = process.cpu_used().filter(|_| by_cpu);
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
        if of_this != Pass::Still {
            process.has_run = true;
            process.monitor.process_has_run();
        }
        process.seen_at_rest(used.filter(|_| !matches!(of_this, Pass::Awake(_))));
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
        Some(thread) if process.monitor.thread != Some(suspect.thread) && !process.stopped => {
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
    // Nobody else has looked at his clock, which would have moved it.
    let looked: BTreeSet<u64> = processes.iter().filter(|(_, process)| process.has_run).map(|(_, process)| process.page).collect();
    for (_, process) in processes.iter_mut() {
        process.has_run = false;
        if process.stopped {
            continue;
        }
        let shown = if looked.contains(&process.page) {
            pages.refresh(process.page).map(|reading| reading.shown)
        } else {
            pages.shown(process.page)
        };
        next = match (next, next_of(process, pages, shown)) {
            (Next::Now, _) | (_, Next::Now) => Next::Now,
            (Next::At(one), Next::At(other)) => Next::At(one.min(other)),
            (Next::Never, other) => other,
            (one, Next::Never) => one,
        };
    }
    next
}

fn next_of(process: &mut Process, pages: &Pages, shown: Option<i64>) -> Next {
    let (Some(page), Some(shown)) = (pages.get(process.page), shown) else { return Next::Never };
    let calendar = page.dial().calendar;
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
