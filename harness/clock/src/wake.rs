//! Ends the sleep of those who are due.

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::unistd::Pid;

use crate::inject;
use crate::keeper::Room;
use crate::stops::{self, Stop};

impl Room {
    /// Wakes every thread whose deadline its clock has reached, in the order in which processes and threads began;
    /// how many.
    pub(crate) fn wake_due(&mut self) -> usize {
        let mut due = Vec::new();
        for (_, process) in self.processes.iter_mut().filter(|(_, process)| !process.stopped) {
            let Some(shown) = self.pages.shown(process.page) else { continue };
            for (tid, thread) in process.watched() {
                if thread.deadline.is_some_and(|deadline| deadline <= shown) {
                    thread.deadline = None;
                    due.push((tid, thread.within.number));
                }
            }
        }
        for (tid, wait) in &due {
            // A thread that has ended meanwhile needs no waking.
            let _ = self.end_sleep(*tid, *wait);
        }
        due.len()
    }

    fn end_sleep(&mut self, tid: i32, wait: i64) -> nix::Result<()> {
        let thread = Pid::from_raw(tid);
        ptrace::interrupt(thread)?;
        loop {
            let stop = stops::wait_for(tid)?;
            match stop {
                Stop::Event { event: stops::EVENT_STOP, signal, .. } if signal == stops::TRAP => {
                    let done = inject::time_out(thread, wait);
                    ptrace::cont(thread, None)?;
                    return done;
                }
                Stop::Ended { .. } => {
                    self.serve(stop);
                    return Err(Errno::ESRCH);
                }
                // Something else came first; the interrupt follows.
                _ => self.serve(stop),
            }
        }
    }
}
