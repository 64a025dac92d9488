//! Who never sleeps: a program that looks at the clock until time has passed, or one that runs until others act.
//!
//! Recognised by what it does, not by the machine's time: its looks at the clock move its own clock ahead of the world's.
//! When every busy program is ahead by the patience, they are stopped where they are, time goes on to where their clocks
//! are, and they run again. Under first-in-first-out scheduling the keeper itself gets no CPU beside a busy program: a
//! second thread lifts it above them for a moment when it has not run for long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use nix::sys::ptrace;
use nix::unistd::Pid;

use crate::cpu::{Lift, Rank};
use crate::keeper::Room;
use crate::look::{self, Next, Suspect, Thread};
use crate::program::Event;

/// How often the second thread looks at the keeper's pulse.
const PULSE: Duration = Duration::from_millis(50);

/// The keeper's signs of life.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    pub looking: AtomicBool,
    pub beats: AtomicU64,
    pub lifted: AtomicBool,
}

impl Pulse {
    pub fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }
}

/// Starts the second thread; it ends when the keeper has dropped its pulse. Called by the keeper, before it takes a
/// rank that the second thread would inherit.
pub(crate) fn watch_over(pulse: &Arc<Pulse>, lift: Lift) {
    let pulse = Arc::downgrade(pulse);
    let watch = move || {
        let mut last = 0;
        while let Some(pulse) = pulse.upgrade() {
            let beats = pulse.beats.load(Ordering::Relaxed);
            if pulse.looking.load(Ordering::Relaxed) && beats == last {
                pulse.lifted.store(true, Ordering::Relaxed);
                lift.to(Rank::AboveTheWorld);
                while pulse.lifted.load(Ordering::Relaxed) && pulse.looking.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                // By this thread, not by the keeper's: glibc would hold a lock while the keeper waits for its CPU.
                lift.to(Rank::Keeper);
            }
            last = beats;
            drop(pulse);
            std::thread::sleep(PULSE);
        }
    };
    // Without it a spinning program stops the world, which the harness's own limits will tell.
    let _ = std::thread::Builder::new().name("keeper-pulse".to_owned()).spawn(watch);
}

impl Room {
    /// What to do about those who do not sleep: until when time may go on although they do not, or None to look again.
    pub(crate) fn be_patient(&mut self) -> Option<i64> {
        let until = self.bear(self.pulse.lifted.load(Ordering::Relaxed));
        self.pulse.lifted.store(false, Ordering::Relaxed);
        until
    }

    fn bear(&mut self, lifted: bool) -> Option<i64> {
        let awake = look::awake(&mut self.processes);
        let ahead = awake.iter().map(|suspect| self.ahead(suspect.process)).min()?;
        if ahead < self.patience || !self.world_sleeps() {
            // Who runs for long may wait for somebody who gets no CPU beside it.
            if lifted {
                self.let_others_run(&awake);
            }
            return None;
        }
        self.hold(&awake);
        let until = match look::next(&mut self.processes, &self.pages) {
            Next::Now => None,
            Next::At(until) => Some(until),
            Next::Never => Some(i64::MAX),
        };
        let until = until.map(|until| awake.iter().filter_map(|s| self.shown(s.process)).fold(until, i64::min));
        match until {
            Some(until) if until > self.now => {
                self.tell_patience(&awake, until);
                Some(until)
            }
            _ => {
                self.release_held();
                self.wake_due();
                None
            }
        }
    }

    /// Lets those run on who were stopped so that time could go on.
    pub(crate) fn release_held(&mut self) {
        for tid in std::mem::take(&mut self.held) {
            let _ = ptrace::cont(Pid::from_raw(tid), None);
        }
    }

    /// How far a process's clock is ahead of the world's.
    fn ahead(&self, process: u64) -> i64 {
        self.shown(process).map_or(0, |shown| shown - self.now)
    }

    fn shown(&self, process: u64) -> Option<i64> {
        let page = self.processes.get(process)?.page;
        self.pages.refresh(page).map(|reading| reading.shown)
    }

    /// Stops threads where they are: all are asked before one is waited for, because one may run only when another stops.
    fn hold(&mut self, awake: &[Suspect]) {
        let asked: Vec<i32> =
            awake.iter().map(|suspect| suspect.thread).filter(|tid| ptrace::interrupt(Pid::from_raw(*tid)).is_ok()).collect();
        for tid in asked {
            if self.wait_interrupted(tid) {
                self.held.push(tid);
            }
        }
    }

    /// Each of them to the end of the line, where there is a line.
    fn let_others_run(&mut self, awake: &[Suspect]) {
        if awake.len() < 2 && self.world_sleeps() {
            return;
        }
        if let Some(process) = awake.first().and_then(|suspect| self.processes.get(suspect.process)) {
            let event = Event::Turn { program: process.program.clone(), pid: process.pid };
            self.tell(event);
        }
        self.hold(awake);
        // Who has had least of the CPU goes first: else the same one runs again.
        let mut held = std::mem::take(&mut self.held);
        held.sort_by_key(|tid| self.processes.thread(*tid).map_or(0, Thread::cpu));
        self.held = held;
        self.release_held();
    }

    fn tell_patience(&self, awake: &[Suspect], until: i64) {
        let mut last = None;
        for suspect in awake {
            let Some(process) = self.processes.get(suspect.process).filter(|_| last != Some(suspect.process)) else { continue };
            last = Some(suspect.process);
            let looks = self.pages.refresh(process.page).map_or(0, |reading| reading.looks);
            let to = Duration::from_nanos(until.unsigned_abs());
            self.tell(Event::Patience { program: process.program.clone(), pid: process.pid, looks, to });
        }
    }
}
