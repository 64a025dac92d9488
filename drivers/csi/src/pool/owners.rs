//! What this process has learned of whose the volumes are. Losing it in a restart loses nothing: it is asked again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The vCenter's host name by volume id; a volume that is deleted is forgotten, so it does not outgrow the cluster.
#[derive(Default)]
pub(super) struct Owners(Mutex<BTreeMap<String, String>>);

impl Owners {
    pub(super) fn of(&self, volume: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(volume).cloned()
    }

    pub(super) fn remember(&self, volume: &str, host: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(volume.to_owned(), host.to_owned());
    }

    pub(super) fn forget(&self, volume: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(volume);
    }
}
