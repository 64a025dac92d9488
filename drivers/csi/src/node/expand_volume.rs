//! NodeExpandVolume: the disk's new size, seen by the guest and taken by the filesystem.
//!
//! vCenter makes an attached disk larger without the guest noticing: it has to ask the disk for its size anew. The filesystem grows
//! while it is mounted; of a raw device the size is all there is. Doing it twice does it once.

use std::path::{Path, PathBuf};

use csi_api::v1::{NodeExpandVolumeRequest, NodeExpandVolumeResponse};
use driver_host::Mount;
use tonic::Status;

use super::get_volume_stats::{bytes, is_device};
use super::{Node, mounts, require};
use crate::status;

impl Node {
    /// Grows what is published at the volume's path; one that is as large already is success.
    pub(super) async fn expand(&self, request: &NodeExpandVolumeRequest) -> Result<NodeExpandVolumeResponse, Status> {
        require(&[("volume_id", &request.volume_id), ("volume_path", &request.volume_path)])?;
        let (required, limit) = request.capacity_range.map_or((0, 0), |range| (range.required_bytes, range.limit_bytes));
        if required < 0 || limit < 0 {
            return Err(Status::invalid_argument("capacity_range must not be negative"));
        }
        let path = Path::new(&request.volume_path);
        let Some(mounted) = self.mount_at(path).await? else {
            return Err(Status::not_found(format!("volume {} is not mounted at {}", request.volume_id, path.display())));
        };
        let size = self.seen_size(&request.volume_id, &mounted.device, required).await?;
        if limit > 0 && size > limit {
            return Err(Status::out_of_range(format!("volume {} has {size} bytes, and {limit} are allowed", request.volume_id)));
        }
        if !is_device(&mounted.fs_type) {
            self.grow_published(request, mounted, size).await?;
        }
        Ok(NodeExpandVolumeResponse { capacity_bytes: size })
    }

    /// The disk's size, after the guest has asked for it anew where what it knows is not enough.
    async fn seen_size(&self, volume: &str, device: &Path, required: i64) -> Result<i64, Status> {
        let known = bytes(self.machine.device_size(device).await.map_err(|error| status::of_machine(&error))?);
        if (required > 0 && known >= required) || !self.behaviours.rescan_grown_disks {
            return Ok(known);
        }
        self.machine.rescan(device).await.map_err(|error| status::of_machine(&error))?;
        let size = bytes(self.machine.device_size(device).await.map_err(|error| status::of_machine(&error))?);
        if size < required {
            let device = device.display();
            return Err(Status::internal(format!(
                "{device} of volume {volume} has {size} bytes where {required} are asked for: the disk has not been made larger, or the guest does not see it"
            )));
        }
        Ok(size)
    }

    async fn grow_published(&self, request: &NodeExpandVolumeRequest, mounted: Mount, size: i64) -> Result<(), Status> {
        let mounted = self.staged_or(request, mounted).await?;
        if mounts::is_read_only(&mounted.options) {
            let target = mounted.target.display();
            return Err(Status::failed_precondition(format!("volume {} is mounted read-only at {target}", request.volume_id)));
        }
        if !self.behaviours.grow_filesystems {
            return Ok(());
        }
        let Mount { device, target, fs_type, .. } = mounted;
        self.machine.grow_filesystem(&device, &target).await.map_err(|error| status::of_machine(&error))?;
        self.log(&format!("{fs_type} of volume {} on {} takes all of its {size} bytes", request.volume_id, device.display()));
        Ok(())
    }

    /// Where the filesystem itself is mounted: a pod's own mount of it may be read-only.
    async fn staged_or(&self, request: &NodeExpandVolumeRequest, published: Mount) -> Result<Mount, Status> {
        if request.staging_target_path.is_empty() {
            return Ok(published);
        }
        let staged = self.mount_at(Path::new(&request.staging_target_path)).await?;
        Ok(staged.filter(|staged| staged.device == published.device).unwrap_or(published))
    }

    /// Grows a filesystem that has just been mounted, whose disk was made larger while nothing used it. Kubelet asks for it again,
    /// so what stands in the way now is in nobody's way.
    pub(super) async fn grow_staged(&self, volume: &str, device: &Path, target: &PathBuf) {
        if !self.behaviours.grow_filesystems {
            return;
        }
        if let Err(error) = self.machine.grow_filesystem(device, target).await {
            self.log(&format!("the filesystem of volume {volume} is as it was: {error}"));
        }
    }
}
