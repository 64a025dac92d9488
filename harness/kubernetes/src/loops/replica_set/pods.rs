//! Creating the pods that are missing, deleting those that are too many.

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, ObjectMeta, PostParams, Preconditions};

use super::super::support::objects::{node_of, pod_phase};
use super::super::support::owned::owner_reference;
use super::super::support::{During, LoopError};
use super::Controller;
use crate::client::{EventType, is_missing, reason_of};

impl Controller {
    pub(super) async fn bring_to_number(&self, set: &ReplicaSet) -> Result<(), LoopError> {
        let wanted = set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
        let wanted = usize::try_from(wanted).unwrap_or(0);
        let mut pods = self.active_pods(set);
        for _ in pods.len()..wanted {
            self.create(set).await?;
        }
        // Those that are missed least come first.
        pods.sort_by_cached_key(|pod| {
            let age = std::cmp::Reverse(pod.metadata.creation_timestamp.clone());
            (node_of(pod).is_some(), pod_phase(pod) == "Running", is_ready(pod), age, pod.name_any())
        });
        let surplus = pods.len().saturating_sub(wanted);
        for pod in pods.iter().take(surplus) {
            self.delete(set, pod).await?;
        }
        Ok(())
    }

    async fn create(&self, set: &ReplicaSet) -> Result<(), LoopError> {
        let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
        let from = template.metadata.unwrap_or_default();
        let pod = Pod {
            metadata: ObjectMeta {
                generate_name: Some(format!("{}-", set.name_any())),
                namespace: set.namespace(),
                labels: from.labels,
                annotations: from.annotations,
                finalizers: from.finalizers,
                owner_references: Some(vec![owner_reference(set)]),
                ..Default::default()
            },
            spec: template.spec,
            status: None,
        };
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        match api.create(&PostParams::default(), &pod).await {
            Ok(written) => {
                self.events.write(set, EventType::Normal, "SuccessfulCreate", format!("Created pod: {}", written.name_any()));
                self.pods.remember(written);
                Ok(())
            }
            Err(error) => {
                self.events.write(set, EventType::Warning, "FailedCreate", format!("Error creating: {}", reason_of(&error)));
                Err(error).during(|| format!("create a pod of replica set {}", set.name_any()))
            }
        }
    }

    async fn delete(&self, set: &ReplicaSet, pod: &Pod) -> Result<(), LoopError> {
        let name = pod.name_any();
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        let this_one = Preconditions { uid: pod.uid(), resource_version: None };
        match api.delete(&name, &DeleteParams::default().preconditions(this_one)).await {
            Ok(answer) => {
                if let Some(written) = answer.left() {
                    self.pods.remember(written);
                }
                self.events.write(set, EventType::Normal, "SuccessfulDelete", format!("Deleted pod: {name}"));
                Ok(())
            }
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(error).during(|| format!("delete pod {name}")),
        }
    }
}

/// Whether the pod is ready to serve.
pub(super) fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}
