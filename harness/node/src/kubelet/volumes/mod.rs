//! The volume manager: brings what is mounted to what pods want.
//!
//! Modelled: the order of steps and their waits, one operation at a time on a volume, back-off by volume or pod,
//! final and non-final errors, rebuilding after a restart. The real loops look each 100 ms; here they are woken by
//! events and act at the next tick of 100 ms. Not modelled: `requiresRepublish`, service
//! account tokens, fsGroup by kubelet's own chown (a machine's files have no owners), inline ephemeral volumes.

mod attachment;
mod growth;
pub(super) mod identity;
mod mount;
mod populate;
mod reconciler;
mod reconstruct;
mod state;
mod unmount;

pub(super) use growth::watch as watch_growth;
pub(super) use populate::{PodVolume, volumes_of};
pub(super) use reconciler::run;
pub(super) use reconstruct::reconstruct;
pub(super) use state::State;

use std::sync::{Mutex, MutexGuard};

use seatrial_kubernetes::client::BackoffLimits;
use tokio::sync::Notify;

use super::signal::Signal;

/// The state behind a lock, and who is woken when it changes.
pub(super) struct Volumes {
    state: Mutex<State>,
    wake: Notify,
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the volumes are locked")
    }
}
