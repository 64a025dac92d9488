//! The controller service: volumes as vCenter has them.
//!
//! A call that changes something runs in a task of the driver's own: a caller who times out or goes away takes only the
//! answer with him, never a half-done change (csi#2507 was reproduced with nothing but a short timeout). Calls for one
//! volume run one after the other.

mod attempts;
mod capabilities;
mod create_volume;
mod creation;
mod delete_volume;
mod expand_volume;
mod get_capabilities;
mod list_volumes;
mod modify_volume;
mod parameters;
mod placement;
mod publish_volume;
mod recrypt;
mod registration;
mod size;
mod snapshots;
mod unpublish_volume;
mod validate_capabilities;

use std::sync::Arc;

use csi_api::v1::{self, controller_server};
use driver_host::Host;
use tonic::{Request, Response, Status};

use attempts::Attempts;
pub(crate) use capabilities::problem;
pub(crate) use creation::CreateError;
use creation::InDoubtCreates;
#[cfg(test)]
pub(crate) use creation::doubles;
use placement::Machines;

use crate::behaviours::Behaviours;
use crate::config::SnapshotLimits;
use crate::detached::spawn_detached;
use crate::locks::KeyedLocks;
use crate::nodes::Nodes;
use crate::operations::Operations;
use crate::pool::VCenterPool;
use crate::topology::TopologyViews;

/// The controller service.
#[derive(Clone)]
pub struct Controller {
    shared: Arc<Shared>,
}

struct Shared {
    host: Arc<dyn Host>,
    pool: Arc<VCenterPool>,
    views: Arc<TopologyViews>,
    operations: Arc<dyn Operations>,
    nodes: Arc<dyn Nodes>,
    behaviours: Behaviours,
    locks: KeyedLocks,
    in_doubt: InDoubtCreates,
    machines: Machines,
    /// What was begun to be attached.
    attaching: Attempts,
    /// What was begun to be detached.
    detaching: Attempts,
    /// What was begun to be deleted.
    deleting: Attempts,
    snapshots: SnapshotLimits,
}

/// What a controller works with.
pub(crate) struct Parts {
    pub host: Arc<dyn Host>,
    pub pool: Arc<VCenterPool>,
    pub views: Arc<TopologyViews>,
    pub operations: Arc<dyn Operations>,
    pub nodes: Arc<dyn Nodes>,
    pub snapshots: SnapshotLimits,
}

impl Controller {
    /// The service on these parts.
    pub(crate) fn new(parts: Parts, behaviours: Behaviours) -> Self {
        let Parts { host, pool, views, operations, nodes, snapshots } = parts;
        let (locks, in_doubt, machines) = (KeyedLocks::default(), InDoubtCreates::default(), Machines::default());
        let (attaching, detaching, deleting) = (Attempts::default(), Attempts::default(), Attempts::default());
        let shared = Shared {
            host,
            pool,
            views,
            operations,
            nodes,
            behaviours,
            locks,
            in_doubt,
            machines,
            attaching,
            detaching,
            deleting,
            snapshots,
        };
        Self { shared: Arc::new(shared) }
    }

    fn log(&self, line: &str) {
        self.shared.host.log(line);
    }

