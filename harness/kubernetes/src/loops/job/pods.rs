//! Making the pods that are missing, removing those that are too many, and taking the finalizer from those that are counted.

use std::sync::Arc;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, ObjectMeta, Patch, PatchParams, PostParams, Preconditions};
use serde_json::json;

use super::super::support::objects::{node_of, pod_phase, uid};
use super::super::support::owned::owner_reference;
use super::super::support::{During, LoopError};
use super::count::{is_ready, number, replaces_failed_only};
use super::{Controller, TRACKING, Work, is_suspended, is_tracked};
use crate::client::{EventType, is_missing, reason_of};

/// So many pods are made or removed at most before the job is looked at anew.
const AT_ONCE: i32 = 500;

impl Controller {
    /// Makes or removes pods, until there are as many as the job wants now.
    pub(super) async fn bring_to_number(&self, work: &mut Work) -> Result<(), LoopError> {
        let wanted = if is_suspended(&work.job) { 0 } else { wanted(work) };
        let surplus = work.round.active_count.saturating_sub(wanted).clamp(0, AT_ONCE);
        if surplus > 0 {
            return self.remove_surplus(work, usize::try_from(surplus).unwrap_or(0)).await;
        }
        let waited_for = if replaces_failed_only(&work.job) { work.round.terminating } else { 0 };
        let missing = wanted.saturating_sub(waited_for).saturating_sub(work.round.active_count).clamp(0, AT_ONCE);
        if missing == 0 || is_suspended(&work.job) {
            return Ok(());
        }
        if let Some(pause) = work.backoff.remaining(self.process.clock().calendar()) {
            work.comes_back = Some(work.comes_back.map_or(pause, |due| due.min(pause)));
            // Upstream's status says so, too, whatever still runs.
            work.round.active_count = 0;
            return Ok(());
        }
        for _ in 0..missing {
            self.create(&work.job).await?;
            work.round.active_count += 1;
        }
        Ok(())
    }

    /// Those that are missed least go, and are not counted: the finalizer goes first.
    async fn remove_surplus(&self, work: &mut Work, surplus: usize) -> Result<(), LoopError> {
        let mut pods = work.round.active.clone();
        pods.sort_by_cached_key(|pod| {
            let age = std::cmp::Reverse(pod.metadata.creation_timestamp.clone());
            (node_of(pod).is_some(), pod_phase(pod) == "Running", is_ready(pod), age, pod.name_any())
        });
        for pod in pods.iter().take(surplus) {
            self.untrack(pod).await?;
            work.round.tracked.remove(uid(pod.as_ref()));
            self.remove(work, pod).await?;
        }
        Ok(())
    }

    /// All pods that run go; they keep the finalizer until they are counted.
    pub(super) async fn remove_all(&self, work: &mut Work) -> Result<(), LoopError> {
        for pod in work.round.active.clone() {
            self.remove(work, &pod).await?;
        }
        Ok(())
    }

    async fn remove(&self, work: &mut Work, pod: &Arc<Pod>) -> Result<(), LoopError> {
        self.delete(&work.job, pod).await?;
        work.round.active_count -= 1;
        work.round.terminating += 1;
        work.round.ready -= number(usize::from(is_ready(pod)));
        Ok(())
    }

    async fn delete(&self, job: &Job, pod: &Pod) -> Result<(), LoopError> {
        let name = pod.name_any();
        let this_one = Preconditions { uid: pod.uid(), resource_version: None };
        match self.api(job).delete(&name, &DeleteParams::default().preconditions(this_one)).await {
            Ok(answer) => {
                if let Some(written) = answer.left() {
                    self.pods.remember(written);
                }
                self.events.write(job, EventType::Normal, "SuccessfulDelete", format!("Deleted pod: {name}"));
                Ok(())
            }
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => {
                self.events.write(job, EventType::Warning, "FailedDelete", format!("Error deleting: {}", reason_of(&error)));
                Err(error).during(|| format!("delete pod {name}"))
            }
        }
    }

    async fn create(&self, job: &Job) -> Result<(), LoopError> {
        match self.api(job).create(&PostParams::default(), &new_pod(job)).await {
            Ok(written) => {
                self.events.write(job, EventType::Normal, "SuccessfulCreate", format!("Created pod: {}", written.name_any()));
                self.pods.remember(written);
                Ok(())
            }
            Err(error) => {
                self.events.write(job, EventType::Warning, "FailedCreate", format!("Error creating: {}", reason_of(&error)));
                Err(error).during(|| format!("create a pod of job {}", job.name_any()))
            }
        }
    }

    /// Takes the finalizer from a pod; one that is gone has none.
    pub(super) async fn untrack(&self, pod: &Pod) -> Result<(), LoopError> {
        if !is_tracked(pod) {
            return Ok(());
        }
        let (name, namespace) = (pod.name_any(), pod.namespace().unwrap_or_default());
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &namespace);
        let patch = json!({"metadata": {"uid": pod.uid(), "$deleteFromPrimitiveList/finalizers": [TRACKING]}});
        // The cache may show the finalizer for a while: who counts then must not count this one again.
        self.released().insert(uid(pod).to_owned());
        match api.patch(&name, &PatchParams::default(), &Patch::Strategic(patch)).await {
            Ok(written) => {
                self.pods.remember(written);
                Ok(())
            }
            // It is gone, or another one has its name.
            Err(error) if is_missing(&error) || matches!(&error, kube::Error::Api(refused) if refused.code == 409) => Ok(()),
            Err(error) => {
                self.released().remove(uid(pod));
                Err(error).during(|| format!("take the finalizer from pod {namespace}/{name}"))
            }
        }
    }

    fn api(&self, job: &Job) -> Api<Pod> {
        Api::namespaced(self.client.clone(), &job.namespace().unwrap_or_default())
    }
}

/// How many pods are to run now: never more than are missing to the end.
fn wanted(work: &Work) -> i32 {
    let spec = work.job.spec.as_ref();
    let parallelism = spec.and_then(|spec| spec.parallelism).unwrap_or(1);
    match spec.and_then(|spec| spec.completions) {
        Some(completions) => completions.saturating_sub(work.round.succeeded).clamp(0, parallelism.max(0)),
        // What runs is left alone once one has ended well.
        None if work.round.succeeded > 0 => work.round.active_count,
        None => parallelism,
    }
}

fn new_pod(job: &Job) -> Pod {
    let template = job.spec.as_ref().map(|spec| spec.template.clone()).unwrap_or_default();
    let from = template.metadata.unwrap_or_default();
    let mut finalizers = from.finalizers.unwrap_or_default();
    if !finalizers.iter().any(|finalizer| finalizer == TRACKING) {
        finalizers.push(TRACKING.to_owned());
    }
    Pod {
        metadata: ObjectMeta {
            generate_name: Some(format!("{}-", job.name_any())),
            namespace: job.namespace(),
            labels: from.labels,
            annotations: from.annotations,
            finalizers: Some(finalizers),
            owner_references: Some(vec![owner_reference(job)]),
            ..Default::default()
        },
        spec: template.spec,
        status: None,
    }
}
