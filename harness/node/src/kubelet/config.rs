//! What a kubelet is started with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use seatrial_kubernetes::client::BackoffLimits;
use seatrial_kubernetes::loops::Rules;

use crate::machine::SimulatedMachine;

/// A CSI node plugin that registers with kubelet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsiPlugin {
    /// The driver's name, `csi.vsphere.vmware.com`.
    pub driver: String,
    /// The wire address of its socket, `csi-node/worker-1:/csi/csi.sock`.
    pub address: String,
}

/// What the node offers to pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Cores.
    pub cpu: u32,
    /// Memory.
    pub memory_bytes: u64,
    /// Pods.
    pub pods: u32,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { cpu: 8, memory_bytes: 32 << 30, pods: 110 }
    }
}

/// Kubelet's constants and configured times; the default is upstream's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timings {
    /// Between two looks at the node's status.
    pub node_status_update: Duration,
    /// After which an unchanged status is written all the same.
    pub node_status_report: Duration,
    /// Between two renewals of the lease, give or take 4 %.
    pub lease_renew: Duration,
    /// How long the lease says that it holds.
    pub lease_duration_seconds: i32,
    /// Limit of each CSI call.
    pub csi_call: Duration,
    /// Back-off of a failing volume operation.
    pub volume_backoff: BackoffLimits,
    /// Back-off of a failing plugin registration.
    pub registration_backoff: BackoffLimits,
    /// How long it takes at most until a restarted plugin is noticed.
    pub plugin_watch: Duration,
    /// The grain of loops that poll in the real kubelet.
    pub tick: Duration,
    /// Between two syncs of a pod that nothing happens to, at most: so late is it noticed that one of its volumes has grown.
    pub pod_sync: Duration,
    /// How long a pod waits for its volumes before its sync fails.
    pub volumes_wait: Duration,
    /// After which a failed sync is tried again, give or take half.
    pub pod_retry: Duration,
    /// How long an operation waits for its `VolumeAttachment`.
    pub attach_wait: Duration,
    /// How long containers take to start: at least, at most.
    pub container_start: (Duration, Duration),
    /// How long containers take to stop when asked: at least, at most.
    pub container_stop: (Duration, Duration),
}

impl Default for Timings {
    fn default() -> Self {
        let volume = BackoffLimits::VOLUME_OPERATION;
        Self {
            node_status_update: Duration::from_secs(10),
            node_status_report: Duration::from_secs(300),
            lease_renew: Duration::from_secs(10),
            lease_duration_seconds: 40,
            csi_call: Duration::from_secs(120),
            volume_backoff: volume,
            registration_backoff: volume,
            plugin_watch: Duration::from_secs(5),
            tick: Duration::from_millis(100),
            pod_sync: Duration::from_secs(90),
            volumes_wait: Duration::from_secs(123),
            pod_retry: Duration::from_secs(10),
            attach_wait: Duration::from_secs(600),
            container_start: (Duration::from_millis(500), Duration::from_secs(2)),
            container_stop: (Duration::from_millis(100), Duration::from_secs(2)),
        }
    }
}

/// What a kubelet is started with.
#[derive(Clone)]
pub struct KubeletConfig {
    /// The node's name; kubelet's process is `kubelet/<name>`.
    pub node_name: String,
    /// The node's address.
    pub node_ip: String,
    /// Whether it is told so (`--node-ip`), and tells the cloud controller.
    pub told_node_ip: bool,
    /// The machine's uuid as its firmware writes it, which the node's status tells.
    pub system_uuid: String,
    /// Labels beyond hostname, operating system and architecture.
    pub labels: BTreeMap<String, String>,
    /// `--cloud-provider=external`: the node waits for a cloud controller, which also tells its addresses.
    pub external_cloud_provider: bool,
    /// `--provider-id`.
    pub provider_id: Option<String>,
    /// What the node offers to pods.
    pub capacity: Capacity,
    /// The CSI node plugins that register.
    pub csi: Vec<CsiPlugin>,
    /// The machine that it runs on.
    pub machine: Arc<SimulatedMachine>,
    /// Constants and configured times.
    pub timings: Timings,
    /// The rules of the control plane that concern it.
    pub rules: Rules,
}

impl KubeletConfig {
    /// A kubelet without plugins on `machine`, whose name the node takes; everything else as upstream has it.
    pub fn new(machine: Arc<SimulatedMachine>, node_ip: &str) -> Self {
        Self {
            node_name: machine.name().to_owned(),
            node_ip: node_ip.to_owned(),
            told_node_ip: true,
            system_uuid: machine.bios_uuid(),
            labels: BTreeMap::new(),
            external_cloud_provider: false,
            provider_id: None,
            capacity: Capacity::default(),
            csi: Vec::new(),
            machine,
            timings: Timings::default(),
            rules: Rules::default(),
        }
    }
}
