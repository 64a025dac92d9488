//! A bell that many wait for: rung, it wakes them in the order in which they began to wait.
//!
//! tokio's watch channel spreads its waiters at random, which no seed reaches; its `Notify` keeps their order.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// The bell, and how often it was rung.
#[derive(Default)]
pub(super) struct Signal {
    bell: Notify,
    rung: AtomicU64,
}

impl Signal {
    /// Wakes all who wait.
    pub fn ring(&self) {
        self.rung.fetch_add(1, Ordering::Relaxed);
        self.bell.notify_waiters();
    }

    /// How often it was rung; see [`Signal::after`].
    pub fn count(&self) -> u64 {
        self.rung.load(Ordering::Relaxed)
    }

    /// Waits until it was rung more than `count` times.
    pub async fn after(&self, count: u64) {
        self.until(|| (self.count() > count).then_some(())).await;
    }

    /// Looks now and after each ring, until there is something to see.
    pub async fn until<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        loop {
            let mut ring = std::pin::pin!(self.bell.notified());
            ring.as_mut().enable();
            if let Some(seen) = look() {
                return seen;
            }
            ring.await;
        }
    }
}
