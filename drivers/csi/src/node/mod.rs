//! The node service: disks, filesystems and mounts of one node. It never talks to vCenter.
//!
//! Kubelet repeats every call until it has its answer, and repeats some after it had one, so each looks first at what
//! is there. Calls for one volume run one after the other, and a call that changes something goes on when kubelet's patience
//! ends: a second mkfs beside the first would be worse than a late answer.

mod disk;
#[cfg(test)]
mod doubles;
mod expand_volume;
mod get_capabilities;
mod get_info;
mod get_volume_stats;
mod identity;
mod mounts;
mod publish_volume;
mod stage_volume;
#[cfg(test)]
mod tests;
mod unpublish_volume;
mod unstage_volume;

use std::sync::Arc;

use csi_api::v1::{self, node_server};
use driver_host::{Host, Machine};
use tonic::{Request, Response, Status};

use crate::behaviours::Behaviours;
use crate::detached::spawn_detached;
use crate::locks::KeyedLocks;
use crate::topology::NodeTopology;

/// The node service.
#[derive(Clone)]
pub struct Node {
    host: Arc<dyn Host>,
    machine: Arc<dyn Machine>,
    behaviours: Behaviours,
    locks: KeyedLocks,
    /// The way to the controller's word on where the node is.
    topology: Option<NodeTopology>,
}

impl Node {
    /// The service on this machine.
    pub fn new(host: Arc<dyn Host>, behaviours: Behaviours) -> Self {
        let machine = host.machine();
        Self { host, machine, behaviours, locks: KeyedLocks::default(), topology: None }
    }

    /// The same, asking the controller where the node is.
    #[must_use]
    pub(crate) fn asking(self, topology: NodeTopology) -> Self {
        Self { topology: Some(topology), ..self }
    }

    fn log(&self, line: &str) {
        self.host.log(line);
    }
}

/// What must be given.
fn require(fields: &[(&str, &str)]) -> Result<(), Status> {
    match fields.iter().find(|(_, value)| value.is_empty()) {
        Some((name, _)) => Err(Status::invalid_argument(format!("{name} must be given"))),
        None => Ok(()),
    }
}

#[tonic::async_trait]
impl node_server::Node for Node {
    async fn node_stage_volume(
        &self,
        request: Request<v1::NodeStageVolumeRequest>,
    ) -> Result<Response<v1::NodeStageVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        spawn_detached(&*self.host, &self.locks, self.behaviours, "NodeStageVolume", &key, async move { this.stage(&request).await }).await
    }

    async fn node_unstage_volume(
        &self,
        request: Request<v1::NodeUnstageVolumeRequest>,
    ) -> Result<Response<v1::NodeUnstageVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        spawn_detached(&*self.host, &self.locks, self.behaviours, "NodeUnstageVolume", &key, async move { this.unstage(&request).await })
            .await
    }

    async fn node_publish_volume(
        &self,
        request: Request<v1::NodePublishVolumeRequest>,
    ) -> Result<Response<v1::NodePublishVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        spawn_detached(&*self.host, &self.locks, self.behaviours, "NodePublishVolume", &key, async move { this.publish(&request).await })
            .await
    }

    async fn node_unpublish_volume(
        &self,
        request: Request<v1::NodeUnpublishVolumeRequest>,
    ) -> Result<Response<v1::NodeUnpublishVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        spawn_detached(
            &*self.host,
            &self.locks,
            self.behaviours,
            "NodeUnpublishVolume",
            &key,
            async move { this.unpublish(&request).await },
        )
        .await
    }

    async fn node_get_volume_stats(
        &self,
        request: Request<v1::NodeGetVolumeStatsRequest>,
    ) -> Result<Response<v1::NodeGetVolumeStatsResponse>, Status> {
        self.stats(&request.into_inner()).await.map(Response::new)
    }

    async fn node_expand_volume(
        &self,
        request: Request<v1::NodeExpandVolumeRequest>,
    ) -> Result<Response<v1::NodeExpandVolumeResponse>, Status> {
        let request = request.into_inner();
        let (this, key) = (self.clone(), request.volume_id.clone());
        spawn_detached(&*self.host, &self.locks, self.behaviours, "NodeExpandVolume", &key, async move { this.expand(&request).await })
            .await
    }

    async fn node_get_capabilities(
        &self,
        _request: Request<v1::NodeGetCapabilitiesRequest>,
    ) -> Result<Response<v1::NodeGetCapabilitiesResponse>, Status> {
        Ok(Response::new(get_capabilities::capabilities()))
    }

    async fn node_get_info(&self, _request: Request<v1::NodeGetInfoRequest>) -> Result<Response<v1::NodeGetInfoResponse>, Status> {
        self.info().await.map(Response::new)
    }
}
