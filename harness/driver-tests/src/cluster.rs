//! The API server, and what its users do there: kubelets that register, administrators who write Secrets.

use k8s_openapi::api::core::v1::{Event, Namespace, Node, Secret};
use k8s_openapi::api::storage::v1::CSINode;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject, NamespaceResourceScope};
use kube::{Client, Resource};
use seatrial_journal::Border;
use seatrial_kubernetes::api::ApiServer;
use seatrial_kubernetes::client::{API_SERVER, client_of};
use seatrial_wires::Network;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// An API server and a client of it.
pub struct Cluster {
    client: Client,
}

impl Cluster {
    pub(crate) fn start(network: &Network) -> Self {
        let server = ApiServer::new(network.clock(), network.seed().child("kubernetes"), network.journal().clone());
        network.process("kube-apiserver").listen(API_SERVER, Border::Kubernetes, server.service(), ApiServer::describe());
        Self { client: client_of(&network.process("user")) }
    }

    /// A client of it, as a user has one.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// A namespace.
    pub async fn namespace(&self, name: &str) {
        let namespaces: Api<Namespace> = Api::all(self.client());
        namespaces.create(&PostParams::default(), &read(json!({"metadata": {"name": name}}))).await.unwrap();
    }

    /// A namespace, if it is there.
    pub async fn find_namespace(&self, name: &str) -> Option<Namespace> {
        Api::<Namespace>::all(self.client()).get_opt(name).await.unwrap()
    }

    /// A CSINode as kubelet writes it for a driver that has told this id of the node.
    pub async fn csi_node(&self, name: &str, driver: &str, id: &str) {
        let node = json!({"metadata": {"name": name}, "spec": {"drivers": [{"name": driver, "nodeID": id, "topologyKeys": []}]}});
        self.csi_nodes().create(&PostParams::default(), &read(node)).await.unwrap();
    }

    /// A CSINode goes, with its node.
    pub async fn remove_csi_node(&self, name: &str) {
        self.csi_nodes().delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// The records of what the CSI driver does, as they lie in the API server.
    pub async fn operation_records(&self, namespace: &str) -> Vec<Value> {
        let resource = ApiResource {
            group: "cns.vmware.com".to_owned(),
            version: "v1alpha1".to_owned(),
            api_version: "cns.vmware.com/v1alpha1".to_owned(),
            kind: "CnsVolumeOperationRequest".to_owned(),
            plural: "cnsvolumeoperationrequests".to_owned(),
        };
        let records: Api<DynamicObject> = Api::namespaced_with(self.client(), namespace, &resource);
        records.list(&ListParams::default()).await.unwrap().items.into_iter().map(|record| record.data).collect()
    }

    /// A Node as a kubelet registers it, not ready.
    pub async fn register(&self, name: &str, system_uuid: &str) {
        let info = json!({
            "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "", "kernelVersion": "", "kubeProxyVersion": "",
            "kubeletVersion": "", "machineID": "", "operatingSystem": "linux", "osImage": "", "systemUUID": system_uuid,
        });
        let node = json!({
            "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
            "spec": {"taints": [{"key": "node.cloudprovider.kubernetes.io/uninitialized", "value": "true", "effect": "NoSchedule"}]},
            "status": {"nodeInfo": info, "conditions": [condition("False")]},
        });
        self.nodes().create(&PostParams::default(), &read(node)).await.unwrap();
    }

    /// Says that a kubelet is or is not there.
    pub async fn ready(&self, name: &str, ready: bool) {
        self.patch_status(name, json!({"conditions": [condition(if ready { "True" } else { "Unknown" })]})).await;
    }

    /// Changes a Node as somebody else would.
    pub async fn patch_node(&self, name: &str, patch: Value) {
        self.nodes().patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }

    /// A Node, if it is there.
    pub async fn find_node(&self, name: &str) -> Option<Value> {
        self.nodes().get_opt(name).await.unwrap().map(|node| serde_json::to_value(node).unwrap())
    }

    /// A Node that is there.
    pub async fn node(&self, name: &str) -> Value {
        self.find_node(name).await.unwrap_or_else(|| panic!("there is no node {name}"))
    }

    /// Reasons and messages of the events about an object, in the order in which they were written first.
    pub async fn events(&self, about: &str) -> Vec<String> {
        let events: Api<Event> = Api::namespaced(self.client(), "default");
        let mut found = events.list(&ListParams::default()).await.unwrap().items;
        found.retain(|event| event.involved_object.name.as_deref() == Some(about));
        found.sort_by_key(|event| event.first_timestamp.clone().map(|time| time.0));
        found.into_iter().map(|event| format!("{}: {}", event.reason.unwrap_or_default(), event.message.unwrap_or_default())).collect()
    }

    /// A Secret with these texts, in the place of one of this name.
    pub async fn secret(&self, namespace: &str, name: &str, texts: &[(&str, &str)]) {
        self.remove_secret(namespace, name).await;
        let texts: serde_json::Map<String, Value> = texts.iter().map(|(key, text)| ((*key).to_owned(), json!(text))).collect();
        let secret = json!({"metadata": {"name": name}, "stringData": texts});
        self.namespaced::<Secret>(namespace).create(&PostParams::default(), &read(secret)).await.unwrap();
    }

    /// Removes a Secret, if it is there.
    pub async fn remove_secret(&self, namespace: &str, name: &str) {
        let secrets = self.namespaced::<Secret>(namespace);
        if secrets.get_opt(name).await.unwrap().is_some() {
            secrets.delete(name, &DeleteParams::default()).await.unwrap();
        }
    }

    fn nodes(&self) -> Api<Node> {
        Api::all(self.client())
    }

    fn csi_nodes(&self) -> Api<CSINode> {
        Api::all(self.client())
    }

    fn namespaced<K>(&self, namespace: &str) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + std::fmt::Debug + DeserializeOwned + Serialize,
    {
        Api::namespaced(self.client(), namespace)
    }

    async fn patch_status(&self, name: &str, status: Value) {
        let patch = Patch::Merge(json!({"status": status}));
        self.nodes().patch_status(name, &PatchParams::default(), &patch).await.unwrap();
    }
}

fn condition(ready: &str) -> Value {
    json!({"type": "Ready", "status": ready})
}

fn read<K: DeserializeOwned>(object: Value) -> K {
    serde_json::from_value(object).unwrap()
}
