//! NodeGetVolumeStats: how full a volume is; of a raw device only its size can be told.

use std::path::Path;

use csi_api::v1::volume_usage::Unit;
use csi_api::v1::{NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse, VolumeUsage};
use tonic::Status;

use super::{Node, require};
use crate::status;

impl Node {
    /// Reads it where the volume is published.
    pub(super) async fn stats(&self, request: &NodeGetVolumeStatsRequest) -> Result<NodeGetVolumeStatsResponse, Status> {
        require(&[("volume_id", &request.volume_id), ("volume_path", &request.volume_path)])?;
        let path = Path::new(&request.volume_path);
        let Some(mounted) = self.mount_at(path).await? else {
            return Err(Status::not_found(format!("volume {} is not mounted at {}", request.volume_id, path.display())));
        };
        // The file that a device is bound to lies on no filesystem of its own.
        let usage = if is_device(&mounted.fs_type) {
            let size = self.machine.device_size(&mounted.device).await.map_err(|error| status::of_machine(&error))?;
            VolumeUsage { total: bytes(size), unit: Unit::Bytes.into(), ..VolumeUsage::default() }
        } else {
            let (total, free, available) = self.machine.filesystem_usage(path).await.map_err(|error| status::of_machine(&error))?;
            VolumeUsage {
                available: bytes(available),
                total: bytes(total),
                used: bytes(total.saturating_sub(free)),
                unit: Unit::Bytes.into(),
            }
        };
        Ok(NodeGetVolumeStatsResponse { usage: vec![usage], volume_condition: None })
    }
}

/// A bind mount of a device node is listed with the filesystem of `/dev`, or with none.
pub(super) fn is_device(fs_type: &str) -> bool {
    matches!(fs_type, "" | "devtmpfs" | "tmpfs")
}

pub(super) fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
