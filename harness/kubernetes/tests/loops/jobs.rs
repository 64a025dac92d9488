//! Jobs.

use std::time::Duration;

use k8s_openapi::api::batch::v1::{Job, JobStatus};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PropagationPolicy};
use seatrial_journal::ChangeKind;
use seatrial_kubernetes::client::{BackoffLimits, Informer, Next, WorkQueue, client_of, is_missing, now};
use serde_json::{Value, json};

use crate::support::{Cluster, run, run_from, seconds};

const TRACKING: &str = "batch.kubernetes.io/job-tracking";

/// A job whose pods end two seconds after they run, in this phase.
fn job(spec: &Value, ends: &str) -> Value {
    let mut job = json!({
        "metadata": {"name": "copy"},
        "spec": {"template": {"metadata": {"annotations": {"ends": ends}},
            "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "app"}]}}},
    });
    for (field, value) in spec.as_object().unwrap() {
        job["spec"][field] = value.clone();
    }
    job
}

/// Lets the pods of jobs end as they say.
fn pretend_programs(cluster: &Cluster) {
    let process = cluster.network.process("programs");
    let client = client_of(&process);
    let pods: Informer<Pod> = Informer::all(&process, &client);
    let queue = WorkQueue::new(BackoffLimits::CONTROLLER);
    pods.feed(&queue);
    let owner = process.clone();
    queue.serve(&process, "programs", 8, move |key| {
        let (pods, client, owner) = (pods.clone(), client.clone(), owner.clone());
        async move {
            let Some(pod) = pods.get(&key) else { return Ok(Next::Forget) };
            let ends = pod.annotations().get("ends").filter(|ends| !ends.is_empty()).cloned();
            let (Some(phase), "Running") = (ends, phase_of(&pod)) else { return Ok(Next::Forget) };
            tokio::time::sleep(seconds(2)).await;
            let unready = json!({"type": "Ready", "status": "False", "lastTransitionTime": now(&owner)});
            let status = json!({"metadata": {"uid": pod.uid()}, "status": {"phase": phase, "conditions": [unready]}});
            let api: Api<Pod> = Api::namespaced(client, &key.namespace);
            match api.patch_status(&key.name, &PatchParams::default(), &Patch::Strategic(status)).await {
                Err(error) if !is_missing(&error) => Err(error.to_string()),
                _ => Ok(Next::Forget),
            }
        }
    });
}

async fn begin(cluster: &Cluster, job: Value) {
    cluster.start("kube-controller-manager");
    cluster.start("kube-scheduler");
    cluster.pretend_kubelet();
    pretend_programs(cluster);
    cluster.node("worker-1").await;
    cluster.create_in::<Job>(job).await;
}

fn phase_of(pod: &Pod) -> &str {
    pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

async fn pods(cluster: &Cluster) -> Vec<Pod> {
    cluster.api::<Pod>().list(&ListParams::default()).await.unwrap().items
}

async fn status(cluster: &Cluster) -> JobStatus {
    cluster.api::<Job>().get("copy").await.unwrap().status.unwrap_or_default()
}

async fn has(cluster: &Cluster, condition: &str) -> bool {
    conditions(&status(cluster).await).iter().any(|(kind, holds, _)| kind == condition && holds == "True")
}

fn conditions(status: &JobStatus) -> Vec<(String, String, String)> {
    let all = status.conditions.iter().flatten();
    all.map(|condition| (condition.type_.clone(), condition.status.clone(), condition.reason.clone().unwrap_or_default())).collect()
}

/// When pods were made, in seconds since the first was.
async fn made(cluster: &Cluster) -> Vec<i64> {
    let mut at: Vec<i64> = pods(cluster).await.iter().map(|pod| pod.metadata.creation_timestamp.as_ref().unwrap().0.as_second()).collect();
    at.sort_unstable();
    at.iter().map(|second| second - at[0]).collect()
}

#[test]
fn as_many_pods_run_at_a_time_as_may_and_as_many_end_well_as_are_wanted() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"completions": 3, "parallelism": 2}), "Succeeded")).await;
        cluster.until("two run", seconds(60), || async { status(&cluster).await.active == Some(2) }).await;
        let (first, of) = (pods(&cluster).await.remove(0), cluster.api::<Job>().get("copy").await.unwrap());
        assert!(first.name_any().starts_with("copy-"), "{}", first.name_any());
        assert_eq!(first.labels()["batch.kubernetes.io/job-name"], "copy");
        assert_eq!(first.labels()["batch.kubernetes.io/controller-uid"], of.uid().unwrap());
        let owner = &first.owner_references()[0];
        assert_eq!((owner.kind.as_str(), &owner.uid, owner.controller), ("Job", &of.uid().unwrap(), Some(true)));
        assert_eq!(first.finalizers(), [TRACKING]);

        cluster.until("complete", seconds(120), || has(&cluster, "Complete")).await;
        let end = status(&cluster).await;
        let reason = "CompletionsReached".to_owned();
        let said = |kind: &str| (kind.to_owned(), "True".to_owned(), reason.clone());
        assert_eq!(conditions(&end), [said("SuccessCriteriaMet"), said("Complete")]);
        assert_eq!((end.succeeded, end.failed, end.active, end.ready, end.terminating), (Some(3), None, None, Some(0), Some(0)));
        assert!(end.completion_time >= end.start_time && end.start_time.is_some());
        assert!(end.uncounted_terminated_pods.is_some_and(|pods| pods.succeeded.is_none() && pods.failed.is_none()));
        let all = pods(&cluster).await;
        assert_eq!(all.len(), 3, "pods that have ended stay");
        assert!(all.iter().all(|pod| pod.finalizers().is_empty()), "and wait for nobody");
        assert_eq!(cluster.events("SuccessfulCreate").await.iter().map(|(_, times)| times).sum::<i32>(), 3);
        assert_eq!(cluster.events("Completed").await, [("Job completed".to_owned(), 1)]);
    });
}

