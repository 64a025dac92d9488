//! A node's zone and region, as the cloud controller manager and as the CSI driver see them.
//!
//! CCM writes labels onto the Node. The CSI driver tells kubelet, which writes the same labels when they are not there;
//! what the driver itself found out stands in its CSINodeTopology object.

use seatrial_oracle::{Seen, View};
use seatrial_scenario::{ExpectNode, Place, Spanned};
use serde_json::Value;

use crate::steps::StepFailure;

/// The label of a zone.
pub(super) const ZONE: &str = "topology.kubernetes.io/zone";
const REGION: &str = "topology.kubernetes.io/region";

/// Looks at what the step names; all that is wrong is told at once.
pub(super) fn expect(view: &View, step: &ExpectNode) -> Result<(), StepFailure> {
    let name = &step.node.value;
    let Some(node) = view.get("kubernetes", &format!("nodes/{name}")) else {
        return Err(StepFailure::new(format!("there is no node {name}")));
    };
    let label = |key: &str| node.text(&["metadata", "labels", key]).map(str::to_owned);
    let topology = view.get("kubernetes", &format!("csinodetopologies/{name}"));
    let csi = |key: &str| topology.and_then(|topology| csi_label(topology, key));
    let looks = [
        ("zone", &step.zone, label(ZONE)),
        ("region", &step.region, label(REGION)),
        ("zone for the CSI driver", &step.csi_zone, csi(ZONE)),
        ("region for the CSI driver", &step.csi_region, csi(REGION)),
    ];
    let wrong: Vec<String> =
        looks.into_iter().filter_map(|(what, wanted, found)| differs(what, wanted.as_ref(), found.as_deref())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(StepFailure::new(format!("node {name}: {}", wrong.join(", ")))) }
}

fn csi_label(topology: &Seen, key: &str) -> Option<String> {
    let labels = topology.state.pointer("/status/topologyLabels")?.as_array()?;
    let label = labels.iter().find(|label| label.get("key").and_then(Value::as_str) == Some(key))?;
    label.get("value").and_then(Value::as_str).map(str::to_owned)
}

fn differs(what: &str, wanted: Option<&Spanned<Place>>, found: Option<&str>) -> Option<String> {
    let wanted = wanted?;
    (!wanted.holds(found)).then(|| format!("its {what} is {} instead of {}", found.unwrap_or("none"), wanted.value))
}
