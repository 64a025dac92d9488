//! When each node last gave a sign of life, by this controller's clock.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, Time};
use kube::ResourceExt;
use tokio::time::Instant;

use super::ready_condition;

/// What was seen of one node.
#[derive(Clone, Debug)]
pub(super) struct Health {
    uid: String,
    renewed: Option<MicroTime>,
    heartbeat: Option<Option<Time>>,
    /// When something of it was seen to change.
    probed: Instant,
}

/// All nodes that are known.
#[derive(Default)]
pub(super) struct Observed(BTreeMap<String, Health>);

/// What came of a look at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It gave a sign of life lately.
    Alive,
    /// It has been silent for longer than it may be.
    Silent,
}

impl Observed {
    /// Takes notice of a node that was not known before; answers whether it is new.
    ///
    /// A node that has never said how it is counts as seen when it was created: `age` ago.
    pub(super) fn welcome(&mut self, node: &Node, lease: Option<&Lease>, age: Duration) -> bool {
        let (name, uid) = (node.name_any(), node.uid().unwrap_or_default());
        if self.0.get(&name).is_some_and(|health| health.uid == uid) {
            return false;
        }
        let now = Instant::now();
        let silent = ready_condition(node).is_none();
        let probed = if silent { now.checked_sub(age).unwrap_or(now) } else { now };
        let heartbeat = ready_condition(node).map(|condition| condition.last_heartbeat_time.clone());
        self.0.insert(name, Health { uid, renewed: renewed(lease), heartbeat, probed });
        true
    }

    /// Names of nodes that are known and not among `present`; they are forgotten.
    pub(super) fn farewell(&mut self, present: &BTreeMap<String, String>) -> Vec<(String, String)> {
        let gone = self.0.extract_if(.., |name, health| present.get(name) != Some(&health.uid));
        gone.map(|(name, health)| (name, health.uid)).collect()
    }

    /// Compares with what was seen before.
    pub(super) fn look(&mut self, node: &Node, lease: Option<&Lease>, grace: Duration) -> Look {
        let Some(health) = self.0.get_mut(node.metadata.name.as_deref().unwrap_or_default()) else { return Look::Alive };
        let now = Instant::now();
        let heartbeat = ready_condition(node).map(|condition| condition.last_heartbeat_time.clone());
        if heartbeat.is_some() && heartbeat != health.heartbeat {
            health.heartbeat = heartbeat;
            health.probed = now;
        }
        let renewed = renewed(lease);
        if renewed.as_ref().map(|time| time.0) > health.renewed.as_ref().map(|time| time.0) {
            health.renewed = renewed;
            health.probed = now;
        }
        if now.saturating_duration_since(health.probed) > grace { Look::Silent } else { Look::Alive }
    }

    /// Gives every node its grace anew, as happens when not everything is down any more.
    pub(super) fn forgive_all(&mut self) {
        let now = Instant::now();
        self.0.values_mut().for_each(|health| health.probed = now);
    }
}

fn renewed(lease: Option<&Lease>) -> Option<MicroTime> {
    lease?.spec.as_ref()?.renew_time.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn node(heartbeat: Option<&str>) -> Node {
        let conditions: Vec<_> =
            heartbeat.map(|at| json!({"type": "Ready", "status": "True", "lastHeartbeatTime": at})).into_iter().collect();
        serde_json::from_value(json!({"metadata": {"name": "n", "uid": "u"}, "status": {"conditions": conditions}})).unwrap()
    }

    fn lease(at: &str) -> Lease {
        serde_json::from_value(json!({"metadata": {"name": "n"}, "spec": {"renewTime": at}})).unwrap()
    }

    const GRACE: Duration = Duration::from_secs(50);

    #[tokio::test(start_paused = true)]
    async fn a_renewed_lease_or_a_new_heartbeat_is_a_sign_of_life_when_it_is_seen() {
        let mut observed = Observed::default();
        let (first, later) = (node(Some("2026-01-01T00:00:00Z")), node(Some("2026-01-01T00:05:00Z")));
        let (one, two) = (lease("2026-01-01T00:00:00.000000Z"), lease("2026-01-01T00:00:10.000000Z"));
        assert!(observed.welcome(&first, Some(&one), Duration::ZERO));
        assert!(!observed.welcome(&first, Some(&one), Duration::ZERO));
        tokio::time::advance(Duration::from_secs(51)).await;
        assert_eq!(observed.look(&first, Some(&two), GRACE), Look::Alive);
        tokio::time::advance(Duration::from_secs(50)).await;
        assert_eq!(observed.look(&first, Some(&two), GRACE), Look::Alive);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(observed.look(&first, Some(&two), GRACE), Look::Silent);
        assert_eq!(observed.look(&later, Some(&two), GRACE), Look::Alive);
        // An older lease than the one that was seen is none.
        tokio::time::advance(Duration::from_secs(51)).await;
        assert_eq!(observed.look(&later, Some(&one), GRACE), Look::Silent);
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_that_never_spoke_counts_from_its_creation() {
        let mut observed = Observed::default();
        tokio::time::advance(Duration::from_secs(100)).await;
        observed.welcome(&node(None), None, Duration::from_secs(45));
        assert_eq!(observed.look(&node(None), None, GRACE), Look::Alive);
        tokio::time::advance(Duration::from_secs(6)).await;
        assert_eq!(observed.look(&node(None), None, GRACE), Look::Silent);
    }
}
