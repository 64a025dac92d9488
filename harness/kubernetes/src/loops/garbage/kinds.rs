//! Kinds by which owners are found: what an owner reference says, and where such objects are.

use std::collections::BTreeMap;

use kube::api::{Api, DynamicObject};
use kube::core::ApiResource;

use crate::client::ObjectKey;

/// A kind and whether its objects are in namespaces.
#[derive(Clone, Debug)]
pub(super) struct ResourceKind {
    pub(super) resource: ApiResource,
    pub(super) namespaced: bool,
}

impl ResourceKind {
    pub(super) fn new(group: &str, version: &str, kind: &str, plural: &str, namespaced: bool) -> Self {
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        let resource = ApiResource { group: group.into(), version: version.into(), api_version, kind: kind.into(), plural: plural.into() };
        Self { resource, namespaced }
    }

    /// The API of the objects beside one of this key.
    pub(super) fn api(&self, client: &kube::Client, namespace: &str) -> Api<DynamicObject> {
        if self.namespaced {
            Api::namespaced_with(client.clone(), namespace, &self.resource)
        } else {
            Api::all_with(client.clone(), &self.resource)
        }
    }

    /// How the API server is told which object.
    pub(super) fn describe(&self, key: &ObjectKey) -> String {
        format!("{} {key}", self.resource.plural)
    }
}

/// All kinds that can be found, by API version and kind.
pub(super) struct Kinds(BTreeMap<(String, String), ResourceKind>);

/// Group, version, kind, plural, whether in namespaces.
const BUILTIN: [(&str, &str, &str, &str, bool); 17] = [
    ("", "v1", "ConfigMap", "configmaps", true),
    ("", "v1", "Namespace", "namespaces", false),
    ("", "v1", "Node", "nodes", false),
    ("", "v1", "PersistentVolume", "persistentvolumes", false),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
    ("", "v1", "Pod", "pods", true),
    ("", "v1", "Secret", "secrets", true),
    ("", "v1", "Service", "services", true),
    ("", "v1", "ServiceAccount", "serviceaccounts", true),
    ("apps", "v1", "ControllerRevision", "controllerrevisions", true),
    ("apps", "v1", "Deployment", "deployments", true),
    ("apps", "v1", "ReplicaSet", "replicasets", true),
    ("apps", "v1", "StatefulSet", "statefulsets", true),
    ("batch", "v1", "Job", "jobs", true),
    ("coordination.k8s.io", "v1", "Lease", "leases", true),
    ("storage.k8s.io", "v1", "CSIDriver", "csidrivers", false),
    ("storage.k8s.io", "v1", "CSINode", "csinodes", false),
];

impl Kinds {
    pub(super) fn builtin() -> Self {
        let mut kinds = Self(BTreeMap::new());
        for (group, version, kind, plural, namespaced) in BUILTIN {
            kinds.add(ResourceKind::new(group, version, kind, plural, namespaced));
        }
        kinds
    }

    pub(super) fn add(&mut self, kind: ResourceKind) {
        self.0.insert((kind.resource.api_version.clone(), kind.resource.kind.clone()), kind);
    }

    pub(super) fn remove(&mut self, kind: &ResourceKind) {
        self.0.remove(&(kind.resource.api_version.clone(), kind.resource.kind.clone()));
    }

    /// The kind that an owner reference names; `None` for one that nobody serves here.
    pub(super) fn find(&self, api_version: &str, kind: &str) -> Option<ResourceKind> {
        self.0.get(&(api_version.to_owned(), kind.to_owned())).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_asks_the_collector_only_where_it_looks() {
        let known: Vec<(&str, &str)> = BUILTIN.iter().map(|(group, _, _, plural, _)| (*group, *plural)).collect();
        assert_eq!(known, crate::store::COLLECTED);
    }
}
