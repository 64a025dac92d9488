//! The volume manager's state, as all of kubelet shares it.

use std::sync::{Mutex, MutexGuard};

use seatrial_kubernetes::client::BackoffLimits;
use tokio::sync::Notify;

use super::state::State;
use crate::kubelet::signal::Signal;

/// The state behind a lock, and who is woken when it changes.
pub(in crate::kubelet) struct Volumes {
    state: Mutex<State>,
    pub(super) wake: Notify,
    changed: Signal,
}

impl Volumes {
    pub fn new(limits: BackoffLimits) -> Self {
        Self { state: Mutex::new(State::new(limits)), wake: Notify::new(), changed: Signal::default() }
    }

    /// Changes the state and wakes the reconciler and those who wait for volumes.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let outcome = change(&mut self.lock());
        self.wake.notify_one();
        self.changed.ring();
        outcome
    }

    /// Looks at the state.
    pub fn look<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.lock())
    }

    /// Waits until `holds`.
    pub async fn wait_until(&self, holds: impl Fn(&State) -> bool) {
        self.changed.until(|| self.look(&holds).then_some(())).await;
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the volumes are locked")
    }
}
