//! The table of built-in resources.
//!
//! Modelled: the kinds that storage and node life cycle need, in one version each. Not modelled: workloads other
//! than StatefulSet, Deployment and ReplicaSet, admission objects, events.k8s.io/v1 (only core/v1 Events), quotas.

use k8s_openapi::api::core::v1::Endpoints;
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, Role};

use super::resource::Resource;
use super::resource::StatusRule::{KeepsMetadata, ResetsMetadata};
use super::strategy;

const STORAGE: &str = "storage.k8s.io";

/// All built-in resources, in the order in which discovery tells them.
pub fn builtin_resources() -> Vec<Resource> {
    let mut resources = core();
    resources.extend(storage());
    resources.extend(others());
    resources.extend(access());
    resources
}

fn core() -> Vec<Resource> {
    let core = |plural, kind| Resource::builtin("", "v1", plural, kind);
    let mut nodes = core("nodes", "Node").cluster_scoped().short(&["no"]).with_status(KeepsMetadata).with_strategy(strategy::Nodes);
    nodes.drops_status_on_create = false;
    let mut events = core("events", "Event").short(&["ev"]).with_strategy(strategy::Events);
    events.create_on_update = true;
    vec![
        core("configmaps", "ConfigMap").short(&["cm"]).with_strategy(strategy::ConfigMaps),
        core("endpoints", "Endpoints").short(&["ep"]).with_strategy(strategy::TypedOnly::<Endpoints>::default()),
        events,
        core("namespaces", "Namespace").cluster_scoped().short(&["ns"]).with_status(KeepsMetadata).with_strategy(strategy::Namespaces),
        nodes,
        core("persistentvolumeclaims", "PersistentVolumeClaim")
            .short(&["pvc"])
            .with_status(KeepsMetadata)
            .returning_deleted()
            .with_strategy(strategy::Claims),
        core("persistentvolumes", "PersistentVolume")
            .cluster_scoped()
            .short(&["pv"])
            .with_status(KeepsMetadata)
            .returning_deleted()
            .with_strategy(strategy::Volumes),
        core("pods", "Pod").short(&["po"]).with_status(KeepsMetadata).with_generation().returning_deleted().with_strategy(strategy::Pods),
        core("secrets", "Secret").with_strategy(strategy::Secrets),
        core("serviceaccounts", "ServiceAccount").short(&["sa"]).returning_deleted().with_strategy(strategy::ServiceAccounts),
        core("services", "Service").short(&["svc"]).with_status(KeepsMetadata).returning_deleted().with_strategy(strategy::Services),
    ]
}

fn storage() -> Vec<Resource> {
    let storage = |plural, kind| Resource::builtin(STORAGE, "v1", plural, kind).returning_deleted();
    vec![
        storage("csidrivers", "CSIDriver").cluster_scoped().with_strategy(strategy::CsiDrivers),
        storage("csinodes", "CSINode").cluster_scoped().conditional_update().with_strategy(strategy::CsiNodes),
        storage("csistoragecapacities", "CSIStorageCapacity").with_strategy(strategy::CsiStorageCapacities),
        storage("storageclasses", "StorageClass").cluster_scoped().short(&["sc"]).with_strategy(strategy::StorageClasses),
        storage("volumeattachments", "VolumeAttachment")
            .cluster_scoped()
            .with_status(ResetsMetadata)
            .conditional_update()
            .with_strategy(strategy::VolumeAttachments),
        storage("volumeattributesclasses", "VolumeAttributesClass")
            .cluster_scoped()
            .short(&["vac"])
            .with_strategy(strategy::VolumeAttributesClasses),
    ]
}

fn others() -> Vec<Resource> {
    let workload = |plural, kind, short| {
        let mut workload = Resource::builtin("apps", "v1", plural, kind).short(&[short]).with_status(KeepsMetadata).with_generation();
        workload.scale = true;
        workload
    };
    let mut leases = Resource::builtin("coordination.k8s.io", "v1", "leases", "Lease").conditional_update().with_strategy(strategy::Leases);
    leases.create_on_update = true;
    let definitions = Resource::builtin("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition")
        .cluster_scoped()
        .short(&["crd", "crds"])
        .with_status(ResetsMetadata)
        .with_generation()
        .conditional_update()
        .with_strategy(strategy::CustomResourceDefinitions);
    vec![
        Resource::builtin("apps", "v1", "controllerrevisions", "ControllerRevision").with_strategy(strategy::ControllerRevisions),
        workload("deployments", "Deployment", "deploy").with_strategy(strategy::Deployments),
        workload("replicasets", "ReplicaSet", "rs").with_strategy(strategy::ReplicaSets),
        workload("statefulsets", "StatefulSet", "sts").with_strategy(strategy::StatefulSets),
        leases,
        definitions,
    ]
}

/// Roles and their bindings, and what stands between pods and the outside.
fn access() -> Vec<Resource> {
    let rbac = |plural, kind| Resource::builtin("rbac.authorization.k8s.io", "v1", plural, kind);
    vec![
        Resource::builtin("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
            .with_strategy(strategy::TypedOnly::<EndpointSlice>::default()),
        Resource::builtin("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget")
            .short(&["pdb"])
            .with_status(KeepsMetadata)
            .with_generation()
            .with_strategy(strategy::TypedOnly::<PodDisruptionBudget>::default()),
        rbac("clusterrolebindings", "ClusterRoleBinding").cluster_scoped().with_strategy(strategy::Bindings { cluster: true }),
        rbac("clusterroles", "ClusterRole").cluster_scoped().with_strategy(strategy::TypedOnly::<ClusterRole>::default()),
        rbac("rolebindings", "RoleBinding").with_strategy(strategy::Bindings { cluster: false }),
        rbac("roles", "Role").with_strategy(strategy::TypedOnly::<Role>::default()),
    ]
}
