//! The objects that the installation of a scenario's drivers consists of.

use seatrial_scenario::Scenario;
use serde_json::Value;

use super::csi;
use crate::external::External;
use crate::manifest::items;

/// The objects that the installation of the scenario's drivers consists of.
pub(crate) fn driver_manifests(scenario: &Scenario, csi: Option<&External>, ccm: Option<&External>) -> Vec<Value> {
    let mut objects = csi.map(delivered).unwrap_or_default();
    // The node plugins are ours, whatever the controller is.
    objects.extend(csi::manifests());
    objects.extend(documents(vsphere_csi::RBAC));
    match (scenario.world.drivers.ccm.is_some(), ccm) {
        (false, _) => {}
        (true, Some(external)) => objects.extend(delivered(external)),
        (true, None) => objects.extend(documents(vsphere_ccm::RBAC)),
    }
    objects
}

/// The objects that a driver of somebody else is installed with.
pub(super) fn delivered(driver: &External) -> Vec<Value> {
    driver.manifests.iter().flat_map(|text| documents(text)).filter(|object| !object.is_null()).collect()
}

/// The documents of a YAML text that is part of this program.
pub(super) fn documents(text: &str) -> Vec<Value> {
    let documents = seatrial_kubernetes::yaml::documents(text).expect("the manifests that drivers ship are YAML; a test reads them");
    documents.into_iter().flat_map(items).collect()
}
