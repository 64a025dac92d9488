//! The identity service: the same for controller and node, but for what it offers and what makes it ready.

mod get_plugin_capabilities;
mod get_plugin_info;
mod probe;

use std::sync::Arc;

use csi_api::v1::{self, identity_server};
use tonic::{Request, Response, Status};

use crate::vcenter::Vcenter;

/// The driver's name, which StorageClasses and CSINodes refer to.
pub const DRIVER_NAME: &str = "csi.vsphere.vmware.com";

/// The identity service.
#[derive(Clone, Default)]
pub struct Identity {
    /// The controller's vCenter; a node has none.
    vcenter: Option<Arc<dyn Vcenter>>,
}

impl Identity {
    /// The identity of a controller, which is ready when its session works.
    pub fn of_controller(vcenter: Arc<dyn Vcenter>) -> Self {
        Self { vcenter: Some(vcenter) }
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
        Ok(Response::new(get_plugin_capabilities::capabilities()))
    }

    async fn probe(&self, _request: Request<v1::ProbeRequest>) -> Result<Response<v1::ProbeResponse>, Status> {
        probe::probe(self.vcenter.as_deref()).await.map(Response::new)
    }
}
