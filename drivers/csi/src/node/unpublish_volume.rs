//! NodeUnpublishVolume: the pod's path is given back and removed.

use std::path::Path;

use csi_api::v1::{NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse};
use tonic::Status;

use super::{Node, require};
use crate::status;

impl Node {
    /// Unmounts and removes the target; nothing there is success.
    pub(super) async fn unpublish(&self, request: &NodeUnpublishVolumeRequest) -> Result<NodeUnpublishVolumeResponse, Status> {
        require(&[("volume_id", &request.volume_id), ("target_path", &request.target_path)])?;
        let target = Path::new(&request.target_path);
        self.unmount_all(target).await?;
        self.machine.remove(target).await.map_err(|error| status::of_machine(&error))?;
        Ok(NodeUnpublishVolumeResponse {})
    }
}
