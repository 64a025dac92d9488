//! What this process has begun to attach, to detach or to delete, so that a second attempt looks before it does so again.
//!
//! Only a hint: a restarted process knows nothing of it, attaches, and is told ResourceInUse; deletes, and is told NotFound.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tonic::Status;

use crate::status;
use crate::vcenter::VCenterError;

/// So many are kept in mind; what was deleted is never forgotten otherwise.
const MOST: usize = 10_000;

/// Volumes, and what they were to be attached to or taken off, or which snapshot of them was to go: by its id, or none.
#[derive(Clone, Default)]
pub(super) struct Attempts(Arc<Mutex<BTreeSet<(String, String)>>>);

impl Attempts {
    /// What `look` sees of it having come about, when this process has begun it before: vCenter has taken longer than anybody waited. To do it
    /// once more would take as long again, and nobody would wait for that either.
    ///
    /// # Errors
    /// Nobody answered whoever looked; and who cannot be asked is not to be told either. When vCenter refuses the look, it is done once more,
    /// and the answer to that tells.
    pub(super) async fn came_about<T>(
        &self,
        volume: &str,
        with: &str,
        look: impl Future<Output = Result<Option<T>, VCenterError>>,
    ) -> Result<Option<T>, Status> {
        if self.begin(volume, with) {
            return Ok(None);
        }
        match look.await {
            Err(VCenterError::Fault(_)) => Ok(None),
            seen => seen.map_err(|error| status::of_vcenter(&error)),
        }
    }

    /// Notes an attempt; true when it is the first since the volume was last to go the other way.
    fn begin(&self, volume: &str, with: &str) -> bool {
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
