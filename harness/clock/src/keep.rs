//! Sleeps that the keeper takes over: a thread in `nanosleep` would be woken by the machine's clock, and most programs do
//! not look at theirs afterwards. It is stopped until its deadline instead. Other waits with relative time-outs stay the
//! kernel's, because somebody may wake them; who uses them looks at the clock. On one CPU, first in first out, none of this is
//! needed: there no time-out is one that the machine's clock reaches (`timed_waits`).

use std::time::Duration;

use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::inject;
use crate::room::Room;
use crate::stops::{self, Stop};

impl Room {
    /// Takes the sleeps of these threads over.
    pub(crate) fn keep(&mut self, sleepers: &[i32]) {
        let asked: Vec<i32> = sleepers.iter().copied().filter(|tid| ptrace::interrupt(Pid::from_raw(*tid)).is_ok()).collect();
        for tid in asked {
            if self.wait_interrupted(tid) {
                let kept = inject::is_asleep(Pid::from_raw(tid));
                if let Some(thread) = self.processes.thread_mut(tid).filter(|_| kept) {
                    thread.keep();
                } else {
                    self.go_on(tid, None);
                }
            }
        }
    }

    /// Waits until an interrupted thread stands; false: it has ended, or stands for another reason.
    pub(crate) fn wait_interrupted(&mut self, tid: i32) -> bool {
        while let Some(stop) = self.next_of(tid) {
            match stop {
                Stop::Event { event: stops::EVENT_STOP, signal: stops::TRAP, .. } => return true,
                // It has ended, or was stopped by a signal, which stands for the interrupt as well.
                Stop::Ended { .. } | Stop::Event { event: stops::EVENT_STOP, .. } => {
                    self.serve(stop);
                    return false;
                }
                // Something else came first; the interrupt follows.
                _ => self.serve(stop),
            }
        }
        false
    }

    /// The next thing about one thread. A process may end while its threads are asked to stand, and the kernel tells of the end of its
    /// first thread only when the ends of all others were heard: whoever waits for the first alone waits for ever.
    fn next_of(&mut self, tid: i32) -> Option<Stop> {
        for vain in 0_u32.. {
            match stops::next_of(tid) {
                Ok(Some(stop)) => return Some(stop),
                Ok(None) => {}
                Err(_) => return None,
            }
            self.hear_ends_beside(tid);
            if vain < 100 { std::thread::yield_now() } else { std::thread::sleep(Duration::from_micros(30)) }
        }
        None
    }

    /// Hears the ends of the other threads of a process whose first thread this is.
    fn hear_ends_beside(&mut self, first: i32) {
        let process = self.processes.number_of(first).and_then(|number| self.processes.get(number));
        let Some(process) = process.filter(|process| process.pid == first) else { return };
        let others = process.threads.iter().filter(|(tid, thread)| **tid != first && thread.has_ended());
        for tid in others.map(|(tid, _)| *tid).collect::<Vec<_>>() {
            if let Ok(Some(stop)) = stops::next_of(tid) {
                self.serve(stop);
            }
        }
    }

    /// Lets kept threads go on that somebody sent a signal; whether there were any.
    pub(crate) fn deliver_pending(&mut self) -> bool {
        let mut any = false;
        for (_, process) in self.processes.iter_mut() {
            for (tid, thread) in process.threads.iter_mut().filter(|(_, thread)| thread.kept) {
                if acts_on_a_signal(process.pid, *tid) {
                    (thread.kept, thread.until_world) = (false, None);
                    let _ = ptrace::cont(Pid::from_raw(*tid), None);
                    any = true;
                }
            }
        }
        any
    }
}

/// Whether a signal is pending that the thread would act on.
fn acts_on_a_signal(pid: i32, tid: i32) -> bool {
    const UNHEEDED: u64 = mask(Signal::SIGCHLD) | mask(Signal::SIGURG) | mask(Signal::SIGWINCH) | mask(Signal::SIGCONT);
    let status = std::fs::read_to_string(format!("/proc/{pid}/task/{tid}/status")).unwrap_or_default();
    let field = |name: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
        u64::from_str_radix(value.trim(), 16).unwrap_or(0)
    };
    let pending = (field("SigPnd:") | field("ShdPnd:")) & !field("SigBlk:") & !field("SigIgn:");
    pending & (field("SigCgt:") | !UNHEEDED) != 0
}

const fn mask(signal: Signal) -> u64 {
    1 << (signal as u32 - 1)
}
