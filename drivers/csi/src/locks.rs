//! One operation at a time for each volume.
//!
//! A second request for a volume *waits* rather than being answered `Aborted`, which the specification also allows:
//! sidecars repeat a call that timed out with a growing pause, so a caller who stands in line has the answer the moment
//! that the first one ends, while one who was sent away comes back up to five minutes later. The line is fair (first
//! come, first served), and each in it finds out by itself that the work is done.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// Locks by key; a key that nobody holds or waits for takes no room.
#[derive(Clone, Default)]
pub(crate) struct KeyedLocks {
    locks: Arc<Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>>,
}

/// Holds one key until it is dropped.
pub(crate) struct KeyGuard {
    owner: KeyedLocks,
    key: String,
    guard: Option<OwnedMutexGuard<()>>,
}

impl KeyedLocks {
    /// Waits for the key.
    pub(crate) async fn lock(&self, key: &str) -> KeyGuard {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(key.to_owned()).or_default())
        };
        // Made before the wait, so that a waiter who is dropped clears up after itself too.
        let mut held = KeyGuard { owner: self.clone(), key: key.to_owned(), guard: None };
        held.guard = Some(lock.lock_owned().await);
        held
    }
}

impl Drop for KeyGuard {
    fn drop(&mut self) {
        self.guard = None;
        let mut locks = self.owner.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if locks.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::KeyedLocks;

    #[tokio::test(start_paused = true)]
    async fn a_key_is_held_by_one_at_a_time_and_leaves_nothing_behind() {
        let locks = KeyedLocks::default();
        let first = locks.lock("a").await;
        let other = locks.lock("b").await;
        assert!(tokio::time::timeout(Duration::from_secs(1), locks.lock("a")).await.is_err());
        drop((first, other));
        drop(locks.lock("a").await);
        assert!(locks.locks.lock().expect("nobody panicked").is_empty());
    }
}
