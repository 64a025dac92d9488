//! A deployment's status.

use k8s_openapi::api::apps::v1::{Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet};
use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::super::support::{During, LoopError};
use super::Controller;
use super::budget::Budget;
use super::replica_sets::available;
use crate::client::{is_missing, now};

impl Controller {
    pub(super) async fn update_status(&self, deployment: &Deployment) -> Result<(), LoopError> {
        let sets = self.sets_of(deployment).await?;
        let all = || sets.old.iter().chain(std::iter::once(&sets.new));
        let sum = |count: &dyn Fn(&ReplicaSet) -> i32| all().map(|set| count(set)).sum::<i32>();
        let present = |set: &ReplicaSet| set.status.as_ref().map_or(0, |status| status.replicas);
        let ready = sum(&|set| set.status.as_ref().and_then(|status| status.ready_replicas).unwrap_or(0));
        let (replicas, available) = (sum(&present), sum(&|set| available(set)));
        let some = |count: i32| Some(count).filter(|count| *count != 0);
        let before = deployment.status.clone().unwrap_or_default();
        let budget = Budget::of(deployment);
        let status = DeploymentStatus {
            replicas: some(replicas),
            updated_replicas: some(present(&sets.new)),
            ready_replicas: some(ready),
            available_replicas: some(available),
            unavailable_replicas: some((replicas.max(budget.wanted) - available).max(0)),
            observed_generation: deployment.metadata.generation,
            conditions: Some(vec![self.available_condition(&before, available >= budget.wanted - budget.unavailable)]),
            ..before
        };
        if deployment.status.as_ref() == Some(&status) {
            return Ok(());
        }
        let name = deployment.name_any();
        let api: Api<Deployment> = Api::namespaced(self.client.clone(), &deployment.namespace().unwrap_or_default());
        let changed = Deployment { status: Some(status), ..deployment.clone() };
        match api.replace_status(&name, &PostParams::default(), &changed).await {
            Ok(written) => self.deployments.remember(written),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).during(|| format!("update the status of deployment {name}")),
        }
        Ok(())
    }

    fn available_condition(&self, before: &DeploymentStatus, holds: bool) -> DeploymentCondition {
        let (status, reason, message) = if holds {
            ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        };
        let known = before.conditions.iter().flatten().find(|known| known.type_ == "Available" && known.status == status);
        known.cloned().unwrap_or_else(|| DeploymentCondition {
            type_: "Available".into(),
            status: status.into(),
            reason: Some(reason.into()),
            message: Some(message.into()),
            last_transition_time: Some(now(&self.process)),
            last_update_time: Some(now(&self.process)),
        })
    }
}
