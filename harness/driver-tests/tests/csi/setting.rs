//! The controller between vCenters and an API server, and who calls it.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::Duration;

use csi_api::v1;
use csi_api::v1::controller_client::ControllerClient;
use csi_api::v1::volume_capability::access_mode::Mode;
use csi_api::v1::volume_capability::{AccessMode, AccessType, MountVolume};
use csi_api::v1::{CapacityRange, VolumeCapability};
use driver_host::GrpcClient;
use fake_vcenter_world::{
    CategoryConfig, ClusterConfig, DatacenterConfig, DatastoreConfig, Release, TagConfig, TagTarget, TagsConfig, TaskFault, UserConfig,
    VmConfig, VolumeFacts, WorldConfig,
};
use seatrial_driver_tests::{FakeVCenter, World, pass};
use tonic::Status;
use vsphere_csi::{Behaviours, ControllerOptions, start_controller};
use vsphere_types::{Fault, Method, Object};

const PROCESS: &str = "csi-controller";
const SOCKET: &str = "csi-controller:/csi/csi.sock";
const NAMESPACE: &str = "vmware-system-csi";
const CONFIG: &str = "/etc/cloud/csi-vsphere.conf";
const USER: &str = "csi@vsphere.local";

/// The BIOS uuid of the machine `worker-1`.
pub const NODE: &str = "4216511d-2233-4455-6677-8899aabbccdd";
/// The BIOS uuid of the machine `worker-2`.
pub const OTHER: &str = "4216511d-0000-4455-6677-8899aabbccdd";

/// The world, and the vCenters in it.
pub struct Setting {
    /// The world.
    pub world: World,
    /// The vCenters, in the order of the configuration.
    pub vcenters: Vec<FakeVCenter>,
}

/// A vCenter in a zone of region `west`: clusters `prod` and `edge` of one host each, a datastore `store-1` that both mount and
/// `store-77` that `edge` alone mounts.
pub fn vcenter(name: &str, zone: &str) -> WorldConfig {
    let mut config = WorldConfig::new(name, Release::V8_0U3);
    config.users.push(UserConfig::administrator(USER, "secret"));
    let tag = |category: &str, name: &str, on: Vec<TagTarget>| TagConfig::new(category, name, on);
    config.tags = TagsConfig {
        categories: ["k8s-zone", "k8s-region", "class"].map(CategoryConfig::multiple).into(),
        tags: vec![
            tag("k8s-region", "west", vec![TagTarget::Datacenter("dc-1".into())]),
            tag("k8s-zone", zone, vec![TagTarget::Cluster("prod".into()), TagTarget::Cluster("edge".into())]),
        ],
    };
    config.inventory.datacenters.push(DatacenterConfig {
        name: "dc-1".to_owned(),
        clusters: vec![ClusterConfig::new("prod", 1, &["store-1"]), ClusterConfig::new("edge", 1, &["store-1", "store-77"])],
        datastores: ["store-1", "store-77"].map(|name| DatastoreConfig::vsan(name, 1024)).into(),
        networks: vec!["VM Network".to_owned()],
        vms: Vec::new(),
    });
    config
}

/// A machine in a cluster.
pub fn machine(name: &str, uuid: &str, cluster: &str) -> VmConfig {
    let number = name.bytes().last().map_or(1, |last| usize::from(last - b'0'));
    VmConfig { bios_uuid: Some(uuid.to_owned()), cluster: Some(cluster.to_owned()), ..VmConfig::node(name, number) }
}

/// The one vCenter of a cluster without zones, with both machines.
pub fn alone() -> WorldConfig {
    let mut config = vcenter("vc-a", "zone-a");
    config.inventory.datacenters[0].vms = vec![machine("worker-1", NODE, "prod"), machine("worker-2", OTHER, "prod")];
    config
}

/// Two vCenters whose managed object ids are the same; a machine in each.
pub fn two() -> Vec<WorldConfig> {
    let (mut first, mut second) = (vcenter("vc-a", "zone-a"), vcenter("vc-b", "zone-b"));
    first.inventory.datacenters[0].vms = vec![machine("worker-1", NODE, "prod")];
    second.inventory.datacenters[0].vms = vec![machine("worker-2", OTHER, "prod")];
    vec![first, second]
}

