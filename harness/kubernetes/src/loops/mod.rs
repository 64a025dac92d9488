//! The control loops: each an ordinary client of the API server, none knows the store.
//!
//! Played are: the scheduler; of the controller manager the StatefulSet, Deployment, ReplicaSet, persistent volume,
//! Job, protection, ephemeral volume, attach/detach, node life cycle and taint eviction controllers and both garbage
//! collectors; the CSI sidecars external-provisioner, external-attacher, external-resizer, csi-snapshotter and livenessprobe; and the snapshot
//! controller, which is no part of Kubernetes. What each leaves out is said at the head of its file.
//!
//! Not played: DaemonSet, CronJob, namespaces' deletion, leader election of any but sidecars.
//!
//! What a real restart would lose (back-offs, timers, assumptions, operations in flight) is held in memory only, and
//! every loop can be killed at any call and started anew on what the API server holds.

mod attach_detach;
mod csi;
mod deployment;
mod ephemeral_volume;
mod garbage;
mod job;
mod node_lifecycle;
mod persistent_volume;
mod pod_gc;
mod protection;
mod replica_set;
mod rules;
mod scheduler;
mod shared;
mod snapshots;
mod statefulset;
mod support;
mod taint_eviction;
mod timings;

pub use csi::{AttacherConfig, FlagError, LivenessConfig, ProvisionerConfig, ResizerConfig, SnapshotterConfig, keep_alive};
pub use rules::Rules;
pub use support::objects::ephemeral_claim;
pub use support::quantity::bytes as quantity_in_bytes;
pub use timings::Timings;

use seatrial_wires::Process;

/// Starts the controllers of kube-controller-manager on this process.
pub fn start_controller_manager(process: &Process, rules: Rules) {
    start_controller_manager_with(process, rules, Timings::default());
}

/// Starts the controllers of kube-controller-manager with times of the caller's own.
pub fn start_controller_manager_with(process: &Process, rules: Rules, timings: Timings) {
    let shared = shared::Informers::start(process);
    persistent_volume::run(process, &shared, rules, timings);
    protection::run(process, &shared, rules);
    attach_detach::run(process, &shared, rules, timings);
    statefulset::run(process, &shared);
    replica_set::run(process, &shared);
    deployment::run(process, &shared);
    job::run(process, &shared);
    node_lifecycle::run(process, &shared, timings);
    taint_eviction::run(process, &shared, rules);
    pod_gc::run(process, &shared, rules, timings);
    ephemeral_volume::run(process, &shared);
    garbage::run(process, &shared);
}

/// Starts the scheduler on this process.
pub fn start_scheduler(process: &Process, rules: Rules) {
    start_scheduler_with(process, rules, Timings::default());
}

/// Starts the scheduler with times of the caller's own.
pub fn start_scheduler_with(process: &Process, rules: Rules, timings: Timings) {
    scheduler::run(process, rules, timings);
}

/// Starts external-provisioner on this process.
pub fn start_provisioner(process: &Process, config: ProvisionerConfig) {
    csi::provisioner::run(process, config);
}

/// Starts external-attacher on this process.
pub fn start_attacher(process: &Process, config: AttacherConfig) {
    csi::attacher::run(process, config);
}

/// Starts external-resizer on this process.
pub fn start_resizer(process: &Process, config: ResizerConfig) {
    csi::resizer::run(process, config);
}

/// Starts a sidecar on this process once it leads: once it holds this Lease, given by namespace and name.
pub fn start_when_leading(
    process: &Process,
    (namespace, lease): (&str, &str),
    rules: Rules,
    start: impl FnOnce(&Process) + Send + 'static,
) {
    let (owner, namespace, lease) = (process.clone(), namespace.to_owned(), lease.to_owned());
    process.spawn("leader election", async move {
        csi::leader::lead(&owner, &namespace, &lease, rules).await;
        start(&owner);
    });
}

/// Starts csi-snapshotter on this process. The API server must serve its kinds, or it waits for them.
pub fn start_snapshotter(process: &Process, config: SnapshotterConfig) {
    csi::snapshotter::run(process, config);
}

/// Starts the snapshot controller on this process. The API server must serve its kinds, or it waits for them.
pub fn start_snapshot_controller(process: &Process, rules: Rules) {
    snapshots::run(process, rules);
}
