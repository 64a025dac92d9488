//! Claims that live as long as their pod.

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use kube::ResourceExt;
use kube::api::{Api, DeleteParams};
use serde_json::{Value, json};

use crate::binding::is_bound;
use crate::support::{Cluster, run, seconds};

fn scratch_pod(name: &str) -> Value {
    let template = json!({
        "metadata": {"labels": {"of": "scratch"}},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "gold", "resources": {"requests": {"storage": "1Gi"}}},
    });
    json!({
        "metadata": {"name": name},
        "spec": {
            "containers": [{"name": "main", "image": "busybox", "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}]}],
            "volumes": [{"name": "scratch", "ephemeral": {"volumeClaimTemplate": template}}],
        },
    })
}

async fn begin(cluster: &Cluster) {
    cluster.start_all();
    cluster.pretend_kubelet();
    cluster.node("worker-1").await;
    cluster.class("gold", "Immediate").await;
}

async fn is_running(cluster: &Cluster, pod: &str) -> bool {
    let pod = cluster.api::<Pod>().get(pod).await.unwrap();
    pod.status.and_then(|status| status.phase).as_deref() == Some("Running")
}

async fn claim(cluster: &Cluster) -> Option<PersistentVolumeClaim> {
    cluster.api::<PersistentVolumeClaim>().get_opt("job-scratch").await.unwrap()
}

#[test]
fn an_ephemeral_claim_is_made_for_its_pod_and_goes_with_it() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.create_in::<Pod>(scratch_pod("job")).await;
        cluster.until("running", seconds(120), || is_running(&cluster, "job")).await;
        let made = claim(&cluster).await.unwrap();
        assert_eq!(made.labels()["of"], "scratch");
        let owner = &made.owner_references()[0];
        assert_eq!((owner.kind.as_str(), owner.name.as_str(), owner.controller), ("Pod", "job", Some(true)));
        cluster.api::<Pod>().delete("job", &DeleteParams::default()).await.unwrap();
        cluster.until("the claim has gone", seconds(120), || async { claim(&cluster).await.is_none() }).await;
        cluster.until("and the volume", seconds(120), || async { cluster.driver.volumes() == 0 }).await;
    });
}

#[test]
fn a_claim_that_is_deleted_before_its_pod_has_a_node_is_made_anew() {
    run(|cluster| async move {
        cluster.start_controllers(seatrial_kubernetes::loops::Rules::default());
        cluster.class("gold", "WaitForFirstConsumer").await;
        cluster.create_in::<Pod>(scratch_pod("job")).await;
        cluster.until("made", seconds(20), || async { claim(&cluster).await.is_some() }).await;
        let first = claim(&cluster).await.unwrap().uid();
        cluster.api::<PersistentVolumeClaim>().delete("job-scratch", &DeleteParams::default()).await.unwrap();
        let anew = || async { claim(&cluster).await.is_some_and(|claim| claim.uid() != first) };
        cluster.until("made anew", seconds(20), anew).await;
    });
}

#[test]
fn a_claim_of_somebody_else_is_left_alone_and_told() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.claim("job-scratch", Some("gold")).await;
        cluster.until("bound", seconds(60), || is_bound(&cluster, "job-scratch")).await;
        cluster.create_in::<Pod>(scratch_pod("job")).await;
        tokio::time::sleep(seconds(60)).await;
        assert!(claim(&cluster).await.unwrap().owner_references().is_empty());
        let pod = cluster.api::<Pod>().get("job").await.unwrap();
        assert_eq!(pod.spec.unwrap().node_name, None);
        let events: Api<k8s_openapi::api::core::v1::Event> = cluster.api();
        let told = events.list(&kube::api::ListParams::default()).await.unwrap().items;
        let says = |reason: &str| {
            let of =
                told.iter().find(|event| event.reason.as_deref() == Some(reason) && event.involved_object.name.as_deref() == Some("job"));
            of.and_then(|event| event.message.clone()).unwrap_or_default()
        };
        let expected = "PVC default/job-scratch was not created for pod default/job (pod is not owner)";
        assert_eq!(says("FailedBinding"), format!("ephemeral volume scratch: {expected}"));
        assert!(says("FailedScheduling").contains(expected), "{}", says("FailedScheduling"));
    });
}