/// A request for a volume that one node at a time writes to.
pub fn creation() -> v1::CreateVolumeRequest {
    v1::CreateVolumeRequest {
        name: "pvc-1b4e28ba-2fa1-41d2-883f-0016d3cca427".into(),
        capacity_range: Some(CapacityRange { required_bytes: 1 << 30, limit_bytes: 0 }),
        volume_capabilities: vec![capability(Mode::SingleNodeWriter)],
        ..Default::default()
    }
}

/// A file system that is accessed so.
pub fn capability(mode: Mode) -> VolumeCapability {
    let mount = MountVolume { fs_type: "ext4".into(), ..MountVolume::default() };
    VolumeCapability { access_type: Some(AccessType::Mount(mount)), access_mode: Some(AccessMode { mode: mode.into() }) }
}

/// The segments of a zone.
pub fn segments(zone: &str) -> BTreeMap<String, String> {
    [("region", "west"), ("zone", zone)].map(|(key, value)| (format!("topology.kubernetes.io/{key}"), value.to_owned())).into()
}

/// A request for a volume in one of these zones, the first preferred.
pub fn within(zones: &[&str]) -> v1::CreateVolumeRequest {
    let preferred: Vec<v1::Topology> = zones.iter().map(|zone| v1::Topology { segments: segments(zone) }).collect();
    let requirement = v1::TopologyRequirement { requisite: preferred.clone(), preferred };
    v1::CreateVolumeRequest { accessibility_requirements: Some(requirement), ..creation() }
}

/// A fault of this type.
pub fn fault(name: &'static str) -> Fault {
    Fault { object: Object::new(name), message: format!("A fault of type {name} was injected.") }
}

impl Setting {
    /// Does `body` in a world of these vCenters; the controller is told of zones or not.
    pub fn begin<F: Future>(configs: Vec<WorldConfig>, zones: bool, body: impl FnOnce(Self) -> F) -> F::Output {
        World::begin(|world| {
            let mut text = "[Global]\ncluster-id = \"test\"\n".to_owned();
            for config in &configs {
                text += &format!("\n[VirtualCenter \"{}\"]\nuser = \"{USER}\"\npassword = \"secret\"\n", config.name);
                text += "port = \"443\"\ninsecure-flag = \"true\"\ndatacenters = \"dc-1\"\n";
            }
            if zones {
                text += "\n[Labels]\nregion = \"k8s-region\"\nzone = \"k8s-zone\"\n";
            }
            world.files.write(CONFIG, text);
            let vcenters = configs.into_iter().map(|config| world.vcenter(config)).collect();
            body(Self { world, vcenters })
        })
    }

    /// One vCenter without zones, and a controller with these behaviours that is up.
    pub fn alone<F: Future>(behaviours: Behaviours, body: impl FnOnce(Self) -> F) -> F::Output {
        Self::begin(vec![alone()], false, |setting| async move {
            setting.start(behaviours).await;
            body(setting).await
        })
    }

    /// Two vCenters with a zone each, and a controller with these behaviours that is up.
    pub fn two<F: Future>(behaviours: Behaviours, body: impl FnOnce(Self) -> F) -> F::Output {
        Self::begin(two(), true, |setting| async move {
            setting.start(behaviours).await;
            body(setting).await
        })
    }

    /// Starts the controller; a second start is a restart. What it does at its start is done when this returns.
    pub async fn start(&self, behaviours: Behaviours) {
        if self.world.cluster.find_namespace(NAMESPACE).await.is_none() {
            self.world.cluster.namespace(NAMESPACE).await;
        }
        let options = ControllerOptions {
            config_path: CONFIG.into(),
            environment: vsphere_csi::Environment::default(),
            endpoint: "unix:///csi/csi.sock".to_owned(),
            behaviours,
            namespace: NAMESPACE.to_owned(),
        };
        start_controller(self.world.host(PROCESS), options).await.unwrap();
        pass(2).await;
        self.world.forget();
    }

