//! CreateVolume from a snapshot: where the snapshot lies, and as large as it is, for CNS does nothing else (upstream refuses other
//! sizes, too). A larger volume is made by growing the new one.

use csi_api::v1::CreateVolumeRequest;
use csi_api::v1::VolumeContentSource;
use csi_api::v1::volume_content_source::Type;
use tonic::Status;

use super::super::Controller;
use super::super::size::Size;
use super::id;
use crate::behaviours::Behaviours;
use crate::pool::Member;
use crate::status;
use crate::vcenter::SnapshotId;

const MIB: i64 = 1024 * 1024;

/// A snapshot that a volume is to be made of.
pub(in crate::controller) struct Restored {
    /// Which.
    pub id: SnapshotId,
    /// The vCenter that has it.
    pub vcenter: Member,
    /// The datastore that it lies on.
    pub datastore_url: String,
    /// How large it is.
    pub mebibytes: i64,
    /// As the caller named it, which the answer repeats.
    pub named: VolumeContentSource,
}

impl Controller {
    /// The snapshot that a volume is asked to be made of; nothing for a blank one.
    pub(in crate::controller) async fn restored(&self, request: &CreateVolumeRequest) -> Result<Option<Restored>, Status> {
        let Some(named) = request.volume_content_source.clone() else { return Ok(None) };
        let Some(Type::Snapshot(source)) = &named.r#type else {
            return Err(Status::invalid_argument("unsupported VolumeContentSource type"));
        };
        let told = &source.snapshot_id;
        if told.is_empty() {
            return Err(Status::invalid_argument("csiSnapshotID from the input is empty"));
        }
        let missing = || Status::not_found(format!("there is no snapshot {told}"));
        let id = id::read(told).ok_or_else(missing)?;
        let vcenter = self.shared.pool.owner(&id.volume).await.map_err(|error| status::of_pool(&error))?.ok_or_else(missing)?;
        let of = |error| status::of_vcenter(&error);
        vcenter.snapshot(&id).await.map_err(of)?.ok_or_else(missing)?;
        let volume = vcenter.volume_by_id(&id.volume).await.map_err(of)?.ok_or_else(missing)?;
        Ok(Some(Restored { id, vcenter, datastore_url: volume.datastore_url, mebibytes: volume.capacity_mb, named }))
    }
}

impl Restored {
    /// The size of the new volume: the snapshot's, which must be what is asked for.
    pub(in crate::controller) fn size(&self, request: &CreateVolumeRequest, asked: Size, behaviours: Behaviours) -> Result<Size, Status> {
        let is_asked = request.capacity_range.is_some_and(|range| range.required_bytes > 0 || range.limit_bytes > 0);
        if is_asked && !behaviours.restore_in_the_same_size {
            return Ok(asked);
        }
        if is_asked && asked.mebibytes != self.mebibytes {
            return Err(Status::invalid_argument(format!(
                "snapshot size mismatch, requested volume size: {} but source snapshot size: {}",
                asked.mebibytes * MIB,
                self.mebibytes * MIB
            )));
        }
        Ok(Size { mebibytes: self.mebibytes, ..asked })
    }

    /// The datastore of the new volume: the snapshot's, which the class must not contradict.
    pub(in crate::controller) fn datastore(&self, asked: Option<&str>) -> Result<String, Status> {
        match asked {
            Some(url) if url.trim() != self.datastore_url.trim() => Err(Status::invalid_argument(format!(
                "datastore URL {url:?} given in storage class does not match the snapshot datastore URL {:?}.",
                self.datastore_url
            ))),
            _ => Ok(self.datastore_url.clone()),
        }
    }
}
