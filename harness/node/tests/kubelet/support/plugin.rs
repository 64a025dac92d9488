//! A CSI node plugin by script: it mounts for real on the simulated machine, and fails where a test says so.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};

use csi_api::v1 as csi;
use csi_api::v1::identity_server::{Identity, IdentityServer};
use csi_api::v1::node_server::{Node, NodeServer};
use driver_host::{Host as _, Machine as _, MachineError, MountRequest};
use seatrial_node::{ConfigurationFiles, SimulatedHost, SimulatedMachine};
use seatrial_wires::Network;
use tonic::{Code, Request, Response, Status};

pub const DRIVER: &str = "csi.vsphere.vmware.com";

/// What the plugin shall fail with, call by call.
#[derive(Clone, Default)]
pub struct Script(Arc<Mutex<BTreeMap<&'static str, VecDeque<Code>>>>, Arc<Mutex<Group>>);

/// What the plugin does about groups.
#[derive(Default)]
struct Group {
    /// Whether it has VOLUME_MOUNT_GROUP.
    mounts: bool,
    /// The groups that it was told, in stage and publish.
    told: Vec<String>,
}

impl Script {
    /// The next call of `rpc` that has no failure yet fails with `code`.
    pub fn fail(&self, rpc: &'static str, code: Code) {
        self.0.lock().unwrap().entry(rpc).or_default().push_back(code);
    }

    /// The plugin has VOLUME_MOUNT_GROUP.
    pub fn mount_groups(&self) {
        self.1.lock().unwrap().mounts = true;
    }

    /// The groups that the plugin was told.
    pub fn told_groups(&self) -> Vec<String> {
        self.1.lock().unwrap().told.clone()
    }

    fn tell_group(&self, capability: Option<&csi::VolumeCapability>) {
        if let Some(csi::volume_capability::AccessType::Mount(mount)) = capability.and_then(|capability| capability.access_type.as_ref())
            && !mount.volume_mount_group.is_empty()
        {
            self.1.lock().unwrap().told.push(mount.volume_mount_group.clone());
        }
    }

    fn next(&self, rpc: &'static str) -> Result<(), Status> {
        match self.0.lock().unwrap().get_mut(rpc).and_then(VecDeque::pop_front) {
            Some(code) => Err(Status::new(code, format!("{rpc} fails by script"))),
            None => Ok(()),
        }
    }
}

#[derive(Clone)]
struct Plugin {
    script: Script,
    machine: Arc<SimulatedMachine>,
    wwn: String,
}

/// Starts the plugin's process.
pub async fn start(network: &Network, machine: &Arc<SimulatedMachine>, wwn: &str, script: &Script) {
    let process = network.process(&format!("csi-node/{}", machine.name()));
    let host = SimulatedHost::new(process, Some(Arc::clone(machine)), ConfigurationFiles::default());
    let plugin = Plugin { script: script.clone(), machine: Arc::clone(machine), wwn: wwn.to_owned() };
    let routes = tonic::service::Routes::new(IdentityServer::new(plugin.clone())).add_service(NodeServer::new(plugin));
    host.listen("unix:///csi/csi.sock", routes).await.unwrap();
}

fn internal(error: &MachineError) -> Status {
    Status::internal(error.to_string())
}

impl Plugin {
    async fn bind(&self, source: &Path, target: &str, read_only: bool) -> Result<(), MachineError> {
        let options = if read_only { vec!["ro".to_owned()] } else { Vec::new() };
        let request = MountRequest { source: source.to_owned(), target: target.into(), fs_type: String::new(), options, bind: true };
        self.machine.mount(request).await
    }

    async fn is_mounted(&self, target: &str) -> bool {
        self.machine.mounts().await.unwrap().iter().any(|mount| mount.target == Path::new(target))
    }

    async fn stage(&self, target: &str) -> Result<(), MachineError> {
        if self.is_mounted(target).await {
            return Ok(());
        }
        let device = self.machine.disk_by_wwn(&self.wwn).await?.ok_or_else(|| MachineError::NotFound(self.wwn.clone().into()))?;
        if self.machine.filesystem_on(&device).await?.is_none() {
            self.machine.make_filesystem(&device, "ext4").await?;
        }
        let (fs_type, options) = ("ext4".to_owned(), Vec::new());
        self.machine.mount(MountRequest { source: device, target: target.into(), fs_type, options, bind: false }).await
    }

    async fn publish(&self, request: &csi::NodePublishVolumeRequest) -> Result<(), MachineError> {
        let target = &request.target_path;
        if self.is_mounted(target).await {
            return Ok(());
        }
        let block = matches!(
            request.volume_capability.as_ref().and_then(|capability| capability.access_type.as_ref()),
            Some(csi::volume_capability::AccessType::Block(_))
        );
        if block {
            let device = self.machine.disk_by_wwn(&self.wwn).await?.ok_or_else(|| MachineError::NotFound(self.wwn.clone().into()))?;
            self.machine.make_file(Path::new(target)).await?;
            return self.bind(&device, target, false).await;
        }
        self.machine.make_directory(Path::new(target)).await?;
        self.bind(Path::new(&request.staging_target_path), target, request.readonly).await
    }

    async fn grow(&self, target: &str) -> Result<(), MachineError> {
        let device = self.machine.disk_by_wwn(&self.wwn).await?.ok_or_else(|| MachineError::NotFound(self.wwn.clone().into()))?;
        self.machine.rescan(&device).await?;
        if self.machine.filesystem_on(&device).await?.is_some() {
            self.machine.grow_filesystem(&device, Path::new(target)).await?;
        }
        Ok(())
    }

    async fn take_away(&self, target: &str) -> Result<(), MachineError> {
        while self.is_mounted(target).await {
            self.machine.unmount(Path::new(target)).await?;
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl Identity for Plugin {
    async fn get_plugin_info(&self, _: Request<csi::GetPluginInfoRequest>) -> Result<Response<csi::GetPluginInfoResponse>, Status> {
        Ok(Response::new(csi::GetPluginInfoResponse { name: DRIVER.to_owned(), ..Default::default() }))
    }

    async fn get_plugin_capabilities(
        &self,
        _: Request<csi::GetPluginCapabilitiesRequest>,
    ) -> Result<Response<csi::GetPluginCapabilitiesResponse>, Status> {
        Ok(Response::new(csi::GetPluginCapabilitiesResponse::default()))
    }

    async fn probe(&self, _: Request<csi::ProbeRequest>) -> Result<Response<csi::ProbeResponse>, Status> {
        Ok(Response::new(csi::ProbeResponse::default()))
    }
}

#[tonic::async_trait]
impl Node for Plugin {
    async fn node_stage_volume(
        &self,
        request: Request<csi::NodeStageVolumeRequest>,
    ) -> Result<Response<csi::NodeStageVolumeResponse>, Status> {
        self.script.next("NodeStageVolume")?;
        let request = request.into_inner();
        self.script.tell_group(request.volume_capability.as_ref());
        let block = matches!(
            request.volume_capability.and_then(|capability| capability.access_type),
            Some(csi::volume_capability::AccessType::Block(_))
        );
        if !block {
            self.stage(&request.staging_target_path).await.map_err(|error| internal(&error))?;
        }
        Ok(Response::new(csi::NodeStageVolumeResponse {}))
    }

    async fn node_unstage_volume(
        &self,
        request: Request<csi::NodeUnstageVolumeRequest>,
    ) -> Result<Response<csi::NodeUnstageVolumeResponse>, Status> {
        self.script.next("NodeUnstageVolume")?;
        self.take_away(&request.into_inner().staging_target_path).await.map_err(|error| internal(&error))?;
        Ok(Response::new(csi::NodeUnstageVolumeResponse {}))
    }

    async fn node_publish_volume(
        &self,
        request: Request<csi::NodePublishVolumeRequest>,
    ) -> Result<Response<csi::NodePublishVolumeResponse>, Status> {
        self.script.next("NodePublishVolume")?;
        self.script.tell_group(request.get_ref().volume_capability.as_ref());
        self.publish(request.get_ref()).await.map_err(|error| internal(&error))?;
        Ok(Response::new(csi::NodePublishVolumeResponse {}))
    }

    async fn node_unpublish_volume(
        &self,
        request: Request<csi::NodeUnpublishVolumeRequest>,
    ) -> Result<Response<csi::NodeUnpublishVolumeResponse>, Status> {
        self.script.next("NodeUnpublishVolume")?;
        let target = request.into_inner().target_path;
        self.take_away(&target).await.map_err(|error| internal(&error))?;
        self.machine.remove(Path::new(&target)).await.map_err(|error| internal(&error))?;
        Ok(Response::new(csi::NodeUnpublishVolumeResponse {}))
    }

    async fn node_get_volume_stats(
        &self,
        _: Request<csi::NodeGetVolumeStatsRequest>,
    ) -> Result<Response<csi::NodeGetVolumeStatsResponse>, Status> {
        Err(Status::unimplemented("not by this plugin"))
    }

    async fn node_expand_volume(
        &self,
        request: Request<csi::NodeExpandVolumeRequest>,
    ) -> Result<Response<csi::NodeExpandVolumeResponse>, Status> {
        self.script.next("NodeExpandVolume")?;
        let request = request.into_inner();
        self.grow(&request.volume_path).await.map_err(|error| internal(&error))?;
        Ok(Response::new(csi::NodeExpandVolumeResponse { capacity_bytes: 0 }))
    }

    async fn node_get_capabilities(
        &self,
        _: Request<csi::NodeGetCapabilitiesRequest>,
    ) -> Result<Response<csi::NodeGetCapabilitiesResponse>, Status> {
        use csi::node_service_capability::{Rpc, Type, rpc};
        let one = |kind: rpc::Type| csi::NodeServiceCapability { r#type: Some(Type::Rpc(Rpc { r#type: kind.into() })) };
        let group = Some(rpc::Type::VolumeMountGroup).filter(|_| self.script.1.lock().unwrap().mounts);
        let capabilities = [rpc::Type::StageUnstageVolume, rpc::Type::ExpandVolume].into_iter().chain(group).map(one).collect();
        Ok(Response::new(csi::NodeGetCapabilitiesResponse { capabilities }))
    }

    async fn node_get_info(&self, _: Request<csi::NodeGetInfoRequest>) -> Result<Response<csi::NodeGetInfoResponse>, Status> {
        self.script.next("NodeGetInfo")?;
        let segments = [("topology.csi.vmware.com/zone".to_owned(), "zone-a".to_owned())].into();
        Ok(Response::new(csi::NodeGetInfoResponse {
            node_id: "node-uuid".to_owned(),
            max_volumes_per_node: 59,
            accessible_topology: Some(csi::Topology { segments }),
        }))
    }
}
