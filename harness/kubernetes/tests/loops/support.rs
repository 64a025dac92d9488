//! A cluster in virtual time, a kubelet that only pretends, and questions to the journal.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Event as KubernetesEvent, Node, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, Time};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Resource, ResourceExt};
use seatrial_journal::{Border, Change, Entry, Event, MemorySink};
use seatrial_kubernetes::api::ApiServer;
use seatrial_kubernetes::client::{API_SERVER, BackoffLimits, Cached, Informer, Next, WorkQueue, client_of, is_missing};
use seatrial_kubernetes::loops::{self, AttacherConfig, ProvisionerConfig, ResizerConfig, Rules, SnapshotterConfig, Timings};
use seatrial_wires::{Network, Process, virtual_run};
use serde_json::{Value, json};

use crate::driver::{Driver, NAME, SOCKET};

/// Everything but a kubelet.
pub struct Cluster {
    pub network: Network,
    pub client: kube::Client,
    pub journal: MemorySink,
    pub driver: Driver,
    server: Arc<ApiServer>,
}

/// Runs a test in virtual time.
pub fn run<F: Future<Output = ()>>(body: impl FnOnce(Cluster) -> F) {
    run_from(1, body);
}

/// Runs a test in virtual time, from a seed of its own.
pub fn run_from<F: Future<Output = T>, T>(seed: u64, body: impl FnOnce(Cluster) -> F) -> T {
    virtual_run(seed, |network| async move {
        let journal = MemorySink::default();
        network.journal().add_sink(journal.clone());
        let server = ApiServer::new(network.clock(), network.seed(), network.journal().clone());
        let client = client_of(&network.process("tester"));
        let cluster = Cluster { client, network, journal, driver: Driver::default(), server };
        cluster.start_api_server();
        body(cluster).await
    })
}

impl Cluster {
    /// Starts the driver and all loops.
    pub fn start_all(&self) {
        for name in ["csi-controller", "kube-controller-manager", "kube-scheduler", "csi-provisioner", "csi-attacher"] {
            self.start(name);
        }
    }

    /// Starts one of the processes of the control plane, or the driver.
    pub fn start(&self, name: &str) {
        match name {
            "kube-apiserver" => self.start_api_server(),
            "csi-controller" => self.driver.start(&self.network),
            "kube-controller-manager" => drop(self.start_controllers(Rules::default())),
            "kube-scheduler" => loops::start_scheduler(&self.network.process(name), Rules::default()),
            "csi-provisioner" => loops::start_provisioner(&self.network.process(name), ProvisionerConfig::new(SOCKET)),
            "csi-attacher" => loops::start_attacher(&self.network.process(name), AttacherConfig::new(SOCKET)),
            "csi-resizer" => loops::start_resizer(&self.network.process(name), ResizerConfig::new(SOCKET)),
            "csi-snapshotter" => loops::start_snapshotter(&self.network.process(name), SnapshotterConfig::new(SOCKET)),
            "snapshot-controller" => loops::start_snapshot_controller(&self.network.process(name), Rules::default()),
            other => panic!("{other} is not a process of this cluster"),
        }
    }

    /// Serves the cluster; what was stored is there again after a restart.
    pub fn start_api_server(&self) {
        let process = self.network.process("kube-apiserver");
        process.listen(API_SERVER, Border::Kubernetes, self.server.service(), ApiServer::describe());
    }

    pub fn start_controllers(&self, rules: Rules) -> Process {
        // Nodes of these tests have no kubelet that renews their leases.
        let patient = Timings { node_monitor_grace: Duration::from_secs(1_000_000), ..Timings::default() };
        self.start_controllers_with(rules, patient)
    }

    pub fn start_controllers_with(&self, rules: Rules, timings: Timings) -> Process {
        let process = self.network.process("kube-controller-manager");
        loops::start_controller_manager_with(&process, rules, timings);
        process
    }

