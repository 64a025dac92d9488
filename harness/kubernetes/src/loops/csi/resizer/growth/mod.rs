//! external-resizer, the part that makes volumes larger: ControllerExpandVolume.
//!
//! Modelled: a bound claim that asks for more than its `status.capacity`; `status.allocatedResources` and
//! `allocatedResourceStatuses` with the conditions Resizing, FileSystemResizePending and ControllerResizeError; the
//! PersistentVolume's capacity written before the claim tells that its node is to go on, or that all is done; going back to a
//! smaller size after a failure that is final (RecoverVolumeExpansionFailure); events. An attempt of which nobody knows how it ended
//! is brought to its end before a newer size counts, also after a restart. Ten workers, back-off from 1 s to 5 min, what is not
//! feasible each 5 min, everything again each 10 min. A driver that refuses volumes in use (FailedPrecondition) is not asked again
//! while a pod uses the claim, where `--handle-volume-inuse-error` is on.
//!
//! Not modelled: drivers that only expand on nodes, migrated volumes, the annotation of the capacity before (alpha). Like upstream's,
//! it does not look whether the claim is to be deleted. Unlike upstream's, what changes while an attempt fails waits for the back-off.

mod attempt;
mod plan;
mod status;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use tokio::time::Instant;

use super::{RESYNC, Resizer, WORKERS};
use crate::client::{BackoffLimits, Informer, ObjectKey, WorkQueue};

/// What a restart loses.
#[derive(Default)]
struct Memory {
    /// Claims whose last error was final: their driver is not at work.
    final_errors: BTreeSet<ObjectKey>,
    /// Claims that cannot grow as they ask, and since when they are asked for slowly.
    slow: BTreeMap<ObjectKey, Instant>,
    /// Claims, by UID, whose driver has refused them because they are in use.
    in_use: BTreeSet<String>,
}

pub(super) struct Parts {
    resizer: Resizer,
    queue: WorkQueue<ObjectKey>,
    /// Whose claims may be in use; nobody's where that is not looked at.
    pods: Option<Informer<Pod>>,
    memory: Mutex<Memory>,
}

#[derive(Clone)]
pub(super) struct Growth(Arc<Parts>);

impl std::ops::Deref for Growth {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Growth {
    pub(super) fn new(resizer: &Resizer, handle_in_use: bool) -> Self {
        let pods = handle_in_use.then(|| Informer::all(&resizer.process, &resizer.client));
        let queue = WorkQueue::new(BackoffLimits::SIDECAR);
        Self(Arc::new(Parts { resizer: resizer.clone(), queue, pods, memory: Mutex::default() }))
    }

    pub(super) async fn run(self) {
        self.resizer.volumes.synced().await;
        self.resizer.claims.synced().await;
        if let Some(pods) = &self.pods {
            pods.synced().await;
        }
        self.listen();
        let worker = self.clone();
        self.queue.serve(&self.resizer.process, "csi resizer: growth", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
        loop {
            tokio::time::sleep(RESYNC).await;
            for claim in self.resizer.claims.list() {
                self.queue.add(ObjectKey::of(claim.as_ref()));
            }
        }
    }

    fn listen(&self) {
        let growth = self.clone();
        self.resizer.claims.on_change(move |delta| match (delta.before.as_deref(), delta.after.as_deref()) {
            (_, None) => growth.forget(&delta.key),
            (None, Some(_)) => growth.queue.add(delta.key.clone()),
            (Some(before), Some(after)) if is_news(before, after) => growth.queue.add(delta.key.clone()),
            _ => {}
        });
    }

    /// The claim is gone.
    fn forget(&self, key: &ObjectKey) {
        self.queue.forget(key);
        let mut memory = self.memory();
        memory.final_errors.remove(key);
        memory.slow.remove(key);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("nothing panics while the memory is locked")
    }
}

/// Whether there may be something to do that there was not before.
fn is_news(before: &PersistentVolumeClaim, after: &PersistentVolumeClaim) -> bool {
    let phase = |claim: &PersistentVolumeClaim| claim.status.as_ref().and_then(|status| status.phase.clone());
    plan::asked(before) != plan::asked(after)
        || plan::capacity(before) < plan::capacity(after)
        || plan::resize_status(before) != plan::resize_status(after)
        || phase(before) != phase(after)
}
