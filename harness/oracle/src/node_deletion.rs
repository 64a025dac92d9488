//! Node deletion: at no moment does a program delete a Node whose VM exists.
//!
//! A Node's deletion ends its pods and lets go of its volumes; it takes proof that the VM is gone. "No answer" is no proof,
//! nor is a name that no guest tells yet. The VM is the one whose BIOS UUID the Node tells, so a VM that was re-created
//! under the same name is another; a Node that has told no UUID has the VM of its name. Users may delete what they like.
//! Not judged: Nodes that were never a VM of these vCenters.
//!
//! Whom it has hurt: kubernetes/cloud-provider-vsphere#479, #381, #87.

use std::collections::BTreeMap;

use seatrial_journal::{Border, Call, CallId, ChangeKind, Event, Flow};

use crate::findings::Findings;
use crate::homes::{self, NODES};
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::View;
use crate::words;

/// Who is not a program.
pub(crate) const USER: &str = "user";

/// See the module.
#[derive(Default)]
pub struct NodeDeletion {
    /// Calls that delete Nodes, and who sent them.
    deletions: BTreeMap<CallId, String>,
    /// Each process's open calls to vCenters, and the last that was answered: why it did what it did.
    asked: BTreeMap<CallId, String>,
    answered: BTreeMap<String, u64>,
    findings: Findings,
}

impl Oracle for NodeDeletion {
    fn name(&self) -> &'static str {
        "node-deletion"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        match &moment.entry.event {
            Event::Sent(call) => self.sent(CallId(moment.entry.seq), call),
            Event::Answered { call, .. } => {
                if let Some(process) = self.asked.remove(call) {
                    self.answered.insert(process, moment.entry.seq);
                }
            }
            Event::CallerGone { call } => {
                self.asked.remove(call);
            }
            Event::Change(_) => self.change(moment),
            _ => {}
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl NodeDeletion {
    fn sent(&mut self, id: CallId, call: &Call) {
        match call.border {
            Border::Kubernetes if matches!(call.method.as_str(), "delete nodes" | "deletecollection nodes") => {
                self.deletions.insert(id, call.from.clone());
            }
            Border::VCenter if call.flow == Flow::Unary => {
                self.asked.insert(id, call.from.clone());
            }
            _ => {}
        }
    }

    fn change(&mut self, moment: &Moment) {
        let (Some((change, name)), Some(node)) = (moment.kubernetes(NODES), moment.removed) else { return };
        if change.kind != ChangeKind::Removed {
            return;
        }
        let cause: Option<CallId> = change.cause.as_ref().and_then(|cause| cause.parse().ok()).map(CallId);
        let who = cause.and_then(|call| self.deletions.get(&call)).map_or("somebody", String::as_str);
        if who == USER {
            return;
        }
        let Some(machine) = homes::machine_of(moment.view, homes::identity(name, node)) else { return };
        let vm = words::machine(moment.view, machine.vcenter, machine.id);
        let power = machine.seen.text(&["power"]).unwrap_or("in an unknown state");
        let message = format!(
            "{who} deleted Node {name} although its VM {vm} exists and is {power}: without proof that the VM is gone, a Node must stay"
        );
        let mut entries = vec![node.added, machine.seen.changed, moment.entry.seq];
        entries.extend(self.answered.get(who));
        entries.extend(cause.map(|call| call.0));
        self.findings.add_about(name, message, entries);
    }
}
