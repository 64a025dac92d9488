//! The power goes, or a disk goes from under a mount: filesystems lose what was not synced, and every call to them fails from then on.
//!
//! ext4 and xfs are shut down without a flush of their logs (`xfs_io -x -c shutdown`, the ioctl that xfstests use): the
//! pages that were not written are dropped, and the next mount replays the log as after a crash. What cannot be had: the
//! same for other filesystems, which the kernel writes back when they are unmounted, and for bytes of raw devices.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use driver_host::Mount;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::inside::Inside;
use super::loops;
use super::mounts::is_raw;

/// How often, and how many times at most, it is looked whether a device is free: the kernel unmounts what a namespace leaves a moment later.
const LOOK: Duration = Duration::from_millis(2);
const LOOKS: u32 = 1_000;

/// Kills whoever lives in a namespace: programs of a node that has no power do not run, nor do those that they have started.
pub fn kill_all_in(namespace: &Path) {
    let Ok(here) = std::fs::read_link(namespace) else { return };
    // A thread's number may be another's by now; ours is the machine's own namespace.
    if std::fs::read_link("/proc/self/ns/mnt").is_ok_and(|own| own == here) {
        return;
    }
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for number in processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok()) {
        if std::fs::read_link(format!("/proc/{number}/ns/mnt")).is_ok_and(|lives| lives == here) {
            // One that is gone in the meantime is gone.
            let _ = kill(Pid::from_raw(number), Signal::SIGKILL);
        }
    }
}

/// Shuts down the filesystems of these mounts, each once.
pub(super) fn lose_what_is_not_synced(inside: &Inside, mounts: &[Mount]) {
    let mut done = BTreeSet::new();
    for mount in mounts.iter().filter(|mount| !is_raw(mount)) {
        if done.insert(mount.device.clone()) {
            shut_down(inside, mount.target.clone());
        }
    }
}

fn shut_down(inside: &Inside, target: PathBuf) {
    inside.run(move || {
        let mut command = Command::new("xfs_io");
        command.args(["-x", "-c", "shutdown"]).arg(target);
        // A filesystem that knows no shutdown keeps what it has.
        let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    });
}

/// Waits until these loop devices are nobody's: whoever attaches the disk elsewhere then finds what really is on it.
pub(super) fn wait_until_free(names: &[String]) {
    for _ in 0..LOOKS {
        if names.iter().all(|name| loops::backing(name).is_none()) {
            return;
        }
        std::thread::sleep(LOOK);
    }
}
