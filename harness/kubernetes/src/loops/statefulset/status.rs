//! A set's status.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::apps::v1::{StatefulSet, StatefulSetStatus};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::super::support::objects::is_deleting;
use super::super::support::{During, LoopError};
use super::Controller;
use super::identity::{ordinals, ready_since, revision_of};
use super::revisions::Revisions;
use crate::client::is_missing;

impl Controller {
    /// Writes the status when it has changed.
    pub(super) async fn update_status(
        &self,
        set: &StatefulSet,
        revisions: &Revisions,
        pods: &BTreeMap<i32, Arc<Pod>>,
    ) -> Result<(), LoopError> {
        let status = self.status_of(set, revisions, pods);
        if set.status.as_ref() == Some(&status) {
            return Ok(());
        }
        let mut changed = set.clone();
        changed.status = Some(status);
        let name = set.name_any();
        let api: Api<StatefulSet> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        match api.replace_status(&name, &PostParams::default(), &changed).await {
            Ok(written) => self.sets.remember(written),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).during(|| format!("update the status of set {name}")),
        }
        Ok(())
    }

    fn status_of(&self, set: &StatefulSet, revisions: &Revisions, pods: &BTreeMap<i32, Arc<Pod>>) -> StatefulSetStatus {
        let count = |fits: &dyn Fn(&Pod) -> bool| i32::try_from(pods.values().filter(|pod| fits(pod)).count()).unwrap_or(i32::MAX);
        let of = |pod: &Pod, revision: &str| !is_deleting(pod) && revision_of(pod) == revision;
        let before = set.status.clone().unwrap_or_default();
        let mut status = StatefulSetStatus {
            replicas: count(&|_| true),
            ready_replicas: Some(count(&|pod| ready_since(pod).is_some())),
            available_replicas: Some(count(&|pod| self.is_available(set, pod))),
            current_replicas: Some(count(&|pod| of(pod, &revisions.current))),
            updated_replicas: Some(count(&|pod| of(pod, &revisions.update))),
            current_revision: Some(revisions.current.clone()),
            update_revision: Some(revisions.update.clone()),
            observed_generation: set.metadata.generation,
            collision_count: Some(before.collision_count.unwrap_or(0)),
            conditions: before.conditions,
        };
        // A roll-out is complete when all wanted pods are ready in the new revision.
        let (first, end) = ordinals(set);
        let wanted = Some(end.saturating_sub(first));
        if status.updated_replicas == Some(status.replicas)
            && status.ready_replicas == Some(status.replicas)
            && wanted == Some(status.replicas)
        {
            status.current_revision.clone_from(&status.update_revision);
            status.current_replicas = status.updated_replicas;
        }
        // Counts of zero are left out by the server, and would otherwise look like a change.
        for count in [&mut status.ready_replicas, &mut status.current_replicas, &mut status.updated_replicas] {
            *count = count.filter(|count| *count != 0);
        }
        status
    }
}
