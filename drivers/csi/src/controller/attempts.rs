//! What this process has begun to attach, to detach or to delete, so that a second attempt looks before it does so again.
//!
//! Only a hint: a restarted process knows nothing of it, attaches, and is told ResourceInUse; deletes, and is told NotFound.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many are kept in mind; what was deleted is never forgotten otherwise.
const MOST: usize = 10_000;

/// Volumes, and what they were to be attached to or taken off, or which snapshot of them was to go: by its id, or none.
#[derive(Clone, Default)]
pub(super) struct Attempts(Arc<Mutex<BTreeSet<(String, String)>>>);

impl Attempts {
    /// Notes an attempt; true when it is the first since the volume was last to go the other way.
    pub(super) fn begin(&self, volume: &str, with: &str) -> bool {
        let mut begun = self.lock();
        if begun.len() >= MOST {
            begun.clear();
        }
        begun.insert((volume.to_owned(), with.to_owned()))
    }

    /// The volume is to go the other way.
    pub(super) fn forget(&self, volume: &str) {
        self.lock().retain(|(known, _)| known != volume);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Attempts;

    #[test]
    fn an_attempt_is_the_first_until_the_volume_goes_the_other_way() {
        let attempts = Attempts::default();
        assert!(attempts.begin("a", "vm-1") && !attempts.begin("a", "vm-1"));
        assert!(attempts.begin("a", "vm-2") && attempts.begin("b", "vm-1"));
        attempts.forget("a");
        assert!(attempts.begin("a", "vm-1") && !attempts.begin("b", "vm-1"));
    }
}
