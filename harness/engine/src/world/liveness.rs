//! The liveness probe of a driver that was built elsewhere, as a process of the world beside it.

use std::sync::Arc;

use seatrial_kubernetes::loops::keep_alive;
use seatrial_wires::Process;

use super::context::WorldContext;
use super::processes::ProcessEnvironment;
use crate::external::Program;

/// Starts it, if the driver's process is to be asked; `name` is what it is called in this world, `address` where it serves.
pub(super) fn start(context: &WorldContext<'_>, environment: &Arc<ProcessEnvironment>, described: &Program, name: &str, address: &str) {
    let Some(liveness) = described.liveness else { return };
    let (environment, supervisor) = (Arc::clone(environment), context.supervisor.clone());
    let (name, address) = (name.to_owned(), address.to_owned());
    context.supervisor.start(&format!("liveness-probe/{name}"), move |process: &Process| {
        let (environment, supervisor, subject) = (Arc::clone(&environment), supervisor.clone(), process.clone());
        let (name, address) = (name.clone(), address.clone());
        process.spawn("main", async move {
            // Before that the driver is not there.
            environment.until_installed().await;
            keep_alive(&subject, &name, &address, liveness.config(), || supervisor.end(&name)).await;
        });
    });
}
