//! The processes of a world and their threads, as the keeper's tracing tells of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::sync::Arc;

use nix::sys::time::TimeSpec;
use nix::time::ClockId;
use nix::unistd::Pid;

use crate::monitor::Monitor;
use crate::program::Fate;
use crate::thread::Thread;

/// One process: a child that was launched, or a descendant of one.
#[derive(Debug)]
pub(crate) struct Process {
    pub pid: i32,
    /// The program's file name.
    pub program: String,
    pub threads: BTreeMap<i32, Thread>,
    /// How many threads it has had.
    begun: u64,
    /// Its memory, for the arguments of waits.
    pub memory: Arc<File>,
    /// Whose clock page it lives by: its own number, or its parent's while it shares its parent's memory.
    pub page: u64,
    /// Go's runtime made it: its first thread runs nobody's work.
    pub go: bool,
    /// The first thread that Go's runtime started, which paces itself by the clock and is left out of the look.
    pub monitor: Monitor,
    /// Stopped by a signal until it is continued.
    pub stopped: bool,
    /// A thread of it has run since its files were looked at.
    pub has_run: bool,
    /// How many files it had open then.
    pub open_files: Option<u64>,
    /// What was told of it already.
    pub told: BTreeSet<&'static str>,
    /// Told when it ends; descendants end untold.
    pub fate: Option<Arc<Fate>>,
    /// The clock of the CPU time that all its threads have used.
    cpu: Option<ClockId>,
    /// What that clock showed when all of them were last seen asleep.
    at_rest: Option<TimeSpec>,
}

impl Process {
    pub fn new(pid: i32, program: String, page: u64) -> io::Result<Self> {
        let memory = Arc::new(File::options().read(true).write(true).open(format!("/proc/{pid}/mem"))?);
        Ok(Self {
            pid,
            program,
            threads: BTreeMap::new(),
            begun: 0,
            memory,
            page,
            go: false,
            monitor: Monitor::default(),
            stopped: false,
            has_run: true,
            open_files: None,
            told: BTreeSet::new(),
            fate: None,
            cpu: ClockId::pid_cpu_clock_id(Pid::from_raw(pid)).ok(),
            at_rest: None,
        })
    }

    /// The CPU time that all its threads have used, where somebody else's time is told so finely.
    pub fn cpu_used(&self) -> Option<TimeSpec> {
        self.cpu?.now().ok()
    }

    /// All its threads were seen asleep when they had used so much; None: one was awake.
    pub fn seen_at_rest(&mut self, used: Option<TimeSpec>) {
        self.at_rest = used;
    }

    /// Whether none of its threads has run since all were seen asleep. Good only where none of them can be running now.
    pub fn has_rested(&self) -> bool {
        self.at_rest.is_some() && self.at_rest == self.cpu_used()
    }

    pub fn add_thread(&mut self, tid: i32) -> io::Result<()> {
        if !self.threads.contains_key(&tid) {
            self.threads.insert(tid, Thread::open(self.pid, tid, self.begun)?);
            self.begun += 1;
            if self.go && self.monitor.thread.is_none() && tid != self.pid {
                self.monitor.thread = Some(tid);
            }
        }
        Ok(())
    }

    /// The monitor's thread, where it is at work although it should stand.
    pub fn monitor_at_work(&self) -> Option<i32> {
        self.monitor.thread.filter(|tid| self.monitor.is_at_work() && self.threads.contains_key(tid))
    }

    /// Threads whose sleep counts.
    pub fn watched(&mut self) -> impl Iterator<Item = (i32, &mut Thread)> {
        let monitor = self.monitor.thread;
        self.threads.iter_mut().map(|(tid, thread)| (*tid, thread)).filter(move |(tid, _)| Some(*tid) != monitor)
    }

    /// The same in the order in which they began.
    pub fn watched_in_order(&mut self) -> Vec<(i32, &mut Thread)> {
        let mut threads: Vec<_> = self.watched().collect();
        threads.sort_by_key(|(_, thread)| thread.place);
        threads
    }
}

/// All processes in the order in which they began.
#[derive(Debug, Default)]
pub(crate) struct Processes {
    /// Monitors of Go's runtime stand before their naps until everybody else sleeps.
    pub paces_monitors: bool,
    /// The CPU time of a process tells whether it has run.
    pub tells_by_cpu: bool,
    next: u64,
    by_order: BTreeMap<u64, Process>,
    of_thread: BTreeMap<i32, u64>,
}

impl Processes {
    /// The number that the next process will have.
    pub fn next_number(&self) -> u64 {
        self.next
    }

    pub fn add(&mut self, mut process: Process) -> io::Result<u64> {
        let number = self.next;
        let pid = process.pid;
        process.add_thread(pid)?;
        self.next += 1;
        self.by_order.insert(number, process);
        self.of_thread.insert(pid, number);
        Ok(number)
    }

    pub fn add_thread(&mut self, process: u64, tid: i32) -> io::Result<()> {
        if let Some(process_of) = self.by_order.get_mut(&process) {
            process_of.add_thread(tid)?;
            self.of_thread.insert(tid, process);
        }
        Ok(())
    }

    pub fn number_of(&self, tid: i32) -> Option<u64> {
        self.of_thread.get(&tid).copied()
    }

    pub fn get(&self, number: u64) -> Option<&Process> {
        self.by_order.get(&number)
    }

    pub fn get_mut(&mut self, number: u64) -> Option<&mut Process> {
        self.by_order.get_mut(&number)
    }

    pub fn thread(&self, tid: i32) -> Option<&Thread> {
        self.by_order.get(self.of_thread.get(&tid)?)?.threads.get(&tid)
    }

    pub fn thread_mut(&mut self, tid: i32) -> Option<&mut Thread> {
        self.by_order.get_mut(self.of_thread.get(&tid)?)?.threads.get_mut(&tid)
    }

    /// Forgets a thread; the whole process where it is its last or first.
    pub fn remove_thread(&mut self, tid: i32) -> Option<Process> {
        let number = self.of_thread.remove(&tid)?;
        let process = self.by_order.get_mut(&number)?;
        process.threads.remove(&tid);
        if process.pid != tid {
            return None;
        }
        let process = self.by_order.remove(&number)?;
        self.of_thread.retain(|_, of| *of != number);
        Some(process)
    }

    /// Forgets all threads but the first, whose files are opened anew: what an exec leaves.
    pub fn only_first_thread(&mut self, number: u64) -> io::Result<()> {
        let Some(process) = self.by_order.get_mut(&number) else { return Ok(()) };
        let pid = process.pid;
        process.threads.clear();
        process.monitor = Monitor::default();
        process.go = false;
        process.add_thread(pid)?;
        self.of_thread.retain(|tid, of| *of != number || *tid == pid);
        Ok(())
    }

    pub fn iter(&self) -> impl Iterator<Item = (u64, &Process)> {
        self.by_order.iter().map(|(number, process)| (*number, process))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut Process)> {
        self.by_order.iter_mut().map(|(number, process)| (*number, process))
    }

    pub fn is_empty(&self) -> bool {
        self.by_order.is_empty()
    }
}
