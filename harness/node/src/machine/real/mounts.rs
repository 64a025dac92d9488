//! What the node's own disks are mounted at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use driver_host::{Machine, MachineError, Mount};

use super::inside::{self, Inside};

/// Whether it is a device itself that is mounted, not what is on it.
pub(super) fn is_raw(mount: &Mount) -> bool {
    matches!(mount.fs_type.as_str(), "tmpfs" | "devtmpfs")
}

/// Whether a device is one of a node's disks.
fn is_disk(device: &Path) -> bool {
    device.strip_prefix("/dev").ok().and_then(Path::to_str).is_some_and(|name| name.starts_with("sd") && !name.contains('/'))
}

/// All of them, in the order in which they were made.
pub(super) fn of_disks(inside: &Inside) -> Result<Vec<Mount>, MachineError> {
    let all = inside.run(|| inside::block_on(inside::machine().mounts()))?;
    Ok(all.into_iter().filter(|mount| is_disk(&mount.device) && !mount.target.starts_with("/dev")).collect())
}

/// How much there is in the filesystems of these mounts, as `statvfs` tells it, by their targets.
pub(super) fn totals(inside: &Inside, mounts: &[Mount]) -> BTreeMap<PathBuf, u64> {
    let targets: Vec<PathBuf> = mounts.iter().filter(|mount| !is_raw(mount)).map(|mount| mount.target.clone()).collect();
    inside.run(move || {
        let told = targets.into_iter().filter_map(|target| {
            let told = nix::sys::statvfs::statvfs(&target).ok()?;
            Some((target, told.blocks().saturating_mul(told.fragment_size())))
        });
        told.collect()
    })
}
