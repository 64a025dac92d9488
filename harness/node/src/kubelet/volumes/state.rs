//! The volume manager's state and its decisions: pure, so that each rule can be tested by itself.
//!
//! Two worlds, as upstream: what pods want (*desired*), and what is mounted or may be (*actual*). [`State::plan`]
//! tells which operations bring the second to the first. One operation at a time works on a volume.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_kubernetes::client::{BackoffLimits, KeyedBackoff, ObjectKey};
use tokio::time::Instant;

use super::identity::{Identity, VolumeSpec};

/// How far something is mounted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::kubelet) enum Mounted {
    #[default]
    No,
    /// It may be: a call failed in a way that tells nothing, or kubelet has restarted.
    Uncertain,
    Yes,
}

#[derive(Clone, Debug, Default)]
struct Desired {
    pods: BTreeMap<String, VolumeSpec>,
    /// Whether the node's status is known to list the volume as in use.
    reported_in_use: bool,
}

#[derive(Clone, Debug)]
struct Actual {
    identity: Identity,
    attached: bool,
    staged: Mounted,
    pods: BTreeMap<String, Mounted>,
}

/// Something to be done about a volume.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kubelet) enum Operation {
    /// Asks the API server whether the node's status lists the volume as attached.
    VerifyAttached(Identity),
    /// Stages it unless it is staged, and publishes it for the pod.
    Mount { spec: Box<VolumeSpec>, pod_uid: String, staged: bool },
    /// Makes what lies on it as large as it has become, while the pod uses it.
    Expand { spec: Box<VolumeSpec>, pod_uid: String },
    /// Takes it from the pod.
    Unpublish { identity: Identity, pod_uid: String },
    /// Takes it from the node; without a call when it was attached only.
    Unstage { identity: Identity, mounted: bool },
}

impl Operation {
    pub fn identity(&self) -> &Identity {
        match self {
            Self::VerifyAttached(identity) | Self::Unstage { identity, .. } | Self::Unpublish { identity, .. } => identity,
            Self::Mount { spec, .. } | Self::Expand { spec, .. } => &spec.identity,
        }
    }
}

/// What fails is put off by the volume, or by volume and pod once it is staged.
pub(in crate::kubelet) type BackoffKey = (String, Option<String>);

/// Why an operation failed.
pub(super) struct Failure {
    /// What is put off.
    pub key: BackoffKey,
    pub message: String,
}

/// The volume manager's state.
pub(in crate::kubelet) struct State {
    desired: BTreeMap<String, Desired>,
    actual: BTreeMap<String, Actual>,
    running: BTreeSet<String>,
    backoff: KeyedBackoff<BackoffKey>,
    /// Pods that shall run and whose volumes are not known yet: nothing may be taken from them.
    unpopulated: BTreeSet<String>,
    /// Whether all pods of the node are known: nothing is unmounted before.
    pods_known: bool,
    /// What the node's own status lists as attached.
    attached_by_status: BTreeSet<String>,
    /// Volumes that have grown, as far as a pod's sync has noticed.
    grown: BTreeSet<String>,
    /// Volumes whose driver has refused for good to expand them on the node.
    refused_growth: BTreeSet<String>,
}

impl State {
    pub fn new(limits: BackoffLimits) -> Self {
        Self {
            desired: BTreeMap::new(),
            actual: BTreeMap::new(),
            running: BTreeSet::new(),
            backoff: KeyedBackoff::new(limits),
            unpopulated: BTreeSet::new(),
            pods_known: false,
            attached_by_status: BTreeSet::new(),
            grown: BTreeSet::new(),
            refused_growth: BTreeSet::new(),
        }
    }

    /// A pod shall run; its volumes are not known yet.
    pub fn expect_pod(&mut self, pod_uid: &str) {
        self.unpopulated.insert(pod_uid.to_owned());
    }

    /// All pods that were there at the start have been expected.
    pub fn know_all_pods(&mut self) {
        self.pods_known = true;
    }

    pub fn knows_all_pods(&self) -> bool {
        self.pods_known && self.unpopulated.is_empty()
    }

    /// The pod wants these volumes.
    pub fn want(&mut self, pod_uid: &str, specs: Vec<VolumeSpec>) {
        for spec in specs {
            self.desired.entry(spec.identity.unique_name()).or_default().pods.insert(pod_uid.to_owned(), spec);
        }
        self.unpopulated.remove(pod_uid);
    }

    /// The pod wants no volume any more.
    pub fn release(&mut self, pod_uid: &str) {
        self.unpopulated.remove(pod_uid);
        for volume in self.desired.values_mut() {
            volume.pods.remove(pod_uid);
        }
        self.desired.retain(|_, volume| !volume.pods.is_empty());
    }

