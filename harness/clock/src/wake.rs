//! Ends the sleep of those who are due.

use nix::sys::ptrace;
use nix::unistd::Pid;

use crate::inject;
use crate::keeper::Room;

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
                    due.push((tid, thread.within.number, std::mem::take(&mut thread.kept)));
                }
            }
        }
        for (tid, wait, kept) in &due {
            let thread = Pid::from_raw(*tid);
            // A thread that has ended meanwhile needs no waking.
            let stands = *kept || (ptrace::interrupt(thread).is_ok() && self.wait_interrupted(*tid));
            if stands {
                let _ = inject::time_out(thread, *wait);
                let _ = ptrace::cont(thread, None);
            }
        }
        due.len()
    }
}
