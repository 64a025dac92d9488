//! The world of one run: vCenters, an API server with its loops, nodes, the drivers under test.
//!
//! Everything is a process under the supervisor, in the order in which a cluster comes up. State that a real restart
//! keeps (a vCenter's database, etcd, disks, a node's own files) lives here, outside the processes.

mod ccm;
mod configuration;
mod context;
mod csi;
mod external;
mod fault_injector;
mod hardware;
mod kubernetes;
mod liveness;
mod manifests;
pub(crate) mod names;
mod node;
pub(crate) mod processes;
mod succession;
mod tags;
mod user;
mod vcenter;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use seatrial_journal::{Entry, Journal, Sink};
use seatrial_oracle::{Labels, Routine, View};
use seatrial_scenario::Scenario;
use seatrial_wires::Network;

pub(crate) use fault_injector::{FaultInjector, InjectionError};
pub(crate) use manifests::driver_manifests;
pub(crate) use names::{API_SERVER, CCM, CONTROLLER, DRIVER};
pub(crate) use node::CHECK_PATH;
pub(crate) use vcenter::unplayable;

use crate::cluster::Cluster;
use crate::mode::Mode;
use crate::run::RunSpec;
use crate::settle::Activity;
use crate::supervisor::Supervisor;
use crate::switches::Switches;
use configuration::Configurations;
use context::WorldContext;
use processes::{NotReady, ProcessEnvironment, ProcessEnvironmentError};

/// A world that runs; clones are handles on the same.
#[derive(Clone)]
pub(crate) struct WorldHandle {
    pub(crate) network: Network,
    pub(crate) supervisor: Supervisor,
    pub(crate) activity: Activity,
    /// How long nothing but heartbeats may be seen until it counts as settled, when nothing is known to come.
    pub(crate) quiet: Duration,
    pub(crate) client: kube::Client,
    pub(crate) injector: FaultInjector,
    pub(crate) environment: Option<Arc<ProcessEnvironment>>,
    /// What the drivers are told by files.
    pub(crate) configurations: Configurations,
    /// What labels mean in it.
    pub(crate) labels: Labels,
    /// What a driver starts from that takes the place of another.
    scenario: Arc<Scenario>,
    switches: Switches,
    snapshots: bool,
    view: Arc<Mutex<View>>,
}

/// What watches a world from outside.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    pub(crate) activity: Activity,
    pub(crate) view: Arc<Mutex<View>>,
}

impl WorldHandle {
    /// Starts everything that the scenario names; what it needs to come up takes virtual time.
    ///
    /// # Errors
    /// What is lacking for drivers that are processes; without any, nothing is.
    pub(crate) fn start(
        network: &Network,
        spec: &RunSpec,
        watchers: &Watchers,
        cluster: Option<&Cluster>,
    ) -> Result<Self, ProcessEnvironmentError> {
        let RunSpec { scenario, case, switches, mode, .. } = spec;
        let environment = match mode {
            Mode::Virtual => None,
            Mode::Processes(processes) => Some(ProcessEnvironment::prepare(processes, network, scenario, spec.records.as_deref())?),
        };
        if let Some(environment) = &environment {
            network.journal().add_sink(environment.refusals());
        }
        let supervisor = Supervisor::new(network);
        supervisor.hurry(mode.by_the_wall());
        let keeper = network.process("supervisor");
        keeper.spawn("watch", supervisor.clone().watch(keeper.clone()));
        let around = environment.as_ref();
        let snapshots = spec.uses_snapshots();
        let configurations = Configurations::new(&scenario.world.drivers);
        let told = &configurations;
        let context = WorldContext {
            network,
            supervisor: &supervisor,
            scenario,
            switches,
            configurations: told,
            snapshots,
            environment: around,
            cluster,
        };
        let vcenters = vcenter::start(&context, case);
        kubernetes::start_api_server(&context)?;
        let client = user::client(network, API_SERVER);
        kubernetes::start_loops(&context);
        let nodes = node::start_all(&context, &vcenters)?;
        for slot in nodes.values() {
            keeper.spawn(&format!("power of {}", slot.name), node::follow(Arc::clone(slot), network.clone(), supervisor.clone()));
            if slot.has_real_devices() {
                keeper.spawn(&format!("disks of {}", slot.name), node::follow_disks(Arc::clone(slot)));
            }
        }
        start_drivers(&context)?;
        let injector = FaultInjector::new(network, &supervisor, scenario, vcenters, nodes);
        let (activity, view) = (watchers.activity.clone(), Arc::clone(&watchers.view));
        Ok(Self {
            network: network.clone(),
            supervisor,
            activity,
            quiet: mode.quiet(),
            client,
            injector,
            environment,
            configurations,
            labels: spec.labels(),
            scenario: Arc::new(scenario.clone()),
            switches: switches.clone(),
            snapshots,
            view,
        })
    }