    /// The first vCenter.
    pub fn a(&self) -> &FakeVCenter {
        &self.vcenters[0]
    }

    /// The second vCenter.
    pub fn b(&self) -> &FakeVCenter {
        &self.vcenters[1]
    }

    /// A vCenter goes out of the controller's reach, or comes back into it.
    pub fn down(&self, vcenter: &FakeVCenter, down: bool) {
        vcenter.reachable_by(PROCESS, !down);
    }

    /// How many calls of a method the controller has sent to a vCenter.
    pub fn sent(&self, vcenter: &str, method: &str) -> usize {
        let calls = self.world.calls(PROCESS);
        calls.iter().filter(|call| call.to.starts_with(vcenter) && call.method == method).count()
    }

    /// What the controller has called since it was last looked, each method once, with how often.
    pub fn asked(&self) -> String {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for call in self.world.calls(PROCESS) {
            let server = if call.to.starts_with("vc-") { "" } else { "kubernetes: " };
            *counts.entry(format!("{server}{}", call.method)).or_default() += 1;
        }
        self.world.forget();
        let line = |(call, count): (String, usize)| if count == 1 { call } else { format!("{count} x {call}") };
        counts.into_iter().map(line).collect::<Vec<_>>().join(", ")
    }

    /// The records that the driver keeps.
    pub async fn records(&self) -> Vec<serde_json::Value> {
        self.world.cluster.operation_records(NAMESPACE).await
    }

    /// A volume as it is in truth.
    pub fn volume(&self, id: &str) -> VolumeFacts {
        let of = |vcenter: &FakeVCenter| vcenter.look(fake_vcenter_world::World::volumes).into_iter().find(|volume| volume.id == id);
        self.vcenters.iter().find_map(of).unwrap_or_else(|| panic!("there is no volume {id}"))
    }

    fn client(&self) -> ControllerClient<GrpcClient> {
        ControllerClient::new(GrpcClient::new(self.world.connect(SOCKET)))
    }

    /// Asks for a volume.
    pub async fn create(&self, request: v1::CreateVolumeRequest) -> Result<v1::Volume, Status> {
        Ok(self.client().create_volume(request).await?.into_inner().volume.expect("success has a volume"))
    }

    /// Asks for a volume, and gives the driver only so long.
    pub async fn create_within(&self, limit: Duration) -> Result<(), Status> {
        let mut request = tonic::Request::new(creation());
        request.set_timeout(limit);
        self.client().create_volume(request).await.map(drop)
    }

    /// Asks for a volume to be deleted.
    pub async fn delete(&self, volume_id: &str) -> Result<(), Status> {
        let request = v1::DeleteVolumeRequest { volume_id: volume_id.into(), ..Default::default() };
        self.client().delete_volume(request).await.map(drop)
    }

    /// Asks for a snapshot.
    pub async fn snapshot(&self, volume_id: &str, name: &str) -> Result<v1::Snapshot, Status> {
        self.snapshot_within(volume_id, name, Duration::from_secs(300)).await
    }

    /// Asks for a snapshot, and gives the driver only so long.
    pub async fn snapshot_within(&self, volume_id: &str, name: &str, limit: Duration) -> Result<v1::Snapshot, Status> {
        let request = v1::CreateSnapshotRequest { source_volume_id: volume_id.into(), name: name.into(), ..Default::default() };
        let mut request = tonic::Request::new(request);
        request.set_timeout(limit);
        Ok(self.client().create_snapshot(request).await?.into_inner().snapshot.expect("success has a snapshot"))
    }

    /// Asks for a snapshot to be deleted.
    pub async fn delete_snapshot(&self, snapshot_id: &str) -> Result<(), Status> {
        let request = v1::DeleteSnapshotRequest { snapshot_id: snapshot_id.into(), ..Default::default() };
        self.client().delete_snapshot(request).await.map(drop)
    }

    /// Lists snapshots: their ids, and the next page's token.
    pub async fn list(&self, request: v1::ListSnapshotsRequest) -> Result<(BTreeSet<String>, String), Status> {
        let answer = self.client().list_snapshots(request).await?.into_inner();
        let ids = answer.entries.into_iter().filter_map(|entry| Some(entry.snapshot?.snapshot_id));
        Ok((ids.collect(), answer.next_token))
    }

