//! Wakes waiting calls when the world has changed, in the order in which they began to wait.
//!
//! tokio's watch channel spreads its waiters at random, which no seed reaches; its `Notify` keeps their order.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Who waits, and the world's version when they were woken last.
#[derive(Default)]
pub struct Notifier {
    waiting: Notify,
    last: AtomicU64,
}

impl Notifier {
    /// Takes the world's version; wakes who waits when it is another than before.
    pub fn advance(&self, version: u64) {
        if self.last.swap(version, Ordering::Relaxed) != version {
            self.waiting.notify_waiters();
        }
    }

    /// The world's version, to wait from.
    pub fn now(&self) -> u64 {
        self.last.load(Ordering::Relaxed)
    }

    /// Waits until the version is another than `seen`.
    pub async fn after(&self, seen: u64) {
        loop {
            let mut woken = std::pin::pin!(self.waiting.notified());
            woken.as_mut().enable();
            if self.now() != seen {
                return;
            }
            woken.await;
        }
    }
}