    /// Renews the node's lease each ten seconds and keeps it ready, as long as the process lives.
    pub fn pretend_heartbeat(&self, node: &str) -> Process {
        let process = self.network.process(&format!("heart/{node}"));
        let (client, name, owner) = (client_of(&process), node.to_owned(), process.clone());
        process.spawn("heart", async move {
            let nodes: Api<Node> = Api::all(client.clone());
            let leases: Api<Lease> = Api::namespaced(client, "kube-node-lease");
            loop {
                let now = owner.clock().calendar();
                let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": {"renewTime": MicroTime(now)}});
                match leases.patch(&name, &PatchParams::default(), &Patch::Merge(&lease)).await {
                    Err(error) if is_missing(&error) => {
                        drop(leases.create(&PostParams::default(), &serde_json::from_value(lease).unwrap()).await);
                    }
                    _ => {}
                }
                let ready = |node: Node| condition_of(&node, "Ready").as_deref() == Some("True");
                if nodes.get_opt(&name).await.is_ok_and(|node| node.is_some_and(|node| !ready(node))) {
                    let well = json!({"status": {"conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": Time(now)}]}});
                    drop(nodes.patch_status(&name, &PatchParams::default(), &Patch::Strategic(well)).await);
                }
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        });
        process
    }

    pub async fn create<K>(&self, object: Value) -> K
    where
        K: Cached + serde::Serialize + Resource<Scope = k8s_openapi::ClusterResourceScope>,
    {
        let object: K = serde_json::from_value(object).unwrap();
        Api::<K>::all(self.client.clone()).create(&PostParams::default(), &object).await.unwrap()
    }

    pub async fn create_in<K>(&self, object: Value) -> K
    where
        K: Cached + serde::Serialize + Resource<Scope = k8s_openapi::NamespaceResourceScope>,
    {
        let object: K = serde_json::from_value(object).unwrap();
        self.api::<K>().create(&PostParams::default(), &object).await.unwrap()
    }

    pub fn api<K>(&self) -> Api<K>
    where
        K: Cached + Resource<Scope = k8s_openapi::NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), "default")
    }

    pub fn global<K: Cached>(&self) -> Api<K> {
        Api::all(self.client.clone())
    }

    /// A node that is ready, with the driver registered on it.
    pub async fn node(&self, name: &str) {
        self.create::<Node>(json!({
            "metadata": {"name": name, "labels": {"topology.csi/zone": format!("zone-of-{name}")},
                "annotations": {"volumes.kubernetes.io/controller-managed-attach-detach": "true"}},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]},
        }))
        .await;
        self.create::<k8s_openapi::api::storage::v1::CSINode>(json!({
            "metadata": {"name": name},
            "spec": {"drivers": [{"name": NAME, "nodeID": format!("id-of-{name}"), "topologyKeys": ["topology.csi/zone"]}]},
        }))
        .await;
    }

    pub async fn class(&self, name: &str, mode: &str) {
        self.create::<k8s_openapi::api::storage::v1::StorageClass>(json!({
            "metadata": {"name": name}, "provisioner": NAME, "volumeBindingMode": mode, "parameters": {"storagepolicyname": "gold"},
        }))
        .await;
    }

    pub async fn claim(&self, name: &str, class: Option<&str>) {
        self.create_in::<k8s_openapi::api::core::v1::PersistentVolumeClaim>(json!({
            "metadata": {"name": name},
            "spec": {"storageClassName": class, "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }))
        .await;
    }

    pub async fn pod(&self, name: &str, claim: &str, node: Option<&str>) {
        self.create_in::<Pod>(json!({
            "metadata": {"name": name},
            "spec": {"nodeName": node, "containers": [{"name": "app", "image": "app"}],
                "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]},
        }))
        .await;
    }

    pub async fn patch<K: Cached>(&self, name: &str, patch: Value) {
        Api::<K>::all(self.client.clone()).patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }

    pub async fn patch_status<K: Cached>(&self, name: &str, patch: Value) {
        Api::<K>::all(self.client.clone()).patch_status(name, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }

    /// Waits until `holds`, looking every 50 ms of virtual time.
    pub async fn until<F: Future<Output = bool>>(&self, what: &str, within: Duration, holds: impl Fn() -> F) {
        let look = async {
            while !holds().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(within, look).await.is_err() {
            for entry in self.journal.entries() {
                println!("{}", serde_json::to_string(&entry).unwrap());
            }
            panic!("not within {within:?}: {what}");
        }
    }

    /// All changes of objects whose name contains `part`.
    pub fn changes(&self, part: &str) -> Vec<Change> {
        let entries = self.journal.entries().into_iter();
        let changes = entries.filter_map(|Entry { event, .. }| match event {
            Event::Change(change) => Some(change),
            _ => None,
        });
        changes.filter(|change| change.object.contains(part)).collect()
    }

    /// The messages of all events with this reason, with their counts.
    pub async fn events(&self, reason: &str) -> Vec<(String, i32)> {
        let events = Api::<KubernetesEvent>::all(self.client.clone()).list(&ListParams::default()).await.unwrap();
        let those = events.items.into_iter().filter(|event| event.reason.as_deref() == Some(reason));
        those.map(|event| (event.message.unwrap_or_default(), event.count.unwrap_or(0))).collect()
    }

    /// Makes scheduled pods ready, and deleted ones go, as long as the process lives. Volumes are not its business.
    pub fn pretend_kubelet(&self) -> Process {
        let process = self.network.process("kubelet");
        let client = client_of(&process);
        let pods: Informer<Pod> = Informer::all(&process, &client);
        let queue = WorkQueue::new(BackoffLimits::CONTROLLER);
        pods.feed(&queue);
        queue.serve(&process, "pretended kubelet", 1, move |key| {
            let (pods, client) = (pods.clone(), client.clone());
            async move {
                tokio::time::sleep(Duration::from_millis(700)).await;
                let Some(pod) = pods.get(&key).filter(|pod| pod.spec.as_ref().is_some_and(|spec| spec.node_name.is_some())) else {
                    return Ok(Next::Forget);
                };
                let api: Api<Pod> = Api::namespaced(client, &key.namespace);
                if pod.meta().deletion_timestamp.is_some() {
                    match api.delete(&key.name, &DeleteParams::default().grace_period(0)).await {
                        Err(error) if !is_missing(&error) => return Err(error.to_string()),
                        _ => {}
                    }
                } else if !matches!(
                    pod.status.as_ref().and_then(|status| status.phase.as_deref()),
                    Some("Running" | "Succeeded" | "Failed")
                ) {
                    let status = json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}});
                    api.patch_status(&pod.name_any(), &PatchParams::default(), &Patch::Strategic(status))
                        .await
                        .map_err(|error| error.to_string())?;
                }
                Ok(Next::Forget)
            }
        });
        process
    }
}

/// Seconds, for short.
pub fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The status of one of the node's conditions.
pub fn condition_of(node: &Node, type_: &str) -> Option<String> {
    let conditions = node.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|condition| condition.type_ == type_).map(|condition| condition.status.clone())
}

/// The node's taints, as `key:effect`.
pub fn taints_of(node: &Node) -> Vec<String> {
    let taints = node.spec.iter().flat_map(|spec| spec.taints.iter().flatten());
    taints.into_iter().map(|taint| format!("{}:{}", taint.key, taint.effect)).collect()
}
