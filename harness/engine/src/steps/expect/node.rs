//! A node's zone, region and addresses, as the cloud controller manager and as the CSI driver see them.
//!
//! CCM writes labels onto the Node. The CSI driver tells kubelet, which writes the driver's labels when they are not there;
//! what the driver itself found out stands in its CSINodeTopology object. A driver may have labels of a domain of its own: what
//! is looked at is what a label means.

use std::net::IpAddr;

use seatrial_oracle::{Labels, Meaning, Seen, View};
use seatrial_scenario::{ExpectNode, Place, Spanned};
use serde_json::Value;

use crate::steps::StepFailure;

/// Looks at what the step names; all that is wrong is told at once.
pub(super) fn expect(view: &View, labels: &Labels, step: &ExpectNode) -> Result<(), StepFailure> {
    let name = &step.node.value;
    let Some(node) = view.get("kubernetes", &format!("nodes/{name}")) else {
        return Err(StepFailure::new(format!("there is no node {name}")));
    };
    let label = |meaning| labels.value(meaning, |key| node.text(&["metadata", "labels", key]));
    let topology = view.get("kubernetes", &format!("csinodetopologies/{name}"));
    let csi = |meaning| labels.value(meaning, |key| csi_label(topology?, key));
    let looks = [
        ("zone", &step.zone, label(Meaning::Zone)),
        ("region", &step.region, label(Meaning::Region)),
        ("zone for the CSI driver", &step.csi_zone, csi(Meaning::Zone)),
        ("region for the CSI driver", &step.csi_region, csi(Meaning::Region)),
    ];
    let mut wrong: Vec<String> = looks.into_iter().filter_map(|(what, wanted, found)| differs(what, wanted.as_ref(), found)).collect();
    if !wrong.is_empty() {
        wrong.push(told(topology));
    }
    wrong.extend(wrong_addresses(node, step));
    if wrong.is_empty() { Ok(()) } else { Err(StepFailure::new(format!("node {name}: {}", wrong.join(", ")))) }
}

/// What is wrong with its addresses.
fn wrong_addresses(node: &Seen, step: &ExpectNode) -> Vec<String> {
    let shown = |kind: &str| -> Vec<String> {
        let all = node.state.pointer("/status/addresses").and_then(Value::as_array).into_iter().flatten();
        let of_kind = all.filter(|address| address.get("type").and_then(Value::as_str) == Some(kind));
        of_kind.filter_map(|address| Some(address.get("address")?.as_str()?.to_owned())).collect()
    };
    let texts = |addresses: &[IpAddr]| addresses.iter().map(IpAddr::to_string).collect();
    let wanted: [(&str, Option<Vec<String>>); 3] = [
        ("InternalIP", step.internal_ip.as_deref().map(texts)),
        ("ExternalIP", step.external_ip.as_deref().map(texts)),
        ("Hostname", step.host_name.as_ref().map(|name| vec![name.value.clone()])),
    ];
    let differs = |(kind, wanted): (&str, Option<Vec<String>>)| {
        let (mut wanted, mut found) = (wanted?, shown(kind));
        wanted.sort();
        found.sort();
        let words = |addresses: &[String]| if addresses.is_empty() { "none".to_owned() } else { addresses.join(" and ") };
        (found != wanted).then(|| format!("its {kind} is {} instead of {}", words(&found), words(&wanted)))
    };
    wanted.into_iter().filter_map(differs).collect()
}

fn csi_label<'a>(topology: &'a Seen, key: &str) -> Option<&'a str> {
    let labels = topology.state.pointer("/status/topologyLabels")?.as_array()?;
    let label = labels.iter().find(|label| label.get("key").and_then(Value::as_str) == Some(key))?;
    label.get("value").and_then(Value::as_str)
}

/// What the CSI driver has to say for itself.
fn told(topology: Option<&Seen>) -> String {
    let Some(topology) = topology else { return "it has no CSINodeTopology".to_owned() };
    let text = |field: &str| topology.text(&["status", field]).filter(|text| !text.is_empty());
    let labels = topology.state.pointer("/status/topologyLabels").and_then(Value::as_array);
    let labels: Vec<String> = labels
        .into_iter()
        .flatten()
        .filter_map(|label| Some(format!("{}={}", label.get("key")?.as_str()?, label.get("value")?.as_str()?)))
        .collect();
    let labels = if labels.is_empty() { "no labels".to_owned() } else { labels.join(" ") };
    let error = text("errorMessage").map(|error| format!(" and says: {error}")).unwrap_or_default();
    format!("its CSINodeTopology is {} with {labels}{error}", text("status").unwrap_or("without a status"))
}

fn differs(what: &str, wanted: Option<&Spanned<Place>>, found: Option<&str>) -> Option<String> {
    let wanted = wanted?;
    (!wanted.holds(found)).then(|| format!("its {what} is {} instead of {}", found.unwrap_or("none"), wanted.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_journal::{Change, ChangeKind, Elapsed, Entry, Event};
    use seatrial_scenario::{Action, Expect};
    use serde_json::json;

    const SCENARIO: &str = "
scenario: A node
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 1, datastores: [vsan], tags: {k8s-zone: zone-a}}]}]
  kubernetes: {nodes: 1}
  topology: {zone: k8s-zone}
  drivers: {csi: ours}
steps:
  - expect: {node: worker-1, csi-zone: zone-a}
";

    /// What the step finds where the CSI driver says this of the node.
    fn found(topology: Value) -> Result<(), StepFailure> {
        let scenario = seatrial_scenario::parse("node.yaml", SCENARIO).unwrap();
        let Action::Expect(Expect::Node(step)) = &scenario.steps[0].action else { panic!("the step looks at a node") };
        let mut view = View::default();
        for (seq, (object, patch)) in (1..).zip([("nodes/worker-1", json!({})), ("csinodetopologies/worker-1", topology)]) {
            let (store, kind, object) = ("kubernetes".to_owned(), ChangeKind::Added, object.to_owned());
            let change = Change { store, revision: seq, object, kind, patch, cause: None };
            view.on(&Entry { seq, at: Elapsed(seq), event: Event::Change(change) });
        }
        expect(&view, &Labels::of_categories(Some("k8s-zone"), None), step)
    }

    #[test]
    fn a_zone_is_found_under_whichever_label_means_it() {
        for key in ["topology.kubernetes.io/zone", "topology.csi.vmware.com/k8s-zone"] {
            let topology = json!({"status": {"status": "Success", "topologyLabels": [{"key": key, "value": "zone-a"}]}});
            found(topology).unwrap_or_else(|failure| panic!("{key}: {failure}"));
        }
    }

    #[test]
    fn what_is_not_found_is_told_with_what_the_driver_says() {
        let topology = json!({"status": {"status": "Error", "errorMessage": "two tags of k8s-zone"}});
        let told = found(topology).unwrap_err().to_string();
        assert_eq!(
            told,
            "node worker-1: its zone for the CSI driver is none instead of zone-a, its CSINodeTopology is Error with no labels and says: two tags of k8s-zone"
        );
    }
}
