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
