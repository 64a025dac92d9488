//! A cluster of one API server, one node, one scripted plugin; the test plays scheduler, attach/detach controller
//! and attacher.

#![expect(clippy::unwrap_used, reason = "a test ends where its bench breaks")]

pub mod plugin;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use seatrial_journal::{Border, Event, MemorySink};
use seatrial_kubernetes::api::ApiServer;
use seatrial_kubernetes::client::{API_SERVER, client_of};
use seatrial_node::{CsiPlugin, Disks, GuestDisk, Hardware, Kubelet, KubeletConfig, SimulatedMachine, wwn_of};
use seatrial_wires::Network;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub use plugin::{DRIVER, Script};

pub const DISK: &str = "6000C29a-aaaa-bbbb-cccc-0123456789ab";
pub const NODE: &str = "worker-1";
const HANDLE: &str = "volume-1";

/// Hardware with one disk of so many bytes.
pub struct OneDisk(Mutex<u64>);

impl Hardware for OneDisk {
    fn disks(&self) -> Vec<GuestDisk> {
        vec![GuestDisk { disk_uuid: DISK.to_owned(), capacity_bytes: *self.0.lock().unwrap() }]
    }
}

pub struct Cluster {
    pub network: Network,
    pub sink: MemorySink,
    pub machine: Arc<SimulatedMachine>,
    pub disks: Arc<Disks>,
    pub script: Script,
    pub client: kube::Client,
    hardware: Arc<OneDisk>,
}

impl Cluster {
    /// The API server and the machine; neither kubelet nor plugin run.
    pub async fn new(network: Network) -> Self {
        let sink = MemorySink::default();
        network.journal().add_sink(sink.clone());
        let server = ApiServer::new(network.clock(), network.seed(), network.journal().clone());
        let process = network.process("kube-apiserver");
        process.listen(API_SERVER, Border::Kubernetes, server.service(), ApiServer::describe());
        let disks = Disks::new(network.journal().clone());
        let hardware = Arc::new(OneDisk(Mutex::new(1 << 30)));
        let machine = SimulatedMachine::new(
            NODE,
            "42168f4e-3f0d-66c3-a2b1-00112233aabb",
            Arc::clone(&hardware) as Arc<dyn Hardware>,
            Arc::clone(&disks),
            network.journal().clone(),
        );
        let client = client_of(&network.process("test"));
        Self { network, sink, machine, disks, script: Script::default(), client, hardware }
    }

    /// Like [`Cluster::new`], with plugin and kubelet, a claim bound to a volume of this mode, and the node ready.
    pub async fn ready(network: Network, volume_mode: &str) -> (Self, Kubelet) {
        let cluster = Self::new(network).await;
        cluster.start_plugin().await;
        let kubelet = cluster.start_kubelet();
        cluster.make_volume(volume_mode).await;
        cluster.until("the node is ready", |node: &Node| condition_of(node, "Ready") == Some("True".to_owned()), NODE).await;
        cluster.attach().await;
        (cluster, kubelet)
    }

    pub async fn start_plugin(&self) {
        plugin::start(&self.network, &self.machine, &wwn_of(DISK), &self.script).await;
    }

    pub fn start_kubelet(&self) -> Kubelet {
        let mut config = KubeletConfig::new(Arc::clone(&self.machine), "192.0.2.11");
        config.csi = vec![CsiPlugin { driver: DRIVER.to_owned(), address: format!("csi-node/{NODE}:/csi/csi.sock") }];
        Kubelet::start(&self.network.process(&format!("kubelet/{NODE}")), config)
    }

    /// Waits until the node is ready.
    pub async fn until_ready(&self) {
        self.until("the node is ready", |node: &Node| condition_of(node, "Ready") == Some("True".to_owned()), NODE).await;
    }

    /// A volume and a claim that are bound to each other.
    async fn make_volume(&self, volume_mode: &str) {
        self.make_volume_of(volume_mode, Some("ext4")).await;
    }

