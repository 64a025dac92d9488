//! Go's monitor thread (`sysmon`): it naps by the machine's clock, and between two naps takes processors from threads that are
//! in system calls, polls the network, asks who runs for long to yield, and forces collections. What it finds depends on when
//! it wakes.
//!
//! On one CPU, first in first out, it therefore does not nap. It stands before each nap, and goes on when everybody else
//! sleeps: then it does what it would have done in the meantime, always at the same place. Its long sleep it leaves when
//! Go's runtime has called it, which its word in memory tells.
//!
//! What a client could notice: a thread that computes, or waits for a disk, is not asked to yield to others of its program
//! before it sleeps, or has run for a turn ([`crate::Options::turn`]); from then on its monitor naps as the machine likes.

use std::fs::File;

use crate::wait::{self, Call, number};

/// So often in a row it goes on while nobody else does.
const PASSES: u32 = 64;

/// The monitor of one process.
#[derive(Debug, Default)]
pub(crate) struct Monitor {
    /// The first thread that Go's runtime started.
    pub thread: Option<i32>,
    /// The wait before which it stands.
    stand: Option<Call>,
    /// How often it has gone on since somebody else of its process ran.
    passes: u32,
    /// It naps as the machine likes.
    free: bool,
}

impl Monitor {
    /// Somebody else of its process has run.
    pub fn process_has_run(&mut self) {
        self.passes = 0;
    }

    /// Its thread, while it stands.
    pub fn standing(&self) -> Option<i32> {
        self.stand.and(self.thread)
    }

    /// Whether it is kept from napping, and is at work all the same.
    pub fn is_at_work(&self) -> bool {
        self.thread.is_some() && !self.free && self.stand.is_none()
    }

    /// Whether its thread is this one, and stands before each nap.
    pub fn stands_as(&self, tid: i32) -> bool {
        self.thread == Some(tid) && !self.free
    }

    /// It stands before a wait.
    pub fn stand_before(&mut self, call: Call) {
        self.stand = Some(call);
    }

    /// Whether it stands and has something to do.
    pub fn is_due(&self, memory: &File) -> bool {
        let called = |call: &Call| call.number != number::FUTEX || wait::futex_word_has_changed(call, memory);
        self.passes < PASSES && self.stand.as_ref().is_some_and(called)
    }

    /// It goes on: its thread, and the call before which it stood.
    pub fn go_on(&mut self) -> Option<(i32, Call)> {
        let (tid, call) = (self.thread?, self.stand.take()?);
        self.passes += 1;
        Some((tid, call))
    }

    /// From now on it naps as the machine likes.
    pub fn set_free(&mut self) {
        self.free = true;
    }
}
