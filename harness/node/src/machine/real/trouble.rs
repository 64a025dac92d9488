//! What a machine could not give its nodes, told to whoever runs their world: then no driver is to blame.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Something that should have worked has failed: a disk could not be attached, a node could not boot.
    Failed(String),
    /// The machine has not got what was asked for: a right, by its name.
    Lacking(String),
}

/// Where the first trouble of a world is told; clones share it.
#[derive(Clone, Debug, Default)]
pub struct DeviceTrouble(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    first: Mutex<Option<Trouble>>,
    known: Notify,
}

impl DeviceTrouble {
    pub(crate) fn tell(&self, trouble: Trouble) {
        self.0.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(trouble);
        self.0.known.notify_one();
    }

    /// Waits for the first trouble; never ends where there is none.
    pub async fn first(&self) -> Trouble {
        loop {
            if let Some(trouble) = self.0.first.lock().unwrap_or_else(PoisonError::into_inner).clone() {
                return trouble;
            }
            self.0.known.notified().await;
        }
    }
}
