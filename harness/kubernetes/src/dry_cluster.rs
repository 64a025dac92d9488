//! A cluster that is none: it is asked which kinds the embedded API server serves, and what it would refuse of an object, before there is
//! a server.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use seatrial_seed::Seed;
use serde_json::Value;

use crate::schema::{self, Objection, Way, objections};
use crate::store::value::text;
use crate::store::{Command, Place, Resource, Store, WriteOptions};

/// The namespace of objects that name none.
const NAMESPACE: &str = "default";

/// A cluster without a server, a clock or a journal.
pub struct DryCluster(Store);

impl Default for DryCluster {
    fn default() -> Self {
        Self(Store::new(NOW, &Seed::new(0)))
    }
}

/// What is looked at has no time.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

impl DryCluster {
    /// The resource of a kind, if it is served.
    pub fn served(&self, api_version: &str, kind: &str) -> Option<&Arc<Resource>> {
        let (group, version) = split(api_version);
        self.0.resources().find(|resource| resource.name.group == group && resource.kind == kind && resource.serves(version))
    }

    /// All that is served, as apiVersion (the preferred one) and kind.
    pub fn kinds(&self) -> impl Iterator<Item = (String, &str)> {
        self.0.resources().map(|resource| (resource.api_version(&resource.versions[0]), resource.kind.as_str()))
    }

    /// Adds what other objects need so that they can be there at all: namespaces, and definitions of kinds. Of all else it is only seen
    /// whether it could be added.
    pub fn add(&mut self, object: &Value) {
        if !matches!(text(object, "/kind"), "Namespace" | "CustomResourceDefinition") {
            return;
        }
        if let Some(at) = self.place(object) {
            // What it refuses was told as an objection.
            let _ = self.0.apply(NOW, Command::Create { at, object: object.clone(), options: WriteOptions::default() });
        }
    }

    /// Whether there is a namespace; where there is none, those that there are.
    pub fn lacks_namespace_of(&self, object: &Value) -> Option<Vec<String>> {
        let namespace = self.place(object)?.namespace;
        let there: Vec<String> = self.0.objects("", "namespaces").map(|there| text(there, "/metadata/name").to_owned()).collect();
        (!namespace.is_empty() && !there.contains(&namespace)).then_some(there)
    }

    /// What would be refused of an object that is to be created; nothing where its kind is not served.
    pub fn objections(&mut self, object: &Value) -> Vec<Objection> {
        self.place(object).map(|at| self.0.objections(NOW, &at, object)).unwrap_or_default()
    }

    /// What is wrong with a merge patch of an object of this kind: fields that there are not, values of another type.
    pub fn objections_to_patch(&self, api_version: &str, kind: &str, patch: &Value) -> Vec<Objection> {
        let built_in = self.served(api_version, kind).filter(|resource| !resource.custom);
        built_in.and_then(|resource| schema::kind(&resource.name.group, kind)).map(|name| objections(&name, patch)).unwrap_or_default()
    }

    /// The groups that are served; the core's is empty.
    pub fn groups(&self) -> BTreeSet<&str> {
        self.0.resources().map(|resource| resource.name.group.as_str()).collect()
    }

    fn place(&self, object: &Value) -> Option<Place> {
        let api_version = text(object, "/apiVersion");
        let resource = self.served(api_version, text(object, "/kind"))?;
        let namespace = match text(object, "/metadata/namespace") {
            _ if !resource.namespaced => "",
            "" => NAMESPACE,
            namespace => namespace,
        };
        Some(Place::new(&resource.name.group, split(api_version).1, &resource.name.plural, namespace))
    }
}

/// Where an object says its namespace.
pub fn namespace_way() -> Way {
    Way::default().member("metadata").member("namespace")
}

/// An apiVersion as group and version.
pub fn split(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn namespaces_and_definitions_count_once_they_are_added() {
        let mut cluster = DryCluster::default();
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "mine"}, "data": {"a": "b"}});
        assert_eq!(cluster.lacks_namespace_of(&map).unwrap()[0], "default");
        cluster.add(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}}));
        assert_eq!((cluster.lacks_namespace_of(&map), cluster.objections(&map)), (None, Vec::new()));
        assert!(cluster.served("example.com/v1", "Thing").is_none());
        cluster.add(&json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.example.com"},
            "spec": {"group": "example.com", "scope": "Cluster", "names": {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"},
                "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}]}}));
        assert!(cluster.served("example.com/v1", "Thing").is_some() && cluster.groups().contains("example.com"));
    }

    #[test]
    fn patches_are_looked_at_by_the_kind_that_they_change() {
        let cluster = DryCluster::default();
        let faults = |patch| cluster.objections_to_patch("apps/v1", "StatefulSet", &patch).into_iter().map(|found| found.at.to_string());
        assert_eq!(faults(json!({"spec": {"replcas": 2, "template": null}})).collect::<Vec<_>>(), ["spec.replcas"]);
        assert_eq!(faults(json!({"metadata": {"annotations": {"a": null, "b": "c"}}})).count(), 0);
    }
}