#[test]
fn a_job_without_completions_is_complete_when_one_pod_ended_well_and_none_runs() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"parallelism": 3}), "")).await;
        let running = || async { pods(&cluster).await.iter().filter(|pod| phase_of(pod) == "Running").count() };
        cluster.until("three run", seconds(60), || async { running().await == 3 }).await;
        let ended = json!({"status": {"phase": "Succeeded"}});
        for (number, pod) in pods(&cluster).await.into_iter().enumerate() {
            assert!(!has(&cluster, "Complete").await, "{number} have ended");
            cluster.api::<Pod>().patch_status(&pod.name_any(), &PatchParams::default(), &Patch::Merge(&ended)).await.unwrap();
            tokio::time::sleep(seconds(5)).await;
        }
        assert!(has(&cluster, "Complete").await);
        assert_eq!((pods(&cluster).await.len(), status(&cluster).await.succeeded), (3, Some(3)), "none is made in the place of another");
    });
}

#[test]
fn pods_that_fail_are_replaced_ever_later_until_the_limit() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"backoffLimit": 3}), "Failed")).await;
        cluster.until("failed", seconds(600), || has(&cluster, "Failed")).await;
        let end = status(&cluster).await;
        let said = |kind: &str| (kind.to_owned(), "True".to_owned(), "BackoffLimitExceeded".to_owned());
        assert_eq!(conditions(&end), [said("FailureTarget"), said("Failed")]);
        assert_eq!((end.failed, end.succeeded, end.completion_time), (Some(4), None, None));
        let made = made(&cluster).await;
        let gaps: Vec<i64> = made.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (gap, pause) in gaps.iter().zip([10, 20, 40]) {
            assert!((pause..pause + 8).contains(gap), "{gaps:?}");
        }
        assert_eq!(cluster.events("BackoffLimitExceeded").await, [("Job has reached the specified backoff limit".to_owned(), 1)]);
    });
}

