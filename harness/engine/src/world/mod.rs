//! The world of one sailing: vCenters, an API server with its loops, nodes, the drivers under test.
//!
//! Everything is a process under the supervisor, in the order in which a cluster comes up. State that a real restart
//! keeps (a vCenter's database, etcd, disks, a node's own files) lives here, outside the processes.

mod account;
mod ccm;
mod csi;
mod hardware;
mod kubernetes;
pub(crate) mod live;
mod node;
mod powers;
mod tags;
mod target;
mod vcenter;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use fake_vcenter_server::VCenter;
use seatrial_oracle::View;
use seatrial_scenario::Scenario;
use seatrial_wires::Network;

pub(crate) use csi::manifests as driver_manifests;
pub(crate) use powers::Powers;
pub(crate) use vcenter::unplayable;

use crate::live::{Mode, Waits};
use crate::settle::Activity;
use crate::supervisor::Supervisor;
use crate::switches::Switches;
use crate::voyage::Voyage;
use live::{Shell, ShellError};

/// The process that acts for the scenario: a user with kubectl.
const USER: &str = "user";

/// A world that runs; clones are handles on the same.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) network: Network,
    pub(crate) supervisor: Supervisor,
    pub(crate) activity: Activity,
    pub(crate) client: kube::Client,
    pub(crate) powers: Powers,
    pub(crate) waits: Waits,
    view: Arc<Mutex<View>>,
}

/// What the parts of a world start from.
struct Ground<'a> {
    network: &'a Network,
    supervisor: &'a Supervisor,
    scenario: &'a Scenario,
    switches: &'a Switches,
    /// What a live world has around it.
    shell: Option<&'a Arc<Shell>>,
}

/// How a driver reaches a vCenter.
struct Reached {
    host: String,
    port: u16,
    /// What its certificate is judged by; without one, anything is believed.
    ca_file: Option<PathBuf>,
}

impl Ground<'_> {
    /// How a driver reaches a vCenter.
    fn reached(&self, vcenter: &str) -> Reached {
        let live = self.shell.and_then(|shell| shell.socket(&vcenter::address(vcenter)).map(|socket| (shell, socket)));
        match live {
            Some((shell, socket)) => Reached { host: socket.ip().to_string(), port: socket.port(), ca_file: Some(shell.ca_file()) },
            None => Reached { host: vcenter::host(vcenter), port: 443, ca_file: None },
        }
    }
}

/// What watches a world from outside.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    pub(crate) activity: Activity,
    pub(crate) view: Arc<Mutex<View>>,
}

impl World {
    /// Starts everything that the scenario names; what it needs to come up takes virtual time.
    ///
    /// # Errors
    /// What a live world's shell lacks; a virtual one lacks nothing.
    pub(crate) fn start(network: &Network, voyage: &Voyage, watchers: &Watchers) -> Result<Self, ShellError> {
        let Voyage { scenario, sailing, switches, mode, .. } = voyage;
        let shell = match mode {
            Mode::Virtual => None,
            Mode::Live(live) => Some(Shell::prepare(live, network, scenario)?),
        };
        let supervisor = Supervisor::new(network);
        let keeper = network.process("supervisor");
        keeper.spawn("watch", supervisor.clone().watch(keeper.clone()));
        let ground = Ground { network, supervisor: &supervisor, scenario, switches, shell: shell.as_ref() };
        let vcenters = vcenter::start(&ground, sailing);
        kubernetes::start_api_server(&ground);
        let user = network.process(USER);
        let client = driver_host::kubernetes_client(user.connect(kubernetes::API_SERVER));
        kubernetes::start_loops(&ground);
        let nodes = node::start_all(&ground, &vcenters)?;
        for slot in nodes.values() {
            keeper.spawn(&format!("power of {}", slot.name), node::follow(Arc::clone(slot), network.clone(), supervisor.clone()));
        }
        csi::start(&ground)?;
        ccm::start(&ground)?;
        let powers = Powers::new(network, &supervisor, scenario, vcenters, nodes);
        let (activity, view) = (watchers.activity.clone(), Arc::clone(&watchers.view));
        Ok(Self { network: network.clone(), supervisor, activity, client, powers, waits: mode.waits(), view })
    }

    /// Whether something is on its way: a call, a task, a process or a target that comes back.
    pub(crate) fn is_busy(&self) -> bool {
        let tasks = self.supervisor.coming_back() > 0 || self.activity.running_tasks() > 0;
        tasks || self.network.calls_in_flight() > 0 || self.powers.healing() > 0
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
