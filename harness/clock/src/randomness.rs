//! Randomness that a seed decides: the sixteen bytes that a program begins with, and what it draws by the system call.
//!
//! Programs draw by the vDSO's `getrandom` where their library knows it (Go, a recent glibc), and there the blob answers. Whoever
//! makes the system call itself (ring, an older glibc) is stopped before it by the launcher's filter, and the keeper answers in
//! the kernel's place. So a program asks for the machine's randomness as ever, and needs not know that somebody else decides.
//!
//! What a client could notice: a draw takes the time of a stop (some 10 us), and lets others run first. Without
//! [`crate::Scheduling::Fifo`] there is no filter, and the kernel answers. What is drawn can be foreseen by whoever has the seed.

use std::os::unix::fs::FileExt;

use nix::unistd::Pid;

use crate::inject;
use crate::room::Room;
use crate::seeded::word;
use crate::wait::number;

/// The most that one call gives; who wants more asks again, as of the kernel.
const MOST: usize = 1 << 16;

/// Keeps what the keeper draws apart from what the blob does with the same seed.
const BY_CALL: u64 = 0x5851_f42d_4c95_7f2d;

impl Room {
    /// Answers a thread that stands before `getrandom`. None: it stands before another call, or its memory cannot be written, and
    /// the kernel is to say so.
    pub(crate) fn answer_draw(&mut self, tid: i32) -> Option<()> {
        let thread = Pid::from_raw(tid);
        let call = inject::call(thread).ok().filter(|call| call.number == number::GETRANDOM)?;
        let process = self.processes.get(self.processes.number_of(tid)?)?;
        let page = self.pages.get(process.page)?;
        let [into, length, ..] = call.arguments;
        let length = usize::try_from(length).unwrap_or(MOST).min(MOST);
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend(word(page.dial().seed ^ BY_CALL, page.count_draw().ok()?).to_ne_bytes());
        }
        process.memory.write_all_at(&bytes[..length], into).ok()?;
        inject::answer_call(thread, length as u64).ok()
    }
}
