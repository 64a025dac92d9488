//! What the parts of a world start from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use fake_vcenter_server::VCenter;
use seatrial_scenario::{DriverName, Scenario};
use seatrial_wires::Network;

use super::configuration::{Configurations, Section, Syntax, Told};
use super::names;
use super::processes::ProcessEnvironment;
use crate::cluster::Cluster;
use crate::supervisor::Supervisor;
use crate::switches::Switches;

/// What the parts of a world start from.
pub(super) struct WorldContext<'a> {
    pub(super) network: &'a Network,
    pub(super) supervisor: &'a Supervisor,
    pub(super) scenario: &'a Scenario,
    pub(super) switches: &'a Switches,
    /// What its drivers are told by files.
    pub(super) configurations: &'a Configurations,
    /// Whether there are snapshots in it.
    pub(super) snapshots: bool,
    /// What is around the programs of a world whose drivers are processes.
    pub(super) environment: Option<&'a Arc<ProcessEnvironment>>,
    /// The real API server, where there is one.
    pub(super) cluster: Option<&'a Cluster>,
}

/// How a driver reaches a vCenter.
pub(super) struct Reached {
    pub(super) host: String,
    pub(super) port: u16,
    /// What its certificate is judged by; without one, anything is believed.
    pub(super) ca_file: Option<PathBuf>,
}

/// The vCenters of a world, by name.
pub(super) type VCenters = BTreeMap<String, Arc<VCenter>>;

impl WorldContext<'_> {
    /// What a driver's configuration file says when it starts for the first time, in this world and in this scenario.
    pub(super) fn told(&self, driver: DriverName, syntax: Syntax, given: Vec<Section>) -> Told {
        let mut told = Told::new(driver, syntax, given, self.scenario.world.drivers.configuration.of(driver));
        self.configurations.catch_up(&mut told);
        told
    }

    /// How a driver reaches a vCenter.
    pub(super) fn reached(&self, vcenter: &str) -> Reached {
        let socket = |environment: &Arc<ProcessEnvironment>| environment.socket(&names::vcenter_address(vcenter));
        match self.environment.and_then(|environment| Some((environment, socket(environment)?))) {
            Some((environment, socket)) => {
                Reached { host: socket.ip().to_string(), port: socket.port(), ca_file: Some(environment.ca_file()) }
            }
            None => Reached { host: names::vcenter_host(vcenter), port: 443, ca_file: None },
        }
    }
}
