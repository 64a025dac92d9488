//! Whether a volume is attached: by the node's status, and by its VolumeAttachment.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::api::Api;
use seatrial_kubernetes::client::reason_of;
use tokio::time::Instant;

use super::identity::Identity;
use super::state::Failure;
use crate::kubelet::core::Core;

/// The pauses between two looks at a VolumeAttachment.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(7);

/// Asks the API server itself whether the node's status lists the volume as attached.
pub(super) async fn verify(core: &Core, identity: &Identity) -> Result<(), Failure> {
    let nodes: Api<Node> = Api::all(core.client.clone());
    let name = identity.unique_name();
    let failure = |text: String| Failure {
        key: (name.clone(), None),
        message: format!("VerifyControllerAttachedVolume failed for volume \"{}\" : {text}", identity.pv_name),
    };
    let node = nodes.get(&core.config.node_name).await.map_err(|error| failure(reason_of(&error)))?;
    let attached = node.status.and_then(|status| status.volumes_attached).unwrap_or_default();
    if attached.iter().any(|volume| volume.name == name) {
        core.volumes.change(|state| state.attached(identity));
        return Ok(());
    }
    Err(failure("Volume not attached according to node status".to_owned()))
}

/// Waits until the volume's VolumeAttachment says attached; answers what the driver told of it.
pub(super) async fn wait_for(core: &Core, identity: &Identity) -> Result<BTreeMap<String, String>, String> {
    let attachments: Api<VolumeAttachment> = Api::all(core.client.clone());
    let end = Instant::now() + core.config.timings.attach_wait;
    let (name, handle) = (&identity.attachment, &identity.volume_handle);
    let mut pause = FIRST_PAUSE;
    loop {
        let attachment = attachments.get(name).await;
        let attachment =
            attachment.map_err(|error| format!("volume {handle} has GET error for volume attachment {name}: {}", reason_of(&error)))?;
        if attachment.metadata.deletion_timestamp.is_some() {
            return Err(format!("volume attachment {name} is being deleted"));
        }
        let status = attachment.status.unwrap_or_default();
        if status.attached {
            return Ok(status.attachment_metadata.unwrap_or_default());
        }
        if let Some(error) = status.attach_error {
            return Err(error.message.unwrap_or_default());
        }
        if Instant::now() + pause > end {
            return Err(format!("timed out waiting for external-attacher of {} CSI driver to attach volume {handle}", identity.driver));
        }
        tokio::time::sleep(pause).await;
        pause = pause.mul_f64(1.05).min(LONGEST_PAUSE);
    }
}
