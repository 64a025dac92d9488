//! From where a volume is to be reachable.
//!
//! With a selected node the keys are those that its CSINode lists, and the node's own topology is preferred. Without
//! one the keys are some CSINode's, and where to begin is told by the claim's name, so that the claims of a
//! StatefulSet spread.

use std::collections::{BTreeMap, BTreeSet};

use csi_api::v1::{Topology, TopologyRequirement};
use k8s_openapi::api::core::v1::{Node, PersistentVolumeClaim, TopologySelectorTerm};
use k8s_openapi::api::storage::v1::{CSINode, StorageClass};
use kube::ResourceExt;

use super::Provisioner;
use super::outcome::Failure;
use crate::loops::support::LoopError;
use crate::loops::support::objects::selected_node;

type Segments = BTreeMap<String, String>;

impl Provisioner {
    /// What CreateVolume is asked for; `None` when the driver knows no topology, or none is known yet.
    pub(super) fn requirement(&self, claim: &PersistentVolumeClaim, class: &StorageClass) -> Result<Option<TopologyRequirement>, Failure> {
        if !self.knows_topology() {
            return Ok(None);
        }
        let selected = selected_node(claim);
        let allowed = combinations(class.allowed_topologies.as_deref().unwrap_or_default());
        if selected.is_empty() {
            return self.immediate(claim, allowed);
        }
        let csi_node = self.csi_nodes.named(selected).ok_or_else(|| {
            let why = format!("csinode.storage.k8s.io \"{selected}\" not found");
            let getting = format!("error getting CSINode for selected node \"{selected}\"");
            Failure::Reschedule(LoopError::NotYet(format!("failed to get selected CSINode {selected}: {getting}: {why}")))
        })?;
        let keys = keys_of(&csi_node, self.name());
        if keys.is_empty() {
            return Err(unknown(&format!("no topology key found for node {selected}")));
        }
        let node = self.nodes.named(selected);
        let own = node.as_ref().and_then(|node| segments(node, &keys)).ok_or_else(|| {
            let labels = go_map(&node.map(|node| node.labels().clone()).unwrap_or_default());
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            unknown(&format!("topology labels from selected node {labels} does not match topology keys from CSINode [{}]", keys.join(" ")))
        })?;
        let within = |one: &Segments| one.iter().all(|(key, value)| own.get(key) == Some(value));
        if self.config.strict_topology && !allowed.is_empty() && !allowed.iter().any(within) {
            let (own, allowed) = (go_map(&own), go_maps(&allowed));
            return Err(unknown(&format!("selected node '{selected:?}' topology '{own}' is not in allowed topologies: {allowed}")));
        }
        let requisite = match () {
            () if self.config.strict_topology => BTreeSet::from([own.clone()]),
            () if !allowed.is_empty() => allowed,
            () => self.everywhere(&keys),
        };
        let Some(first) = requisite.iter().position(within) else {
            let (own, requisite) = (go_map(&own), go_maps(&requisite));
            return Err(unknown(&format!("topology {own} from selected node {selected:?} is not in requisite: {requisite}")));
        };
        Ok(Some(rotated(&requisite, first)))
    }

    fn immediate(&self, claim: &PersistentVolumeClaim, allowed: BTreeSet<Segments>) -> Result<Option<TopologyRequirement>, Failure> {
        let requisite = if !allowed.is_empty() {
            allowed
        } else if self.config.immediate_topology {
            let nodes = self.csi_nodes.list();
            let keys = nodes.iter().map(|node| keys_of(node, self.name())).find(|keys| !keys.is_empty());
            keys.map(|keys| self.everywhere(&keys)).filter(|all| !all.is_empty()).ok_or_else(|| unknown("no available topology found"))?
        } else {
            return Ok(None);
        };
        let count = u32::try_from(requisite.len()).unwrap_or(u32::MAX).max(1);
        let first = usize::try_from(place_of(&claim.name_any()) % count).unwrap_or(0);
        Ok(Some(rotated(&requisite, first)))
    }

