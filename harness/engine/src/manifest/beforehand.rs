//! What there is in Kubernetes before the first step, as far as it is known before anything runs.

use seatrial_kubernetes::dry_cluster::DryCluster;
use seatrial_kubernetes::snapshot_api;
use seatrial_scenario::Scenario;
use serde_json::Value;

use crate::mode::Mode;
use crate::world::driver_manifests;

/// What is installed, and what else there may be.
pub(crate) struct Beforehand {
    /// The objects that the drivers' installation consists of.
    pub(crate) installed: Vec<Value>,
    /// Whether Kubernetes is somebody else's: classes and namespaces may be there that nobody here knows of.
    pub(crate) anothers: bool,
    /// Whether the API server may serve kinds that the embedded one does not.
    pub(crate) real: bool,
    /// Whether a driver may declare kinds that are not known here.
    pub(crate) foreign_driver: bool,
}

impl Beforehand {
    /// What there is for a scenario in this mode.
    pub(crate) fn of(scenario: &Scenario, mode: &Mode) -> Self {
        let mut installed = driver_manifests(scenario, mode.external_csi(), mode.external_ccm());
        if mode.installs_snapshot_api() {
            // Where nobody asks for it, it makes no difference.
            installed.extend(snapshot_api::definitions().iter().cloned());
        }
        Self {
            installed,
            anothers: mode.has_anothers_cluster(),
            real: mode.has_real_api_server(),
            foreign_driver: mode.external_csi().is_some() || mode.external_ccm().is_some(),
        }
    }

    /// A cluster in which that is installed.
    pub(crate) fn dry_cluster(&self) -> DryCluster {
        let mut cluster = DryCluster::default();
        self.installed.iter().for_each(|object| cluster.add(object));
        cluster
    }
}
