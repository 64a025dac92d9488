//! Another program in the place of a driver's, while the world runs: an upgrade, and the way back.
//!
//! What starts the driver's processes is exchanged; whoever asks them to end sees the successor come up. Processes that only the successor has
//! start at once, those that it has not any more stay away. Node plugins stay as they are. Not modelled: a sidecar of the harness's that
//! gives way to one of the driver's (such a scenario is refused beforehand).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use seatrial_scenario::DriverName;
use serde_json::Value;

use super::context::WorldContext;
use super::manifests::delivered;
use super::processes::{ProcessEnvironment, ProcessEnvironmentError};
use super::{CCM, CONTROLLER, WorldHandle, ccm, csi, external};
use crate::external::External;

/// What the processes of a driver are called, but for its node plugin.
fn processes(driver: DriverName, external: Option<&External>) -> BTreeSet<String> {
    match external {
        Some(external) => {
            let own = external.processes().filter(|(described, _)| !described.is_node_plugin());
            own.map(|(described, _)| described.process.clone()).collect()
        }
        None => BTreeSet::from([if driver == DriverName::Csi { CONTROLLER } else { CCM }.to_owned()]),
    }
}

impl WorldHandle {
    /// What the driver of this name, which is to follow another, is installed with.
    pub(crate) fn installation_of(&self, driver: DriverName, name: &str) -> Vec<Value> {
        let found = self.environment.as_ref().and_then(|environment| environment.successor(driver, name));
        match (&self.environment, found, driver) {
            (None, ..) => Vec::new(),
            (Some(_), Some(external), _) => delivered(&external),
            // Ours are installed in any world but for this one.
            (Some(_), None, DriverName::Ccm) => super::manifests::documents(vsphere_ccm::RBAC),
            (Some(_), None, DriverName::Csi) => Vec::new(),
        }
    }

    /// Exchanges what starts a driver's processes; from their next start on they are those of the driver of this name. Answers which
    /// processes there were and will be.
    ///
    /// # Errors
    /// What the successor's programs lack.
    pub(crate) fn succeed(&self, driver: DriverName, name: &str) -> Result<BTreeSet<String>, ProcessEnvironmentError> {
        let Some(environment) = &self.environment else { return Ok(BTreeSet::new()) };
        let next = environment.successor(driver, name);
        let before = processes(driver, environment.present(driver).as_deref());
        let after = processes(driver, next.as_deref());
        before.difference(&after).for_each(|gone| self.supervisor.retire(gone));
        let context = WorldContext {
            network: &self.network,
            supervisor: &self.supervisor,
            scenario: &self.scenario,
            switches: &self.switches,
            configurations: &self.configurations,
            snapshots: self.snapshots,
            environment: Some(environment),
            cluster: None,
        };
        before.iter().for_each(|process| self.supervisor.retire(&liveness_probe(process)));
        start(&context, environment, driver, next.as_deref())?;
        before.iter().for_each(|process| self.supervisor.kill(&liveness_probe(process), Some(Duration::ZERO)));
        environment.succeeded(driver, next);
        Ok(before.union(&after).cloned().collect())
    }
}

fn liveness_probe(process: &str) -> String {
    format!("liveness-probe/{process}")
}

fn start(
    context: &WorldContext<'_>,
    environment: &Arc<ProcessEnvironment>,
    driver: DriverName,
    next: Option<&External>,
) -> Result<(), ProcessEnvironmentError> {
    match (next, driver) {
        (Some(next), _) => external::start(context, environment, next),
        (None, DriverName::Csi) => csi::start(context),
        (None, DriverName::Ccm) => ccm::start(context),
    }
}