    /// The topologies of all nodes on which the driver has these keys.
    fn everywhere(&self, keys: &BTreeSet<String>) -> BTreeSet<Segments> {
        let nodes = self.csi_nodes.list();
        let same = nodes.iter().filter(|node| keys_of(node, self.name()) == *keys);
        same.filter_map(|csi_node| self.nodes.named(&csi_node.name_any())).filter_map(|node| segments(&node, keys)).collect()
    }
}

/// What cannot be told from where the volume is to be reachable.
fn unknown(why: &str) -> Failure {
    Failure::NoChange(LoopError::NotYet(format!("error generating accessibility requirements: {why}")))
}

/// A map as Go prints it.
fn go_map(map: &Segments) -> String {
    let pairs: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{value}")).collect();
    format!("map[{}]", pairs.join(" "))
}

fn go_maps(maps: &BTreeSet<Segments>) -> String {
    let maps: Vec<String> = maps.iter().map(go_map).collect();
    format!("[{}]", maps.join(" "))
}

fn keys_of(node: &CSINode, driver: &str) -> BTreeSet<String> {
    let driver = node.spec.drivers.iter().find(|entry| entry.name == driver);
    driver.into_iter().flat_map(|driver| driver.topology_keys.iter().flatten()).cloned().collect()
}

/// The node's values of the keys, if it has them all.
fn segments(node: &Node, keys: &BTreeSet<String>) -> Option<Segments> {
    keys.iter().map(|key| Some((key.clone(), node.labels().get(key)?.clone()))).collect()
}

/// Every combination that the class allows.
fn combinations(terms: &[TopologySelectorTerm]) -> BTreeSet<Segments> {
    let mut all = BTreeSet::new();
    for term in terms {
        let mut partial = vec![Segments::new()];
        for expression in term.match_label_expressions.iter().flatten() {
            let extend = |segments: &Segments, value: &String| {
                let mut longer = segments.clone();
                longer.insert(expression.key.clone(), value.clone());
                longer
            };
            partial = partial.iter().flat_map(|one| expression.values.iter().map(move |value| extend(one, value))).collect();
        }
        all.extend(partial.into_iter().filter(|segments| !segments.is_empty()));
    }
    all
}

/// All of them required; preferred in the same order, from the `first` on.
fn rotated(requisite: &BTreeSet<Segments>, first: usize) -> TopologyRequirement {
    let requisite: Vec<Topology> = requisite.iter().map(|segments| Topology { segments: segments.clone() }).collect();
    let mut preferred = requisite.clone();
    preferred.rotate_left(first);
    TopologyRequirement { requisite, preferred }
}

/// FNV-1a of the name; of a StatefulSet's claim that of the name without its ordinal, plus the ordinal.
fn place_of(name: &str) -> u32 {
    let (base, ordinal) = match name.rsplit_once('-') {
        Some((base, number)) => number.parse::<u32>().map_or((name, 0), |ordinal| (base, ordinal)),
        None => (name, 0),
    };
    let hash = base.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.wrapping_add(ordinal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_of_a_set_spread_over_the_topologies() {
        let places: BTreeSet<u32> = (0..3).map(|ordinal| place_of(&format!("data-web-{ordinal}")) % 3).collect();
        assert_eq!(places.len(), 3);
    }

    #[test]
    fn the_preferred_begin_with_the_selected_nodes() {
        let zone = |name: &str| Segments::from([("zone".to_owned(), name.to_owned())]);
        let requirement = rotated(&BTreeSet::from([zone("a"), zone("b"), zone("c")]), 1);
        let order: Vec<&str> = requirement.preferred.iter().map(|topology| topology.segments["zone"].as_str()).collect();
        assert_eq!(order, ["b", "c", "a"]);
    }
}
