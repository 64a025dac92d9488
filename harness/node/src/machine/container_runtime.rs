//! What a container runtime remembers: which pods' containers run on this machine.
//!
//! Kubelet may be killed and find its pods running; a reboot stops them all. Modelled: a pod's sandbox with its
//! address, and for each container its id, start and count of restarts. Containers run until they are stopped; they do no work of
//! their own, and images are always there.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;

/// One pod's containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// The pod's address.
    pub pod_ip: String,
    /// When its containers were started.
    pub started_at: Timestamp,
    /// When they were stopped; `None` while they run.
    pub stopped_at: Option<Timestamp>,
    /// Ids of the containers by their names.
    pub containers: BTreeMap<String, String>,
    /// How often they were started again on this machine.
    pub restarts: u32,
}

#[derive(Default)]
struct Inner {
    sandboxes: BTreeMap<String, Sandbox>,
    /// How often a pod lost its containers to a reboot; the runtime counts restarts by what it left on disk.
    lost: BTreeMap<String, u32>,
}

/// Sandboxes by their pods' uids.
#[derive(Default)]
pub struct ContainerRuntime(Mutex<Inner>);

impl ContainerRuntime {
    /// The pod's containers, running or stopped.
    pub fn sandbox(&self, pod_uid: &str) -> Option<Sandbox> {
        self.lock().sandboxes.get(pod_uid).cloned()
    }

    /// Starts a pod's containers; one that a reboot stopped counts a restart.
    pub fn start(&self, pod_uid: &str, mut sandbox: Sandbox) {
        let mut inner = self.lock();
        sandbox.restarts = inner.lost.get(pod_uid).copied().unwrap_or(0);
        inner.sandboxes.insert(pod_uid.to_owned(), sandbox);
    }

    /// Stops a pod's containers.
    pub fn stop(&self, pod_uid: &str, at: Timestamp) {
        if let Some(sandbox) = self.lock().sandboxes.get_mut(pod_uid) {
            sandbox.stopped_at.get_or_insert(at);
        }
    }

    /// Forgets a pod.
    pub fn remove(&self, pod_uid: &str) {
        let mut inner = self.lock();
        inner.sandboxes.remove(pod_uid);
        inner.lost.remove(pod_uid);
    }

    /// Uids of all pods that have a sandbox.
    pub fn pod_uids(&self) -> Vec<String> {
        self.lock().sandboxes.keys().cloned().collect()
    }

    /// Stops everything, as a reboot does.
    pub(super) fn clear(&self) {
        let mut inner = self.lock();
        let Inner { sandboxes, lost } = &mut *inner;
        for (pod_uid, _) in std::mem::take(sandboxes) {
            *lost.entry(pod_uid).or_default() += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nothing panics while the runtime is locked")
    }
}
