//! A bell that waiting calls listen to: rung, it wakes them in the order in which they began to wait.
//!
//! tokio's watch channel spreads its waiters at random, which no seed reaches; its `Notify` keeps their order.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// The bell, and the world's pulse when it was rung last.
#[derive(Default)]
pub struct Pulse {
    bell: Notify,
    last: AtomicU64,
}

impl Pulse {
    /// Tells the world's pulse; rings when it is another than before.
    pub fn beat(&self, pulse: u64) {
        if self.last.swap(pulse, Ordering::Relaxed) != pulse {
            self.bell.notify_waiters();
        }
    }

    /// The world's pulse, to wait from.
    pub fn now(&self) -> u64 {
        self.last.load(Ordering::Relaxed)
    }

    /// Waits until the pulse is another than `seen`.
    pub async fn after(&self, seen: u64) {
        loop {
            let mut ring = std::pin::pin!(self.bell.notified());
            ring.as_mut().enable();
            if self.now() != seen {
                return;
            }
            ring.await;
        }
    }
}
