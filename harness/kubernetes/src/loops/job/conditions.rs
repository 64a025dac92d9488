//! What a job comes to: the conditions of its status, and which of them the pods bring about.
//!
//! A job that is to end says so first (SuccessCriteriaMet, FailureTarget), and has ended (Complete, Failed) once no pod of it is left
//! to be counted or to go.

use std::time::Duration;

use k8s_openapi::api::batch::v1::{Job, JobCondition, JobSpec, JobStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::super::support::objects::pod_phase;
use super::count::Round;
use super::is_suspended;

pub(super) const MET: &str = "SuccessCriteriaMet";
pub(super) const TARGET: &str = "FailureTarget";
const COMPLETE: &str = "Complete";
const FAILED: &str = "Failed";
const SUSPENDED: &str = "Suspended";

/// A condition that holds.
fn holds(kind: &str, reason: &str, message: &str, at: &Time) -> JobCondition {
    JobCondition {
        type_: kind.to_owned(),
        status: "True".to_owned(),
        last_probe_time: Some(at.clone()),
        last_transition_time: Some(at.clone()),
        reason: Some(reason.to_owned()),
        message: Some(message.to_owned()),
    }
}

/// All pods that are wanted have ended well.
pub(super) fn met(at: &Time) -> JobCondition {
    holds(MET, "CompletionsReached", "Reached expected number of succeeded pods", at)
}

/// The condition of a job that has ended, of the one that said that it would.
pub(super) fn last(of: &JobCondition, at: &Time) -> JobCondition {
    let kind = if of.type_ == MET { COMPLETE } else { FAILED };
    holds(kind, of.reason.as_deref().unwrap_or_default(), of.message.as_deref().unwrap_or_default(), at)
}

fn find<'a>(status: Option<&'a JobStatus>, kind: &str) -> Option<&'a JobCondition> {
    status?.conditions.iter().flatten().find(|condition| condition.type_ == kind)
}

fn is_true(job: &Job, kind: &str) -> bool {
    find(job.status.as_ref(), kind).is_some_and(|condition| condition.status == "True")
}

/// Whether the job has ended.
pub(super) fn is_finished(job: &Job) -> bool {
    is_true(job, COMPLETE) || is_true(job, FAILED)
}

/// When the job has ended.
pub(super) fn finished_at(job: &Job) -> Option<&Time> {
    let ends = [COMPLETE, FAILED].into_iter().filter_map(|kind| find(job.status.as_ref(), kind));
    ends.filter(|condition| condition.status == "True").find_map(|condition| condition.last_transition_time.as_ref())
}

/// Whether the status says this already.
pub(super) fn is_said(status: &JobStatus, kind: &str) -> bool {
    find(Some(status), kind).is_some()
}

/// Adds a condition.
pub(super) fn say(status: &mut JobStatus, condition: JobCondition) {
    status.conditions.get_or_insert_default().push(condition);
}

/// What the job comes to its end with: what it has said already, too many failures, or its deadline.
pub(super) fn ending(job: &Job, round: &Round, at: &Time) -> Option<JobCondition> {
    let said = [MET, TARGET].into_iter().find_map(|kind| find(job.status.as_ref(), kind).filter(|condition| condition.status == "True"));
    if let Some(said) = said {
        return Some(said.clone());
    }
    let spec = job.spec.as_ref()?;
    let limit = spec.backoff_limit.unwrap_or(6);
    if round.failed > limit || restarted_too_often(spec, round, limit) {
        return Some(holds(TARGET, "BackoffLimitExceeded", "Job has reached the specified backoff limit", at));
    }
    let late = deadline(job, at).is_some_and(|left| left.is_zero());
    late.then(|| holds(TARGET, "DeadlineExceeded", "Job was active longer than specified deadline", at))
}

/// Where containers are started again in their pod, each time counts.
fn restarted_too_often(spec: &JobSpec, round: &Round, limit: i32) -> bool {
    if spec.template.spec.as_ref().and_then(|pod| pod.restart_policy.as_deref()) != Some("OnFailure") {
        return false;
    }
    let running = round.pods.iter().filter(|pod| matches!(pod_phase(pod), "Running" | "Pending"));
    let containers = running.filter_map(|pod| pod.status.as_ref()).flat_map(|status| status.container_statuses.iter().flatten());
    let restarts: i32 = containers.map(|container| container.restart_count).sum();
    if limit == 0 { restarts > 0 } else { restarts >= limit }
}

/// How much time a job has left that may not take for ever.
pub(super) fn deadline(job: &Job, at: &Time) -> Option<Duration> {
    let allowed = job.spec.as_ref()?.active_deadline_seconds.filter(|_| !is_suspended(job))?;
    let began = job.status.as_ref()?.start_time.as_ref()?;
    let passed = Duration::try_from(at.0.duration_since(began.0)).unwrap_or_default();
    Some(Duration::from_secs(u64::try_from(allowed).unwrap_or(0)).saturating_sub(passed))
}

/// Whether as many pods have ended well as are wanted.
pub(super) fn is_complete(job: &Job, round: &Round) -> bool {
    let wanted = job.spec.as_ref().and_then(|spec| spec.completions);
    round.active_count == 0 && wanted.map_or(round.succeeded > 0, |wanted| round.succeeded >= wanted)
}

/// Says whether the job is suspended; answers whether that is news.
pub(super) fn suspend(status: &mut JobStatus, suspended: bool, at: &Time) -> bool {
    let wanted = if suspended {
        holds(SUSPENDED, "JobSuspended", "Job suspended", at)
    } else {
        JobCondition { status: "False".to_owned(), ..holds(SUSPENDED, "JobResumed", "Job resumed", at) }
    };
    let conditions = status.conditions.get_or_insert_default();
    let news = match conditions.iter_mut().find(|condition| condition.type_ == SUSPENDED) {
        Some(known) if known.status == wanted.status => false,
        Some(known) => {
            *known = wanted;
            true
        }
        // That a job which never was suspended is not is no news.
        None if suspended => {
            conditions.push(wanted);
            true
        }
        None => false,
    };
    if conditions.is_empty() {
        status.conditions = None;
    }
    news
}
