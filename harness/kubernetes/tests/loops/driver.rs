//! A CSI driver that keeps volumes in memory and fails by script.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use csi_api::v1::controller_server::{Controller, ControllerServer};
use csi_api::v1::identity_server::{Identity, IdentityServer};
use csi_api::v1::*;
use driver_host::HttpService;
use http_body_util::BodyExt;
use seatrial_journal::{Answer, Border, Describe, Described, Flow};
use seatrial_wires::Network;
use serde_json::Value;
use tonic::{Code, Request, Response, Status};
use tower::ServiceExt;

pub const NAME: &str = "csi.vsphere.vmware.com";
pub const SOCKET: &str = "csi-controller:/csi/csi.sock";

#[derive(Default)]
struct Inner {
    script: BTreeMap<&'static str, VecDeque<Code>>,
    calls: Vec<String>,
    volumes: BTreeMap<String, String>,
    published: BTreeSet<(String, String)>,
    requests: Vec<CreateVolumeRequest>,
    modified: Vec<(String, BTreeMap<String, String>)>,
    /// The sizes that volumes were asked to have, in order.
    expanded: Vec<i64>,
    nodes_have_nothing_to_do: bool,
    /// Whether volumes are listed, with the nodes that they are published to.
    lists: bool,
    /// By name: the snapshot's id and its volume.
    snapshots: BTreeMap<String, (String, String)>,
    /// How the next snapshots are refused, without an effect.
    refusals: VecDeque<Code>,
}

#[derive(Clone, Default)]
pub struct Driver(Arc<Mutex<Inner>>);

impl Driver {
    /// Serves on a process of its own.
    pub fn start(&self, network: &Network) {
        let routes = tonic::service::Routes::new(IdentityServer::new(self.clone())).add_service(ControllerServer::new(self.clone()));
        let service = routes
            .prepare()
            .map_request(|request: http::Request<driver_host::Body>| request)
            .map_response(|response: http::Response<tonic::body::Body>| response.map(|body| body.map_err(Into::into).boxed_unsync()))
            .map_err(|never: std::convert::Infallible| match never {});
        network.process("csi-controller").listen(SOCKET, Border::Csi, HttpService::new(service), Arc::new(NameOnly));
    }

    /// The next calls of this RPC take effect, but answer these codes.
    pub fn fail(&self, rpc: &'static str, codes: &[Code]) {
        self.0.lock().unwrap().script.entry(rpc).or_default().extend(codes);
    }

    pub fn calls(&self, rpc: &str) -> usize {
        self.0.lock().unwrap().calls.iter().filter(|call| *call == rpc).count()
    }

    pub fn volumes(&self) -> usize {
        self.0.lock().unwrap().volumes.len()
    }

    pub fn published(&self) -> BTreeSet<(String, String)> {
        self.0.lock().unwrap().published.clone()
    }

    /// The snapshots that there are: names and volumes.
    pub fn snapshots(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap().snapshots.iter().map(|(name, (_, volume))| (name.clone(), volume.clone())).collect()
    }

    /// The next snapshots are refused, and not taken.
    pub fn refuse_snapshots(&self, codes: &[Code]) {
        self.0.lock().unwrap().refusals.extend(codes);
    }

    /// What was asked of which volume.
    pub fn modified(&self) -> Vec<(String, BTreeMap<String, String>)> {
        self.0.lock().unwrap().modified.clone()
    }

    /// The sizes that were asked for, in order.
    pub fn expanded(&self) -> Vec<i64> {
        self.0.lock().unwrap().expanded.clone()
    }

    /// From now on nothing is left to nodes when a volume has grown.
    pub fn leave_nothing_to_nodes(&self) {
        self.0.lock().unwrap().nodes_have_nothing_to_do = true;
    }

    /// Volumes are listed; to be said before a sidecar asks.
    pub fn list_published_nodes(&self) {
        self.0.lock().unwrap().lists = true;
    }

    /// Somebody takes a volume off its node.
    pub fn detach_by_hand(&self, volume: &str) {
        self.0.lock().unwrap().published.retain(|(known, _)| known != volume);
    }

    pub fn requests(&self) -> Vec<CreateVolumeRequest> {
        self.0.lock().unwrap().requests.clone()
    }

    fn step<T>(&self, rpc: &'static str, act: impl FnOnce(&mut Inner) -> T) -> Result<Response<T>, Status> {
        let mut inner = self.0.lock().unwrap();
        inner.calls.push(rpc.to_owned());
        let answer = act(&mut inner);
        match inner.script.get_mut(rpc).and_then(VecDeque::pop_front) {
            Some(code) => Err(Status::new(code, format!("scripted {rpc}"))),
            None => Ok(Response::new(answer)),
        }
    }
}

