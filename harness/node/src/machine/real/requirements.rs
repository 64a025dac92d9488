//! What a machine must have so that nodes on it can have real devices.

use std::path::Path;

use nix::sched::{CloneFlags, unshare};

/// Where programs of the system's are found.
const FOLDERS: [&str; 6] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Programs, and the packages that usually have them.
const PROGRAMS: [(&str, &str); 11] = [
    ("cp", "coreutils"),
    ("losetup", "util-linux"),
    ("mount", "util-linux"),
    ("umount", "util-linux"),
    ("nsenter", "util-linux"),
    ("blkid", "util-linux"),
    ("mkfs.ext4", "e2fsprogs"),
    ("resize2fs", "e2fsprogs"),
    ("mkfs.xfs", "xfsprogs"),
    ("xfs_growfs", "xfsprogs"),
    ("xfs_io", "xfsprogs"),
];

/// What this machine lacks, in words; nothing when it has all.
pub fn missing() -> Vec<String> {
    let mut missing = Vec::new();
    let may = std::thread::spawn(|| unshare(CloneFlags::CLONE_FS | CloneFlags::CLONE_NEWNS).is_ok()).join().unwrap_or(false);
    if !may {
        missing.push("the right to make mount namespaces (root)".to_owned());
    }
    if !Path::new("/dev/loop-control").exists() {
        missing.push("loop devices (/dev/loop-control)".to_owned());
    }
    let there = |program: &str| FOLDERS.iter().any(|folder| Path::new(folder).join(program).is_file());
    let programs = PROGRAMS.iter().filter(|(program, _)| !there(program));
    missing.extend(programs.map(|(program, package)| format!("{program} (package {package})")));
    missing
}

/// The right by which the kernel lets a mounted ext4 grow, as a bit of `CapEff`; some sandboxes take it from root.
const SYS_RESOURCE: u32 = 24;

/// Whether the kernel can mount NFS now.
pub fn mounts_nfs() -> bool {
    let known = std::fs::read_to_string("/proc/filesystems").unwrap_or_default();
    known.lines().any(|line| line.split_whitespace().next_back() == Some("nfs4"))
}

/// Whether ext4 can grow here while it is mounted.
pub fn grows_mounted_ext() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:")).map(str::trim);
    rights.and_then(|rights| u64::from_str_radix(rights, 16).ok()).is_none_or(|rights| rights & (1 << SYS_RESOURCE) != 0)
}
