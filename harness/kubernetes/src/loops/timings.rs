//! The times that shape a cluster's behaviour, in one place.
//!
//! The defaults are those of the real components. *flag* names the option that sets a value there; *constant* is
//! built in there, and only a world of ours can change it.

use std::time::Duration;

/// Times of kube-controller-manager and the scheduler. Kubelet has its own, the sidecars theirs in their configurations.
///
/// | Field | Default | In the real components |
/// | --- | --- | --- |
/// | `node_monitor_period` | 5 s | `--node-monitor-period` |
/// | `node_monitor_grace` | 50 s | `--node-monitor-grace-period` |
/// | `node_startup_grace` | 60 s | `--node-startup-grace-period` |
/// | `node_eviction_pause` | 10 s | `--node-eviction-rate` 0.1 per second |
/// | `secondary_node_eviction_pause` | 100 s | `--secondary-node-eviction-rate` 0.01 per second |
/// | `unhealthy_zone_threshold` | 0.55 | `--unhealthy-zone-threshold` |
/// | `large_cluster_size` | 50 | `--large-cluster-size-threshold` |
/// | `no_execute_tick` | 100 ms | constant |
/// | `pod_gc_period` | 20 s | constant |
/// | `pod_gc_quarantine` | 40 s | constant |
/// | `attach_detach_tick` | 100 ms | constant |
/// | `force_detach_after` | 6 min | constant; `--disable-force-detach-on-timeout` |
/// | `attach_detach_compare` | 1 min | `--attach-detach-reconcile-sync-period` |
/// | `attachment_wait` | 2 min | constant |
/// | `claim_binder_resync` | 15 s | `--pvclaimbinder-sync-period` |
/// | `bind_timeout` | 600 s | `bindTimeoutSeconds` of VolumeBindingArgs |
/// | `unschedulable_flush` | 5 min | constant |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timings {
    /// Between two looks at the nodes' signs of life.
    pub node_monitor_period: Duration,
    /// How long a node may be silent.
    pub node_monitor_grace: Duration,
    /// How long a node that has never said how it is may be silent.
    pub node_startup_grace: Duration,
    /// Between two nodes of a zone that are given a `NoExecute` taint.
    pub node_eviction_pause: Duration,
    /// The same, in a large zone of which a great part is not ready.
    pub secondary_node_eviction_pause: Duration,
    /// From which part of its nodes on a zone counts as partly disrupted.
    pub unhealthy_zone_threshold: f64,
    /// From how many nodes on a zone counts as large.
    pub large_cluster_size: usize,
    /// The grain in which `NoExecute` taints are given.
    pub no_execute_tick: Duration,
    /// Between two rounds of the pod garbage collector.
    pub pod_gc_period: Duration,
    /// How long a node must be gone before its pods are removed.
    pub pod_gc_quarantine: Duration,
    /// The grain of the attach/detach controller.
    pub attach_detach_tick: Duration,
    /// After which a volume is detached from an unready node that never said it was unmounted.
    pub force_detach_after: Duration,
    /// Between two comparisons with the VolumeAttachments.
    pub attach_detach_compare: Duration,
    /// How long the attach/detach controller waits for the attacher.
    pub attachment_wait: Duration,
    /// Between two looks at all claims and volumes.
    pub claim_binder_resync: Duration,
    /// How long a pod waits for its claims to be bound.
    pub bind_timeout: Duration,
    /// After which a pod that could not be placed is tried again, whatever happened.
    pub unschedulable_flush: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            node_monitor_period: Duration::from_secs(5),
            node_monitor_grace: Duration::from_secs(50),
            node_startup_grace: Duration::from_secs(60),
            node_eviction_pause: Duration::from_secs(10),
            secondary_node_eviction_pause: Duration::from_secs(100),
            unhealthy_zone_threshold: 0.55,
            large_cluster_size: 50,
            no_execute_tick: Duration::from_millis(100),
            pod_gc_period: Duration::from_secs(20),
            pod_gc_quarantine: Duration::from_secs(40),
            attach_detach_tick: Duration::from_millis(100),
            force_detach_after: Duration::from_secs(360),
            attach_detach_compare: Duration::from_secs(60),
            attachment_wait: Duration::from_secs(120),
            claim_binder_resync: Duration::from_secs(15),
            bind_timeout: Duration::from_secs(600),
            unschedulable_flush: Duration::from_secs(300),
        }
    }
}
