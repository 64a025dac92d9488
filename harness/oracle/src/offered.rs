//! Offered: a volume that is asked to be made in certain zones is offered to CNS on datastores there only.
//!
//! CNS takes whichever of the offered datastores it likes. A driver that offers one too many is lucky for as long as another has more free
//! space: the volume comes to lie right, and `reachable` has nothing to say. So what a CnsCreateVolume offers is compared with what the
//! CreateVolume of the same name asks for: each datastore is mounted by the host of some node with the labels that were asked for. Not judged:
//! zones without nodes, nodes that have been moved or whose host has failed, storage policies: of what it is offered CNS takes what the
//! policy admits, and drivers may leave that to it.
//!
//! Whom it would have hurt: kubernetes-sigs/vsphere-csi-driver#2619; kubernetes/kubernetes#78841.

use std::collections::BTreeMap;

use seatrial_journal::{Border, Call, Event};
use serde_json::Value;

use crate::findings::Findings;
use crate::homes::{self, NODES};
use crate::labels::Labels;
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::{KUBERNETES, Seen, View};
use crate::{words, zones_differ};

/// See the module.
pub struct Offered {
    labels: Labels,
    /// Where volumes are asked to be, by their names, and by which entry.
    asked: BTreeMap<String, (Vec<Value>, u64)>,
    findings: Findings,
}

impl Offered {
    /// In a world in which labels mean this.
    pub fn new(labels: &Labels) -> Self {
        Self { labels: labels.clone(), asked: BTreeMap::new(), findings: Findings::default() }
    }
}

impl Oracle for Offered {
    fn name(&self) -> &'static str {
        "offered"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        let Event::Sent(call) = &moment.entry.event else { return };
        match (call.border, call.method.as_str()) {
            (Border::Csi, "CreateVolume") => self.ask(call, moment.entry.seq),
            (Border::VCenter, "CnsCreateVolume") => self.offer(moment.view, call, moment.entry.seq),
            _ => {}
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl Offered {
    fn ask(&mut self, call: &Call, seq: u64) {
        let Some(name) = call.target.clone() else { return };
        match call.args.get("preferredTopology").and_then(Value::as_array) {
            Some(segments) if !segments.is_empty() => drop(self.asked.insert(name, (segments.clone(), seq))),
            _ => drop(self.asked.remove(&name)),
        }
    }

    fn offer(&mut self, view: &View, call: &Call, seq: u64) {
        let name = call.args.get("name").and_then(Value::as_str).unwrap_or_default();
        let Some((segments, asked)) = self.asked.get(name) else { return };
        let hosts = hosts_of_nodes(view, &self.labels, segments);
        let Some(vcenter) = behind(view, &call.to).filter(|_| !hosts.is_empty()) else { return };
        let offered = call.args.get("datastores").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for datastore in offered {
            if hosts.iter().any(|(home, host)| *home == vcenter && homes::mounts(host, datastore)) {
                continue;
            }
            let (place, where_to) = (words::datastore(view, vcenter, datastore), written(segments));
            let message = format!("{} offers {place} for {name}, which is asked to be in {where_to}: no node there reaches it", call.from);
            self.findings.add(message, vec![*asked, seq]);
        }
    }
}

/// The vCenter at an address: most begin with its name. Of one that is called otherwise nothing can be said.
fn behind<'a>(view: &'a View, address: &str) -> Option<&'a str> {
    let name = address.split([':', '.']).next()?;
    view.vcenters().find(|vcenter| *vcenter == name)
}

/// The hosts, each with its vCenter, of the nodes that have all labels of one of these.
fn hosts_of_nodes<'a>(view: &'a View, labels: &Labels, segments: &[Value]) -> Vec<(&'a str, &'a Seen)> {
    let asked = |node: &Seen| segments.iter().any(|segment| has_all(node, segment));
    let nodes = view.objects(KUBERNETES, NODES).filter(|(_, node)| asked(node));
    let host = |(name, node): (&'a str, &'a Seen)| {
        let machine = homes::machine_of(view, homes::identity(name, node))?;
        let host = view.find(machine.vcenter, "HostSystem/", machine.seen.text(&["host"])?)?;
        let stays = !host.is_true("failed") && !zones_differ::disagree(view, labels, (name, node), machine);
        stays.then_some((machine.vcenter, host))
    };
    nodes.filter_map(host).collect()
}

fn has_all(node: &Seen, segment: &Value) -> bool {
    let labels = segment.as_object();
    labels.is_some_and(|labels| labels.iter().all(|(key, value)| node.text(&["metadata", "labels", key]) == value.as_str()))
}

/// The segments as people say them: their values.
fn written(segments: &[Value]) -> String {
    let one = |segment: &Value| {
        let values: Vec<&str> = segment.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()).collect();
        values.join("/")
    };
    segments.iter().map(one).collect::<Vec<_>>().join(" or ")
}
