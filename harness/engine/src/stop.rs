//! How runs are asked to end before they are over: worlds are taken down in good order, and there is no verdict on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Asks runs to end; clones ask the same ones.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Asked>);

#[derive(Debug, Default)]
struct Asked {
    is: AtomicBool,
    changed: Notify,
}

impl Stop {
    /// Asks, from whatever thread.
    pub fn ask(&self) {
        self.0.is.store(true, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }

    /// Whether somebody has asked.
    pub fn is_asked(&self) -> bool {
        self.0.is.load(Ordering::SeqCst)
    }

    /// Returns when somebody has asked. It sets no timer, so that a world in which it waits lives as one without it.
    pub(crate) async fn asked(&self) {
        let changed = self.0.changed.notified();
        let mut changed = std::pin::pin!(changed);
        // Whoever asks from here on is heard.
        changed.as_mut().enable();
        if !self.is_asked() {
            changed.await;
        }
    }
}
