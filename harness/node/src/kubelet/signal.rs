//! What many wait for: a signal wakes them in the order in which they began to wait.
//!
//! tokio's watch channel spreads its waiters at random, which no seed reaches; its `Notify` keeps their order.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Who waits, and how often they were woken.
#[derive(Default)]
pub(super) struct Signal {
    waiting: Notify,
    count: AtomicU64,
}

impl Signal {
    /// Wakes all who wait.
    pub fn ring(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.waiting.notify_waiters();
    }

    /// How often they were woken; see [`Signal::after`].
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Waits until they were woken more than `count` times.
    pub async fn after(&self, count: u64) {
        self.until(|| (self.count() > count).then_some(())).await;
    }

    /// Looks now and after each signal, until there is something to see.
    pub async fn until<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        loop {
            let mut woken = std::pin::pin!(self.waiting.notified());
            woken.as_mut().enable();
            if let Some(seen) = look() {
                return seen;
            }
            woken.await;
        }
    }
}
