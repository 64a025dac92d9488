//! NodeStageVolume: the filesystem at the staging path, made when the disk is blank. A raw device is only waited for.

use std::path::{Path, PathBuf};

use csi_api::v1::volume_capability::access_mode::Mode;
use csi_api::v1::volume_capability::{AccessType, MountVolume};
use csi_api::v1::{NodeStageVolumeRequest, NodeStageVolumeResponse, VolumeCapability};
use driver_host::MountRequest;
use tonic::Status;

use super::{Node, disk, mounts, require};
use crate::controller::problem;
use crate::status;

/// What a disk gets when nobody names a filesystem: upstream's choice.
const DEFAULT_FILESYSTEM: &str = "ext4";

/// The access type, when the capability can be given.
pub(super) fn access_type(capability: Option<&VolumeCapability>) -> Result<&AccessType, Status> {
    let Some(capability) = capability else { return Err(Status::invalid_argument("volume_capability must be given")) };
    if let Some(problem) = problem(capability) {
        return Err(Status::invalid_argument(problem));
    }
    capability.access_type.as_ref().ok_or_else(|| Status::invalid_argument("volume_capability has no access type"))
}

/// Whether the volume may only be read.
fn reads_only(capability: Option<&VolumeCapability>) -> bool {
    capability.and_then(|capability| capability.access_mode).is_some_and(|mode| mode.mode() == Mode::SingleNodeReaderOnly)
}

impl Node {
    /// Mounts the disk's filesystem; one that is mounted there already is success.
    pub(super) async fn stage(&self, request: &NodeStageVolumeRequest) -> Result<NodeStageVolumeResponse, Status> {
        require(&[("volume_id", &request.volume_id), ("staging_target_path", &request.staging_target_path)])?;
        let access_type = access_type(request.volume_capability.as_ref())?;
        let device = self.device(&disk::wwn(&request.publish_context)?).await?;
        if let AccessType::Mount(mount) = access_type {
            let staging = Staging {
                volume: &request.volume_id,
                target: PathBuf::from(&request.staging_target_path),
                fs_type: filesystem(mount, request.volume_context.get("fstype")),
                options: if self.behaviours.keep_mount_options {
                    options(mount, reads_only(request.volume_capability.as_ref()))
                } else {
                    Vec::new()
                },
            };
            self.stage_filesystem(&device, staging).await?;
        }
        Ok(NodeStageVolumeResponse {})
    }

    async fn stage_filesystem(&self, device: &Path, staging: Staging<'_>) -> Result<(), Status> {
        let Staging { volume, target, fs_type, options } = staging;
        if let Some(mounted) = self.mount_at(&target).await? {
            if mounted.device == device {
                return Ok(());
            }
            let other = mounted.device.display();
            return Err(Status::failed_precondition(format!("{} is taken by {other}, not by volume {volume}", target.display())));
        }
        let found = self.machine.filesystem_on(device).await.map_err(|error| status::of_machine(&error))?;
        let was_there = found.is_some();
        let fs_type = match found {
            Some(found) if self.behaviours.format_only_blank_disks => {
                self.same_filesystem(volume, &found, &fs_type)?;
                found
            }
            None if mounts::is_read_only(&options) => {
                return Err(Status::failed_precondition(format!(
                    "volume {volume} is blank and is to be read only: there is nothing to read"
                )));
            }
            _ => {
                let asked = if fs_type.is_empty() { DEFAULT_FILESYSTEM.to_owned() } else { fs_type };
                self.machine.make_filesystem(device, &asked).await.map_err(|error| status::of_machine(&error))?;
                self.log(&format!("made {asked} on {} for volume {volume}", device.display()));
                asked
            }
        };
        self.machine.make_directory(&target).await.map_err(|error| status::of_machine(&error))?;
        let writable = !mounts::is_read_only(&options);
        let mount = MountRequest { source: device.to_owned(), target: target.clone(), fs_type, options, bind: false };
        self.machine.mount(mount).await.map_err(|error| status::of_machine(&error))?;
        if was_there && writable {
            self.grow_staged(volume, device, &target).await;
        }
        Ok(())
    }

    /// A disk with data is never formatted anew, whatever is asked for.
    fn same_filesystem(&self, volume: &str, found: &str, asked: &str) -> Result<(), Status> {
        if asked.is_empty() || asked == found {
            return Ok(());
        }
        Err(Status::failed_precondition(format!("volume {volume} has {found}, and {asked} is asked for: it is not formatted anew")))
    }
}

/// A filesystem to be mounted.
struct Staging<'a> {
    volume: &'a str,
    target: PathBuf,
    /// Empty when nobody names one.
    fs_type: String,
    options: Vec<String>,
}

fn filesystem(mount: &MountVolume, context: Option<&String>) -> String {
    if mount.fs_type.is_empty() { context.cloned().unwrap_or_default() } else { mount.fs_type.clone() }
}

fn options(mount: &MountVolume, read_only: bool) -> Vec<String> {
    let mut options = mount.mount_flags.clone();
    if read_only && !mounts::is_read_only(&options) {
        options.push("ro".to_owned());
    }
    options
}
