//! The API server, the control loops and the sidecars, each a process.

use std::sync::Arc;

use seatrial_journal::Border;
use seatrial_kubernetes::api::ApiServer;
use seatrial_kubernetes::loops::{self, AttacherConfig, ProvisionerConfig, ResizerConfig, SnapshotterConfig};
use seatrial_scenario::DriverName;
use seatrial_wires::Process;

use super::context::WorldContext;
use super::csi;
use super::names::{API_SERVER, CONTROLLER_SOCKET, controller_socket, of_replica};
use super::processes::ProcessEnvironmentError;
use super::processes::real::start_real_api_server;
use crate::external::{Sidecar, Sidecars, Words};

/// The API server; what it stores outlives its process, as etcd does.
pub(super) fn start_api_server(context: &WorldContext<'_>) -> Result<(), ProcessEnvironmentError> {
    if let Some(cluster) = context.cluster {
        return start_real_api_server(context, cluster);
    }
    let (network, environment) = (context.network, context.environment.cloned());
    let server = ApiServer::new(network.clock(), network.seed().child("kubernetes"), network.journal().clone());
    if environment.is_some() {
        // Users come with names, and may do what roles say.
        server.install_policy();
    }
    context.supervisor.start("kube-apiserver", move |process| {
        if process.incarnation() > 1 {
            // etcd keeps the objects; what a watch could catch up on is gone with the old process's cache.
            server.forget_history();
        }
        process.listen(API_SERVER, Border::Kubernetes, server.service(), ApiServer::describe());
        if let Some(environment) = &environment {
            environment.open(API_SERVER, process);
        }
    });
    Ok(())
}

/// The controllers, the scheduler and the sidecars.
pub(super) fn start_loops(context: &WorldContext<'_>) {
    let WorldContext { supervisor, switches, .. } = *context;
    let ours = |sidecar| context.environment.is_none_or(|environment| !environment.brings(sidecar));
    let rules = switches.kubernetes;
    supervisor.start("kube-controller-manager", move |process| loops::start_controller_manager(process, rules));
    supervisor.start("kube-scheduler", move |process| loops::start_scheduler(process, rules));
    if context.snapshots && ours(Sidecar::SnapshotController) {
        supervisor.start("snapshot-controller", move |process| loops::start_snapshot_controller(process, rules));
    }
    for replica in 1..=context.scenario.world.drivers.replicas_of(DriverName::Csi) {
        start_sidecars(context, replica, &ours);
    }
}

/// The sidecars of one replica of the controller's pod.
fn start_sidecars(context: &WorldContext<'_>, replica: u32, ours: &impl Fn(Sidecar) -> bool) {
    let (rules, socket) = (context.switches.kubernetes, controller_socket(replica));
    let Sidecars { mut provisioner, mut attacher, mut resizer, mut snapshotter } = sidecars(context);
    (provisioner.socket, attacher.socket, resizer.socket, snapshotter.socket) = (socket.clone(), socket.clone(), socket.clone(), socket);
    (provisioner.rules, snapshotter.rules) = (rules, rules);
    if ours(Sidecar::Provisioner) {
        start(context, replica, PROVISIONER, move |process| loops::start_provisioner(process, provisioner.clone()));
    }
    if ours(Sidecar::Resizer) {
        start(context, replica, RESIZER, move |process| loops::start_resizer(process, resizer.clone()));
    }
    if ours(Sidecar::Attacher) {
        start(context, replica, ATTACHER, move |process| loops::start_attacher(process, attacher.clone()));
    }
    if context.snapshots && ours(Sidecar::Snapshotter) {
        start(context, replica, SNAPSHOTTER, move |process| loops::start_snapshotter(process, snapshotter.clone()));
    }
}

/// A sidecar's process, and the Lease that its replicas lead by.
type Named = (&'static str, &'static str);

const PROVISIONER: Named = ("csi-provisioner", "csi-vsphere-vmware-com");
const ATTACHER: Named = ("csi-attacher", "external-attacher-leader-csi-vsphere-vmware-com");
const RESIZER: Named = ("csi-resizer", "external-resizer-csi-vsphere-vmware-com");
const SNAPSHOTTER: Named = ("csi-snapshotter", "external-snapshotter-leader-csi-vsphere-vmware-com");

/// Starts a sidecar; where there are several of it, once it leads.
fn start(context: &WorldContext<'_>, replica: u32, (name, lease): Named, sidecar: impl Fn(&Process) + Send + Sync + 'static) {
    let (rules, alone) = (context.switches.kubernetes, context.scenario.world.drivers.replicas_of(DriverName::Csi) == 1);
    let sidecar = Arc::new(sidecar);
    context.supervisor.start(&of_replica(name, replica), move |process| {
        if alone {
            return sidecar(process);
        }
        let sidecar = Arc::clone(&sidecar);
        loops::start_when_leading(process, (csi::NAMESPACE, lease), rules, move |process| sidecar(process));
    });
}

/// With what the sidecars are started: beside our driver as its manifests would have it, beside others' as their descriptor has
/// it.
fn sidecars(context: &WorldContext<'_>) -> Sidecars {
    let zones = context.scenario.world.topology.zone.is_some();
    let external = context.environment.and_then(|environment| environment.external_csi());
    let words = Words::from([("zones", zones.to_string())]);
    // Flags that cannot be read were refused when the descriptor was.
    let described = external.and_then(|external| Sidecars::of(&external.descriptor, CONTROLLER_SOCKET, &words).ok());
    described.unwrap_or_else(|| Sidecars {
        // A claim whose pod has a node is not put elsewhere, where there are zones.
        provisioner: ProvisionerConfig { strict_topology: zones, ..ProvisionerConfig::new(CONTROLLER_SOCKET) },
        attacher: AttacherConfig::new(CONTROLLER_SOCKET),
        // As vSphere's manifests have it: volumes in use grow, so a refusal says something else of them.
        resizer: ResizerConfig { handle_in_use_errors: false, ..ResizerConfig::new(CONTROLLER_SOCKET) },
        snapshotter: SnapshotterConfig::new(CONTROLLER_SOCKET),
    })
}
