//! The world of one sailing: vCenters, an API server with its loops, nodes, the drivers under test.
//!
//! Everything is a process under the supervisor, in the order in which a cluster comes up. State that a real restart
//! keeps (a vCenter's database, etcd, disks, a node's own files) lives here, outside the processes.

mod account;
mod ccm;
mod csi;
mod hardware;
mod kubernetes;
mod node;
mod powers;
mod tags;
mod target;
mod vcenter;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use fake_vcenter_server::VCenter;
use seatrial_oracle::View;
use seatrial_scenario::{Sailing, Scenario};
use seatrial_wires::Network;

pub(crate) use csi::manifests as driver_manifests;
pub(crate) use powers::Powers;
pub(crate) use vcenter::unplayable;

use crate::settle::Activity;
use crate::supervisor::Supervisor;
use crate::switches::Switches;

/// The process that acts for the scenario: a user with kubectl.
const USER: &str = "user";

/// A world that runs.
pub(crate) struct World {
    pub(crate) network: Network,
    pub(crate) supervisor: Supervisor,
    pub(crate) activity: Activity,
    pub(crate) client: kube::Client,
    pub(crate) powers: Powers,
    view: Arc<Mutex<View>>,
}

/// What watches a world from outside.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    pub(crate) activity: Activity,
    pub(crate) view: Arc<Mutex<View>>,
}

impl World {
    /// Starts everything that the scenario names; what it needs to come up takes virtual time.
    pub(crate) fn start(network: &Network, scenario: &Scenario, sailing: &Sailing, switches: &Switches, watchers: &Watchers) -> Self {
        let supervisor = Supervisor::new(network);
        let keeper = network.process("supervisor");
        keeper.spawn("watch", supervisor.clone().watch(keeper.clone()));
        let vcenters = vcenter::start(network, &supervisor, scenario, sailing, switches);
        kubernetes::start_api_server(network, &supervisor);
        let user = network.process(USER);
        let client = driver_host::kubernetes_client(user.connect(kubernetes::API_SERVER));
        kubernetes::start_loops(&supervisor, scenario, switches);
        let nodes = node::start_all(network, &supervisor, scenario, &vcenters, switches);
        for slot in nodes.values() {
            keeper.spawn(&format!("power of {}", slot.name), node::follow(Arc::clone(slot), network.clone(), supervisor.clone()));
        }
        csi::start(&supervisor, scenario, switches);
        ccm::start(&supervisor, scenario, switches);
        let powers = Powers::new(network, &supervisor, scenario, vcenters, nodes);
        let (activity, view) = (watchers.activity.clone(), Arc::clone(&watchers.view));
        Self { network: network.clone(), supervisor, activity, client, powers, view }
    }

    /// The state of all stores, folded from the journal.
    pub(crate) fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().expect("folding the journal never panics")
    }
}

/// What must stand nowhere in the open.
pub(crate) fn secrets() -> Vec<String> {
    vec![account::PASSWORD.to_owned()]
}

/// The vCenters of a world, by name.
type VCenters = BTreeMap<String, Arc<VCenter>>;
