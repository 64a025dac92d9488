//! The loop that starts operations on volumes, and what their ends mean.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::state::Operation;
use super::{attachment, growth, mount, unmount};
use crate::kubelet::core::Core;

/// Starts what is due, for as long as the process lives.
pub(in crate::kubelet) async fn run(core: Arc<Core>) {
    let begin = Instant::now();
    loop {
        for operation in core.volumes.lock().plan() {
            let name = format!("volume {}", operation.identity().pv_name);
            core.process.spawn(&name, perform(Arc::clone(&core), operation));
        }
        let due = core.volumes.look(super::State::next_due);
        let woken = core.volumes.wake.notified();
        match due {
            // Whether it was woken or a back-off has passed, it looks again.
            Some(due) => drop(tokio::time::timeout_at(due, woken).await),
            None => woken.await,
        }
        tokio::time::sleep(until_next_tick(begin, core.config.timings.tick)).await;
    }
}

/// The rest of the current tick.
fn until_next_tick(begin: Instant, tick: Duration) -> Duration {
    let tick_us = tick.as_micros().max(1);
    let rest = begin.elapsed().as_micros() % tick_us;
    Duration::from_micros(u64::try_from(tick_us - rest).unwrap_or(0))
}

async fn perform(core: Arc<Core>, operation: Operation) {
    let outcome = match &operation {
        Operation::VerifyAttached(identity) => attachment::verify(&core, identity).await,
        Operation::Mount { spec, pod_uid, staged } => mount::mount(&core, spec, pod_uid, *staged).await,
        Operation::Expand { spec, pod_uid } => growth::expand_in_use(&core, spec, pod_uid).await,
        Operation::Unpublish { identity, pod_uid } => unmount::unpublish(&core, identity, pod_uid).await,
        Operation::Unstage { identity, mounted } => unmount::unstage(&core, identity, *mounted).await,
    };
    let failed = outcome.err().map(|failure| {
        core.process.log(&failure.message);
        failure.key
    });
    core.volumes.change(|state| state.finished(&operation, failed));
}
