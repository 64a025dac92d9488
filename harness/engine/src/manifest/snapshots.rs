//! Whether a scenario has to do with snapshots. Their API is no part of Kubernetes, so it is installed, and its controllers run, only
//! where somebody asks for it: a world without them is as it was.

use seatrial_kubernetes::dry_cluster::split;
use seatrial_kubernetes::snapshot_api::GROUP;
use seatrial_scenario::{Capability, Scenario};
use serde_json::Value;

use super::file::text;
use super::manifests::Manifests;
use super::names;

/// Whether a manifest, a step or a requirement speaks of snapshots.
pub(crate) fn uses_snapshots(scenario: &Scenario, manifests: &Manifests) -> bool {
    scenario.requires.iter().any(|required| required.value == Capability::Snapshots)
        || manifests.all().any(|object| split(text(object, "/apiVersion")).0 == GROUP || is_made_of_one(object))
        || scenario.steps.iter().filter_map(|step| names::object_of(&step.action)).any(|named| named.kind.served().group == GROUP)
}

fn is_made_of_one(object: &Value) -> bool {
    ["/spec/dataSource/apiGroup", "/spec/dataSourceRef/apiGroup"].into_iter().any(|pointer| text(object, pointer) == GROUP)
}
