//! Pods of a node that is not ready are not ready.

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::super::support::objects::node_of;
use super::Controller;
use crate::client::{EventType, is_missing, now, reason_of};

impl Controller {
    /// Says of all pods of the node that they are not ready; one that cannot be written is tried again in the next round.
    pub(super) async fn mark_pods_not_ready(&self, node: &Node) {
        let name = node.name_any();
        for pod in self.pods.list().iter().filter(|pod| node_of(pod) == Some(name.as_str()) && is_ready(pod)) {
            let condition = json!({"type": "Ready", "status": "False", "lastTransitionTime": now(&self.process)});
            let patch = Patch::Strategic(json!({"metadata": {"uid": pod.uid()}, "status": {"conditions": [condition]}}));
            let api: Api<Pod> = Api::namespaced(self.client.clone(), &pod.namespace().unwrap_or_default());
            match api.patch_status(&pod.name_any(), &PatchParams::default(), &patch).await {
                Ok(written) => {
                    self.pods.remember(written);
                    self.events.write(pod.as_ref(), EventType::Warning, "NodeNotReady", "Node is not ready");
                }
                Err(error) if is_missing(&error) => {}
                Err(error) => {
                    self.process.log(&format!("node monitor: failed to mark pod {} not ready: {}", pod.name_any(), reason_of(&error)));
                }
            }
        }
    }
}

fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}
