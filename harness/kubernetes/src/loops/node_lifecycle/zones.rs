//! Zones: how much of each is down, and who waits there for a `NoExecute` taint.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use k8s_openapi::api::core::v1::Node;
use kube::ResourceExt;
use tokio::time::Instant;

use super::super::support::names::{REGION, ZONE};
use super::super::timings::Timings;
use super::limiter::Limiter;

/// How much of a zone is down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Disruption {
    /// Nobody has looked yet.
    #[default]
    Initial,
    /// Little or nothing.
    Normal,
    /// A great part.
    Partial,
    /// All of it.
    Full,
}

struct Zone {
    disruption: Disruption,
    limiter: Limiter,
    /// Who waits, in the order in which they came.
    waiting: VecDeque<String>,
    /// Who waits or has been tainted; such a node is not queued again.
    known: BTreeSet<String>,
}

/// All zones that nodes were seen in.
#[derive(Default)]
pub(super) struct Zones(BTreeMap<String, Zone>);

/// What follows from a new count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing beyond the rates.
    None,
    /// Everything is down: probably it is this controller that is cut off. Taints go, nobody is evicted.
    AllDown,
    /// Not everything is down any more: all nodes begin anew.
    NotAllDown,
}

/// The name of the zone that a node is in.
pub(super) fn zone_of(node: &Node) -> String {
    let label = |key: &str| node.labels().get(key).map_or("", String::as_str);
    format!("{}:{}", label(REGION), label(ZONE))
}

impl Zones {
    /// Makes sure that the zone is known.
    pub(super) fn add(&mut self, zone: &str, timings: &Timings) {
        self.0.entry(zone.to_owned()).or_insert_with(|| Zone {
            disruption: Disruption::Initial,
            limiter: Limiter::new(Some(timings.node_eviction_pause)),
            waiting: VecDeque::new(),
            known: BTreeSet::new(),
        });
    }

    /// Queues a node for its taint; answers whether it was not known.
    pub(super) fn enqueue(&mut self, zone: &str, node: &str) -> bool {
        let Some(zone) = self.0.get_mut(zone) else { return false };
        let new = zone.known.insert(node.to_owned());
        if new {
            zone.waiting.push_back(node.to_owned());
        }
        new
    }

    /// The node is well, or gone.
    pub(super) fn forget(&mut self, node: &str) {
        for zone in self.0.values_mut() {
            if zone.known.remove(node) {
                zone.waiting.retain(|waiting| waiting != node);
            }
        }
    }

    /// A taint could not be written: the node waits on, ahead of the others.
    pub(super) fn put_back(&mut self, zone: &str, node: &str) {
        if let Some(zone) = self.0.get_mut(zone).filter(|zone| zone.known.contains(node)) {
            zone.waiting.push_front(node.to_owned());
        }
    }

    /// The nodes whose turn it is now, with their zones.
    pub(super) fn take_due(&mut self) -> Vec<(String, String)> {
        let mut due = Vec::new();
        for (name, zone) in &mut self.0 {
            while !zone.waiting.is_empty() && zone.limiter.take() {
                due.extend(zone.waiting.pop_front().map(|node| (name.clone(), node)));
            }
        }
        due
    }

    /// When the next node's turn comes.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.0.values().filter(|zone| !zone.waiting.is_empty()).filter_map(|zone| zone.limiter.next_token()).min()
    }

    /// Takes in how many nodes of each zone are ready and how many are not.
    pub(super) fn count(&mut self, counts: &BTreeMap<String, (usize, usize)>, timings: &Timings) -> Turn {
        // A zone without nodes is a zone no more.
        self.0.retain(|name, _| counts.contains_key(name));
        let were_all_down = !self.0.is_empty() && self.0.values().all(|zone| zone.disruption == Disruption::Full);
        let now: BTreeMap<&String, Disruption> =
            counts.iter().map(|(name, (ready, not))| (name, disruption(*ready, *not, timings))).collect();
        let are_all_down = !now.is_empty() && now.values().all(|state| *state == Disruption::Full);
        if are_all_down {
            for zone in self.0.values_mut() {
                zone.limiter.set(None);
                zone.disruption = Disruption::Full;
            }
            return if were_all_down { Turn::None } else { Turn::AllDown };
        }
        for (name, zone) in &mut self.0 {
            let state = now.get(name).copied().unwrap_or_default();
            let size = counts.get(name).map_or(0, |(ready, not)| ready + not);
            if state != zone.disruption || were_all_down {
                zone.limiter.set(pause(state, size, timings));
                zone.disruption = state;
            }
        }
        if were_all_down { Turn::NotAllDown } else { Turn::None }
    }
}

