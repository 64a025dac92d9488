//! Access modes and file systems as CSI's volume capabilities.

use csi_api::v1::VolumeCapability;
use csi_api::v1::volume_capability::access_mode::Mode;
use csi_api::v1::volume_capability::{AccessMode, AccessType, BlockVolume, MountVolume};

/// The capability of one access mode.
pub(super) fn capability(mode: Mode, block: bool, fs_type: &str, mount_flags: &[String]) -> VolumeCapability {
    let access = if block {
        AccessType::Block(BlockVolume {})
    } else {
        AccessType::Mount(MountVolume { fs_type: fs_type.to_owned(), mount_flags: mount_flags.to_vec(), volume_mount_group: String::new() })
    };
    VolumeCapability { access_type: Some(access), access_mode: Some(AccessMode { mode: mode.into() }) }
}

/// CSI's word for an access mode; a driver that tells single from multi writer is told.
pub(super) fn mode(kubernetes: &str, multi_writer: bool) -> Option<Mode> {
    Some(match (kubernetes, multi_writer) {
        ("ReadWriteOnce", false) | ("ReadWriteOncePod", false) => Mode::SingleNodeWriter,
        ("ReadWriteOnce", true) => Mode::SingleNodeMultiWriter,
        ("ReadWriteOncePod", true) => Mode::SingleNodeSingleWriter,
        ("ReadOnlyMany", _) => Mode::MultiNodeReaderOnly,
        ("ReadWriteMany", _) => Mode::MultiNodeMultiWriter,
        _ => return None,
    })
}

/// The one mode under which a volume of these access modes is published.
pub(super) fn publish_mode(modes: &[String], multi_writer: bool) -> Option<Mode> {
    let has = |name: &str| modes.iter().any(|mode| mode == name);
    match () {
        () if has("ReadWriteMany") => Some(Mode::MultiNodeMultiWriter),
        () if has("ReadOnlyMany") && has("ReadWriteOnce") => None,
        () if has("ReadOnlyMany") => Some(Mode::MultiNodeReaderOnly),
        () => modes.first().and_then(|first| mode(first, multi_writer)),
    }
}
