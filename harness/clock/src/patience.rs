//! Who never sleeps: a program that looks at the clock until time has passed, or one that runs until others act.
//!
//! Recognised by what it does, not by the machine's time: its looks at the clock move its own clock ahead of the world's.
//! When every busy program is ahead by the patience, they are stopped where they are, time goes on to where their clocks
//! are, and they run again. Under first-in-first-out scheduling the keeper itself gets no CPU beside a busy program: a
//! second thread lifts it above them for a moment when it has not run for long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use nix::sys::ptrace;
use nix::unistd::Pid;

use crate::cpu::{Lift, Rank, Scheduling};
use crate::look::{self, Suspect};
use crate::program::Event;
use crate::room::Room;
use crate::thread::Thread;

/// How often the second thread looks at the keeper's pulse.
const PULSE: Duration = Duration::from_millis(20);

/// The keeper's signs of life.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    /// It has an order to obey; until then it waits for one.
    pub working: AtomicBool,
    pub beats: AtomicU64,
    /// The keeper is above the others, by the second thread's doing and until the second thread undoes it.
    pub lifted: AtomicBool,
    /// The keeper has used that.
    pub served: AtomicBool,
}

impl Pulse {
    /// Whether the keeper was lifted and has not done what it was lifted for.
    pub fn calls(&self) -> bool {
        self.lifted.load(Ordering::Relaxed) && !self.served.load(Ordering::Relaxed)
    }

    pub fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }
}

/// Starts the second thread; it ends when the keeper has dropped its pulse.
pub(crate) fn watch_over(pulse: &Arc<Pulse>, lift: Lift) {
    let pulse = Arc::downgrade(pulse);
    let (ready, began) = channel();
    let watch = move || {
        Scheduling::leave(Rank::Pulse);
        let _ = ready.send(());
        let mut last = 0;
        while let Some(pulse) = pulse.upgrade() {
            let beats = pulse.beats.load(Ordering::Relaxed);
            if pulse.working.load(Ordering::Relaxed) && beats == last {
                pulse.lifted.store(true, Ordering::Relaxed);
                lift.to(Rank::AboveTheWorld);
                while !pulse.served.load(Ordering::Relaxed) && pulse.working.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                // By this thread, not by the keeper's: glibc would hold a lock while the keeper waits for its CPU.
                lift.to(Rank::Keeper);
                pulse.lifted.store(false, Ordering::Relaxed);
                pulse.served.store(false, Ordering::Relaxed);
            }
            last = beats;
            drop(pulse);
            std::thread::sleep(PULSE);
        }
    };
    // Without it a spinning program stops the world, which the harness's own limits will tell.
    let _ = std::thread::Builder::new().name("keeper-pulse".to_owned()).spawn(watch);
    // It must have its rank before anybody of the world's can take its CPU.
    let _ = began.recv();
}

impl Room {
    /// What to do about those who do not sleep: those who spin on the clock are stopped until the world is where they are.
    pub(crate) fn be_patient(&mut self) {
        let lifted = self.pulse.lifted.load(Ordering::Relaxed);
        let mut sleepers = Vec::new();
        let awake = look::awake(&mut self.processes, &mut sleepers);
        let ahead = awake.iter().map(|suspect| self.ahead(suspect.process)).min();
        if ahead.is_some_and(|ahead| ahead >= self.patience) {
            self.stop_spinners(&awake);
            self.keep(&sleepers);
        } else if lifted {
            // Who runs for long may wait for somebody who gets no CPU beside it.
            let others = awake.len() + usize::from(!self.world_sleeps()) > 1;
            if others && self.longest_run(&awake) >= self.turn {
                self.let_others_run(&awake, &sleepers);
            } else if !others && !sleepers.is_empty() {
                self.keep_beside(&awake, &sleepers);
            }
        } else {
            self.keep(&sleepers);
        }
        self.pulse.served.store(lifted, Ordering::Relaxed);
    }

    /// Stops those whose clocks are ahead.
    fn stop_spinners(&mut self, awake: &[Suspect]) {
        let stopped = self.stop(awake);
        let mut told = None;
        for suspect in awake.iter().filter(|suspect| stopped.contains(&suspect.thread)) {
            let Some(process) = self.processes.get(suspect.process) else { continue };
            let Some(reading) = self.pages.refresh(process.page) else { continue };
            if told != Some(suspect.process) {
                let to = Duration::from_nanos(reading.shown.unsigned_abs());
                self.tell(Event::Patience { program: process.program.clone(), pid: process.pid, looks: reading.looks, to });
                told = Some(suspect.process);
            }
            if let Some(thread) = self.processes.thread_mut(suspect.thread) {
                thread.keep_until_world(reading.shown);
            }
        }
    }

    /// How far a process's clock is ahead of the world's.
    fn ahead(&self, process: u64) -> i64 {
        let page = self.processes.get(process).map(|process| process.page);
        page.and_then(|page| self.pages.refresh(page)).map_or(0, |reading| reading.shown - self.now)
    }

    /// Stops threads where they are: all are asked before one is waited for, because one may run only when another stops.
    fn stop(&mut self, awake: &[Suspect]) -> Vec<i32> {
        let mut asked: Vec<i32> = awake.iter().map(|suspect| suspect.thread).collect();
        asked.retain(|tid| ptrace::interrupt(Pid::from_raw(*tid)).is_ok());
        asked.retain(|tid| self.wait_interrupted(*tid));
        asked
    }

    /// For how long the one of them who runs has run since it slept.
    fn longest_run(&self, awake: &[Suspect]) -> Duration {
        let runs = awake.iter().filter_map(|suspect| self.processes.thread(suspect.thread)).map(Thread::run_since_sleep);
        Duration::from_nanos(runs.max().unwrap_or(0))
    }

    /// Takes sleeps over beside one who is busy: it stands meanwhile, and nobody else wants its place.
    fn keep_beside(&mut self, busy: &[Suspect], sleepers: &[i32]) {
        let stopped = self.stop(busy);
        self.keep(sleepers);
        go_on(stopped);
    }

    /// Each of them to the end of the line; meanwhile sleeps are taken over.
    fn let_others_run(&mut self, awake: &[Suspect], sleepers: &[i32]) {
        if let Some(process) = awake.first().and_then(|suspect| self.processes.get(suspect.process)) {
            let event = Event::Turn { program: process.program.clone(), pid: process.pid };
            self.tell(event);
        }
        for suspect in awake {
            self.free_monitor(suspect.process);
        }
        let mut stopped = self.stop(awake);
        self.keep(sleepers);
        // Who has had least of the CPU goes first: else the same one runs again.
        stopped.sort_by_key(|tid| self.processes.thread(*tid).map_or(0, Thread::run_since_sleep));
        go_on(stopped);
    }
}

fn go_on(stopped: Vec<i32>) {
    for tid in stopped {
        let _ = ptrace::cont(Pid::from_raw(tid), None);
    }
}
