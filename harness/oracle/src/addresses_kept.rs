//! Addresses kept: at no moment does a program take the last address off a Node whose VM exists, nor one that kubelet asks for.
//!
//! What vCenter tells of a guest comes and goes: Tools are silent while it boots or is updated, and tell adapters in another order
//! afterwards. A Node that loses its addresses for that is out of reach for the API server (logs, exec) and for whoever watches Nodes.
//! An address that kubelet was told (`--node-ip`) and shows by its annotation stays as long as the annotation does: a controller that
//! does not find it among the machine's leaves the Node as it is. Users may write what they like. Not judged: which address is chosen,
//! and Nodes that were never a VM of these vCenters.
//!
//! Whom it has hurt: kubernetes/cloud-provider-vsphere#585; kubernetes/kubernetes#52241.

use std::collections::BTreeMap;

use seatrial_journal::{Border, Call, CallId, ChangeKind, Event};
use serde_json::Value;

use crate::findings::Findings;
use crate::homes::{self, NODES};
use crate::moment::Moment;
use crate::node_deletion::USER;
use crate::oracle::{Oracle, Violation, When};
use crate::view::{KUBERNETES, Seen, View};
use crate::words;

/// By which kubelet tells what it was told.
const ASKED: &str = "alpha.kubernetes.io/provided-node-ip";

/// See the module.
#[derive(Default)]
pub struct AddressesKept {
    /// Open calls that write Nodes, and who sent them.
    writers: BTreeMap<CallId, String>,
    /// What each Node shows, and by which entry.
    shown: BTreeMap<String, (Vec<String>, u64)>,
    findings: Findings,
}

impl Oracle for AddressesKept {
    fn name(&self) -> &'static str {
        "addresses-kept"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        match &moment.entry.event {
            Event::Sent(call) if writes_nodes(call) => {
                self.writers.insert(CallId(moment.entry.seq), call.from.clone());
            }
            Event::Answered { call, .. } | Event::CallerGone { call } => {
                self.writers.remove(call);
            }
            Event::Change(_) => self.change(moment),
            _ => {}
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

fn writes_nodes(call: &Call) -> bool {
    let (verb, resource) = call.method.split_once(' ').unwrap_or_default();
    call.border == Border::Kubernetes && matches!(verb, "patch" | "update") && matches!(resource, "nodes" | "nodes/status")
}

/// The addresses by which others reach it.
fn addresses(node: &Seen) -> Vec<String> {
    let all = node.state.pointer("/status/addresses").and_then(Value::as_array).into_iter().flatten();
    let reached = all.filter(|address| matches!(address.get("type").and_then(Value::as_str), Some("InternalIP" | "ExternalIP")));
    reached.filter_map(|address| Some(address.get("address")?.as_str()?.to_owned())).collect()
}

impl AddressesKept {
    fn change(&mut self, moment: &Moment) {
        let Some((change, name)) = moment.kubernetes(NODES) else { return };
        let Some(node) = moment.view.find(KUBERNETES, NODES, name).filter(|_| change.kind != ChangeKind::Removed) else {
            self.shown.remove(name);
            return;
        };
        let now = addresses(node);
        let before = self.shown.insert(name.to_owned(), (now.clone(), moment.entry.seq));
        let Some((before, since)) = before.filter(|(before, _)| *before != now && !before.is_empty()) else { return };
        let cause: Option<CallId> = change.cause.as_ref().and_then(|cause| cause.parse().ok()).map(CallId);
        let who = cause.and_then(|call| self.writers.get(&call)).map_or("somebody", String::as_str);
        if who == USER {
            return;
        }
        let Some(machine) = homes::machine_of(moment.view, homes::identity(name, node)) else { return };
        let Some(lost) = lost(&before, &now, node) else { return };
        let vm = words::machine(moment.view, machine.vcenter, machine.id);
        let message = format!("{who} took {lost} off Node {name} although its VM {vm} exists: a node that lives keeps its addresses");
        let mut entries = vec![since, machine.seen.changed, moment.entry.seq];
        entries.extend(cause.map(|call| call.0));
        self.findings.add_about(name, message, entries);
    }
}

/// What a Node has lost that it should have kept, in words.
fn lost(before: &[String], now: &[String], node: &Seen) -> Option<String> {
    if now.is_empty() {
        return Some(format!("its last address ({})", before.join(", ")));
    }
    let asked = node.text(&["metadata", "annotations", ASKED]).unwrap_or_default();
    let missing = |address: &&str| before.iter().any(|shown| shown == address) && now.iter().all(|shown| shown != address);
    asked.split(',').map(str::trim).find(missing).map(|address| format!("the address {address}, for which its kubelet asks,"))
}
