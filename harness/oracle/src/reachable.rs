//! Reachable: when settled, every volume can be attached wherever Kubernetes lets its pods run, and somewhere at least.
//!
//! A PersistentVolume's node affinity says where its pods may run; the volume lies on a datastore, which some hosts mount.
//! Every node that is allowed must run on such a host: a pod that the scheduler sends elsewhere waits for ever. And where
//! no node is allowed although some could reach the volume, no pod can ever use it. Not judged: nodes without a VM, nodes
//! whose labels are not those of where their VM is now (the finding zones-differ tells of them), VMs on hosts that failed, worlds whose vCenter does not tell its hosts, capacity, taints and the pods' own affinities.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#2619, #966; kubernetes/kubernetes#78841.

use crate::affinity::allows;
use crate::findings::Findings;
use crate::homes::{self, Machine, NODES};
use crate::labels::Labels;
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::KUBERNETES;
use crate::view::{Seen, View};
use crate::{words, zones_differ};

/// See the module.
pub struct Reachable {
    labels: Labels,
    findings: Findings,
}

/// Whether a node's VM runs where a datastore is mounted.
struct Reach<'a> {
    node: &'a str,
    machine: Machine<'a>,
    allowed: bool,
    reaches: bool,
    /// Its labels are not those of where its VM is now.
    astray: bool,
}

impl Oracle for Reachable {
    fn name(&self) -> &'static str {
        "reachable"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, _moment: &Moment) {}

    fn settled(&mut self, view: &View) {
        for (name, handle, persistent_volume) in homes::persistent_volumes(view) {
            if let Some((vcenter, volume)) = homes::home_of(view, name, handle) {
                self.judge(view, (name, persistent_volume), vcenter, volume);
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl Reachable {
    /// In a world in which labels mean this.
    pub fn new(labels: &Labels) -> Self {
        Self { labels: labels.clone(), findings: Findings::default() }
    }

    fn judge(&mut self, view: &View, (name, persistent_volume): (&str, &Seen), vcenter: &str, volume: &Seen) {
        let Some(datastore) = volume.text(&["datastore"]) else { return };
        if !is_told(view, vcenter, datastore) {
            return;
        }
        let reaches: Vec<Reach> = view
            .objects(KUBERNETES, NODES)
            .filter_map(|(node, seen)| reach(view, &self.labels, (node, seen), persistent_volume, (vcenter, datastore)))
            .collect();
        let what = words::persistent_volume(name, persistent_volume);
        let place = words::datastore(view, vcenter, datastore);
        for far in reaches.iter().filter(|reach| reach.allowed && !reach.reaches && !reach.astray) {
            let vm = words::machine(view, far.machine.vcenter, far.machine.id);
            let message = format!(
                "pods of {what} may run on {}, but the volume lies on {place}, which the host of {vm} does not mount: a pod there never starts",
                far.node
            );
            self.findings.add(message, vec![persistent_volume.added, volume.added, far.machine.seen.changed]);
        }
        let near: Vec<&str> = reaches.iter().filter(|reach| reach.reaches).map(|reach| reach.node).collect();
        if !near.is_empty() && !reaches.iter().any(|reach| reach.allowed) {
            let message = format!(
                "pods of {what} may run nowhere: its node affinity allows no node, although the volume lies on {place}, in reach of {}",
                near.join(", ")
            );
            self.findings.add(message, vec![persistent_volume.added, volume.added]);
        }
    }
}

/// `None` for a node of which nothing can be said.
fn reach<'a>(
    view: &'a View,
    labels: &Labels,
    (node, seen): (&'a str, &'a Seen),
    persistent_volume: &Seen,
    (vcenter, datastore): (&str, &str),
) -> Option<Reach<'a>> {
    let machine = homes::machine_of(view, homes::identity(node, seen))?;
    let host = view.find(machine.vcenter, "HostSystem/", machine.seen.text(&["host"])?)?;
    if host.is_true("failed") {
        return None;
    }
    let reaches = machine.vcenter == vcenter && homes::mounts(host, datastore);
    let allowed = allows(persistent_volume, node, seen);
    let astray = allowed && !reaches && zones_differ::disagree(view, labels, (node, seen), machine);
    Some(Reach { node, machine, allowed, reaches, astray })
}

/// Whether the vCenter tells which hosts mount what.
fn is_told(view: &View, vcenter: &str, datastore: &str) -> bool {
    view.objects(vcenter, "HostSystem/").any(|(_, host)| homes::mounts(host, datastore))
}
