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

/// CSI's word for the access modes of a volume or claim; a driver that tells single from multi writer is told.
///
/// # Errors
/// Why they have none, as the sidecars say it.
pub(super) fn mode(modes: &[String], multi_writer: bool) -> Result<Mode, String> {
    let has = |name: &str| modes.iter().any(|mode| mode == name);
    match () {
        () if has("ReadWriteOncePod") && modes.iter().any(|mode| mode != "ReadWriteOncePod") => {
            Err("Kubernetes does not support use of ReadWriteOncePod with other access modes on the same PersistentVolume".into())
        }
        () if has("ReadWriteOncePod") => Ok(if multi_writer { Mode::SingleNodeSingleWriter } else { Mode::SingleNodeWriter }),
        () if has("ReadWriteMany") => Ok(Mode::MultiNodeMultiWriter),
        () if has("ReadOnlyMany") && has("ReadWriteOnce") => {
            Err("CSI does not support ReadOnlyMany and ReadWriteOnce on the same PersistentVolume".into())
        }
        () if has("ReadOnlyMany") => Ok(Mode::MultiNodeReaderOnly),
        () if has("ReadWriteOnce") => Ok(if multi_writer { Mode::SingleNodeMultiWriter } else { Mode::SingleNodeWriter }),
        () => Err(format!("unsupported AccessMode combination: [{}]", modes.join(" "))),
    }
}
