//! The Job controller: pods until as many have ended well as are wanted, or too many have ended badly.
//!
//! Modelled: parallelism, completions (and jobs without: done when one pod has ended well and none runs), backoffLimit with the
//! pause after failures (10 s, doubled each time, 10 min at most; forgotten when the controller restarts, as upstream),
//! restartPolicy, activeDeadlineSeconds, suspension, podReplacementPolicy, ttlSecondsAfterFinished; the finalizer
//! `batch.kubernetes.io/job-tracking` and `uncountedTerminatedPods`, by which each pod is counted once whatever dies between two
//! writes; the conditions SuccessCriteriaMet before Complete and FailureTarget before Failed, with upstream's reasons and messages;
//! that pods of a job that ended, is gone or let them go lose the finalizer; events. Five workers (`--concurrent-job-syncs`); what
//! happens to pods is looked at once a second.
//!
//! Not modelled: `completionMode: Indexed`, podFailurePolicy, successPolicy, backoffLimitPerIndex and gang scheduling: a job that asks
//! for one of them gets no pods, and an event that says so. Slow-start batches, adoption, CronJobs. A client could notice that pods
//! are made and removed one after the other.

mod backoff;
mod conditions;
mod count;
mod leftovers;
mod pods;
mod track;
mod ttl;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use k8s_openapi::api::batch::v1::{Job, JobCondition, JobStatus};
use k8s_openapi::api::core::v1::Pod;
use seatrial_wires::Process;

use self::backoff::Backoff;
use self::count::Round;
use super::shared::Informers;
use super::support::LoopError;
use super::support::objects::is_deleting;
use super::support::owned::is_controlled_by;
use crate::client::{BackoffLimits, Delta, EventType, EventWriter, Informer, Next, ObjectKey, WorkQueue, now};

const WORKERS: usize = 5;
/// What happens to a job's pods is gathered for so long.
const GATHER: Duration = Duration::from_secs(1);
/// A call that failed is tried again after a second at first, after a minute at last.
const CALLS: BackoffLimits = BackoffLimits { initial: Duration::from_secs(1), max: Duration::from_secs(60) };

/// What a pod carries until it is counted.
const TRACKING: &str = "batch.kubernetes.io/job-tracking";
/// The job's name, on each of its pods.
const JOB_NAME: &str = "batch.kubernetes.io/job-name";

#[derive(Clone)]
struct Controller {
    process: Process,
    client: kube::Client,
    jobs: Informer<Job>,
    pods: Informer<Pod>,
    events: EventWriter,
    queue: WorkQueue<ObjectKey>,
    /// How the pods of each job have failed lately.
    backoffs: Arc<Mutex<BTreeMap<ObjectKey, Backoff>>>,
    /// Pods that have lost the finalizer while the cache still shows it.
    released: Arc<Mutex<BTreeSet<String>>>,
}

/// Starts the controller, and the one that removes jobs which ended long ago, on this process.
pub(super) fn run(process: &Process, shared: &Informers) {
    let controller = Controller {
        process: process.clone(),
        client: shared.client.clone(),
        jobs: shared.jobs.clone(),
        pods: shared.pods.clone(),
        events: EventWriter::start(process, &shared.client, "job-controller", None),
        queue: WorkQueue::new(CALLS),
        backoffs: Arc::default(),
        released: Arc::default(),
    };
    process.spawn("job", controller.run());
    ttl::run(process, shared);
}

impl Controller {
    async fn run(self) {
        self.pods.synced().await;
        self.jobs.synced().await;
        let queue = self.queue.clone();
        self.jobs.on_change(move |delta| match (&delta.before, &delta.after) {
            // The controller's own words about the job.
            (Some(before), Some(after)) if before.metadata.generation == after.metadata.generation && !is_deleting(after.as_ref()) => {
                queue.add_after(delta.key.clone(), GATHER);
            }
            _ => queue.add(delta.key.clone()),
        });
        let (queue, released) = (self.queue.clone(), Arc::clone(&self.released));
        self.pods.on_change(move |delta| {
            note_release(&released, delta);
            if let Some(job) = [&delta.after, &delta.before].into_iter().flatten().find_map(|pod| job_of(pod)) {
                queue.add_after(ObjectKey::new(&delta.key.namespace, job), GATHER);
            }
        });
        let worker = self.clone();
        self.queue.serve(&self.process, "job", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let job = self.jobs.get(key);
        self.release_leftovers(key, job.as_deref()).await?;
        match job {
            Some(job) if is_managed_elsewhere(&job) => Ok(Next::Forget),
            Some(job) if !conditions::is_finished(&job) => self.reconcile(key, &job).await,
            _ => {
                self.backoffs().remove(key);
                Ok(Next::Forget)
            }
        }
    }

    async fn reconcile(&self, key: &ObjectKey, job: &Job) -> Result<Next, LoopError> {
        if let Some(what) = not_modelled(job) {
            let message = format!("This control plane does not play {what} of a Job: it gets no pods");
            self.events.write(job, EventType::Warning, "NotModelled", message);
            return Ok(Next::Forget);
        }
        let mut work = Work::begin(self, key, job);
        let outcome = work.carry_out(self).await;
        work.track(self).await?;
        outcome.map(|()| work.comes_back.map_or(Next::Forget, Next::After))
    }

    /// The pods that the job controls.
    fn pods_of(&self, job: &Job, key: &ObjectKey) -> Vec<Arc<Pod>> {
        let mut pods = self.pods.list_in(&key.namespace);
        pods.retain(|pod| is_controlled_by(pod.as_ref(), job));
        pods
    }

    fn backoffs(&self) -> std::sync::MutexGuard<'_, BTreeMap<ObjectKey, Backoff>> {
        self.backoffs.lock().expect("nothing panics while it is locked")
    }

