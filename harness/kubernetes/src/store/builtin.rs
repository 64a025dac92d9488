//! The table of built-in resources.
//!
//! Modelled: the kinds that storage and node life cycle need and those that Helm charts bring along, in one version each.
//! Not modelled: pod templates, admission policies, API services, events.k8s.io/v1 (only core/v1 Events), flow
//! control, certificates, resource claims.

use k8s_openapi::api::core::v1::ResourceQuota;
use k8s_openapi::api::node::v1::RuntimeClass;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, Role};

use super::resource::Resource;
use super::resource::StatusRule::{KeepsMetadata, ResetsMetadata};
use super::strategy::{self, stored, stored::Stored};

const STORAGE: &str = "storage.k8s.io";

/// All built-in resources, in the order in which discovery tells them.
pub fn builtin_resources() -> Vec<Resource> {
    let mut resources = core();
    resources.extend(storage());
    resources.extend(others());
    resources.extend(access());
    resources.extend(networking());
    resources.extend(scheduling());
    resources
}

fn core() -> Vec<Resource> {
    let core = |plural, kind| Resource::builtin("", "v1", plural, kind);
    let mut nodes = core("nodes", "Node").cluster_scoped().short(&["no"]).with_status(KeepsMetadata).with_strategy(strategy::Nodes);
    nodes.drops_status_on_create = false;
    let mut events = core("events", "Event").short(&["ev"]).with_strategy(strategy::Events);
    events.create_on_update = true;
    let mut replication_controllers = core("replicationcontrollers", "ReplicationController")
        .short(&["rc"])
        .with_status(KeepsMetadata)
        .with_generation()
        .with_strategy(stored::replication_controllers());
    replication_controllers.scale = true;
    vec![
        core("configmaps", "ConfigMap").short(&["cm"]).with_strategy(strategy::ConfigMaps),
        core("endpoints", "Endpoints").short(&["ep"]).creating_on_update().with_strategy(stored::endpoints()),
        events,
        core("limitranges", "LimitRange").short(&["limits"]).creating_on_update().with_strategy(stored::limit_ranges()),
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
        replication_controllers,
        core("resourcequotas", "ResourceQuota")
            .short(&["quota"])
            .with_status(KeepsMetadata)
            .returning_deleted()
            .with_strategy(Stored::<ResourceQuota>::default()),
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
    let mut daemon_sets = workload("daemonsets", "DaemonSet", "ds").with_strategy(stored::daemon_sets());
    daemon_sets.scale = false;
    let batch = |plural, kind| Resource::builtin("batch", "v1", plural, kind).with_status(KeepsMetadata).with_generation();
    vec![
        daemon_sets,
        batch("cronjobs", "CronJob").short(&["cj"]).with_strategy(stored::cron_jobs()),
        batch("jobs", "Job").with_strategy(stored::jobs()),
        Resource::builtin("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
            .short(&["hpa"])
            .with_status(KeepsMetadata)
            .with_strategy(stored::autoscalers()),
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
            .with_generation()
            .with_strategy(stored::endpoint_slices()),
        Resource::builtin("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget")
            .short(&["pdb"])
            .with_status(KeepsMetadata)
            .with_generation()
            .conditional_update()
            .with_strategy(Stored::<PodDisruptionBudget>::default()),
        rbac("clusterrolebindings", "ClusterRoleBinding").cluster_scoped().with_strategy(strategy::Bindings { cluster: true }),
        rbac("clusterroles", "ClusterRole").cluster_scoped().with_strategy(Stored::<ClusterRole>::default()),
        rbac("rolebindings", "RoleBinding").with_strategy(strategy::Bindings { cluster: false }),
        rbac("roles", "Role").with_strategy(Stored::<Role>::default()),
    ]
}

/// What leads and stops traffic, and who is asked before a write.
fn networking() -> Vec<Resource> {
    let network = |plural, kind| Resource::builtin("networking.k8s.io", "v1", plural, kind).with_generation();
    let webhooks = |plural, kind| {
        Resource::builtin("admissionregistration.k8s.io", "v1", plural, kind).cluster_scoped().with_generation().conditional_update()
    };
    vec![
        webhooks("mutatingwebhookconfigurations", "MutatingWebhookConfiguration").with_strategy(stored::mutating()),
        webhooks("validatingwebhookconfigurations", "ValidatingWebhookConfiguration").with_strategy(stored::validating()),
        network("ingressclasses", "IngressClass").cluster_scoped().with_strategy(stored::ingress_classes()),
        network("ingresses", "Ingress").short(&["ing"]).with_status(KeepsMetadata).with_strategy(stored::ingresses()),
        network("networkpolicies", "NetworkPolicy").short(&["netpol"]).with_strategy(stored::network_policies()),
    ]
}

fn scheduling() -> Vec<Resource> {
    vec![
        Resource::builtin("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass")
            .cluster_scoped()
            .conditional_update()
            .creating_on_update()
            .with_strategy(Stored::<RuntimeClass>::default()),
        Resource::builtin("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass")
            .cluster_scoped()
            .short(&["pc"])
            .with_generation()
            .with_strategy(stored::priority_classes()),
    ]
}
