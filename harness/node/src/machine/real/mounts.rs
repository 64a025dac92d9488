//! What the node's own disks are mounted at.

use std::path::Path;

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
