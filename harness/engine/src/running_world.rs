//! A world that stays: started live from a scenario's `world`, without its steps, for people and their clients.

use std::collections::BTreeMap;
use std::io::LineWriter;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seatrial_clock::{Ending, LaunchError, Program};
use seatrial_journal::{Journal, LinesSink};
use seatrial_wires::{Network, Progress, TimeError, wall_time_run};

use crate::cluster::{Cluster, ClusterError, LeaveError};
use crate::installation::{InstallError, install};
use crate::run::RunSpec;
use crate::steps::Unsettled;
use crate::world::processes::{NotReady, ProcessEnvironmentError};
use crate::world::{self, Watchers, WorldHandle};

/// How often it is asked whether it is over.
const LOOK: Duration = Duration::from_millis(100);

/// What there is.
#[derive(Clone, Debug)]
pub struct RunningWorld {
    /// An administrator's kubeconfig.
    pub kubeconfig: PathBuf,
    /// The API server.
    pub kubernetes: Option<SocketAddr>,
    /// The vCenters.
    pub vcenters: Vec<RunningVCenter>,
    /// Where the CSI driver's programs listen, by their processes.
    pub sockets: BTreeMap<String, PathBuf>,
    /// For each node plugin a program that tells whether a path is there on its node's machine, which is simulated.
    pub path_checks: BTreeMap<String, PathBuf>,
    /// The processes of the world.
    pub processes: Vec<String>,
}

/// A vCenter at its place.
#[derive(Clone, Debug)]
pub struct RunningVCenter {
    /// Its name in the scenario.
    pub name: String,
    /// Where it listens.
    pub socket: Option<SocketAddr>,
    /// An account.
    pub user: String,
    /// Its password.
    pub password: String,
    /// What its certificate is judged by.
    pub ca_file: PathBuf,
}

