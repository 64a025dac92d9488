//! Work that goes on when its caller goes away.

use driver_host::Host;
use tonic::{Response, Status};

use crate::behaviours::Behaviours;
use crate::locks::KeyedLocks;

/// Runs `work` to its end under the lock on `key`, whether or not the caller waits for it.
///
/// A caller who times out takes only the answer with him, never a half-done change. One who goes away while standing in
/// line has changed nothing.
pub(crate) async fn spawn_detached<T, F>(
    host: &dyn Host,
    locks: &KeyedLocks,
    behaviours: Behaviours,
    name: &'static str,
    key: &str,
    work: F,
) -> Result<Response<T>, Status>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Status>> + Send + 'static,
{
    let guard = locks.lock(key).await;
    if !behaviours.changes_outlive_callers {
        return work.await.map(Response::new);
    }
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let task = async move {
        let result = work.await;
        drop(guard);
        // Nobody may be listening any more.
        let _ = sender.send(result);
    };
    host.spawn(name, Box::pin(task));
    receiver.await.unwrap_or_else(|_| Err(Status::aborted(format!("{name} was cut off by the driver's end")))).map(Response::new)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::controller::doubles::{Crash, TestWorld};

    /// Whether work of ten seconds comes to its end although its caller waits for one.
    async fn ends(behaviours: Behaviours) -> bool {
        let (world, locks, ended) = (TestWorld::new("8.0.3", Crash::Never), KeyedLocks::default(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&ended);
        let work = async move {
            tokio::time::sleep(Duration::from_secs(10)).await;
            told.store(true, Ordering::Relaxed);
            Ok(())
        };
        let caller = spawn_detached(&world, &locks, behaviours, "CreateVolume", "pvc-1", work);
        assert!(tokio::time::timeout(Duration::from_secs(1), caller).await.is_err());
        tokio::time::sleep(Duration::from_secs(60)).await;
        ended.load(Ordering::Relaxed)
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_outlives_its_caller_unless_that_is_switched_off() {
        assert!(ends(Behaviours::default()).await);
        assert!(!ends(Behaviours { changes_outlive_callers: false, ..Behaviours::default() }).await);
    }
}
