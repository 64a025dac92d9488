//! What the scheduler says of a pod that it could not place: the condition, the event, the back-off.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::super::support::LoopError;
use super::super::support::objects::{node_of, uid};
use super::Scheduler;
use super::cycle::Unschedulable;
use super::state::Wake;
use crate::client::{EventType, ObjectKey, now, reason_of};

impl Scheduler {
    /// No node fits.
    pub(super) async fn could_not_place(&self, pod: &Pod, why: &Unschedulable, seen: &BTreeMap<Wake, u64>) {
        let key = ObjectKey::of(pod);
        let delay = self.state().park(&key, why.wakes.clone(), seen, self.timings.unschedulable_flush);
        self.queue.add_after(key, delay);
        self.events.write(pod, EventType::Warning, "FailedScheduling", why.message.clone());
        self.set_condition(pod, "Unschedulable", &why.message).await;
    }

    /// A write failed, or the volumes did not come.
    pub(super) async fn broke_off(&self, pod: &Pod, error: &LoopError) {
        let key = ObjectKey::of(pod);
        let Some(present) = self.pods.get(&key).filter(|present| node_of(present).is_none() && uid(present.as_ref()) == uid(pod)) else {
            return;
        };
        let delay = self.state().back_off(&key);
        self.queue.add_after(key, delay);
        let message = error.in_event();
        self.events.write(present.as_ref(), EventType::Warning, "FailedScheduling", message.clone());
        self.set_condition(&present, "SchedulerError", &message).await;
    }

    async fn set_condition(&self, pod: &Pod, reason: &str, message: &str) {
        let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
        let before = conditions.into_iter().find(|condition| condition.type_ == "PodScheduled");
        let same = before.is_some_and(|condition| {
            condition.status == "False" && condition.reason.as_deref() == Some(reason) && condition.message.as_deref() == Some(message)
        });
        if same {
            return;
        }
        let since = before.filter(|condition| condition.status == "False").and_then(|condition| condition.last_transition_time.clone());
        let condition = json!({
            "type": "PodScheduled", "status": "False", "reason": reason, "message": message,
            "lastProbeTime": null, "lastTransitionTime": since.unwrap_or_else(|| now(&self.process)),
        });
        let patch = Patch::Strategic(json!({"status": {"conditions": [condition]}}));
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &pod.namespace().unwrap_or_default());
        match api.patch_status(&pod.name_any(), &PatchParams::default(), &patch).await {
            Ok(written) => self.pods.remember(written),
            Err(error) => self.process.log(&format!("scheduler: failed to update pod {}: {}", pod.name_any(), reason_of(&error))),
        }
    }
}
