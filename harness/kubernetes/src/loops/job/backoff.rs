//! The pause before the next pod, after pods have failed: 10 s, doubled with each failure since the last success, 10 min at most.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Pod;

const FIRST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(600);

/// How a job's pods have failed lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Backoff {
    failures: u32,
    last: Option<Timestamp>,
}

impl Backoff {
    /// With pods that have ended since: a success makes all failures before it forgotten.
    pub(super) fn after(self, succeeded: &[Arc<Pod>], failed: &[Arc<Pod>]) -> Self {
        let forgotten = succeeded.iter().filter_map(|pod| ended_at(pod)).max();
        let known = if succeeded.is_empty() { self } else { Self::default() };
        let failures = failed.iter().filter_map(|pod| ended_at(pod)).filter(|at| forgotten.is_none_or(|success| *at > success));
        failures.fold(known, |known, at| Self { failures: known.failures.saturating_add(1), last: known.last.max(Some(at)) })
    }

    /// How long the next pod has to wait.
    pub(super) fn remaining(self, now: Timestamp) -> Option<Duration> {
        let (failures, last) = (self.failures.checked_sub(1)?, self.last?);
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST);
        let passed = Duration::try_from(now.duration_since(last)).unwrap_or_default();
        pause.checked_sub(passed).filter(|left| !left.is_zero())
    }
}

/// When a pod has ended: by its containers, by when it stopped to be ready, by when its deletion was asked for, or by its making.
fn ended_at(pod: &Pod) -> Option<Timestamp> {
    by_containers(pod).or_else(|| by_readiness(pod)).or_else(|| by_deletion(pod)).or(pod
        .metadata
        .creation_timestamp
        .as_ref()
        .map(|at| at.0))
}

fn by_containers(pod: &Pod) -> Option<Timestamp> {
    let containers = pod.status.as_ref()?.container_statuses.as_ref()?;
    let ends = containers.iter().map(|container| Some(container.state.as_ref()?.terminated.as_ref()?.finished_at.as_ref()?.0));
    ends.collect::<Option<Vec<Timestamp>>>()?.into_iter().max()
}

fn by_readiness(pod: &Pod) -> Option<Timestamp> {
    let ready = pod.status.as_ref()?.conditions.as_ref()?.iter().find(|condition| condition.type_ == "Ready")?;
    ready.last_transition_time.as_ref().filter(|_| ready.status == "False").map(|at| at.0)
}

fn by_deletion(pod: &Pod) -> Option<Timestamp> {
    let grace = SignedDuration::from_secs(pod.metadata.deletion_grace_period_seconds.unwrap_or(0));
    pod.metadata.deletion_timestamp.as_ref()?.0.checked_sub(grace).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ended(second: i64) -> Arc<Pod> {
        let at = Timestamp::from_second(second).unwrap();
        let state = json!({"terminated": {"exitCode": 1, "finishedAt": at}});
        let pod = json!({
            "metadata": {"name": "a"},
            "status": {"containerStatuses": [{"name": "c", "image": "", "imageID": "", "ready": false, "restartCount": 0, "state": state}]},
        });
        Arc::new(serde_json::from_value(pod).unwrap())
    }

    fn left(backoff: Backoff, second: i64) -> u64 {
        backoff.remaining(Timestamp::from_second(second).unwrap()).unwrap_or_default().as_secs()
    }

    #[test]
    fn the_pause_doubles_up_to_ten_minutes_and_counts_from_the_last_failure() {
        let mut backoff = Backoff::default();
        assert_eq!(left(backoff, 0), 0);
        for pause in [10, 20, 40, 80, 160, 320, 600, 600] {
            backoff = backoff.after(&[], &[ended(100)]);
            assert_eq!(left(backoff, 100), pause);
        }
        assert_eq!(left(backoff, 699), 1);
        assert_eq!(left(backoff, 700), 0);
    }

    #[test]
    fn a_success_makes_failures_before_it_forgotten() {
        let backoff = Backoff::default().after(&[], &[ended(1), ended(2)]);
        assert_eq!(left(backoff.after(&[ended(5)], &[]), 5), 0);
        assert_eq!(left(backoff.after(&[ended(5)], &[ended(4), ended(6)]), 6), 10);
    }
}