/// Why a world could not be started, or did not come up.
#[derive(Debug, thiserror::Error)]
pub enum RunningWorldError {
    /// It is to be virtual.
    #[error("a virtual world cannot stay: nobody could reach it")]
    Virtual,
    /// The journal cannot be written.
    #[error("failed to write journal {path}: {source}; choose another place with --journal")]
    Journal {
        /// Where.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// There is no real API server for it.
    #[error("failed to start the world: {0}")]
    Cluster(#[source] ClusterError),
    /// Nobody keeps its time.
    #[error("failed to start the world: {0}")]
    Time(#[source] TimeError),
    /// What its programs need is not there.
    #[error("failed to start the world: {0}")]
    Environment(#[source] ProcessEnvironmentError),
    /// The client does not start.
    #[error("failed to start the world: {0}")]
    Client(#[source] LaunchError),
    /// What it made in somebody else's cluster stays there.
    #[error(transparent)]
    Leave(#[from] LeaveError),
    /// No more is to be expected of a driver.
    #[error("the world did not come up: {0}")]
    Driver(#[source] NotReady),
    /// Its drivers cannot be installed.
    #[error("the world did not come up: {0}")]
    Install(#[source] InstallError),
    /// It does not come to rest.
    #[error("the world did not come up: {0}")]
    Settle(#[source] Unsettled),
    /// Its thread panicked.
    #[error("the world did not come up: its thread panicked outside any process")]
    Panic,
}

/// Starts a run's world, calls `ready` with what runs, and stays until `over` says so; by the wall's clock.
///
/// # Errors
/// [`RunningWorldError`].
pub fn stay(spec: &RunSpec, ready: impl FnOnce(&RunningWorld), over: impl Fn() -> bool) -> Result<(), RunningWorldError> {
    if !spec.mode.by_the_wall() {
        return Err(RunningWorldError::Virtual);
    }
    let cluster = spec.mode.cluster(None).map_err(RunningWorldError::Cluster)?;
    let (watchers, recorded) = (Watchers::default(), Recorded::to(spec)?);
    let line_error = recorded.error();
    let prepare = |journal: &Journal| recorded.begin(journal, &watchers);
    let body = async |network: Network| {
        let (world, running) = come_up(&network, spec, &watchers, cluster.as_ref()).await?;
        ready(&running);
        while !over() {
            tokio::time::sleep(LOOK).await;
        }
        world.end().await;
        network.end_all();
        Ok::<_, RunningWorldError>(())
    };
    wall_time_run(spec.seed, Progress::default(), prepare, body).map_err(RunningWorldError::Time)??;
    cluster.as_ref().map_or(Ok(()), Cluster::leave)?;
    line_error.verdict(spec)
}

/// Starts a run's world in its own time, lets it settle, and runs one client in it, which lives in that time too; answers how the
/// client ended. `client` is told what runs.
///
/// # Errors
/// [`RunningWorldError`].
pub fn run_client(spec: &RunSpec, client: impl FnOnce(&RunningWorld) -> Program + Send) -> Result<Ending, RunningWorldError> {
    let Some(processes) = spec.mode.processes() else { return Err(RunningWorldError::Virtual) };
    let (watchers, recorded) = (Watchers::with_routine(&spec.routine()), Recorded::to(spec)?);
    let line_error = recorded.error();
    let ran = std::thread::scope(|scope| {
        let world = scope.spawn(|| {
            let prepare = |journal: &Journal| recorded.begin(journal, &watchers);
            let body = async |network: Network| {
                let cluster = spec.mode.cluster(None).map_err(RunningWorldError::Cluster)?;
                let (world, running) = come_up(&network, spec, &watchers, cluster.as_ref()).await?;
                crate::steps::settle(&world).await.map_err(RunningWorldError::Settle)?;
                let clock = network.world_clock().ok_or(RunningWorldError::Virtual)?;
                let child = clock.launch(client(&running)).await.map_err(RunningWorldError::Client)?;
                let ending = child.exited().await;
                world.end().await;
                network.end_all();
                Ok(ending)
            };
            spec.with_processes(processes, Progress::default(), prepare, body).map_err(RunningWorldError::Time)?
        });
        world.join().unwrap_or(Err(RunningWorldError::Panic))
    });
    let ending = ran?;
    line_error.verdict(spec)?;
    Ok(ending)
}

/// Starts the world and installs its drivers.
async fn come_up(
    network: &Network,
    spec: &RunSpec,
    watchers: &Watchers,
    cluster: Option<&Cluster>,
) -> Result<(WorldHandle, RunningWorld), RunningWorldError> {
    if let Some(cluster) = cluster {
        cluster.come_up(network).await.map_err(RunningWorldError::Cluster)?;
    }
    let world = WorldHandle::start(network, spec, watchers, cluster).map_err(RunningWorldError::Environment)?;
    let installed = tokio::select! {
        biased;
        why = world.hopeless() => return Err(RunningWorldError::Driver(why)),
        installed = install(&world, spec) => installed,
    };
    installed.map_err(RunningWorldError::Install)?;
    world.came_up();
    let running = running_world(&world, spec)?;
    Ok((world, running))
}

/// The file that takes the journal, if one does.
struct Recorded(Option<LinesSink<LineWriter<std::fs::File>>>);

/// What befell it.
struct LineError(Option<Arc<Mutex<Option<std::io::Error>>>>);

impl Recorded {
    fn to(spec: &RunSpec) -> Result<Self, RunningWorldError> {
        let Some(path) = &spec.journal else { return Ok(Self(None)) };
        let file = std::fs::File::create(path).map_err(|source| RunningWorldError::Journal { path: path.clone(), source })?;
        // A line is there as soon as it is recorded: people look on.
        Ok(Self(Some(LinesSink::new(LineWriter::new(file)))))
    }

    fn error(&self) -> LineError {
        LineError(self.0.as_ref().map(LinesSink::error))
    }

    fn begin(self, journal: &Journal, watchers: &Watchers) {
        watchers.watch(journal);
        if let Some(lines) = self.0 {
            journal.add_sink(lines);
        }
    }
}

impl LineError {
    fn verdict(self, spec: &RunSpec) -> Result<(), RunningWorldError> {
        match (&spec.journal, self.0.and_then(|error| error.lock().ok()?.take())) {
            (Some(path), Some(source)) => Err(RunningWorldError::Journal { path: path.clone(), source }),
            _ => Ok(()),
        }
    }
}

fn running_world(world: &WorldHandle, spec: &RunSpec) -> Result<RunningWorld, RunningWorldError> {
    let Some(environment) = &world.environment else { return Err(RunningWorldError::Virtual) };
    let vcenter = |described: &seatrial_scenario::VCenter| RunningVCenter {
        name: described.name.value.clone(),
        socket: environment.socket(&world::names::vcenter_address(&described.name)),
        user: world::names::CSI_ACCOUNT.to_owned(),
        password: world::names::PASSWORD.to_owned(),
        ca_file: environment.ca_file(),
    };
    let check = |(process, socket): (String, PathBuf)| (process, socket.with_file_name(world::CHECK_PATH));
    Ok(RunningWorld {
        kubeconfig: environment.administrator().map_err(RunningWorldError::Environment)?,
        kubernetes: environment.socket(world::names::API_SERVER),
        vcenters: spec.scenario.world.vcenters.iter().map(vcenter).collect(),
        sockets: environment.driver_sockets(),
        path_checks: environment.driver_sockets().into_iter().map(check).filter(|(_, path)| path.exists()).collect(),
        processes: world.network.names(),
    })
}
