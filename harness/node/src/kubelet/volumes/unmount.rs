//! Unmounting: unpublish from a pod, unstage from the node.

use std::path::Path;

use csi_api::v1 as csi;
use driver_host::Machine as _;

use super::identity::{Identity, ROOT};
use super::state::Failure;
use crate::kubelet::core::Core;

/// Takes the volume from the pod, with the directories that it had there.
pub(super) async fn unpublish(core: &Core, identity: &Identity, pod_uid: &str) -> Result<(), Failure> {
    let failure = |text: String| Failure {
        key: (identity.unique_name(), Some(pod_uid.to_owned())),
        message: format!("UnmountVolume.TearDown failed for volume \"{}\" of pod {pod_uid}: {text}", identity.pv_name),
    };
    let client = core.plugin(&identity.driver).map_err(failure)?;
    let path = identity.publish_path(pod_uid);
    let request = csi::NodeUnpublishVolumeRequest { volume_id: identity.volume_handle.clone(), target_path: path.display().to_string() };
    client.unpublish(request).await.map_err(|error| failure(error.to_string()))?;
    // A driver that says done and leaves the mount behind is caught here: a mount point cannot be removed.
    core.machine().remove(&path).await.map_err(|error| failure(error.to_string()))?;
    core.forget_record(&identity.publish_record(pod_uid)).map_err(|error| failure(error.to_string()))?;
    core.volumes.change(|state| state.unpublished(identity, pod_uid));
    Ok(())
}

/// Takes the volume from the node, when nothing else refers to its device.
pub(super) async fn unstage(core: &Core, identity: &Identity, mounted: bool) -> Result<(), Failure> {
    let failure = |text: String| Failure {
        key: (identity.unique_name(), None),
        message: format!("UnmountDevice failed for volume \"{}\" : {text}", identity.pv_name),
    };
    if mounted {
        let client = core.plugin(&identity.driver).map_err(failure)?;
        let path = identity.staging_path();
        check_references(core, &path).await.map_err(failure)?;
        let abilities = client.abilities().await.map_err(|error| failure(error.to_string()))?;
        if abilities.stages {
            let request = csi::NodeUnstageVolumeRequest {
                volume_id: identity.volume_handle.clone(),
                staging_target_path: path.display().to_string(),
            };
            client.unstage(request).await.map_err(|error| failure(error.to_string()))?;
        }
        core.machine().remove(&path).await.map_err(|error| failure(error.to_string()))?;
        core.forget_record(&identity.staging_record()).map_err(|error| failure(error.to_string()))?;
    }
    core.volumes.change(|state| state.unstaged(identity));
    Ok(())
}

/// Refuses when the staged device is mounted elsewhere in kubelet's directory.
async fn check_references(core: &Core, staging: &Path) -> Result<(), String> {
    let mounts = core.machine().mounts().await.map_err(|error| error.to_string())?;
    let Some(device) = mounts.iter().rev().find(|mount| mount.target == staging).map(|mount| &mount.device) else { return Ok(()) };
    let mut others = mounts.iter().filter(|mount| mount.device == *device && mount.target != staging && mount.target.starts_with(ROOT));
    match others.next() {
        None => Ok(()),
        Some(other) => {
            let (path, other) = (staging.display(), other.target.display());
            Err(format!("the device mount path {path:?} is still mounted by other references [{other}]"))
        }
    }
}