#[tonic::async_trait]
impl Identity for Driver {
    async fn get_plugin_info(&self, _: Request<GetPluginInfoRequest>) -> Result<Response<GetPluginInfoResponse>, Status> {
        Ok(Response::new(GetPluginInfoResponse { name: NAME.into(), vendor_version: "1".into(), ..Default::default() }))
    }

    async fn get_plugin_capabilities(
        &self,
        _: Request<GetPluginCapabilitiesRequest>,
    ) -> Result<Response<GetPluginCapabilitiesResponse>, Status> {
        use plugin_capability::service::Type;
        let one = |kind: Type| {
            let service = plugin_capability::Service { r#type: kind.into() };
            PluginCapability { r#type: Some(plugin_capability::Type::Service(service)) }
        };
        let capabilities = vec![one(Type::ControllerService), one(Type::VolumeAccessibilityConstraints)];
        Ok(Response::new(GetPluginCapabilitiesResponse { capabilities }))
    }

    async fn probe(&self, _: Request<ProbeRequest>) -> Result<Response<ProbeResponse>, Status> {
        Ok(Response::new(ProbeResponse { ready: Some(true) }))
    }
}

type Answered<T> = Result<Response<T>, Status>;

fn unserved<T>() -> Answered<T> {
    Err(Status::unimplemented("not scripted"))
}

#[tonic::async_trait]
impl Controller for Driver {
    async fn create_volume(&self, request: Request<CreateVolumeRequest>) -> Answered<CreateVolumeResponse> {
        let request = request.into_inner();
        self.step("CreateVolume", |inner| {
            let next = format!("vol-{}", inner.volumes.len() + 1);
            let id = inner.volumes.entry(request.name.clone()).or_insert(next).clone();
            inner.requests.push(request.clone());
            let preferred = request.accessibility_requirements.and_then(|requirement| requirement.preferred.first().cloned());
            let volume = Volume {
                volume_id: id,
                capacity_bytes: request.capacity_range.map_or(0, |range| range.required_bytes),
                volume_context: BTreeMap::from([("type".to_owned(), "fake".to_owned())]),
                accessible_topology: preferred.into_iter().collect(),
                content_source: request.volume_content_source,
            };
            CreateVolumeResponse { volume: Some(volume) }
        })
    }

    async fn delete_volume(&self, request: Request<DeleteVolumeRequest>) -> Answered<DeleteVolumeResponse> {
        self.step("DeleteVolume", |inner| {
            inner.volumes.retain(|_, id| *id != request.get_ref().volume_id);
            DeleteVolumeResponse {}
        })
    }

    async fn controller_publish_volume(
        &self,
        request: Request<ControllerPublishVolumeRequest>,
    ) -> Answered<ControllerPublishVolumeResponse> {
        let request = request.into_inner();
        self.step("ControllerPublishVolume", |inner| {
            let context = BTreeMap::from([("disk".to_owned(), request.volume_id.clone())]);
            inner.published.insert((request.volume_id, request.node_id));
            ControllerPublishVolumeResponse { publish_context: context }
        })
    }

    async fn controller_unpublish_volume(
        &self,
        request: Request<ControllerUnpublishVolumeRequest>,
    ) -> Answered<ControllerUnpublishVolumeResponse> {
        let request = request.into_inner();
        self.step("ControllerUnpublishVolume", |inner| {
            inner.published.remove(&(request.volume_id, request.node_id));
            ControllerUnpublishVolumeResponse {}
        })
    }

    async fn controller_get_capabilities(
        &self,
        _: Request<ControllerGetCapabilitiesRequest>,
    ) -> Answered<ControllerGetCapabilitiesResponse> {
        use controller_service_capability::rpc::Type as Rpc;
        let one = |kind: Rpc| ControllerServiceCapability {
            r#type: Some(controller_service_capability::Type::Rpc(controller_service_capability::Rpc { r#type: kind.into() })),
        };
        let offered = [
            Rpc::CreateDeleteVolume,
            Rpc::PublishUnpublishVolume,
            Rpc::ModifyVolume,
            Rpc::ExpandVolume,
            Rpc::CreateDeleteSnapshot,
            Rpc::ListSnapshots,
        ];
        let lists = [Rpc::ListVolumes, Rpc::ListVolumesPublishedNodes].into_iter().filter(|_| self.0.lock().unwrap().lists);
        let capabilities = offered.into_iter().chain(lists).map(one).collect();
        Ok(Response::new(ControllerGetCapabilitiesResponse { capabilities }))
    }

    async fn validate_volume_capabilities(
        &self,
        _: Request<ValidateVolumeCapabilitiesRequest>,
    ) -> Answered<ValidateVolumeCapabilitiesResponse> {
        unserved()
    }

    /// One to a page.
    async fn list_volumes(&self, request: Request<ListVolumesRequest>) -> Answered<ListVolumesResponse> {
        self.step("ListVolumes", |inner| {
            let skipped = request.get_ref().starting_token.parse().unwrap_or(0);
            let entry = |volume: &String| {
                let nodes = inner.published.iter().filter(|(known, _)| known == volume).map(|(_, node)| node.clone());
                let status = list_volumes_response::VolumeStatus { published_node_ids: nodes.collect(), ..Default::default() };
                list_volumes_response::Entry {
                    volume: Some(Volume { volume_id: volume.clone(), ..Default::default() }),
                    status: Some(status),
                }
            };
            let entries: Vec<_> = inner.volumes.values().skip(skipped).take(1).map(entry).collect();
            let next = skipped + entries.len();
            let next_token = if next < inner.volumes.len() { next.to_string() } else { String::new() };
            ListVolumesResponse { entries, next_token }
        })
    }

    async fn get_capacity(&self, _: Request<GetCapacityRequest>) -> Answered<GetCapacityResponse> {
        unserved()
    }

    async fn create_snapshot(&self, request: Request<CreateSnapshotRequest>) -> Answered<CreateSnapshotResponse> {
        let request = request.into_inner();
        if let Some(code) = self.0.lock().unwrap().refusals.pop_front() {
            return Err(Status::new(code, "there is no room"));
        }
        self.step("CreateSnapshot", |inner| {
            let next = format!("snap-{}", inner.snapshots.len() + 1);
            let (id, volume) = inner.snapshots.entry(request.name).or_insert((next, request.source_volume_id)).clone();
            CreateSnapshotResponse { snapshot: Some(taken(id, volume)) }
        })
    }

    async fn delete_snapshot(&self, request: Request<DeleteSnapshotRequest>) -> Answered<DeleteSnapshotResponse> {
        self.step("DeleteSnapshot", |inner| {
            inner.snapshots.retain(|_, (id, _)| *id != request.get_ref().snapshot_id);
            DeleteSnapshotResponse {}
        })
    }

    async fn list_snapshots(&self, request: Request<ListSnapshotsRequest>) -> Answered<ListSnapshotsResponse> {
        self.step("ListSnapshots", |inner| {
            let found = inner.snapshots.values().filter(|(id, _)| *id == request.get_ref().snapshot_id);
            let entry =
                |(id, volume): &(String, String)| list_snapshots_response::Entry { snapshot: Some(taken(id.clone(), volume.clone())) };
            ListSnapshotsResponse { entries: found.map(entry).collect(), next_token: String::new() }
        })
    }

    async fn get_snapshot(&self, _: Request<GetSnapshotRequest>) -> Answered<GetSnapshotResponse> {
        unserved()
    }

    async fn controller_expand_volume(&self, request: Request<ControllerExpandVolumeRequest>) -> Answered<ControllerExpandVolumeResponse> {
        let bytes = request.into_inner().capacity_range.map_or(0, |range| range.required_bytes);
        self.step("ControllerExpandVolume", |inner| {
            inner.expanded.push(bytes);
            ControllerExpandVolumeResponse { capacity_bytes: bytes, node_expansion_required: !inner.nodes_have_nothing_to_do }
        })
    }

    async fn controller_get_volume(&self, _: Request<ControllerGetVolumeRequest>) -> Answered<ControllerGetVolumeResponse> {
        unserved()
    }

    async fn controller_modify_volume(&self, request: Request<ControllerModifyVolumeRequest>) -> Answered<ControllerModifyVolumeResponse> {
        let request = request.into_inner();
        self.step("ControllerModifyVolume", |inner| {
            inner.modified.push((request.volume_id, request.mutable_parameters));
            ControllerModifyVolumeResponse {}
        })
    }
}

fn taken(snapshot_id: String, source_volume_id: String) -> Snapshot {
    Snapshot { snapshot_id, source_volume_id, size_bytes: 1 << 30, ready_to_use: true, ..Snapshot::default() }
}

/// The RPC's name is all that these tests read.
struct NameOnly;

impl Describe for NameOnly {
    fn request(&self, head: &http::request::Parts, _: &[u8]) -> Described {
        let method = head.uri.path().rsplit('/').next().unwrap_or_default().to_owned();
        Described { method, target: None, flow: Flow::Unary, session: None, args: Value::Null }
    }

    fn answer(&self, _: &Described, head: &http::response::Parts, _: &[u8], _: Option<&http::HeaderMap>) -> Answer {
        Answer { status: head.status.as_u16(), error: None, result: Value::Null }
    }
}
