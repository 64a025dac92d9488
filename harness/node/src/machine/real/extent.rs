//! How much of its disk a filesystem takes, by what it says itself. What `statvfs` tells leaves out what it keeps for itself.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Where ext has its superblock, and in that its blocks and their size.
const EXT: u64 = 1024;

/// In bytes; none where it is not known how to ask.
pub(super) fn of(fs_type: &str, device: &Path, target: &Path) -> Option<u64> {
    match fs_type {
        "ext2" | "ext3" | "ext4" => ext(device),
        "xfs" => xfs(target),
        _ => None,
    }
}

fn ext(device: &Path) -> Option<u64> {
    let mut superblock = [0; 1024];
    File::open(device).and_then(|device| device.read_exact_at(&mut superblock, EXT)).ok()?;
    let number = |at: usize| superblock[at..].first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes));
    let (low, high, size) = (number(0x4)?, number(0x150)?, number(0x18)?);
    let blocks = u64::from(low) | (u64::from(high) << 32);
    blocks.checked_mul(1024_u64.checked_shl(size)?)
}

/// The superblock on the disk may be older than what is true: the kernel is asked.
fn xfs(target: &Path) -> Option<u64> {
    let mut command = Command::new("xfs_io");
    command.args(["-r", "-c", "statfs"]).arg(target).stdin(Stdio::null()).stderr(Stdio::null());
    let told = String::from_utf8(command.output().ok()?.stdout).ok()?;
    let number = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)?.trim_start_matches([' ', '=']).parse::<u64>().ok());
    number("geom.bsize")?.checked_mul(number("geom.datablocks")?)
}
