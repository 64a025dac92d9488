//! The admission effects that storage and nodes meet.
//!
//! Modelled: NamespaceLifecycle, StorageObjectInUseProtection, DefaultTolerationSeconds, TaintNodesByCondition,
//! DefaultStorageClass, PersistentVolumeClaimResize; ResourceQuota is in `quota`. Relaxed: pods are taken before their namespace has a `default`
//! ServiceAccount. Not modelled: everything else, webhooks among it.

use serde_json::{Value, json};

use super::Store;
use super::resource::{Resource, ResourceName};
use super::status::Status;
use super::value::{list, part, put, quantity, text};

const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
/// Annotations that mark the default class.
const DEFAULT_CLASS: [&str; 2] = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

impl Store {
    /// Refuses what is created in no namespace or in one that goes.
    pub(super) fn admit_namespace(&self, resource: &Resource, namespace: &str, name: &str) -> Result<(), Status> {
        if !resource.namespaced {
            return Ok(());
        }
        let namespaces = Resource::builtin("", "v1", "namespaces", "Namespace");
        let there = self.peek("", "namespaces", namespace).ok_or_else(|| Status::not_found(&namespaces, namespace))?;
        if part(there, "/metadata/deletionTimestamp").is_null() {
            return Ok(());
        }
        let why = format!("unable to create new content in namespace {namespace} because it is being terminated");
        let mut status = Status::forbidden(resource, name, &why);
        let cause = json!({"reason": "NamespaceTerminating", "message": format!("namespace {namespace} is being terminated"), "field": "metadata.namespace"});
        status.details["causes"] = json!([cause]);
        Err(status)
    }

    /// Changes a new object.
    pub(super) fn admit_create(&self, resource: &Resource, object: &mut Value) {
        match resource.name.to_string().as_str() {
            "persistentvolumes" => add_finalizer(object, "kubernetes.io/pv-protection"),
            "persistentvolumeclaims" => {
                add_finalizer(object, "kubernetes.io/pvc-protection");
                if part(object, "/spec/storageClassName").is_null()
                    && let Some(class) = self.default_class()
                {
                    put(object, &["spec", "storageClassName"], class);
                }
            }
            "nodes" => {
                let mut taints: Vec<Value> = list(object, "/spec/taints").to_vec();
                let tainted = taints.iter().any(|taint| taint["key"] == NOT_READY && taint["effect"] == "NoSchedule");
                if !tainted {
                    taints.push(json!({"key": NOT_READY, "effect": "NoSchedule"}));
                    put(object, &["spec", "taints"], taints);
                }
            }
            "pods" => add_tolerations(object),
            _ => {}
        }
    }

    /// Refuses a change: a claim grows only where its class allows it.
    pub(super) fn admit_update(&self, resource: &Resource, object: &Value, existing: &Value) -> Result<(), Status> {
        if !resource.name.group.is_empty() || resource.name.plural != "persistentvolumeclaims" {
            return Ok(());
        }
        let size = |object: &Value| quantity(text(object, "/spec/resources/requests/storage"));
        if size(object) <= size(existing) {
            return Ok(());
        }
        let name = text(existing, "/metadata/name");
        let class = self.peek("storage.k8s.io", "storageclasses", text(existing, "/spec/storageClassName"));
        if class.is_some_and(|class| class["allowVolumeExpansion"] == true) {
            return Ok(());
        }
        let why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize";
        Err(Status::forbidden(resource, name, why))
    }

    /// The default class: the newest that is marked, by name where equally new.
    fn default_class(&self) -> Option<String> {
        let classes = self.tables.get(&ResourceName::new("storage.k8s.io", "storageclasses"))?.objects.values();
        let marked = |class: &&std::sync::Arc<Value>| DEFAULT_CLASS.iter().any(|mark| class["metadata"]["annotations"][*mark] == "true");
        let mut defaults: Vec<_> =
            classes.filter(marked).map(|class| (text(class, "/metadata/creationTimestamp"), text(class, "/metadata/name"))).collect();
        defaults.sort_by(|left, right| right.0.cmp(left.0).then(left.1.cmp(right.1)));
        defaults.first().map(|(_, name)| (*name).to_owned())
    }
}

fn add_finalizer(object: &mut Value, finalizer: &str) {
    let mut finalizers: Vec<Value> = list(object, "/metadata/finalizers").to_vec();
    if !finalizers.iter().any(|there| there == finalizer) {
        finalizers.push(finalizer.into());
        put(object, &["metadata", "finalizers"], finalizers);
    }
}

fn add_tolerations(pod: &mut Value) {
    let mut tolerations: Vec<Value> = list(pod, "/spec/tolerations").to_vec();
    for key in [NOT_READY, UNREACHABLE] {
        let tolerates = |toleration: &Value| {
            let (of, effect) = (text(toleration, "/key"), text(toleration, "/effect"));
            (of == key || of.is_empty()) && (effect == "NoExecute" || effect.is_empty())
        };
        if !tolerations.iter().any(tolerates) {
            tolerations.push(json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}));
        }
    }
    put(pod, &["spec", "tolerations"], tolerations);
}
