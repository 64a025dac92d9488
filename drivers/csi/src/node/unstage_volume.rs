//! NodeUnstageVolume: the staging path is given back. Kubelet removes the directory.

use std::path::Path;

use csi_api::v1::{NodeUnstageVolumeRequest, NodeUnstageVolumeResponse};
use tonic::Status;

use super::{Node, require};

impl Node {
    /// Unmounts; nothing mounted is success.
    pub(super) async fn unstage(&self, request: &NodeUnstageVolumeRequest) -> Result<NodeUnstageVolumeResponse, Status> {
        require(&[("volume_id", &request.volume_id), ("staging_target_path", &request.staging_target_path)])?;
        self.unmount_all(Path::new(&request.staging_target_path)).await?;
        Ok(NodeUnstageVolumeResponse {})
    }
}
