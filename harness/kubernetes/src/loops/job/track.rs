//! Counting the pods that have ended, once each: they are named in the status, then lose the finalizer, then are counted.
//!
//! Whoever dies between two of these writes leaves a status from which the next one goes on. The job has ended when the last is
//! counted and nothing is left to go.

use std::collections::BTreeSet;
use std::sync::Arc;

use k8s_openapi::api::batch::v1::{Job, JobStatus, UncountedTerminatedPods};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::super::support::objects::{is_deleting, uid};
use super::super::support::{During, LoopError};
use super::count::{has_failed, has_succeeded, is_empty, number};
use super::{Controller, Work, conditions};
use crate::client::{EventType, is_missing, now};

/// So many pods wait to be counted at most, lest the status grow.
const MOST_UNCOUNTED: usize = 500;

impl Work {
    /// Writes what the job has come to.
    pub(super) async fn track(&mut self, controller: &Controller) -> Result<(), LoopError> {
        let at = now(&controller.process);
        self.changed |= count_released(self.job.status.get_or_insert_default(), &self.round.tracked);
        let ended = self.name_the_ended();
        let all = ended.len() < MOST_UNCOUNTED;
        if let Some(ending) = self.ending.take() {
            let status = self.job.status.get_or_insert_default();
            if !conditions::is_said(status, &ending.type_) {
                conditions::say(status, ending.clone());
                self.changed = true;
            }
            self.ending = Some(conditions::last(&ending, &at));
        }
        if self.changed && !self.write(controller).await? {
            return Ok(());
        }
        controller.backoffs().insert(self.key.clone(), self.backoff);
        let mut outcome = Ok(());
        for pod in &ended {
            match controller.untrack(pod).await {
                Ok(()) => drop(self.round.tracked.remove(uid(pod.as_ref()))),
                Err(error) => outcome = Err(error),
            }
        }
        self.changed |= count_released(self.job.status.get_or_insert_default(), &self.round.tracked);
        let finished = all && outcome.is_ok() && self.finish();
        if self.changed && self.write(controller).await? && finished {
            self.tell_the_end(controller);
        }
        outcome
    }

    /// Names in the status the pods that have ended and are not counted; answers all that may lose the finalizer now.
    fn name_the_ended(&mut self) -> Vec<Arc<Pod>> {
        let over = self.ending.is_some();
        let failed_altogether = self.ending.as_ref().is_some_and(|ending| ending.type_ != conditions::MET);
        let goes = is_deleting(&self.job);
        let mut ended = Vec::new();
        for pod in self.round.pods.iter().filter(|pod| self.round.tracked.contains(uid(pod.as_ref()))) {
            let (succeeded, failed) = (has_succeeded(pod), has_failed(pod, &self.job));
            if ended.len() >= MOST_UNCOUNTED || !(goes || over || succeeded || failed) {
                continue;
            }
            ended.push(Arc::clone(pod));
            let uncounted = self.job.status.get_or_insert_default().uncounted_terminated_pods.get_or_insert_default();
            let pods = uid(pod.as_ref());
            let is_named = |list: &Option<Vec<String>>| list.iter().flatten().any(|named| named == pods);
            if is_named(&uncounted.failed) || is_named(&uncounted.succeeded) {
                continue;
            }
            // Whatever still runs when a job fails has failed.
            let list = if succeeded {
                &mut uncounted.succeeded
            } else if failed || failed_altogether {
                &mut uncounted.failed
            } else {
                continue;
            };
            list.get_or_insert_default().push(pods.to_owned());
            self.changed = true;
        }
        ended
    }

    /// The job's last condition, if nothing is left to be counted or to go.
    fn finish(&mut self) -> bool {
        let Some(ending) = &self.ending else { return false };
        let status = self.job.status.get_or_insert_default();
        if !is_empty(status.uncounted_terminated_pods.as_ref()) || self.round.terminating > 0 {
            return false;
        }
        if ending.type_ == "Complete" {
            status.completion_time.clone_from(&ending.last_transition_time);
        }
        conditions::say(status, ending.clone());
        self.changed = true;
        true
    }

    fn tell_the_end(&self, controller: &Controller) {
        let Some(ending) = &self.ending else { return };
        let (reason, message) = (ending.reason.as_deref().unwrap_or_default(), ending.message.clone().unwrap_or_default());
        if ending.type_ != "Complete" {
            return controller.events.write(&self.job, EventType::Warning, reason, message);
        }
        let wanted = self.job.spec.as_ref().and_then(|spec| spec.completions);
        let succeeded = self.job.status.as_ref().and_then(|status| status.succeeded).unwrap_or(0);
        if wanted.is_some_and(|wanted| succeeded > wanted) {
            let message = "Too many succeeded pods running after completion count reached";
            controller.events.write(&self.job, EventType::Warning, "TooManySucceededPods", message.to_owned());
        }
        controller.events.write(&self.job, EventType::Normal, "Completed", "Job completed".to_owned());
    }

    /// Writes the status; answers whether the job is still there.
    async fn write(&mut self, controller: &Controller) -> Result<bool, LoopError> {
        let name = self.job.name_any();
        let api: Api<Job> = Api::namespaced(controller.client.clone(), &self.key.namespace);
        match api.replace_status(&name, &PostParams::default(), &self.job).await {
            Ok(written) => {
                controller.jobs.remember(written.clone());
                self.job = written;
                self.changed = false;
                Ok(true)
            }
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(error).during(|| format!("update the status of job {name}")),
        }
    }
}

/// Counts the pods that are named in the status and have lost the finalizer; answers whether there were any.
fn count_released(status: &mut JobStatus, tracked: &BTreeSet<String>) -> bool {
    let Some(UncountedTerminatedPods { succeeded, failed }) = &mut status.uncounted_terminated_pods else { return false };
    let moved = |list: &mut Option<Vec<String>>, counter: &mut Option<i32>| {
        let Some(named) = list else { return false };
        let before = named.len();
        named.retain(|uid| tracked.contains(uid));
        let counted = number(before - named.len());
        if named.is_empty() {
            *list = None;
        }
        if counted > 0 {
            *counter = Some(counter.unwrap_or(0).saturating_add(counted));
        }
        counted > 0
    };
    let succeeded = moved(succeeded, &mut status.succeeded);
    moved(failed, &mut status.failed) || succeeded
}