    async fn spawn_detached<T, F>(&self, name: &'static str, key: &str, work: F) -> Result<Response<T>, Status>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Status>> + Send + 'static,
    {
        spawn_detached(&*self.shared.host, &self.shared.locks, self.shared.behaviours, name, key, work).await
    }
}

#[tonic::async_trait]
impl controller_server::Controller for Controller {
    async fn create_volume(&self, request: Request<v1::CreateVolumeRequest>) -> Result<Response<v1::CreateVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.name.clone());
        self.spawn_detached("CreateVolume", &key, async move { this.create(&request).await }).await
    }

    async fn delete_volume(&self, request: Request<v1::DeleteVolumeRequest>) -> Result<Response<v1::DeleteVolumeResponse>, Status> {
        let id = request.into_inner().volume_id;
        let (this, key) = (self.clone(), id.clone());
        self.spawn_detached("DeleteVolume", &key, async move { this.delete(&id).await }).await
    }

    async fn controller_publish_volume(
        &self,
        request: Request<v1::ControllerPublishVolumeRequest>,
    ) -> Result<Response<v1::ControllerPublishVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        self.spawn_detached("ControllerPublishVolume", &key, async move { this.publish(&request).await }).await
    }

    async fn controller_unpublish_volume(
        &self,
        request: Request<v1::ControllerUnpublishVolumeRequest>,
    ) -> Result<Response<v1::ControllerUnpublishVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        self.spawn_detached("ControllerUnpublishVolume", &key, async move { this.unpublish(&request).await }).await
    }

    async fn validate_volume_capabilities(
        &self,
        request: Request<v1::ValidateVolumeCapabilitiesRequest>,
    ) -> Result<Response<v1::ValidateVolumeCapabilitiesResponse>, Status> {
        self.validate(request.into_inner()).await.map(Response::new)
    }

    async fn controller_get_capabilities(
        &self,
        _request: Request<v1::ControllerGetCapabilitiesRequest>,
    ) -> Result<Response<v1::ControllerGetCapabilitiesResponse>, Status> {
        Ok(Response::new(get_capabilities::capabilities(self.shared.behaviours)))
    }

    async fn list_volumes(&self, request: Request<v1::ListVolumesRequest>) -> Result<Response<v1::ListVolumesResponse>, Status> {
        if !self.shared.behaviours.list_published_nodes {
            return Err(not_offered("ListVolumes"));
        }
        self.list_volumes_of_cluster(&request.into_inner()).await.map(Response::new)
    }

    async fn get_capacity(&self, _request: Request<v1::GetCapacityRequest>) -> Result<Response<v1::GetCapacityResponse>, Status> {
        Err(not_offered("GetCapacity"))
    }

    async fn create_snapshot(&self, request: Request<v1::CreateSnapshotRequest>) -> Result<Response<v1::CreateSnapshotResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.source_volume_id.clone());
        self.spawn_detached("CreateSnapshot", &key, async move { this.create_snapshot_of(&request).await }).await
    }

    async fn delete_snapshot(&self, request: Request<v1::DeleteSnapshotRequest>) -> Result<Response<v1::DeleteSnapshotResponse>, Status> {
        let id = request.into_inner().snapshot_id;
        let (this, key) = (self.clone(), snapshots::volume_of(&id).to_owned());
        self.spawn_detached("DeleteSnapshot", &key, async move { this.delete_snapshot_of(&id).await }).await
    }

    async fn list_snapshots(&self, request: Request<v1::ListSnapshotsRequest>) -> Result<Response<v1::ListSnapshotsResponse>, Status> {
        self.list(&request.into_inner()).await.map(Response::new)
    }

    async fn get_snapshot(&self, _request: Request<v1::GetSnapshotRequest>) -> Result<Response<v1::GetSnapshotResponse>, Status> {
        Err(not_offered("GetSnapshot"))
    }

    async fn controller_expand_volume(
        &self,
        request: Request<v1::ControllerExpandVolumeRequest>,
    ) -> Result<Response<v1::ControllerExpandVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        self.spawn_detached("ControllerExpandVolume", &key, async move { this.expand(&request).await }).await
    }

    async fn controller_get_volume(
        &self,
        _request: Request<v1::ControllerGetVolumeRequest>,
    ) -> Result<Response<v1::ControllerGetVolumeResponse>, Status> {
        Err(not_offered("ControllerGetVolume"))
    }

    async fn controller_modify_volume(
        &self,
        request: Request<v1::ControllerModifyVolumeRequest>,
    ) -> Result<Response<v1::ControllerModifyVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        self.spawn_detached("ControllerModifyVolume", &key, async move { this.modify(&request).await }).await
    }
}

/// An RPC that ControllerGetCapabilities does not name.
fn not_offered(name: &str) -> Status {
    Status::unimplemented(format!("{name} is not offered: see ControllerGetCapabilities"))
}