    /// What was found on the machine after a restart: it may be staged, or published for a pod.
    pub fn found(&mut self, identity: &Identity, pod_uid: Option<&str>) {
        let volume = self.actual_mut(identity);
        volume.staged = Mounted::Uncertain;
        if let Some(pod_uid) = pod_uid {
            volume.pods.insert(pod_uid.to_owned(), Mounted::Uncertain);
        }
    }

    /// Whether the node's status lists something else as attached than before.
    pub fn is_news_of_attached(&self, names: &BTreeSet<String>) -> bool {
        *names != self.attached_by_status
    }

    /// What the node's status lists as attached.
    pub fn status_lists_attached(&mut self, names: BTreeSet<String>) {
        self.attached_by_status = names;
    }

    /// What the node's status is to list as in use.
    pub fn in_use(&self) -> BTreeSet<String> {
        let desired = self.desired.iter().filter(|(_, volume)| volume.pods.values().any(|spec| spec.identity.needs_attachment()));
        let actual = self.actual.iter().filter(|(_, volume)| volume.identity.needs_attachment());
        desired.map(|(name, _)| name.clone()).chain(actual.map(|(name, _)| name.clone())).collect()
    }

    /// Whether the node's status says something else of the wanted volumes than before.
    pub fn is_news_of_in_use(&self, names: &BTreeSet<String>) -> bool {
        self.desired.iter().any(|(name, volume)| volume.reported_in_use != names.contains(name))
    }

    /// The node's status is known to list these as in use.
    pub fn reported_in_use(&mut self, names: &BTreeSet<String>) {
        for (name, volume) in &mut self.desired {
            volume.reported_in_use = names.contains(name);
        }
    }

    /// Whether each volume that the pod wants is published for it.
    pub fn is_mounted_for(&self, pod_uid: &str) -> bool {
        !self.unpopulated.contains(pod_uid) && self.missing_for(pod_uid).is_empty()
    }

    /// The PersistentVolumes that the pod still waits for.
    pub fn missing_for(&self, pod_uid: &str) -> Vec<String> {
        let wanted = self.desired.iter().filter_map(|(name, volume)| Some((name, volume.pods.get(pod_uid)?)));
        let published = |name: &String| self.actual.get(name).and_then(|volume| volume.pods.get(pod_uid)) == Some(&Mounted::Yes);
        wanted.filter(|(name, _)| !published(name)).map(|(_, spec)| spec.identity.pv_name.clone()).collect()
    }

    /// A pod's sync has noticed that the claim's volume has grown.
    pub fn has_grown(&mut self, claim: &ObjectKey) {
        let of_claim = |volume: &Desired| volume.pods.values().any(|spec| spec.claim == *claim);
        let names = self.desired.iter().filter(|(_, volume)| of_claim(volume)).map(|(name, _)| name.clone());
        self.grown.extend(names);
    }

    /// The driver has refused to expand the volume here; answers whether it had before.
    pub fn refuses_growth(&mut self, identity: &Identity) -> bool {
        !self.refused_growth.insert(identity.unique_name())
    }

    /// Whether the volume is or may be staged.
    pub fn may_be_staged(&self, identity: &Identity) -> bool {
        self.actual.get(&identity.unique_name()).is_some_and(|volume| volume.staged != Mounted::No)
    }

    /// Whether the volume is or may be published for the pod.
    pub fn may_be_published(&self, identity: &Identity, pod_uid: &str) -> bool {
        self.actual.get(&identity.unique_name()).is_some_and(|volume| volume.pods.contains_key(pod_uid))
    }

    /// Whether nothing is or may be published for the pod.
    pub fn is_free_of(&self, pod_uid: &str) -> bool {
        self.actual.values().all(|volume| !volume.pods.contains_key(pod_uid))
    }

    /// The operations to start now, unmounts first. Each is counted as running until it is finished.
    pub fn plan(&mut self) -> Vec<Operation> {
        let mut operations = self.unpublishes();
        operations.extend(self.mounts());
        operations.extend(self.expansions());
        operations.extend(self.unstages());
        let mut started = Vec::new();
        for operation in operations {
            let name = operation.identity().unique_name();
            if self.is_due(&name, &operation) && self.running.insert(name) {
                started.push(operation);
            }
        }
        started
    }

    /// When the first of those that were put off may be tried again.
    pub fn next_due(&self) -> Option<Instant> {
        let pods = self.desired.values().flat_map(|volume| volume.pods.keys());
        let pods: BTreeSet<&String> = pods.chain(self.actual.values().flat_map(|volume| volume.pods.keys())).collect();
        let names: BTreeSet<&String> = self.desired.keys().chain(self.actual.keys()).collect();
        let keys = names.iter().flat_map(|name| {
            let of_pods = pods.iter().map(|pod| ((*name).clone(), Some((*pod).clone())));
            std::iter::once(((*name).clone(), None)).chain(of_pods)
        });
        keys.filter_map(|key| self.backoff.blocked_until(&key)).min()
    }

