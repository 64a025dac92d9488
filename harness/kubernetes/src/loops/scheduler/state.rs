//! What the scheduler keeps in memory: who waits for what, who is on the way to a node.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::{BackoffLimits, ObjectKey};

/// Kinds of events that can make room for a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wake {
    /// A node came, or changed its labels, taints or cordon.
    Node,
    /// A claim, volume or class changed.
    Storage,
    /// A limit changed or an attachment went.
    Limits,
    /// A pod left its node.
    PodGone,
}

#[derive(Clone, Debug)]
struct Waiting {
    failures: u32,
    last: Instant,
    /// What it waits for; nothing when only time will tell.
    wakes: BTreeSet<Wake>,
    parked: bool,
}

/// All of it is lost with the process.
#[derive(Default)]
pub(super) struct State {
    waiting: BTreeMap<ObjectKey, Waiting>,
    assumed: BTreeMap<ObjectKey, String>,
    reserved: BTreeMap<String, ObjectKey>,
    seen: BTreeMap<Wake, u64>,
}

impl State {
    /// How many events of each kind there were; to tell later whether one came meanwhile.
    pub(super) fn events_seen(&self) -> BTreeMap<Wake, u64> {
        self.seen.clone()
    }

    /// The pod cannot be placed; answers after which delay it should be tried whatever happens.
    pub(super) fn park(&mut self, key: &ObjectKey, wakes: BTreeSet<Wake>, seen: &BTreeMap<Wake, u64>, flush: Duration) -> Duration {
        let missed = wakes.iter().any(|wake| self.seen.get(wake) != seen.get(wake));
        let entry = self.failed(key);
        entry.wakes = wakes;
        entry.parked = true;
        if missed { entry.remaining() } else { flush }
    }

    /// The attempt broke off; answers after which delay it should be tried again.
    pub(super) fn back_off(&mut self, key: &ObjectKey) -> Duration {
        let entry = self.failed(key);
        entry.wakes.clear();
        entry.parked = true;
        entry.remaining()
    }

    fn failed(&mut self, key: &ObjectKey) -> &mut Waiting {
        let fresh = Waiting { failures: 0, last: Instant::now(), wakes: BTreeSet::new(), parked: false };
        let entry = self.waiting.entry(key.clone()).or_insert(fresh);
        entry.failures = entry.failures.saturating_add(1);
        entry.last = Instant::now();
        entry
    }

    /// Notes an event; answers whom it may help, and when their back-off is over.
    pub(super) fn woken(&mut self, wake: Wake) -> Vec<(ObjectKey, Duration)> {
        *self.seen.entry(wake).or_default() += 1;
        let helped = self.waiting.iter().filter(|(_, entry)| entry.parked && entry.wakes.contains(&wake));
        helped.map(|(key, entry)| (key.clone(), entry.remaining())).collect()
    }

    pub(super) fn is_parked(&self, key: &ObjectKey) -> bool {
        self.waiting.get(key).is_some_and(|entry| entry.parked)
    }

    /// An attempt begins.
    pub(super) fn begin(&mut self, key: &ObjectKey) {
        if let Some(entry) = self.waiting.get_mut(key) {
            entry.parked = false;
        }
    }

    /// The pod is on its way to the node, and the volumes to their claims.
    pub(super) fn assume(&mut self, key: &ObjectKey, node: &str, volumes: impl IntoIterator<Item = (String, ObjectKey)>) {
        self.assumed.insert(key.clone(), node.to_owned());
        self.reserved.extend(volumes);
    }

    /// It will not get there.
    pub(super) fn give_up(&mut self, key: &ObjectKey, volumes: impl IntoIterator<Item = String>) {
        self.assumed.remove(key);
        for volume in volumes {
            self.reserved.remove(&volume);
        }
    }

    /// The API server shows the pod on its node.
    pub(super) fn settled(&mut self, key: &ObjectKey) {
        self.assumed.remove(key);
        self.waiting.remove(key);
    }

    /// The pod is gone.
    pub(super) fn forget(&mut self, key: &ObjectKey) {
        self.settled(key);
    }

    /// The volume's claim is bound: the volume itself says so now.
    pub(super) fn release(&mut self, volume: &str) {
        self.reserved.remove(volume);
    }

    pub(super) fn assumed_node(&self, key: &ObjectKey) -> Option<&str> {
        self.assumed.get(key).map(String::as_str)
    }

    pub(super) fn reserved_for(&self, volume: &str) -> Option<&ObjectKey> {
        self.reserved.get(volume)
    }
}

impl Waiting {
    /// What is left of the back-off.
    fn remaining(&self) -> Duration {
        let until = self.last + BackoffLimits::SCHEDULER.delay(self.failures.saturating_sub(1));
        until.saturating_duration_since(Instant::now())
    }
}
