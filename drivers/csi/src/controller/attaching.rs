//! What this process has begun to attach, so that a second attempt looks before it attaches again.
//!
//! Only a hint: a restarted process knows nothing of it, attaches, and is told ResourceInUse.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vsphere_types::MoRef;

/// Volumes and the machines that they were to be attached to.
#[derive(Clone, Default)]
pub(super) struct Attaching(Arc<Mutex<BTreeSet<(String, MoRef)>>>);

impl Attaching {
    /// Notes an attempt; true when it is the first since the volume was last detached.
    pub(super) fn begin(&self, volume: &str, vm: &MoRef) -> bool {
        self.lock().insert((volume.to_owned(), vm.clone()))
    }

    /// The volume is to leave its machines.
    pub(super) fn forget(&self, volume: &str) {
        self.lock().retain(|(known, _)| known != volume);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<(String, MoRef)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Attaching;
    use vsphere_types::MoRef;

    #[test]
    fn an_attempt_is_the_first_until_the_volume_was_detached() {
        let (attaching, vm) = (Attaching::default(), MoRef::new("VirtualMachine", "vm-1"));
        assert!(attaching.begin("a", &vm) && !attaching.begin("a", &vm));
        assert!(attaching.begin("a", &MoRef::new("VirtualMachine", "vm-2")) && attaching.begin("b", &vm));
        attaching.forget("a");
        assert!(attaching.begin("a", &vm) && !attaching.begin("b", &vm));
    }
}
