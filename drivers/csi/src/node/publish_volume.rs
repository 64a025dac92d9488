//! NodePublishVolume: the staged filesystem, or the raw device, bound to where one pod sees it.

use std::path::{Path, PathBuf};

use csi_api::v1::volume_capability::AccessType;
use csi_api::v1::{NodePublishVolumeRequest, NodePublishVolumeResponse};
use driver_host::{MachineError, Mount, MountRequest};
use tonic::Status;

use super::stage_volume::access_type;
use super::{Node, disk, mounts, require};
use crate::status;

impl Node {
    /// Binds; what is bound there already is success.
    pub(super) async fn publish(&self, request: &NodePublishVolumeRequest) -> Result<NodePublishVolumeResponse, Status> {
        require(&[
            ("volume_id", &request.volume_id),
            ("staging_target_path", &request.staging_target_path),
            ("target_path", &request.target_path),
        ])?;
        let target = PathBuf::from(&request.target_path);
        match access_type(request.volume_capability.as_ref())? {
            AccessType::Mount(mount) => self.publish_filesystem(request, &mount.mount_flags, target).await?,
            AccessType::Block(_) => self.publish_device(request, target).await?,
        }
        Ok(NodePublishVolumeResponse {})
    }

    async fn publish_filesystem(&self, request: &NodePublishVolumeRequest, flags: &[String], target: PathBuf) -> Result<(), Status> {
        let staging = Path::new(&request.staging_target_path);
        let Some(staged) = self.mount_at(staging).await? else {
            return Err(Status::failed_precondition(format!("volume {} is not staged at {}", request.volume_id, staging.display())));
        };
        let asked = request.readonly && self.behaviours.publish_read_only;
        let read_only = asked || mounts::is_read_only(flags) || mounts::is_read_only(&staged.options);
        if let Some(mounted) = self.mount_at(&target).await? {
            return same_mount(&request.volume_id, &mounted, &staged.device, read_only);
        }
        self.machine.make_directory(&target).await.map_err(|error| status::of_machine(&error))?;
        self.bind(staging.to_owned(), target, read_only).await
    }

    async fn publish_device(&self, request: &NodePublishVolumeRequest, target: PathBuf) -> Result<(), Status> {
        let device = self.device(&disk::wwn(&request.publish_context)?).await?;
        if let Some(mounted) = self.mount_at(&target).await? {
            return same_mount(&request.volume_id, &mounted, &device, request.readonly);
        }
        self.machine.make_file(&target).await.map_err(|error| status::of_machine(&error))?;
        self.bind(device, target, request.readonly).await
    }

    async fn bind(&self, source: PathBuf, target: PathBuf, read_only: bool) -> Result<(), Status> {
        let options = if read_only { vec!["ro".to_owned()] } else { Vec::new() };
        let request = MountRequest { source, target: target.clone(), fs_type: String::new(), options, bind: true };
        let mounted = self.machine.mount(request).await;
        if let Err(error @ MachineError::Failed { .. }) = &mounted {
            // A target that nothing is mounted at would look like an empty volume to whoever finds it.
            self.log(&format!("removing {} because the bind failed: {error}", target.display()));
            self.machine.remove(&target).await.map_err(|error| status::of_machine(&error))?;
        }
        mounted.map_err(|error| status::of_machine(&error))
    }
}

/// A target that is taken must be taken by this volume, in the same way.
fn same_mount(volume: &str, mounted: &Mount, device: &Path, read_only: bool) -> Result<(), Status> {
    let target = mounted.target.display();
    if mounted.device != device {
        let other = mounted.device.display();
        return Err(Status::failed_precondition(format!("{target} is taken by {other}, not by volume {volume}")));
    }
    if mounts::is_read_only(&mounted.options) != read_only {
        return Err(Status::already_exists(format!("volume {volume} is published at {target} with another readonly setting")));
    }
    Ok(())
}
