//! One sync of a set: what is missing is created, what is too much is deleted, in the order that the policy asks for.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, PostParams, Preconditions};

use super::super::support::objects::{is_deleting, is_terminal, pod_phase, uid};
use super::super::support::{During, LoopError};
use super::Controller;
use super::identity::{is_healthy, new_pod, ordinal_of, ordinals, ready_since, revision_of};
use super::revisions::Revisions;
use crate::client::{EventType, Next, ObjectKey, is_missing, is_present_already, now, reason_of};

/// `Break`: this sync has done what it may do; the next event goes on.
type Step = Result<ControlFlow<()>, LoopError>;

const GO_ON: Step = Ok(ControlFlow::Continue(()));
const STOP: Step = Ok(ControlFlow::Break(()));

type Pods = BTreeMap<i32, Arc<Pod>>;

impl Controller {
    pub(super) async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(set) = self.sets.get(key) else {
            return Ok(Next::Forget);
        };
        let revisions = self.revisions(&set).await?;
        let outcome = if is_deleting(set.as_ref()) { Ok(()) } else { self.walk(&set, &revisions).await.map(drop) };
        // The status tells what there is, whether or not the walk went well.
        self.update_status(&set, &revisions, &self.pods_of(&set)).await?;
        outcome?;
        Ok(self.until_available(&set).map_or(Next::Forget, Next::After))
    }

    /// The set's pods by ordinal.
    fn pods_of(&self, set: &StatefulSet) -> Pods {
        let pods = self.pods.list_in(&set.namespace().unwrap_or_default());
        let ours = pods.into_iter().filter(|pod| pod.owner_references().iter().any(|owner| owner.uid == uid(set)));
        ours.filter_map(|pod| ordinal_of(&pod).map(|ordinal| (ordinal, pod))).collect()
    }

    async fn walk(&self, set: &StatefulSet, revisions: &Revisions) -> Step {
        let pods = self.pods_of(set);
        let (first, end) = ordinals(set);
        for ordinal in first..end {
            if self.keep(set, revisions, pods.get(&ordinal), ordinal).await?.is_break() {
                return STOP;
            }
        }
        let unhealthy = pods.values().find(|pod| !is_healthy(pod)).map(|pod| pod.name_any());
        for (ordinal, pod) in pods.iter().rev().filter(|(ordinal, _)| !(first..end).contains(*ordinal)) {
            if self.condemn(set, pod, *ordinal, unhealthy.as_deref()).await?.is_break() {
                return STOP;
            }
        }
        self.roll(set, revisions, &pods).await
    }

    /// Brings one wanted ordinal a step nearer to a healthy pod.
    async fn keep(&self, set: &StatefulSet, revisions: &Revisions, pod: Option<&Arc<Pod>>, ordinal: i32) -> Step {
        let ordered = is_ordered(set);
        let Some(pod) = pod else {
            if self.has_stale_claim(set, ordinal) {
                return STOP;
            }
            self.create(set, revisions, ordinal).await?;
            return if ordered { STOP } else { GO_ON };
        };
        if is_terminal(pod) {
            // The successor is made when this one is gone.
            if !is_deleting(pod.as_ref()) {
                let message = format!("StatefulSet {} is recreating failed Pod {}", ObjectKey::of(set), pod.name_any());
                self.events.write(set, EventType::Warning, "RecreatingFailedPod", message);
                self.delete(set, pod).await?;
            }
            return STOP;
        }
        if pod_phase(pod) == "Pending" && !is_deleting(pod.as_ref()) {
            self.ensure_claims(set, ordinal).await?;
        }
        if ordered && (is_deleting(pod.as_ref()) || !self.is_available(set, pod)) {
            return STOP;
        }
        self.set_claim_owners(set, pod, ordinal, false).await?;
        GO_ON
    }

    /// Deletes one pod that is too much, as far as it is its turn.
    async fn condemn(&self, set: &StatefulSet, pod: &Pod, ordinal: i32, first_unhealthy: Option<&str>) -> Step {
        let ordered = is_ordered(set);
        if is_deleting(pod) {
            return if ordered { STOP } else { GO_ON };
        }
        if ordered && !self.is_available(set, pod) && first_unhealthy != Some(pod.name_any().as_str()) {
            return STOP;
        }
        self.set_claim_owners(set, pod, ordinal, true).await?;
        self.delete(set, pod).await?;
        if ordered { STOP } else { GO_ON }
    }

    /// Replaces pods of an older revision, from the highest ordinal down to the partition, one at a time.
    async fn roll(&self, set: &StatefulSet, revisions: &Revisions, pods: &Pods) -> Step {
        let strategy = set.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref());
        if strategy.and_then(|strategy| strategy.type_.as_deref()) == Some("OnDelete") {
            return GO_ON;
        }
        let (first, end) = ordinals(set);
        let least = first.saturating_add(partition(set).unwrap_or(0));
        for (_, pod) in pods.range(least.max(first)..end.max(least).max(first)).rev() {
            if revision_of(pod) != revisions.update && !is_deleting(pod.as_ref()) {
                self.delete(set, pod).await?;
                return STOP;
            }
            if !is_healthy(pod) {
                return STOP;
            }
        }
        GO_ON
    }

    async fn create(&self, set: &StatefulSet, revisions: &Revisions, ordinal: i32) -> Result<(), LoopError> {
        self.ensure_claims(set, ordinal).await?;
        let pod = if self.keeps_old_revision(set, ordinal) {
            new_pod(set, &revisions.current_template, &revisions.current, ordinal)
        } else {
            let template = set.spec.as_ref().map(|spec| spec.template.clone()).unwrap_or_default();
            new_pod(set, &template, &revisions.update, ordinal)
        };
        let name = pod.name_any();
        let what = format!("create Pod {name} in StatefulSet {}", set.name_any());
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        match api.create(&PostParams::default(), &pod).await {
            Ok(written) => {
                self.pods.remember(written);
                self.events.write(set, EventType::Normal, "SuccessfulCreate", format!("{what} successful"));
                Ok(())
            }
            Err(error) if is_present_already(&error) => Err(LoopError::NotYet(format!("pod {name} exists, but has not been seen yet"))),
            Err(error) => {
                self.events.write(set, EventType::Warning, "FailedCreate", format!("{what} failed error: {}", reason_of(&error)));
                Err(error).during(|| format!("create pod {name}"))
            }
        }
    }

    /// Whether a new pod of this ordinal is made from the current revision, not from the one that is rolled out.
    fn keeps_old_revision(&self, set: &StatefulSet, ordinal: i32) -> bool {
        let (first, _) = ordinals(set);
        match partition(set) {
            Some(partition) if partition > 0 => ordinal < first.saturating_add(partition),
            _ => {
                let current = set.status.as_ref().and_then(|status| status.current_replicas).unwrap_or(0);
                ordinal < first.saturating_add(current)
            }
        }
    }

    async fn delete(&self, set: &StatefulSet, pod: &Pod) -> Result<(), LoopError> {
        let name = pod.name_any();
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        let this_one = Preconditions { uid: pod.uid(), resource_version: None };
        match api.delete(&name, &DeleteParams::default().preconditions(this_one)).await {
            Ok(answer) => {
                if let Some(written) = answer.left() {
                    self.pods.remember(written);
                }
                let message = format!("delete Pod {name} in StatefulSet {} successful", set.name_any());
                self.events.write(set, EventType::Normal, "SuccessfulDelete", message);
                Ok(())
            }
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => {
                let message = format!("delete Pod {name} in StatefulSet {} failed error: {}", set.name_any(), reason_of(&error));
                self.events.write(set, EventType::Warning, "FailedDelete", message);
                Err(error).during(|| format!("delete pod {name}"))
            }
        }
    }

    /// Running, Ready, and for `minReadySeconds` already.
    pub(super) fn is_available(&self, set: &StatefulSet, pod: &Pod) -> bool {
        match ready_since(pod) {
            None => false,
            Some(_) => self.seconds_left(set, pod) <= 0,
        }
    }

    fn seconds_left(&self, set: &StatefulSet, pod: &Pod) -> i64 {
        let least = i64::from(set.spec.as_ref().and_then(|spec| spec.min_ready_seconds).unwrap_or(0));
        let Some(Some(since)) = ready_since(pod) else { return 0 };
        if least == 0 { 0 } else { since.0.as_second() + least - now(&self.process).0.as_second() }
    }

    /// When the next ready pod will count as available.
    fn until_available(&self, set: &StatefulSet) -> Option<Duration> {
        let pods = self.pods_of(set);
        let waits = pods.values().map(|pod| self.seconds_left(set, pod)).filter(|left| *left > 0);
        waits.min().and_then(|left| u64::try_from(left).ok()).map(Duration::from_secs)
    }
}

fn is_ordered(set: &StatefulSet) -> bool {
    set.spec.as_ref().and_then(|spec| spec.pod_management_policy.as_deref()) != Some("Parallel")
}

fn partition(set: &StatefulSet) -> Option<i32> {
    set.spec.as_ref()?.update_strategy.as_ref()?.rolling_update.as_ref()?.partition
}