    /// Lists volumes: their ids and the nodes that they are on, and the next page's token.
    pub async fn list_volumes(&self, request: v1::ListVolumesRequest) -> Result<(Vec<(String, Vec<String>)>, String), Status> {
        let answer = self.client().list_volumes(request).await?.into_inner();
        let told = |entry: v1::list_volumes_response::Entry| Some((entry.volume?.volume_id, entry.status?.published_node_ids));
        Ok((answer.entries.into_iter().filter_map(told).collect(), answer.next_token))
    }

    /// Asks for a volume on a node.
    pub async fn publish(&self, volume_id: &str, node_id: &str) -> Result<BTreeMap<String, String>, Status> {
        self.publish_with(volume_id, node_id, &[]).await
    }

    /// Publishes a volume whose context says this.
    pub async fn publish_with(&self, volume_id: &str, node_id: &str, says: &[(&str, &str)]) -> Result<BTreeMap<String, String>, Status> {
        let request = v1::ControllerPublishVolumeRequest {
            volume_id: volume_id.into(),
            node_id: node_id.into(),
            volume_capability: Some(capability(Mode::SingleNodeWriter)),
            volume_context: says.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..Default::default()
        };
        Ok(self.client().controller_publish_volume(request).await?.into_inner().publish_context)
    }

    /// Asks for a volume off a node.
    pub async fn unpublish(&self, volume_id: &str, node_id: &str) -> Result<(), Status> {
        let request = v1::ControllerUnpublishVolumeRequest { volume_id: volume_id.into(), node_id: node_id.into(), ..Default::default() };
        self.client().controller_unpublish_volume(request).await.map(drop)
    }

    /// Asks for a volume to be changed.
    pub async fn modify(&self, volume_id: &str, key: &str, value: &str) -> Result<(), Status> {
        let mutable_parameters = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        let request = v1::ControllerModifyVolumeRequest { volume_id: volume_id.into(), mutable_parameters, ..Default::default() };
        self.client().controller_modify_volume(request).await.map(drop)
    }

    /// Asks for a volume to be so many MiB large; answers how many it has then, and whether its node has something to do.
    pub async fn expand(&self, volume_id: &str, mebibytes: i64, limit: i64) -> Result<(i64, bool), Status> {
        let range = CapacityRange { required_bytes: mebibytes << 20, limit_bytes: limit << 20 };
        let request = v1::ControllerExpandVolumeRequest {
            volume_id: volume_id.into(),
            capacity_range: Some(range),
            volume_capability: Some(capability(Mode::SingleNodeWriter)),
            ..Default::default()
        };
        let answer = self.client().controller_expand_volume(request).await?.into_inner();
        Ok((answer.capacity_bytes >> 20, answer.node_expansion_required))
    }

    /// A volume that is attached to `worker-1`; its id.
    pub async fn attached(&self) -> String {
        let id = self.create(creation()).await.expect("created").volume_id;
        self.publish(&id, NODE).await.expect("attached");
        id
    }

    /// The next task that this method starts ends with a fault, and without effect.
    pub fn fails_next(&self, method: Method, fault: Fault) {
        self.a().act(|world, _| {
            world.fail_next_tasks(TaskFault { method, fault, times: 1, after_effect: false });
            Ok(())
        });
    }

    /// The next task that this method starts has its effect, and ends with a fault all the same.
    pub fn fails_next_after_effect(&self, method: Method, fault: Fault) {
        self.a().act(|world, _| {
            world.fail_next_tasks(TaskFault { method, fault, times: 1, after_effect: true });
            Ok(())
        });
    }

    /// The volumes that a machine has in truth.
    pub fn disks(&self, machine: &str) -> Vec<String> {
        let of = |vcenter: &FakeVCenter| vcenter.look(|world| world.guest_disks(machine));
        self.vcenters.iter().flat_map(of).map(|disk| disk.volume).collect()
    }
}
