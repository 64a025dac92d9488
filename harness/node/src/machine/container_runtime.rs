//! What a container runtime remembers: which pods' containers run on this machine, and what is mounted into them.
//!
//! Kubelet may be killed and find its pods running; a reboot stops them all. Modelled: a pod's sandbox with its
//! address, its containers with their ids and mounts, how often they were started again, all of a pod's at a time.
//! Containers run until they are stopped and do no work of their own; images are always there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;

/// Something of the machine that a container sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerMount {
    /// Where the container sees it: a directory, or a device.
    pub container_path: String,
    /// Where it is on the machine.
    pub host_path: PathBuf,
    /// Whether the container may only read it.
    pub read_only: bool,
    /// Whether it is a block device.
    pub device: bool,
}

/// One container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its id.
    pub id: String,
    /// What it sees of the machine.
    pub mounts: Vec<ContainerMount>,
}

/// One pod's containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub name: String,
    /// The pod's address.
    pub pod_ip: String,
    /// When its containers were started.
    pub started_at: Timestamp,
    /// When they were stopped; `None` while they run.
    pub stopped_at: Option<Timestamp>,
    /// The containers by their names.
    pub containers: BTreeMap<String, Container>,
    /// How often they were started again on this machine.
    pub restarts: u32,
}

#[derive(Default)]
struct Inner {
    sandboxes: BTreeMap<String, Sandbox>,
    /// How often a pod's containers ended, or were lost to a reboot; the runtime counts restarts by what it left on disk.
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

    /// The sandbox of this pod whose containers run.
    pub fn running(&self, namespace: &str, name: &str) -> Option<Sandbox> {
        let inner = self.lock();
        let mut same = inner.sandboxes.values().filter(|sandbox| sandbox.namespace == namespace && sandbox.name == name);
        same.find(|sandbox| sandbox.stopped_at.is_none()).cloned()
    }

    /// Starts a pod's containers; one that a reboot stopped counts a restart.
    pub fn start(&self, pod_uid: &str, mut sandbox: Sandbox) {
        let mut inner = self.lock();
        sandbox.restarts = inner.lost.get(pod_uid).copied().unwrap_or(0);
        inner.sandboxes.insert(pod_uid.to_owned(), sandbox);
    }

    /// Starts a pod's containers anew; they get new ids.
    pub fn restart(&self, pod_uid: &str, at: Timestamp, mut new_id: impl FnMut() -> String) -> Option<Sandbox> {
        let mut inner = self.lock();
        let Inner { sandboxes, lost } = &mut *inner;
        let sandbox = sandboxes.get_mut(pod_uid)?;
        *lost.entry(pod_uid.to_owned()).or_default() += 1;
        (sandbox.started_at, sandbox.stopped_at) = (at, None);
        sandbox.restarts = sandbox.restarts.saturating_add(1);
        sandbox.containers.values_mut().for_each(|container| container.id = new_id());
        Some(sandbox.clone())
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
