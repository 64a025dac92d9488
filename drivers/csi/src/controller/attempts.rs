//! What this process has begun to attach, or to detach, so that a second attempt looks before it does so again.
//!
//! Only a hint: a restarted process knows nothing of it, attaches, and is told ResourceInUse.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vsphere_types::MoRef;

/// Volumes and the machines that they were to be attached to, or taken off.
#[derive(Clone, Default)]
pub(super) struct Attempts(Arc<Mutex<BTreeSet<(String, MoRef)>>>);

impl Attempts {
    /// Notes an attempt; true when it is the first since the volume was last to go the other way.
    pub(super) fn begin(&self, volume: &str, vm: &MoRef) -> bool {
        self.lock().insert((volume.to_owned(), vm.clone()))
    }

    /// The volume is to go the other way.
    pub(super) fn forget(&self, volume: &str) {
        self.lock().retain(|(known, _)| known != volume);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<(String, MoRef)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Attempts;
    use vsphere_types::MoRef;

    #[test]
    fn an_attempt_is_the_first_until_the_volume_goes_the_other_way() {
        let (attempts, vm) = (Attempts::default(), MoRef::new("VirtualMachine", "vm-1"));
        assert!(attempts.begin("a", &vm) && !attempts.begin("a", &vm));
        assert!(attempts.begin("a", &MoRef::new("VirtualMachine", "vm-2")) && attempts.begin("b", &vm));
        attempts.forget("a");
        assert!(attempts.begin("a", &vm) && !attempts.begin("b", &vm));
    }
}
