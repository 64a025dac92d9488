//! A volume that a pod's `fsGroup` is to own: who gives it to the group, and when nobody does.
//!
//! Modelled, as upstream's `csi_mounter.go` has it: a driver that can (VOLUME_MOUNT_GROUP) is told the group in stage and publish and does it
//! itself; else kubelet does it after publish, if the CSIDriver's `fsGroupPolicy` lets it: `None` never, `File` always, and otherwise
//! (`ReadWriteOnceWithFSType`) where the PersistentVolume says its file system and is for one node. Never what the pod reads only, nor a raw
//! device. With `fsGroupChangePolicy: OnRootMismatch` a volume whose root is the group's is left as it is.

use super::identity::VolumeSpec;
use crate::kubelet::core::Core;
use crate::kubelet::csi_client::Abilities;
use crate::tree::Ownership;

/// Gives a volume that is published for a pod to the pod's group, if that is kubelet's to do.
pub(super) fn give_to_group(core: &Core, spec: &VolumeSpec, pod_uid: &str, abilities: Abilities) -> Result<(), String> {
    let Some(group) = spec.fs_group.and_then(|group| u32::try_from(group).ok()) else { return Ok(()) };
    let driver = core.csi_drivers.named(&spec.identity.driver);
    let policy = driver.as_ref().and_then(|driver| driver.spec.fs_group_policy.as_deref());
    if !core.config.rules.give_volumes_to_groups || abilities.mounts_for_group || !is_given(spec, policy) {
        return Ok(());
    }
    let ownership = Ownership { group, on_root_mismatch: spec.on_root_mismatch };
    let given = core.machine().give_to_group(&spec.identity.publish_path(pod_uid), ownership);
    given.map_err(|error| format!("applyFSGroup failed for vol {}: {error}", spec.identity.volume_handle))
}

/// Whether a driver with this policy lets kubelet do it for this volume.
fn is_given(spec: &VolumeSpec, policy: Option<&str>) -> bool {
    if spec.identity.block || spec.read_only {
        return false;
    }
    match policy {
        Some("None") => false,
        Some("File") => true,
        _ => !spec.fs_type.is_empty() && spec.access_modes.iter().any(|mode| matches!(mode.as_str(), "ReadWriteOnce" | "ReadWriteOncePod")),
    }
}
