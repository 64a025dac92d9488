//! Which volumes the pods want on which nodes.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{PersistentVolume, Pod};
use kube::ResourceExt;

use super::super::support::names::MANAGED_ATTACH;
use super::super::support::objects::{
    annotation, claim_of, claim_volume, claims_of, is_deleting, is_fully_bound, is_terminal, node_of, uid,
};
use super::Controller;
use super::state::{Place, Volume};
use crate::client::ObjectKey;

/// A wanted place, and the pods that want it.
pub(super) struct Wish {
    pub(super) volume: Volume,
    pub(super) pods: BTreeSet<ObjectKey>,
}

impl Controller {
    /// All places that are wanted now.
    ///
    /// What a pod's claims came to once is kept while the pod counts, as the real one keeps it.
    pub(super) fn wishes(&self) -> BTreeMap<Place, Wish> {
        let mut wishes: BTreeMap<Place, Wish> = BTreeMap::new();
        let mut present = BTreeSet::new();
        for pod in self.pods.list() {
            let Some(node) = node_of(&pod).filter(|_| counts(&pod)) else {
                continue;
            };
            let key = ObjectKey::of(pod.as_ref());
            let identity = (key.clone(), uid(pod.as_ref()).to_owned());
            present.insert(identity.clone());
            if !self.manages(node) {
                continue;
            }
            let found = self.volumes_of(&pod);
            let mut state = self.state();
            let known = state.wanted.entry(identity).or_default();
            known.extend(found);
            for (unique, volume) in known {
                let place = Place { volume: unique.clone(), node: node.to_owned() };
                let wish = wishes.entry(place).or_insert_with(|| Wish { volume: volume.clone(), pods: BTreeSet::new() });
                wish.pods.insert(key.clone());
            }
        }
        self.state().wanted.retain(|identity, _| present.contains(identity));
        wishes
    }

    fn manages(&self, node: &str) -> bool {
        self.nodes.named(node).is_some_and(|node| annotation(node.as_ref(), MANAGED_ATTACH) == "true")
    }

    fn volumes_of(&self, pod: &Pod) -> BTreeMap<String, Volume> {
        let claims = claims_of(pod);
        claims.iter().filter_map(|key| self.volume_of(key)).map(|volume| (volume.unique_name(), volume)).collect()
    }

    fn volume_of(&self, key: &ObjectKey) -> Option<Volume> {
        let claim = self.claims.get(key).filter(|claim| is_fully_bound(claim))?;
        let volume = self.volumes.named(claim_volume(&claim))?;
        if claim_of(&volume)?.1 != uid(claim.as_ref()) {
            return None;
        }
        self.attachable(&volume)
    }

    /// The volume, if its driver wants to be asked to attach it.
    pub(super) fn attachable(&self, volume: &PersistentVolume) -> Option<Volume> {
        let spec = volume.spec.as_ref()?;
        let source = spec.csi.as_ref()?;
        let driver = self.drivers.named(&source.driver);
        if driver.is_some_and(|driver| driver.spec.attach_required == Some(false)) {
            return None;
        }
        let shared = spec.access_modes.iter().flatten().any(|mode| mode == "ReadWriteMany" || mode == "ReadOnlyMany");
        Some(Volume { name: volume.name_any(), driver: source.driver.clone(), handle: source.volume_handle.clone(), shared })
    }
}

/// A pod counts until it is gone, has ended, or is being deleted and runs nothing any more.
fn counts(pod: &Pod) -> bool {
    if is_terminal(pod) {
        return false;
    }
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_deref()).unwrap_or_default();
    let runs = statuses.iter().any(|status| {
        let state = status.state.as_ref();
        state.is_none_or(|state| state.terminated.is_none() && state.waiting.is_none())
    });
    !is_deleting(pod) || runs
}
