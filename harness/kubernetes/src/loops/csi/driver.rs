//! A sidecar's connection to its driver.
//!
//! A real sidecar exits when the connection is lost, is started again and probes until the driver is ready. Here it
//! stays, and each call waits until a probe has succeeded; what it holds in memory survives, which is kinder than a
//! restart. A call that was under way when the connection went ends with Unavailable, as grpc-go has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use csi_api::v1::controller_client::ControllerClient;
use csi_api::v1::identity_client::IdentityClient;
use csi_api::v1::{
    ControllerGetCapabilitiesRequest, GetPluginCapabilitiesRequest, GetPluginInfoRequest, ProbeRequest,
    controller_service_capability as rpc, plugin_capability as plugin,
};
use driver_host::GrpcClient;
use seatrial_wires::Process;
use tokio::sync::Notify;
use tonic::{Code, Request, Response, Status};

/// Between two probes of a driver that is not ready.
const BETWEEN_PROBES: Duration = Duration::from_secs(1);

/// What the driver said of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Abilities {
    pub(super) name: String,
    pub(super) topology: bool,
    pub(super) publish: bool,
    pub(super) publish_readonly: bool,
    pub(super) single_node_multi_writer: bool,
    /// It lists volumes, with the nodes that they are published to.
    pub(super) lists_published_nodes: bool,
    pub(super) modify: bool,
    pub(super) expand: bool,
    /// The controller service is there at all, and makes volumes.
    pub(super) controller: bool,
    pub(super) creates: bool,
    pub(super) snapshots: bool,
    pub(super) lists_snapshots: bool,
    pub(super) clones: bool,
}

#[derive(Default)]
struct Readiness {
    is: AtomicBool,
    changed: Notify,
}

/// The connection; clones share it.
#[derive(Clone)]
pub(super) struct Driver {
    process: Process,
    socket: String,
    timeout: Duration,
    ready: Arc<Readiness>,
    pub(super) abilities: Arc<Abilities>,
}

impl Driver {
    /// Probes until the driver is ready, then asks what it is and what it can do.
    pub(super) async fn meet(process: &Process, socket: &str, timeout: Duration) -> Self {
        let ready = Arc::default();
        let mut driver =
            Self { process: process.clone(), socket: socket.to_owned(), timeout, ready, abilities: Arc::new(Abilities::default()) };
        loop {
            driver.probe_until_ready().await;
            match driver.ask().await {
                Ok(abilities) => {
                    driver.abilities = Arc::new(abilities);
                    return driver;
                }
                Err(status) => {
                    process.log(&format!("driver at {socket} does not say what it is: {}", status.message()));
                    tokio::time::sleep(BETWEEN_PROBES).await;
                }
            }
        }
    }

    fn channel(&self) -> GrpcClient {
        GrpcClient::new(self.process.connect(&self.socket))
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.timeout);
        request
    }

    async fn probe_until_ready(&self) {
        let mut client = IdentityClient::new(self.channel());
        loop {
            if let Ok(answer) = client.probe(self.request(ProbeRequest {})).await
                && answer.get_ref().ready.unwrap_or(true)
            {
                self.ready.is.store(true, Ordering::Relaxed);
                self.ready.changed.notify_waiters();
                return;
            }
            tokio::time::sleep(BETWEEN_PROBES).await;
        }
    }

    async fn ask(&self) -> Result<Abilities, Status> {
        let mut identity = IdentityClient::new(self.channel());
        let name = identity.get_plugin_info(self.request(GetPluginInfoRequest {})).await?.into_inner().name;
        let plugin = identity.get_plugin_capabilities(self.request(GetPluginCapabilitiesRequest {})).await?.into_inner();
        let mut controller = ControllerClient::new(self.channel());
        let controller = controller.controller_get_capabilities(self.request(ControllerGetCapabilitiesRequest {})).await?.into_inner();
        let offers = |wanted: plugin::service::Type| {
            plugin.capabilities.iter().any(|capability| match &capability.r#type {
                Some(plugin::Type::Service(service)) => service.r#type == i32::from(wanted),
                _ => false,
            })
        };
        let can = |wanted: rpc::rpc::Type| {
            let mut types = controller.capabilities.iter().filter_map(|capability| capability.r#type.as_ref());
            types.any(|rpc::Type::Rpc(rpc)| rpc.r#type == i32::from(wanted))
        };
        Ok(Abilities {
            name,
            topology: offers(plugin::service::Type::VolumeAccessibilityConstraints),
            controller: offers(plugin::service::Type::ControllerService),
            creates: can(rpc::rpc::Type::CreateDeleteVolume),
            snapshots: can(rpc::rpc::Type::CreateDeleteSnapshot),
            lists_snapshots: can(rpc::rpc::Type::ListSnapshots),
            clones: can(rpc::rpc::Type::CloneVolume),
            publish: can(rpc::rpc::Type::PublishUnpublishVolume),
            publish_readonly: can(rpc::rpc::Type::PublishReadonly),
            lists_published_nodes: can(rpc::rpc::Type::ListVolumes) && can(rpc::rpc::Type::ListVolumesPublishedNodes),
            modify: can(rpc::rpc::Type::ModifyVolume),
            expand: can(rpc::rpc::Type::ExpandVolume),
            single_node_multi_writer: can(rpc::rpc::Type::SingleNodeMultiWriter),
        })
    }

    /// Calls the controller service, once the driver is ready, with the sidecar's time-out.
    ///
    /// # Errors
    /// The driver's status; Unavailable when the connection was refused or lost.
    pub(super) async fn call<T, R, F, Fut>(&self, message: T, rpc: F) -> Result<R, Status>
    where
        F: FnOnce(ControllerClient<GrpcClient>, Request<T>) -> Fut,
        Fut: Future<Output = Result<Response<R>, Status>>,
    {
        self.until_ready().await;
        match rpc(ControllerClient::new(self.channel()), self.request(message)).await {
            Ok(answer) => Ok(answer.into_inner()),
            // Only a broken connection has an error underneath; what the driver answers has none.
            Err(status) if std::error::Error::source(&status).is_some() => {
                self.lost();
                Err(Status::new(Code::Unavailable, status.message()))
            }
            Err(status) => Err(status),
        }
    }

    async fn until_ready(&self) {
        loop {
            let changed = self.ready.changed.notified();
            if self.ready.is.load(Ordering::Relaxed) {
                return;
            }
            changed.await;
        }
    }

    fn lost(&self) {
        if self.ready.is.swap(false, Ordering::Relaxed) {
            let driver = self.clone();
            self.process.spawn("probe", async move { driver.probe_until_ready().await });
        }
    }
}
