//! The identity service: the same for controller and node, but for what it offers and what makes it ready.

mod get_plugin_capabilities;
mod get_plugin_info;
mod probe;

use std::sync::Arc;

use csi_api::v1::{self, identity_server};
use tonic::{Request, Response, Status};

use crate::behaviours::Behaviours;
use crate::identity::probe::NotReadyUntil;
use crate::pool::VCenterPool;

/// The identity service.
#[derive(Clone, Default)]
pub struct Identity {
    /// The controller's vCenters; a node has none.
    pool: Option<Arc<VCenterPool>>,
    /// Whether volumes can be reached from some segments only.
    topology: bool,
    behaviours: Behaviours,
    not_ready: Arc<NotReadyUntil>,
}

impl Identity {
    /// The identity of a controller, which is ready when its session works.
    pub(crate) fn of_controller(pool: Arc<VCenterPool>, topology: bool, behaviours: Behaviours) -> Self {
        Self { pool: Some(pool), topology, behaviours, ..Self::default() }
    }

    /// The identity of a node plugin, which is ready when it answers.
    pub fn of_node() -> Self {
        Self::default()
    }
}

#[tonic::async_trait]
impl identity_server::Identity for Identity {
    async fn get_plugin_info(&self, _request: Request<v1::GetPluginInfoRequest>) -> Result<Response<v1::GetPluginInfoResponse>, Status> {
        Ok(Response::new(get_plugin_info::info()))
    }

    async fn get_plugin_capabilities(
        &self,
        _request: Request<v1::GetPluginCapabilitiesRequest>,
    ) -> Result<Response<v1::GetPluginCapabilitiesResponse>, Status> {
        Ok(Response::new(get_plugin_capabilities::capabilities(self.topology)))
    }

    async fn probe(&self, _request: Request<v1::ProbeRequest>) -> Result<Response<v1::ProbeResponse>, Status> {
        probe::probe(self.pool.as_deref(), &self.not_ready, self.behaviours).await.map(Response::new)
    }
}
