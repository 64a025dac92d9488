//! Node gone: a Node whose VM is gone goes within five minutes of that, or of healing.
//!
//! The cloud controller manager looks after a Node that is no longer ready and deletes it when the vCenters say that its
//! VM is gone. Judged only while a process `ccm` runs, for nobody else does it. A Node that names no VM's UUID is judged by
//! its name. Not judged: Nodes that never had a VM.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#221, #359; kubernetes/kubernetes#61707: volumes wait for a node that
//! will never let go of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use seatrial_journal::{ChangeKind, Elapsed, Event, ProcessEvent};

use crate::findings::Findings;
use crate::homes::{self, MACHINES, NODES};
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::KUBERNETES;
use crate::view::View;

/// How long a Node may outlive its VM.
pub const NODE_OUTLIVES_VM: Duration = Duration::from_secs(300);

/// Whether a process deletes Nodes: the cloud controller manager, or a replica of it.
fn is_ccm(process: &str) -> bool {
    process == "ccm" || process.starts_with("ccm-")
}

/// See the module.
#[derive(Default)]
pub struct NodeGone {
    /// The replicas that run, and since when they are these: the one that leads may be a new one.
    ccms: BTreeSet<String>,
    ccm_since: Option<Elapsed>,
    /// Nodes that have had a VM, and where: the node's entry, the VM's vCenter and object.
    had: BTreeMap<String, (u64, String, String)>,
    /// Nodes that have outlived their VM: the VM's name, since when, by which entry.
    outlives: BTreeMap<String, (String, Elapsed, u64)>,
    findings: Findings,
}

impl Oracle for NodeGone {
    fn name(&self) -> &'static str {
        "node-gone"
    }

    fn when(&self) -> When {
        When::Within(NODE_OUTLIVES_VM)
    }

    fn on(&mut self, moment: &Moment) {
        match &moment.entry.event {
            Event::Process { name, event, .. } if is_ccm(name) => {
                if *event == ProcessEvent::Started {
                    self.ccms.insert(name.clone());
                } else {
                    self.ccms.remove(name);
                }
                self.ccm_since = (!self.ccms.is_empty()).then_some(moment.entry.at);
            }
            Event::Change(_) => self.change(moment),
            _ => {}
        }
        if !self.outlives.is_empty() {
            self.look(moment);
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl NodeGone {
    fn change(&mut self, moment: &Moment) {
        if let Some((change, name)) = moment.kubernetes(NODES) {
            if change.kind == ChangeKind::Removed {
                self.had.remove(name);
                self.outlives.remove(name);
            } else if change.kind == ChangeKind::Added || change.patch.get("spec").is_some() {
                self.remember(moment.view, name);
            }
        }
        let Some((change, id)) = moment.vcenter(MACHINES) else { return };
        match moment.removed {
            Some(machine) => {
                let vm = format!("{} ({id} in {})", machine.text(&["name"]).unwrap_or("without a name"), change.store);
                let orphaned = self.had.iter().filter(|(_, (_, vcenter, object))| *vcenter == change.store && *object == change.object);
                let orphaned: Vec<String> = orphaned.map(|(name, _)| name.clone()).collect();
                for name in orphaned {
                    self.outlives.insert(name, (vm.clone(), moment.entry.at, moment.entry.seq));
                }
            }
            None if change.kind == ChangeKind::Added => {
                let names: Vec<String> = moment.view.objects(KUBERNETES, NODES).map(|(name, _)| name.to_owned()).collect();
                names.iter().for_each(|name| self.remember(moment.view, name));
            }
            None => {}
        }
    }

    /// Keeps which VM a node has.
    fn remember(&mut self, view: &View, name: &str) {
        let Some(node) = view.find(KUBERNETES, NODES, name) else { return };
        if let Some(machine) = homes::machine_of(view, homes::identity(name, node)) {
            self.outlives.remove(name);
            self.had.insert(name.to_owned(), (node.added, machine.vcenter.to_owned(), format!("{MACHINES}{}", machine.id)));
        }
    }

    /// Tells of each node that is late, once.
    fn look(&mut self, moment: &Moment) {
        let Some(ccm_since) = self.ccm_since else { return };
        let (findings, had, now) = (&mut self.findings, &self.had, moment.entry.at);
        self.outlives.retain(|name, (vm, since, gone)| {
            if moment.calm.lasted((*since).max(ccm_since), now) <= NODE_OUTLIVES_VM {
                return true;
            }
            let message = format!(
                "Node {name} is still there {} minutes after its VM {vm} has gone and all outages have ended: its pods and volumes wait for it",
                NODE_OUTLIVES_VM.as_secs() / 60
            );
            let added = had.get(name).map(|(added, _, _)| *added);
            let node = moment.view.find(KUBERNETES, NODES, name).map(|node| node.changed);
            findings.add_about(name, message, [Some(*gone), added, node, Some(moment.entry.seq)].into_iter().flatten().collect());
            false
        });
    }
}