    fn unpublishes(&self) -> Vec<Operation> {
        if !self.pods_known {
            return Vec::new();
        }
        let mut operations = Vec::new();
        for (name, volume) in &self.actual {
            for pod_uid in volume.pods.keys() {
                let wanted = self.desired.get(name).is_some_and(|desired| desired.pods.contains_key(pod_uid));
                if !wanted && !self.unpopulated.contains(pod_uid) {
                    operations.push(Operation::Unpublish { identity: volume.identity.clone(), pod_uid: pod_uid.clone() });
                }
            }
        }
        operations
    }

    fn mounts(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (name, desired) in &self.desired {
            let actual = self.actual.get(name);
            let staged = actual.is_some_and(|volume| volume.staged == Mounted::Yes);
            let attached = actual.is_some_and(|volume| volume.attached);
            for (pod_uid, spec) in &desired.pods {
                if actual.and_then(|volume| volume.pods.get(pod_uid)) == Some(&Mounted::Yes) {
                    continue;
                }
                if attached || !spec.identity.needs_attachment() {
                    operations.push(Operation::Mount { spec: Box::new(spec.clone()), pod_uid: pod_uid.clone(), staged });
                } else if desired.reported_in_use && self.attached_by_status.contains(name) {
                    operations.push(Operation::VerifyAttached(spec.identity.clone()));
                }
            }
        }
        operations
    }

    /// One pod of each volume that has grown and is mounted for it.
    fn expansions(&self) -> Vec<Operation> {
        let mounted = |name: &str| {
            let (desired, actual) = (self.desired.get(name)?, self.actual.get(name)?);
            let (pod_uid, spec) = desired.pods.iter().find(|(pod, _)| actual.pods.get(*pod) == Some(&Mounted::Yes))?;
            Some(Operation::Expand { spec: Box::new(spec.clone()), pod_uid: pod_uid.clone() })
        };
        self.grown.iter().filter_map(|name| mounted(name)).collect()
    }

    fn unstages(&self) -> Vec<Operation> {
        if !self.knows_all_pods() {
            return Vec::new();
        }
        let unused = self.actual.iter().filter(|(name, volume)| volume.pods.is_empty() && !self.desired.contains_key(*name));
        let mounted = |volume: &Actual| volume.staged != Mounted::No;
        unused.map(|(_, volume)| Operation::Unstage { identity: volume.identity.clone(), mounted: mounted(volume) }).collect()
    }

    fn is_due(&self, name: &str, operation: &Operation) -> bool {
        let free = |pod: Option<&String>| self.backoff.blocked_until(&(name.to_owned(), pod.cloned())).is_none();
        match operation {
            Operation::Mount { pod_uid, .. } => free(None) && free(Some(pod_uid)),
            Operation::Unpublish { pod_uid, .. } => free(Some(pod_uid)),
            Operation::VerifyAttached(_) | Operation::Expand { .. } | Operation::Unstage { .. } => free(None),
        }
    }

    fn actual_mut(&mut self, identity: &Identity) -> &mut Actual {
        self.actual.entry(identity.unique_name()).or_insert_with(|| Actual {
            identity: identity.clone(),
            attached: false,
            staged: Mounted::No,
            pods: BTreeMap::new(),
        })
    }

    // What operations report.

    pub fn attached(&mut self, identity: &Identity) {
        self.actual_mut(identity).attached = true;
    }

    pub fn staged(&mut self, identity: &Identity, mounted: Mounted) {
        self.actual_mut(identity).staged = mounted;
    }

    pub fn published(&mut self, identity: &Identity, pod_uid: &str, mounted: Mounted) {
        self.actual_mut(identity).pods.insert(pod_uid.to_owned(), mounted);
    }

    pub fn unpublished(&mut self, identity: &Identity, pod_uid: &str) {
        self.actual_mut(identity).pods.remove(pod_uid);
    }

    pub fn unstaged(&mut self, identity: &Identity) {
        self.actual.remove(&identity.unique_name());
        self.grown.remove(&identity.unique_name());
        self.refused_growth.remove(&identity.unique_name());
    }

    /// The operation on a volume has ended; `failed` tells what is put off.
    pub fn finished(&mut self, operation: &Operation, failed: Option<BackoffKey>) {
        let name = operation.identity().unique_name();
        self.running.remove(&name);
        if let Some(key) = failed {
            self.backoff.failed(key);
            return;
        }
        self.backoff.forget(&(name.clone(), None));
        if let Operation::Expand { .. } = operation {
            self.grown.remove(&name);
        }
        if let Operation::Mount { pod_uid, .. } | Operation::Unpublish { pod_uid, .. } = operation {
            self.backoff.forget(&(name, Some(pod_uid.clone())));
        }
    }
}

#[cfg(test)]
mod tests;