#[test]
fn containers_that_are_started_again_in_their_pod_count_too() {
    run(|cluster| async move {
        let mut spec = job(&json!({"backoffLimit": 2}), "");
        spec["spec"]["template"]["spec"]["restartPolicy"] = json!("OnFailure");
        begin(&cluster, spec).await;
        cluster.until("ready", seconds(60), || async { status(&cluster).await.ready == Some(1) }).await;
        let pod = pods(&cluster).await.remove(0).name_any();
        let restarted = |times: i32| {
            let container = json!({"name": "app", "image": "", "imageID": "", "ready": true, "restartCount": times});
            let patch = json!({"status": {"containerStatuses": [container]}});
            let (api, pod) = (cluster.api::<Pod>(), pod.clone());
            async move { api.patch_status(&pod, &PatchParams::default(), &Patch::Merge(patch)).await.map(drop).unwrap() }
        };
        restarted(1).await;
        tokio::time::sleep(seconds(30)).await;
        assert!(!has(&cluster, "FailureTarget").await);
        restarted(2).await;
        cluster.until("failed", seconds(60), || has(&cluster, "Failed")).await;
        assert_eq!((pods(&cluster).await.len(), status(&cluster).await.failed), (0, Some(1)), "what runs is stopped, and has failed");
    });
}

#[test]
fn a_job_that_takes_too_long_fails_and_its_pods_go() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"activeDeadlineSeconds": 30, "parallelism": 2, "completions": 2}), "")).await;
        cluster.until("failed", seconds(60), || has(&cluster, "Failed")).await;
        let end = status(&cluster).await;
        assert_eq!(conditions(&end)[1], ("Failed".to_owned(), "True".to_owned(), "DeadlineExceeded".to_owned()));
        let took = end.conditions.unwrap()[0].last_transition_time.as_ref().unwrap().0.duration_since(end.start_time.unwrap().0);
        assert!((30..33).contains(&took.as_secs()), "{took}");
        assert_eq!((pods(&cluster).await.len(), end.failed, end.active), (0, Some(2), None));
    });
}

#[test]
fn a_suspended_job_has_no_pods_and_they_do_not_count_as_failed() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"suspend": true, "parallelism": 2, "completions": 2}), "")).await;
        let suspend = |suspended: bool| {
            let patch = Patch::Merge(json!({"spec": {"suspend": suspended}}));
            let api = cluster.api::<Job>();
            async move { api.patch("copy", &PatchParams::default(), &patch).await.map(drop).unwrap() }
        };
        cluster.until("suspended", seconds(30), || has(&cluster, "Suspended")).await;
        assert_eq!((pods(&cluster).await.len(), status(&cluster).await.start_time), (0, None));
        suspend(false).await;
        cluster.until("two run", seconds(60), || async { status(&cluster).await.ready == Some(2) }).await;
        suspend(true).await;
        cluster.until("none is left", seconds(120), || async { pods(&cluster).await.is_empty() }).await;
        cluster.until("and that is said", seconds(30), || async { status(&cluster).await.terminating == Some(0) }).await;
        let now = status(&cluster).await;
        assert_eq!((now.failed, now.active), (None, None));
        assert!(has(&cluster, "Suspended").await && !has(&cluster, "Failed").await);
    });
}

#[test]
fn fewer_at_a_time_takes_pods_away_that_do_not_count() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"parallelism": 3, "completions": 5}), "")).await;
        cluster.until("three run", seconds(60), || async { status(&cluster).await.ready == Some(3) }).await;
        cluster.api::<Job>().patch("copy", &PatchParams::default(), &Patch::Merge(json!({"spec": {"parallelism": 1}}))).await.unwrap();
        cluster.until("one is left", seconds(120), || async { pods(&cluster).await.len() == 1 }).await;
        cluster.until("and that is said", seconds(30), || async { status(&cluster).await.terminating == Some(0) }).await;
        let now = status(&cluster).await;
        assert_eq!((now.failed, now.active), (None, Some(1)));
    });
}