    /// Whether something is on its way: a call, a task, a process or a target that comes back.
    pub(crate) fn is_busy(&self) -> bool {
        !self.on_its_way().is_empty()
    }

    /// What is on its way, in words.
    pub(crate) fn on_its_way(&self) -> Vec<String> {
        let number = |number: u64, one: &str, many: &str| match number {
            0 => None,
            1 => Some(format!("1 {one}")),
            number => Some(format!("{number} {many}")),
        };
        let counted = [
            number(self.activity.running_tasks() as u64, "task of vCenter runs", "tasks of vCenter run"),
            number(self.network.calls_in_flight(), "call is unanswered", "calls are unanswered"),
            number(self.injector.healing() as u64, "target of a fault has yet to heal", "targets of faults have yet to heal"),
        ];
        let coming = self.supervisor.coming_back().into_iter().map(|process| format!("process {process} has yet to come back"));
        coming.chain(counted.into_iter().flatten()).collect()
    }

    /// The world has come up, and the first step may begin.
    pub(crate) fn came_up(&self) {
        self.supervisor.hurry(false);
        if let Some(environment) = &self.environment {
            environment.came_up();
        }
    }

    /// Waits until it is clear that a driver's program does not come up; answers why. Never ends where all do.
    pub(crate) async fn hopeless(&self) -> NotReady {
        match &self.environment {
            Some(environment) => environment.hopeless().await,
            None => std::future::pending().await,
        }
    }

    /// Lets go of what holds the world in a circle, so that it goes with its last handle; processes outside are asked to end.
    pub(crate) async fn end(&self) {
        self.network.forget_fault_plan();
        self.supervisor.forget();
        self.configurations.forget();
        if let Some(environment) = &self.environment {
            environment.ask_to_end(&self.network).await;
        }
    }

    /// The state of all stores, folded from the journal.
    pub(crate) fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().expect("folding the journal never panics")
    }
}

/// Starts the drivers under test: ours, or what was built elsewhere in the place of one.
fn start_drivers(context: &WorldContext<'_>) -> Result<(), ProcessEnvironmentError> {
    match context.environment.and_then(|environment| Some((environment, environment.external_csi()?))) {
        Some((environment, driver)) => external::start(context, environment, driver)?,
        None => csi::start(context)?,
    }
    match context.environment.and_then(|environment| Some((environment, environment.external_ccm()?))) {
        _ if context.scenario.world.drivers.ccm.is_none() => Ok(()),
        Some((environment, driver)) => external::start(context, environment, driver),
        None => ccm::start(context),
    }
}

/// What must stand nowhere in the open.
pub(crate) fn secrets() -> Vec<String> {
    vec![names::PASSWORD.to_owned()]
}

impl Watchers {
    /// In a world in which this is routine.
    pub(crate) fn with_routine(routine: &Routine) -> Self {
        Self { activity: Activity::with_routine(routine), ..Self::default() }
    }

    /// Adds the sinks.
    pub(crate) fn watch(&self, journal: &Journal) {
        journal.add_sink(self.activity.clone());
        journal.add_sink(ViewSink(Arc::clone(&self.view)));
    }
}

struct ViewSink(Arc<Mutex<View>>);

impl Sink for ViewSink {
    fn take(&mut self, entry: &Entry, _line: &str) {
        self.0.lock().expect("folding the journal never panics").on(entry);
    }
}