    fn released(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.released.lock().expect("nothing panics while it is locked")
    }
}

/// One look at a job: what is known of it, and what it comes to.
struct Work {
    key: ObjectKey,
    /// The job, with the status that it is to have.
    job: Job,
    round: Round,
    backoff: Backoff,
    /// What the job comes to its end with.
    ending: Option<JobCondition>,
    /// Whether the status says something else than what is stored.
    changed: bool,
    /// When the job is to be looked at again, whatever happens.
    comes_back: Option<Duration>,
}

impl Work {
    fn begin(controller: &Controller, key: &ObjectKey, job: &Job) -> Self {
        let mut job = job.clone();
        let round = Round::look(&job, controller.pods_of(&job, key), &controller.released());
        let known = controller.backoffs().get(key).copied().unwrap_or_default();
        let at = now(&controller.process);
        let suspended = is_suspended(&job);
        let status = job.status.get_or_insert_default();
        status.uncounted_terminated_pods.get_or_insert_default();
        if status.start_time.is_none() && !suspended {
            status.start_time = Some(at.clone());
        }
        let backoff = known.after(&round.new_succeeded, &round.new_failed);
        let ending = conditions::ending(&job, &round, &at);
        let comes_back = conditions::deadline(&job, &at).filter(|_| ending.is_none());
        Self { key: key.clone(), job, round, backoff, ending, changed: false, comes_back }
    }

    /// Brings the pods to their number; a job that ends has none.
    async fn carry_out(&mut self, controller: &Controller) -> Result<(), LoopError> {
        let at = now(&controller.process);
        let before = self.job.status.clone().unwrap_or_default();
        let outcome = if self.ending.is_some() {
            let outcome = controller.remove_all(self).await;
            if outcome.is_err() {
                // Pods that are left could still be counted: it is not over.
                self.ending = None;
            }
            outcome
        } else if is_deleting(&self.job) {
            Ok(())
        } else {
            let outcome = controller.bring_to_number(self).await;
            if conditions::is_complete(&self.job, &self.round) {
                self.ending = Some(conditions::met(&at));
            } else {
                self.tell_suspension(controller, &at);
            }
            outcome
        };
        let status = self.job.status.get_or_insert_default();
        status.active = Some(self.round.active_count).filter(|count| *count != 0);
        status.ready = Some(self.round.ready);
        status.terminating = Some(self.round.terminating);
        self.changed |= counters(status) != counters(&before);
        outcome
    }

    fn tell_suspension(&mut self, controller: &Controller, at: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Time) {
        let suspended = is_suspended(&self.job);
        let status = self.job.status.get_or_insert_default();
        if !conditions::suspend(status, suspended, at) {
            return;
        }
        // How long it has run counts from when it goes on.
        status.start_time = (!suspended).then(|| at.clone());
        self.changed = true;
        let (reason, message) = if suspended { ("Suspended", "Job suspended") } else { ("Resumed", "Job resumed") };
        controller.events.write(&self.job, EventType::Normal, reason, message.to_owned());
    }
}

/// What of a status tells how many pods run.
fn counters(status: &JobStatus) -> (Option<i32>, Option<i32>, Option<i32>) {
    (status.active, status.ready, status.terminating)
}

fn is_suspended(job: &Job) -> bool {
    job.spec.as_ref().and_then(|spec| spec.suspend) == Some(true)
}

/// Whether another controller than this one says that it brings the job to its end.
fn is_managed_elsewhere(job: &Job) -> bool {
    let manager = job.spec.as_ref().and_then(|spec| spec.managed_by.as_deref());
    manager.is_some_and(|manager| manager != "kubernetes.io/job-controller")
}

/// What the job asks for that nobody does here.
fn not_modelled(job: &Job) -> Option<&'static str> {
    let spec = job.spec.as_ref()?;
    [
        (spec.completion_mode.as_deref() == Some("Indexed"), "completionMode Indexed"),
        (spec.pod_failure_policy.is_some(), "podFailurePolicy"),
        (spec.success_policy.is_some(), "successPolicy"),
        (spec.backoff_limit_per_index.is_some(), "backoffLimitPerIndex"),
    ]
    .into_iter()
    .find_map(|(asked, what)| asked.then_some(what))
}

fn is_tracked(pod: &Pod) -> bool {
    pod.metadata.finalizers.iter().flatten().any(|finalizer| finalizer == TRACKING)
}

/// The job that a pod belongs to; one that was let go and still waits to be counted says so by its label.
fn job_of(pod: &Pod) -> Option<&str> {
    let controller = pod.metadata.owner_references.iter().flatten().find(|owner| owner.controller == Some(true));
    match controller {
        Some(owner) => (owner.kind == "Job").then_some(owner.name.as_str()),
        None if is_tracked(pod) => pod.metadata.labels.as_ref()?.get(JOB_NAME).map(String::as_str),
        None => None,
    }
}

/// Once the API server shows that a pod has no finalizer, nobody needs to remember it.
fn note_release(released: &Mutex<BTreeSet<String>>, delta: &Delta<Pod>) {
    let ends = |pod: &Arc<Pod>| delta.after.as_ref().is_none_or(|after| after.metadata.uid != pod.metadata.uid || !is_tracked(after));
    if let Some(uid) = delta.before.as_ref().filter(|pod| ends(pod)).and_then(|pod| pod.metadata.uid.as_deref()) {
        released.lock().expect("nothing panics while it is locked").remove(uid);
    }
}
