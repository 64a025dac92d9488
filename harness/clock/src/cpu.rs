//! One CPU, first in first out: who runs when several can is decided by who could first.
//!
//! The world's thread and all children have one real-time priority, the keeper one below: it runs when all of them
//! sleep. The kernel's throttle of real-time programs keeps a spinning child from taking the machine.

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;
use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadId, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
};

/// The priority of the world's thread and its children.
const WORLD: u8 = 10;

/// How the processes of a world share the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduling {
    /// On one CPU, first in first out: the same seed gives the same order.
    Fifo {
        /// Which.
        cpu: usize,
    },
    /// On one CPU in the kernel's ordinary order, because the right to real-time scheduling is missing
    /// (root, CAP_SYS_NICE or RLIMIT_RTPRIO).
    OneCpu {
        /// Which.
        cpu: usize,
    },
    /// As the kernel likes.
    Ordinary,
}

/// Who a thread is in the order of priorities.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rank {
    Pulse,
    AboveTheWorld,
    World,
    Keeper,
}

impl Scheduling {
    /// The best that this thread can have on this CPU; the thread has it then.
    pub(crate) fn claim(cpu: Option<usize>) -> Self {
        let Some(cpu) = cpu else { return Self::Ordinary };
        if pin(cpu).is_err() {
            return Self::Ordinary;
        }
        // The highest of all first: a limit may lie between the ranks.
        if Rank::Pulse.take() && Rank::Keeper.take() { Self::Fifo { cpu } } else { Self::OneCpu { cpu } }
    }

    /// Puts the calling thread where it belongs.
    pub(crate) fn enter(self, rank: Rank) {
        match self {
            Self::Fifo { cpu } => {
                let _ = pin(cpu);
                rank.take();
            }
            Self::OneCpu { cpu } => {
                let _ = pin(cpu);
            }
            Self::Ordinary => {}
        }
    }

    /// Takes the calling thread away from the world's one CPU, whatever its maker had.
    pub(crate) fn leave(rank: Rank) {
        let mut all = CpuSet::new();
        for cpu in 0..CpuSet::count() {
            let _ = all.set(cpu);
        }
        let _ = sched_setaffinity(Pid::from_raw(0), &all);
        rank.take();
    }

    /// As one word for the hidden role.
    pub(crate) fn word(self) -> String {
        match self {
            Self::Fifo { cpu } => format!("fifo:{cpu}"),
            Self::OneCpu { cpu } => format!("cpu:{cpu}"),
            Self::Ordinary => "ordinary".to_owned(),
        }
    }

    pub(crate) fn from_word(word: &str) -> Self {
        match word.split_once(':').map(|(kind, cpu)| (kind, cpu.parse())) {
            Some(("fifo", Ok(cpu))) => Self::Fifo { cpu },
            Some(("cpu", Ok(cpu))) => Self::OneCpu { cpu },
            _ => Self::Ordinary,
        }
    }
}

impl Rank {
    fn priority(self) -> u8 {
        match self {
            Self::Pulse => WORLD + 2,
            Self::AboveTheWorld => WORLD + 1,
            Self::World => WORLD,
            Self::Keeper => WORLD - 1,
        }
    }

    fn take(self) -> bool {
        set(thread_native_id(), self.priority())
    }
}

/// The means to lift the thread that made it above the world's priority.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lift(ThreadId);

impl Lift {
    /// Of the calling thread.
    pub fn of_this_thread() -> Self {
        Self(thread_native_id())
    }

    pub fn to(self, rank: Rank) {
        set(self.0, rank.priority());
    }
}

fn set(thread: ThreadId, priority: u8) -> bool {
    let Ok(priority) = priority.try_into() else { return false };
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    set_thread_priority_and_policy(thread, ThreadPriority::Crossplatform(priority), policy).is_ok()
}

fn pin(cpu: usize) -> nix::Result<()> {
    let mut set = CpuSet::new();
    set.set(cpu)?;
    sched_setaffinity(Pid::from_raw(0), &set)
}
