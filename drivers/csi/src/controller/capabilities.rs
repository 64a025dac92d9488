//! What may be asked of a volume: one node at a time, as a filesystem or as a raw device.

use csi_api::v1::VolumeCapability;
use csi_api::v1::volume_capability::AccessType;
use csi_api::v1::volume_capability::access_mode::Mode;

/// Filesystems that the node plugin makes.
pub(crate) const FILESYSTEMS: [&str; 3] = ["ext3", "ext4", "xfs"];

/// Why a capability cannot be given; `None` when it can.
pub(crate) fn problem(capability: &VolumeCapability) -> Option<String> {
    let Some(access_type) = &capability.access_type else {
        return Some("a volume capability has no access type: say block or mount".to_owned());
    };
    if let AccessType::Mount(mount) = access_type
        && !mount.fs_type.is_empty()
        && !FILESYSTEMS.contains(&mount.fs_type.as_str())
    {
        return Some(format!("filesystem {:?} is not offered; choose one of {}", mount.fs_type, FILESYSTEMS.join(", ")));
    }
    match capability.access_mode.map(|mode| mode.mode()) {
        None | Some(Mode::Unknown) => Some("a volume capability has no access mode".to_owned()),
        Some(Mode::SingleNodeWriter | Mode::SingleNodeReaderOnly | Mode::SingleNodeSingleWriter | Mode::SingleNodeMultiWriter) => None,
        Some(mode) => Some(format!("{} is not offered: a block volume is attached to one node at a time", mode.as_str_name())),
    }
}

/// The first problem with any of several capabilities.
pub(crate) fn first_problem(capabilities: &[VolumeCapability]) -> Option<String> {
    if capabilities.is_empty() {
        return Some("volume_capabilities must be given".to_owned());
    }
    capabilities.iter().find_map(problem)
}
