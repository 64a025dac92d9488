//! Objects that go when their owners have gone.

use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Node, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::CSINode;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, PostParams, PropagationPolicy};
use kube::core::ApiResource;
use serde_json::{Value, json};

use crate::sets::{begin, ready, scale, web};
use crate::support::{Cluster, run, seconds};

async fn claims(cluster: &Cluster) -> Vec<String> {
    let claims = cluster.api::<PersistentVolumeClaim>().list(&ListParams::default()).await.unwrap();
    claims.items.iter().map(ResourceExt::name_any).collect()
}

async fn pods(cluster: &Cluster) -> usize {
    cluster.api::<Pod>().list(&ListParams::default()).await.unwrap().items.len()
}

#[test]
fn a_deleted_set_takes_its_pods_and_revisions_and_leaves_its_claims() {
    run(|cluster| async move {
        begin(&cluster, "OrderedReady").await;
        cluster.api::<StatefulSet>().delete("web", &DeleteParams::default()).await.unwrap();
        cluster.until("no pods", seconds(60), || async { pods(&cluster).await == 0 }).await;
        assert!(cluster.api::<ControllerRevision>().list(&ListParams::default()).await.unwrap().items.is_empty());
        tokio::time::sleep(seconds(600)).await;
        assert_eq!(claims(&cluster).await, ["data-web-0", "data-web-1", "data-web-2"]);
    });
}

#[test]
fn the_retention_policy_takes_claims_with_their_pods_and_with_their_set() {
    run(|cluster| async move {
        cluster.start_all();
        cluster.pretend_kubelet();
        cluster.node("worker-1").await;
        cluster.class("gold", "WaitForFirstConsumer").await;
        let mut set = web(3, "OrderedReady");
        set["spec"]["persistentVolumeClaimRetentionPolicy"] = json!({"whenDeleted": "Delete", "whenScaled": "Delete"});
        cluster.create_in::<StatefulSet>(set).await;
        cluster.until("three are ready", seconds(120), || ready(&cluster, 3)).await;
        scale(&cluster, 1).await;
        cluster.until("claims have gone with their pods", seconds(120), || async { claims(&cluster).await == ["data-web-0"] }).await;
        scale(&cluster, 2).await;
        cluster.until("two are ready", seconds(120), || ready(&cluster, 2)).await;
        cluster.api::<StatefulSet>().delete("web", &DeleteParams::default()).await.unwrap();
        cluster.until("all is gone", seconds(120), || async { claims(&cluster).await.is_empty() && pods(&cluster).await == 0 }).await;
        cluster.until("and the volumes", seconds(120), || async { cluster.driver.volumes() == 0 }).await;
    });
}

fn owned_by(kind: &str, name: &str, uid: &str) -> Value {
    json!([{"apiVersion": "v1", "kind": kind, "name": name, "uid": uid}])
}

#[test]
fn with_a_node_go_its_lease_its_csi_node_and_custom_objects() {
    run(|cluster| async move {
        cluster.start_controllers(seatrial_kubernetes::loops::Rules::default());
        let definition: CustomResourceDefinition = serde_json::from_value(json!({
            "metadata": {"name": "csinodetopologies.cns.vmware.com"},
            "spec": {"group": "cns.vmware.com", "scope": "Cluster",
                "names": {"kind": "CSINodeTopology", "plural": "csinodetopologies", "singular": "csinodetopology", "listKind": "CSINodeTopologyList"},
                "versions": [{"name": "v1alpha1", "served": true, "storage": true,
                    "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]},
        }))
        .unwrap();
        cluster.global::<CustomResourceDefinition>().create(&PostParams::default(), &definition).await.unwrap();
        tokio::time::sleep(seconds(5)).await;
        let node = cluster.create::<Node>(json!({"metadata": {"name": "worker-1"}})).await;
        let owner = || owned_by("Node", "worker-1", &node.uid().unwrap());
        cluster.create::<CSINode>(json!({"metadata": {"name": "worker-1", "ownerReferences": owner()}, "spec": {"drivers": []}})).await;
        let leases: Api<Lease> = Api::namespaced(cluster.client.clone(), "kube-node-lease");
        let lease = serde_json::from_value(json!({"metadata": {"name": "worker-1", "ownerReferences": owner()}})).unwrap();
        leases.create(&PostParams::default(), &lease).await.unwrap();
        let resource = ApiResource {
            group: "cns.vmware.com".into(),
            version: "v1alpha1".into(),
            api_version: "cns.vmware.com/v1alpha1".into(),
            kind: "CSINodeTopology".into(),
            plural: "csinodetopologies".into(),
        };
        let topologies: Api<DynamicObject> = Api::all_with(cluster.client.clone(), &resource);
        let topology: DynamicObject = serde_json::from_value(json!({
            "apiVersion": "cns.vmware.com/v1alpha1", "kind": "CSINodeTopology",
            "metadata": {"name": "worker-1", "ownerReferences": owner()},
        }))
        .unwrap();
        topologies.create(&PostParams::default(), &topology).await.unwrap();
        tokio::time::sleep(seconds(60)).await;
        assert!(leases.get_opt("worker-1").await.unwrap().is_some());

        cluster.global::<Node>().delete("worker-1", &DeleteParams::default()).await.unwrap();
        let gone = || async {
            leases.get_opt("worker-1").await.unwrap().is_none()
                && cluster.global::<CSINode>().get_opt("worker-1").await.unwrap().is_none()
                && topologies.get_opt("worker-1").await.unwrap().is_none()
        };
        cluster.until("all of it is gone", seconds(5), gone).await;
    });
}

#[test]
fn an_object_stays_while_one_owner_is_left_and_forgets_the_others() {
    run(|cluster| async move {
        cluster.start_controllers(seatrial_kubernetes::loops::Rules::default());
        let make = |name: &'static str| cluster.create_in::<ConfigMap>(json!({"metadata": {"name": name}}));
        let (one, other) = (make("one").await, make("other").await);
        let owners = json!([
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "one", "uid": one.uid()},
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "uid": other.uid()},
        ]);
        let maps = cluster.api::<ConfigMap>();
        maps.delete("one", &DeleteParams::default()).await.unwrap();
        cluster
            .create_in::<PersistentVolumeClaim>(json!({
                "metadata": {"name": "data", "ownerReferences": owners},
                "spec": {"storageClassName": "", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            }))
            .await;
        tokio::time::sleep(seconds(5)).await;
        let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
        let left: Vec<&str> = claim.owner_references().iter().map(|owner| owner.name.as_str()).collect();
        assert_eq!(left, ["other"]);
    });
}

#[test]
fn foreground_deletion_lets_the_owner_go_last_and_orphaning_leaves_the_pods() {
    for (policy, left) in [(PropagationPolicy::Foreground, 0), (PropagationPolicy::Orphan, 3)] {
        run(|cluster| async move {
            begin(&cluster, "OrderedReady").await;
            let parameters = DeleteParams { propagation_policy: Some(policy), ..DeleteParams::default() };
            cluster.api::<StatefulSet>().delete("web", &parameters).await.unwrap();
            let sets = cluster.api::<StatefulSet>();
            cluster.until("the set is gone", seconds(60), || async { sets.get_opt("web").await.unwrap().is_none() }).await;
            assert_eq!(pods(&cluster).await, left);
        });
    }
}
