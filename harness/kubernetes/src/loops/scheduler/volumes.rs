//! Which volumes a pod needs, whether they can be had on a node, and how.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod, TopologySelectorTerm};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt;

use super::super::persistent_volume::{is_free_and_fits, size};
use super::super::support::names::NO_PROVISIONER;
use super::super::support::objects::{
    claim_class, claim_phase, claim_volume, claims_of, ephemeral_claim, is_deleting, is_fully_bound, is_reserved_for, is_terminal,
    selected_node,
};
use super::super::support::owned::is_controlled_by;
use super::super::support::selectors::fits_node;
use super::Scheduler;
use super::filters::Rejection;
use super::state::Wake;
use crate::client::ObjectKey;

const ZONES: [&str; 4] = [
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
];
const NO_VOLUMES: &str = "node(s) didn't find available persistent volumes to bind";

/// A pod's claims, sorted by what is left to do.
pub(super) struct Wanted {
    bound: Vec<Arc<PersistentVolumeClaim>>,
    waiting: Vec<Arc<PersistentVolumeClaim>>,
}

/// How the claims of a pod are to be met on one node.
#[derive(Default)]
pub(super) struct Plan {
    /// Volumes that exist, for claims that they fit.
    pub(super) chosen: Vec<(Arc<PersistentVolume>, Arc<PersistentVolumeClaim>)>,
    /// Claims that are to be provisioned for the node.
    pub(super) provisioned: Vec<Arc<PersistentVolumeClaim>>,
}

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        self.chosen.is_empty() && self.provisioned.is_empty()
    }

    pub(super) fn reservations(&self) -> Vec<(String, ObjectKey)> {
        self.chosen.iter().map(|(volume, claim)| (volume.name_any(), ObjectKey::of(claim.as_ref()))).collect()
    }
}

/// The claims of a pod's generic ephemeral volumes.
fn ephemeral_claims(pod: &Pod) -> Vec<String> {
    pod.spec.iter().flat_map(|spec| spec.volumes.iter().flatten()).filter_map(|volume| ephemeral_claim(pod, volume)).collect()
}

fn not_there(claim: &str, ephemeral: bool) -> String {
    if ephemeral {
        return format!("waiting for ephemeral volume controller to create the persistentvolumeclaim \"{claim}\"");
    }
    format!("persistentvolumeclaim \"{claim}\" not found")
}

impl Scheduler {
    /// What holds for every node alike.
    pub(super) fn wanted_volumes(&self, pod: &Pod) -> Result<Wanted, Rejection> {
        let mut wanted = Wanted { bound: Vec::new(), waiting: Vec::new() };
        let reject = |reason: String| Rejection::new(reason, &[Wake::Storage]);
        for key in claims_of(pod) {
            let name = &key.name;
            let ephemeral = ephemeral_claims(pod).contains(name);
            let claim = self.claims.get(&key).ok_or_else(|| reject(not_there(name, ephemeral)))?;
            if is_deleting(claim.as_ref()) {
                return Err(reject(format!("persistentvolumeclaim \"{name}\" is being deleted")));
            }
            if ephemeral && !is_controlled_by(claim.as_ref(), pod) {
                let pod = ObjectKey::of(pod);
                return Err(reject(format!("PVC {key} was not created for pod {pod} (pod is not owner)")));
            }
            if claim_phase(&claim) == "Lost" {
                let volume = claim_volume(&claim);
                return Err(reject(format!("persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{volume}\"")));
            }
            if is_fully_bound(&claim) {
                self.not_used_by_another(pod, &key, &claim)?;
                wanted.bound.push(claim);
            } else if claim_volume(&claim).is_empty() && self.waits_for_consumer(&claim) {
                wanted.waiting.push(claim);
            } else if self.rules.bind_pods_after_claims {
                return Err(reject("pod has unbound immediate PersistentVolumeClaims".into()));
            }
        }
        Ok(wanted)
    }