    /// The same of a volume that says this file system.
    pub async fn make_volume_of(&self, volume_mode: &str, fs_type: Option<&str>) {
        let claim = json!({"metadata": {"name": "data", "namespace": "default"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "volumeName": "pv-1", "volumeMode": volume_mode,
                "storageClassName": ""}});
        let claims: Api<PersistentVolumeClaim> = Api::default_namespaced(self.client.clone());
        let created = claims.create(&PostParams::default(), &serde_json::from_value(claim).unwrap()).await.unwrap();
        let volume = json!({"metadata": {"name": "pv-1"},
            "spec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "volumeMode": volume_mode,
                "claimRef": {"namespace": "default", "name": "data", "uid": created.metadata.uid},
                "csi": {"driver": DRIVER, "volumeHandle": HANDLE, "fsType": fs_type}}});
        let volumes: Api<PersistentVolume> = Api::all(self.client.clone());
        volumes.create(&PostParams::default(), &serde_json::from_value(volume).unwrap()).await.unwrap();
        let bound = Patch::Merge(json!({"status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}}));
        claims.patch_status("data", &PatchParams::default(), &bound).await.unwrap();
    }

    /// What vCenter and resizer do when the claim grows to two GiB.
    pub async fn grow(&self) {
        *self.hardware.0.lock().unwrap() = 2 << 30;
        let volumes: Api<PersistentVolume> = Api::all(self.client.clone());
        let capacity = Patch::Merge(json!({"spec": {"capacity": {"storage": "2Gi"}}}));
        volumes.patch("pv-1", &PatchParams::default(), &capacity).await.unwrap();
        let status = json!({"allocatedResources": {"storage": "2Gi"}, "allocatedResourceStatuses": {"storage": "NodeResizePending"},
            "capacity": {"storage": "1Gi"},
            "conditions": [{"type": "FileSystemResizePending", "status": "True"}, {"type": "ModifyingVolume", "status": "True"}]});
        self.claims().patch_status("data", &PatchParams::default(), &Patch::Merge(json!({"status": status}))).await.unwrap();
    }

    pub fn claims(&self) -> Api<PersistentVolumeClaim> {
        Api::default_namespaced(self.client.clone())
    }

    /// The claim's capacity, how far its growth has come, and its conditions.
    pub async fn growth(&self) -> Value {
        let claim = serde_json::to_value(self.claims().get("data").await.unwrap()).unwrap();
        let conditions = claim["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let types: Vec<Value> = conditions.iter().map(|condition| condition["type"].clone()).collect();
        json!([claim["status"]["capacity"]["storage"], claim["status"]["allocatedResourceStatuses"]["storage"], types])
    }

    /// Messages of the events of this reason.
    pub async fn events(&self, reason: &str) -> Vec<String> {
        let events: Api<k8s_openapi::api::core::v1::Event> = Api::default_namespaced(self.client.clone());
        let all = events.list(&kube::api::ListParams::default()).await.unwrap().items;
        all.into_iter().filter(|event| event.reason.as_deref() == Some(reason)).filter_map(|event| event.message).collect()
    }

    /// What attach/detach controller and attacher would write.
    pub async fn attach(&self) {
        let hash = Sha256::digest(format!("{HANDLE}{DRIVER}{NODE}"));
        let name = format!("csi-{}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let attachment = json!({"metadata": {"name": name}, "spec": {"attacher": DRIVER, "nodeName": NODE,
            "source": {"persistentVolumeName": "pv-1"}}});
        let attachments: Api<VolumeAttachment> = Api::all(self.client.clone());
        attachments.create(&PostParams::default(), &serde_json::from_value(attachment).unwrap()).await.unwrap();
        let attached = Patch::Merge(json!({"status": {"attached": true, "attachmentMetadata": {"diskUUID": DISK}}}));
        attachments.patch_status(&name, &PatchParams::default(), &attached).await.unwrap();
        self.list_as_attached(true).await;
    }

    /// Writes or clears what the node's status lists as attached.
    pub async fn list_as_attached(&self, attached: bool) {
        let volume = json!({"name": format!("kubernetes.io/csi/{DRIVER}^{HANDLE}"), "devicePath": ""});
        let listed = json!({"status": {"volumesAttached": if attached { json!([volume]) } else { Value::Null }}});
        let nodes: Api<Node> = Api::all(self.client.clone());
        nodes.patch_status(NODE, &PatchParams::default(), &Patch::Strategic(listed)).await.unwrap();
    }

    /// A pod on the node that uses the claim.
    pub async fn make_pod(&self, name: &str, use_of_volume: Value) {
        let mut container = json!({"name": "main", "image": "app"});
        for (key, value) in use_of_volume.as_object().unwrap() {
            container[key] = value.clone();
        }
        let pod = json!({"metadata": {"name": name, "namespace": "default"},
            "spec": {"nodeName": NODE, "containers": [container],
                "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}});
        self.pods().create(&PostParams::default(), &serde_json::from_value(pod).unwrap()).await.unwrap();
    }

    /// A pod that says what its program does.
    pub async fn make_program(&self, name: &str, policy: &str, annotations: Value) {
        let pod = json!({"metadata": {"name": name, "namespace": "default", "annotations": annotations},
            "spec": {"nodeName": NODE, "restartPolicy": policy,
                "containers": [{"name": "main", "image": "app", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
                "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}});
        self.pods().create(&PostParams::default(), &serde_json::from_value(pod).unwrap()).await.unwrap();
    }

    pub async fn make_file_pod(&self, name: &str) {
        self.make_pod(name, json!({"volumeMounts": [{"name": "data", "mountPath": "/data"}]})).await;
    }

    pub fn pods(&self) -> Api<Pod> {
        Api::default_namespaced(self.client.clone())
    }

    pub async fn until_running(&self, name: &str) {
        self.until("the pod runs", |pod: &Pod| phase_of(pod) == "Running", name).await;
    }

    pub async fn delete_pod(&self, name: &str, grace_seconds: u32) {
        let parameters = DeleteParams { grace_period_seconds: Some(grace_seconds), ..DeleteParams::default() };
        self.pods().delete(name, &parameters).await.unwrap();
    }

    pub async fn until_gone(&self, name: &str) {
        for _ in 0..600 {
            if self.pods().get_opt(name).await.unwrap().is_none() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{name} is still there\n{}", self.tail());
    }

    /// Waits up to ten minutes until the named object satisfies `holds`.
    pub async fn until<K>(&self, what: &str, holds: impl Fn(&K) -> bool, name: &str)
    where
        K: kube::Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
        Self: Scoped<K>,
    {
        let api = <Self as Scoped<K>>::api(self);
        for _ in 0..6000 {
            if api.get_opt(name).await.unwrap().is_some_and(|object| holds(&object)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("not within ten minutes: {what}\n{}", self.tail());
    }

    /// Waits until there was a call of this method.
    pub async fn until_called(&self, method: &str, times: usize) {
        for _ in 0..6000 {
            if self.calls().iter().filter(|call| call.split(' ').next() == Some(method)).count() >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("not called {times} times: {method}\n{}", self.tail());
    }

    /// What kubelet called, in order: CSI calls about volumes, writes to the Node's volumesInUse, deletions of pods.
    pub fn calls(&self) -> Vec<String> {
        let mut calls = Vec::new();
        for entry in self.sink.entries() {
            match entry.event {
                Event::Sent(call) if call.from.starts_with("kubelet/") => {
                    let csi = call.border == Border::Csi && call.method.ends_with("Volume");
                    if csi || call.method == "delete pods" {
                        calls.push(call.method);
                    }
                }
                Event::Change(change) if change.object == format!("nodes/{NODE}") => match change.patch.pointer("/status/volumesInUse") {
                    Some(Value::Array(_)) => calls.push("in use".to_owned()),
                    Some(Value::Null) => calls.push("not in use".to_owned()),
                    _ => {}
                },
                _ => {}
            }
        }
        calls
    }

    /// Instants, in milliseconds, at which kubelet called this method.
    pub fn times_of(&self, method: &str) -> Vec<u64> {
        let sent = |event: &Event| matches!(event, Event::Sent(call) if call.method == method && call.from.starts_with("kubelet/"));
        self.sink.entries().iter().filter(|entry| sent(&entry.event)).map(|entry| entry.at.0 / 1000).collect()
    }

    pub fn tail(&self) -> String {
        let entries = self.sink.entries();
        let lines = entries.iter().rev().take(60).rev().map(|entry| serde_json::to_string(entry).unwrap());
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Where objects of a kind are found.
pub trait Scoped<K> {
    fn api(&self) -> Api<K>;
}

impl Scoped<Node> for Cluster {
    fn api(&self) -> Api<Node> {
        Api::all(self.client.clone())
    }
}

impl Scoped<Pod> for Cluster {
    fn api(&self) -> Api<Pod> {
        self.pods()
    }
}

pub fn phase_of(pod: &Pod) -> &str {
    pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

pub fn condition_of(node: &Node, type_: &str) -> Option<String> {
    let conditions = node.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|condition| condition.type_ == type_).map(|condition| condition.status.clone())
}
