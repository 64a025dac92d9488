//! Ends the sleep of those who are due.

use nix::sys::ptrace;
use nix::unistd::Pid;

use crate::inject;
use crate::room::Room;

impl Room {
    /// Wakes every thread whose deadline its clock has reached, in the order in which processes and threads began.
    /// Then those go on who spun and are not ahead of the world any more.
    pub(crate) fn wake_due(&mut self) {
        let now = self.now;
        let (mut due, mut spinners) = (Vec::new(), Vec::new());
        for (_, process) in self.processes.iter_mut().filter(|(_, process)| !process.stopped) {
            let Some(shown) = self.pages.shown(process.page) else { continue };
            for (tid, thread) in process.watched_in_order() {
                if thread.until_world.is_some_and(|until| until <= now) {
                    (thread.until_world, thread.kept) = (None, false);
                    spinners.push(tid);
                } else if thread.deadline.is_some_and(|deadline| deadline <= shown) {
                    thread.deadline = None;
                    due.push((tid, thread.within.number, std::mem::take(&mut thread.kept)));
                }
            }
        }
        // All stand before the first goes on: it may run for long, and nobody else would come to stand beside it.
        due.retain(|(tid, _, kept)| *kept || ptrace::interrupt(Pid::from_raw(*tid)).is_ok());
        due.retain(|(tid, _, kept)| *kept || self.wait_interrupted(*tid));
        for (tid, wait, _) in due {
            let thread = Pid::from_raw(tid);
            // A thread that has ended meanwhile needs no waking.
            let _ = inject::time_out(thread, wait);
            let _ = ptrace::cont(thread, None);
        }
        for tid in spinners {
            let _ = ptrace::cont(Pid::from_raw(tid), None);
        }
    }
}
