//! Jobs with `ttlSecondsAfterFinished` are removed, with all that belongs to them, so long after they have ended.

use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, Preconditions, PropagationPolicy};
use seatrial_wires::Process;

use super::super::shared::Informers;
use super::super::support::objects::is_deleting;
use super::super::support::{During, LoopError};
use super::conditions::finished_at;
use crate::client::{BackoffLimits, Informer, Next, ObjectKey, WorkQueue, is_missing, now};

/// `--concurrent-ttl-after-finished-syncs`.
const WORKERS: usize = 5;

#[derive(Clone)]
struct Remover {
    process: Process,
    client: kube::Client,
    jobs: Informer<Job>,
}

/// Starts the remover on this process.
pub(super) fn run(process: &Process, shared: &Informers) {
    let remover = Remover { process: process.clone(), client: shared.client.clone(), jobs: shared.jobs.clone() };
    process.spawn("ttl after finished", remover.run());
}

impl Remover {
    async fn run(self) {
        self.jobs.synced().await;
        let queue: WorkQueue<ObjectKey> = WorkQueue::new(BackoffLimits::CONTROLLER);
        let due = queue.clone();
        self.jobs.on_change(move |delta| {
            if delta.after.as_ref().is_some_and(|job| lifetime(job).is_some()) {
                due.add(delta.key.clone());
            }
        });
        let (process, worker) = (self.process.clone(), self);
        queue.serve(&process, "ttl after finished", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.look(&key).await }
        });
    }

    async fn look(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(left) = self.jobs.get(key).and_then(|job| self.left(&job)) else { return Ok(Next::Forget) };
        if !left.is_zero() {
            return Ok(Next::After(left));
        }
        // Somebody may have given it more time: the API server itself is asked once more.
        let api: Api<Job> = Api::namespaced(self.client.clone(), &key.namespace);
        let Some(fresh) = api.get_opt(&key.name).await.during(|| format!("get job {key}"))? else { return Ok(Next::Forget) };
        match self.left(&fresh) {
            Some(left) if left.is_zero() => {}
            Some(left) => return Ok(Next::After(left)),
            None => return Ok(Next::Forget),
        }
        let parameters = DeleteParams {
            propagation_policy: Some(PropagationPolicy::Foreground),
            preconditions: Some(Preconditions { uid: fresh.uid(), resource_version: None }),
            ..DeleteParams::default()
        };
        match api.delete(&key.name, &parameters).await {
            Err(error) if !is_missing(&error) => Err(error).during(|| format!("delete job {key}")),
            _ => Ok(Next::Forget),
        }
    }

    /// How long the job may still be there.
    fn left(&self, job: &Job) -> Option<Duration> {
        let (ended, lives) = (finished_at(job)?, lifetime(job)?);
        let passed = Duration::try_from(now(&self.process).0.duration_since(ended.0)).unwrap_or_default();
        Some(lives.saturating_sub(passed))
    }
}

/// How long the job is to be there after its end, if it has ended and that is not for ever.
fn lifetime(job: &Job) -> Option<Duration> {
    let seconds = job.spec.as_ref()?.ttl_seconds_after_finished?;
    finished_at(job).filter(|_| !is_deleting(job))?;
    u64::try_from(seconds).ok().map(Duration::from_secs)
}