fn disruption(ready: usize, not_ready: usize, timings: &Timings) -> Disruption {
    let part = not_ready as f64 / (ready + not_ready).max(1) as f64;
    match () {
        () if ready == 0 && not_ready > 0 => Disruption::Full,
        () if not_ready > 2 && part >= timings.unhealthy_zone_threshold => Disruption::Partial,
        () => Disruption::Normal,
    }
}

/// Between two taints in a zone; `None` for no taints at all.
fn pause(state: Disruption, size: usize, timings: &Timings) -> Option<std::time::Duration> {
    match state {
        Disruption::Partial if size <= timings.large_cluster_size => None,
        Disruption::Partial => Some(timings.secondary_node_eviction_pause),
        Disruption::Initial | Disruption::Normal | Disruption::Full => Some(timings.node_eviction_pause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(zones: &mut Zones, counts: &[(&str, usize, usize)]) -> Turn {
        let timings = Timings::default();
        let counts = counts.iter().map(|(name, ready, not)| ((*name).to_owned(), (*ready, *not))).collect();
        zones.count(&counts, &timings)
    }

    fn zones(names: &[&str]) -> Zones {
        let mut zones = Zones::default();
        names.iter().for_each(|name| zones.add(name, &Timings::default()));
        zones
    }

    #[tokio::test(start_paused = true)]
    async fn one_zone_of_two_that_is_down_goes_on_at_the_normal_rate() {
        let mut zones = zones(&["a", "b"]);
        assert_eq!(counted(&mut zones, &[("a", 0, 2), ("b", 1, 0)]), Turn::None);
        assert!(zones.enqueue("a", "n1") && zones.enqueue("a", "n2") && !zones.enqueue("a", "n1"));
        assert_eq!(zones.take_due(), [("a".to_owned(), "n1".to_owned())]);
        tokio::time::advance(std::time::Duration::from_secs(10)).await;
        assert_eq!(zones.take_due().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_is_down_nobody_is_due_until_something_is_up() {
        let mut zones = zones(&["a", "b"]);
        assert_eq!(counted(&mut zones, &[("a", 0, 1), ("b", 0, 1)]), Turn::AllDown);
        assert_eq!(counted(&mut zones, &[("a", 0, 1), ("b", 0, 1)]), Turn::None);
        zones.enqueue("a", "n1");
        tokio::time::advance(std::time::Duration::from_secs(1000)).await;
        assert!(zones.take_due().is_empty() && zones.next_due().is_none());
        assert_eq!(counted(&mut zones, &[("a", 0, 1), ("b", 1, 0)]), Turn::NotAllDown);
        assert_eq!(zones.take_due().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_zone_of_which_most_is_down_stands_still_and_a_large_one_goes_slowly() {
        let mut zones = zones(&["small", "large"]);
        counted(&mut zones, &[("small", 2, 3), ("large", 20, 40)]);
        zones.enqueue("small", "s");
        zones.enqueue("large", "l1");
        zones.enqueue("large", "l2");
        assert_eq!(zones.take_due(), [("large".to_owned(), "l1".to_owned())]);
        tokio::time::advance(std::time::Duration::from_secs(99)).await;
        assert!(zones.take_due().is_empty());
    }
}
