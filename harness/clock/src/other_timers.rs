//! Timers that do not follow the world's clock, named when they are first seen: `timerfd`, POSIX timers, `io_uring`.
//!
//! Looked for when a process that has run falls asleep with another number of open files than before (kernels before 6.2
//! do not tell the number: there only at its first sleep). `setitimer` and `alarm` cannot be seen.

use std::os::unix::fs::MetadataExt;

use crate::room::Room;

const KINDS: [(&str, &str); 2] = [
    ("anon_inode:[timerfd]", "a timerfd, which fires by the machine's clock; the program must use time-outs of its waits instead"),
    ("anon_inode:[io_uring]", "an io_uring, whose waits are not seen; let the program run without it"),
];
const POSIX: &str = "a POSIX timer, which fires by the machine's clock; the program must use time-outs of its waits instead";

impl Room {
    /// Looks at those who have run, and tells of each kind of foreign timer once a process.
    pub(crate) fn find_other_timers(&mut self) {
        let mut found = Vec::new();
        for (_, process) in self.processes.iter_mut() {
            if !process.has_run {
                continue;
            }
            let folder = format!("/proc/{}/fd", process.pid);
            let count = std::fs::metadata(&folder).map_or(0, |folder| folder.size());
            if process.open_files.replace(count) == Some(count) {
                continue;
            }
            for what in kinds_of(process.pid, &folder) {
                if process.told.insert(what) {
                    found.push((process.pid, what));
                }
            }
        }
        for (pid, what) in found {
            self.unsupported(pid, what.to_owned());
        }
    }
}

fn kinds_of(pid: i32, folder: &str) -> Vec<&'static str> {
    let names: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| entry.path().read_link().ok()).collect();
    let mut kinds: Vec<_> =
        KINDS.iter().filter(|(name, _)| names.iter().any(|link| link.as_os_str() == *name)).map(|(_, what)| *what).collect();
    if std::fs::read(format!("/proc/{pid}/timers")).is_ok_and(|timers| !timers.is_empty()) {
        kinds.push(POSIX);
    }
    kinds
}
