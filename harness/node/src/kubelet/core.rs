//! What all parts of one kubelet share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use driver_host::MachineError;
use k8s_openapi::api::core::v1::{Node, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::CSIDriver;
use kube::api::Api;
use kube::runtime::watcher;
use kube::{Resource, ResourceExt};
use seatrial_kubernetes::client::{EventType, EventWriter, Informer, client_of};
use seatrial_wires::Process;
use tokio::sync::Notify;

use super::config::KubeletConfig;
use super::csi_client::CsiClient;
use super::signal::Signal;
use super::volumes::identity::Identity;
use super::volumes::shared::Volumes;
use crate::machine::SimulatedMachine;

/// One kubelet.
pub(super) struct Core {
    pub process: Process,
    pub config: KubeletConfig,
    pub client: kube::Client,
    pub events: EventWriter,
    pub pods: Informer<Pod>,
    pub node: Informer<Node>,
    /// Only tells when there is something to look at; what is done about a claim is decided by a live look.
    pub claims: Informer<PersistentVolumeClaim>,
    /// Rings whenever the informer's pods have changed.
    pub pods_changed: Signal,
    pub csi_drivers: Informer<CSIDriver>,
    pub volumes: Volumes,
    /// Whether the CSINode exists: the node is not ready before.
    pub csi_node_exists: AtomicBool,
    /// Wakes the status loop before its time.
    pub status_wake: Notify,
    plugins: Mutex<BTreeMap<String, CsiClient>>,
    workers: Mutex<BTreeSet<String>>,
}

impl Core {
    pub fn new(process: &Process, config: KubeletConfig) -> Arc<Self> {
        let client = client_of(process);
        let fields = |selector: String| watcher::Config::default().fields(&selector);
        let name = config.node_name.clone();
        Arc::new(Self {
            events: EventWriter::start(process, &client, "kubelet", Some(&name)),
            pods: Informer::start(process, Api::all(client.clone()), fields(format!("spec.nodeName={name}"))),
            node: Informer::start(process, Api::all(client.clone()), fields(format!("metadata.name={name}"))),
            claims: Informer::all(process, &client),
            csi_drivers: Informer::all(process, &client),
            volumes: Volumes::new(config.timings.volume_backoff),
            csi_node_exists: AtomicBool::new(false),
            pods_changed: Signal::default(),
            status_wake: Notify::new(),
            plugins: Mutex::default(),
            workers: Mutex::default(),
            process: process.clone(),
            config,
            client,
        })
    }

    pub fn machine(&self) -> &SimulatedMachine {
        &self.config.machine
    }

    /// The client of a driver that has registered.
    pub fn plugin(&self, driver: &str) -> Result<CsiClient, String> {
        let plugins = self.plugins.lock().expect("the map is only read and inserted to");
        plugins.get(driver).cloned().ok_or_else(|| format!("driver name {driver} not found in the list of registered CSI drivers"))
    }

    /// A driver has registered.
    pub fn add_plugin(&self, driver: &str, client: CsiClient) {
        self.plugins.lock().expect("the map is only read and inserted to").insert(driver.to_owned(), client);
        self.volumes.change(|_| ());
    }

    /// A driver is registered no more; answers whether it was.
    pub fn remove_plugin(&self, driver: &str) -> bool {
        self.plugins.lock().expect("the map is only read, inserted to and removed from").remove(driver).is_some()
    }

    /// Whether nobody cares for this pod yet; whoever asks does from now on.
    pub fn adopt(&self, pod_uid: &str) -> bool {
        self.workers.lock().expect("the set is only inserted to and removed from").insert(pod_uid.to_owned())
    }

    /// The pod is gone for good.
    pub fn abandon(&self, pod_uid: &str) {
        self.workers.lock().expect("the set is only inserted to and removed from").remove(pod_uid);
    }

    /// The pod with this uid, if the API server still shows it.
    pub fn pod(&self, pod_uid: &str) -> Option<Arc<Pod>> {
        self.pods.list().into_iter().find(|pod| pod.meta().uid.as_deref() == Some(pod_uid))
    }

    /// Writes an event about a pod that still exists.
    pub fn pod_event(&self, pod_uid: &str, kind: EventType, reason: &str, message: &str) {
        if let Some(pod) = self.pod(pod_uid) {
            self.events.write(pod.as_ref(), kind, reason, message);
        }
    }

    /// The node's uid, once the API server has shown it.
    pub fn node_uid(&self) -> Option<String> {
        self.node.named(&self.config.node_name).and_then(|node| node.uid())
    }

    /// Writes down which volume is (or will be) mounted beside `record`.
    pub fn write_record(&self, record: &Path, identity: &Identity) -> Result<(), MachineError> {
        if let Some(above) = record.parent() {
            self.machine().make_directories(above)?;
        }
        let bytes = serde_json::to_vec(identity).expect("an identity is plain data with text keys");
        self.machine().write_file(record, &bytes)
    }

    /// Removes a record and the directories that are empty without it, up to the plugin's or the pods' own.
    pub fn forget_record(&self, record: &Path) -> Result<(), MachineError> {
        self.machine().remove_path(record)?;
        for directory in record.ancestors().skip(1) {
            let kept = directory.ends_with("pods") || directory.ends_with("plugins");
            if kept || self.machine().remove_path(directory).is_err() {
                break;
            }
        }
        Ok(())
    }
}