    fn waits_for_consumer(&self, claim: &PersistentVolumeClaim) -> bool {
        let class = self.classes.named(claim_class(claim));
        self.rules.wait_for_first_consumer
            && class.is_some_and(|class| class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer"))
    }

    fn not_used_by_another(&self, pod: &Pod, key: &ObjectKey, claim: &PersistentVolumeClaim) -> Result<(), Rejection> {
        let modes = claim.spec.as_ref().and_then(|spec| spec.access_modes.as_deref()).unwrap_or_default();
        if !modes.iter().any(|mode| mode == "ReadWriteOncePod") {
            return Ok(());
        }
        let others = self.pods.list_in(&key.namespace);
        let used = others.iter().any(|other| {
            other.name_any() != pod.name_any() && !is_terminal(other) && self.place_of(other).is_some() && claims_of(other).contains(key)
        });
        if used {
            let reason = "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod";
            return Err(Rejection::new(reason, &[Wake::PodGone]).resolvable());
        }
        Ok(())
    }

    /// How the claims can be met on this node.
    pub(super) fn plan_volumes(&self, node: &Node, wanted: &Wanted) -> Result<Plan, Rejection> {
        for claim in &wanted.bound {
            let Some(volume) = self.volumes.named(claim_volume(claim)) else {
                let reason = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
                return Err(Rejection::new(reason, &[Wake::Storage]));
            };
            if !self.reaches(&volume, node) {
                let reason = "node(s) didn't match PersistentVolume's node affinity";
                return Err(Rejection::new(reason, &[Wake::Node, Wake::Storage]));
            }
            if self.rules.volume_affinity_is_a_filter && !zone_fits(&volume, node) {
                return Err(Rejection::new("node(s) had no available volume zone", &[Wake::Node, Wake::Storage]));
            }
        }
        let mut plan = Plan::default();
        for claim in &wanted.waiting {
            self.plan_claim(node, claim, &mut plan)?;
        }
        Ok(plan)
    }

    fn plan_claim(&self, node: &Node, claim: &Arc<PersistentVolumeClaim>, plan: &mut Plan) -> Result<(), Rejection> {
        let conflict = || Rejection::new(NO_VOLUMES, &[Wake::Node, Wake::Storage]);
        let selected = selected_node(claim);
        if selected.is_empty() {
            if let Some(volume) = self.free_volume(node, claim, plan) {
                plan.chosen.push((volume, Arc::clone(claim)));
                return Ok(());
            }
        } else if selected != node.name_any() {
            // Only the provisioner frees a claim from the node that was once selected.
            return Err(conflict());
        }
        let class = self.classes.named(claim_class(claim)).ok_or_else(conflict)?;
        if !can_provision(&class, node) {
            return Err(conflict());
        }
        plan.provisioned.push(Arc::clone(claim));
        Ok(())
    }

    /// Whether the volume's node affinity takes the node.
    pub(super) fn reaches(&self, volume: &PersistentVolume, node: &Node) -> bool {
        let affinity = volume.spec.as_ref().and_then(|spec| spec.node_affinity.as_ref());
        let required = affinity.and_then(|affinity| affinity.required.as_ref());
        !self.rules.volume_affinity_is_a_filter || required.is_none_or(|selector| fits_node(selector, node))
    }

    /// The volume that is reserved for the claim, else the smallest that is free, fits and can be reached.
    fn free_volume(&self, node: &Node, claim: &PersistentVolumeClaim, plan: &Plan) -> Option<Arc<PersistentVolume>> {
        let key = ObjectKey::of(claim);
        let mut volumes = self.volumes.list();
        volumes.retain(|volume| {
            let name = volume.name_any();
            let ours = self.state().reserved_for(&name).is_none_or(|other| *other == key);
            let unplanned = !plan.chosen.iter().any(|(chosen, _)| chosen.name_any() == name);
            ours && unplanned && self.reaches(volume, node) && (is_reserved_for(volume, claim) || is_free_and_fits(volume, claim))
        });
        volumes.sort_by_key(|volume| (!is_reserved_for(volume, claim), size(volume), volume.name_any()));
        volumes.into_iter().next()
    }
}

fn can_provision(class: &StorageClass, node: &Node) -> bool {
    let terms = class.allowed_topologies.as_deref().unwrap_or_default();
    class.provisioner != NO_PROVISIONER && (terms.is_empty() || terms.iter().any(|term| fits_topology(term, node)))
}

fn fits_topology(term: &TopologySelectorTerm, node: &Node) -> bool {
    let mut expressions = term.match_label_expressions.iter().flatten();
    expressions.all(|expression| node.labels().get(&expression.key).is_some_and(|value| expression.values.contains(value)))
}

fn zone_fits(volume: &PersistentVolume, node: &Node) -> bool {
    if !ZONES.iter().any(|zone| node.labels().contains_key(*zone)) {
        return true;
    }
    ZONES.iter().all(|zone| {
        let Some(of_volume) = volume.labels().get(*zone) else { return true };
        node.labels().get(*zone).is_some_and(|of_node| of_volume.split("__").any(|one| one == of_node))
    })
}