#[test]
fn pods_are_kept_by_who_deletes_a_job_and_says_nothing_of_them_and_wait_for_nobody() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"parallelism": 2, "completions": 2}), "")).await;
        cluster.until("two run", seconds(60), || async { status(&cluster).await.ready == Some(2) }).await;
        cluster.api::<Job>().delete("copy", &DeleteParams::default()).await.unwrap();
        let alone = || async {
            let all = pods(&cluster).await;
            all.len() == 2 && all.iter().all(|pod| pod.owner_references().is_empty() && pod.finalizers().is_empty())
        };
        cluster.until("both are left alone", seconds(120), alone).await;
    });
}

#[test]
fn a_job_that_is_deleted_as_kubectl_does_takes_its_pods_along() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"parallelism": 2, "completions": 4}), "Succeeded")).await;
        cluster.until("one has ended", seconds(60), || async { status(&cluster).await.succeeded.is_some() }).await;
        let parameters = DeleteParams { propagation_policy: Some(PropagationPolicy::Background), ..DeleteParams::default() };
        cluster.api::<Job>().delete("copy", &parameters).await.unwrap();
        cluster.until("all are gone", seconds(120), || async { pods(&cluster).await.is_empty() }).await;
    });
}

#[test]
fn a_job_goes_with_all_its_pods_when_its_time_after_the_end_is_over() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"ttlSecondsAfterFinished": 100}), "Succeeded")).await;
        cluster.until("complete", seconds(60), || has(&cluster, "Complete")).await;
        tokio::time::sleep(seconds(95)).await;
        assert_eq!(pods(&cluster).await.len(), 1);
        let gone = || async { cluster.api::<Job>().get_opt("copy").await.unwrap().is_none() };
        cluster.until("gone", seconds(30), gone).await;
        assert!(pods(&cluster).await.is_empty());
    });
}

#[test]
fn what_is_not_played_of_a_job_is_said() {
    run(|cluster| async move {
        begin(&cluster, job(&json!({"completionMode": "Indexed", "completions": 2}), "Succeeded")).await;
        cluster.until("it is said", seconds(30), || async { cluster.events("NotModelled").await.len() == 1 }).await;
        assert!(cluster.events("NotModelled").await[0].0.contains("completionMode Indexed"));
        assert!(pods(&cluster).await.is_empty());
    });
}

/// Each pod is counted once, whatever dies between two writes.
#[test]
fn a_job_counts_each_of_its_pods_once_whatever_dies_meanwhile() {
    for seed in 0..8 {
        run_from(seed, |cluster| async move {
            begin(&cluster, job(&json!({"completions": 6, "parallelism": 2}), "Succeeded")).await;
            let mut draws = cluster.network.seed().child(&format!("storm {seed}")).generator();
            for _ in 0..12 {
                tokio::time::sleep(draws.between(Duration::from_millis(50), seconds(4))).await;
                let name = ["kube-controller-manager", "kube-apiserver"][usize::try_from(draws.below(2)).unwrap()];
                cluster.network.alive(name).unwrap().kill();
                tokio::time::sleep(draws.between(Duration::from_millis(1), seconds(4))).await;
                cluster.start(name);
            }
            cluster.until("complete", seconds(900), || has(&cluster, "Complete")).await;
            let ended = pods(&cluster).await.iter().filter(|pod| phase_of(pod) == "Succeeded").count();
            let end = status(&cluster).await;
            assert_eq!(end.succeeded, Some(i32::try_from(ended).unwrap()), "seed {seed}: as many are counted as have ended");
            assert!(ended >= 6, "seed {seed}");
            assert!(pods(&cluster).await.iter().all(|pod| pod.finalizers().is_empty()), "seed {seed}");
            let removed = cluster.changes("pods/default/copy-").into_iter().filter(|change| change.kind == ChangeKind::Removed).count();
            assert_eq!(end.failed, None, "seed {seed}: {removed} were removed");

            tokio::time::sleep(seconds(300)).await;
            let before = cluster.changes("").len();
            tokio::time::sleep(seconds(1800)).await;
            let after = cluster.changes("").split_off(before);
            assert!(after.is_empty(), "seed {seed}: {after:?}");
        });
    }
}
