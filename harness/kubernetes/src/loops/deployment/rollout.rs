//! From the old ReplicaSets to the new one.

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;

use super::super::support::LoopError;
use super::super::support::objects::is_terminal;
use super::super::support::owned::is_controlled_by;
use super::Controller;
use super::budget::Budget;
use super::replica_sets::{Sets, available, wanted};

impl Controller {
    pub(super) async fn roll_out(&self, deployment: &Deployment) -> Result<(), LoopError> {
        let sets = self.sets_of(deployment).await?;
        let budget = Budget::of(deployment);
        if budget.recreate {
            for old in &sets.old {
                self.scale(deployment, old, 0).await?;
            }
            if sets.old.iter().any(|old| self.has_pods(old)) {
                return Ok(());
            }
            return self.scale(deployment, &sets.new, budget.wanted).await;
        }
        self.scale_new(deployment, &sets, budget).await?;
        self.scale_old(deployment, &sets, budget).await
    }

    /// Up as far as the surge allows; down to what is wanted.
    async fn scale_new(&self, deployment: &Deployment, sets: &Sets, budget: Budget) -> Result<(), LoopError> {
        let now = wanted(&sets.new);
        if now >= budget.wanted {
            return self.scale(deployment, &sets.new, budget.wanted).await;
        }
        let total = now + sets.old.iter().map(|old| wanted(old)).sum::<i32>();
        let room = (budget.wanted + budget.surge - total).clamp(0, budget.wanted - now);
        self.scale(deployment, &sets.new, now + room).await
    }

    /// Old pods that are not available go first; available ones as far as enough are left.
    async fn scale_old(&self, deployment: &Deployment, sets: &Sets, budget: Budget) -> Result<(), LoopError> {
        let new = self.sets.get(&crate::client::ObjectKey::of(sets.new.as_ref())).unwrap_or_else(|| sets.new.clone());
        let least = budget.wanted - budget.unavailable;
        let total = wanted(&new) + sets.old.iter().map(|old| wanted(old)).sum::<i32>();
        let new_unavailable = wanted(&new) - available(&new);
        let mut may_go = (total - least - new_unavailable).max(0);
        let mut spare = (available(&new) + sets.old.iter().map(|old| available(old)).sum::<i32>() - least).max(0);
        for old in &sets.old {
            let useless = (wanted(old) - available(old)).clamp(0, may_go);
            may_go -= useless;
            let useful = available(old).clamp(0, spare).min(wanted(old) - useless).max(0);
            spare -= useful;
            self.scale(deployment, old, wanted(old) - useless - useful).await?;
        }
        Ok(())
    }

    fn has_pods(&self, set: &ReplicaSet) -> bool {
        let pods = self.pods.list_in(&set.namespace().unwrap_or_default());
        pods.iter().any(|pod: &std::sync::Arc<Pod>| is_controlled_by(pod.as_ref(), set) && !is_terminal(pod))
    }
}
